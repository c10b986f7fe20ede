#!/usr/bin/env bash
# A machine becomes a Xen host from the network: iPXE hands over to PXELINUX, which starts Xen with
# the real installer as its dom0; that fetches its own preseed and obeys it.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

XEN=$(find /boot -name 'xen-4.*-amd64.gz' | sort -V | tail -n 1)
must "Xen is installed" test -f "$XEN"

netboot_server
must "the distro gets a hypervisor" bootwright distro edit --name=deb12 --hypervisor="$XEN" \
	--hypervisor-options='dom0_mem=1024M,max:1024M console=com1 com1=115200,8n1 noreboot'
must "dom0's console is Xen's" bootwright profile edit --name=bar \
	--kernel-options="console=hvc0 $VM_FAST"
must "sync" bootwright sync
like "its file starts Xen" "$(cat "$STATE/tftp/current/pxelinux.cfg/01-${WEB7//:/-}")" \
	'KERNEL mboot.c32'

vm_start web7 bios $WEB7 -cpu $XEN_CPU -m 2048
check "web7: iPXE hands over to PXELINUX" vm_says web7 PXELINUX
check "web7: Xen starts" vm_says web7 '\(XEN\) Xen version'
evidence_line web7 '\(XEN\) Xen version'
check "web7: with what hypervisor_options say" vm_says web7 'Command line:.*dom0_mem=1024M'
netboot_expect web7
netboot_explained web7 $WEB7 --firmware=bios --user-class=iPXE
check "nobody took it for web8" nobody_installs web8
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
