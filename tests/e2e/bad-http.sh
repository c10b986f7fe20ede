#!/usr/bin/env bash
# Requests as no client should send them: refused or cut off, each one, and the server lives on.
# timeout: 240
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# raw PORT: sends standard input as it is and prints the first line of the answer, "closed" if
# the server hangs up without one, "silence" if it does neither in 10 seconds.
raw() {
	local fd line status=0
	exec {fd}<>"/dev/tcp/127.0.0.1/$1"
	cat >&"$fd" || true
	IFS= read -r -t 10 line <&"$fd" || status=$?
	exec {fd}>&-
	if [ -n "$line" ]; then
		echo "${line%$'\r'}"
	elif [ "$status" -gt 128 ]; then
		echo silence
	else
		echo closed
	fi
}

# refuses WHAT REGEX REQUEST: REQUEST is a printf format; the answer must match on both ports.
refuses() {
	local port
	for port in 80 8080; do
		# shellcheck disable=SC2059 # the format is the point
		like "port $port: $1" "$(printf -- "$3" | raw "$port")" "$2"
	done
}

host='Host: x\r\n'
get="GET /autoinstall/profile/foo HTTP/1.1\r\n"
bad='^HTTP/1.1 400 |^closed$'
none='^HTTP/1.1 40[04] |^closed$'
post="POST /api/v1/systems HTTP/1.1\r\n$host"

must "bootwrightd starts" server_start
must "settings" local_settings
small_tree /run/bw/tree
must "import" bootwright import --path=/run/bw/tree --name=foo

is "a good request" "$(printf '%s\r\nHost: x\r\nConnection: close\r\n\r\n' \
	'GET /autoinstall/profile/foo HTTP/1.1' | raw 80)" "HTTP/1.1 200 OK"
refuses "no Host" "$bad" "$get\r\n"
refuses "two Hosts" "$bad" "$get${host}Host: y\r\n\r\n"
refuses "Transfer-Encoding with Content-Length" "$bad" \
	"${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
refuses "two Content-Lengths" "$bad" \
	"${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "
refuses "Content-Length 2^64-1" '^HTTP/1.1 4(00|13) |^closed$' \
	"${post}Content-Length: 18446744073709551615\r\n\r\n"
refuses "Content-Length 2^64" '^HTTP/1.1 4(00|13) |^closed$' \
	"${post}Content-Length: 18446744073709551616\r\n\r\n"
refuses "a negative Content-Length" "$bad" "${post}Content-Length: -1\r\n\r\n"
refuses "Content-Length 0x10" "$bad" "${post}Content-Length: 0x10\r\n\r\n"
refuses "an unknown Transfer-Encoding" '^HTTP/1.1 (400|501) |^closed$' \
	"${post}Transfer-Encoding: rot13\r\n\r\n"
refuses "bare LF" "$bad" "GET /autoinstall/profile/foo HTTP/1.1\nHost: x\n\n"
refuses "obs-fold" "$bad" "$get${host}X-A: b\r\n  c\r\n\r\n"
refuses "NUL in the target" "$none" "GET /autoinstall/profile/foo\\000x HTTP/1.1\r\n$host\r\n"
refuses "NUL in a header" "$bad" "$get${host}X-A: b\\000c\r\n\r\n"
refuses "%%00" "$none" "GET /autoinstall/profile/foo%%00x HTTP/1.1\r\n$host\r\n"
refuses "%%2e%%2e%%2f" "$none" "GET /trees/foo/%%2e%%2e%%2f%%2e%%2e%%2fx HTTP/1.1\r\n$host\r\n"
refuses "%%2f" "$none" "GET /trees/foo%%2fversion.info HTTP/1.1\r\n$host\r\n"
refuses "/../" "$none" "GET /trees/foo/../../bootwright.db HTTP/1.1\r\n$host\r\n"
refuses "/.. at the end" "$none" "GET /trees/foo/.. HTTP/1.1\r\n$host\r\n"
refuses "a backslash" "$none" 'GET /trees/foo\\..\\..\\x HTTP/1.1\r\nHost: x\r\n\r\n'
refuses "a bad escape" "$none" "GET /trees/foo/%%zz HTTP/1.1\r\n$host\r\n"
refuses "no target that starts with /" "$none" "GET trees/foo HTTP/1.1\r\n$host\r\n"
refuses "a method that is none" '^HTTP/1.1 (400|405|501) |^closed$' \
	"BREW /autoinstall/profile/foo HTTP/1.1\r\n$host\r\n"
refuses "1000 arguments" '^HTTP/1.1 4[0-9][0-9] |^closed$' \
	"GET /autoinstall/profile/foo?$(printf 'a%d=1&' {1..1000}) HTTP/1.1\r\n$host\r\n"
refuses "a target of 100 kB" '^HTTP/1.1 4[0-9][0-9] |^closed$' \
	"GET /$(printf '%100000s' '' | tr ' ' a) HTTP/1.1\r\n$host\r\n"
refuses "a header of 100 kB" '^HTTP/1.1 4[0-9][0-9] |^closed$' \
	"$get${host}X-A: $(printf '%100000s' '' | tr ' ' a)\r\n\r\n"
refuses "no HTTP" '^HTTP/1.[01] 400 |^closed$' '\x16\x03\x01\x02\000\x01\000\r\n\r\n'

like "the boot port takes no PUT" \
	"$(printf 'PUT /api/v1/systems/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}' |
		raw 80)" '^HTTP/1.1 40[45] '
is "and has no API" "$(curl -s -o /dev/null -w '%{http_code}' "$URL/api/v1/systems")" 404

# A client that sends one byte a second for as long as it is let.
slow_client() {
	local fd
	trap '' PIPE
	exec {fd}<>/dev/tcp/127.0.0.1/80
	printf 'GET /autoinstall/profile/foo HTTP/1.1\r\nX: ' >&"$fd"
	while printf a >&"$fd"; do
		read -r -t 1 -u "$fd" _ || [ $? -gt 128 ] || break
	done 2>/dev/null
}
export -f slow_client
check "a client that never finishes is cut off" timeout 120 bash -c slow_client

check "the server still runs" server_answers foo
check "so does its API" bootwright status
check "it stops cleanly" server_stop
done_testing
