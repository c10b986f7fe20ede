#!/bin/bash
# What makes system web7 out of the base system, which lies below $target.
set -e
# FAI's own variables: where the new system is, how to run a command in it, the disks' parts.
# shellcheck disable=SC2154
root=$target
run() { chroot "$root" "$@"; }

echo db1 >"$root/etc/hostname"
ln -sf /usr/share/zoneinfo/Etc/UTC "$root/etc/localtime"
echo Etc/UTC >"$root/etc/timezone"
printf '%s\n' XKBLAYOUT=us >"$root/etc/default/keyboard"

# Accounts
printf '%s\n' 'root:$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./0123456789abcdefghij01' | run chpasswd -e
mkdir -p "$root"/root/.ssh
chmod 700 "$root"/root/.ssh
cat >"$root"/root/.ssh/authorized_keys <<'END'
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 root
END
run chown -R root: /root/.ssh

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
		-e "s/@ens3@/$(card '52:54:00:aa:00:0a' 'ens3')/g"
}

with_card_names >"$root/etc/network/interfaces" <<'END'
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

auto @ens3@
iface @ens3@ inet static
	address 10.77.0.22/24
	gateway 10.77.0.1
iface @ens3@ inet6 auto
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
if [ -d /sys/firmware/efi ]; then
	run grub-install --target=x86_64-efi --no-nvram --force-extra-removable
else
	# shellcheck disable=SC2154
	run grub-install "${BOOT_DEVICE%% *}"
fi
run update-grub
