#!/usr/bin/env bash
# koan's guests with their disk in the network, on a real libvirt with the QEMU driver: NBD and iSCSI,
# the latter with a password of libvirt's, too. Each guest boots from that disk, and --undo leaves
# it. (RBD is the same but for its XML, which test_domain_xml has: it needs a Ceph cluster.)
# timeout: 900
set -euo pipefail
# shellcheck source=tests/vm/koan.sh
. "$(dirname "$0")/../vm/koan.sh"
# shellcheck source=tests/vm/libvirt.sh
. "$here/../vm/libvirt.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"
# shellcheck source=tests/vm/small_disk.sh
. "$here/../vm/small_disk.sh"
# shellcheck source=tests/vm/san_server.sh
. "$here/../vm/san_server.sh"

mkdir -p $WWW
cp "$INSTALLER_TREE/debian-installer/amd64/linux" $WWW/
small_initrd $WWW/initrd.gz

make_guest() { koan --virt --system=web7 --virt-type=qemu --virt-file-size=0.0625 "$@"; }
# from_disk WHAT [ARGUMENT...]: the guest starts from its disk, the small system there says so, and
# when koan has removed the guest, the disk is there, to the byte.
from_disk() {
	local what=$1 sum
	shift
	sum=$(sha256sum $DISK)
	check "$what: koan --import" make_guest --import "$@"
	guest_console web7
	check "$what: the guest boots from it" wait_for "$PATIENCE" file_says "$LOGS/web7.console" "$SMALL_ROOT_SAYS"
	echo "# evidence: $what: $(grep -a "$SMALL_ROOT_SAYS" "$LOGS/web7.console" | tr -d '\r' | head -n 1)"
	check "$what: --undo" koan --undo --virt-name=web7
	is "$what: leaves the disk" "$(sha256sum $DISK)" "$sum"
	is "$what: and nothing else" "$(libvirt_traces)" "$clean"
}
# unmade WHAT REGEX ARGUMENT...: koan fails so, and leaves nothing.
unmade() {
	fails "$1" "$2" make_guest "${@:3}"
	is "and leaves nothing: $1" "$(libvirt_traces)" "$clean"
}

net_up
must "a server" koan_server
must "libvirt answers" libvirt_start
koan_plan system web7 '.virt.bridge = "br0" |
	.kernel_options = "rdinit=/nowhere root=/dev/nowhere panic=1 console=ttyS0"'
must "a disk with a system on it" small_disk $DISK
clean=$(libvirt_traces)

# --- NBD. ---

must "an NBD export" qemu-nbd --persistent --fork --shared=4 --bind=127.0.0.1 --export-name=web7 \
	--format=raw $DISK
from_disk NBD --virt-path=nbd://127.0.0.1/web7
unmade "no export of that name" "does not start.*(export|NBD|nosuch)" \
	--virt-path=nbd://127.0.0.1/nosuch
unmade "no server" "does not start.*refused" --virt-path=nbd://127.0.0.1:10810/web7
check "an installation on it" make_guest --wait=9 --virt-path=nbd://127.0.0.1/web7
guest_console web7
check "ends in the disk's system" wait_for "$PATIENCE" file_says "$LOGS/web7.console" "$SMALL_ROOT_SAYS"
fails "it is that guest's" "is a disk of the domain 'web7'" make_guest --virt-name=other \
	--virt-path=nbd://127.0.0.1/web7 --force-path
check "--force keeps it" make_guest --force --import --virt-path=nbd://127.0.0.1/web7
check "--undo" koan --undo --virt-name=web7

# --- iSCSI. ---

must "an iSCSI target" san_server
from_disk iSCSI --virt-path=iscsi://10.77.0.1/$IQN/1
unmade "no target of that name" "does not start.*iSCSI" --virt-path=iscsi://10.77.0.1/$IQN.no/1
unmade "no unit of that number" "does not start.*(iSCSI|iscsi|LUN|lun)" \
	--virt-path=iscsi://10.77.0.1/$IQN/7

tgt new --mode account --user web7 --password secret-of-web7
tgt bind --mode account --tid 1 --user web7
unmade "without the password" "does not start.*iSCSI" --virt-path=iscsi://10.77.0.1/$IQN/1
virsh secret-define /dev/stdin >/dev/null <<-XML
	<secret ephemeral='no' private='yes'><uuid>4e8d0c1a-0000-4000-8000-000000000001</uuid>
	<usage type='iscsi'><target>web7</target></usage></secret>
XML
printf secret-of-web7 >/run/password
virsh secret-set-value 4e8d0c1a-0000-4000-8000-000000000001 --file /run/password --plain
from_disk "iSCSI with a password" \
	"--virt-path=iscsi://web7@10.77.0.1/$IQN/1?secret=4e8d0c1a-0000-4000-8000-000000000001"
done_testing
