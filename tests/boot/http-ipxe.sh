#!/usr/bin/env bash
# A UEFI machine whose profile says http_boot=ipxe boots over HTTP: its firmware loads iPXE, which
# runs its script and loads kernel and initrd.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

netboot_server
check "http_boot" bootwright profile edit --name=bar --http-boot=ipxe
must "sync" bootwright sync
vm_start web7 uefi $WEB7 "${HTTP_BOOT[@]}"
evidence_when web7 'URI: http://10\.77\.0\.1/ipxe\.efi'
evidence_when web7 'iPXE 1\.'
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=uefi-http
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
