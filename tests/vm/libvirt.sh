# shellcheck shell=bash
# A libvirt daemon of its own with the QEMU driver, for the sandbox of sandbox.sh: no systemd,
# no D-Bus, no polkit. LIBVIRT_URI reaches it.

export LIBVIRT_URI=qemu:///system
virsh() { command virsh --quiet --connect "$LIBVIRT_URI" "$@"; }

libvirt_start() {
	mkdir -p /etc/libvirt /var/lib/libvirt/images
	# The driver refuses to start without its default user, even where it is told another one.
	getent passwd libvirt-qemu >/dev/null || useradd --system --no-create-home libvirt-qemu
	cat >/etc/libvirt/qemu.conf <<-'CONF'
		security_driver = "none"
		user = "root"
		group = "root"
		dynamic_ownership = 0
		remember_owner = 0
		stdio_handler = "file"
		cgroup_controllers = []
		namespaces = []
	CONF
	cat >/etc/libvirt/libvirtd.conf <<-'CONF'
		auth_unix_rw = "none"
		auth_unix_ro = "none"
	CONF
	libvirtd --pid-file /run/libvirtd.pid >"$LOGS/libvirtd.log" 2>&1 &
	wait_for 60 libvirt_answers
}

libvirt_answers() { virsh version >/dev/null 2>&1; }

# Copies a guest's serial console to $LOGS/NAME.console for as long as the guest runs.
guest_console() {
	local pty
	pty=$(virsh ttyconsole "$1")
	: >"$LOGS/$1.console" # at once: the last guest's words would pass for this one's
	cat "$pty" >"$LOGS/$1.console" &
}

# What koan may leave on a host: domains, pools, and files with their size and time, so that one that
# was written over is seen, too.
libvirt_traces() {
	virsh list --all --name
	virsh pool-list --all --name
	find /var/lib/libvirt/{images,qemu/nvram} /srv /etc/xen \
		'(' -type f -printf '%p %s %T@\n' ')' -o -print 2>/dev/null | sort || true
}
