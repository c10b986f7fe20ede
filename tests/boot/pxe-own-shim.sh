#!/usr/bin/env bash
# UEFI machines boot by their distro's own shim and GRUB. Over TFTP with Secure Boot on: one whose
# GRUB looks below a prefix of its own, in a tree like the Red Hat family's; with it off: one whose
# GRUB looks where it lies itself, as SUSE's and Red Hat's do. Over HTTP with Secure Boot on: one
# whose GRUB is a CD's, which has no network, in the image.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

DEBIAN=$INSTALLER_TREE/debian-installer/amd64

# own_tree DIR FAMILY GRUB: a medium of that family. Kernel and shim are Debian's, for no others can
# be had here that a firmware with Microsoft's keys trusts.
own_tree() {
	mkdir -p "$1/images/pxeboot" "$1/EFI/BOOT"
	cp "$DEBIAN/linux" "$1/images/pxeboot/vmlinuz"
	echo none >"$1/images/pxeboot/initrd.img" # it ends where the kernel would unpack it
	cp "$DEBIAN/bootnetx64.efi" "$1/EFI/BOOT/BOOTX64.EFI"
	cp "$3" "$1/EFI/BOOT/grubx64.efi"
	cat >"$1/.treeinfo" <<-EOF
		[general]
		family = $2
		version = 9
		arch = x86_64
	EOF
}
grub_beside_itself() {
	grub-mkimage -O x86_64-efi -p '' -o "$1" net efinet tftp normal configfile linux echo test \
		search search_fs_file chain regexp sleep minicmd
}
# boots NAME MAC FIRMWARE EXPLAIN-OPTION...: until its kernel runs.
boots() {
	local over=()
	: >"$LOGS/requests"
	[ "$4" != --firmware=uefi-http ] || over=("${HTTP_BOOT[@]}")
	vm_start "$1" "$3" "$2" "${over[@]}"
	check "$1: its kernel starts" vm_says "$1" 'Kernel command line'
	netboot_explained "$1" "$2" "${@:4}"
}

netboot_server
own_tree /srv/rocky9 "Rocky Linux" "$DEBIAN/grubx64.efi"
must "a tree with a shim and GRUB" bootwright import --path=/srv/rocky9 --name=rocky9
must "GRUB, made to look beside itself" grub_beside_itself /run/grub.efi
own_tree /srv/alma9 "AlmaLinux" /run/grub.efi
must "another tree" bootwright import --path=/srv/alma9 --name=alma9
own_tree /srv/fedora40 "Fedora" /usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed
must "a tree with a CD's GRUB" bootwright import --path=/srv/fedora40 --name=fedora40
for distro in rocky9 alma9 fedora40; do
	check "console" bootwright profile edit --name=$distro \
		--kernel-options=console=ttyS0,115200n8
done
check "web7 boots the one" bootwright system edit --name=web7 --profile=rocky9
check "web8 the other" bootwright system edit --name=web8 --profile=alma9
must "sync" bootwright sync
sleep 1
must "dnsmasq has its new configuration" wait_for 20 pgrep -f '^[^ ]*dnsmasq.*/run/bw'

boots web7 $WEB7 secureboot --firmware=uefi --secure-boot
evidence_line web7 '[Ss]ecure ?boot.*enabled'
requested "tftp 10\.77\.0\.21 /?images/rocky9/efi/BOOTX64\.EFI" \
	"tftp 10\.77\.0\.21 /*images/rocky9/efi/+grubx64\.efi" \
	"tftp 10\.77\.0\.21 /debian-installer/amd64/grub/grub\.cfg" \
	"tftp 10\.77\.0\.21 /grub/grub\.cfg" "tftp 10\.77\.0\.21 /grub/system/$WEB7\.cfg" \
	"tftp 10\.77\.0\.21 /images/rocky9/vmlinuz"
not_requested '/shimx64\.efi'
vm_stop web7

boots web8 $WEB8 uefi --firmware=uefi
requested "tftp 10\.77\.0\.22 /*images/alma9/efi/+grubx64\.efi" \
	"tftp 10\.77\.0\.22 images/alma9/efi/grub\.cfg" "tftp 10\.77\.0\.22 /grub/grub\.cfg" \
	"tftp 10\.77\.0\.22 /grub/system/$WEB8\.cfg"
vm_stop web8

check "web7 boots the third" bootwright system edit --name=web7 --profile=fedora40
must "sync" bootwright sync
boots web7 $WEB7 secureboot --firmware=uefi-http --secure-boot
evidence_line web7 'URI: http://10\.77\.0\.1/boot/image/x64\.img'
evidence_line web7 '[Ss]ecure ?boot.*enabled'
requested "http 10\.77\.0\.21 GET /boot/image/x64\.img"
not_requested '^tftp 10\.77\.0\.21'
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
