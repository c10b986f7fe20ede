# shellcheck shell=bash
# A part of guests.sh: PVH guests. First two disks in files, raw and qcow2, and xl's own file; then
# a block device that was something else.

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

dom0_script <<<'truncate -s 64M /run/loop.img; losetup /dev/loop7 /run/loop.img
	mkfs.ext4 -q /dev/loop7'
check "koan --vm-poll" make_guest --system=loop --virt-type=xenpvh --virt-path=/dev/loop7 \
	--force-path --vm-poll
guest_console loop
check "loop: from its own disk" guest_says loop 'TINY is up: PVH from=disk'
like "loop: which is the device" "$(virsh domblklist loop)" '/dev/loop7'
undo loop
like "loop: which stays as it is" "$(dom0 blkid -p -o value -s PTTYPE /dev/loop7)" dos
dom0_script <<<'losetup -d /dev/loop7; rm /run/loop.img'
row "PVH on a loop device, koan --vm-poll" "--force-path; TINY is up: PVH from=disk"
