#!/usr/bin/env bash
# A machine whose firmware is iPXE boots by HTTP alone, with an address from the lease and the
# menu, kernel and preseed of exactly its system.
# timeout: 1200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

netboot_server --enable-ipxe=true
vm_start web8 bios $WEB8
netboot_expect web8
text=$(console web8)
like "iPXE ran the server's script" "$text" 'http://10\.77\.0\.1'
lacks "without PXELINUX" "$text" PXELINUX
check "nobody took it for web7" nobody_installs web7
vm_stop web8
check "the server stops cleanly" server_stop
done_testing
