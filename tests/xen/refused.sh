# shellcheck shell=bash
# What koan refuses on a Xen host and what fails half-way, for guests.sh: it says why, and the host is
# as it was. Wants the guest 'pv' on the volume vg0/pv-disk0.

# What koan could leave. (The installation of web7 may end meanwhile, and with it its loop device.)
host() {
	dom0_script <<-SH | grep -v '^/srv/di/'
		virsh -q -c $XEN_URI 'list --all --name; pool-list --all --name' | sort
		$TRACES
		find /var/cache/koan -name '*.part'
	SH
}
# changed COMMAND...: by the test itself, which wants to see this state again after each refusal.
changed() {
	"$@"
	host_before=$(host)
}
# unmade WHAT REGEX COMMAND...: koan fails so and leaves nothing.
unmade() {
	fails "$@"
	is "and nothing is left: $1" "$(host)" "$host_before"
}
refused() { unmade "$1" "$2" of_tiny --virt-name=lady --virt-type=xenpv "${@:3}"; }
changed true

# --- Volumes that koan does not touch. ---

refused "a volume of another guest" "is a disk of the domain 'pv'" --virt-path=vg0:pv-disk0 \
	--force-path
changed dom0 lvcreate -q -y -L 64M -n byhand vg0 >/dev/null
refused "a volume that is there" "'/dev/vg0/byhand' already exists" --virt-path=vg0:byhand
dom0 pvcreate -q --config devices/scan_lvs=1 /dev/vg0/byhand >/dev/null
refused "one that is LVM's itself" "not empty: .*LVM2" --virt-path=/dev/vg0/byhand
dom0 mkfs.ext4 -q -F /dev/vg0/byhand
refused "one with a file system" "not empty: .*ext4" --virt-path=/dev/vg0/byhand
dom0 mount /dev/vg0/byhand /mnt
refused "a mounted one, whatever is forced" "in use" --virt-path=/dev/vg0/byhand --force-path
dom0 umount /mnt
refused "more than the group has" "need 100.0 GiB" --virt-path=vg0 --virt-file-size=100
refused "which no --overcommit changes" "need 100.0 GiB" --virt-path=vg0 \
	--virt-file-size=100 --overcommit
refused "no group of that name" "no volume group 'nosuchvg'" --virt-path=nosuchvg
row "LVM: full, in use, labels, file systems" "refused; nothing left"
changed dom0 lvremove -q -y vg0/byhand >/dev/null

# A group that no storage pool of libvirt's has.
spare_group() {
	dom0_script <<-'SH'
		truncate -s 128M /run/vg1
		vgcreate -q vg1 "$(losetup -f --show /run/vg1)"
		lvcreate -q -y -L 16M -n byhand vg1
	SH
}
no_spare_group() {
	dom0_script <<-SH
		virsh -q -c $XEN_URI 'pool-destroy vg1; pool-undefine vg1'
		vgremove -q -y vg1
		losetup -d "\$(losetup -n -O NAME -j /run/vg1)"
		rm /run/vg1
	SH
}
changed spare_group >/dev/null
refused "more than is in a group without a pool" "'/dev/vg1' need 0.1 GiB" --virt-path=vg1 \
	--virt-file-size=0.125
fails "a guest that does not start from there" "does not start" of_tiny --virt-name=lady \
	--virt-type=xenpv --virt-path=vg1 --virt-ram=60000
is "leaves no volume" "$(dom0 lvs --noheadings -o lv_name vg1 | tr -d ' ')" byhand
check "and the others active" dom0 test -b /dev/vg1/byhand
changed no_spare_group >/dev/null
row "LVM: a group that libvirt does not know" "refused; its volumes stay active"

# --- The host has not what the guest wants. ---

refused "a name that is taken" "there is a domain 'lady' already|there is a domain 'pv' already" \
	--virt-name=pv
refused "a bridge that is not there" "no bridge 'nobr0' on this host .there is: .*xenbr0" \
	--virt-bridge=nobr0
# Only Xen's own attempt finds this out: then all is made already, also /etc/xen/lady.
refused "more memory than the host has" "does not start" --virt-path=vg0 --virt-ram=60000 \
	--xl-config
