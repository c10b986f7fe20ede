#!/usr/bin/env bash
# koan on libvirt's test driver: every kind of guest with every group of options that it takes is
# made, not only written down; a hundred guests at once; what --progress says; and memory that is
# whole and given back, by valgrind's judgement.
# timeout: 400
set -euo pipefail
# shellcheck source=tests/vm/koan.sh
. "$(dirname "$0")/../vm/koan.sh"

export LIBVIRT_DEFAULT_URI=test:///default
mkdir -p $WWW
head -c 300000 /dev/urandom >$WWW/linux
head -c 500000 /dev/urandom >$WWW/initrd.gz
must "a server" koan_server
koan_plan profile bar '.interfaces = []'
koan_plan system web7 '.virt.file_size = [0.5, 1.5] | .virt.disk_driver = ["qcow2", "raw"]'
koan_plan image cd ".image = $(koan_file linux) + {type: \"iso\"} | del(.kernel, .initrd) | .profile = \"\""
koan_plan image kernel ".image = $(koan_file linux) + {type: \"direct\"} | del(.kernel, .initrd) | .profile = \"\""

# --- Every kind of guest with every group of options. ---

made() { check "$1 $2" koan --virt $2 --virt-type="$1"; }
for type in kvm qemu xenpv xenpvh xenhvm; do
	while read -r options; do
		made $type "$options"
	done <<-'ALL'
		--system=web7
		--profile=bar --nogfx
		--profile=bar --graphics=vnc --virt-auto-boot
		--profile=bar --virt-path=/srv/a/,vg0,/dev/vg9/lv --virt-file-size=1 --virt-disk-driver=raw
		--profile=bar --virt-path=iscsi://san/iqn.2026-11.org.example:a/1,nbd://h/x,rbd://m/p/i
		--profile=bar --virt-bridge=br0,br1 --virt-ram=2048 --virt-cpus=4 --kopts=quiet
		--profile=bar --preallocate
		--profile=bar --count=2
		--image=kernel
		--system=web7 --static-interface=eth0
	ALL
	[[ $type == xenpv || $type == xenpvh ]] && continue
	while read -r options; do
		made $type "$options"
	done <<-'FIRMWARE'
		--profile=bar --virt-pxe-boot
		--profile=bar --virt-firmware=bios
		--image=cd
	FIRMWARE
	[[ $type == xenhvm ]] && continue
	for bus in virtio scsi sata ide usb; do
		made $type "--profile=bar --qemu-disk-type=$bus --qemu-net-type=e1000"
	done
	made $type "--profile=bar --qemu-machine-type=pc"
done
long=$(printf '%01000d' 0)
like "more arguments than Xen hands over" "$(koan --virt --profile=bar --virt-type=xenpv \
	--virt-name=long --kopts="$long" 2>&1)" \
	"arguments have 10[0-9]* bytes; that of a Xen PV guest sees the first 1023"
lacks "than Linux takes" "$(koan --virt --profile=bar --virt-type=xenpvh --virt-name=long2 \
	--kopts="$long" 2>&1)" "sees the first"
fails "what only firmware can" 'no firmware to boot from the network' \
	koan --virt --profile=bar --virt-type=xenpv --virt-pxe-boot
fails "arguments without a kernel" 'kopts.* are for a kernel that koan starts; .*its CD' \
	koan --virt --image=cd --virt-type=kvm --kopts=quiet
fails "what only QEMU can" 'are for KVM and QEMU' \
	koan --virt --profile=bar --virt-type=xenhvm --qemu-disk-type=ide
fails "what only Xen has" 'is for Xen, not for a KVM guest' \
	koan --virt --profile=bar --virt-type=kvm --xl-config
fails "the xl configuration is Xen's libvirt's to write" 'cannot convert the guest' \
	koan --virt --profile=bar --virt-type=xenpv --format=xl
fails "of a guest of Xen's" "is for Xen, not for a KVM guest" \
	koan --virt --profile=bar --virt-type=kvm --format=xl
fails "and a file for xl is for a host that is here" '/etc/xen|this host' \
	koan --virt --profile=bar --virt-type=xenpv --xl-config
fails "and what xl would take for configuration is refused" "both kinds of quotes" \
	koan --virt --profile=bar --virt-type=xenpv --format=xl --kopts="a\"b' ; name = 'c"
fails "and what libvirt would leave out" "leaves UEFI out" \
	koan --virt --profile=bar --virt-type=xenhvm --virt-firmware=uefi --format=xl
fails "a backslash, too" "a backslash" \
	koan --virt --profile=bar --virt-type=xenpv --format=xl --kopts='a\'
check "so there is none" test ! -e /etc/xen/bar

# --- A hundred. ---

koan --virt --profile=bar --count=100 --virt-file-size=0.25 --summary --progress \
	>/run/hundred 2>/run/progress || note "$(tail -n 5 /run/progress)"
