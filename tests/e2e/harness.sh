#!/usr/bin/env bash
# The tests' own tools: the runner counts what goes wrong in every way a test can go wrong, and
# a sandbox that is killed leaves nothing behind.
set -euo pipefail
tests=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/tap.sh
. "$tests/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work" "$tap_output"' EXIT
cd "$work"

# script NAME: a test script of standard input.
script() {
	{ printf '#!/usr/bin/env bash\n. %q\n' "$tests/tap.sh" && cat; } >"$1"
	chmod +x "$1"
}

script good.sh <<-'TEST'
	check "true" true
	fails "false" nope sh -c 'echo nope; exit 3'
	skip "unwell" "no reason"
	done_testing
TEST
script wrong.sh <<-'TEST'
	check "false" false
	fails "says something else" nope sh -c 'echo yes; exit 3'
	fails "dies" nope sh -c 'echo nope; kill -SEGV $$'
	fails "succeeds" nope echo nope
	is "differs" 1 2
	like "differs" abc x
	lacks "occurs" abc b
	done_testing
TEST
script early.sh <<-'TEST'
	check "true" true
	must "false" false
	done_testing
TEST
script slow.sh <<-'TEST'
	# timeout: 1
	check "true" true
	sleep 100
	done_testing
TEST
script dies.sh <<-'TEST'
	echo 1..1
	echo ok 1 - fine
	kill -SEGV $$
TEST
script short.sh <<-'TEST'
	echo 1..3
	echo ok 1 - fine
TEST
printf 'good:\n\t@true\nbad:\n\t@false\n' >Makefile

# runner WHAT STATUS LAST-LINE TEST...
runner() {
	local what=$1 wanted=$2 line=$3 status=0 output
	shift 3
	output=$("$tests/run" -o "$work/logs" "$@" 2>/dev/null) || status=$?
	is "$what" "$status: $(tail -n 1 <<<"$output")" "$wanted: $line"
}

runner "passing and skipped" 0 "2 passed, 0 failed, 1 skipped" ./good.sh
runner "every check can fail" 1 "0 passed, 7 failed" ./wrong.sh
runner "a test that stops early" 1 "1 passed, 2 failed" ./early.sh
runner "a time-out" 1 "1 passed, 1 failed" ./slow.sh
runner "a death after all passed" 1 "1 passed, 1 failed" ./dies.sh
runner "fewer tests than planned" 1 "1 passed, 1 failed" ./short.sh
runner "a program without TAP" 1 "0 passed, 1 failed" true
runner "a program that is not there" 1 "0 passed, 1 failed" ./nowhere
runner "make targets" 1 "1 passed, 1 failed" 'make good' 'make bad'
runner "no tests" 1 "0 passed, 0 failed"
runner "all together" 1 "4 passed, 9 failed, 1 skipped" 'X=1 ./good.sh' ./wrong.sh \
	./early.sh 'make good'

cat >sandboxed.sh <<-TEST
	#!/usr/bin/env bash
	. "$tests/vm/sandbox.sh"
	sandbox_enter "\$@"
	touch /etc/bootwright-was-here
	ip link add br-here type bridge
	sleep 9$$ &
	setsid sleep 9$$ &
	: >"$work/inside"
	sleep 9$$
TEST
chmod +x sandboxed.sh

within() {
	local tries
	for ((tries = 0; tries < 100; tries++)); do
		if "$@"; then return 0; fi
		sleep 0.1
	done
	return 1
}
nothing_runs() { ! pgrep -f "^sleep 9$$\$" >/dev/null; }

for signal in KILL TERM; do
	rm -f inside
	./sandboxed.sh &
	sandbox=$!
	must "a sandbox runs" within test -e inside
	kill -"$signal" "$sandbox"
	wait "$sandbox" 2>/dev/null || true
	check "SIG$signal: its processes are gone" within nothing_runs
done
check "its files are gone" test ! -e /etc/bootwright-was-here
fails "its interfaces are gone" 'not exist' ip link show br-here
done_testing
