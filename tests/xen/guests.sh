#!/usr/bin/env bash
# koan and Xen, both real: PV, PVH and HVM guests on disks of every kind that Xen takes; their
# installation, their start from their own disk, their files for xl, and what is left of them
# afterwards. The Debian installer runs as a PV guest and obeys its own preseed.
# timeout: 7200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/xen/lib.sh
. "$here/../xen/lib.sh"

IMAGES=/var/lib/libvirt/images
TINY_URL=http://10.77.0.1/disks/tiny/tiny.img

# --- The server, and the Xen host. ---

# tiny_system NAME MAC [PROFILE]. What a guest's own reports do for the record: no second installation.
tiny_system() {
	bootwright system add --name="$1" --profile="${3:-tiny}" --interface=eth0 --mac-address="$2" \
		--kernel-options="tiny.image=$TINY_URL tiny.report=http://10.77.0.1/cblr/svc/op/trig/mode/post/system/$1"
}

# web7's answers: its own, and then what stands for an installation here: a disk with a guest.
web7_answers() {
	cat >"$STATE/kickstarts/disk.preseed" <<-'PRESEED'
		{% include "debian.preseed" %}
		d-i preseed/early_command string exec >/dev/console 2>&1; \
			wget -q -O /dev/null "{{ report_start_url }}"; \
			wget -q -O /tmp/disk.ko http://10.77.0.1/disks/driver/xen-blkfront.ko; \
			insmod /tmp/disk.ko; until [ -b /dev/xvda ]; do sleep 1; done; \
			until wget -q -O /tmp/disk http://10.77.0.1/disks/tiny/tiny.img; do :; done; \
			dd if=/tmp/disk of=/dev/xvda bs=1M; sync; \
			wget -q -O /dev/null "{{ report_end_url }}"; reboot -f
	PRESEED
	bootwright system edit --name=web7 --autoinstall=disk.preseed
}

# tiny_profile NAME KERNEL
tiny_profile() {
	bootwright distro add --name="$1" --kernel="/run/bw/tiny/$2" --initrd=/run/bw/tiny/tiny.gz \
		--breed=debian
	bootwright profile add --name="$1" --distro="$1" --virt-ram=192 --virt-file-size=0.0625 \
		--virt-bridge=xenbr0 --virt-graphics=none
}

serve() {
	mkdir -p /run/bw/tiny
	cp "$XEN_DIR"/{vmlinuz,vmlinux.gz,tiny.gz,tiny.img,xen-blkfront.ko} /run/bw/tiny/
	# Plain text: the emulated processor has enough to do.
	bootwright profile edit --name=bar --kernel-options="console=hvc0 DEBIAN_FRONTEND=text $VM_FAST"
	bootwright image add --name=tiny --file=/run/bw/tiny/tiny.img --image-type=virt-clone \
		--virt-ram=192 --virt-file-size=0.0625 --virt-bridge=xenbr0
	bootwright image add --name=cd --file=/usr/lib/ipxe/ipxe.iso --image-type=iso --virt-ram=192 \
		--virt-file-size=0.0625 --virt-bridge=xenbr0
	bootwright image add --name=driver --file=/run/bw/tiny/xen-blkfront.ko --image-type=direct
	tiny_profile tiny vmlinux.gz
	tiny_profile firmware vmlinuz
	tiny_system pv 00:16:3e:00:00:11
	tiny_system pvh 00:16:3e:00:00:12
	tiny_system loop 00:16:3e:00:00:16
	tiny_system hvm 00:16:3e:00:00:14 firmware
	tiny_system pxe 00:16:3e:00:00:15 firmware
	web7_answers
	bootwright sync
}

netboot_server
dom0_start
must "what the guests are made of" serve
must "Xen starts its dom0" vm_says dom0 'DOM0 is up'
must "which answers" vm_wait dom0 dom0_answers
must "koan goes there" scp -q "$BIN/koan" "$BIN/koan-bootloader" dom0:/usr/local/bin/
like "it runs on Xen 4.17" "$(dom0 xl info xen_version)" '^4\.17'
storage() { dom0_script <<<"pvcreate -q /dev/vdb; vgcreate -q vg0 /dev/vdb; mkdir -p $IMAGES"; }
must "with a volume group" storage

make_guest() { dom0 koan --virt --server=10.77.0.1 --virt-bridge=xenbr0 --nogfx "$@"; }
of_tiny() { make_guest --profile=tiny "$@"; }
# Files with their size and time, so that one that was written over is seen, too.
TRACES='find /var/lib/libvirt/images /srv /etc/xen -type f -printf "%p %s %T@\n" | sort
	lvs --noheadings -o lv_name
	losetup -l -n -O BACK-FILE'
traces() { dom0_script <<<"virsh -q -c $XEN_URI list --all --name | sort; $TRACES"; }
# undo NAME: koan takes back what it made, also while it runs.
undo() { check "koan --undo takes '$1' back" dom0 koan --undo --virt-name="$1" --connect=$XEN_URI; }
says_times() { [ "$(grep -ac -- "$2" "$LOGS/$1.console")" -ge "$3" ]; }

# row WHAT EVIDENCE: what ran since the last row, for the table at the end: how long, and how long
# of that the emulated machine had a processor, which does not depend on what else this one does.
row_start=0 row_cpu=0
row() {
	local cpu
	cpu=$(vm_cpu dom0)
	printf '#  %-44s %4d s  %4d s cpu   %s\n' "$1" $((SECONDS - row_start)) $((cpu - row_cpu)) "$2"
	row_start=$SECONDS row_cpu=$cpu
}
row "Xen, dom0 and libvirtd are up" "xl info, virsh list"
clean=$(traces)

# --- The parts: all, or those that XEN_PARTS names, in this order. ---

parts=(installer pv refused pvh bootloader elsewhere hvm installed golden)
chosen() { case " ${XEN_PARTS:-${parts[*]}} " in *" $1 "*) ;; *) return 1 ;; esac }
for part in "${parts[@]}"; do
	if chosen "$part"; then
		# shellcheck source=/dev/null # they are checked one by one
		. "$here/../xen/$part.sh"
	else
		skip "$part" "not among XEN_PARTS"
	fi
done

# --- Nothing is left. ---

! chosen pv || undo pv
dom0_script <<<"rm -f $IMAGES/koan-*" # kept for the next guest
is "of all of them nothing is left" "$(traces)" "$clean"

vm_stop dom0
check "the server stops cleanly" server_stop
done_testing
