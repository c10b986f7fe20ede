#!/usr/bin/env bash
# Machines that no system has: from a boot file that they ask for, and from a lease of the real
# dnsmasq, which bootwrightd runs; then made systems, forgotten, and given what the settings say.
# timeout: 180
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

wires_up() {
	ip netns add clients
	ip link add lan type veth peer name at-lan netns clients
	ip link set lan up
	ip -n clients link set at-lan up
	ip addr add 10.77.0.1/24 dev lan
}
# take MAC NAME: a lease; asked twice, because dnsmasq pings an address first.
take() {
	local said="no answer"
	for _ in 1 2 3; do
		[ "$said" != "no answer" ] ||
			said=$(ip netns exec clients /usr/bin/python3 "$here/dhcp-ask.py" at-lan 4 7 "$1" "name=$2")
	done
	echo "$said"
}
dnsmasq_listens() { ss -Hulpn 'sport = :67' | grep -q dnsmasq; }
listed() { bootwright discovered list --output=json | jq -r --arg mac "$1" '.[] | select(.mac_address == $mac) | .'"$2"; }
is_listed() { [ -n "$(listed "$1" mac_address)" ]; }
is_not_listed() { ! is_listed "$1"; }
status_of() { curl -sS -o /run/bw/answer -w '%{http_code}' "$URL/$1"; }

wires_up
must "bootwrightd starts" server_start --services=managed
must "settings" bootwright settings edit --server=10.77.0.1 --next-server-v4=10.77.0.1 \
	--default-password-crypted="$PASSWORD_HASH" --auto-sync=false
must "a distro" bootwright import --path="$INSTALLER_TREE" --name=foo
must "a network" bootwright network add --name=lan --address=10.77.0.0/24 \
	--dhcp-interface=lan --dhcp-range=10.77.0.50-10.77.0.59
must "a system" bootwright system add --name=web7 --profile=foo --interface=eth0 \
	--mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.21
must "sync" bootwright sync
must "dnsmasq listens" wait_for 20 dnsmasq_listens
is "nothing is discovered" "$(bootwright discovered list)" ""

note "who asks for a boot file"
check "iPXE asks what to ask" curl -fsS -o /run/bw/answer "$URL/boot/ipxe"
like "and is told to say what it is" "$(cat /run/bw/answer)" \
	'ipxe\?mac=\$\{mac:hexhyp\}&platform=\$\{platform\}&arch=\$\{buildarch\}$'
check "a system asks" curl -fsS -o /dev/null "$URL/boot/ipxe?mac=52-54-00-aa-00-07&platform=efi&arch=x86_64"
check "an unknown machine asks" curl -fsS -o /dev/null \
	"$URL/boot/ipxe?mac=52-54-00-aa-00-08&platform=efi&arch=x86_64"
is "one that asks as lpxelinux does gets no file" \
	"$(status_of pxelinux.cfg/01-52-54-00-aa-00-0a)" 404
check "it is listed" wait_for 30 is_listed 52:54:00:aa:00:08
is "with what it runs on" "$(listed 52:54:00:aa:00:08 firmware)" "efi x86_64"
is "and from where" "$(listed 52:54:00:aa:00:08 ip_address)" "127.0.0.1"
check "so is the other" wait_for 30 is_listed 52:54:00:aa:00:0a
check "the system is not" is_not_listed 52:54:00:aa:00:07

note "who has a lease"
like "an unknown machine gets an address" "$(take 52:54:00:aa:00:09 nine)" '^address=10\.77\.0\.5'
like "a system, too" "$(take 52:54:00:aa:00:07 web7)" '^address=10\.77\.0\.21 '
check "it is listed" wait_for 30 is_listed 52:54:00:aa:00:09
is "by the name that it said" "$(listed 52:54:00:aa:00:09 hostname)" nine
like "with its address" "$(listed 52:54:00:aa:00:09 ip_address)" '^10\.77\.0\.5[0-9]$'
is "and that it has a lease" "$(listed 52:54:00:aa:00:09 leased)" true
check "the system is not" is_not_listed 52:54:00:aa:00:07
like "the table has all of it" "$(bootwright discovered list --output=table | tr -s ' ')" \
	'^52:54:00:aa:00:09 10\.77\.0\.5[0-9] nine - - 20.* 1$'

note "made a system"
fails "with nothing said" "give --name=NAME and --profile=PROFILE" \
	bootwright discovered add 52:54:00:aa:00:09
fails "one that never booted" "no machine with MAC address 52:54:00:aa:00:ff was discovered" \
	bootwright discovered add 52:54:00:aa:00:ff --name=web9 --profile=foo
check "one that did" bootwright discovered add 52:54:00:AA:00:09 --name=web9 --profile=foo
like "is one" "$(bootwright system report web9)" 'mac_address *: 52:54:00:aa:00:09'
check "and is no longer listed" is_not_listed 52:54:00:aa:00:09
fails "a name that there is" "412|exists|Match" \
	bootwright discovered add 52:54:00:aa:00:08 --name=web9 --profile=foo
check "another is forgotten" bootwright discovered remove 52-54-00-AA-00-08
check "and not listed" is_not_listed 52:54:00:aa:00:08
fails "twice" "no machine" bootwright discovered remove 52:54:00:aa:00:08

note "after a start"
must "the server stops" server_stop
must "and starts" server_start --services=managed
check "it is still listed" is_listed 52:54:00:aa:00:0a

note "what they get"
is "the menu" "$(status_of 'boot/ipxe?mac=52-54-00-aa-00-0b')" 200
like "with the profile" "$(cat /run/bw/answer)" 'install-foo'
must "the local disk" bootwright settings edit --unknown-machines=local
must "sync" bootwright sync
is "over HTTP" "$(status_of 'boot/ipxe?mac=52-54-00-aa-00-0b')" 200
lacks "no profile" "$(cat /run/bw/answer)" install-foo
is "as over TFTP" "$(cat "$STATE/tftp/ipxe/default.ipxe")" "$(cat /run/bw/answer)"
must "nothing" bootwright settings edit --unknown-machines=none
must "sync" bootwright sync
is "not over HTTP" "$(status_of 'boot/ipxe?mac=52-54-00-aa-00-0b')" 404
is "nor over TFTP" "$(find "$STATE"/tftp/current/{pxelinux.cfg/default,ipxe/default.ipxe} 2>/dev/null)" ""
is "but a system does" "$(status_of 'boot/ipxe?mac=52-54-00-aa-00-07')" 200
done_testing
