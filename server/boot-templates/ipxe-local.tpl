# A UEFI firmware goes on with its next boot option when iPXE fails; a BIOS may not.
iseq ${platform} pcbios && sanboot --no-describe --drive 0x80 ||
exit 1
