#!/usr/bin/env bash
# Machines that have nothing to install go on to their own disk: one that PXELINUX tells so, one that
# nobody knows, after iPXE has shown it the menu, and one with Secure Boot, whose GRUB looks for what
# is installed.
# timeout: 900
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"
# shellcheck source=tests/vm/small_disk.sh
. "$here/../vm/small_disk.sh"

STRANGER=52:54:00:aa:00:99
DISK=/run/disk.img
must "a disk with a system on it" small_disk $DISK
netboot_server --enable-ipxe=true
for name in web7 web8; do
	check "$name is installed" bootwright system edit --name=$name --netboot-enabled=false
done
check "web7's firmware shall not use iPXE" bootwright system edit --name=web7 --enable-ipxe=false
must "sync" bootwright sync

# from_disk NAME FIRMWARE MAC WHAT: the network comes first. OVMF does not show a loader the disks
# that its order leaves out.
from_disk() {
	local name=$1
	vm_start "$name" "$2" "$3" -set device.card.bootindex=0 \
		-drive "file=$DISK,format=raw,if=none,id=disk,snapshot=on" \
		-device virtio-blk-pci,drive=disk,bootindex=1
	check "$name: $4" vm_says "$name" "$4"
	check "$name: the disk's boot loader" vm_says "$name" "$SMALL_DISK_SAYS"
	check "$name: the disk's system" vm_says "$name" "$SMALL_ROOT_SAYS"
}

from_disk web7 bios $WEB7 PXELINUX
evidence "PXELINUX: $(console web7 | grep -a -m 1 "$SMALL_ROOT_SAYS" | cut -c1-100)"
netboot_explained web7 $WEB7 --firmware=bios --user-class=iPXE
vm_stop web7
requests_forget

from_disk stranger bios $STRANGER 'Boot from the local disk'
evidence "iPXE's menu, unknown: $(console stranger | grep -a -m 1 "$SMALL_ROOT_SAYS" | cut -c1-100)"
netboot_explained stranger $STRANGER --firmware=bios --user-class=iPXE
lacks "iPXE alone" "$(console stranger)" PXELINUX
like "it is known that an unknown machine was here" "$(events)" "unknown-machine +$STRANGER"
vm_stop stranger

requests_forget
from_disk web8 secureboot $WEB8 GRUB
evidence "GRUB, Secure Boot: $(console web8 | grep -a -m 1 "$SMALL_ROOT_SAYS" | cut -c1-100)"
netboot_explained web8 $WEB8 --firmware=uefi --secure-boot
is "web8: GRUB has started it, not the firmware's next option" \
	"$(console web8 | grep -c 'BdsDxe: starting')" 1
like "web8: with Secure Boot" "$(console web8)" '[Ss]ecure ?boot.*enabled'
vm_stop web8
check "nobody installs web7" nobody_installs web7
check "the server stops cleanly" server_stop
done_testing
