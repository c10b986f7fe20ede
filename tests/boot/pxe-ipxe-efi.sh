#!/usr/bin/env bash
# A UEFI machine whose profile has iPXE as its only loader gets ipxe.efi by TFTP, which takes script,
# kernel and initrd over HTTP; another one names snponly.efi, which uses the firmware's own driver.
# timeout: 1800
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

netboot_server
check "its loaders" bootwright system edit --name=web7 --boot-loaders=ipxe
check "its boot file" bootwright system edit --name=web8 --filename=snponly.efi
must "sync" bootwright sync
vm_start web7 uefi $WEB7
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=uefi
requested 'tftp .* ipxe\.efi' "http .* GET /boot/ipxe\?mac=${WEB7//:/-}&.*" \
	'http .* GET /images/deb12/linux'
vm_stop web7

# From the same script on it is the same.
: >"$LOGS/requests"
vm_start web8 uefi $WEB8
evidence_when web8 'Linux version'
requested 'tftp .* snponly\.efi' "http .* GET /boot/ipxe\?mac=${WEB8//:/-}&.*" \
	'http .* GET /images/deb12/linux'
check "with web8's own preseed" file_says "$LOGS/web8.console" \
	'Command line:.*autoinstall/system/web8'
vm_stop web8
check "the server stops cleanly" server_stop
done_testing
