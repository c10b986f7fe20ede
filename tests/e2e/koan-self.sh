#!/usr/bin/env bash
# koan on the machine itself: --replace-self on made root folders with GRUB's own programs, the
# files that a machine keeps of its record, the answer file in the initrd, and https with a pinned
# authority. Nothing of the host is touched: the sandbox has its own /boot under /run.
# timeout: 240
set -euo pipefail
# shellcheck source=tests/vm/koan.sh
. "$(dirname "$0")/../vm/koan.sh"

CACHE=/run/cache
mkdir -p $WWW
head -c 300000 /dev/urandom >$WWW/linux
head -c 500000 /dev/urandom | gzip >$WWW/initrd.gz
echo 'd-i auto-install/enable boolean true' >$WWW/preseed
must "a server" koan_server
koan_plan system web7
koan_plan profile bar

# A root folder: Debian's with GRUB and custom.cfg, or Fedora's with boot loader entries.
make_root() {
	rm -rf "/run/$1"
	mkdir -p "/run/$1/"{boot,etc/default,proc}
	echo 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet console=ttyS0,115200' >"/run/$1/proc/cmdline"
}
debian_root() {
	make_root debian
	debian_grub debian
}
# debian_grub ROOT: GRUB's folder, as Debian has it.
debian_grub() {
	mkdir "/run/$1/boot/grub"
	grub-editenv "/run/$1/boot/grub/grubenv" create
	cat >"/run/$1/boot/grub/grub.cfg" <<-'CFG'
		if [ -s $prefix/grubenv ]; then load_env; fi
		if [ "${next_entry}" ]; then set default="${next_entry}"; set next_entry=; save_env next_entry; fi
		if [ -f ${config_directory}/custom.cfg ]; then source ${config_directory}/custom.cfg; fi
	CFG
}
fedora_root() {
	make_root fedora
	mkdir -p /run/fedora/boot/{grub2,loader/entries}
	grub-editenv /run/fedora/boot/grub2/grubenv create
	echo 'blscfg' >/run/fedora/boot/grub2/grub.cfg
	echo 'GRUB_ENABLE_BLSCFG=true' >/run/fedora/etc/default/grub
}
replace() { koan --replace-self --system=web7 --cache-dir=$CACHE "$@"; }
sum_of() { sha256sum <"$1" | cut -c1-64; }

# --- Debian: custom.cfg and the environment block. ---

debian_root
echo '# mine' >/run/debian/boot/grub/custom.cfg
before=$(koan_files /run/debian)
fails "without an answer nothing happens" 'nothing was changed; --yes' \
	replace --root=/run/debian
is "nothing has changed" "$(koan_files /run/debian)" "$before"
printf 'no\n' >/run/no
answer_no() { replace --root=/run/debian </run/no; }
fails "no is no" 'nothing was changed' answer_no
like "--dry-run says what it would do" "$(replace --root=/run/debian --dry-run)" \
	"options auto=true .*console=ttyS0,115200"
is "and changes nothing" "$(koan_files /run/debian)" "$before"
like "the entry is for one start" "$(replace --root=/run/debian --dry-run)" "custom.cfg, for the next start only"
# Not GRUB's own grub-probe: no sandbox has a volume group below its /boot.
mkdir /run/lvm
printf '#!/bin/sh\n[ "$1" = --target=fs ] || echo lvm\n' >/run/lvm/grub-probe
chmod 755 /run/lvm/grub-probe
on_lvm() { PATH=/run/lvm:$PATH replace --root=/run/debian --dry-run; }
like "where GRUB cannot forget it, koan says so" "$(on_lvm)" \
	'warning GRUB cannot write on lvm: .*grub-editenv /run/debian/boot/grub/grubenv unset next_entry'
