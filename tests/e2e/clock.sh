#!/usr/bin/env bash
# A server whose clock on the wall jumps, a year and more, ahead and back, while it runs: no
# installation is given up or begun anew by that, what is published and recorded stays in order, keys
# and tokens are good. libfaketime sets the clock; time that passes, and files' times, are real.
# timeout: 600
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

CLOCK=/run/bw/clock
LIBRARY=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1)
FAKED=(env "FAKETIME_TIMESTAMP_FILE=$CLOCK" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
	DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 "LD_PRELOAD=$LIBRARY")
server_launch() {
	NOTIFY_SOCKET=/run/bw/notify.sock "${FAKED[@]}" \
		bootwrightd --state-dir "$STATE" --reload-dhcp= "$@" >>"$LOGS/server.log" 2>&1 &
	server_pid=$!
}
# clock DAYS: where it is set to, from now on the real time and so many days.
clock() {
	echo "${1}d" >$CLOCK.new
	mv $CLOCK.new $CLOCK
}
# What a program sees: days that the clock is off, and whether others than the clock are.
seen() {
	"${FAKED[@]}" /usr/bin/python3 -c 'import subprocess, time
names = [time.CLOCK_REALTIME, time.CLOCK_MONOTONIC, time.CLOCK_BOOTTIME]
mine = [time.clock_gettime(name) for name in names]
with open("/proc/uptime") as file: up = float(file.read().split()[0])
real = float(subprocess.check_output(["env", "-u", "LD_PRELOAD", "date", "+%s.%N"]))
print(round((mine[0] - real) / 86400), abs(mine[2] - up) < 60, mine[1] <= mine[2] + 1)'
}

mac_of() { echo "52:54:00:aa:00:0$1"; }
file_of() { echo "$STATE/tftp/current/ipxe/$(mac_of "$1" | tr : -).ipxe"; }
loads() { curl -fsS --max-time 20 "$URL/boot/ipxe?mac=$(mac_of "$1" | tr : -)"; }
asks() { curl -fsS --max-time 20 -o /dev/null "$URL/autoinstall/system/web$1"; }
reports() { curl -fsS --max-time 20 -o /dev/null -X POST "$URL/report/$2/system/web$1"; }
state() { api GET "/api/v1/systems/web$1/install" | sed '$d' | jq -r "${2:-.state}"; }
has() { grep -q -- "$2" "$1"; }
# The store's, of a server that runs.
stored() {
	/usr/bin/python3 -c 'import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
print(db.execute(sys.argv[2]).fetchone()[0])' "$STATE/bootwright.db" "$1"
}
remote() {
	curl -sS --max-time 20 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" \
		http://127.0.0.1:8080/api/v1/tokens
}
items() {
	local i
	local_settings
	bootwright settings edit --generations-kept=3 --generations-days=30
	bootwright import --path=/run/bw/tree --name=deb12
	for i in 1 2 3; do
		bootwright system add "web$i" --profile=deb12 --interface=eth0 \
			--mac-address="$(mac_of $i)"
	done
	bootwright sync
}
# changes WHAT: a profile, whose machines' files follow by themselves.
changes() {
	bootwright profile edit deb12 --kernel-options="$1" &&
		wait_for 20 has "$(file_of 3)" "$1"
}
makes() {
	api POST /api/v1/systems/web3:copy -H "Idempotency-Key: $1" -d "{\"name\": \"$1\"}" | tail -n 1
}
ticks() { [ "$(stored 'SELECT max(age) FROM installs')" != "$1" ]; }
is_sorted() { jq -e '[.items[].revision] | . == (sort | reverse)' >/dev/null; }

