#!/bin/bash
# What makes system web7 out of the base system, which lies below $target.
set -e
# FAI's own variables: where the new system is, how to run a command in it, the disks' parts.
# shellcheck disable=SC2154
root=$target
run() { chroot "$root" "$@"; }

echo h >"$root/etc/hostname"
ln -sf '/usr/share/zoneinfo/E"'\''$(y)<&>#\' "$root/etc/localtime"
echo 'E"'\''$(y)<&>#\' >"$root/etc/timezone"
printf '%s\n' 'XKBLAYOUT='\''k"'\''\'\'''\''$(y)<&>#'\''' >"$root/etc/default/keyboard"
echo 'server n"'\''$(y)<&># iburst' >>"$root/etc/chrony/sources.d/bootwright.sources"

# Accounts
printf '%s\n' 'root:$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./0123456789abcdefghij01' | run chpasswd -e
run id ops >/dev/null 2>&1 || run useradd -m -s /bin/bash ops
(umask 227 && echo 'ops ALL=(ALL) ALL' >"$root/etc/sudoers.d/bootwright")
printf '%s\n' 'ops:$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./0123456789abcdefghij01' | run chpasswd -e
mkdir -p "$root"/root/.ssh
chmod 700 "$root"/root/.ssh
cat >"$root"/root/.ssh/authorized_keys <<'END'
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 o'b "x" $(reboot) ]]> <&> \ `id` #
END
run chown -R root: /root/.ssh
mkdir -p "$root"/home/ops/.ssh
chmod 700 "$root"/home/ops/.ssh
cat >"$root"/home/ops/.ssh/authorized_keys <<'END'
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 o'b "x" $(reboot) ]]> <&> \ `id` #
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
		-e "s/@eth0@/$(card '52:54:00:aa:00:07' 'eth0')/g"
}

with_card_names >"$root/etc/network/interfaces" <<'END'
source /etc/network/interfaces.d/*

auto lo
iface lo inet loopback

auto bond0
iface bond0 inet dhcp
	bond-slaves @eth0@
	bond-mode active-backup
	bond-x 1"'$(y)<&>#

auto @eth0@
iface @eth0@ inet manual
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
GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX a=\"\"'\$(reboot)\\ <b>&\""
END
if [ -d /sys/firmware/efi ]; then
	run grub-install --target=x86_64-efi --no-nvram --force-extra-removable
else
	# shellcheck disable=SC2154
	run grub-install "${BOOT_DEVICE%% *}"
fi
run update-grub
