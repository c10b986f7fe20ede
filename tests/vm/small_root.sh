# shellcheck shell=bash
# A system that is done in a second, for what boots from elsewhere than an installer: busybox, a few
# device files, and an init that says so on the console. Source tests/vm/lib.sh first.

# What its init says, followed by the kernel's command line and what the root file system is.
SMALL_ROOT_SAYS=SMALL-ROOT-REACHED

# small_root FOLDER
small_root() {
	local root=$1
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,etc}
	cp /bin/busybox "$root/bin/"
	cat >"$root/init" <<-INIT
		#!/bin/busybox sh
		/bin/busybox mount -t proc proc /proc
		/bin/busybox mount -t sysfs sysfs /sys
		/bin/busybox mount -t devtmpfs devtmpfs /dev
		exec >/dev/console 2>&1
		echo "$SMALL_ROOT_SAYS \$(/bin/busybox uname -r) \$(/bin/busybox cat /proc/cmdline)"
		/bin/busybox grep ' / ' /proc/mounts
		while :; do /bin/busybox sleep 3600; done
	INIT
	chmod 755 "$root/init"
	[ -e "$root/dev/console" ] || mknod "$root/dev/console" c 5 1
}

# small_initrd FILE: the same as an initrd.
small_initrd() {
	local root
	root=$(mktemp -d)
	small_root "$root"
	(cd "$root" && find . | cpio --quiet -o -H newc) | gzip -1 >"$1"
	rm -r "$root"
}
