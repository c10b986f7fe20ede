#!/usr/bin/env bash
# A diskless Xen host by UEFI: GRUB loads its multiboot2 module, Xen, dom0's kernel and an initrd with
# the whole of dom0 in it over HTTP. With Secure Boot on the signed GRUB may not load that module: the
# machine says so, and why, instead of stopping at a prompt.
# timeout: 1200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/vm/netboot.sh
. "$here/../vm/netboot.sh"
# shellcheck source=tests/vm/small_root.sh
. "$here/../vm/small_root.sh"

# What QEMU's emulation of these features gives, Xen does not survive.
XEN_CPU=max,smap=off,rdtscp=off,xsave=off,avx=off,avx2=off,f16c=off,fma=off,pku=off
XEN=$(find /boot -name 'xen-4.*-amd64.gz' | sort -V | tail -n 1)
must "Xen is installed" test -f "$XEN"

small_initrd /run/dom0.gz
netboot_server
must "a distro that is Xen with all of dom0 in the initrd" bootwright distro add --name=host \
	--breed=debian --kernel="$INSTALLER_TREE/debian-installer/amd64/linux" \
	--initrd=/run/dom0.gz --root=initrd --hypervisor="$XEN" --kernel-options=console=hvc0 \
	--hypervisor-options='dom0_mem=512M,max:512M console=com1 com1=115200,8n1 noreboot'
must "its profile" bootwright profile add --name=host --distro=host
check "web7 and web8 are such hosts" bootwright system edit --name=web7 --profile=host
check "web8, too" bootwright system edit --name=web8 --profile=host
must "sync" bootwright sync

vm_start web8 secureboot $WEB8
check "web8, Secure Boot: it is told why not" vm_says web8 'Secure Boot is on: .*refuses'
evidence_line web8 'Secure Boot is on: .*refuses'
check "web8: and what to do" vm_says web8 'Switch Secure Boot off'
lacks "web8: no Xen" "$(console web8)" '\(XEN\)'
vm_stop web8

requests_forget
vm_start web7 uefi $WEB7 -cpu $XEN_CPU
check "web7: Xen starts" vm_says web7 '\(XEN\) Xen version'
evidence_line web7 '\(XEN\) Xen version'
check "web7: GRUB has loaded it" vm_says web7 '\(XEN\) Bootloader: GRUB'
evidence_line web7 '\(XEN\) Bootloader: GRUB'
check "web7: init of dom0" vm_says web7 "$SMALL_ROOT_SAYS"
evidence_line web7 "$SMALL_ROOT_SAYS"
netboot_explained web7 $WEB7 --firmware=uefi
like "web7: with what hypervisor_options say" "$(console web7)" 'Command line:.*dom0_mem=512M'
vm_stop web7
check "the server stops cleanly" server_stop
done_testing
