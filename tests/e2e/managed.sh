#!/usr/bin/env bash
# With managed services a privileged parent runs dnsmasq and in.tftpd; the process that speaks
# HTTP has no privileges, and what dies is started again.
# timeout: 180
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# The process that listens on TCP port 80.
http_pid() { ss -Hltnp 'sport = :80' | sed -n 's/.*pid=\([0-9]*\).*/\1/p;q'; }
status_of() { sed -n "s/^$2:[ \t]*//p" "/proc/$1/status"; }
# managed NAME: its process. in.tftpd has children, which may live on without it.
managed() { pgrep -P "$(pgrep -d , -x bootwrightd)" -x "$1"; }
other_than() { local now; now=$(managed "$1") && [ "$now" != "$2" ]; }
tftp_get() { curl -fsS --max-time 20 "tftp://10.77.0.1/$1" -o "$2"; }
# dnsmasq's user ids, capabilities (NET_BIND_SERVICE, NET_ADMIN, NET_RAW) and no_new_privs.
dhcp_rights() {
	local pid
	pid=$(pgrep -o -x dnsmasq)
	echo "$(status_of "$pid" Uid | tr '\t' ' ')" "$(status_of "$pid" CapPrm)" "$(status_of "$pid" NoNewPrivs)"
}
no_child_left() { ! pgrep -x bootwrightd && ! pgrep -x dnsmasq && ! pgrep -x in.tftpd; }

net_up
must "bootwrightd --services=managed starts" server_start --services=managed
check "settings" lab_settings
must "import" bootwright import --path="$INSTALLER_TREE" --name=foo
check "system add" bootwright system add --name=web7 --profile=foo --interface=eth0 \
	--mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.20
must "sync" bootwright sync

must "dnsmasq runs" wait_for 20 pgrep -x dnsmasq
must "in.tftpd runs" wait_for 20 pgrep -x in.tftpd
http=$(http_pid)
is "the parent is root" "$(status_of "$server_pid" Uid | cut -f1)" 0
lacks "the HTTP process is not the parent" "$http" "^$server_pid\$"
lacks "the HTTP process is not root" "$(status_of "$http" Uid)" '\b0\b'
lacks "nor in root's group" "$(status_of "$http" Gid)" '\b0\b'
like "nor has it capabilities" "$(status_of "$http" CapEff)" '^0+$'
like "nor can it get any" "$(status_of "$http" CapPrm)" '^0+$'
is "nor a privileged group" "$(status_of "$http" Groups | tr ' ' '\n' | grep -cx 0)" 0

uids=$(status_of "$http" Uid | tr '\t' ' ')
is "dnsmasq has the HTTP process's account and what DHCP needs" \
	"$(dhcp_rights)" "$uids 0000000000003400 1"

check "TFTP gives the loader" tftp_get pxelinux.0 /run/bw/pxelinux.0
check "the real one" cmp /run/bw/pxelinux.0 /usr/lib/PXELINUX/pxelinux.0
check "TFTP gives web7's file" \
	tftp_get pxelinux.cfg/01-52-54-00-aa-00-07 /run/bw/web7.menu
like "which names its preseed" "$(cat /run/bw/web7.menu)" 'system/web7'
kernel=$(awk 'tolower($1) ~ /^(kernel|linux)$/ { print $2; exit }' /run/bw/web7.menu)
check "TFTP gives its kernel" tftp_get "${kernel#/}" /run/bw/linux
check "the real one" cmp /run/bw/linux "$INSTALLER_TREE/debian-installer/amd64/linux"
fails "TFTP gives nothing outside" '.' tftp_get ../bootwright.db /run/bw/x
# Names that no loader asks for, to the real in.tftpd: curl and tftp would tidy them, so the packet
# is made here (RFC 1350: opcode 1, name, mode). Each gets an error or nothing, never a byte.
tftp_raw() {
	/usr/bin/python3 -c 'import os, socket, sys
name = os.fsencode(sys.argv[1]).decode("unicode_escape").encode("latin-1")
ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ask.settimeout(3)
ask.sendto(b"\0\1" + name + b"\0octet\0", ("10.77.0.1", 69))
try:
    print(ask.recv(1024)[:2].hex())
except TimeoutError:
    print("silence")' "$1"
}
is "such a packet asks for a real file" "$(tftp_raw pxelinux.0)" 0003
for name in '../bootwright.db' '/etc/passwd' '../../../../etc/passwd' 'current/../../bootwright.db' \
	'..\\..\\bootwright.db' 'current/private/dnsmasq.conf' 'private/dnsmasq.conf' \
	'//etc//passwd' './../../etc/shadow' 'grub/../../../bootwright.db' '\r\n../x' '%2e%2e/bootwright.db' \
	'\xff\xfe' "$(printf 'a%.0s' {1..400})" ''; do
	lacks "TFTP refuses '${name:0:40}'" "$(tftp_raw "$name")" '^000[36]'
done
check "and goes on" tftp_get pxelinux.0 /run/bw/pxelinux.0

for daemon in dnsmasq in.tftpd; do
	pid=$(managed "$daemon")
	kill -KILL "$pid"
	check "$daemon killed: started again" wait_for 30 other_than "$daemon" "$pid"
	like "$daemon: the status says so" "$(bootwright status | grep -E "^${daemon#in.} ")" \
		'running, pid [0-9]+, restarted 1 time'
done
is "so does the page's address" \
	"$(curl -fsS http://127.0.0.1:8080/api/v1/status | jq -c '[.services[] | .running, .restarts]')" \
	'[true,1,true,1]'
# What the HTTP process could do, if it were taken over.
echo user=root >>"$STATE/tftp/current/private/dnsmasq.conf"
pid=$(pgrep -o -x dnsmasq)
kill -KILL "$pid"
check "dnsmasq killed: started again" wait_for 30 other_than dnsmasq "$pid"
is "its configuration cannot make it root" "$(dhcp_rights)" "$uids 0000000000003400 1"
check "TFTP works again" wait_for 20 tftp_get pxelinux.0 /run/bw/pxelinux.0
# Beside another DHCP server the old configuration must answer nobody.
no_dhcp() { ! pgrep -x dnsmasq; }
must "without manage_dhcp" bootwright settings edit --manage-dhcp=false
check "sync" bootwright sync
check "dnsmasq is stopped" wait_for 10 no_dhcp
must "with it again" bootwright settings edit --manage-dhcp=true
check "sync" bootwright sync
check "it runs again" wait_for 10 pgrep -x dnsmasq
check "bootwrightd still serves" server_answers foo
check "SIGTERM: exit status 0" server_stop
check "and takes everything with it" wait_for 10 no_child_left

mkdir -m 700 /run/bw/precious
mv "$STATE/tftp" "$STATE/tftp.aside"
ln -s /run/bw/precious "$STATE/tftp"
server_start --services=managed || true
is "a link in its own folder gives it no other" "$(stat -c %U /run/bw/precious)" root
! server_runs || server_stop || true
wait_for 10 no_child_left
rm "$STATE/tftp"
mv "$STATE/tftp.aside" "$STATE/tftp"

must "it starts again" server_start --services=managed
check "dnsmasq too" wait_for 20 pgrep -x dnsmasq
kill -KILL "$server_pid"
check "the parent killed: nothing stays behind" wait_for 15 no_child_left
done_testing
