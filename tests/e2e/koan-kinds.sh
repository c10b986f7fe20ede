#!/usr/bin/env bash
# koan on a real libvirt with the QEMU driver: every kind of disk, UEFI, images, a hypervisor that
# is treated as another host, several guests at once, --wait; and what is left when a disk is full:
# nothing. (Other faults: koan-faults.sh.)
# timeout: 1200
set -euo pipefail
# shellcheck source=tests/vm/koan.sh
. "$(dirname "$0")/../vm/koan.sh"
# shellcheck source=tests/vm/libvirt.sh
. "$here/../vm/libvirt.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"

IMAGES=/var/lib/libvirt/images
mkdir -p $WWW /srv/small
# The installer's kernel without a root: it says what it found, panics and reboots at once. So its
# initrd may be small: each guest would take 40 MB otherwise, over HTTP and unpacked.
cp "$INSTALLER_TREE/debian-installer/amd64/linux" $WWW/
small_initrd $WWW/initrd.gz
QUICK='.kernel_options = "rdinit=/nowhere root=/dev/nowhere panic=1 console=ttyS0" | .virt.bridge = "br0"'

make_guest() { koan --virt --system=web7 --virt-type=qemu "$@"; }
before=
# unmade WHAT REGEX ARGUMENT...: koan fails so, and the host is as it was.
unmade() {
	local what=$1 regex=$2
	shift 2
	before=$(libvirt_traces)
	fails "$what" "$regex" make_guest "$@"
	is "and leaves nothing: $what" "$(libvirt_traces)" "$before"
}
size_of() { qemu-img info -U --output=json "$1" | jq -r '"\(.format) \(."virtual-size")"'; }
undo() {
	virsh destroy "$1" >/dev/null 2>&1 || true
	koan --undo --virt-name="$1"
}

net_up
ip link add br1 type bridge
ip link set br1 up
must "a server" koan_server
must "libvirt answers" libvirt_start
koan_plan system web7 "$QUICK"
koan_plan profile bar "$QUICK | .interfaces = []"

# --- UEFI, two disks, two interfaces. ---

