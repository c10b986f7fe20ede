# shellcheck shell=bash
# Writing to the store: systems one by one, and many at once.
# shellcheck disable=SC2154 # what lib.sh sets

# estate FROM TO: prints a document of systems, in the form of `bootwright export`.
estate() {
	awk -v from="$1" -v to="$2" "$SYSTEM_JSON"'BEGIN {
		print "{\"systems\": ["
		for (i = from; i <= to; i++)
			print system_json(i, sprintf("\"name\":\"m%06d\",", i)) (i < to ? "," : "")
		print "]}"
	}'
}

# puts FROM TO: prints the requests that add these systems.
puts() {
	awk -v from="$1" -v to="$2" "$SYSTEM_JSON"'BEGIN {
		for (i = from; i <= to; i++)
			printf "PUT /api/v1/systems/m%06d %s\n", i, system_json(i, "")
	}'
}

insert_loop() {
	rm -f "$STATE/loop.db"*
	"$TOOLS/insert_loop" "$STATE/loop.db" "$@"
	rm -f "$STATE/loop.db"*
}

# bench_add FROM TO: one after another on one connection. Each is on the disk before it is
# acknowledged, so the time is mostly the disk's.
bench_add() {
	local n=$(($2 - $1 + 1))
	puts "$1" "$2" >"$work/puts"
	timed asks <"$work/puts"
	row "add $n systems one by one: server's processor time" s "$cpu" -b "< 1"
	row "  from the first to the last answer" s "$(calc "$total / 1000")" "$(insert_loop "$n" 1)" \
		"SQLite loop"
	row "  one of them: p50" ms "$p50"
	row "  p99" ms "$p99"
}

# bench_add_published AFTER: the same where boot files are published for each, at once.
bench_add_published() {
	puts $(($1 + 1)) $(($1 + 1000)) >"$work/puts"
	timed asks <"$work/puts"
	row "add and publish 1000, one by one: server's processor" s "$cpu"
	row "  from the first to the last answer" s "$(calc "$total / 1000")"
}

# The document, then the same again, then with one system changed, each whole.
bench_apply() {
	estate 1 "$systems" >"$work/estate.json"
	timed bootwright apply "$work/estate.json"
	row "apply $systems systems at once" s "$wall" "$(insert_loop "$systems" "$systems")" "SQLite loop"
	row "  server's processor time" s "$cpu"
	row "  server's memory at most" MiB "$(server_peak)"
	row "  server's memory afterwards" MiB "$(server_memory)"
	timed bootwright apply "$work/estate.json"
	grep -q "^nothing to do: $systems items" "$work/out"
	row "apply the same again: nothing is written" s "$wall"
	sed 's/m000700\.example\.org/changed.example.org/' "$work/estate.json" >"$work/changed.json"
	timed finds_changes bootwright apply --dry-run "$work/changed.json"
	grep -q "^would be: 0 created, 1 changed" "$work/out"
	row "apply --dry-run with one system changed" s "$wall"
	timed bootwright export
	row "export all" s "$wall"
	row "  $(wc -c <"$work/out") bytes; server's memory at most" MiB "$(server_peak)"
	mv "$work/out" "$work/exported.json"
	timed bootwright apply "$work/exported.json"
	grep -q "^nothing to do" "$work/out"
	row "apply what was exported: nothing is written" s "$wall"
	rm "$work"/*.json
}

# One system's change, as its caller waits for it: stored, on the disk, and published.
bench_change() {
	local i
	for i in {1..300}; do
		printf 'PATCH /api/v1/systems/m%06d {"kernel_options":{"n":"%d"}}\n' $((i * 3)) "$i"
	done >"$work/patches"
	timed asks <"$work/patches"
	row "change a system's kernel options and publish it: p50" ms "$p50" -b "< 10"
	row "  p99" ms "$p99"
	row "  server's processor time for one" ms "$(calc "$cpu / 300 * 1000")"
	for i in {1..300}; do
		printf 'PATCH /api/v1/systems/m%06d {"interfaces":{"eth0":{"ip_address":"10.99.%d.%d"}}}\n' \
			$((i * 3)) $((i / 100)) $((i % 100 + 1))
	done >"$work/patches"
	timed asks <"$work/patches"
	row "change a system's address, dnsmasq's file, too: p50" ms "$p50" -b "< 10"
	row "  p99" ms "$p99"
	row "  server's processor time for one" ms "$(calc "$cpu / 300 * 1000")"
}

# Starts the server again.
bench_memory() {
	local start
	row "memory after all this" MiB "$(server_memory)"
	server_stop
	start=$(now)
	server_start --services=external
	row "start until ready" s "$(since "$start")" -b "< 1"
	row "memory when ready" MiB "$(server_memory)" -b "< 64"
}
