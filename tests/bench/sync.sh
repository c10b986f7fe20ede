# shellcheck shell=bash
# Publishing.

# bench_full_sync ROUNDS: the fastest, against a bare loop that writes the same files.
bench_full_sync() {
	local round syncs=() loops=() files loop=$STATE/tftp/.loop
	for ((round = 1; round <= $1; round++)); do
		bootwright settings edit --kernel-options="round=$round" >/dev/null
		timed bootwright sync
		syncs+=("$wall")
		loops+=("$("$TOOLS/write_loop" "$STATE/tftp/current/." "$loop")")
		rm -rf "$loop"
	done
	files=$(find "$STATE/tftp/current/" -type f | wc -l)
	row "full sync, $files files" s "$(least "${syncs[@]}")" "$(least "${loops[@]}")" "bare loop" \
		-b "x < 1.5"
	row "  server's processor time" s "$cpu"
	row "  server's memory at most" MiB "$(server_peak)"
}

bench_sync_nothing() {
	local round times=()
	for round in {1..9}; do
		timed bootwright sync
		times+=("$wall")
	done
	row "sync with nothing to do, command and all: median" ms \
		"$(calc "$(printf '%s\n' "${times[@]}" | sort -g | sed -n 5p) * 1000")" -b "< 50"
}
