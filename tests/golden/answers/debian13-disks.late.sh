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
		-e "s/@ens3@/$(card '52:54:00:aa:00:0a' 'ens3')/g"
}

with_card_names >/target/etc/network/interfaces <<'END'
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

auto @ens3@
iface @ens3@ inet static
	address 10.77.0.22/24
	gateway 10.77.0.1
iface @ens3@ inet6 auto
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

# keys_of OWNER HOME: standard input becomes the account's keys.
keys_of() {
	mkdir -p "/target$2/.ssh"
	chmod 700 "/target$2/.ssh"
	cat >"/target$2/.ssh/authorized_keys"
	in-target chown -R "$1:" "$2/.ssh"
}
keys_of root /root <<'END'
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 root
END

# The installer's recipe uses one disk; each other one gets a file system of its own.
in-target wipefs --all /dev/nvme0n1
in-target mkfs.xfs -f -L disk2 /dev/nvme0n1
mkdir -p /target/srv/disk2
echo 'LABEL=disk2 /srv/disk2 xfs defaults,nofail 0 2' >>/target/etc/fstab
in-target wipefs --all /dev/sdc
in-target mkfs.xfs -f -L disk3 /dev/sdc
mkdir -p /target/srv/disk3
echo 'LABEL=disk3 /srv/disk3 xfs defaults,nofail 0 2' >>/target/etc/fstab

# The last thing: the machine boots from its disk from now on.
wget -q -O /dev/null http://10.77.0.1/cblr/svc/op/trig/mode/post/system/web7 || true