row "name taken, no bridge, no memory" "refused; nothing left"

# --- A guest that would be replaced. ---

old_guest() {
	virsh dumpxml --inactive old | sort
	dom0 cat /etc/xen/old
}
check "a guest" of_tiny --virt-name=old --virt-type=xenpv --virt-path=vg0 --xl-config
old_before=$(old_guest)
changed true
fails "a guest that does not start in its place" "does not start" of_tiny --virt-name=old \
	--virt-type=xenpv --virt-path=vg0 --virt-ram=60000 --xl-config --force
is "so the old one is what it was" "$(old_guest)" "$old_before"
# Its file was written again.
is "and nothing is left" "$(host | grep -v '^/etc/xen/old ')" \
	"$(grep -v '^/etc/xen/old ' <<<"$host_before")"
undo old
changed true
row "--force, and the new guest does not start" "the old one is back, and /etc/xen/old"

# --- Disks get full, at each step. ---

# small SIZE FOLDER: that folder is a file system of that size until it is unmounted.
small() { dom0_script <<<"mkdir -p $2; mount -t tmpfs -o size=$1 tmpfs $2"; }
small 4m /run/small
refused "full: koan's cache" "No space left" --cache-dir=/run/small --virt-path=vg0
is "where no half of a file stays" "$(dom0 find /run/small -type f)" ""
refused "full: a file for a disk" "need 0.1 GiB" --virt-path=/run/small/
unmade "full while an image is copied" "lady-disk0.*(No space|written|end)" \
	make_guest --image=tiny --virt-name=lady --virt-type=xenpv --virt-path=/run/small/ --overcommit
dom0 umount /run/small
small 100m,nr_inodes=1 /run/small
refused "full while the disk is made" "lady-disk0.*No space left" --virt-path=/run/small/
dom0 umount /run/small
changed small 4k,nr_inodes=1 /etc/xen
refused "full: the file for xl" "/etc/xen/lady.*No space left" --virt-path=vg0 --xl-config
changed dom0 umount /etc/xen
row "full: cache, disk, image, /etc/xen" "refused; nothing left"

# --- A server that lies about the kernel. ---

liar() {
	mkdir -p /run/liar/koan/v1/profile
	curl -fsS $URL/koan/v1/profile/tiny |
		jq '.kernel.sha256 = ("a" * 64)' >/run/liar/koan/v1/profile/tiny
	/usr/bin/python3 -m http.server --bind 10.77.0.1 --directory /run/liar 8008 >/run/liar.log 2>&1 &
	wait_for 30 curl -fsS -o /dev/null http://10.77.0.1:8008/koan/v1/profile/tiny
}
check "another server" liar
refused "a kernel that is not the plan's" "kernel: .*has the SHA-256" --server=10.77.0.1:8008
row "a kernel of another sum" "refused; nothing left"

# --- The connection to libvirt breaks. ---

# breaks TEXT before|after: koan's connection ends when it sends TEXT.
breaks() {
	dom0_script <<-SH
		rm -f /run/proxy.sock
		/usr/local/bin/libvirt-proxy.py /run/proxy.sock /run/libvirt/libvirt-sock '$1' 1 $2 \\
			>/run/proxy.log 2>&1 </dev/null &
		echo \$! >/run/proxy.pid
		until [ -S /run/proxy.sock ]; do sleep 0.2; done
	SH
}
scp -q "$REPO/tests/vm/libvirt-proxy.py" dom0:/usr/local/bin/
for mode in before after; do
	while read -r text what; do
		breaks "$text" $mode
		refused "the connection breaks $mode $what" "koan: " --virt-path=vg0 \
			--connect="xen+unix:///system?socket=/run/proxy.sock"
		check "it did" dom0 grep -q lost /run/proxy.log
		dom0_script <<<'kill "$(cat /run/proxy.pid)"'
	done <<-'STEPS'
		<on_reboot>restart the domain is defined
		<on_reboot>destroy the domain is started
	STEPS
done
row "libvirt's connection breaks" "4 times; nothing left"
