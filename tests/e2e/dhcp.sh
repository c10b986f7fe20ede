#!/usr/bin/env bash
# What dnsmasq answers to firmware of each sort, on a network of its own, beside another DHCP server
# (proxy), and over IPv6; networks as items. The clients are DHCP messages as firmware sends them.
# timeout: 180
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# Two networks, with the clients in a namespace of their own.
wires_up() {
	ip netns add clients
	local net
	for net in lan office; do
		ip link add "$net" type veth peer name "at-$net" netns clients
		ip link set "$net" up
		ip -n clients link set "at-$net" up
	done
	ip addr add 10.77.0.1/24 dev lan
	ip addr add 10.78.0.1/16 dev office
	ip -6 addr add fd77::1/64 dev lan nodad
	wait_for 10 client_has_link_local
}
client_has_link_local() {
	ip -n clients -6 addr show dev at-lan scope link | grep -v tentative | grep -q fe80
}
# ask INTERFACE 4|6 ARCHITECTURE [ipxe] [MAC]: asked twice, because dnsmasq pings an address first.
ask() {
	local said
	said=$(ip netns exec clients /usr/bin/python3 "$here/dhcp-ask.py" "$@")
	[ "$said" != "no answer" ] || said=$(ip netns exec clients /usr/bin/python3 "$here/dhcp-ask.py" "$@")
	echo "$said"
}
dnsmasq_listens() { ss -Hulpn 'sport = :67' | grep -q dnsmasq; }

wires_up
must "bootwrightd starts" server_start --services=managed
must "settings" bootwright settings edit --server=10.77.0.1 --next-server-v4=10.77.0.1 \
	--default-password-crypted="$PASSWORD_HASH"
must "a distro" bootwright import --path="$INSTALLER_TREE" --name=foo
must "a network" bootwright network add --name=lan --address=10.77.0.0/24 \
	--dhcp-interface=lan --dhcp-range=10.77.0.50-10.77.0.59 --gateway=10.77.0.254 \
	--name-servers=10.77.0.2
must "one beside another DHCP server" bootwright network add --name=office \
	--address=10.78.0.0/16 --dhcp-interface=office --dhcp-mode=proxy --server=10.78.0.1 \
	--next-server-v4=10.78.0.1
must "an IPv6 network" bootwright network add --name=six --address=fd77::/64 \
	--dhcp-interface=lan --dhcp-range=fd77::100-fd77::1ff --next-server-v6=fd77::1 \
	--name-servers=fd77::2
must "a system with fixed addresses" bootwright system add --name=web7 --profile=foo \
	--interface=eth0 --mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.21
must "a system that is not to be booted by iPXE" bootwright system add --name=web8 --profile=foo \
	--enable-ipxe=false --interface=eth0 --mac-address=52:54:00:aa:00:08
must "one that gets iPXE" bootwright system add --name=web9 --profile=foo --boot-loaders=ipxe \
	--interface=eth0 --mac-address=52:54:00:aa:00:09
must "one that gets iPXE over HTTP" bootwright system add --name=web10 --profile=foo \
	--http-boot=ipxe --interface=eth0 --mac-address=52:54:00:aa:00:10
must "one that names its boot file" bootwright system add --name=web11 --profile=foo \
	--filename=lpxelinux.0 --interface=eth0 --mac-address=52:54:00:aa:00:11
must "one that names one for UEFI" bootwright system add --name=web12 --profile=foo \
	--filename=snponly.efi --interface=eth0 --mac-address=52:54:00:aa:00:12
must "one of IPv6 that nobody boots from, before the other by name" bootwright network add \
	--name=five --address=fd76::/64
must "sync" bootwright sync
must "dnsmasq listens" wait_for 20 dnsmasq_listens

like "BIOS: PXELINUX" "$(ask at-lan 4 0)" \
	'^address=10\.77\.0\.5[0-9] server=10\.77\.0\.1 file=pxelinux\.0 vendor=PXEClient router=10\.77\.0\.254 dns=10\.77\.0\.2'
like "UEFI: shim" "$(ask at-lan 4 7)" 'server=10\.77\.0\.1 file=shimx64\.efi'
like "iPXE: its script over HTTP" "$(ask at-lan 4 0 ipxe)" 'file=http://10\.77\.0\.1/boot/ipxe '
like "UEFI over HTTP: a URL from an HTTPClient" "$(ask at-lan 4 16)" \
	'file=http://10\.77\.0\.1/boot/image/x64\.img vendor=HTTPClient'
