# shellcheck shell=bash
# A disk in the network (iSCSI) for the system web7, by tgt, which needs no kernel module. Source
# tests/e2e/lib.sh, tests/vm/netboot.sh, tests/vm/small_root.sh and tests/vm/small_disk.sh first.

IQN=iqn.2026-01.org.example:web7
DISK=/run/web7.img
export TGT_IPC_SOCKET=/run/tgt

tgt() { tgtadm --lld iscsi --op "$@"; }

# LUN 0 is the target's own controller.
san_server() {
	tgtd -f --iscsi portal=10.77.0.1:3260 >"$LOGS/tgtd.log" 2>&1 &
	wait_for 20 tgt show --mode target >"$LOGS/tgtadm" 2>&1 || return 1
	tgt new --mode target --tid 1 -T $IQN
	tgt new --mode logicalunit --tid 1 --lun 1 -b $DISK
	tgt bind --mode target --tid 1 -I ALL
}

# A server, the disk with a system on it, and web7, which shall install its own system there.
san_session() {
	must "a disk with a system on it" small_disk $DISK
	netboot_server --enable-ipxe=true
	must "an iSCSI target" san_server
	# The installer's kernel with an initrd that is done sooner than the installer.
	small_initrd /run/small.gz
	must "distro add" bootwright distro add --name=small --breed=debian \
		--initrd=/run/small.gz --kernel="$INSTALLER_TREE/debian-installer/amd64/linux"
	must "its profile" bootwright profile add --name=small --distro=small \
		--kernel-options=console=ttyS0,115200n8
	must "web7's disk" bootwright system edit --name=web7 --profile=small \
		--root=iscsi:10.77.0.1:::1:$IQN
	must "sync" bootwright sync
}
