# shellcheck shell=bash
# TAP for test scripts: source it, call check, fails, is, like, lacks or skip once per statement
# to be tested, and end with done_testing. A script that ends before done_testing counts as
# failed, because its plan is missing. What a failed check printed follows it as "# " lines.

tap_count=0
tap_bad=0
tap_output=$(mktemp)
trap 'rm -f "$tap_output"' EXIT

tap_line() {
	tap_count=$((tap_count + 1))
	echo "$1 $tap_count - $2"
	[ "$1" = ok ] || tap_bad=$((tap_bad + 1))
}

note() { printf '%s\n' "$*" | sed 's/^/# /'; }

tap_diagnose() {
	tap_line "not ok" "$1"
	shift
	note "$*"
	sed 's/^/#   /' "$tap_output" | tail -n 60
}

# check WHAT COMMAND...: the command succeeds.
check() {
	local what=$1
	shift
	if "$@" >"$tap_output" 2>&1; then
		tap_line ok "$what"
	else
		tap_diagnose "$what" "failed: $*"
	fi
}

# must WHAT COMMAND...: like check, but what follows makes no sense without it.
must() {
	local before=$tap_bad
	check "$@"
	[ "$tap_bad" = "$before" ] || { echo "Bail out! $1"; exit 1; }
}

# fails WHAT REGEX COMMAND...: the command ends with an ordinary error status (no signal) and
# says something that matches.
fails() {
	local what=$1 regex=$2 status=0
	shift 2
	"$@" >"$tap_output" 2>&1 || status=$?
	if [ "$status" = 0 ] || [ "$status" -ge 126 ]; then
		tap_diagnose "$what" "exit status $status, expected an error: $*"
	elif ! grep -qE -- "$regex" "$tap_output"; then
		tap_diagnose "$what" "the error does not match /$regex/: $*"
	else
		tap_line ok "$what"
	fi
}

# is WHAT GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		tap_line ok "$1"
	else
		diff -u --label wanted --label got <(printf '%s\n' "$3") <(printf '%s\n' "$2") \
			>"$tap_output" || true
		tap_diagnose "$1" "differs"
	fi
}

# like WHAT TEXT REGEX; lacks WHAT TEXT REGEX
like() {
	printf '%s\n' "$2" >"$tap_output"
	if grep -qE -- "$3" "$tap_output"; then
		tap_line ok "$1"
	else
		tap_diagnose "$1" "does not match /$3/"
	fi
}

lacks() {
	printf '%s\n' "$2" >"$tap_output"
	if grep -qE -- "$3" "$tap_output"; then
		tap_diagnose "$1" "matches /$3/"
	else
		tap_line ok "$1"
	fi
}

# skip WHAT WHY
skip() { tap_line ok "$1 # SKIP $2"; }

done_testing() {
	echo "1..$tap_count"
	[ "$tap_bad" = 0 ] || exit 1
	exit 0
}
