#!/usr/bin/env bash
# A UEFI machine whose disk is in the network (iSCSI): its firmware gets iPXE, which attaches the disk
# for the installer, whose kernel finds it in the iBFT; once the installation is over, iPXE starts the
# boot loader on the disk.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"
# shellcheck source=tests/vm/small_disk.sh
. "$here/../vm/small_disk.sh"
# shellcheck source=tests/vm/san_server.sh
. "$here/../vm/san_server.sh"

san_session

vm_start web7 uefi $WEB7
check "web7: the installer's kernel starts" vm_says web7 "$SMALL_ROOT_SAYS"
like "web7: iPXE has attached the disk" "$(console web7)" 'Registered (as )?SAN device 0x80'
evidence_line web7 'ACPI: (iBFT|IBFT) 0x'
netboot_explained web7 $WEB7 --firmware=uefi
vm_stop web7

check "web7 reports the end of its installation" curl -fsS --max-time 20 -o /dev/null \
	http://10.77.0.1/report/end/system/web7
must "sync again" bootwright sync
like "boot explain knows the way" "$(bootwright boot explain $WEB7 --firmware=uefi)" \
	"iPXE connects iscsi:10.77.0.1:::1:$IQN"
requests_forget
vm_start web7 uefi $WEB7
check "web7: iPXE boots from the disk" vm_says web7 'Booting from SAN device 0x80'
check "web7: the disk's boot loader" vm_says web7 "$SMALL_DISK_SAYS"
check "web7: the disk's system" vm_says web7 "$SMALL_ROOT_SAYS"
evidence_line web7 'Booting from SAN device 0x80'
evidence_line web7 "$SMALL_ROOT_SAYS"
evidence_line web7 'ACPI: (iBFT|IBFT) 0x'
netboot_explained web7 $WEB7 --firmware=uefi
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
