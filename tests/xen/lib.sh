# shellcheck shell=bash
# A Xen host for a test: Xen in QEMU with a Debian dom0, libvirtd with Xen's driver and sshd, as
# image.sh made it, on the lab's network at 10.77.0.2. Its bridge xenbr0 is part of that network,
# so its guests get their addresses and answers from the test's server. Source tests/e2e/lib.sh
# and tests/vm/netboot.sh first.

XEN_URI=xen:///system
# The recipe is built before the test, outside of its sandbox: it needs the network.
XEN_DIR=$("$REPO/tests/xen/image.sh")

# dom0_start: as a machine of tests/vm/lib.sh, so that vm_says dom0 and vm_stop dom0 go, too.
dom0_start() {
	local name=dom0 xen_arguments="console=com1 com1=115200,8n1 guest_loglvl=all"
	xen_arguments+=" dom0_mem=1280M,max:1280M spec-ctrl=no"
	# Not with -icount: an HVM guest's GRUB hangs there, in the firmware's timer. So nothing else should
	# run beside it: libxl gives its scripts 40 seconds by the clock.
	local accel=(-accel "${QEMU_ACCEL:-tcg}")
	net_tap tap-$name
	: >"$LOGS/$name.console"
	truncate -s 4G /run/vg0
	qemu-system-x86_64 -name $name -nodefaults "${accel[@]}" -cpu "$XEN_CPU" -m 3072 \
		-display none -serial "file:$LOGS/dom0.console" -no-reboot \
		-kernel "$XEN_DIR/xen" -append "$xen_arguments" \
		-initrd "$XEN_DIR/vmlinuz console=hvc0 quiet panic=1 $VM_FAST,$XEN_DIR/initrd" \
		-drive "file=$XEN_DIR/disk.img,format=raw,if=virtio,snapshot=on" \
		-drive file=/run/vg0,format=raw,if=virtio,cache=unsafe,discard=unmap \
		-netdev tap,id=net,ifname=tap-$name,script=no,downscript=no \
		-device virtio-net-pci,netdev=net,mac=52:54:00:aa:00:02 -device virtio-rng-pci \
		>"$LOGS/dom0.qemu" 2>&1 &
	# shellcheck disable=SC2034 # vm/lib.sh's
	vm_pid[$name]=$!
	dom0_ssh_config
}

# For libvirt's own ssh, too. One connection serves all commands: a new one takes a second.
dom0_ssh_config() {
	install -m 600 "$XEN_DIR/key" /run/dom0.key
	mkdir -p /etc/ssh/ssh_config.d
	cat >/etc/ssh/ssh_config.d/dom0.conf <<-'CONF'
		Host dom0
			HostName 10.77.0.2
			User root
			IdentityFile /run/dom0.key
			StrictHostKeyChecking no
			UserKnownHostsFile /dev/null
			LogLevel ERROR
			ControlMaster auto
			ControlPath /run/ssh-%C
			ControlPersist yes
	CONF
}

# dom0 COMMAND...: there, with its output and its status.
dom0() { ssh -n dom0 "$(printf '%q ' "$@")"; }
# dom0_script: the commands on standard input.
dom0_script() { ssh dom0 bash -e; }
dom0_answers() { ssh -n -o ConnectTimeout=60 -o ControlPath=none dom0 virsh -q -c $XEN_URI list >/dev/null 2>&1; }

virsh() { dom0 virsh -q -c $XEN_URI "$@"; }
# Its state would say so a moment before it can be started again. To ask costs an emulated processor
# two seconds, in which the guest does not run.
domain_is_off() { virsh list --inactive --name | grep -qx "$1" || { sleep 3; false; }; }

# guest_console NAME: what Xen logs of the guest's console, from now on, in $LOGS/NAME.console.
guest_console() {
	dom0 tail -F -n +1 "/var/log/xen/guest-$1.log" >"$LOGS/$1.console" 2>/dev/null &
}
guest_says() { vm_wait dom0 file_says "$LOGS/$1.console" "$2"; }
guest_stops() { vm_wait dom0 domain_is_off "$1"; }

# vm_cpu NAME: how many seconds of a processor the machine has used.
vm_cpu() {
	local ticks
	ticks=$(cut -d ' ' -f 14,15 "/proc/${vm_pid[$1]}/stat")
	echo $(((${ticks% *} + ${ticks#* }) / $(getconf CLK_TCK)))
}
