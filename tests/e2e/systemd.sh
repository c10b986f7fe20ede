#!/usr/bin/env bash
# The units under a real systemd, in a container over this machine's files (systemd-nspawn): what they
# forbid is nothing that the server needs, its account may tell dnsmasq of changes (polkit), and the
# drop-in lets it manage dnsmasq and in.tftpd itself.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# What is written there goes to memory. systemd keeps its units' processes apart by cgroups.
ROOT=/run/bw/root
if ! mount -t cgroup2 cgroup2 /sys/fs/cgroup; then
	skip "the units under a real systemd" "this kernel has no cgroups of version 2"
	done_testing
	exit
fi
mkdir -p $ROOT /run/bw/upper /run/bw/work
mount -t overlay -o lowerdir=/,upperdir=/run/bw/upper,workdir=/run/bw/work overlay $ROOT
cd "$REPO"
must "make install" env -u MAKEFLAGS make -s "B=${B:-build}" install DESTDIR=$ROOT
small_tree $ROOT/srv/dvd
echo bw0 >$ROOT/etc/hostname
rm -f $ROOT/etc/resolv.conf

# No service of this machine's is started there but what a unit of ours needs.
ip link add bw0 type bridge
ip addr add 10.77.0.1/24 dev bw0
ip link set bw0 up
systemd-nspawn --quiet --register=no --keep-unit --directory=$ROOT --boot --console=read-only \
	--capability=CAP_NET_ADMIN systemd.unit=basic.target systemd.mask=timers.target \
	>"$LOGS/boot.log" 2>&1 </dev/null &
inside() { nsenter --target "$init" --mount --uts --ipc --pid --cgroup -- "$@"; }
booted() {
	init=$(pgrep -P "$(pgrep -x systemd-nspawn)" -x systemd) && inside systemctl is-active --quiet basic.target
}
must "systemd starts" wait_for 60 booted
bootwright() { inside /usr/bin/bootwright "$@"; }
said() { inside journalctl --quiet --no-pager --unit="$1" --output=cat; }
says() { said "$1" | grep -qE -- "$2"; }
show() { inside systemctl show --property="$2" --value "$1"; }
# The accounts of a unit's processes, with their programs' names.
processes() {
	inside ps -o user:12=,comm= -p "$(inside cat "/sys/fs/cgroup$(show "$1" ControlGroup)/cgroup.procs" | paste -sd ,)" |
		sed 's/ \+/ /' | sort | paste -sd ' '
}

inside systemd-sysusers 2>/dev/null
must "bootwrightd.service starts" inside systemctl start bootwrightd
is "as its account, which systemd-sysusers makes" "$(processes bootwrightd)" "bootwright bootwrightd"
must "settings" bootwright settings edit --server=10.77.0.1 --next-server-v4=10.77.0.1 \
	--default-password-crypted="$PASSWORD_HASH"
check "a network" bootwright network add --name=lan --address=10.77.0.0/24 --dhcp-range=10.77.0.50-10.77.0.99
check "import" bootwright import --path=/srv/dvd --name=foo

# dnsmasq by the unit that comes with it: started and told by the server, whom polkit's rule lets.
inside cp /usr/share/bootwright/dnsmasq.service /etc/systemd/system/
inside systemctl daemon-reload
check "sync" bootwright sync
is "has started dnsmasq" "$(show dnsmasq ActiveState)" active
is "as the same account" "$(processes dnsmasq)" "bootwright dnsmasq"
add() {
	bootwright system add --name="web$1" --profile=foo --interface=eth0 \
		--mac-address="52:54:00:aa:00:0$1" --ip-address="10.77.0.2$1"
}
check "a first system with an address" add 7
check "which dnsmasq knows" wait_for 10 says dnsmasq 'read .*/dhcp-hosts/07$'
pid=$(show dnsmasq MainPID)
check "a second one" add 8
check "which it knows, too" wait_for 10 says dnsmasq 'read .*/dhcp-hosts/08$'
is "without having been started anew" "$(show dnsmasq MainPID)" "$pid"
fails "nobody else may do that" 'authentication|denied' inside runuser -u nobody -- systemctl --no-ask-password restart dnsmasq
fails "nor may the server do more" 'authentication|denied' \
	inside runuser -u bootwright -- systemctl --no-ask-password stop dnsmasq
like "no event tells of an error" "$(bootwright event list)" 'imported from /srv/dvd'
lacks "of none" "$(bootwright event list)" '  error  '
check "a machine is answered" curl -fsS -o /dev/null http://10.77.0.1/autoinstall/system/web7
check "stops" inside systemctl stop bootwrightd dnsmasq

# Both services by bootwrightd itself.
inside mkdir /etc/systemd/system/bootwrightd.service.d
inside cp /usr/share/bootwright/bootwrightd-managed.conf /etc/systemd/system/bootwrightd.service.d/
inside systemctl daemon-reload
must "with the drop-in it starts" inside systemctl start bootwrightd
served() { curl -fsS tftp://10.77.0.1/pxelinux.cfg/01-52-54-00-aa-00-07 | grep -q 'LABEL install'; }
check "TFTP is served" wait_for 20 served
like "dnsmasq has the server's account" "$(processes bootwrightd)" '^bootwright bootwrightd .*bootwright dnsmasq .*root in.tftpd'
inside pkill -KILL -x dnsmasq
check "dnsmasq is killed" wait_for 20 says bootwrightd 'dnsmasq: ended with status 137'
again() { [ "$(said bootwrightd | grep -c 'dnsmasq: started$')" = 2 ]; }
check "and started again" wait_for 20 again
check "a third system" add 9
check "which that one knows" wait_for 20 says bootwrightd 'read .*/dhcp-hosts/09$'
check "all are stopped" inside systemctl stop bootwrightd
is "in good order" "$(show bootwrightd Result)" success
lacks "none by force" "$(said bootwrightd)" 'SIGKILL'
inside systemctl poweroff 2>/dev/null || true
done_testing