printf 'yes\n' >/run/yes
answer_yes() { replace --root=/run/debian </run/yes; }
check "yes is yes" answer_yes
custom=$(cat /run/debian/boot/grub/custom.cfg)
like "what stood in custom.cfg stays" "$custom" '^# mine$'
like "the entry has the plan's arguments" "$custom" "'url=http://127.0.0.1/preseed'"
like "and the machine's console" "$custom" "'console=ttyS0,115200'"
lacks "and not its root" "$custom" 'root=/dev|quiet'
check "GRUB understands it" grub-script-check /run/debian/boot/grub/custom.cfg
kernel=$(compgen -G '/run/debian/boot/koan-*.linux')
initrd=$(compgen -G '/run/debian/boot/koan-*.initrd')
is "the kernel is in /boot" "$(sum_of "$kernel")" "$(sum_of $WWW/linux)"
is "and the initrd" "$(sum_of "$initrd")" "$(sum_of $WWW/initrd.gz)"
like "the entry names them as GRUB finds them" "$custom" "linux '${kernel#/run/debian}'"
is "the next start is the entry's" "$(grub-editenv /run/debian/boot/grub/grubenv list)" \
	"next_entry=koan-reinstall"
first=$(koan_files /run/debian)
check "again" replace --root=/run/debian/ --yes
is "changes nothing" "$(koan_files /run/debian)" "$first"
head -c 500000 /dev/urandom | gzip >$WWW/initrd.gz
koan_plan system web7
touch /run/debian/boot/koan-mine.initrd
check "with another initrd" replace --root=/run/debian --yes
is "the one before is gone from /boot, and nothing else" "$(cd /run/debian/boot && echo koan-*)" \
	"$(printf '%s\n' "${kernel##*/}" "koan-$(sum_of $WWW/initrd.gz | cut -c1-16).initrd" koan-mine.initrd | sort | xargs)"
debian_root
check "--add-reinstall-entry" replace --root=/run/debian --add-reinstall-entry
check "adds the entry" grep -q koan-reinstall /run/debian/boot/grub/custom.cfg
is "and leaves the next start alone" "$(grub-editenv /run/debian/boot/grub/grubenv list)" ""
check "--no-copy-default" replace --root=/run/debian --yes --no-copy-default --kopts="a b"
lacks "takes no argument over" "$(cat /run/debian/boot/grub/custom.cfg)" 'ttyS0'
like "--kopts come last" "$(cat /run/debian/boot/grub/custom.cfg)" "'a' 'b'$"
check "--static-interface" replace --root=/run/debian --yes --static-interface=eth0
like "gives the addresses" "$(cat /run/debian/boot/grub/custom.cfg)" \
	"'netcfg/get_ipaddress=10.77.0.7' 'netcfg/get_netmask=255.255.255.0'"

# --- A root file system in a subvolume, where GRUB's paths begin above it. ---

btrfs_root() {
	truncate -s 128M /run/btrfs.img
	mkfs.btrfs -q /run/btrfs.img
	mkdir /run/suse
	mount -o loop /run/btrfs.img /run/suse
	btrfs subvolume create /run/suse/@ >/dev/null
	umount /run/suse
	mount -o loop,subvol=@ /run/btrfs.img /run/suse
	mkdir /run/suse/boot
	debian_grub suse
}
must "a root on btrfs" btrfs_root
like "which GRUB cannot write on" "$(replace --root=/run/suse --dry-run)" 'warning GRUB cannot write on btrfs'
check "--replace-self there" replace --root=/run/suse --yes
kernel=$(compgen -G '/run/suse/boot/koan-*.linux')
like "names the subvolume, too" "$(cat /run/suse/boot/grub/custom.cfg)" \
	"linux '/@${kernel#/run/suse}'"
umount /run/suse

# --- Fedora: a boot loader entry. ---

fedora_root
koan_plan system web7 '.breed = "redhat" | .os_version = "rhel9" | .kernel_options = "inst.ks=http://127.0.0.1/preseed"'
check "with boot loader entries" replace --root=/run/fedora --yes
entry=$(cat /run/fedora/boot/loader/entries/koan-reinstall.conf)
like "one is written" "$entry" '^options inst.ks=http://127.0.0.1/preseed console=ttyS0,115200$'
check "and no custom.cfg" test ! -e /run/fedora/boot/grub2/custom.cfg
is "the next start is the entry's" "$(grub-editenv /run/fedora/boot/grub2/grubenv list)" \
	"next_entry=koan-reinstall"
fails "what an entry cannot hold is refused" 'boot loader entry cannot hold' \
	replace --root=/run/fedora --yes --kopts='a=$b'

# --- The answer file in the initrd. ---

debian_root
koan_plan system web7
check "--embed" replace --root=/run/debian --yes --embed
like "the installer reads it from there" "$(cat /run/debian/boot/grub/custom.cfg)" \
	"'file=/preseed.cfg'"
lacks "and not from the server" "$(cat /run/debian/boot/grub/custom.cfg)" 'url='
initrd=$(compgen -G '/run/debian/boot/koan-*.initrd')
at=$((($(stat -c %s $WWW/initrd.gz) + 3) / 4 * 4))
tail -c +$((at + 1)) "$initrd" >/run/embedded.cpio
is "cpio finds it behind the installer's own initrd" \
	"$(cpio --quiet -it </run/embedded.cpio)" preseed.cfg
is "whole" "$(cpio --quiet -i --to-stdout preseed.cfg </run/embedded.cpio)" \
	"$(cat $WWW/preseed)"
is "for nobody else to read" "$(stat -c %a "$initrd")" 600
is "nor in the cache" "$(find "$CACHE" -name 'joined-*' -printf '%m\n' | sort -u | head -n 1)" 600

# --- What goes wrong leaves /boot as it was. ---

debian_root
before=$(koan_files /run/debian)
unchanged() { is "/boot is as it was: $1" "$(koan_files /run/debian)" "$before"; }
koan_plan system web7 '.kernel.sha256 = ("a" * 64)'
fails "a wrong sum" 'kernel: .*has the SHA-256' replace --root=/run/debian --yes
unchanged "a wrong sum"
koan_plan system web7
rm -rf $CACHE
mount -t tmpfs -o size=600k tmpfs /run/debian/boot
mkdir /run/debian/boot/grub
grub-editenv /run/debian/boot/grub/grubenv create
echo 'source custom.cfg' >/run/debian/boot/grub/grub.cfg
fails "a full /boot" 'No space left' replace --root=/run/debian --yes
is "no half kernel is left there" "$(cd /run/debian/boot && echo *)" grub
umount /run/debian/boot
chattr +i /run/debian/boot/grub/grubenv 2>/dev/null && {
	fails "an environment block that cannot be written" 'next start cannot be chosen' \
		replace --root=/run/debian --yes
	chattr -i /run/debian/boot/grub/grubenv
	unchanged "the environment block"
}
rm -rf /run/debian/boot/grub/grubenv
mkdir /run/debian/boot/grub/grubenv
before=$(koan_files /run/debian)
fails "no environment block" 'next start cannot be chosen' replace --root=/run/debian --yes
unchanged "no environment block"
debian_root
echo '# nothing' >/run/debian/boot/grub/grub.cfg
fails "a GRUB that does not read custom.cfg" 'update-grub' replace --root=/run/debian --yes
make_root empty
fails "no GRUB" 'without GRUB, use --kexec' replace --root=/run/empty --yes
fails "--kexec in another root" '--kexec starts this machine' \
	replace --root=/run/debian --kexec --yes
koan_plan system big '.arch = "s390x"'
fails "an architecture that this machine has not" "'big' is for s390x, this machine is" \
	koan --replace-self --system=big --yes --kexec --dry-run
koan_plan system small '.arch = "i386"'
for machine in x86_64 i686; do
	check "one of 32 bits, on $machine" setarch $machine \
		koan --replace-self --system=small --yes --kexec --dry-run
done

# --- This machine is found by its MAC address. ---

mac=52:54:00:aa:00:01
ip link add self type bridge
ip link set self address $mac
cp $WWW/koan/v1/system/web7 $WWW/koan/v1/mac/$mac
like "without a name the server is asked for this machine" "$(koan --display)" '^system *: web7$'
rm $WWW/koan/v1/mac/$mac
fails "which it may not know" "knows no system with a MAC address of this machine .*$mac" \
	koan --display

if ip link add link self name guest address 52:54:00:aa:00:09 type macvtap; then
	cp $WWW/koan/v1/system/web7 $WWW/koan/v1/mac/52:54:00:aa:00:09
	fails "a guest that runs on it is another machine" "knows no system .*($mac)" koan --display
	ip link del guest
else
	skip "a guest that runs on it is another machine" "this kernel has no macvtap"
fi

# --- Files that a machine keeps. ---

keeps() {
	jq -n --arg content "$2" --arg path "$1" '{files: [{path: "/etc/motd", content: "hello\n"},
		{path: $path, content: $content}]}' >$WWW/files.json
}
root=/run/kept
mkdir -p $root/etc/app
echo old >$root/etc/app/a.conf
chmod 640 $root/etc/app/a.conf
chown 12:34 $root/etc/app/a.conf
keeps /etc/app/a.conf $'new\n'
update() { koan --update-files --system=web7 --root=$root "$@"; }
is "--dry-run says what it would write" "$(update --dry-run)" \
	$'would write /etc/motd\nwould write /etc/app/a.conf'
