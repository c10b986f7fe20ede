#!/usr/bin/env bash
# The image for UEFI that boots over HTTP, as curl gets it and mtools read it: a whole file system
# with exactly what is published for the machine that asks, known by its IP address.
# timeout: 180
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

IMAGE=$URL/boot/image/x64.img
WEB7=52:54:00:aa:00:07
current=$STATE/tftp/current

# fetch FILE [FROM]: the image that the machine with that address gets.
fetch() { curl -fsS --interface "${2:-127.0.0.1}" -o "$1" "$IMAGE"; }
# inside IMAGE PATH: a file's bytes.
inside() { mtype -i "$1" "::$2"; }
sum() { sha256sum | cut -d' ' -f1; }
same_as_published() {
	local path=$1
	[ "$(inside /run/bw/web7.img "$path" | sum)" = "$(sum <"$current/${2:-$path}")" ]
}
names() { mdir -/ -b -i "$1" :: | grep -v '/$' | sort; }
# At most one event a second: a firmware asks again, too.
event_names_it() {
	fetch /dev/null 127.0.0.8
	bootwright event list | grep 'error.*127\.0\.0\.8 (52:54:00:aa:00:08).*initrd\.gz' >/dev/null
}
title() { inside "$1" EFI/debian/grub.cfg | grep -m 1 menuentry; }

must "the server starts" server_start --dhcp-leases="$STATE/dnsmasq.leases"
must "settings" local_settings
small_tree /srv/tree
must "a distro" bootwright import --path=/srv/tree --name=deb12
for name in web7 web8 web9; do
	check "a system" bootwright system add --name=$name --profile=deb12 --interface=eth0 \
		--mac-address="52:54:00:aa:00:0${name#web}"
done
check "web7 has a fixed address" bootwright system edit --name=web7 --interface=eth0 \
	--ip-address=127.0.0.7
must "sync" bootwright sync

must "web7 gets an image" fetch /run/bw/web7.img 127.0.0.7
check "a whole file system" fsck.fat -n /run/bw/web7.img
is "with no more than it needs" "$(names /run/bw/web7.img | grep -v grub.cfg)" "$(sort <<-'FILES'
	::/EFI/BOOT/BOOTX64.EFI
	::/EFI/BOOT/grubx64.efi
	::/images/deb12/initrd.gz
	::/images/deb12/linux
FILES
)"
check "the kernel is the published one" same_as_published images/deb12/linux
check "the initrd" same_as_published images/deb12/initrd.gz
check "shim" same_as_published EFI/BOOT/BOOTX64.EFI shimx64.efi
check "the signed GRUB" same_as_published EFI/BOOT/grubx64.efi http-boot/grubx64.efi
check "its configuration is web7's" same_as_published EFI/debian/grub.cfg "grub/system/$WEB7.cfg"
head=$(curl -fsSI --interface 127.0.0.7 "$IMAGE")
like "HEAD says how long it is" "$head" "^Content-Length: $(stat -c %s /run/bw/web7.img)"
like "and of which sort" "$head" '^Content-Type: application/vnd\.efi-img'

check "again" fetch /run/bw/again.img 127.0.0.7
check "the same bytes" cmp /run/bw/web7.img /run/bw/again.img
for i in {1..20}; do fetch "/run/bw/at-once-$i" 127.0.0.7 & clients[i]=$!; done
for i in {1..20}; do wait "${clients[i]}" || echo "client $i failed"; done
is "twenty at once get the same" "$(cat /run/bw/at-once-* | sum)" \
	"$(for i in {1..20}; do cat /run/bw/web7.img; done | sum)"

echo "1999999999 52:54:00:aa:00:08 127.0.0.8 * 01:52:54:00:aa:00:08" >"$STATE/dnsmasq.leases"
check "web8 is known by its lease" fetch /run/bw/web8.img 127.0.0.8
like "it is web8's" "$(title /run/bw/web8.img)" "'web8 installs"
check "who is unknown gets an image" fetch /run/bw/unknown.img 127.0.0.99
like "with the menu" "$(title /run/bw/unknown.img)" 'Boot from the local disk'
like "and its kernels" "$(names /run/bw/unknown.img)" 'images/deb12/linux'

