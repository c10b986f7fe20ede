#!/usr/bin/env bash
# One process owns the state directory; SIGTERM lets requests in flight finish.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

must "bootwrightd starts" server_start
fails "a second one on the same state directory is refused" 'state|in use|already|another' \
	timeout 20 bootwrightd --state-dir "$STATE" --boot-listen 127.0.0.1:8081 \
	--api-listen 127.0.0.1:8082 --api-socket /run/bw/second.sock
check "the first one still serves" bootwright status
fails "a second one on the same port is refused" ':80|in use' \
	timeout 20 bootwrightd --state-dir /run/bw/other --api-listen 127.0.0.1:8082 \
	--api-socket /run/bw/second.sock
fails "an option that is none" 'stat-dir' bootwrightd --stat-dir /x
fails "a port that is none" '99999' \
	timeout 20 bootwrightd --state-dir /run/bw/other --boot-listen 127.0.0.1:99999
check "the first one's socket is still its own" bootwright status

must "import" bootwright import --path="$INSTALLER_TREE" --name=foo
initrd=debian-installer/amd64/initrd.gz

# A download slow enough to be under way when the signal comes.
curl -fsS --limit-rate 8M -o /run/bw/initrd.gz "$URL/trees/foo/$initrd" &
download=$!
downloading() { [ "$(stat -c %s /run/bw/initrd.gz 2>/dev/null || echo 0)" -gt 1000000 ]; }
wait_for 20 downloading
check "SIGTERM: exit status 0" server_stop
check "the download in flight has finished" wait "$download"
check "and is whole" cmp "$INSTALLER_TREE/$initrd" /run/bw/initrd.gz
check "the socket is removed or taken over" server_start
is "the store is as it was" "$(bootwright distro list | awk '{ print $1 }')" foo
check "SIGINT: exit status 0" server_stop INT

# What a killed server was just starting holds its sockets for a moment.
cat >/run/bw/hold.py <<'EOF'
import socket
import time

port = socket.create_server(("0.0.0.0", 80))
place = socket.socket(socket.AF_UNIX)
place.bind("/run/bootwright/api.sock")
place.listen()
open("/run/bw/holds", "w").close()
time.sleep(0.2)
EOF
rm -f /run/bootwright/api.sock
/usr/bin/python3 /run/bw/hold.py &
wait_for 20 test -e /run/bw/holds
check "and is waited for" server_start
check "which stops cleanly" server_stop
done_testing
