# shellcheck shell=bash
# A part of guests.sh: a PV guest on a logical volume, with koan waiting for the end of its
# installation. It stays, for refused.sh.

check "koan --wait" make_guest --system=pv --virt-type=xenpv --virt-path=vg0 --wait=20
guest_console pv
like "pv: its volume" "$(dom0 lvs --noheadings --units m -o lv_name,lv_size vg0)" \
	'pv-disk0 +64\.00m'
check "pv: from the volume" guest_says pv 'TINY is up: PV from=disk'
like "pv: the server knows" "$(events)" 'install-end +pv '
row "PV on LVM (virt_path=vg0), koan --wait" "lvs; pygrub; TINY is up: PV from=disk"
