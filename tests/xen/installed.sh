# shellcheck shell=bash
# A part of guests.sh: what the installer of installer.sh has done meanwhile.

check "web7: its installation is recorded" vm_wait dom0 installing web7
row "PV: Debian's installer has its preseed" "the server's event: install-start"
check "web7: the reboot ends it" guest_stops web7
like "web7: the server knows" "$(events)" 'install-end +web7 .*boots from its disk from now on'
check "web7: it starts again" virsh start web7
check "web7: from its own disk" guest_says web7 'TINY is up: PV from=disk'
undo web7
row "PV: it reboots to its own file disk" "install-end; pygrub; TINY is up: PV from=disk"
