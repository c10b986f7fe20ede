#!/usr/bin/env bash
# Usage: tests/bench/bench.sh [SYSTEMS]
#
# Measures the budgets of ARCHITECTURE.md, each against its yardstick in the same run, because a
# machine's own speed changes from hour to hour: quote the ratios. Needs [bench] of .ci/packages.
# SYSTEMS is how many systems the store holds (10000).
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

systems=${1:-10000}
work=/run/bw/bench
mkdir -p "$work"
# On a disk: in the sandbox's own /run, which is memory, an fsync would cost nothing.
STATE=$(mktemp -d -p "$REPO/${B:-build}" bench.XXXXXX)
chmod 755 "$STATE"
trap 'rm -rf "$STATE"' EXIT
SOCKET=/run/bootwright/api.sock

say() { printf '%-58s %s\n' "$1" "$2"; }
now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.3f", b - a }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

# put_systems FROM TO: one PUT after another on one connection; prints the seconds it took.
put_systems() {
	local start
	awk -v from="$1" -v to="$2" -v socket="$SOCKET" 'BEGIN {
		for (i = from; i <= to; i++) {
			if (i > from)
				print "next"
			a = int(i / 65536) % 256; b = int(i / 256) % 256; c = i % 256
			printf "url = \"http://localhost/api/v1/systems/m%05d\"\n", i
			printf "unix-socket = \"%s\"\nrequest = \"PUT\"\noutput = \"/dev/null\"\n", socket
			printf "fail\nsilent\nshow-error\nheader = \"Content-Type: application/json\"\n"
			json = sprintf("{\"profile\":\"bench\",\"hostname\":\"m%05d.example.org\"," \
				"\"interfaces\":{\"eth0\":{\"mac_address\":\"52:54:00:%02x:%02x:%02x\"," \
				"\"ip_address\":\"10.%d.%d.%d\",\"netmask\":\"255.0.0.0\"}}}", i, a, b, c, 80 + a, b, c)
			gsub(/"/, "\\\"", json)
			printf "data = \"%s\"\n", json
		}
	}' >"$work/puts"
	start=$(now)
	curl -K "$work/puts"
	since "$start"
}

# requests_per_second URL-PREFIX: random systems' answer files, 32 connections, 2 threads.
requests_per_second() {
	cat >"$work/random.lua" <<-LUA
		local n = 0
		function init(args) math.randomseed(os.time()) end
		function request()
			return wrk.format("GET", string.format("/autoinstall/system/m%05d", math.random($systems)))
		end
		function done(summary, latency, requests)
			local e = summary.errors
			io.write(string.format("RESULT %.0f %d\n", summary.requests / (summary.duration / 1e6),
				e.status + e.connect + e.read + e.write + e.timeout))
		end
	LUA
	wrk -t 2 -c 32 -d 5s -s "$work/random.lua" "$1" | awk '$1 == "RESULT" { if ($3) exit 1; print $2 }'
}

### the template engine alone
here=$REPO/tests/bench
preseed=(debian.preseed "$here/render.json" "$systems" 5)
read -r ours bytes < <("$REPO/${B:-build}/bench/render" "$REPO/kickstarts" "${preseed[@]}")
read -r theirs their_bytes < <(/usr/bin/python3 "$here/render.py" "$REPO/kickstarts" "${preseed[@]}")
[ "$bytes" = "$their_bytes" ] || { echo "bench: Jinja2 renders another preseed" >&2; exit 1; }
say "preseeds rendered per second, one thread" "$(awk -v n="$systems" -v t="$ours" 'BEGIN { print int(n / t) }')"
say "  by python3-jinja2" "$(awk -v n="$systems" -v t="$theirs" 'BEGIN { print int(n / t) }')"
say "  times faster (goal 50)" "$(ratio "$theirs" "$ours")"

small_tree "$work/tree"
server_start --services=external
lab_settings --default-password-crypted='$6$bench$bench' >/dev/null
bootwright import --path="$work/tree" --name=bench >/dev/null

### adding, one by one
say "add 1,000 systems one by one over the API" "$(put_systems 1 1000) s"
for ((i = 1000; i < systems; i += 1000)); do
	put_systems $((i + 1)) $((i + 1000 < systems ? i + 1000 : systems)) >/dev/null
done

### full sync against a bare loop
bootwright sync >/dev/null
best_sync=999 best_loop=999
for round in 1 2 3; do
	bootwright settings edit --kernel-options="round=$round" >/dev/null
	start=$(now)
	bootwright sync >/dev/null
	seconds=$(since "$start")
	best_sync=$(awk -v a="$best_sync" -v b="$seconds" 'BEGIN { print (b < a) ? b : a }')
	rm -rf "$STATE/tftp/.loop"
	seconds=$("$REPO/${B:-build}/bench/write_loop" "$STATE/tftp/current/." "$STATE/tftp/.loop")
	best_loop=$(awk -v a="$best_loop" -v b="$seconds" 'BEGIN { print (b < a) ? b : a }')
