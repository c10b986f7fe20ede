#!/usr/bin/env bash
# `bootwright dhcp show`: each server's own checker takes the text, and the real ones (ISC's dhcpd,
# Kea, another dnsmasq) then answer to every sort of firmware as our own dnsmasq does. RouterOS is not
# to be had here: its text is only looked at.
# timeout: 240
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ip netns add clients
ip link add lan type veth peer name at-lan netns clients
ip link set lan up
ip -n clients link set at-lan up
ip addr add 10.77.0.1/24 dev lan
ip -6 addr add fd77::1/64 dev lan nodad
has_link_local() {
	ip -n clients -6 addr show dev at-lan scope link | grep -v tentative | grep -q fe80
}
must "the clients have IPv6" wait_for 10 has_link_local

# What counts for a client, of BIOS, UEFI, UEFI over HTTP, each as iPXE, too, and of 64-bit ARM: who
# has the file, which, and for HTTP that the answer says HTTPClient. A server pings an address that it
# is about to give, so it may be asked twice.
ask() {
	local said
	for _ in 1 2 3; do
		said=$(ip netns exec clients /usr/bin/python3 "$here/dhcp-ask.py" at-lan 4 "$@")
		[ "$said" = "no answer" ] || break
	done
	grep -oE 'no answer|server=[^ ]*|file=[^ ]*|vendor=HTTPClient' <<<"$said" | tr '\n' ' '
}
answers() {
	local architecture
	for architecture in 0 7 9 16; do
		echo "$architecture: $(ask $architecture)"
		echo "$architecture iPXE: $(ask $architecture ipxe | sed 's/vendor=HTTPClient //')"
	done
}
# By IPv6 the same of UEFI, over TFTP and HTTP: the URL.
answers_six() {
	local architecture
	for architecture in 7 9 16; do
		echo "$architecture: $(ask_six $architecture)"
		echo "$architecture iPXE: $(ask_six $architecture ipxe)"
	done
}
ask_six() {
	local said
	for _ in 1 2 3; do
		said=$(ip netns exec clients /usr/bin/python3 "$here/dhcp-ask.py" at-lan 6 "$@")
		[ "$said" = "no answer" ] || break
	done
	grep -oE 'no answer|file=[^ ]* vendor=[^ ]*' <<<"$said"
}
port_67() { ss -Hulpn 'sport = :67' | grep -q "$1"; }
port_547() { ss -Hulpn 'sport = :547' | grep -q "$1"; }
nobody_listens() { ! port_67 . && ! port_547 .; }
show() { bootwright dhcp show --network=lan --format="$1" >"/run/bw/$1.text"; }
stop() {
	kill "$other"
	wait "$other" 2>/dev/null || true
	must "$1 has ended" wait_for 20 nobody_listens
}

must "bootwrightd starts" server_start --services=managed
must "settings" local_settings
like "before anything is published" "$(bootwright dhcp show)" '^dhcp-boot=tag:bw-bios,tag:!bw-ipxe,pxelinux\.0,,127\.0\.0\.1'
must "a network" bootwright network add --name=lan --address=10.77.0.0/24 --dhcp-interface=lan \
	--dhcp-range=10.77.0.50-10.77.0.99 --server=10.77.0.1 --next-server-v4=10.77.0.1
must "one of IPv6" bootwright network add --name=six --address=fd77::/64 --dhcp-interface=lan \
	--dhcp-range=fd77::100-fd77::1ff
fails "which says where this server is" 'next_server_v6: is not set' bootwright dhcp show --network=six
must "there" bootwright network edit --name=six --next-server-v6=fd77::1
must "sync" bootwright sync
must "our dnsmasq listens" wait_for 20 port_67 dnsmasq
ours=$(answers)
note "$ours"
like "which answers" "$ours" '^16: server=10\.77\.0\.1 file=http.* vendor=HTTPClient'
ours_six=$(answers_six)
note "$ours_six"
like "by IPv6, too" "$ours_six" '^16: file=http://\[fd77::1\]/boot/image/x64\.img vendor=HTTPClient'
like "and PXE" "$ours_six" '^7: file=tftp://\[fd77::1\]/shimx64\.efi '
must "nobody of ours is to answer there" bootwright network edit --name=lan --dhcp-mode=none
must "by IPv6 neither" bootwright network edit --name=six --dhcp-mode=none
check "the server stops" server_stop
must "and its dnsmasq" wait_for 20 nobody_listens
must "bootwrightd, without dnsmasq" server_start

ip addr add 10.77.0.2/24 dev lan # the other servers'

check "for dnsmasq" show dnsmasq
check "dnsmasq --test takes it" dnsmasq --test --conf-file=/run/bw/dnsmasq.text
dnsmasq --keep-in-foreground --conf-file=/run/bw/dnsmasq.text --port=0 --interface=lan --bind-interfaces \
	--dhcp-range=10.77.0.100,10.77.0.110 --dhcp-authoritative --user=root --pid-file= \
	--dhcp-leasefile=/run/bw/other.leases >"$LOGS/dnsmasq.log" 2>&1 &
other=$!
must "another dnsmasq listens" wait_for 20 port_67 dnsmasq
is "it answers as ours does" "$(answers)" "$ours"
stop dnsmasq

