#!/usr/bin/env bash
# A UEFI machine with Secure Boot on boots by shim and the signed GRUB, all over TFTP, into the
# real installer, which fetches its own preseed and obeys it.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

whole_installer
netboot_server
vm_start web7 secureboot $WEB7
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=uefi --secure-boot
like "it went through GRUB" "$(console web7)" 'GRUB'
evidence_line web7 '[Ss]ecure ?boot.*enabled'
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