# On a wire, with an address that nobody wrote down.
ip netns add client
ip link add lab type veth peer name card address 52:54:00:aa:00:09 netns client
ip addr add 10.77.0.1/24 dev lab && ip link set lab up
ip -n client addr add 10.77.0.9/24 dev card && ip -n client link set card up
check "web9 is known by its card" wait_for 10 ip netns exec client \
	curl -fsS -o /run/bw/web9.img http://10.77.0.1/boot/image/x64.img
like "it is web9's" "$(title /run/bw/web9.img)" "'web9 installs"

check "web7 is installed" bootwright system edit --name=web7 --netboot-enabled=false
check "it still gets an image" fetch /run/bw/local.img 127.0.0.7
like "that boots from its disk" "$(title /run/bw/local.img)" 'boot from its own disk'
lacks "without a kernel" "$(names /run/bw/local.img)" images/

# A Xen host: its configuration loads a module, which lies beside it.
echo xen >/srv/xen.gz
check "web8 is a Xen host" bootwright distro edit --name=deb12 --hypervisor=/srv/xen.gz
must "sync" bootwright sync
check "its image" fetch /run/bw/xen.img 127.0.0.8
check "with Xen" inside /run/bw/xen.img images/deb12/xen.gz
like "and GRUB's module" "$(names /run/bw/xen.img)" 'EFI/debian/x86_64-efi/multiboot2\.mod'

is "no such image" "$(curl -s -o /dev/null -w '%{http_code}' "$URL/boot/image/x.img")" 404
is "this computer has no loaders for the other sort" \
	"$(curl -s -o /dev/null -w '%{http_code}' "$URL/boot/image/aa64.img")" 404
# FAT takes images/deb12/ and images/DEB12/ for the same.
check "a distro in other letters" bootwright distro add --name=DEB12 --kernel=/srv/xen.gz --initrd=/srv/xen.gz
check "in the menu, too" bootwright profile add --name=DEB12 --distro=DEB12
check "with addresses to lend" bootwright settings edit --dhcp-range=127.0.0.50,127.0.0.60
must "sync" bootwright sync
check "a menu that cannot be an image" curl -fsS --interface 127.0.0.99 -o /run/bw/ipxe "$IMAGE"
is "is iPXE's" "$(sum </run/bw/ipxe)" "$(sum <"$current/ipxe.efi")"
like "as is explained" "$(bootwright boot explain 52:54:00:aa:00:99 --firmware=uefi-http)" \
	'so that is iPXE'
check "a machine gets its image" fetch /run/bw/web8.img 127.0.0.8
check "not there any more" bootwright profile remove --name=DEB12
check "nor there" bootwright distro remove --name=DEB12
# A menu that no firmware can hold: the name says image, the type says what it is instead.
truncate -s 1100M /run/bw/huge
check "nothing is published but by sync, which would mend what is taken away below" \
	bootwright settings edit --auto-sync=false
check "a huge distro" bootwright distro add --name=huge --kernel=/srv/xen.gz --initrd=/run/bw/huge
check "in the menu" bootwright profile add --name=huge --distro=huge
must "sync" bootwright sync
check "who is unknown gets" curl -fsS --interface 127.0.0.99 -D /run/bw/head -o /run/bw/ipxe "$IMAGE"
like "a loader" "$(</run/bw/head)" '^Content-Type: application/efi'
is "which is iPXE" "$(sum </run/bw/ipxe)" "$(sum <"$current/ipxe.efi")"
like "and the administrator reads why" "$(bootwright event list)" \
	'error.*more than 1024 MiB.*enable_menu'
rm "$current/images/deb12/initrd.gz"
like "a kernel that is gone is named" "$(curl -s --interface 127.0.0.8 "$IMAGE")" \
	"images/deb12/initrd\.gz.* is not published"
check "an event says for whom" wait_for 10 event_names_it
check "the server stops cleanly" server_stop
done_testing