is "and does not" "$(cat $root/etc/app/a.conf)" old
is "they are written" "$(update --summary)" \
	$'wrote /etc/motd\nwrote /etc/app/a.conf\nsummary: 2 of 2 files changed'
is "whole" "$(cat $root/etc/motd $root/etc/app/a.conf)" $'hello\nnew'
is "with the mode and owner of the one before" "$(stat -c '%a %u %g' $root/etc/app/a.conf)" \
	"640 12 34"
# user::rw-, user:1234:r--, group::r--, mask::r--, other::---
acl=0200000001000600ffffffff02000400d204000004000400ffffffff10000400ffffffff20000000ffffffff
/usr/bin/python3 -c 'import os, sys
os.setxattr(sys.argv[1], "system.posix_acl_access", bytes.fromhex(sys.argv[2]))' \
	$root/etc/app/a.conf $acl
keeps /etc/app/a.conf $'for 1234\n'
update >/dev/null
is "and the ACL" "$(/usr/bin/python3 -c 'import os, sys
print(os.getxattr(sys.argv[1], "system.posix_acl_access").hex())' $root/etc/app/a.conf) $(cat $root/etc/app/a.conf)" \
	"$acl for 1234"
chmod 2750 $root/etc/app/a.conf
keeps /etc/app/a.conf $'newer\n'
update >/dev/null
is "a group's bit, too" "$(stat -c '%a %u %g' $root/etc/app/a.conf)" "2750 12 34"
is "and not again" "$(update --summary)" "summary: 0 of 2 files changed"
keeps /etc/../../escape x
fails "a path that climbs is refused before anything is written" 'files.1..path' update
keeps /link/escape x
mkdir $root/run
ln -s /run $root/link
check "an absolute link leads nowhere but into the root" update
check "so the file is below it" test -e $root/run/escape
check "and not in the host's" test ! -e /run/escape

# --- https, and whom it trusts. ---

koan_plan profile bar '.kernel.url = "https://localhost/linux" | .initrd[0].url = "https://127.0.0.1/initrd.gz"'
over_tls() {
	koan --virt --profile=bar --server=https://localhost --connect=test:///default \
		--cache-dir=/run/tls-cache "$@"
}
fails "an authority that the system does not know" 'SSL|certificate' over_tls
fails "an authority that did not sign it" 'SSL|certificate' over_tls --ca-file=/run/tls/other.pem
fails "an authority that is not there" 'nosuch|certificate' over_tls --ca-file=/run/tls/nosuch.pem
check "a pinned authority" over_tls --ca-file=/run/tls/ca.pem
rm -rf /run/tls-cache
koan_plan profile bar '.kernel.url = "https://localhost/to-http"'
fails "https is not left for http" 'kernel: .*to-http' over_tls --ca-file=/run/tls/ca.pem
done_testing
