#!/usr/bin/env bash
# A UEFI machine with Secure Boot on boots over HTTP: its firmware loads one image, a disk in memory
# with shim, the signed GRUB and what its own configuration names. No byte comes over TFTP.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

netboot_server
vm_start web7 secureboot $WEB7 -m 2048 "${HTTP_BOOT[@]}"
evidence_when web7 'URI: http://10\.77\.0\.1/boot/image/x64\.img'
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=uefi-http --secure-boot
evidence_line web7 '[Ss]ecure ?boot.*enabled'
check "nobody took it for web8" nobody_installs web8
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