like "a fixed address" "$(ask at-lan 4 0 52:54:00:aa:00:07)" '^address=10\.77\.0\.21 '
like "enable_ipxe=false: its iPXE gets what its firmware would" \
	"$(ask at-lan 4 0 ipxe 52:54:00:aa:00:08)" 'file=pxelinux\.0 '
like "boot_loaders=ipxe, BIOS: iPXE" "$(ask at-lan 4 0 52:54:00:aa:00:09)" 'file=undionly\.kpxe '
like "boot_loaders=ipxe, UEFI: iPXE" "$(ask at-lan 4 7 52:54:00:aa:00:09)" 'file=ipxe\.efi '
like "boot_loaders=ipxe, over HTTP: iPXE" "$(ask at-lan 4 16 52:54:00:aa:00:09)" \
	'file=http://10\.77\.0\.1/ipxe\.efi vendor=HTTPClient'
like "http_boot=ipxe: iPXE" "$(ask at-lan 4 16 52:54:00:aa:00:10)" \
	'file=http://10\.77\.0\.1/ipxe\.efi vendor=HTTPClient'
like "http_boot=ipxe says nothing of PXE" "$(ask at-lan 4 7 52:54:00:aa:00:10)" 'file=shimx64\.efi '
like "filename: that, and lpxelinux.0 gets its prefix" "$(ask at-lan 4 0 52:54:00:aa:00:11)" \
	'file=lpxelinux\.0 .*prefix=http://10\.77\.0\.1/'
like "a BIOS file is nothing for HTTP" "$(ask at-lan 4 16 52:54:00:aa:00:11)" \
	'file=http://10\.77\.0\.1/boot/image/x64\.img '
like "filename over HTTP: its address" "$(ask at-lan 4 16 52:54:00:aa:00:12)" \
	'file=http://10\.77\.0\.1/snponly\.efi vendor=HTTPClient'

like "proxy, BIOS: no address, a menu of one entry" "$(ask at-office 4 0)" \
	'^address=0\.0\.0\.0 server=10\.78\.0\.1 file=pxelinux\.0 vendor=PXEClient router=- dns=- menu=yes'
like "proxy, iPXE: its script, from the address seen there" "$(ask at-office 4 0 ipxe)" \
	'^address=0\.0\.0\.0 server=10\.78\.0\.1 file=http://10\.78\.0\.1/boot/ipxe '
like "proxy, UEFI over HTTP" "$(ask at-office 4 16)" \
	'^address=0\.0\.0\.0 .*file=http://10\.78\.0\.1/boot/image/x64\.img vendor=HTTPClient'
# What the menu's entry boots is asked at port 4011, by who has an address from the other server.
must "a client with an address" ip -n clients addr add 10.78.0.200/16 dev at-office
like "proxy, BIOS: the entry" "$(ask at-office 4 0 at=10.78.0.200)" 'menu=yes .* boots=pxelinux\.0$'
like "proxy, boot_loaders=ipxe: iPXE" \
	"$(ask at-office 4 0 52:54:00:aa:00:09 at=10.78.0.200)" ' boots=undionly\.kpxe$'
like "proxy, filename: that" \
	"$(ask at-office 4 0 52:54:00:aa:00:11 at=10.78.0.200)" ' boots=lpxelinux\.0$'
like "proxy, UEFI: iPXE" "$(ask at-office 4 7 at=10.78.0.200)" ' boots=ipxe\.efi$'
like "proxy, UEFI, filename: that" \
	"$(ask at-office 4 7 52:54:00:aa:00:12 at=10.78.0.200)" ' boots=snponly\.efi$'
like "proxy, explained: the same" "$(bootwright boot explain 52:54:00:aa:00:09 --firmware=bios \
	--network=office || true)" 'file undionly\.kpxe from 10\.78\.0\.1'
like "proxy, UEFI: answered" "$(ask at-office 4 7)" '^address=0\.0\.0\.0 server=10\.78\.0\.1 '

like "IPv6, UEFI: shim's URL" "$(ask at-lan 6 7)" \
	'^address=fd77::1[0-9a-f]+ file=tftp://\[fd77::1\]/shimx64\.efi vendor=- dns=fd77::2'
like "IPv6, UEFI over HTTP: a URL from an HTTPClient" "$(ask at-lan 6 16)" \
	'file=http://\[fd77::1\]/boot/image/x64\.img vendor=HTTPClient '
