#!/usr/bin/env bash
# An aarch64 machine with UEFI boots by shim and GRUB over TFTP into Debian's installer, which fetches
# its own preseed. ARM64_LOADERS is a folder of tests/boot/arm64/loaders.
# timeout: 3000
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"

# Emulated, this processor takes three times as long as the others' to come to its preseed.
PATIENCE=1800
NETBOOT_TREE=/usr/lib/debian-installer/images/12/arm64/text

# What this machine has not installed, in the places of its packages.
borrow_loaders() {
	local lib
	for lib in grub shim; do
		mkdir -p "/run/borrowed/$lib"
		cp -r "/usr/lib/$lib/." "$ARM64_LOADERS/usr/lib/$lib/." "/run/borrowed/$lib/"
		mount --bind "/run/borrowed/$lib" "/usr/lib/$lib"
	done
}

# arm64_start NAME MAC
arm64_start() {
	local name=$1 mac=$2
	cp /usr/share/AAVMF/AAVMF_VARS.fd "/run/$name.vars"
	net_tap "tap-$name"
	: >"$LOGS/$name.console"
	qemu-system-aarch64 -name "$name" -nodefaults -machine virt -cpu cortex-a57 -m 1024 \
		-display none -no-reboot -serial "file:$LOGS/$name.console" \
		-drive if=pflash,format=raw,readonly=on,file=/usr/share/AAVMF/AAVMF_CODE.fd \
		-drive "if=pflash,format=raw,file=/run/$name.vars" -device virtio-rng-pci \
		-netdev "tap,id=net,ifname=tap-$name,script=no,downscript=no" \
		-device "virtio-net-pci,netdev=net,mac=$mac,romfile=" >"$LOGS/$name.qemu" 2>&1 &
	vm_pid[$name]=$!
}

must "loaders of aarch64" borrow_loaders
netboot_server
is "the tree's architecture" "$(bootwright distro report --name=deb12 --output=json |
	jq -r '.. | .arch? // empty' | head -n 1)" aarch64
check "its console" bootwright profile edit --name=bar --kernel-options="console=ttyAMA0 $VM_FAST"
must "sync" bootwright sync
is "its loaders are published" "$(bootwright loaders --output=json |
	jq -r '.[] | select(.name == "shimaa64.efi" or .name == "grubaa64.efi") | .state' | uniq)" \
	published
arm64_start web7 $WEB7
check "web7: GRUB" vm_says web7 'Welcome to GRUB|GNU GRUB'
check "web7: its own entry" vm_says web7 'web7 installs'
netboot_expect web7
evidence_line web7 'Linux version [^ ]+-arm64'
netboot_explained web7 $WEB7 --firmware=uefi
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
