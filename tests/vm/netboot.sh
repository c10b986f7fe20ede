# shellcheck shell=bash
# What the tests that boot a machine from the network share: a server with managed dnsmasq and
# in.tftpd on the lab's network, the real installer imported, two systems of which one is booted.
# Source tests/e2e/lib.sh first.

WEB7=52:54:00:aa:00:07
WEB8=52:54:00:aa:00:08

# netboot_server [SETTING...]
netboot_server() {
	net_up
	net_advertise
	must "bootwrightd with dnsmasq and in.tftpd" server_start --services=managed
	must "settings" lab_settings "$@"
	netboot_items
}

# The installer's distro, a profile and the systems, published.
netboot_items() {
	must "import of the installer" bootwright import --path="$INSTALLER_TREE" --name=deb12
	check "profile add" bootwright profile add --name=bar --distro=deb12 \
		--virt-file-size=4 --virt-ram=1024 --kernel-options=console=ttyS0,115200n8
	check "system add web7" bootwright system add --name=web7 --profile=bar \
		--interface=eth0 --mac-address=$WEB7 --ip-address=10.77.0.21
	check "system add web8" bootwright system add --name=web8 --profile=bar \
		--interface=eth0 --mac-address=$WEB8 --ip-address=10.77.0.22
	must "sync" bootwright sync
	must "dnsmasq runs" wait_for 20 pgrep -f '^[^ ]*dnsmasq.*bootwright|^[^ ]*dnsmasq.*/run/bw'
}

events() { bootwright event list; }
installing() { events | grep -E "install-start +$1 "; }

nobody_installs() { ! installing "$1"; }

# evidence TEXT: what proves that the chain works, for people; tests/run and `make boot-check` show
# it. evidence_line NAME REGEX: the first line of the machine's console that matches, which is a
# test, too.
evidence() { note "evidence: $*"; }
evidence_line() {
	local line
	line=$(console "$1" | grep -aE -m 1 -- "$2" | tr -s ' \t' ' ' | cut -c1-150) || true
	like "$1: its console shows /$2/" "$line" "$2"
	evidence "$line"
}

# The machine NAME boots, its installer asks for its own preseed and obeys its early_command.
netboot_expect() {
	local name=$1
	check "$name: the installer's kernel starts" vm_says "$name" 'Linux version'
	check "$name: its installation is recorded" vm_wait "$name" installing "$name"
	events >"$LOGS/events"
	note "$(<"$LOGS/events")"
	evidence "$(installing "$name" | tail -n 1 | tr -s ' ')"
}
