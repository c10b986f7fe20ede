#!/bin/bash
# What makes profile fai out of the base system, which lies below $target.
set -e
# FAI's own variables: where the new system is, how to run a command in it, the disks' parts.
# shellcheck disable=SC2154
root=$target
run() { chroot "$root" "$@"; }

ln -sf /usr/share/zoneinfo/Etc/UTC "$root/etc/localtime"
echo Etc/UTC >"$root/etc/timezone"
printf '%s\n' XKBLAYOUT=us >"$root/etc/default/keyboard"

# Accounts
printf '%s\n' 'root:$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./0123456789abcdefghij01' | run chpasswd -e

# Network
device=$(ip -o route show default | sed 's/.* dev \([^ ]*\).*/\1/;q')
cat >"$root/etc/network/interfaces" <<END
auto lo
iface lo inet loopback

auto $device
iface $device inet dhcp
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
