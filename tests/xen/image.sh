#!/usr/bin/env bash
# Usage: tests/xen/image.sh
#
# Makes what the tests on real Xen start: a Xen host ("dom0") from Debian's packages, and a small
# guest. Prints the folder, build/xen/KEY, where KEY is the recipe's: made once, used until the
# recipe changes. It holds
#   xen vmlinuz initrd   the hypervisor; dom0's kernel, which is the Debian installer's, too
#   vmlinux.gz           the kernel as it is without what unpacks it, packed so that it takes Xen half
#                        of the time: for guests without firmware
#   disk.img             dom0's root
#   key                  who has it may log in there by ssh as root
#   tiny.gz              the guest's initrd
#   tiny.img             a disk with that guest: pygrub starts it, and in an HVM guest GRUB does
#   xen-blkfront.ko      what the installer needs to see a disk of Xen's
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
installer=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
mirror=http://deb.debian.org/debian
security=http://deb.debian.org/debian-security

# One kernel for all, so that a module of dom0's fits the installer.
kernel=$(zcat $installer/initrd.gz | cpio --quiet -t | sed -n 's,^lib/modules/\([^/]*\)$,\1,p')
packages=(
	linux-image-"$kernel"
	xen-utils-4.17 xenstore-utils qemu-system-xen # the last serves qcow2 disks
	libvirt-daemon libvirt-daemon-driver-xen libvirt-clients netcat-openbsd
	libcurl4 libjansson4 libxml2 # koan's
	lvm2 qemu-utils udev kmod iproute2 mount e2fsprogs procps openssh-server busybox-static
)
# What would only take time, such as libvirt's drivers that neither koan nor Xen's driver asks. Its
# QEMU driver even takes the daemon down where QEMU has no account.
unwanted=(
	'/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' '/usr/share/qemu/*.fd'
	/etc/kernel/postinst.d/initramfs-tools
)
for part in qemu interface network nodedev nwfilter secret; do
	unwanted+=("/usr/lib/*/libvirt/connection-driver/libvirt_driver_$part.so")
done
for part in sound drivers/{gpu,media,infiniband,scsi,staging,iio,usb,input,hid} \
	drivers/net/{wireless,ethernet} fs/{ocfs2,xfs,btrfs}; do
	unwanted+=("/lib/modules/*/kernel/$part/*")
done

key_of_recipe() {
	{
		cat "$0" "$here"/{dom0,dom0-initrd,tiny}-init
		echo "$kernel"
		dpkg-query -W xen-hypervisor-4.17-amd64 grub-pc-bin
	} | sha256sum | cut -c1-16
}

# modules FOLDER MODULE...: with what they need, in the order in which insmod takes them.
modules() {
	local folder=$1 module file
	shift
	mkdir -p "$folder/modules"
	for module in "$@"; do
		chroot dom0 modprobe --set-version "$kernel" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
		cp "dom0$file" "$folder/modules/"
		basename "$file" >>"$folder/modules/order"
	done
}

# initrd INIT MODULE...: busybox with that /init and these modules, as a compressed archive.
initrd() {
	local init=$1 applet
	shift
	rm -rf tree
	mkdir -p tree/{bin,dev,proc,sys,mnt}
	cp dom0/bin/busybox tree/bin/
	for applet in $(tree/bin/busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "tree/bin/$applet"
	done
	install "$init" tree/init
	modules tree "$@"
	(cd tree && find . | cpio --quiet -o -H newc) | gzip -1
}

# The kernel's own header (Linux's Documentation/arch/x86/boot.rst) says where the packed one lies:
# setup_sects, payload_offset, payload_length, whose last four bytes are its size.
header() { od -An -t "u$2" -j "$1" -N "$2" vmlinuz; }
plain_kernel() {
	local skip=$((($(header 0x1f1 1) + 1) * 512 + $(header 0x248 4)))
	dd if=vmlinuz bs=64K iflag=skip_bytes,count_bytes status=none skip=$skip \
		count=$(($(header 0x24c 4) - 4)) | xz -dc | gzip -1n
}

dom0_tree() {
	local options=(--dpkgopt=force-unsafe-io) path
	for path in "${unwanted[@]}"; do
		options+=("--dpkgopt=path-exclude=$path")
	done
	mmdebstrap --quiet --variant=apt --mode=root "${options[@]}" \
		--include="$(IFS=,; echo "${packages[*]}")" bookworm dom0 \
		"$mirror" "deb $security bookworm-security main" >dom0.log 2>&1 ||
		{ tail -n 20 dom0.log >&2; return 1; }
	install "$here/dom0-init" dom0/sbin/dom0-init
	# The emulated processor has no VME, and Xen hides SEP of an AMD one: then none of libvirt's
	# models fits, and its Xen driver refuses to start.
	sed -i "/name='sep'/d" dom0/usr/share/libvirt/cpu_map/x86_qemu64.xml
	ssh-keygen -q -t ed25519 -N '' -f key
	install -D -m 600 key.pub dom0/root/.ssh/authorized_keys
}

# ext4 SIZE FOLDER FILE [OPTION]: without what only costs time in a guest of a guest.
ext4() {
	truncate -s "$1" "$3"
	mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -E "lazy_itable_init=1${4:-}" -d "$2" "$3" \
		${5:+"$5"}
}

# What GRUB's own installation leaves for a BIOS: the first sector, and behind it, before the first
# partition, the rest, which reads the same grub.cfg as pygrub.
boot_sector() {
	grub-mkimage -O i386-pc -o core.img -p '(hd0,msdos1)/boot/grub' \
		biosdisk part_msdos ext2 linux normal
	dd if=/usr/lib/grub/i386-pc/boot.img of="$1" bs=440 count=1 conv=notrunc status=none
	dd if=core.img of="$1" bs=512 seek=1 conv=notrunc status=none
	rm core.img
}

# A partition, because that is what an installer makes. (Without pci=noearly an HVM guest's kernel
# looks for an AGP bridge at 65,536 addresses, and asks the device model in dom0 for each.)
tiny_disk() {
	mkdir -p disk/boot/grub
	cp vmlinuz disk/boot/vmlinuz
	cp tiny.gz disk/boot/initrd.gz
	cat >disk/boot/grub/grub.cfg <<-'CFG'
		set timeout=0
		menuentry 'tiny' {
			linux /boot/vmlinuz console=hvc0 pci=noearly tiny.from=disk
			initrd /boot/initrd.gz
		}
	CFG
	ext4 16M disk tiny.img ,offset=1048576 15M
	printf 'label: dos\nlabel-id: 0x74696e79\n2048,,L,*\n' | sfdisk -q -W never tiny.img
	boot_sector tiny.img
}

build() {
	dom0_tree
	cp "dom0/boot/vmlinuz-$kernel" vmlinuz
	plain_kernel >vmlinux.gz
	zcat /boot/xen-4.17-amd64.gz >xen
	initrd "$here/dom0-initrd-init" virtio_pci virtio_blk ext4 >initrd
	initrd "$here/tiny-init" xen-netfront xen-blkfront >tiny.gz
	cp tree/modules/xen-blkfront.ko .
	tiny_disk
	ext4 1500M dom0 disk.img
	rm -rf dom0 tree disk
}

folder=$root/build/xen/$(key_of_recipe)
if [ ! -e "$folder" ]; then
	mkdir -p "$root/build/xen"
	work=$(mktemp -d "$root/build/xen/new.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	(cd "$work" && build) >&2
	chmod 755 "$work"
	mv -T "$work" "$folder"
fi
echo "$folder"
