#!/usr/bin/env bash
# koan makes a guest on a real libvirt with the QEMU driver; its installer fetches its system's
# preseed and obeys it. What goes wrong half-way is undone; what is there is not overwritten.
# timeout: 1200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/vm/libvirt.sh
. "$here/../vm/libvirt.sh"

make_guest() {
	koan --virt --server=10.77.0.1 --virt-type=qemu --virt-bridge=br0 \
		--connect="$LIBVIRT_URI" --nogfx "$@"
}
domains() { virsh --quiet --connect "$LIBVIRT_URI" list --all --name | sed '/^$/d' | sort; }
images() { find /var/lib/libvirt/images /run/bw/images -type f | sort; }
guest_runs() { virsh --quiet --connect "$LIBVIRT_URI" domstate "$1" | grep -qx running; }

mkdir -p /run/bw/images
must "libvirt answers" libvirt_start
netboot_server

# What only the server can get right: an image's file, measured and published; the files of a record.
head -c 1000000 /dev/urandom >/run/bw/cd.iso
echo 'This is {{ name }}.' >"$STATE/kickstarts/motd"
must "image add" bootwright image add --name=cd --file=/run/bw/cd.iso --image-type=iso \
	--network-count=2 --virt-file-size=1
check "template_files" bootwright system edit --name=web7 --template-files=motd=/etc/motd
must "sync" bootwright sync
is "koan --list=images" "$(koan --list=images --server=10.77.0.1)" cd
like "koan --display --image" "$(koan --display --image=cd --server=10.77.0.1)" \
	"file *: http://10.77.0.1/disks/cd/cd.iso .1000000 bytes, sha256 $(sha256sum </run/bw/cd.iso | cut -c1-64)"
check "koan --virt --image" koan --virt --image=cd --server=10.77.0.1 --virt-bridge=br0 \
	--connect=test:///default
mkdir -p /run/bw/root/etc
check "koan --update-files" koan --update-files --system=web7 --server=10.77.0.1 --root=/run/bw/root
is "writes what the server rendered" "$(cat /run/bw/root/etc/motd)" "This is web7."

make_guest --system=web7 --virt-name=lady --dry-run >/run/bw/lady.xml
check "--dry-run prints a valid domain" virt-xml-validate /run/bw/lady.xml domain
is "and makes none" "$(domains)" ""

must "koan --virt --system=web7" make_guest --system=web7 --virt-name=lady \
	--virt-path=/run/bw/images
is "the domain is there" "$(domains)" lady
check "it runs" guest_runs lady
guest_console lady
virsh --connect "$LIBVIRT_URI" dumpxml --inactive lady >"$LOGS/lady.xml"
check "its XML is valid" virt-xml-validate "$LOGS/lady.xml" domain
like "it has web7's MAC address" "$(cat "$LOGS/lady.xml")" $WEB7
like "and 1024 MiB" "$(cat "$LOGS/lady.xml")" "<memory unit='KiB'>1048576<"
disk=$(xmllint --xpath 'string(//disk/source/@file)' "$LOGS/lady.xml")
is "its disk is of 4 GiB" \
	"$(qemu-img info -U --output=json "$disk" | jq '."virtual-size"')" $((4 << 30))

before=$(images)
fails "a domain that is there is refused" 'lady.*(exists|already)|--force' \
	make_guest --profile=bar --virt-name=lady
fails "a disk that is there is refused: says whose" 'lady' \
	make_guest --profile=bar --virt-name=tramp --virt-path="$disk"
fails "a bridge that is not there" 'nobr0' \
	make_guest --profile=bar --virt-name=tramp --virt-bridge=nobr0
fails "a profile that is not there" 'nosuch' make_guest --profile=nosuch
is "failures leave no domain" "$(domains)" lady
is "and no file" "$(images)" "$before"

check "the guest's installation is recorded" wait_for "$PATIENCE" installing web7
check "the guest still runs" guest_runs lady
check "--force replaces it" make_guest --system=web7 --virt-name=lady --force \
	--virt-path=/run/bw/images
is "the domain is there once" "$(domains)" lady
virsh --quiet --connect "$LIBVIRT_URI" destroy lady >/dev/null
check "the server stops cleanly" server_stop
done_testing
