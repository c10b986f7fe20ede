	# A firmware that gets control back may stop at its own menu, so the boot loader on the disk
	# is looked for first. shim comes before GRUB: Secure Boot accepts only the signed one.
	if [ "$grub_platform" = pc ]; then
		set root=(hd0)
		chainloader +1
		boot
	fi
	for folder in debian ubuntu redhat centos rocky almalinux fedora opensuse sles; do
		for loader in shimx64.efi shimaa64.efi grubx64.efi grubaa64.efi; do
			if search --no-floppy --file --set=root /EFI/$folder/$loader; then
				chainloader /EFI/$folder/$loader
				boot
			fi
		done
	done
	# Only in partitions: the image that a firmware loaded over HTTP is a disk, too, without any.
	for file in (hd*,*)/EFI/BOOT/BOOTX64.EFI (hd*,*)/EFI/BOOT/BOOTAA64.EFI; do
		if [ -f "$file" ]; then
			chainloader "$file"
			boot
		fi
	done
	exit 1
