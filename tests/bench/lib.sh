# shellcheck shell=bash
# What the parts of the benchmark share: the table, clocks, what the server's process has used, and
# the two clients. $work is for files in memory, $systems how many systems the server has.
# shellcheck disable=SC2034,SC2154 # the parts share variables

TOOLS=$REPO/${B:-build}/bench
missed=0 # budgets

now() { date +%s.%N; }
since() { calc "$(now) - $1"; }
calc() { awk "BEGIN { printf \"%.6f\", $1 }"; }
# Of numbers, one on a line.
least() { sort -g | sed -n 1p; }
most() { sort -g | sed -n '$p'; }

title() { printf '\n%-60s %12s  %-22s %7s  %s\n' "$1" ours yardstick ratio budget; }

# row WHAT UNIT OURS [YARDSTICK NAME] [-b BUDGET]: a line of the table. A budget is "< 1", of the
# value in its unit, or "x < 1.5", of the ratio to the yardstick.
row() {
	local what=$1 unit=$2 ours=$3 yardstick='' name='' budget=''
	shift 3
	[ "${1:--b}" = -b ] || { yardstick=$1 name=$2; shift 2; }
	[ "${1:-}" != -b ] || budget=$2
	awk -v what="$what" -v unit="$unit" -v ours="$ours" -v yardstick="$yardstick" \
		-v name="$name" -v budget="$budget" '
		function show(value) {
			return sprintf(value >= 1000 ? "%.0f %s" : value >= 10 ? "%.1f %s" : "%.3f %s", value, unit)
		}
		BEGIN {
			if (yardstick != "") {
				ratio = sprintf("%.2f", ours / yardstick)
				yardstick = show(yardstick) " " name
			}
			n = split(budget, word, " ")
			value = word[1] == "x" ? ratio : ours
			missed = n && (word[n - 1] == "<" ? value >= word[n] + 0 : value < word[n] + 0)
			shown = budget == "" || word[1] == "x" ? budget : budget " " unit
			printf "%-60s %12s  %-22s %7s  %s%s\n", what, show(ours), yardstick, ratio, shown,
				missed ? "  MISSED" : ""
			exit missed
		}' || missed=$((missed + 1))
}

# The server's processor time in seconds, and its memory in MiB: now, and the most since peak_reset.
server_cpu() { awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' "/proc/$server_pid/stat"; }
server_memory() { awk '/^VmRSS/ { print $2 / 1024 }' "/proc/$server_pid/status"; }
server_peak() { awk '/^VmHWM/ { print $2 / 1024 }' "/proc/$server_pid/status"; }
peak_reset() { echo 5 >"/proc/$server_pid/clear_refs"; }

# timed COMMAND...: runs it and sets `wall` and `cpu`, the server's, in seconds. Its output goes to
# $work/out.
timed() {
	local start begun status=0
	peak_reset
	start=$(now) begun=$(server_cpu)
	"$@" >"$work/out" 2>"$work/errors" || status=$?
	wall=$(since "$start") cpu=$(calc "$(server_cpu) - $begun")
	[ "$status" = 0 ] || { cat "$work/errors" >&2; return 1; }
}

# finds_changes COMMAND...: a dry run that has something to say.
finds_changes() {
	local status=0
	"$@" || status=$?
	[ "$status" = 1 ]
}

# A server of its own for each size, on a disk: in the sandbox's own /run, which is memory, an fsync
# would cost nothing.
bench_server_start() {
	STATE=$REPO/${B:-build}/bench-state/$1
	mkdir -p "$STATE"
	chmod 755 "${STATE%/*}" "$STATE"
	server_start --services=external
	# What is published shall be what is measured.
	lab_settings --default-password-crypted='$6$bench$bench' --auto-sync=false >/dev/null
	bootwright import --path="$work/tree" --name=bench >/dev/null
}

# asks: sends the requests of its input one after another on one connection of the API's socket
# ("METHOD PATH[ BODY]" each) and sets, in milliseconds, `total`, `p50` and `p99` of an answer's time.
asks() {
	read -r total p50 p99 < <("$TOOLS/asks" /run/bootwright/api.sock)
	[ -n "$p99" ]
}

# system_json I: awk's function for the system number I: "m000001", 10.80.0.1, with one card.
# shellcheck disable=SC2034 # for the parts
SYSTEM_JSON='function system_json(i, own,    a, b, c) {
	a = int(i / 65536) % 256; b = int(i / 256) % 256; c = i % 256
	return sprintf("{%s\"profile\":\"bench\",\"hostname\":\"m%06d.example.org\"," \
		"\"interfaces\":{\"eth0\":{\"mac_address\":\"52:54:00:%02x:%02x:%02x\"," \
		"\"ip_address\":\"10.%d.%d.%d\",\"netmask\":\"255.0.0.0\"}}}", own, i, a, b, c, 80 + a, b, c)
}'

# load BASE LUA-EXPRESSION: asks for a path over and over, 32 connections, two threads; `i` is a
# random system's number of $systems, mac(i, ":") its address. Sets `rate` (answers a second), `p50`
# and `p99` (ms).
load() {
	local errors
	cat >"$work/load.lua" <<-LUA
		local threads = 0
		function setup(thread) threads = threads + 1; thread:set("seed", threads) end
		function init(args) math.randomseed(seed) end
		function mac(i, by)
			return string.format("52%s54%s00%s%02x%s%02x%s%02x", by, by, by, math.floor(i / 65536) % 256,
				by, math.floor(i / 256) % 256, by, i % 256)
		end
		function request()
			local i = math.random($systems)
			return wrk.format("GET", $2)
		end
		function done(summary, latency, requests)
			local e = summary.errors
			io.write(string.format("RESULT %.1f %.3f %.3f %d\n",
				summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000,
				latency:percentile(99) / 1000, e.status + e.connect + e.read + e.write + e.timeout))
		end
	LUA
	read -r rate p50 p99 errors < <(
		wrk --timeout 60s -t 2 -c 32 -d "${SECONDS_OF_LOAD}s" -s "$work/load.lua" "$1" |
			sed -n 's/^RESULT //p')
	[ "$errors" = 0 ] || { echo "bench: $errors errors at $1, $2" >&2; return 1; }
}

# nginx_start ROOT: on port 8081. It keeps open as many files as it may: more would be errors.
nginx_start() {
	local files
	files=$(ulimit -Hn)
	[ "$files" != unlimited ] && [ "$files" -lt 400000 ] || files=400000
	cat >"$work/nginx.conf" <<-NGINX
		worker_processes 2; daemon off; pid $work/nginx.pid; error_log /dev/null; user root;
		worker_rlimit_nofile $files;
		events { worker_connections 1024; }
		http { access_log off; sendfile on; keepalive_requests 1000000000;
			open_file_cache max=$((files - 2048));
			server { listen 127.0.0.1:8081; root $1; default_type text/plain; } }
	NGINX
	nginx -c "$work/nginx.conf" 2>/dev/null &
	nginx_pid=$!
	wait_for 10 test -s "$work/nginx.pid"
}
nginx_stop() {
	kill "$nginx_pid"
	wait "$nginx_pid" 2>/dev/null || true
	rm -f "$work/nginx.pid"
}
NGINX=http://127.0.0.1:8081
API=http://127.0.0.1:8080
