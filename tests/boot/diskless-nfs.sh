#!/usr/bin/env bash
# Machines without a disk: one has its root file system on an NFS server, one in its initrd. Neither
# is ever told to boot from a disk, whatever it reports.
# timeout: 900
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"

KERNEL=$(find /boot -name 'vmlinuz-*-cloud-amd64' | sort -V | tail -n 1)
ROOT=/run/nfs/root
INITRD=/run/nfs/initrd.img
must "a kernel with its modules is installed" test -f "$KERNEL"

# Debian's own initrd, as initramfs-tools makes it for network boots.
make_initrd() {
	cp -r /etc/initramfs-tools /run/nfs/initramfs-tools
	sed -i 's/^MODULES=.*/MODULES=netboot/; s/^COMPRESS=.*/COMPRESS=gzip/' \
		/run/nfs/initramfs-tools/initramfs.conf
	mkinitramfs -d /run/nfs/initramfs-tools -o "$INITRD" "${KERNEL##*/vmlinuz-}"
	chmod 644 "$INITRD"
}

nfs_answers() { rpcinfo -t 10.77.0.1 nfs 3; }

nfs_server() {
	cat >/run/nfs/ganesha.conf <<-CONF
		NFS_CORE_PARAM { Bind_addr = 10.77.0.1; Protocols = 3; MNT_Port = 20048;
			Enable_NLM = false; Enable_RQUOTA = false; }
		NFSv4 { Graceless = true; RecoveryRoot = /run/nfs/recovery; }
		EXPORT { Export_Id = 1; Path = $ROOT; Pseudo = $ROOT; Access_Type = RW;
			Squash = No_Root_Squash; SecType = sys; FSAL { Name = VFS; } }
	CONF
	mkdir -p /run/nfs/recovery /run/ganesha
	rpcbind -w -h 10.77.0.1 -f >"$LOGS/rpcbind.log" 2>&1 &
	wait_for 20 rpcinfo -p 10.77.0.1 >"$LOGS/rpcinfo" 2>&1 || return 1
	ganesha.nfsd -F -L "$LOGS/ganesha.log" -f /run/nfs/ganesha.conf -p /run/nfs/ganesha.pid \
		>"$LOGS/ganesha.out" 2>&1 &
	wait_for 30 nfs_answers >>"$LOGS/rpcinfo" 2>&1
}

mkdir -p /run/nfs
small_root $ROOT
small_initrd /run/nfs/small.gz
must "an initrd for network boots" make_initrd
netboot_server --enable-ipxe=true
must "an NFS server" nfs_server
must "distro add" bootwright distro add --name=thin --breed=debian --kernel="$KERNEL" --initrd=$INITRD
must "its profile" bootwright profile add --name=thin --distro=thin \
	--kernel-options='rw init=/init console=ttyS0,115200n8'
must "web7's root is on the file server" bootwright system edit --name=web7 --profile=thin \
	--root=nfs:10.77.0.1:$ROOT
must "a system that is an initrd" bootwright distro add --name=mem --breed=debian --root=initrd \
	--kernel="$INSTALLER_TREE/debian-installer/amd64/linux" --initrd=/run/nfs/small.gz
must "its profile, too" bootwright profile add --name=mem --distro=mem \
	--kernel-options='console=ttyS0,115200n8'
must "web8 runs from memory" bootwright system edit --name=web8 --profile=mem
must "sync" bootwright sync

vm_start web7 bios $WEB7
check "web7: init of the root file system" vm_says web7 "$SMALL_ROOT_SAYS"
evidence_line web7 "$SMALL_ROOT_SAYS.* root=/dev/nfs nfsroot=10.77.0.1:$ROOT"
check "web7: it is mounted by NFS" vm_says web7 ' / nfs '
evidence_line web7 ' / nfs '
netboot_explained web7 $WEB7 --firmware=bios --user-class=iPXE
vm_stop web7

requests_forget
vm_start web8 bios $WEB8 -m 512
check "web8: init of the initrd" vm_says web8 "$SMALL_ROOT_SAYS"
evidence_line web8 "$SMALL_ROOT_SAYS"
netboot_explained web8 $WEB8 --firmware=bios --user-class=iPXE
lacks "web8: without an answer file" "$(console web8 | grep "$SMALL_ROOT_SAYS")" 'url='
vm_stop web8

# Nothing was installed, so nothing is over.
for name in web7 web8; do
	check "$name reports an end" curl -fsS --max-time 20 -o /dev/null \
		"http://10.77.0.1/report/end/system/$name"
done
like "web7 boots from the network as before" \
	"$(cat "$STATE/tftp/current/ipxe/${WEB7//:/-}.ipxe")" 'root=/dev/nfs'
like "so does web8" "$(cat "$STATE/tftp/current/ipxe/${WEB8//:/-}.ipxe")" 'images/mem/'
check "the server stops cleanly" server_stop
done_testing