# jumps DAYS WORD: and all is as it was.
jumps() {
	local before made age
	clock "$1"
	note "the clock is $1 days off"
	like "a program sees it" "$(seen)" "^${1#+} True True\$"
	check "a profile changes, which is published by itself" changes "$2"
	is "the server has that clock" "$(stored "SELECT CAST(round((time - $(date +%s)) / 86400) AS
		INTEGER) FROM revisions ORDER BY revision DESC LIMIT 1")" "${1#+}"
	# the watch looks once a minute
	age=$(stored 'SELECT max(age) FROM installs')
	check "time passes" wait_for 100 ticks "$age"
	for i in 1 2; do
		is "web$i installs, in its first try" "$(state "$i" '"\(.state) \(.tries) \(.armed)"')" \
			"started 1 true"
		is "for less than an hour" "$(state "$i" '.hours >= 0 and .hours < 0.5')" true
		check "its files are those of an installer" has "$(file_of "$i")" "autoinstall/system/web$i"
	done
	loads 2 >/run/bw/ipxe
	asks 2
	like "what is served is recorded" "$(bootwright system served web2)" \
		"$(sha256sum </run/bw/ipxe | cut -c1-12)"
	is "its next questions are the same try" "$(state 2 .tries)" 1
	lacks "nothing is given up" "$(bootwright event list --limit=1000)" 'gave-up|last-try'
	check "sync" bootwright sync
	check "what is published is whole" published_is_whole
	made=$(find "$STATE/tftp/gen" -mindepth 1 -maxdepth 1 -name '[0-9]*' | wc -l)
	check "generations: $made, at least this one and the one before, no more than are kept" \
		test "$made" -ge 2 -a "$made" -le 5
	like "sync status" "$(bootwright sync status)" 'published'
	before=$(readlink "$STATE/tftp/current")
	check "back to the one before" bootwright sync rollback
	check "and on" bootwright sync
	check "to another one" test "$(readlink "$STATE/tftp/current")" != "$before"
	like "the last event is the last one" "$(bootwright event list --limit=1)" 'sync'
	check "history is in its order" is_sorted < <(api GET '/api/v1/history?limit=100' | sed '$d')
	is "a key that was used before the jump is known" \
		"$(makes before) $(stored "SELECT count(*) FROM systems WHERE name = 'before'")" "201 1"
	is "a token for ever is good" "$(remote "$forever")" 200
	check "the check works" test -n "$(bootwright check 2>&1 || true)"
	check "so does a large request" curl -fsS --max-time 20 --unix-socket /run/bootwright/api.sock \
		-o /dev/null -H 'Content-Type: application/json' -d @/run/bw/large \
		"http://localhost/api/v1/apply?dry_run=1"
}

clock +0
small_tree /run/bw/tree
must "bootwrightd starts, by a clock that can be set" server_start
must "items" items
forever=$(bootwright token add --name=forever --role=admin --output=json | jq -r .token)
week=$(bootwright token add --name=week --role=admin --expires=7 --output=json | jq -r .token)
jq -n '{systems: [range(2000) | {name: "large\(.)", profile: "deb12"}]}' >/run/bw/large
check "web1's installer reports its start" reports 1 start
loads 2 >/run/bw/ipxe
asks 2
bootwright system served web2 >/dev/null
is "web2's has asked for its files" "$(state 2)" started
is "a system is made once" "$(makes before)" 201
is "a token for a week is good" "$(remote "$week")" 200

jumps +400 ahead
is "it ends by the clock" "$(remote "$week")" 401
jumps -400 behind
is "which is what the token's end is told by" "$(remote "$week")" 200
jumps +0 right

# What a server does not know by time that passed is the clock's.
server_stop
clock +400
must "the server starts ahead of its time" server_start
for i in 1 2; do
	is "web$i has not been given up" "$(state "$i" '"\(.state) \(.tries)"')" "started 1"
done
must "a system goes" bootwright system remove before
is "a key of a year ago can be used anew" "$(makes before)" 201
is "and is good again" "$(makes before)" 201
check "an end" reports 1 end
is "is an end" "$(state 1)" finished
check "the server stops cleanly" server_stop
done_testing
