# shellcheck shell=bash
# What the tests that boot a machine from the network share: a server with managed dnsmasq and
# in.tftpd on the lab's network, the real installer imported, two systems of which one is booted.
# Source tests/e2e/lib.sh first.

WEB7=52:54:00:aa:00:07
WEB8=52:54:00:aa:00:08
# An emulated machine takes 12 seconds to note all answers of a whole preseed, and up to 20 to load all
# drivers. So most chains do without the drivers that none of their machines has use for, and with one
# answer, by which the installer says that it obeys; whole_installer, before netboot_server, is for the
# others.
NETBOOT_TREE=$("$REPO/tests/vm/lean_installer" "$INSTALLER_TREE")
NETBOOT_ANSWERS=(--autoinstall=short.preseed)
whole_installer() {
	NETBOOT_TREE=$INSTALLER_TREE
	NETBOOT_ANSWERS=() # what the import has chosen
}
short_answers() {
	echo 'd-i preseed/early_command string wget -q -O /dev/null "{{ report_start_url }}"' \
		>"$STATE/kickstarts/short.preseed"
}

# netboot_server [SETTING...]
netboot_server() {
	net_up
	net_advertise
	: >"$LOGS/requests"
	/usr/bin/python3 "$REPO/tests/vm/requests.py" br0 >>"$LOGS/requests" 2>&1 &
	must "bootwrightd with dnsmasq and in.tftpd" server_start --services=managed
	must "settings" lab_settings "$@"
	netboot_items
}

# The installer's distro, a profile and the systems, published.
netboot_items() {
	must "import of the installer" bootwright import --path="$NETBOOT_TREE" --name=deb12
	must "its answers" short_answers
	check "profile add" bootwright profile add --name=bar --distro=deb12 \
		"${NETBOOT_ANSWERS[@]}" --virt-file-size=4 --virt-ram=1024 \
		--kernel-options="console=ttyS0,115200n8 $VM_FAST"
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
# requested WHAT...: lines of what machines asked the server for, as requests.py writes them, are
# these, in this order, others between them; not_requested REGEX.
requested() {
	local what
	for what in "$@"; do
		like "asked for: $what" "$(<"$LOGS/requests")" "^$what\$"
	done
	check "in this order" requests_in_order "$@"
	evidence "$(awk '{ all[$1] = all[$1] " " $NF } END { for (by in all) print by ":" all[by] }' \
		"$LOGS/requests" | sort | tr '\n' ' ' | cut -c1-300)"
}
requests_in_order() {
	local what line=0 next
	for what in "$@"; do
		next=$(tail -n "+$((line + 1))" "$LOGS/requests" | grep -nE -m 1 "^$what\$") || return 1
		line=$((line + ${next%%:*}))
	done
}
not_requested() { lacks "not asked for: $1" "$(<"$LOGS/requests")" "$1"; }

# The same for a line that is still to come.
evidence_when() {
	check "$1: /$2/ is coming" vm_says "$1" "$2"
	evidence_line "$@"
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

# netboot_explained NAME MAC EXPLAIN-OPTION...: what `boot explain` says of the machine is what it has
# done: the files that it asked for over TFTP and HTTP, and where it starts a kernel with an answer
# file, its command line and that file. Not compared: DHCP's answer itself, of which only what
# followed is seen. The one machine since the start, or since requests_forget.
netboot_explained() {
	local name=$1 mac=$2 line url sum
	shift 2
	check "$name: its boot can be explained, and nothing is broken" \
		explain_to "$LOGS/$name.explained" "$mac" "$@"
	line=$(console "$name" | sed -n 's/^.*Kernel command line: //p' | head -n 1)
	check "$name: it has booted as explained" /usr/bin/python3 "$here/../vm/explained.py" \
		"$LOGS/$name.explained" "$LOGS/requests" "$line"
	url=$(jq -r '.chains[0].answer.url // ""' "$LOGS/$name.explained")
	[ -n "$url" ] || return 0
	sum=$(curl -fsS --max-time 20 "$url" | sha256sum | cut -d ' ' -f 1)
	is "$name: its answer file is the one explained" "$sum" \
		"$(jq -r '.chains[0].answer.sha256' "$LOGS/$name.explained")"
}
requests_forget() { : >"$LOGS/requests"; }
explain_to() {
	local file=$1
	shift
	bootwright boot explain "$@" --output=json >"$file" || { cat "$file"; return 1; }
}
