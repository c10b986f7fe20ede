# shellcheck shell=bash
# A part of guests.sh: koan copies a disk, so that there is no installation at all, and finds out
# which kind of guest the host can; then it makes a guest from another machine.

check "koan --image" make_guest --image=tiny --virt-path=vg0 --virt-name=copy --virt-auto-boot
guest_console copy
like "copy: starts with the host" "$(virsh dominfo copy)" 'Autostart: +enable'
check "copy: from the copied disk" guest_says copy 'TINY is up: PV from=disk'
undo copy
row "PV on a copied disk (image), LVM" "TINY is up: PV from=disk"

far() {
	koan --virt --server=10.77.0.1 --virt-bridge=xenbr0 --nogfx --profile=tiny --virt-name=far \
		--virt-type=xenpv --connect=xen+ssh://dom0/system "$@"
}
# What koan makes there must start from what it has sent, not from what is there by chance.
dom0 rm -rf /var/cache/koan
check "koan on another machine" far --kopts=tiny.after=poweroff
guest_console far
check "far: starts" guest_says far 'TINY is up: PV'
like "far: its kernel is there" "$(virsh vol-list default)" "koan-$(sha256sum </run/bw/tiny/vmlinux.gz | cut -c1-64)"
check "far: its end" guest_stops far
check "koan --undo there" koan --undo --virt-name=far --connect=xen+ssh://dom0/system
row "PV by xen+ssh:// from another machine" "kernel and initrd uploaded; TINY is up"
