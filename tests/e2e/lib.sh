# shellcheck shell=bash
# For tests of the real programs: enters the sandbox, starts and stops bootwrightd, and asks it
# things. B names the build folder (build, build-asan, ...). Source it first, with the script's
# arguments. Everything a server needs stands in /run/bw, its log in $LOGS.

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tests/vm/sandbox.sh
. "$here/../vm/sandbox.sh"
sandbox_enter "$@"
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"

STATE=/run/bw/state
URL=http://127.0.0.1
# Answer files need a root password; this is the hash of "bootwright".
PASSWORD_HASH='$6$bootwright$nuDuuh.Yxt0gRW0fgGTgyimVDkeZN789Bo92xHpHzj0yFk0xi.uNXAco.nMrcXjSrW.vpPWflQzITKco0tcMr/'
server_pid=

# The programs are copied: the server's account cannot read below /root, where a clone may be, and
# a build during the test changes nothing.
built=$REPO/${B:-build}
BIN=/run/bw/bin
mkdir -p $BIN
for program in bootwrightd bootwright koan koan-bootloader; do
	[ -x "$built/$program" ] || { echo "Bail out! $built/$program is not built"; exit 1; }
	cp "$built/$program" $BIN/
done
cp -rL "$built/share" $BIN/share
PATH=$BIN:$PATH
: >"$LOGS/server.log"

# server_launch [ARGUMENT...]: starts bootwrightd on $STATE with its default ports and socket;
# server_start waits until it has told the service manager that it is ready.
server_launch() {
	NOTIFY_SOCKET=/run/bw/notify.sock \
		bootwrightd --state-dir "$STATE" --reload-dhcp= "$@" >>"$LOGS/server.log" 2>&1 &
	server_pid=$!
}

server_start() {
	: >/run/bw/notify
	if [ ! -S /run/bw/notify.sock ]; then
		socat -u UNIX-RECV:/run/bw/notify.sock,mode=666 OPEN:/run/bw/notify,append &
		wait_for 10 test -S /run/bw/notify.sock
	fi
	server_launch "$@"
	wait_for 30 server_ready_or_gone
	server_runs || { tail -n 20 "$LOGS/server.log"; return 1; }
}

server_runs() { kill -0 "$server_pid" 2>/dev/null; }
server_ready_or_gone() { grep -q READY=1 /run/bw/notify || ! server_runs; }

# Ends the server with a signal (TERM) and returns its exit status.
server_stop() {
	local status=0
	kill -"${1:-TERM}" "$server_pid"
	wait "$server_pid" 2>/dev/null || status=$?
	return "$status"
}

server_answers() { curl -fsS -o /dev/null --max-time 10 "$URL/autoinstall/profile/$1"; }

# api METHOD PATH [CURL-ARGUMENT...]: prints the body, then the status in a line of its own.
api() {
	local method=$1 path=$2
	shift 2
	curl -sS --max-time 20 --unix-socket /run/bootwright/api.sock -X "$method" \
		-H 'Content-Type: application/json' -w '\n%{http_code}\n' "$@" "http://localhost$path"
}

# What is published, as one line of checksum and path per file, links followed; without the
# manifest, which has the time in it.
published() {
	(cd "$STATE/tftp" && find -L current/ -type f ! -name manifest.json -print0 | sort -z |
		xargs -0r sha256sum)
}

# No link of the published tree leads nowhere.
published_is_whole() {
	local dangling
	[ -e "$STATE/tftp/current" ] || return 0
	dangling=$(find -L "$STATE/tftp/current/" -type l)
	[ -z "$dangling" ] || { echo "dangling: $dangling"; return 1; }
}

# A tree that can be imported in a moment: the installer's layout with small files.
small_tree() {
	local files=$1/debian-installer/amd64
	mkdir -p "$files"
	cp -a "$INSTALLER_TREE/version.info" "$1/"
	head -c 100000 /dev/urandom >"$files/linux"
	head -c 300000 /dev/urandom | gzip >"$files/initrd.gz"
}

# Settings of a server for this machine only, or for machines on the lab's network.
local_settings() {
	bootwright settings edit --server=127.0.0.1 --next-server-v4=127.0.0.1 \
		--default-password-crypted="$PASSWORD_HASH"
}

lab_settings() {
	bootwright settings edit --server=10.77.0.1 --next-server-v4=10.77.0.1 \
		--default-password-crypted="$PASSWORD_HASH" \
		--dhcp-interface=br0 --dhcp-range=10.77.0.50,10.77.0.99 "$@"
}
