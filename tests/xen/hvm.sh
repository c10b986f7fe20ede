# shellcheck shell=bash
# HVM guests, for guests.sh: they have firmware (Xen's hvmloader and SeaBIOS, which speak on Xen's
# own console), a device model (QEMU in dom0) and a boot loader of their own (GRUB) on their disk.

# xen_says REGEX: Xen, or a guest's firmware through it, from the line firmware_from on.
xen_has_said() { tail -n "+$firmware_from" "$LOGS/dom0.console" | grep -aE -- "$1" >/dev/null; }
xen_says() { vm_wait dom0 xen_has_said "$1"; }
firmware_begins() { firmware_from=$(($(wc -l <"$LOGS/dom0.console") + 1)); }
device_model_runs() { dom0 pgrep -f "qemu-system-i386.* -xen-domid $(virsh domid "$1")( |\$)"; }

# Of hvc0, Xen keeps what is said there; of a serial line it keeps nothing.
hvm_installs() {
	check "hvm: koan makes an HVM guest" make_guest --system=hvm --virt-type=xenhvm \
		--virt-path=vg0 --kopts='console=hvc0 pci=noearly'
	guest_console hvm
	check "hvm: QEMU is its device model" device_model_runs hvm
	check "hvm: its firmware starts" xen_says 'SeaBIOS \(version'
	check "hvm: and koan's kernel" guest_says hvm 'TINY is up: HVM from= '
	check "hvm: it installs" guest_says hvm 'TINY has installed'
	check "hvm: its reboot ends it" guest_stops hvm
	like "hvm: the server knows" "$(events)" 'install-end +hvm .*boots from its disk from now on'
}
hvm_starts_from_disk() {
	firmware_begins
	check "hvm: starts again" virsh start hvm
	check "hvm: its firmware takes the disk" xen_says 'Booting from Hard Disk'
	check "hvm: whose GRUB starts the kernel" guest_says hvm 'TINY is up: HVM from=disk'
}
firmware_begins
hvm_installs
row "HVM on LVM: koan's kernel installs" "SeaBIOS (Xen's console); TINY is up: HVM; install-end"
hvm_starts_from_disk
undo hvm
row "HVM from its own disk" "SeaBIOS: Booting from Hard Disk; GRUB; TINY from=disk"

# From the network: the card's iPXE asks the server over HTTP, and what it starts installs.
pxe_asks() { vm_wait dom0 file_says "$LOGS/requests" "GET /$1\$"; }
check "pxe: koan --virt-pxe-boot" make_guest --system=pxe --virt-type=xenhvm \
	--virt-path=/srv/pxe.img --virt-pxe-boot
check "pxe: iPXE asks what its system boots" \
	pxe_asks 'boot/ipxe\?mac=00-16-3e-00-00-15&platform=pcbios&arch=i386'
check "pxe: and loads its kernel" pxe_asks 'images/firmware/vmlinuz'
check "pxe: which installs" pxe_asks 'cblr/svc/op/trig/mode/post/system/pxe'
like "pxe: its next start is from its disk" "$(virsh dumpxml --inactive pxe)" "<boot dev='hd'/>"
undo pxe
row "HVM by PXE, koan --virt-pxe-boot" "HTTP: /boot/ipxe?mac=00-16-3e-00-00-15; install-end"

# An image of a CD: iPXE's, which only has to be started.
firmware_begins
check "cd: koan --image, an ISO" make_guest --image=cd --virt-name=cd --virt-type=xenhvm \
	--virt-path=/srv/cd.img
like "cd: beside its disk" "$(virsh dumpxml cd)" "<target dev='hdb' bus='ide'/>"
check "cd: its firmware takes the CD" xen_says 'Booting from DVD/CD'
undo cd
row "HVM from a CD (image)" "SeaBIOS: Booting from DVD/CD"