is "a hundred guests" "$(grep -c "is being installed" /run/hundred)" 100
is "with a hundred addresses" "$(grep -o '00:16:3e[0-9a-f:]*' /run/hundred | sort -u | wc -l)" 100
is "and disks" "$(grep -o '/[^ ]*-disk0' /run/hundred | sort -u | wc -l)" 100
like "the summary says so" "$(tail -n 1 /run/hundred)" \
	'^summary: 100 of 100 guests made, 100 disks made, 0.0 MiB fetched$'
is "--progress counts them" "$(grep -c "is made ([0-9]* of 100)" /run/progress)" 100
rm -rf /var/cache/koan
koan --virt --profile=bar --progress >/dev/null 2>/run/progress
like "and the bytes" "$(cat /run/progress)" 'initrd.gz: 0.5 of 0.5 MiB'
echo '{}' >$WWW/taken # half of the addresses are systems' of the server
is "a system's address is nobody else's" "$(koan --virt --profile=bar --virt-name=other --count=40 \
	--virt-file-size=0.25 | grep -c 'network  00:16:3e:[4-7]')" 40
rm $WWW/taken
touch /run/silent
check "a server that has stopped answering" koan --virt --profile=bar --virt-name=alone --count=40 \
	--virt-file-size=0.25
check "is not asked for each guest" test "$(grep -c ' 444 ' /run/nginx/access.log)" -le 2
rm /run/silent
fails "a name that is taken is seen before the first is made" 'virt-name' \
	koan --virt --profile=bar --count=3 --virt-name=../x

# --- libvirt is started anew while koan waits. ---

# The test driver's guests, in a daemon that keeps them while anyone is connected.
# shellcheck source=tests/vm/libvirt.sh
. "$here/../vm/libvirt.sh"
FAR="test+unix:///default?socket=/run/proxy.sock"
far_virsh() { virsh -q -c "test+unix:///default?socket=/run/libvirt/libvirt-sock" "$@"; }
proxy() {
	"$here/../vm/libvirt-proxy.py" /run/proxy.sock /run/libvirt/libvirt-sock never 1 after &
	proxy=$!
	wait_for 10 test -S /run/proxy.sock
}
has_line() { grep -q -- "$1" /run/wait.out; }
must "libvirt answers" libvirt_start
sleep 1000 | far_virsh >/dev/null & # stays connected
proxy
koan --virt --profile=bar --virt-name=waits --connect="$FAR" --vm-poll >/run/wait.out 2>&1 &
koan=$!
check "koan waits" wait_for 30 has_line "'waits' is being installed"
kill $proxy
wait $proxy 2>/dev/null || true
rm /run/proxy.sock
sleep 3 # of which koan has to find the connection gone
check "still, while libvirt is away" kill -0 $koan
proxy
check "the guest stops" far_virsh destroy waits
check "koan sees it" wait_for 60 has_line "installation of 'waits' has ended"
check "and is done" wait $koan
is "the guest runs again" "$(far_virsh domstate waits)" running

# Another koan replaces the guest and has it not started at its end.
NEAR="test+unix:///default?socket=/run/libvirt/libvirt-sock"
koan --virt --profile=bar --virt-name=shared --connect="$NEAR" --vm-poll >/run/wait.out 2>&1 &
koan=$!
check "koan waits" wait_for 30 has_line "'shared' is being installed"
check "another one replaces its guest" koan --virt --profile=bar --virt-name=shared --force \
	--connect="$NEAR"
check "which stops" far_virsh destroy shared
status=0
wait $koan || status=$?
is "koan fails" "$status" 1
check "says why" has_line "guest 'shared' was replaced by somebody else"
is "and does not start what is not its own" "$(far_virsh domstate shared)" "shut off"

# What goes wrong with one of several does not keep the others from their disks.
koan --virt --profile=bar --virt-name=pair --count=2 --vm-poll \
	--connect="test+unix:///default?socket=/run/libvirt/libvirt-sock" >/run/wait.out 2>&1 &
koan=$!
check "koan waits for two" wait_for 30 has_line "'pair-2' is being installed"
check "one is taken away" far_virsh undefine pair-1
far_virsh destroy pair-1
check "the other stops" far_virsh destroy pair-2
status=0
wait $koan || status=$?
is "koan fails" "$status" 1
check "says which one is lost" has_line "guest 'pair-1': .*cannot be seen any more"
check "and how many" has_line "1 of 2 guests could not be started"
is "the other one runs again" "$(far_virsh domstate pair-2)" running

# --- Memory. ---

if [ "${B:-build}" = build ]; then
	watched() { valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite "$@"; }
	rm -rf /var/cache/koan
	check "valgrind: five guests" watched koan --virt --profile=bar --count=5
	check "valgrind: XML" watched koan --virt --system=web7 --dry-run
	refused() { ! watched koan --virt --profile=bar --virt-path=/srv/a/,vg0 \
		--virt-file-size=1,60000 --overcommit 2>/run/said && ! grep -q '==' /run/said; }
	check "valgrind: a disk that cannot be made" refused
fi
done_testing