done
rm -rf "$STATE/tftp/.loop"
say "full sync of $systems systems" "$best_sync s"
say "  the same files by a bare loop" "$best_loop s"
say "  ratio (budget 1.5)" "$(ratio "$best_sync" "$best_loop")"
start=$(now)
bootwright sync >/dev/null
say "sync with nothing to do, command and all (budget 0.050 s)" "$(since "$start") s"
start=$(now)
bootwright system edit --name=m00500 --kernel-options=one=1 >/dev/null
say "change one system and publish it, command and all" "$(since "$start") s"

### answer files against nginx
root=$work/www
mkdir -p "$root/autoinstall/system"
awk -v n="$systems" -v url="$URL" -v root="$root" 'BEGIN { for (i = 1; i <= n; i++)
	printf "url = \"%s/autoinstall/system/m%05d\"\noutput = \"%s/autoinstall/system/m%05d\"\n", url, i, root, i
}' >"$work/gets"
curl -sSf -K "$work/gets"
cat >"$work/nginx.conf" <<NGINX
worker_processes 2; daemon off; pid $work/nginx.pid; error_log /dev/null; user root;
events { worker_connections 1024; }
http { access_log off; sendfile on; keepalive_requests 1000000000; open_file_cache max=20000;
	server { listen 127.0.0.1:8081; root $root; default_type text/plain; } }
NGINX
nginx -c "$work/nginx.conf" 2>/dev/null &
nginx_pid=$!
wait_for 10 curl -fsS -o /dev/null "http://127.0.0.1:8081/autoinstall/system/m00001"
ours=0 theirs=0
for round in 1 2 3; do
	n=$(requests_per_second "$URL"); ((n > ours)) && ours=$n
	n=$(requests_per_second http://127.0.0.1:8081); ((n > theirs)) && theirs=$n
done
kill "$nginx_pid"
say "answer files per second, $systems systems at random" "$ours"
say "  the same bytes by nginx as static files" "$theirs"
say "  ratio (budget 1.0 or more)" "$(ratio "$ours" "$theirs")"

### memory and start
rss() { awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }
say "memory after all this" "$(rss "$server_pid") MiB"
server_stop
start=$(now)
server_start --services=external
say "start until ready, $systems systems" "$(since "$start") s"
say "memory when ready (budget 64 MiB)" "$(rss "$server_pid") MiB"

### koan against virt-install
# spent NAME COMMAND...: its seconds, and the KiB that it had in memory at most.
spent() {
	local start=$EPOCHREALTIME
	/usr/bin/time -o "$work/kib" -f %M "${@:2}" >/dev/null
	awk -v name="$1" -v start="$start" -v end="$EPOCHREALTIME" \
		'{ print name, end - start, $1 }' "$work/kib"
}
by_koan=(koan --virt --server=127.0.0.1 --profile=bench --virt-name=guest --virt-type=qemu
	--connect=test:///default --nogfx)
by_virt_install=(virt-install --connect test:///default --name guest --memory 512 --vcpus 1
	--disk none --network none --graphics none --osinfo generic)
"${by_koan[@]}" >/dev/null # its kernel and initrd are in the cache from now on
for round in 1 2 3 4 5; do
	spent koan-xml "${by_koan[@]}" --dry-run
	spent virt-xml "${by_virt_install[@]}" --boot kernel=/k,initrd=/i --print-xml
	spent koan-define "${by_koan[@]}"
	spent virt-define "${by_virt_install[@]}" --import --noautoconsole --noreboot
done | sort -k2,2g | awk '
	!seen[$1]++ { time[$1] = $2 }
	$3 > most[$1] { most[$1] = $3 }
	function line(what, ours, theirs) {
		printf "%-58s %.3f s, %.1f MiB\n", what, time[ours], most[ours] / 1024
		printf "%-58s %.3f s, %.1f MiB\n", "  virt-install", time[theirs], most[theirs] / 1024
		printf "%-58s %.1f\n", "  times faster (budget 10)", time[theirs] / time[ours]
		printf "%-58s 1/%.1f\n", "  of its memory (budget 1/5)", most[theirs] / most[ours]
	}
	END {
		line("koan: plan to XML", "koan-xml", "virt-xml")
		line("koan: plan to a domain that runs (test driver)", "koan-define", "virt-define")
	}'
spent hundred "${by_koan[@]}" --count=100 --virt-file-size=0.25 | awk '
	{ printf "%-58s %.3f s, %.1f MiB\n", "koan: 100 guests (test driver)", $2, $3 / 1024 }'
server_stop
