#!/usr/bin/env bash
# SIGKILL in the middle of an import or a sync: the next start is clean, what is published is
# whole, and the work can be done again. Each round strikes a little later.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# On another filesystem than the state, so that the import has to copy.
mkdir -p /run/far && mount -t tmpfs tmpfs /run/far
small_tree /run/far/base
cp -a "$INSTALLER_TREE/." /run/far/tree

# strike SECONDS COMMAND...: kills the server so long after the command has begun.
strike() {
	local delay=$1
	shift
	"$@" >>"$LOGS/client.log" 2>&1 &
	local client=$!
	sleep "$delay" # The moment of the accident; nothing waits for it to be long enough.
	server_stop KILL || true
	wait "$client" || true
}

# The trees on disk are those of the distros on record, and nothing else lies about.
trees_match() {
	diff <(bootwright distro list | awk '{ print $1 }' | sort) <(ls -A "$STATE/trees")
}

tree_is_whole() {
	local path
	[ ! -d "$STATE/trees/big" ] || (
		cd /run/far/tree && find . -type f | while read -r path; do
			cmp "$path" "$STATE/trees/big/$path" || exit 1
		done
	)
}

published_is_one_of() { [ "$now" = "$1" ] || [ "$now" = "$2" ]; }

must "bootwrightd starts" server_start
must "import" bootwright import --path=/run/far/base --name=base
must "sync" bootwright sync
before=$(published)

for delay in 0.005 0.01 0.02 0.03 0.05 0.08 0.12 0.2 0.4; do
	strike "$delay" bootwright import --path=/run/far/tree --name=big
	must "killed $delay s into an import: the next start is ready" server_start
	check "no half tree, no distro without one" trees_match
	check "a tree that is there is whole" tree_is_whole
	is "what is published is as it was" "$(published)" "$before"
	check "what was there is served" server_answers base
	if [ -n "$(bootwright distro list | grep -w big || true)" ]; then
		check "the import had finished and can be undone" \
			bootwright distro remove --name=big --recursive
	fi
done
check "the import works again" bootwright import --path=/run/far/tree --name=big
check "and is whole" tree_is_whole
bootwright distro remove --name=big --recursive

# Enough systems for a sync that takes a while.
for i in $(seq 0 999); do
	printf '{"name": "m%03d", "profile": "base", "interfaces": {"eth0": {"mac_address": "%s"}}}\n' \
		"$i" "$(printf '52:54:00:bb:%02x:%02x' $((i / 256)) $((i % 256)))"
done >/run/bw/systems
while read -r system; do
	printf 'url = "http://localhost/api/v1/systems/%s"\nrequest = PUT\ndata = "%s"\n' \
		"$(jq -r .name <<<"$system")" "${system//\"/\\\"}"
	printf 'header = "Content-Type: application/json"\noutput = /dev/null\nnext\n'
done < <(head -n 300 /run/bw/systems) >/run/bw/curl.conf
check "300 systems" curl -sS --fail --unix-socket /run/bootwright/api.sock -K /run/bw/curl.conf
is "are there" "$(bootwright system list | wc -l)" 300

for delay in 0.005 0.01 0.02 0.03 0.05 0.08 0.12 0.2 0.4; do
	strike "$delay" bootwright sync
	now=$(published)
	check "killed $delay s into a sync: the published tree is whole" published_is_whole
	must "the next start is ready" server_start
	check "the published tree is whole then" published_is_whole
	if [ -z "${after:-}" ] && [ "$now" != "$before" ]; then
		after=$now
	fi
	check "it is the old one or the new one" published_is_one_of "$before" "${after:-$now}"
done
check "the sync works again" bootwright sync
is "and gives what a sync gives" "$(published)" "${after:-$(published)}"
is "one generation and the one before it are kept" \
	"$([ "$(find "$STATE/tftp/gen" -mindepth 1 -maxdepth 1 | wc -l)" -le 2 ] && echo yes)" yes
check "the server stops cleanly" server_stop
done_testing
