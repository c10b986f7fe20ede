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

# What a guest's own reports do for the record: no second installation.
tiny_system() {
	bootwright system add --name="$1" --profile=tiny --interface=eth0 --mac-address="$2" \
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

serve() {
	mkdir -p /run/bw/tiny
	cp "$XEN_DIR"/{vmlinuz,tiny.gz,tiny.img,xen-blkfront.ko} /run/bw/tiny/
	# Plain text: the emulated processor has enough to do.
	bootwright profile edit --name=bar --kernel-options="console=hvc0 DEBIAN_FRONTEND=text $VM_FAST"
	bootwright image add --name=tiny --file=/run/bw/tiny/tiny.img --image-type=virt-clone \
		--virt-ram=192 --virt-file-size=0.0625 --virt-bridge=xenbr0
	bootwright image add --name=driver --file=/run/bw/tiny/xen-blkfront.ko --image-type=direct
	bootwright distro add --name=tiny --kernel=/run/bw/tiny/vmlinuz \
		--initrd=/run/bw/tiny/tiny.gz --breed=debian
	bootwright profile add --name=tiny --distro=tiny --virt-ram=192 --virt-file-size=0.0625 \
		--virt-bridge=xenbr0 --virt-graphics=none
	tiny_system pv 00:16:3e:00:00:11
	tiny_system pvh 00:16:3e:00:00:12
	tiny_system loop 00:16:3e:00:00:16
	tiny_system hvm 00:16:3e:00:00:14
	tiny_system pxe 00:16:3e:00:00:15
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
TRACES='find /var/lib/libvirt/images /srv /etc/xen -type f | sort
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

# --- The Debian installer as a PV guest: it takes minutes, so the others begin meanwhile. ---

must "koan starts the installer" make_guest --system=web7 --virt-type=xenpv --virt-path=/srv/di/ \
	--virt-file-size=0.0625
guest_console web7
row "PV: Debian's installer is started" "koan --virt --system=web7"

# --- A PV guest on a logical volume, with koan waiting for the end of its installation. ---

check "koan --wait" make_guest --system=pv --virt-type=xenpv --virt-path=vg0 --wait=20
guest_console pv
like "pv: its volume" "$(dom0 lvs --noheadings --units m -o lv_name,lv_size vg0)" \
	'pv-disk0 +64\.00m'
check "pv: from the volume" guest_says pv 'TINY is up: PV from=disk'
like "pv: the server knows" "$(events)" 'install-end +pv '
row "PV on LVM (virt_path=vg0), koan --wait" "lvs; pygrub; TINY is up: PV from=disk"

# --- What is refused, and what fails half-way. ---

# shellcheck source=tests/xen/refused.sh
. "$here/../xen/refused.sh"

# --- PVH: two disks in files, raw and qcow2; xl's own file. ---

check "koan makes a PVH guest" make_guest --system=pvh --virt-type=xenpvh \
	--virt-path=/srv/a.raw,/srv/b.qcow2 --virt-file-size=0.0625,0.125 \
	--virt-disk-driver=raw,qcow2 --xl-config --wait=20
guest_console pvh
check "pvh: from its own disk" guest_says pvh 'TINY is up: PVH from=disk'
check "pvh: with its qcow2 disk" guest_says pvh 'TINY has the disk xvdb of 128 MiB'
row "PVH on files, raw and qcow2, koan --wait" "pygrub; TINY is up: PVH from=disk; xvdb"
check "xl takes /etc/xen/pvh" dom0 xl create -n /etc/xen/pvh
virsh destroy pvh
check "and starts it, without libvirt" dom0 xl create -q /etc/xen/pvh
check "from its own disk" vm_wait dom0 says_times pvh 'TINY is up: PVH from=disk' 2
dom0 xl destroy pvh
undo pvh
row "PVH from /etc/xen/NAME by xl" "xl create -n; xl create; TINY is up again"

# --- PVH on a block device. ---

dom0_script <<<'truncate -s 64M /run/loop.img; losetup /dev/loop7 /run/loop.img'
check "koan --vm-poll" make_guest --system=loop --virt-type=xenpvh --virt-path=/dev/loop7 --vm-poll
guest_console loop
check "loop: from its own disk" guest_says loop 'TINY is up: PVH from=disk'
like "loop: which is the device" "$(virsh domblklist loop)" '/dev/loop7'
undo loop
like "loop: which stays as it is" "$(dom0 blkid -p -o value -s PTTYPE /dev/loop7)" dos
dom0_script <<<'losetup -d /dev/loop7; rm /run/loop.img'
row "PVH on a loop device, koan --vm-poll" "TINY is up: PVH from=disk"

# --- HVM. ---

# shellcheck source=tests/xen/hvm.sh
. "$here/../xen/hvm.sh"

# --- A disk that koan copies: no installation at all. And which kind of guest, koan finds out. ---

check "koan --image" make_guest --image=tiny --virt-path=vg0 --virt-name=copy --virt-auto-boot
guest_console copy
like "copy: starts with the host" "$(virsh dominfo copy)" 'Autostart: +enable'
check "copy: from the copied disk" guest_says copy 'TINY is up: PV from=disk'
undo copy
row "PV on a copied disk (image), LVM" "TINY is up: PV from=disk"

# --- From another machine. ---

far() {
	koan --virt --server=10.77.0.1 --virt-bridge=xenbr0 --nogfx --profile=tiny --virt-name=far \
		--virt-type=xenpv --connect=xen+ssh://dom0/system "$@"
}
check "koan on another machine" far --kopts=tiny.after=poweroff
guest_console far
check "far: starts" guest_says far 'TINY is up: PV'
like "far: its kernel is there" "$(virsh vol-list default)" "koan-$(sha256sum </run/bw/tiny/vmlinuz | cut -c1-64)"
check "far: its end" guest_stops far
check "koan --undo there" koan --undo --virt-name=far --connect=xen+ssh://dom0/system
row "PV by xen+ssh:// from another machine" "kernel and initrd uploaded; TINY is up"

# --- koan-bootloader: the server says at each start what a guest starts. ---

bootloader_guest() {
	tiny_system boot 00:16:3e:00:00:13
	bootwright sync
	dom0_script <<-'SH'
		truncate -s 64M /srv/boot.img
		cat >/etc/xen/boot <<'CFG'
		name = "boot"
		type = "pv"
		memory = 192
		disk = ["format=raw,vdev=xvda,access=rw,target=/srv/boot.img"]
		vif = ["mac=00:16:3e:00:00:13,bridge=xenbr0"]
		bootloader = "/usr/local/bin/koan-bootloader"
		bootloader_args = ["--server=10.77.0.1", "mac=00:16:3e:00:00:13"]
		on_reboot = "restart"
		CFG
	SH
}
must "a guest with koan-bootloader" bootloader_guest
check "boot: starts what the server says" dom0 xl create -q /etc/xen/boot
guest_console boot
check "boot: installs" guest_says boot 'TINY has installed'
check "boot: its reboot goes to the disk" guest_says boot 'TINY is up: PV from=disk'
like "boot: because the server says so" "$(events)" 'install-end +boot .*boots from its disk from now on'
row "koan-bootloader by MAC, reboot to the disk" "install-end; xl restarts it; TINY from=disk"
dom0 xl destroy boot
check "boot: is armed again" bootwright system edit --name=boot --netboot-enabled=true
check "boot: starts" dom0 xl create -q /etc/xen/boot
check "boot: installs again" vm_wait dom0 says_times boot 'TINY has installed' 2
# Not before: xl cannot end a guest that it is about to start anew.
check "boot: and ends on its disk" vm_wait dom0 says_times boot 'TINY is up: PV from=disk' 2
dom0_script <<<'xl destroy boot; rm /srv/boot.img /etc/xen/boot'
row "koan-bootloader armed again" "TINY has installed, twice"

# --- What the installer has done meanwhile. ---

check "web7: its installation is recorded" vm_wait dom0 installing web7
row "PV: Debian's installer has its preseed" "the server's event: install-start"
check "web7: the reboot ends it" guest_stops web7
like "web7: the server knows" "$(events)" 'install-end +web7 .*boots from its disk from now on'
check "web7: it starts again" virsh start web7
check "web7: from its own disk" guest_says web7 'TINY is up: PV from=disk'
undo web7
row "PV: it reboots to its own file disk" "install-end; pygrub; TINY is up: PV from=disk"

# --- The same guests as xl's configuration: golden files, judged by xl. ---

# golden NAME ARGUMENT...: of a guest whose name, address and kernel are always the same.
golden() {
	local file=$REPO/tests/golden/xl/$1.cfg text
	text=$(make_guest --system=pv --virt-name=lady --format=xl "${@:2}" |
		sed -E 's/^uuid = .*/uuid = "UUID"/; s,/[0-9a-f]{64},/SHA256,' || true)
	if [ "${GOLDEN:-}" = rewrite ]; then
		printf '%s\n' "$text" >"$file"
	fi
	is "$1 as xl's configuration" "$text" "$(cat "$file")"
	check "xl takes $1" xl_takes "$text"
}
xl_takes() { dom0_script <<<"cat >/run/lady.cfg <<'CFG'
${1/UUID/4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6}
CFG
xl -N create /run/lady.cfg"; }
dom0 lvcreate -q -L 64M -n byhand vg0 >/dev/null
for type in xenpv xenpvh xenhvm; do
	golden $type-raw --virt-type=$type --virt-path=/srv/
	golden $type-qcow2 --virt-type=$type --virt-path=/srv/ --virt-disk-driver=qcow2
	golden $type-lvm --virt-type=$type --virt-path=vg0
	golden $type-device --virt-type=$type --virt-path=/dev/vg0/byhand
done
dom0 lvremove -q -y vg0/byhand >/dev/null
row "xl.cfg of each kind of guest and disk" "12 golden files; xl -N create"

# --- Nothing is left. ---

undo pv
dom0_script <<<"rm -f $IMAGES/koan-*" # kept for the next guest
is "of all of them nothing is left" "$(traces)" "$clean"

vm_stop dom0
check "the server stops cleanly" server_stop
done_testing
