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
	for loader in BOOTX64.EFI BOOTAA64.EFI; do
		if search --no-floppy --file --set=root /EFI/BOOT/$loader; then
			chainloader /EFI/BOOT/$loader
			boot
		fi
	done
	exit 1
