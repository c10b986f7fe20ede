#!/usr/bin/env bash
# A UEFI machine with Secure Boot whose firmware speaks only IPv6: DHCPv6 gives it an address and
# shim's URL, TFTP over IPv6 all the rest up to the kernel; the installer fetches its own preseed.
# timeout: 1200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

net_up
: >"$LOGS/requests"
/usr/bin/python3 "$REPO/tests/vm/requests.py" br0 >>"$LOGS/requests" 2>&1 &
must "bootwrightd with dnsmasq and in.tftpd" server_start --services=managed
must "settings" bootwright settings edit --server=10.77.0.1 --next-server-v4=10.77.0.1 \
	--default-password-crypted="$PASSWORD_HASH"
must "an IPv4 network, for the installer" bootwright network add --name=lan \
	--address=10.77.0.0/24 --dhcp-interface=br0 --dhcp-range=10.77.0.50-10.77.0.59 \
	--name-servers=10.77.0.1
must "an IPv6 network" bootwright network add --name=six --address=fd77::/64 \
	--dhcp-interface=br0 --dhcp-range=fd77::100-fd77::1ff --next-server-v6=fd77::1 \
	--name-servers=fd77::1
netboot_items
vm_start web7 secureboot $WEB7 -fw_cfg name=opt/org.tianocore/IPv4PXESupport,string=n \
	-fw_cfg name=opt/org.tianocore/IPv6PXESupport,string=y
check "web7: the firmware boots by IPv6" vm_says web7 'Start PXE over IPv6'
netboot_expect web7
netboot_explained web7 $WEB7 --network=six --firmware=uefi --secure-boot
evidence_line web7 '[Ss]ecure ?boot.*enabled'
vm_stop web7
# GRUB does not try HTTP there, where it could.
vm_start web8 uefi $WEB8 -fw_cfg name=opt/org.tianocore/IPv4PXESupport,string=n \
	-fw_cfg name=opt/org.tianocore/IPv6PXESupport,string=y
check "web8, without Secure Boot: the installer's kernel starts" vm_says web8 'Linux version'
vm_stop web8
check "the server stops cleanly" server_stop
done_testing
