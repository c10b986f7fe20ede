#!/bin/sh
# The end of the installation of system web7: debian-installer runs this in its own
# environment, with the new system below /target.
# From Bootwright's template debian.late.sh; to change it, copy it to STATE/kickstarts/.
set -e

# The name that this kernel gave the card with an address; the second word where none has it.
card() {
	for address in /sys/class/net/*/address; do
		if [ -e "${address%/*}/device" ] && [ "$(cat "$address")" = "$1" ]; then
			address=${address%/address}
			echo "${address##*/}"
			return
		fi
	done
	echo "$2"
}

# In standard input, @NAME@ becomes the name of the card that the inventory calls NAME.
with_card_names() {
	sed \
		-e "s/@eth0@/$(card '52:54:00:aa:00:0a' 'eth0')/g" \
		-e "s/@eth1@/$(card '52:54:00:aa:00:0b' 'eth1')/g"
}

with_card_names >/target/etc/network/interfaces <<'END'
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

auto bond0
iface bond0 inet dhcp
	bond-slaves @eth0@ @eth1@
	bond-mode active-backup
	bond-arp_interval 500
	bond-arp_ip_target 10.77.0.1 10.77.0.2
	bond-arp_validate all
	bond-primary @eth1@
	bond-primary_reselect better

auto @eth0@
iface @eth0@ inet manual

auto @eth1@
iface @eth1@ inet manual
END

mkdir -p /target/etc/apt/keyrings
cat >/target/etc/apt/keyrings/debs.asc <<'END'
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZUsedNowhere
-----END PGP PUBLIC KEY BLOCK-----
END
cat >/target/etc/apt/sources.list.d/debs.list <<'END'
deb [signed-by=/etc/apt/keyrings/debs.asc] http://repo.example.org/debian stable main extra
deb [signed-by=/etc/apt/keyrings/debs.asc] http://repo.example.org/debian stable-updates main extra
END

# The last thing: the machine boots from its disk from now on.
wget -q -O /dev/null http://10.77.0.1/cblr/svc/op/trig/mode/post/system/web7 || true
