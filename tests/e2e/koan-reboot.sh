#!/usr/bin/env bash
# koan on a real libvirt with the QEMU driver, up to what follows an installation: a guest that
# reboots stops, and then boots its own disk. The installer's kernel is started without a root, so
# that it panics and reboots at once. And a guest that cannot start leaves nothing on the host.
# timeout: 240
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tests/vm/sandbox.sh
. "$here/../vm/sandbox.sh"
sandbox_enter "$@"
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"
# shellcheck source=tests/vm/libvirt.sh
. "$here/../vm/libvirt.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"

PATH=$REPO/${B:-build}:$PATH
command -v koan >/dev/null || { echo "Bail out! koan is not built"; exit 1; }
export COBBLER_SERVER=10.77.0.1
WWW=/run/www
mkdir -p $WWW/koan/v1/system /run/nginx
cp "$INSTALLER_TREE/debian-installer/amd64/linux" $WWW/
small_initrd $WWW/initrd.gz # of which nothing is used
cat >/run/nginx.conf <<'CONF'
pid /run/nginx.pid;
error_log /run/nginx/error.log;
events {}
http {
	access_log /run/nginx/access.log;
	client_body_temp_path /run/nginx;
	proxy_temp_path /run/nginx; fastcgi_temp_path /run/nginx;
	uwsgi_temp_path /run/nginx; scgi_temp_path /run/nginx;
	server { listen 10.77.0.1:80; root /run/www; }
}
CONF
file_of() {
	jq -n --arg url "http://10.77.0.1/$1" --arg sum "$(sha256sum <"$WWW/$1" | cut -c1-64)" \
		--argjson size "$(stat -c %s "$WWW/$1")" '{url: $url, size: $size, sha256: $sum}'
}
jq -n --argjson kernel "$(file_of linux)" --argjson initrd "$(file_of initrd.gz)" '
	{format: 1, kind: "system", name: "web7", profile: "bar", distro: "foo", hostname: "web7",
	 breed: "debian", os_version: "bookworm", arch: "x86_64",
	 kernel: $kernel, initrd: [$initrd],
	 kernel_options: "rdinit=/nowhere root=/dev/nowhere panic=1 loglevel=3",
	 virt: {type: "qemu", ram: 512, cpus: 1, file_size: [4.5, 1], path: [],
	        disk_driver: ["qcow2", "raw"], bridge: "br0", auto_boot: true, graphics: "none"},
	 interfaces: [{name: "eth0", mac_address: "52:54:00:aa:00:01", virt_bridge: "br0",
	               interface_type: "na"}],
	 autoinstall: ""}' >$WWW/koan/v1/system/web7

state_is() { [ "$(virsh domstate web7)" = "$1" ]; }
size_of() { qemu-img info -U --output=json "$1" | jq -r '"\(.format) \(."virtual-size")"'; }

net_up
must "nginx runs" nginx -c /run/nginx.conf
must "libvirt answers" libvirt_start

before=$(libvirt_traces)
fails "a bridge that is not there" "no bridge 'nobr0' on this host .there is: br0" \
	koan --virt --system=web7 --virt-bridge=nobr0 --virt-path=/srv/new/
fails "a guest that does not start" "the guest does not start" \
	koan --virt --system=web7 --virt-bridge=lo --virt-path=/srv/new/
is "leaves no domain, pool, disk or folder" "$(libvirt_traces)" "$before"
fails "a volume group that is not there" "nosuchvg" \
	koan --virt --system=web7 --virt-path=/srv/new/,nosuchvg --virt-disk-driver=raw
is "leaves nothing, not even of the disk before it" "$(libvirt_traces)" "$before"
truncate -s 8M /srv/not-free
fails "a file that is there" "'/srv/not-free' already exists" \
	koan --virt --system=web7 --virt-path=/srv/not-free --virt-file-size=1
rm /srv/not-free
is "is refused before anything is made" "$(libvirt_traces)" "$before"

# A block device. The descriptor holds it: the kernel frees it when this script ends.
truncate -s 64M /run/device
device=$(losetup --find --show /run/device)
exec 9<"$device"
losetup --detach "$device"
on_device() {
	koan --virt --system=web7 --virt-name=tramp --virt-path="$device" --virt-disk-driver=raw \
		--virt-file-size=1 "$@"
}
check "an empty block device is taken" on_device
like "as it is" "$(virsh dumpxml --inactive tramp)" "<source dev='$device'"
check "the domain goes" virsh destroy tramp
check "and its definition" virsh undefine tramp
mkfs.ext4 -q "$device"
fails "one with a file system is refused" "'$device' is not empty: .*ext4.*--force-path" on_device
mount "$device" /mnt
fails "a mounted one is refused even with --force-path" "'$device' is in use" \
	on_device --force-path
umount /mnt
check "--force-path takes it" on_device --force-path
is "as it is" "$(blkid -p -o value -s TYPE "$device")" ext4
check "the domain goes" virsh destroy tramp
check "and its definition" virsh undefine tramp
is "nothing else was made" "$(libvirt_traces)" "$before"

must "koan --virt" koan --virt --system=web7
is "the first disk" "$(size_of /var/lib/libvirt/images/web7-disk0)" "qcow2 $((9 << 29))"
is "the second disk" "$(size_of /var/lib/libvirt/images/web7-disk1)" "raw $((1 << 30))"
like "it starts with the host" "$(virsh dominfo web7)" 'Autostart: +enable'
virsh dumpxml --inactive web7 >"$LOGS/web7.xml"
check "its XML is valid" virt-xml-validate "$LOGS/web7.xml" domain
lacks "its next start is not the installer's" "$(cat "$LOGS/web7.xml")" '<kernel>'
fails "it is there now" "there is a domain 'web7' already" koan --virt --system=web7

check "its reboot ends it" wait_for 120 state_is "shut off"
check "it starts again" virsh start web7
lacks "without the installer's kernel" "$(virsh dumpxml web7)" '<kernel>'
like "from its own disk" "$(virsh dumpxml web7)" "<boot dev='hd'/>"
check "--force replaces it while it runs" koan --virt --system=web7 --force
like "and installs anew" "$(virsh dumpxml web7)" '<kernel>'
virsh destroy web7

# Several at once, into a folder that none of them finds: one makes its pool, all use it.
pids=()
for name in one two three four; do
	koan --virt --system=web7 --virt-name=$name --virt-ram=64 --virt-path=/srv/new/ \
		--virt-file-size=0.5 >"$LOGS/$name.log" 2>&1 &
	pids+=($!)
done
for name in one two three four; do
	check "guest '$name' of four at once" wait "${pids[0]}"
	pids=("${pids[@]:1}")
	note "$(cat "$LOGS/$name.log")"
	virsh destroy $name >/dev/null 2>&1 || true # may have ended by itself
done
is "all disks are there" "$(cd /srv/new && echo *)" \
	"four-disk0 one-disk0 three-disk0 two-disk0"
done_testing
