# shellcheck shell=bash
# A disk as Debian's installer leaves one for UEFI: shim and the signed GRUB on an EFI system
# partition, Debian's kernel on an ext4 root, and a grub.cfg that grub-common's own scripts write.
# What runs there is small: busybox, the programs that a test asks for, and an init that goes online
# as web7, runs the script that the test hands to the machine, and restarts it. Source tests/vm/lib.sh
# first.

# What its init says, followed by the kernel's command line.
DEBIAN_DISK_SAYS=DEBIAN-DISK-REACHED
DEBIAN_SCRIPT=opt/org.bootwright/script # for QEMU's -fw_cfg
DEBIAN_ROOT_UUID=0b00e7a1-9e75-4b8e-9a5c-6d656e616e65
DEBIAN_ROOT_MIB=17 # where the root's partition begins; before it lies the EFI system partition
DEBIAN_KERNEL=$(find /boot -name 'vmlinuz-*-cloud-amd64' | sort -V | tail -n 1)

# debian_program ROOT FILE...: into /usr/bin, with the libraries that they load.
debian_program() {
	local root=$1
	shift
	install -D -t "$root/usr/bin" "$@"
	ldd "$@" | sed -n 's,^[^/]*\(/[^ ]*\) (0x.*,\1,p' | sort -u |
		xargs cp --parents --dereference --target-directory="$root"
}

# The modules that the machine's devices need, in the order in which insmod takes them.
debian_modules() {
	local version=${DEBIAN_KERNEL##*/vmlinuz-} module
	for module in virtio_pci virtio_blk virtio_net qemu_fw_cfg; do
		modprobe --set-version "$version" --show-depends $module
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

debian_initrd() {
	local root
	root=$(mktemp -d)
	mkdir -p "$root"/{bin,dev,proc,sys,modules,root}
	cp /bin/busybox "$root/bin/"
	debian_modules | while read -r file; do
		cp "$file" "$root/modules/"
		echo "insmod /modules/${file##*/}"
	done >"$root/modules/load"
	cat >"$root/init" <<-'INIT'
		#!/bin/busybox sh
		/bin/busybox --install -s /bin
		export PATH=/bin
		mount -t devtmpfs devtmpfs /dev
		mount -t proc proc /proc
		. /modules/load
		device=$(sed -n 's/.* root=\([^ ]*\).*/\1/p' /proc/cmdline)
		until [ -b "$device" ]; do sleep 0.1; done
		mount -t ext4 -o ro "$device" /root
		umount /proc
		exec switch_root -c /dev/console /root /sbin/init
	INIT
	chmod 755 "$root/init"
	(cd "$root" && find . | cpio --quiet -o -H newc) | gzip -1 >"$1"
	rm -r "$root"
}

# As update-grub writes it, but for the disk's own entry.
debian_grub_config() {
	local version=${DEBIAN_KERNEL##*/vmlinuz-}
	export pkgdatadir=/usr/share/grub GRUB_TERMINAL_OUTPUT=console GRUB_TIMEOUT=0
	/etc/grub.d/00_header
	cat <<-CONFIG
		menuentry 'Debian GNU/Linux' {
			search --no-floppy --fs-uuid --set=root $DEBIAN_ROOT_UUID
			linux /boot/vmlinuz-$version root=/dev/vda2 ro net.ifnames=0 console=ttyS0,115200n8 $VM_FAST
			initrd /boot/initrd.img-$version
		}
	CONFIG
	/etc/grub.d/41_custom
}

# debian_root FOLDER PROGRAM...
debian_root() {
	local root=$1
	shift
	mkdir -p "$root"/{bin,sbin,dev,proc,sys,tmp,etc,root,run,var/cache,boot/grub}
	cp /bin/busybox "$root/bin/"
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
	debian_program "$root" "$@"
	cp "$DEBIAN_KERNEL" "$root/boot/"
	debian_initrd "$root/boot/initrd.img-${DEBIAN_KERNEL##*/vmlinuz-}"
	(debian_grub_config) >"$root/boot/grub/grub.cfg"
	grub-script-check "$root/boot/grub/grub.cfg"
	grub-editenv "$root/boot/grub/grubenv" create
	cat >"$root/sbin/init" <<-INIT
		#!/bin/sh
		export PATH=/usr/bin:/bin HOME=/root
		mount -t devtmpfs devtmpfs /dev
		exec </dev/console >/dev/console 2>&1
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -o remount,rw /
		ip link set eth0 up
		ip address add 10.77.0.21/24 dev eth0
		echo "$DEBIAN_DISK_SAYS \$(cat /proc/cmdline)"
		sh /sys/firmware/qemu_fw_cfg/by_name/$DEBIAN_SCRIPT/raw
		sync
		mount -o remount,ro /
		reboot -f
	INIT
	chmod 755 "$root/sbin/init"
}

# debian_esp FILE: its first partition, as grub-install fills it.
debian_esp() {
	local disk=$1 config
	config=$(mktemp)
	cat >"$config" <<-CONFIG
		search.fs_uuid $DEBIAN_ROOT_UUID root
		set prefix=(\$root)'/boot/grub'
		configfile \$prefix/grub.cfg
	CONFIG
	mformat -i "$disk@@1M" -T $(((DEBIAN_ROOT_MIB - 1) * 2048)) -h 16 -s 63 -H 2048 ::
	mmd -i "$disk@@1M" ::EFI ::EFI/BOOT ::EFI/debian
	mcopy -i "$disk@@1M" /usr/lib/shim/shimx64.efi.signed ::EFI/BOOT/BOOTX64.EFI
	mcopy -i "$disk@@1M" /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed ::EFI/BOOT/grubx64.efi
	mcopy -i "$disk@@1M" "$config" ::EFI/debian/grub.cfg
	rm "$config"
}

# debian_disk FILE PROGRAM...: 512 MiB, with these programs in /usr/bin.
debian_disk() {
	local disk=$1 root
	shift
	root=$(mktemp -d)
	chmod 755 "$root"
	debian_root "$root" "$@" || return 1
	truncate -s 512M "$disk"
	printf 'label: gpt\n2048,%d,U\n%d,,L\n' $(((DEBIAN_ROOT_MIB - 1) * 2048)) \
		$((DEBIAN_ROOT_MIB * 2048)) | sfdisk -q -W never "$disk" || return 1
	debian_esp "$disk" || return 1
	mke2fs -q -t ext4 -U $DEBIAN_ROOT_UUID -E "offset=$((DEBIAN_ROOT_MIB << 20))" -d "$root" \
		"$disk" $((512 - DEBIAN_ROOT_MIB - 1))M || return 1
	rm -r "$root"
}

# debian_start NAME FIRMWARE MAC DISK SCRIPT: the machine starts from it and is to run the script.
debian_start() {
	local name=$1
	printf '%s\n' "$5" >"/run/$name.sh"
	vm_start "$name" "$2" "$3" -fw_cfg "name=$DEBIAN_SCRIPT,file=/run/$name.sh" \
		-drive "file=$4,format=raw,if=none,id=disk" \
		-device virtio-blk-pci,drive=disk,bootindex=0
}

# debian_look DISK COMMAND...: in its root, which is there to be read only.
debian_look() {
	local disk=$1 status=0
	shift
	mount -o "ro,noload,loop,offset=$((DEBIAN_ROOT_MIB << 20))" "$disk" /mnt
	(cd /mnt && "$@") || status=$?
	umount /mnt
	return $status
}
