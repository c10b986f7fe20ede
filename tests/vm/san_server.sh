# shellcheck shell=bash
# A disk in the network (iSCSI) for the system web7, by tgt, which needs no kernel module. Source
# tests/e2e/lib.sh first.

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
