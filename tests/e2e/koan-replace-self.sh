#!/usr/bin/env bash
# koan on a real machine that shall be installed anew, with Secure Boot: its own system runs koan
# --replace-self and restarts, its GRUB starts the installer that one time, and the next time its own
# system again, which then hands over to the installer by kexec. Each time the installer fetches the
# machine's own preseed and obeys it; its disk, which it does not reach, is looked at in between.
# timeout: 1500
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/vm/debian_disk.sh
. "$here/../vm/debian_disk.sh"

DISK=/run/disk.img
KERNEL=$NETBOOT_TREE/debian-installer/amd64/linux
INITRD=$NETBOOT_TREE/debian-installer/amd64/initrd.gz
sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }

# All that the root has: files by mode, owner and sum, links, folders. And the rest of the disk.
root_files() {
	debian_look $DISK find . -type f -exec stat -c '%n %a %u %g' '{}' + \
		-exec sha256sum '{}' + -o -printf '%p %m %U %G %l\n' |
		sed 's,^\([0-9a-f]\{64\}\)  \(.*\),\2 \1,' | sort
}
before_root() { head -c "${DEBIAN_ROOT_MIB}M" $DISK | sha256sum; }
# Which files differ between two of them.
changed() { comm -3 <(echo "$1") <(echo "$2") | awk '{ print $1 }' | sort -u; }
grubenv() { debian_look $DISK grub-editenv boot/grub/grubenv list; }

installed() { [ "$(events | grep -cE 'install-start +web7 ')" = "$1" ]; }
is_gone() { ! vm_runs "$1"; }
restarts() {
	check "$1: it restarts" wait_for "$PATIENCE" is_gone "$1"
	vm_stop "$1"
}
# The command line of a console's last kernel.
last_line() { console "$1" | sed -n 's/^.*Kernel command line: //p' | tail -n 1; }

# --- A machine that was installed some time ago, and what the server shall put there. ---

must "a disk with a system on it" debian_disk $DISK "$BIN/koan" "$(type -P grub-editenv)" \
	"$(type -P kexec)"
netboot_server
check "web7 was installed" curl -fsS --max-time 20 -o /dev/null \
	http://10.77.0.1/report/end/system/web7
# One byte of what is signed is another.
cp "$KERNEL" /run/changed
printf '\xff' | dd of=/run/changed bs=1 seek=1000000 conv=notrunc status=none
check "a distro whose kernel nobody signed" bootwright distro add --name=changed --breed=debian \
	--kernel=/run/changed --initrd=/run/changed
check "its profile" bootwright profile add --name=changed --distro=changed
must "sync" bootwright sync
options=$(koan --replace-self --kexec --dry-run --no-copy-default --server=10.77.0.1 --system=web7 |
	sed -n 's/^options //p')
like "the plan leads to its preseed" "$options" "url=http://10.77.0.1/.*web7"

# --- Its own system: koan makes the next start the installer's. ---

files=$(root_files)
rest=$(before_root)
debian_start first secureboot $WEB7 $DISK '
koan --replace-self --yes --server=10.77.0.1 --system=nobody; echo "NOBODY $?"
koan --replace-self --server=10.77.0.1 </dev/null; echo "UNASKED $?"
echo "AS-BEFORE $(ls /boot | grep -c koan) $(ls /boot/grub | grep -c custom)"
koan --replace-self --yes --server=10.77.0.1 --system=web7; echo "REPLACED $?"'
must "its own system starts" vm_says first $DEBIAN_DISK_SAYS
check "a system that the server does not know is refused" vm_says first '^NOBODY [1-9]'
check "and a yes is wanted" vm_says first '^UNASKED [1-9]'
check "neither has written anything to /boot" vm_says first '^AS-BEFORE 0 0'
must "koan --replace-self" vm_says first '^REPLACED 0'
note "$(console first | sed -n "/$DEBIAN_DISK_SAYS/,\$p")"
evidence_line first '[Ss]ecure ?boot.*enabled'
like "it says which system is not there" "$(console first)" "^koan: .*nobody"
like "and what a yes would do" "$(console first)" 'nothing was changed; --yes'
restarts first

linux=boot/koan-$(sum_of "$KERNEL" | cut -c1-16).linux
initrd=boot/koan-$(sum_of "$INITRD" | cut -c1-16).initrd
after=$(root_files)
is "koan's files are there, and GRUB's environment block is another: nothing else has changed" \
	"$(changed "$files" "$after")" "$(printf './%s\n' boot/grub/{custom.cfg,grubenv} $initrd $linux \
		var/cache/koan "var/cache/koan/$(sum_of "$KERNEL")" "var/cache/koan/$(sum_of "$INITRD")" |
		sort)"
is "nor anything beside that file system" "$(before_root)" "$rest"
is "the kernel is the server's" "$(debian_look $DISK sha256sum $linux)" "$(sum_of "$KERNEL")  $linux"
is "so is the initrd" "$(debian_look $DISK sha256sum $initrd)" "$(sum_of "$INITRD")  $initrd"
check "GRUB understands the entry" debian_look $DISK grub-script-check boot/grub/custom.cfg
is "the next start is its" "$(grubenv)" next_entry=koan-reinstall

# --- The start after it: the installer, this one time. ---

debian_start second secureboot $WEB7 $DISK 'echo NOT-INSTALLED'
check "GRUB starts koan's entry" vm_says second 'Booting .Install web7 anew'
check "the installer's kernel starts" vm_says second 'Linux version'
check "its installation is recorded" vm_wait second installed 1
evidence "GRUB's entry: $(last_line second | cut -c1-150)"
is "its command line is the server's, with what this machine's hardware wants" \
	"$(last_line second)" "BOOT_IMAGE=/$linux $options net.ifnames=0"
lacks "its own system has not run" "$(console second)" $DEBIAN_DISK_SAYS
vm_stop second
is "GRUB has forgotten the entry, and nothing else has changed" \
	"$(changed "$after" "$(root_files)")" ./boot/grub/grubenv
is "so it was for once" "$(grubenv)" next_entry=

# --- Its own system again: kexec. ---

debian_start third secureboot $WEB7 $DISK '
kexec --kexec-syscall --load /boot/vmlinuz-*; echo "UNSIGNED-WAY $?"
koan --replace-self --kexec --yes --server=10.77.0.1 --profile=changed; echo "CHANGED $?"
koan --replace-self --kexec --yes --server=10.77.0.1; echo "NO-KEXEC $?"'
check "the next start is its own system's again" vm_says third $DEBIAN_DISK_SAYS
check "its kernel is locked down: kexec_load(2), which checks no signature, is refused" \
	vm_says third '^UNSIGNED-WAY [1-9]'
check "a kernel that nobody signed is not started" vm_says third '^CHANGED [1-9]'
like "and the reason told" "$(console third)" '^koan: .*kernel.*rejected'
check "koan finds the machine by its MAC address; the installer's kernel starts" \
	vm_says third 'Kernel command line: auto|NO-KEXEC'
check "its installation is recorded" vm_wait third installed 2
evidence "kexec: $(last_line third | cut -c1-150)"
is "it came by kexec: no boot loader has added to its command line" \
	"$(last_line third)" "$options net.ifnames=0"
is "two kernels and one start of the firmware" "$(console third | grep -c 'Linux version') $(
	console third | grep -c 'BdsDxe: starting')" "2 1"
vm_stop third
note "$(events)"
check "the server stops cleanly" server_stop
done_testing