koan_plan system web7 "$QUICK | .virt.disk_driver = [\"qcow2\", \"raw\"] | .virt.file_size = [2, 1.5] |
	.interfaces += [{name: \"eth0.7\", mac_address: \"\", virt_bridge: \"\", interface_type: \"na\"},
		{name: \"eth1\", mac_address: \"52:54:00:aa:00:02\", virt_bridge: \"br1\",
		 interface_type: \"na\"}]"
mkdir -p /var/lib/libvirt/qemu/nvram
clean=$(libvirt_traces)
must "a guest with UEFI" make_guest --virt-firmware=uefi --virt-path=/srv/a/
guest_console web7
is "its first disk" "$(size_of /srv/a/web7-disk0)" "qcow2 $((2 << 30))"
is "its second disk" "$(size_of /srv/a/web7-disk1)" "raw $((3 << 29))"
xml=$(virsh dumpxml --inactive web7)
is "two interfaces, without the VLAN" "$(grep -c '<interface' <<<"$xml")" 2
like "each on its bridge" "$xml" "<source bridge='br1'/>"
like "the firmware is UEFI" "$xml" "firmware='efi'"
efi_seen() { file_says "$LOGS/web7.console" 'EFI v[0-9.]+ by EDK II'; }
check "its kernel was started by UEFI" wait_for "$PATIENCE" efi_seen
check "--undo" undo web7
virsh pool-destroy a
virsh pool-undefine a
rmdir /srv/a
is "takes the domain, its disks and its NVRAM" "$(libvirt_traces)" "$clean"

# --- aarch64, which always starts by UEFI. ---

python3 "$here/../vm/arm_kernel.py" $WWW/arm
koan_plan system arm "$QUICK | .arch = \"aarch64\" | .kernel = $(koan_file arm) | .virt.file_size = [0.0625]"
check "a guest of another architecture" koan --virt --system=arm --virt-type=qemu
guest_console arm
arm_runs() { file_says "$LOGS/arm.console" 'the kernel runs'; }
check "its kernel needs no signature" wait_for "$PATIENCE" arm_runs
undo arm >/dev/null
koan_plan image arm ".image = $(koan_file arm) + {type: \"iso\"} | .arch = \"aarch64\" |
	del(.kernel, .initrd) | .profile = \"\" | .distro = \"\" | .virt.bridge = \"br0\" |
	.virt.file_size = [0.0625] | .interfaces = []"
check "one with a CD and a screen" koan --virt --image=arm --virt-type=qemu --graphics=vnc
like "has a keyboard" "$(virsh dumpxml arm)" "<input type='keyboard' bus='usb'"
guest_console arm
cd_seen() { file_says "$LOGS/arm.console" 'UEFI QEMU QEMU CD-ROM'; }
check "its firmware knows the CD's card" wait_for "$PATIENCE" cd_seen
undo arm >/dev/null
is "its NVRAM goes, too" "$(find /var/lib/libvirt/qemu/nvram -type f)" ""

# --- Disks of each kind. ---

koan_plan system web7 "$QUICK"
virsh pool-define-as vols dir --target /srv/vols >/dev/null
mkdir /srv/vols
virsh pool-start vols
virsh vol-create-as vols blank 64M --format raw
virsh vol-create-as vols ext4 64M --format raw
mkfs.ext4 -q -F /srv/vols/ext4
virsh vol-create-as vols gpt-end 64M --format raw
printf 'label: gpt\n,10M\n' | sfdisk -q /srv/vols/gpt-end
dd if=/dev/zero of=/srv/vols/gpt-end bs=1K count=40 conv=notrunc status=none # the copy at the end
virsh vol-create-as vols other 64M --format qcow2
virsh define /dev/stdin >/dev/null <<-'XML'
	<domain type='qemu'><name>lord</name><memory>65536</memory><os><type>hvm</type></os>
	<devices><disk type='volume'><source pool='vols' volume='blank'/><target dev='vda'/></disk>
	</devices></domain>
XML
ln -s vols /srv/link
for path in vol=vols/blank /srv/vols/blank /srv/link/blank; do
	unmade "another domain's disk by this name: $path" "is a disk of the domain 'lord'" \
		--virt-path=$path --force-path
done
virsh undefine lord
unmade "a volume with a file system" "not empty: .*ext4" --virt-path=vol=vols/ext4
unmade "one with a partition table at its end only" "not empty: .*gpt" --virt-path=vol=vols/gpt-end
unmade "one in whose format koan cannot look" "format qcow2" --virt-path=vol=vols/other
unmade "one that is not there" "no volume 'nosuch' in the storage pool 'vols'" \
	--virt-path=vol=vols/nosuch
check "an empty volume" make_guest --virt-path=vol=vols/blank
like "is the guest's disk" "$(virsh dumpxml web7)" "<source file='/srv/vols/blank'"
check "--undo" undo web7
check "leaves what koan did not make" test -e /srv/vols/blank
check "--force-path takes the one with a file system" \
	make_guest --virt-path=vol=vols/ext4 --force-path
is "as it is" "$(blkid -p -o value -s TYPE /srv/vols/ext4)" ext4
undo web7 >/dev/null
check "and qcow2 as qcow2" make_guest --virt-path=vol=vols/other --force-path
like "in the guest's configuration" "$(virsh dumpxml web7)" "type='qcow2'"
undo web7 >/dev/null

truncate -s 64M /run/export.img
qemu-nbd --persistent --fork --bind=127.0.0.1 --export-name=disk --format=raw /run/export.img
check "a network disk" make_guest --virt-path=nbd://127.0.0.1/disk
like "is attached by libvirt" "$(virsh dumpxml web7)" "protocol='nbd' name='disk'"
check "and the guest runs with it" virsh domblkinfo web7 vda
undo web7 >/dev/null
unmade "a network disk that is not there" "does not start.*(refused|export)" \
	--virt-path=nbd://127.0.0.1/nosuch

check "--preallocate" make_guest --virt-path=/srv/vols/ --virt-file-size=0.0625 --preallocate
is "gives a file its whole size" "$(($(stat -c '%b * %B' /srv/vols/web7-disk0)))" $((64 << 20))
undo web7 >/dev/null
check "and qcow2 too" make_guest --virt-path=/srv/vols/ --virt-file-size=0.0625 \
	--virt-disk-driver=qcow2 --preallocate
check "nearly" test "$(($(stat -c '%b * %B' /srv/vols/web7-disk0)))" -ge $((64 << 20))
undo web7 >/dev/null
unmade "more than there is room for" "need 60000.0 GiB" --virt-path=/srv/vols/ \
	--virt-file-size=60000

# --- Import, and other starts. ---

check "a guest" make_guest --virt-path=/srv/vols/keep.img --virt-file-size=0.0625
virsh destroy web7
virsh undefine web7
check "--import" make_guest --virt-path=/srv/vols/keep.img --import
lacks "starts from the disk" "$(virsh dumpxml web7)" '<kernel>'
undo web7 >/dev/null
check "whose disk is not koan's" test -e /srv/vols/keep.img
unmade "an import of another format" "looks like raw, not qcow2" \
	--virt-path=/srv/vols/keep.img --import --virt-disk-driver=qcow2
unmade "an import of nothing" "no disk '/srv/vols/nosuch.img'" --virt-path=/srv/vols/nosuch.img \
	--import
check "--virt-pxe-boot" make_guest --virt-pxe-boot --virt-file-size=0.0625
like "boots from the network now" "$(virsh dumpxml web7)" "<boot dev='network'/>"
like "and from its disk next time" "$(virsh dumpxml --inactive web7)" "<boot dev='hd'/>"
undo web7 >/dev/null
for bus in scsi sata ide usb; do
	check "--qemu-disk-type=$bus" make_guest --qemu-disk-type=$bus --virt-file-size=0.0625 \
		--qemu-net-type=e1000
	undo web7 >/dev/null
done

# --- Images. ---

image() {
	local file=$1 type=$2
	koan_plan image "$file" ".image = $(koan_file "$file") + {type: \"$type\"} |
		del(.kernel, .initrd) | .profile = \"\" | .distro = \"\" | .virt.bridge = \"br0\" |
		.virt.file_size = [0.125] | .interfaces = []"
}
head -c 1000000 /dev/urandom >$WWW/cd.iso
image cd.iso iso
of_image() { koan --virt --image="$1" --virt-type=qemu "${@:2}"; }
check "an iso" of_image cd.iso --virt-name=cd
like "is the guest's CD now" "$(virsh dumpxml cd)" "<boot dev='cdrom'/>"
lacks "and not next time" "$(virsh dumpxml --inactive cd)" "cdrom"
undo cd >/dev/null
head -c 40000000 /dev/urandom >$WWW/disk.raw
image disk.raw virt-clone
fails "a disk to copy, and another start" 'starts from it, not from the network' of_image disk.raw --virt-pxe-boot
check "a disk to copy" of_image disk.raw --virt-name=clone
is "is copied" "$(head -c 40000000 $IMAGES/clone-disk0 | sha256sum)" "$(sha256sum <$WWW/disk.raw)"
is "into one of the size that was asked for" "$(size_of $IMAGES/clone-disk0)" "raw $((1 << 27))"
lacks "and the guest starts from it" "$(virsh dumpxml clone)" '<kernel>'
undo clone >/dev/null
qemu-img convert -f raw -O qcow2 -c $WWW/disk.raw $WWW/disk.qcow2
image disk.qcow2 virt-clone
check "a qcow2 to copy" of_image disk.qcow2 --virt-name=clone
virsh destroy clone
is "is bigger afterwards" "$(size_of $IMAGES/clone-disk0)" "qcow2 $((1 << 27))"
qemu-img convert -f qcow2 -O raw $IMAGES/clone-disk0 /run/clone.raw
is "with the same content" "$(head -c 40000000 /run/clone.raw | sha256sum)" \
	"$(sha256sum <$WWW/disk.raw)"
undo clone >/dev/null
xz -0 -c $WWW/disk.raw >$WWW/disk.raw.xz
qemu-img convert -f raw -O vmdk $WWW/disk.raw $WWW/disk.vmdk
before=$(libvirt_traces)
for file in disk.raw.xz disk.vmdk; do
	image $file virt-clone
	fails "$file is no disk to start from" 'the image is .*; make it raw or qcow2' of_image $file
done
is "and leaves nothing" "$(libvirt_traces)" "$before"
rm $WWW/disk.raw.xz $WWW/disk.vmdk
qemu-img create -q -f qcow2 -b /etc/shadow -F raw $WWW/evil.qcow2
image evil.qcow2 virt-clone
before=$(libvirt_traces)
fails "a qcow2 that names a file of this host" 'names another file' of_image evil.qcow2
is "leaves nothing" "$(libvirt_traces)" "$before"
rm /run/clone.raw

# --- The hypervisor as another host: a socket that could be forwarded from anywhere. ---

far() { make_guest --remote --connect="qemu+unix:///system?socket=/run/libvirt/libvirt-sock" "$@"; }
check "another host gets the boot files into its storage" far --virt-file-size=0.0625
kernel=koan-$(sha256sum <$WWW/linux | cut -c1-64)
like "its kernel is a volume" "$(virsh dumpxml web7)" "<kernel>$IMAGES/$kernel</kernel>"
is "whole" "$(head -c "$(stat -c %s $WWW/linux)" $IMAGES/$kernel | sha256sum)" "$(sha256sum <$WWW/linux)"
check "and the guest starts" wait_for "$PATIENCE" sh -c "virsh --quiet --connect $LIBVIRT_URI domstate web7 | grep -q 'shut off'"
inode=$(stat -c %i $IMAGES/$kernel)
check "a second guest" far --virt-name=second --virt-file-size=0.0625
is "has the same file" "$(stat -c %i $IMAGES/$kernel)" "$inode"
printf damaged | dd of=$IMAGES/$kernel bs=1 seek=100 conv=notrunc status=none
like "one that is damaged is sent again" "$(far --virt-name=third --virt-file-size=0.0625 2>&1)" \
	"'$kernel' is damaged"
is "and whole again" "$(head -c "$(stat -c %s $WWW/linux)" $IMAGES/$kernel | sha256sum)" "$(sha256sum <$WWW/linux)"
for name in web7 second third; do undo $name >/dev/null; done
rm $IMAGES/koan-*
virsh pool-refresh default
# Another koan is sending it, slowly: a piece every three seconds.
size=$(stat -c %s $WWW/linux)
truncate -s "$size" $IMAGES/$kernel
inode=$(stat -c %i $IMAGES/$kernel)
piece=$((size / 3 + 1))
for at in 0 1 2; do
	sleep 3
	dd if=$WWW/linux of=$IMAGES/$kernel bs=$piece skip=$at seek=$at count=1 conv=notrunc status=none
done &
lacks "one that another koan sends is not taken for damaged" "$(far --virt-file-size=0.0625 2>&1)" damaged
wait $!
is "but waited for" "$(stat -c %i $IMAGES/$kernel) $(sha256sum <$IMAGES/$kernel)" \
	"$inode $(sha256sum <$WWW/linux)"
undo web7 >/dev/null
rm $IMAGES/koan-*
far --virt-name=one --virt-file-size=0.0625 >/run/one 2>&1 &
one=$!
far --virt-name=two --virt-file-size=0.0625 >/run/two 2>&1 &
two=$!
check "two at once" wait $one
check "share what one of them sends" wait $two
lacks "and nothing is damaged" "$(cat /run/one /run/two)" damaged
for name in one two; do undo $name >/dev/null; done
rm $IMAGES/koan-*
virsh pool-refresh default
# A host whose files are not the ones that koan sees here.
elsewhere() {
	unshare --mount --propagation private sh -c 'mount -t tmpfs tmpfs /srv; exec "$@"' sh \
		koan --virt --system=web7 --virt-type=qemu --virt-file-size=0.0625 --remote \
		--connect="qemu+unix:///system?socket=/run/libvirt/libvirt-sock" "$@"
}
check "a pool's folder over there" elsewhere --virt-path=/srv/vols
like "gets a disk of the guest's name" "$(virsh domblklist web7)" ' /srv/vols/web7-disk0$'
undo web7 >/dev/null
rm $IMAGES/koan-*
virsh pool-refresh default
mkdir /srv/bare
before=$(libvirt_traces)
fails "a guest that does not start in a folder that no pool has" "does not start" \
	elsewhere --virt-path=/srv/bare/ --virt-bridge=nobr0
is "leaves the folder that was there" "$(libvirt_traces)" "$before"
fails "a guest that does not start there" "does not start" far --virt-bridge=nobr0
is "takes the boot files along" "$(libvirt_traces)" "$before"

# --- A plain user, whose home the system's QEMU may not enter. ---

mkdir -m 700 /run/home
chown nobody /run/home
cp "$(command -v koan)" /run/koan
check "a plain user's guest" setpriv --reuid=nobody --clear-groups env HOME=/run/home /run/koan \
	--virt --system=web7 --virt-type=qemu --virt-file-size=0.0625
like "has its kernel from the storage" "$(virsh dumpxml web7)" "<kernel>$IMAGES/$kernel</kernel>"
undo web7 >/dev/null
rm $IMAGES/koan-*
virsh pool-refresh default

# --- Several at once. ---

check "five at once" koan --virt --profile=bar --virt-type=qemu --count=5 --virt-ram=128 \
	--virt-file-size=0.0625 --virt-bridge=br0
is "are there" "$(virsh list --all --name | sort | tr -s '\n' ' ')" "bar-1 bar-2 bar-3 bar-4 bar-5 "
is "each with an address of its own" \
	"$(for i in 1 2 3 4 5; do virsh domiflist bar-$i; done | grep -o '00:16:3e[0-9a-f:]*' | sort -u | wc -l)" 5
check "--undo --count" koan --undo --virt-name=bar --count=5
is "takes them all" "$(virsh list --all --name | sort)$(find $IMAGES -name 'bar*')" ""
check "a guest" make_guest --virt-file-size=0.0625
virsh destroy web7
qemu-img create -q -f qcow2 -b web7-disk0 -F raw $IMAGES/layer
virsh define /dev/stdin >/dev/null <<-XML
	<domain type='qemu'><name>lord</name><memory>65536</memory><os><type>hvm</type></os>
	<devices><disk type='file'><driver name='qemu' type='qcow2'/><source file='$IMAGES/layer'/>
	<target dev='vda'/></disk></devices></domain>
XML
like "what a guest that is off has a layer over" "$(koan --undo --virt-name=web7)" \
	"left the disk '$IMAGES/web7-disk0': another domain has it"
check "stays" test -e $IMAGES/web7-disk0
rm $IMAGES/layer $IMAGES/web7-disk0
virsh pool-refresh default
check "a guest on another host" far --virt-file-size=0.0625
virsh destroy web7
virsh vol-create-as default layer 64M --format qcow2 --backing-vol web7-disk0 \
	--backing-vol-format raw >/dev/null
like "what one over there has a layer over" \
	"$(koan --undo --virt-name=web7 --remote \
		--connect="qemu+unix:///system?socket=/run/libvirt/libvirt-sock")" \
	"left the disk '$IMAGES/web7-disk0': another domain has it"
check "stays, too" test -e $IMAGES/web7-disk0
virsh undefine lord
rm $IMAGES/layer $IMAGES/web7-disk0 $IMAGES/koan-*
virsh pool-refresh default
check "a guest" make_guest --virt-path=/srv/vols/,$IMAGES/ --virt-file-size=0.0625
virsh pool-destroy vols
before=$(libvirt_traces)
fails "whose disk cannot be looked for" "'vols', which has .*, is not active; .*pool-start vols" undo web7
virsh start web7 # undo() stopped it
is "is not half undone" "$(libvirt_traces)" "$before"
virsh pool-start vols
check "but whole" undo web7
is "with both disks" "$(find /srv/vols $IMAGES -name 'web7*')" ""

# --- Until the installation has ended. ---

check "--wait" make_guest --wait=9 --virt-file-size=0.0625 --summary
is "the guest runs from its disk" "$(virsh domstate web7) $(virsh dumpxml web7 | grep -c '<kernel>' || true)" "running 0"
undo web7 >/dev/null
check "--wait --noreboot" make_guest --wait=9 --noreboot --virt-file-size=0.0625
is "leaves it off" "$(virsh domstate web7)" "shut off"
undo web7 >/dev/null

# A kernel that stays where it panics, and a QEMU that does not.
make_guest --wait=9 --virt-file-size=0.0625 --kopts=panic=0 >/run/crash 2>&1 &
waiting=$!
check "one that is being installed" wait_for "$PATIENCE" grep -q 'is being installed' /run/crash
kill -KILL "$(cat /run/libvirt/qemu/web7.pid)"
status=0
wait $waiting || status=$?
is "and crashes" $status 1
like "has not been installed" "$(cat /run/crash)" "crashed before its installation ended"
is "and is not started from its disk" "$(virsh domstate web7)" "shut off"
undo web7 >/dev/null

# --- A disk that gets full. ---

mount -t tmpfs -o size=8m tmpfs /srv/small
mkdir /srv/small/pool
virsh pool-define-as small dir --target /srv/small/pool >/dev/null
virsh pool-start small
unmade "full: it is seen before" "need 0.1 GiB, and 0.0 GiB are free" \
	--virt-path=/srv/small/pool/ --virt-file-size=0.125
unmade "full: by folders that share a file system" "'/srv/small/a', and those in other folders.* need" \
	--virt-path=/srv/small/a/,/srv/small/b/ --virt-file-size=0.005,0.005
before=$(libvirt_traces)
fails "full while an image is copied" "disk '/srv/small/pool/clone-disk0': .*(No space|written|end)" \
	of_image disk.raw --virt-name=clone --virt-path=/srv/small/pool/ --overcommit
is "and leaves nothing" "$(libvirt_traces)" "$before"
mount -t tmpfs -o size=4m tmpfs $IMAGES
virsh pool-refresh default
before=$(libvirt_traces)
fails "full while the boot files are sent" "sending the boot files .*(No space|written|end)" \
	far --virt-path=/srv/vols/ --virt-file-size=0.0625
is "and leaves nothing there" "$(libvirt_traces)" "$before"
umount $IMAGES
virsh pool-refresh default
mkdir -p /var/lib/libvirt/qemu/nvram
mount -t tmpfs -o size=64k tmpfs /var/lib/libvirt/qemu/nvram
unmade "full where UEFI keeps its variables" "does not start" --virt-firmware=uefi \
	--virt-file-size=0.0625
umount /var/lib/libvirt/qemu/nvram
done_testing
