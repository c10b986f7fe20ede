#!/usr/bin/env bash
# koan --force on a real libvirt with the QEMU driver: a guest is replaced by one that runs, or stays
# what it was, to its UEFI variables and snapshots, at whatever step the new one fails.
# timeout: 600
set -euo pipefail
# shellcheck source=tests/vm/koan.sh
. "$(dirname "$0")/../vm/koan.sh"
# shellcheck source=tests/vm/libvirt.sh
. "$here/../vm/libvirt.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"

IMAGES=/var/lib/libvirt/images
VARS=/var/lib/libvirt/qemu/nvram/web7_VARS.fd
mkdir -p $WWW /srv/small $IMAGES "$(dirname $VARS)"
cp "$INSTALLER_TREE/debian-installer/amd64/linux" $WWW/
small_initrd $WWW/initrd.gz

make_guest() {
	koan --virt --system=web7 --virt-type=qemu --virt-ram=256 --virt-file-size=0.0625 "$@"
}
# All that the guest is. Of a running one its disks and variables change all the time.
whole() {
	virsh domstate web7
	virsh dominfo web7 | grep -E '^(UUID|Persistent|Autostart|Managed save)'
	virsh dumpxml --inactive --security-info web7 | sort # libvirt orders controllers anew
	virsh snapshot-list --name web7
	virsh list --all --name | sort
	virsh pool-list --all --name | sort
	find $IMAGES /srv /etc/xen /var/lib/libvirt/qemu/nvram -type f | sort
	[ "$(virsh domstate web7)" = running ] || find $IMAGES ${VARS%/*} -type f -exec sha256sum '{}' + | sort
}
# kept WHAT REGEX ARGUMENT...: koan --force fails so, and the guest is what it was.
kept() {
	local what=$1 regex=$2 before
	shift 2
	before=$(whole)
	fails "$what" "$regex" make_guest --force "$@"
	note "$(cat "$tap_output")"
	is "and the old guest is what it was: $what" "$(whole)" "$before"
}
# over TEXT MODE WHAT REGEX: the same, where koan's connection breaks, or a signal comes, when it
# sends TEXT.
over() {
	"$here/../vm/libvirt-proxy.py" /run/proxy.sock /run/libvirt/libvirt-sock "$1" 1 "$2" \
		>/run/proxy.log &
	proxy=$!
	wait_for 10 test -S /run/proxy.sock
	kept "$3" "$4" --connect="qemu+unix:///system?socket=/run/proxy.sock"
	check "it did" grep -qE 'lost|interrupted' /run/proxy.log
	kill $proxy
	rm -f /run/proxy.sock
}
BREAKS='before <on_reboot>restart it is defined
after <on_reboot>restart it is defined
before <on_reboot>destroy it is started
after <on_reboot>destroy it is started
interrupt <on_reboot>restart it is defined'
each_break() {
	while read -r mode text what; do
		over "$text" "$mode" "$1: $mode $what" "koan: "
	done <<<"$BREAKS"
}

net_up
must "a server" koan_server
must "libvirt answers" libvirt_start
# Its first start: a small system that does nothing for ever.
koan_plan system web7 '.kernel_options = "rdinit=/init console=ttyS0" | .virt.bridge = "br0" |
	.virt.disk_driver = ["qcow2"]'

# --- One that is off, with a snapshot, and starts with the host. ---

must "a guest" make_guest --virt-auto-boot
virsh destroy web7
virsh snapshot-create-as web7 past
uuid=$(virsh domuuid web7)
kept "one that does not start" "does not start" --virt-bridge=lo
kept "with a bridge that is not there" "no bridge 'nobr0'" --virt-bridge=nobr0
mount -t tmpfs -o size=1m tmpfs /srv/small
kept "without room for its disk" "need 0.1 GiB.*koan --undo --virt-name=web7" --virt-path=/srv/small/
kept "without room for its kernel" "No space left" --cache-dir=/srv/small
umount /srv/small
each_break "off"
check "it can be replaced" make_guest --force
is "by one of its UUID" "$(virsh domuuid web7)" "$uuid"
is "of whose past nothing is known" "$(virsh snapshot-list --name web7)" ""
is "with a disk of its own" "$(cd $IMAGES && echo *)" web7-disk0-2
like "which no longer starts with the host" "$(virsh dominfo web7)" 'Autostart: +disable'
is "and runs" "$(virsh domstate web7)" running

# --- One that runs. ---

run=$(virsh domid web7)
kept "one that does not start" "does not start" --virt-bridge=lo
check "so the old one was started again" test "$(virsh domid web7)" -gt "$run"
run=$(virsh domid web7)
over '<on_reboot>restart' interrupt "a signal comes" interrupted
kept "no room" "need 60000.0 GiB" --virt-file-size=60000
is "the old one never stopped" "$(virsh domid web7)" "$run"
each_break "on"

# --- UEFI: its variables stay its own. ---

check "one with UEFI takes its place" make_guest --force --virt-firmware=uefi
virsh destroy web7
printf 'of the old guest' | dd of=$VARS conv=notrunc bs=1 seek=100 status=none
kept "one with UEFI, too, does not start" "does not start" --virt-bridge=lo --virt-firmware=uefi
kept "one with a BIOS does not start" "does not start" --virt-bridge=lo
check "UEFI again" make_guest --force --virt-firmware=uefi
lacks "with variables of its own" "$(tr -d '\0' <$VARS | head -c 400)" "of the old guest"
check "a BIOS again" make_guest --force
check "the variables went with their guest" test ! -e $VARS
virsh destroy web7
kept "UEFI in a BIOS' place does not start" "does not start" --virt-bridge=lo --virt-firmware=uefi

# --- Disks by name, and what cannot come back. ---

check "a disk by its name" make_guest --force --virt-path=$IMAGES/name.img
kept "is not given away before the new guest runs" "choose another --virt-path, or --force-path" \
	--virt-path=$IMAGES/name.img
fails "--force-path gives it away" "does not start" make_guest --force --force-path \
	--virt-path=$IMAGES/name.img --virt-bridge=lo
like "which is said" "$(cat "$tap_output")" "not started again: its disk '$IMAGES/name.img'"
is "and the guest's definition is back" "$(virsh domstate web7)" "shut off"
check "then all is well" make_guest --force --force-path --virt-path=$IMAGES/name.img
check "a guest gets its own disk as it is" make_guest --force --import --virt-path=$IMAGES/name.img
check "and the disk stays" test -e $IMAGES/name.img
virsh managedsave web7
kept "memory that is saved" "managedsave-remove web7"
virsh managedsave-remove web7
koan --undo --virt-name=web7

virsh create /dev/stdin <<-'XML' >/dev/null
	<domain type='qemu'><name>web7</name><memory>65536</memory><os><type>hvm</type></os></domain>
XML
fails "a guest that nobody defined" "does not start" make_guest --force --virt-bridge=lo
is "comes back, too" "$(virsh domstate web7) $(virsh dominfo web7 | grep Persistent)" \
	"running Persistent:     no"
check "and can be replaced" make_guest --force
like "by one that is defined" "$(virsh dominfo web7)" 'Persistent: +yes'
done_testing
