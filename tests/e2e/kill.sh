#!/usr/bin/env bash
# SIGKILL in the middle of an import or a sync: the next start is clean, what is published is
# whole, and the work can be done again. Each round strikes a little later.
# timeout: 600
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

has_big() { bootwright distro list | grep -qw big; }
published_is() {
	local now
	now=$(published)
	[ "$now" = "$1" ] || [ "$now" = "$2" ]
}

# A change of every machine's file, made where only a sync sees it: in the templates.
own_template() {
	mkdir -p "$STATE/boot-templates"
	{
		echo "# Edition $1"
		cat "$REPO/server/boot-templates/pxelinux.tpl"
	} >"$STATE/boot-templates/pxelinux.tpl"
}

must "bootwrightd starts" server_start
must "settings" local_settings
# A start publishes what a crash left unpublished; here only what sync is told to shall be.
must "only sync publishes" bootwright settings edit --auto-sync=false
must "import" bootwright import --path=/run/far/base --name=base
must "sync" bootwright sync
before=$(published)

for delay in 0.005 0.01 0.02 0.03 0.05 0.08 0.12 0.2 0.4; do
	strike "$delay" bootwright import --path=/run/far/tree --name=big
	must "killed $delay s into an import: the next start is ready" server_start
	check "no half tree, no distro without one" trees_match
	check "a tree that is there is whole" tree_is_whole
	check "what was there is served" server_answers base
	check "what is published is whole" published_is_whole
	if has_big; then
		check "the import had finished and can be undone" \
			bootwright distro remove --name=big --recursive
	fi
	is "what is published is as it was" "$(published)" "$before"
done
check "the import works again" bootwright import --path=/run/far/tree --name=big
check "and is whole" tree_is_whole
bootwright distro remove --name=big --recursive

# Enough systems for a sync that takes a while.
for i in $(seq 0 999); do
	printf -v mac '52:54:00:bb:%02x:%02x' $((i / 256)) $((i % 256))
	[ "$i" = 0 ] || echo next
	printf 'url = "http://localhost/api/v1/systems/m%d"\nrequest = PUT\n' "$i"
	printf 'data = "{\\"profile\\": \\"base\\", %s: {\\"eth0\\": {%s: \\"%s\\"}}}"\n' \
		'\"interfaces\"' '\"mac_address\"' "$mac"
	printf 'header = "Content-Type: application/json"\n'
	printf 'unix-socket = /run/bootwright/api.sock\nfail\noutput = /dev/null\n'
done >/run/bw/curl.conf
check "1000 systems" curl -sS -K /run/bw/curl.conf
is "are there" "$(bootwright system list | wc -l)" 1000
own_template two
check "a sync of them" bootwright sync
two=$(published)
own_template one
check "and another" bootwright sync
one=$(published)
check "differ" test "$one" != "$two"

# A hundred moments of a sync, wherever it stands.
kills=100
[ "${B:-build}" != build-asan ] || kills=10
edition=two
for ((i = 1; i <= kills; i++)); do
	delay=$(awk -v seed="$i" 'BEGIN { srand(seed); printf "%.3f", 0.005 + rand() * 0.3 }')
	own_template $edition
	strike "$delay" bootwright sync
	check "killed $delay s into a sync, $i: it is the old tree or the new one" \
		published_is "$one" "$two"
	check "and whole" published_is_whole
	must "the next start is ready" server_start
	check "then, too" published_is "$one" "$two"
	[ "$edition" = one ] && edition=two || edition=one
done
own_template one
check "the sync works again" bootwright sync
is "and gives what a sync gives" "$(published)" "$one"
# the one that counts, the one before it, and generations_kept of the settings
check "no more generations are kept than the settings say" \
	test "$(find "$STATE/tftp/gen" -mindepth 1 -maxdepth 1 | wc -l)" -le 7
check "the server stops cleanly" server_stop
done_testing
