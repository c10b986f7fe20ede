#!/usr/bin/env bash
# Beside another DHCP server, which knows nothing of booting, the machines learn from ours what to
# boot: by BIOS with iPXE in the ROM, by BIOS with PXELINUX, and by UEFI with iPXE, for there the
# signed GRUB would look for its files on the other server; check says so.
# timeout: 1200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"

other_runs() { grep -q 'DHCP, IP range' "$LOGS/other-dhcp.log"; }

# Its addresses are others than those that ours would give.
other_server() {
	ip netns add other
	ip link add other type veth peer name eth0 netns other
	ip link set other master br0 up
	ip -n other addr add 10.77.0.2/24 dev eth0
	ip -n other link set eth0 up
	ip netns exec other dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --user=root \
		--interface=eth0 --bind-interfaces --dhcp-authoritative --log-dhcp --pid-file= \
		--dhcp-range=10.77.0.200,10.77.0.220,255.255.255.0 --dhcp-option=6,10.77.0.2 \
		--dhcp-leasefile=/run/other.leases --log-facility=- >"$LOGS/other-dhcp.log" 2>&1 &
	wait_for 20 other_runs
}

ours_is_proxy() { grep -q '10.77.0.0,proxy' "$STATE/tftp/current/private/dnsmasq.conf"; }

small_initrd /run/small.gz
netboot_server --enable-ipxe=true
must "another DHCP server" other_server
must "ours gives no addresses" bootwright settings edit --dhcp-range=
must "it is a proxy" bootwright network add --name=lan --address=10.77.0.0/24 --dhcp-mode=proxy \
	--dhcp-interface=br0
must "a distro that is small" bootwright distro add --name=small --breed=debian --root=initrd \
	--kernel="$INSTALLER_TREE/debian-installer/amd64/linux" --initrd=/run/small.gz
must "its profile" bootwright profile add --name=small --distro=small \
	--kernel-options=console=ttyS0,115200n8
check "web8 boots it" bootwright system edit --name=web8 --profile=small
must "sync" bootwright sync
must "dnsmasq's file says so" wait_for 20 ours_is_proxy
like "check tells of Secure Boot" "$(bootwright check || true)" "'lan'.*Secure Boot"

vm_start web8 bios $WEB8
check "web8, iPXE in the ROM: its system" vm_says web8 "$SMALL_ROOT_SAYS"
evidence "iPXE's ROM: $(console web8 | grep -a -m 1 "$SMALL_ROOT_SAYS" | cut -c1-100)"
lacks "web8: iPXE alone" "$(console web8)" PXELINUX
vm_stop web8

check "web8's firmware shall not use iPXE" bootwright system edit --name=web8 --enable-ipxe=false
must "sync again" bootwright sync
requests_forget
vm_start web8 bios $WEB8
check "web8, PXELINUX" vm_says web8 PXELINUX
check "web8, PXELINUX: its system" vm_says web8 "$SMALL_ROOT_SAYS"
evidence "PXELINUX: $(console web8 | grep -a -m 1 "$SMALL_ROOT_SAYS" | cut -c1-100)"
netboot_explained web8 $WEB8 --network=lan --firmware=bios --user-class=iPXE
vm_stop web8

requests_forget
vm_start web7 uefi $WEB7
check "web7, UEFI: iPXE" vm_says web7 'iPXE'
netboot_expect web7
netboot_explained web7 $WEB7 --network=lan --firmware=uefi
lacks "web7: no GRUB" "$(console web7)" 'GRUB'
like "the addresses are the other server's" "$(</run/other.leases)" "$WEB7 10\.77\.0\.2[0-9][0-9]"
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
