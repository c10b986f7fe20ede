#!/bin/bash
# What makes system web7 out of the base system, which lies below $target.
set -e
# FAI's own variables: where the new system is, how to run a command in it, the disks' parts.
# shellcheck disable=SC2154
root=$target
run() { chroot "$root" "$@"; }

echo web7 >"$root/etc/hostname"
echo '127.0.1.1 web7.example.org web7' >>"$root/etc/hosts"
ln -sf /usr/share/zoneinfo/Europe/Berlin "$root/etc/localtime"
echo Europe/Berlin >"$root/etc/timezone"
printf '%s\n' XKBLAYOUT=de >"$root/etc/default/keyboard"
echo 'server ntp1.example.org iburst' >>"$root/etc/chrony/sources.d/bootwright.sources"
echo 'server 10.77.0.3 iburst' >>"$root/etc/chrony/sources.d/bootwright.sources"

# Accounts
printf '%s\n' 'root:$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./0123456789abcdefghij01' | run chpasswd -e
run id ops >/dev/null 2>&1 || run useradd -m -s /bin/bash ops
(umask 227 && echo 'ops ALL=(ALL) ALL' >"$root/etc/sudoers.d/bootwright")
printf '%s\n' 'ops:$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./0123456789abcdefghij01' | run chpasswd -e
mkdir -p "$root"/root/.ssh
chmod 700 "$root"/root/.ssh
cat >"$root"/root/.ssh/authorized_keys <<'END'
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 a@example
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 b@example
END
run chown -R root: /root/.ssh
mkdir -p "$root"/home/ops/.ssh
chmod 700 "$root"/home/ops/.ssh
cat >"$root"/home/ops/.ssh/authorized_keys <<'END'
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 a@example
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 b@example
END
run chown -R ops: /home/ops/.ssh

# Network
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
		-e "s/@eth0@/$(card '52:54:00:aa:00:07' 'eth0')/g" \
		-e "s/@eth1@/$(card '52:54:00:aa:00:08' 'eth1')/g" \
		-e "s/@eth2@/$(card '52:54:00:aa:00:09' 'eth2')/g"
}

with_card_names >"$root/etc/network/interfaces" <<'END'
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

auto bond0
iface bond0 inet static
	address 10.77.0.21/24
	gateway 10.77.0.1
	bond-slaves @eth0@ @eth1@
	bond-mode 802.3ad
	bond-miimon 100
	post-up ip link set dev $IFACE mtu 9000
	post-up ip -4 route add 10.0.0.0/8 via 10.77.0.254 dev $IFACE
	post-up ip -6 route add 2001:db8:1::/48 via 2001:db8::2 dev $IFACE
iface bond0 inet6 static
	address 2001:db8::21/64
	gateway 2001:db8::1
iface bond0 inet6 static
	address 2001:db8::22/64

auto bond0.100
iface bond0.100 inet static
	address 10.100.0.21/16
	vlan-raw-device bond0

auto bond0.200
iface bond0.200 inet manual
	vlan-raw-device bond0

auto br0
iface br0 inet static
	address 10.200.0.21/24
	bridge_ports bond0.200
	bridge_stp no

auto @eth0@
iface @eth0@ inet manual

auto @eth1@
iface @eth1@ inet manual

auto @eth2@
iface @eth2@ inet dhcp
END
cat >"$root/etc/resolv.conf" <<'END'
search example.org
nameserver 10.77.0.2
nameserver 2001:db8::53
END

mkdir -p "$root"/etc/apt/keyrings
cat >"$root"/etc/apt/keyrings/debs.asc <<'END'
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZUsedNowhere
-----END PGP PUBLIC KEY BLOCK-----
END
cat >"$root"/etc/apt/sources.list.d/debs.list <<'END'
deb [signed-by=/etc/apt/keyrings/debs.asc] http://repo.example.org/debian stable main extra
deb [signed-by=/etc/apt/keyrings/debs.asc] http://repo.example.org/debian stable-updates main extra
END

# Boot loader
mkdir -p "$root/etc/default/grub.d"
cat >"$root/etc/default/grub.d/bootwright.cfg" <<'END'
GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX mitigations=off console=tty0 console=ttyS1,115200"
END
if [ -d /sys/firmware/efi ]; then
	run grub-install --target=x86_64-efi --no-nvram --force-extra-removable
else
	# shellcheck disable=SC2154
	run grub-install "${BOOT_DEVICE%% *}"
fi
run update-grub
