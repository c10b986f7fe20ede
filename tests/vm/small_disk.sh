# shellcheck shell=bash
# A bootable disk for machines that have something installed already: a FAT partition that SYSLINUX
# starts by BIOS, and shim and the signed GRUB by UEFI; all of them start the small system of
# small_root.sh. Source that first.

SMALL_DISK_SAYS=SMALL-DISK-REACHED

small_disk_files() {
	local to=$1 arguments=console=ttyS0,115200n8
	cp "$INSTALLER_TREE/debian-installer/amd64/linux" "$to/linux"
	small_initrd "$to/initrd.gz"
	cat >"$to/syslinux.cfg" <<-CONFIG
		SAY $SMALL_DISK_SAYS
		DEFAULT linux
		LABEL linux
			LINUX linux
			INITRD initrd.gz
			APPEND $arguments
	CONFIG
	mkdir -p "$to/EFI/debian" "$to/EFI/BOOT"
	cp /usr/lib/shim/shimx64.efi.signed "$to/EFI/debian/shimx64.efi"
	cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed "$to/EFI/debian/grubx64.efi"
	cp "$to/EFI/debian/shimx64.efi" "$to/EFI/BOOT/BOOTX64.EFI"
	cp "$to/EFI/debian/grubx64.efi" "$to/EFI/BOOT/grubx64.efi"
	cat >"$to/EFI/debian/grub.cfg" <<-CONFIG
		echo $SMALL_DISK_SAYS
		linux /linux $arguments
		initrd /initrd.gz
		boot
	CONFIG
}

# small_disk FILE: 64 MiB, one active partition that begins at 1 MiB.
small_disk() {
	local disk=$1 files
	files=$(mktemp -d)
	small_disk_files "$files"
	truncate -s 64M "$disk"
	# Flags, type FAT32, first sector 2048, 129024 sectors; cylinders, heads and sectors as 0.
	printf '\x80\0\0\0\x0c\0\0\0\0\x08\0\0\0\xf8\1\0' |
		dd of="$disk" bs=1 seek=446 conv=notrunc status=none
	printf '\x55\xaa' | dd of="$disk" bs=1 seek=510 conv=notrunc status=none
	dd if=/usr/lib/syslinux/mbr/mbr.bin of="$disk" conv=notrunc status=none
	mformat -i "$disk@@1M" -T 129024 -h 16 -s 63 -H 2048 -F ::
	mcopy -i "$disk@@1M" -s "$files"/* ::
	syslinux --install --offset 1048576 "$disk"
	rm -r "$files"
}