check "for ISC's dhcpd" show isc
{
	cat /run/bw/isc.text
	echo "authoritative; ping-check off;"
	echo "subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.120 10.77.0.130; }"
} >/run/bw/dhcpd.conf
: >/run/bw/dhcpd.leases
check "dhcpd -t takes it" dhcpd -4 -t -cf /run/bw/dhcpd.conf -lf /run/bw/dhcpd.leases
dhcpd -4 -f -d --no-pid -cf /run/bw/dhcpd.conf -lf /run/bw/dhcpd.leases lan >"$LOGS/dhcpd.log" 2>&1 &
other=$!
must "dhcpd listens" wait_for 20 port_67 dhcpd
is "it answers as ours does" "$(answers)" "$ours"
stop dhcpd

check "for Kea" show kea
jq '.Dhcp4 += {"interfaces-config": {"interfaces": ["lan"]},
	"lease-database": {"type": "memfile", "persist": false}, "subnet4": [
	{"subnet": "10.77.0.0/24", "pools": [{"pool": "10.77.0.140-10.77.0.150"}]}]}' \
	/run/bw/kea.text >/run/bw/kea.conf
export KEA_PIDFILE_DIR=/run/bw KEA_LOCKFILE_DIR=/run/bw
check "kea-dhcp4 -t takes it" kea-dhcp4 -t /run/bw/kea.conf
kea-dhcp4 -c /run/bw/kea.conf >"$LOGS/kea.log" 2>&1 &
other=$!
must "Kea listens" wait_for 20 port_67 kea-dhcp4
is "it answers as ours does" "$(answers)" "$ours"
stop Kea

check "for RouterOS" show mikrotik
routeros=$(cat /run/bw/mikrotik.text)
# Every option set that a matcher or a set names is defined before.
named=$(grep -oE 'option-set=[^ ]+' <<<"$routeros" | cut -d = -f 2 | sort -u)
is "its sets are defined" "$(sed -n '/option sets/,/matcher/s/^add name=\([^ ]*\).*/\1/p' <<<"$routeros" | sort -u)" "$named"
is "its options, too" "$(sed -n '/server option$/,/option sets/s/^add name=\([^ ]*\).*/\1/p' <<<"$routeros" | sort -u)" \
	"$(sed -n '/option sets/,/matcher/s/^add .*options=//p' <<<"$routeros" | tr ',' '\n' | sort -u)"
lacks "no line of another shape" "$routeros" \
	'^([^#/as]|a[^d]|s[^e]|add [^n]|/[^i])'

# DHCPv6
show_six() { bootwright dhcp show --network=six --format="$1" >"/run/bw/$1-six.text"; }
check "for dnsmasq, DHCPv6" show_six dnsmasq
check "dnsmasq --test takes it" dnsmasq --test --conf-file=/run/bw/dnsmasq-six.text
dnsmasq --keep-in-foreground --conf-file=/run/bw/dnsmasq-six.text --port=0 --interface=lan --bind-interfaces \
	--dhcp-range=fd77::200,fd77::2ff,64 --user=root --pid-file= \
	--dhcp-leasefile=/run/bw/other6.leases >"$LOGS/dnsmasq6.log" 2>&1 &
other=$!
must "another dnsmasq listens" wait_for 20 port_547 dnsmasq
is "it answers as ours does" "$(answers_six)" "$ours_six"
stop dnsmasq

check "for ISC's dhcpd, DHCPv6" show_six isc
{
	cat /run/bw/isc-six.text
	echo "authoritative; subnet6 fd77::/64 { range6 fd77::300 fd77::3ff; }"
} >/run/bw/dhcpd6.conf
: >/run/bw/dhcpd6.leases
check "dhcpd -6 -t takes it" dhcpd -6 -t -cf /run/bw/dhcpd6.conf -lf /run/bw/dhcpd6.leases
dhcpd -6 -f -d --no-pid -cf /run/bw/dhcpd6.conf -lf /run/bw/dhcpd6.leases lan >"$LOGS/dhcpd6.log" 2>&1 &
other=$!
must "dhcpd listens" wait_for 20 port_547 dhcpd
is "it answers as ours does" "$(answers_six)" "$ours_six"
stop dhcpd

check "for Kea, DHCPv6" show_six kea
jq '.Dhcp6 += {"interfaces-config": {"interfaces": ["lan"]},
	"lease-database": {"type": "memfile", "persist": false}, "subnet6": [
	{"subnet": "fd77::/64", "interface": "lan", "pools": [{"pool": "fd77::400-fd77::4ff"}]}]}' \
	/run/bw/kea-six.text >/run/bw/kea6.conf
mkdir -p /var/lib/kea # for the identifier of the server
check "kea-dhcp6 -t takes it" kea-dhcp6 -t /run/bw/kea6.conf
kea-dhcp6 -c /run/bw/kea6.conf >"$LOGS/kea6.log" 2>&1 &
other=$!
must "Kea listens" wait_for 20 port_547 kea-dhcp6
is "it answers as ours does" "$(answers_six)" "$ours_six"
stop Kea
fails "RouterOS has no words for it" 'does not tell sorts of firmware apart' \
	bootwright dhcp show --network=six --format=mikrotik

fails "no other server" "'bind' is no server's language: dnsmasq, isc, kea, mikrotik" \
	bootwright dhcp show --format=bind
fails "no such network" "no network 'x'" bootwright dhcp show --network=x
check "the server stops cleanly" server_stop
done_testing