check "where somebody answers" curl -fsS -o /dev/null --max-time 10 'http://[fd77::1]/boot/ipxe'
like "IPv6, iPXE" "$(ask at-lan 6 7 ipxe)" 'file=http://\[fd77::1\]/boot/ipxe '
like "IPv6, nobody has a loader: none" "$(ask at-lan 6 11)" ' file=- '

# Distros with a shim and GRUB of their own: what is in them does not matter here, but for GRUB's.
NETBOOT=$INSTALLER_TREE/debian-installer/amd64
mkdir -p /srv/rocky9/images/pxeboot /srv/rocky9/EFI/BOOT
printf '[general]\nfamily = Rocky Linux\nversion = 9\narch = x86_64\n' >/srv/rocky9/.treeinfo
echo kernel >/srv/rocky9/images/pxeboot/vmlinuz
echo initrd >/srv/rocky9/images/pxeboot/initrd.img
cp "$NETBOOT/bootnetx64.efi" /srv/rocky9/EFI/BOOT/BOOTX64.EFI
cp "$NETBOOT/grubx64.efi" /srv/rocky9/EFI/BOOT/
must "a distro with its own shim" bootwright import --path=/srv/rocky9 --name=rocky9
must "one of another architecture" bootwright distro add --name=arm --arch=aarch64 \
	--kernel=/srv/rocky9/images/pxeboot/vmlinuz --initrd=/srv/rocky9/images/pxeboot/initrd.img \
	--efi-loaders=/srv/rocky9/EFI/BOOT/BOOTX64.EFI,/srv/rocky9/EFI/BOOT/grubx64.efi
must "its profile" bootwright profile add --name=arm --distro=arm
# own NUMBER PROFILE [OPTION...]
own() {
	must "system web$1" bootwright system add --name="web$1" --profile="$2" --interface=eth0 \
		--mac-address="52:54:00:aa:00:$1" "${@:3}"
}
own 21 rocky9
own 22 rocky9 --loaders-from=server
own 23 rocky9 --boot-loaders=ipxe
own 24 rocky9 --filename=snponly.efi
own 25 arm
own 26 foo --loaders-from=distro
must "sync" bootwright sync
sleep 1
must "dnsmasq listens" wait_for 20 dnsmasq_listens
like "its own shim, where shim looks for the folder" "$(ask at-lan 4 7 52:54:00:aa:00:21)" \
	'server=10\.77\.0\.1 file=images/rocky9/efi/BOOTX64\.EFI .* in=field$'
like "it boots from its disk: the same" "$(bootwright system edit --name=web21 \
	--netboot-enabled=false >&2 && ask at-lan 4 7 52:54:00:aa:00:21)" \
	'file=images/rocky9/efi/BOOTX64\.EFI '
like "by BIOS: PXELINUX" "$(ask at-lan 4 0 52:54:00:aa:00:21)" 'file=pxelinux\.0 '
like "over HTTP: an image" "$(ask at-lan 4 16 52:54:00:aa:00:21)" \
	'file=http://10\.77\.0\.1/boot/image/x64\.img vendor=HTTPClient'
like "iPXE: its script" "$(ask at-lan 4 7 ipxe 52:54:00:aa:00:21)" \
	'file=http://10\.77\.0\.1/boot/ipxe '
like "loaders_from=server" "$(ask at-lan 4 7 52:54:00:aa:00:22)" 'file=shimx64\.efi '
like "boot_loaders=ipxe" "$(ask at-lan 4 7 52:54:00:aa:00:23)" 'file=ipxe\.efi '
like "filename" "$(ask at-lan 4 7 52:54:00:aa:00:24)" 'file=snponly\.efi '
like "another architecture's own shim" "$(ask at-lan 4 11 52:54:00:aa:00:25)" \
	'file=images/arm/efi/BOOTX64\.EFI '
like "Debian's own, where that is wanted" "$(ask at-lan 4 7 52:54:00:aa:00:26)" \
	'file=images/foo/efi/bootnetx64\.efi '
like "who is unknown: this server's" "$(ask at-lan 4 7)" 'file=shimx64\.efi '
like "another distro's machine" "$(ask at-lan 4 7 52:54:00:aa:00:07)" 'file=shimx64\.efi '
like "explained: the same" "$(bootwright boot explain 52:54:00:aa:00:25 --firmware=uefi \
	--network=lan || true)" 'file images/arm/efi/BOOTX64\.EFI from 10\.77\.0\.1'
is "the loaders are listed" "$(bootwright loaders --output=json |
	jq -r '.[] | select(.name == "images/rocky9/efi/grubx64.efi") | .state')" published

