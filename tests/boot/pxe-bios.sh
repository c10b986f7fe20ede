#!/usr/bin/env bash
# A BIOS machine boots by PXELINUX over in.tftpd into the real installer, which fetches its own
# preseed and obeys it: the server records that the installation has started.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

# The network card's ROM is iPXE: it takes part as a plain PXE client here.
whole_installer
netboot_server --enable-ipxe=false
vm_start web7 bios $WEB7
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=bios --user-class=iPXE
evidence_line web7 PXELINUX
check "nobody took it for web8" nobody_installs web8
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
