#!/usr/bin/env bash
# A UEFI machine that is installed and boots over HTTP first: the image that it gets hands over to
# the loader on its own disk, not to the one in the image again.
# timeout: 900
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

# A disk with an EFI partition, whose loader is one that nothing else here starts: iPXE.
esp_disk() {
	truncate -s 64M "$1"
	echo 'label: gpt
		start=2048, type=uefi' | sfdisk -q "$1"
	mformat -i "$1@@1M" -T 126943 ::
	mmd -i "$1@@1M" ::EFI ::EFI/BOOT
	mcopy -i "$1@@1M" /usr/lib/ipxe/ipxe.efi ::EFI/BOOT/BOOTX64.EFI
}

netboot_server
must "web7 is installed" bootwright system edit --name=web7 --netboot-enabled=false
must "sync" bootwright sync
must "a disk" esp_disk /run/disk.img
vm_start web7 uefi $WEB7 "${HTTP_BOOT[@]}" -set device.card.bootindex=0 \
	-drive file=/run/disk.img,format=raw,if=none,id=disk \
	-device virtio-blk-pci,drive=disk,bootindex=1
evidence_when web7 'URI: http://10\.77\.0\.1/boot/image/x64\.img'
evidence_when web7 "web7: boot from its own disk"
evidence_when web7 'iPXE 1\.'
is "the image was loaded once" \
	"$(grep -c 'GET /boot/image/x64.img' "$LOGS/requests")" 1
netboot_explained web7 $WEB7 --firmware=uefi-http
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
