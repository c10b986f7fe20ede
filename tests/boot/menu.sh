#!/usr/bin/env bash
# The menu of unknown machines, used by a person: the memory test by BIOS and by UEFI, and in the
# sub-menu Rescue the real installer as a rescue system.
# timeout: 1200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

# chooses NAME N: the entry that is N further down.
chooses() {
	local i keys=()
	for ((i = 0; i < $2; i++)); do keys+=(down); done
	vm_presses "$1" "${keys[@]}" ret
}

# The menu: local disk, Install bar, Install deb12, Rescue, Test the memory.
netboot_server --enable-ipxe=false
must "the memory test speaks on serial ports, too" bootwright settings edit \
	--kernel-options=console=ttyS0,115200
must "sync" bootwright sync

vm_start pxelinux bios 52:54:00:aa:00:91
check "PXELINUX shows the menu" vm_says pxelinux 'Test the memory'
chooses pxelinux 4
evidence_when pxelinux 'Memtest86\+ v[0-9.]+'
netboot_explained pxelinux 52:54:00:aa:00:91 --firmware=bios --choose='Test the memory'
vm_stop pxelinux
requests_forget

# By UEFI the memory test needs a screen to be content.
vm_start grub uefi 52:54:00:aa:00:92 -device VGA
check "GRUB shows the menu" vm_says grub 'Test the memory'
chooses grub 4
evidence_when grub 'Memtest86\+ v[0-9.]+'
netboot_explained grub 52:54:00:aa:00:92 --firmware=uefi --choose='Test the memory'
vm_stop grub
requests_forget
# GRUB's sub-menus know only what is exported.
vm_start submenu uefi 52:54:00:aa:00:94
check "GRUB shows it again" vm_says submenu 'Test the memory'
chooses submenu 3
check "its sub-menu" vm_says submenu 'Rescue with bar'
chooses submenu 0
evidence_when submenu 'Command line:.* BOOTIF=01-52:54:00:aa:00:94 .*rescue/enable=true'
netboot_explained submenu 52:54:00:aa:00:94 --firmware=uefi --choose='Rescue>Rescue with bar'
vm_stop submenu
requests_forget

must "iPXE's menu" bootwright settings edit --enable-ipxe=true
must "sync again" bootwright sync
vm_start ipxe bios 52:54:00:aa:00:93
check "iPXE shows the menu" vm_says ipxe 'Rescue \.\.\.'
chooses ipxe 3
check "the sub-menu" vm_says ipxe 'Rescue with bar'
chooses ipxe 1
evidence_when ipxe 'Command line:.*rescue/enable=true'
lacks "without an answer file" "$(console ipxe | grep 'Command line:')" 'url='
evidence_when ipxe 'Rescue mode'
netboot_explained ipxe 52:54:00:aa:00:93 --firmware=bios --user-class=iPXE \
	--choose='Rescue>Rescue with bar'
vm_stop ipxe
check "nobody installs" nobody_installs bar
check "the server stops cleanly" server_stop
done_testing