# By IPv6 dnsmasq knows a machine by the address of its card, not by what it says. Its fixed IPv4
# address is nothing there.
must "a system by IPv6" bootwright system add --name=six --profile=rocky9 --interface=eth0 \
	--ip-address=10.77.0.23 --mac-address="$(ip netns exec clients cat /sys/class/net/at-lan/address)"
# by_six OPTION: changes that system.
by_six() {
	must "$1" bootwright system edit --name=six "$1"
	must "sync" bootwright sync
	sleep 1
	must "dnsmasq listens" wait_for 20 dnsmasq_listens
}
must "sync" bootwright sync
sleep 1
must "dnsmasq listens" wait_for 20 dnsmasq_listens
like "IPv6: its distro's own shim" "$(ask at-lan 6 7)" \
	'file=tftp://\[fd77::1\]/images/rocky9/efi/BOOTX64\.EFI '
by_six --boot-loaders=ipxe
like "IPv6, boot_loaders=ipxe: iPXE" "$(ask at-lan 6 7)" 'file=tftp://\[fd77::1\]/ipxe\.efi '
like "over HTTP, too" "$(ask at-lan 6 16)" 'file=http://\[fd77::1\]/ipxe\.efi '
by_six --filename=snponly.efi
like "IPv6, filename: that" "$(ask at-lan 6 7)" 'file=tftp://\[fd77::1\]/snponly\.efi '
like "its address over HTTP" "$(ask at-lan 6 16)" 'file=http://\[fd77::1\]/snponly\.efi '
like "iPXE: its script" "$(ask at-lan 6 7 ipxe)" 'file=http://\[fd77::1\]/boot/ipxe '
like "explained: the same" "$(bootwright boot explain \
	"$(ip netns exec clients cat /sys/class/net/at-lan/address)" --firmware=uefi --network=six || true)" \
	'tftp://\[fd77::1\]/snponly\.efi'
like "by IPv4 its address" "$(ask at-lan 4 7 "$(ip netns exec clients cat /sys/class/net/at-lan/address)")" \
	'^address=10\.77\.0\.23 server=10\.77\.0\.1 file=snponly\.efi '

like "a lease" "$(ask at-lan 4 0 52:54:00:aa:00:07 name=web7)" '^address=10\.77\.0\.21 '
check "the machine gets another card" bootwright system edit --name=web7 --interface=eth0 \
	--mac-address=52:54:00:aa:00:77
must "sync" bootwright sync
sleep 1
like "which gets another address, while the old one's lease lasts" \
	"$(ask at-lan 4 0 52:54:00:aa:00:77)" '^address=10\.77\.0\.5[0-9] '
like "explained: the same" "$(bootwright boot explain 52:54:00:aa:00:77 --firmware=bios --network=lan)" \
	'10\.77\.0\.21 is lent to 52:54:00:aa:00:07: '

check "a network without a gateway" bootwright network edit --name=office --dhcp-mode=full \
	--dhcp-range=10.78.0.50-10.78.0.59
check "the settings' own is another network's" bootwright settings edit --dhcp-router=10.77.0.253
must "sync" bootwright sync
sleep 1
must "dnsmasq listens" wait_for 20 dnsmasq_listens
like "nobody is sent out of his network" "$(ask at-office 4 0)" '^address=10\.78\.0\.5[0-9] .* router=10\.78\.0\.1 '
like "the network's own gateway" "$(ask at-lan 4 0)" 'router=10\.77\.0\.254 '
check "unset" bootwright network edit --name=lan --gateway=
must "sync" bootwright sync
sleep 1
must "dnsmasq listens" wait_for 20 dnsmasq_listens
like "the settings' in its network" "$(ask at-lan 4 0)" 'router=10\.77\.0\.253 '

check "one network is no longer served" bootwright network edit --name=office --dhcp-mode=none
must "sync" bootwright sync
sleep 1
must "dnsmasq listens" wait_for 20 dnsmasq_listens
is "there nobody answers any more" "$(ask at-office 4 0)" "no answer"

fails "a range outside of its network" 'is not in the network 10\.77\.0\.0/24' \
	bootwright network edit --name=lan --dhcp-range=10.78.0.5-10.78.0.9
fails "an address for a network" 'bits after /24 must be 0' \
	bootwright network add --name=x --address=10.79.0.1/24
fails "the same network twice" "belongs to network 'lan'" \
	bootwright network add --name=lan2 --address=10.77.0.0/24
done_testing
