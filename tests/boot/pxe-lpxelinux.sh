#!/usr/bin/env bash
# A BIOS machine that names lpxelinux.0 as its boot file loads that by TFTP and all else over HTTP,
# where DHCP's option 210 says: modules, its menu, kernel and initrd.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

netboot_server --enable-ipxe=false
check "its boot file" bootwright system edit --name=web7 --filename=lpxelinux.0
must "sync" bootwright sync
vm_start web7 bios $WEB7
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=bios --user-class=iPXE
requested 'tftp .* lpxelinux\.0' 'http .* GET /ldlinux\.c32' \
	"http .* GET /pxelinux\.cfg/01-${WEB7//:/-}" 'http .* GET /images/deb12/linux' \
	'http .* GET /images/deb12/initrd\.gz'
not_requested '^tftp .*(c32|pxelinux\.cfg|images)'
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
