#!/usr/bin/env bash
# A machine whose firmware is iPXE boots by HTTP alone, with an address from the lease and the menu,
# kernel and preseed of exactly its system. Its debian-installer takes its answers without one
# question: through language, keyboard, network and early_command, up to the first step that needs an
# archive, which is not here.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

whole_installer
netboot_server --enable-ipxe=true
check "all that a template can be told" bootwright system edit --name=web8 \
	--hostname=web8.example.org --serial-device=0 --serial-baud-rate=115200 \
	--autoinstall-meta="$(echo "mirror_host=10.77.0.1 mirror_directory=/trees/none" \
		"username=ops packages=vim,tmux ssh_key='ssh-ed25519 AAAA me@example'" \
		"disks=/dev/vda,/dev/vdb disk_layout=plain keymap=de locale=de_DE.UTF-8" \
		"timezone=Europe/Berlin ntp_servers=ntp.example.org")"
must "sync again" bootwright sync

vm_start web8 bios $WEB8
netboot_expect web8
netboot_explained web8 $WEB8 --firmware=bios --user-class=iPXE
# Words of a console, which the installer paints in pieces.
said() { console web8 | tr -s ' qx' | tr '\n' ' '; }
like "iPXE ran the server's script" "$(console web8)" 'http://10\.77\.0\.1'
lacks "without PXELINUX" "$(console web8)" PXELINUX
check "nobody took it for web7" nobody_installs web7
past_preseed='archive mirror'
goes_on() { said | grep -qa "$past_preseed"; }
check "it goes on to the archive" vm_wait web8 goes_on
text=$(said)
like "through the network" "${text%%"$past_preseed"*}" 'Network autoconfiguration has succeeded'
# A question has a way on or back; a progress bar has only a way out.
lacks "no question until then" "${text%%"$past_preseed"*}" '<(Continue|Go Back|Yes|No)>'
evidence "asked nothing before the $past_preseed"
vm_stop web8
check "the server stops cleanly" server_stop
done_testing
