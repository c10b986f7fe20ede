#!/usr/bin/env bash
# A UEFI machine with Secure Boot off boots by PXE: shim and the signed GRUB come by TFTP; that loads
# its http module and takes the machine's configuration, kernel and initrd over HTTP.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

netboot_server
vm_start web7 uefi $WEB7
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=uefi
requested 'tftp .* shimx64\.efi' 'tftp .* /?grubx64\.efi' 'tftp .* /grub/grub\.cfg' \
	'tftp .* /grub/x86_64-efi/http\.mod' "http .* GET /grub/system/$WEB7\.cfg" \
	'http .* GET /images/deb12/linux' 'http .* GET /images/deb12/initrd\.gz'
not_requested '^tftp .*images'
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
