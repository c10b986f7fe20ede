#!/usr/bin/env bash
# koan on a real libvirt with the QEMU driver, where a step fails: there is no room for what libvirt
# writes, somebody else is faster, or the connection breaks. Nothing of koan's is left, nothing of
# others is touched. (Disks without room: koan-kinds.sh; with --force: koan-replace.sh.)
# timeout: 600
set -euo pipefail
# shellcheck source=tests/vm/koan.sh
. "$(dirname "$0")/../vm/koan.sh"
# shellcheck source=tests/vm/libvirt.sh
. "$here/../vm/libvirt.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"

mkdir -p $WWW /srv/vols
cp "$INSTALLER_TREE/debian-installer/amd64/linux" $WWW/
small_initrd $WWW/initrd.gz

make_guest() { koan --virt --system=web7 --virt-type=qemu --virt-file-size=0.0625 "$@"; }
before=
# unmade WHAT REGEX ARGUMENT...: koan fails so, and the host is as it was.
unmade() {
	local what=$1 regex=$2
	shift 2
	before=$(libvirt_traces)
	fails "$what" "$regex" make_guest "$@"
	is "and leaves nothing: $what" "$(libvirt_traces)" "$before"
}

net_up
must "a server" koan_server
must "libvirt answers" libvirt_start
koan_plan system web7 '.kernel_options = "rdinit=/init console=ttyS0" | .virt.bridge = "br0"'
virsh pool-define-as vols dir --target /srv/vols >/dev/null
virsh pool-start vols

# --- No room for what libvirt writes. ---

# full FOLDER WHAT REGEX ARGUMENT...: no file can be made there.
full() {
	local folder=$1
	mkdir -p "$folder"
	mount -t tmpfs -o nr_inodes=1 tmpfs "$folder"
	unmade "full where $2" "$3" "${@:4}"
	umount "$folder"
}
full /etc/libvirt/storage "libvirt keeps pools" "storage pool.*No space left" --virt-path=/srv/fresh/
full /srv/vols "the disk is made" "disk '/srv/vols/web7-disk0'.*No space left" --virt-path=/srv/vols/
full /etc/libvirt/qemu "libvirt keeps domains" "does not accept the guest.*No space left"
full /run/libvirt/qemu "libvirt keeps what runs" "does not start"

# --- What somebody else does meanwhile: a proxy runs it before libvirt gets what koan sends. ---

# meanwhile TEXT COMMAND...: runs when koan sends TEXT.
meanwhile() {
	"$here/../vm/libvirt-proxy.py" /run/proxy.sock /run/libvirt/libvirt-sock "$1" 1 run "${@:2}" \
		>/run/proxy.log &
	proxy=$!
	wait_for 10 test -S /run/proxy.sock
}
over_proxy() {
	make_guest --connect="qemu+unix:///system?socket=/run/proxy.sock" \
		--virt-path=/srv/fresh/ "$@"
}
# taken WHAT REGEX UNDO...: koan fails so; UNDO takes away what somebody else did, and nothing is left.
taken() {
	fails "$1 meanwhile" "$2" over_proxy "${@:4}"
	check "it was" grep -q ran /run/proxy.log
	kill $proxy
	rm -f /run/proxy.sock
	check "which is as it was" bash -c "$3"
	is "and nothing else is left" "$(libvirt_traces)" "$before"
}
before=$(libvirt_traces)
cat >/run/web7.xml <<-'XML'
	<domain type='qemu'><name>web7</name><memory>65536</memory><os><type>hvm</type></os></domain>
XML
export VIRSH_DEFAULT_CONNECT_URI=$LIBVIRT_URI
meanwhile '<volume>' virsh -q define /run/web7.xml
taken "the name is taken" "already (exists|defined)" 'virsh -q undefine web7'
meanwhile '<volume>' cp /run/web7.xml /srv/fresh/web7-disk0
taken "the disk's place is taken" "disk '/srv/fresh/web7-disk0': .*exist" \
	'cmp /run/web7.xml /srv/fresh/web7-disk0 && rm -r /srv/fresh'
ip link add br2 type bridge
meanwhile '<on_reboot>destroy' ip link del br2
taken "the bridge goes" "does not start.*br2" true --virt-bridge=br2
virsh pool-define-as fresh dir --target /srv/fresh >/dev/null
mkdir /srv/fresh
virsh pool-start fresh
before=$(libvirt_traces)
meanwhile '<volume>' virsh -q pool-destroy fresh
taken "the pool is stopped" "not active" 'virsh -q pool-start fresh'
virsh pool-destroy fresh
virsh pool-undefine fresh
rmdir /srv/fresh

# --- A connection that breaks. ---

# broken TEXT NTH before|after: koan's connection ends when it sends TEXT for the NTH time.
broken() {
	"$here/../vm/libvirt-proxy.py" /run/proxy.sock /run/libvirt/libvirt-sock "$@" >/run/proxy.log &
	proxy=$!
	wait_for 10 test -S /run/proxy.sock
}
for mode in before after; do
	while read -r text nth what; do
		before=$(libvirt_traces)
		broken "$text" "$nth" $mode
		fails "the connection breaks $mode $what" "koan: " over_proxy
		note "$(cat "$tap_output")"
		check "it did" grep -q lost /run/proxy.log
		kill $proxy
		rm -f /run/proxy.sock
		is "nothing is left" "$(libvirt_traces)" "$before"
	done <<-'STEPS'
		<pool 1 the pool is defined
		<volume> 1 a disk is made
		<on_reboot>restart 1 the domain is defined
		<on_reboot>destroy 1 the domain is started
	STEPS
done

# --- A signal while a guest is taken away. ---

undo() { koan --undo --virt-name=web7 --connect="qemu+unix:///system?socket=/run/proxy.sock"; }
before=$(libvirt_traces)
check "a guest with two disks" make_guest --virt-path=/srv/vols/ --virt-file-size=0.01,0.01
is "which are there" "$(find /srv/vols -name 'web7*' | wc -l)" 2
broken web7-disk1 1 interrupt
fails "a signal before the domain goes" interrupted undo
check "leaves it" virsh dominfo web7
kill $proxy
rm -f /run/proxy.sock
broken web7-disk1 5 interrupt
check "one that comes when the domain has gone" undo
check "came" grep -q interrupted /run/proxy.log
is "and the guest is gone with both disks" "$(libvirt_traces)" "$before"
done_testing
