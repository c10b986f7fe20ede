# shellcheck shell=bash
# Publishing.
# shellcheck disable=SC2154 # what lib.sh sets

# bench_full_sync ROUNDS: the fastest, against a bare loop that writes the same files. Nothing is
# removed in between: ext4 without a journal looks long for an inode after many were freed.
bench_full_sync() {
	local round syncs=() loops=() files fastest
	for ((round = 1; round <= $1; round++)); do
		bootwright settings edit --kernel-options="round=$round" >/dev/null
		timed bootwright sync
		syncs+=("$wall")
		loops+=("$("$TOOLS/write_loop" "$STATE/tftp/current/." "$STATE/loop/$round")")
	done
	files=$(find "$STATE/tftp/current/" -type f | wc -l)
	fastest=$(printf '%s\n' "${syncs[@]}" | least)
	row "full sync, $files files" s "$fastest" \
		"$(printf '%s\n' "${loops[@]}" | least)" "bare loop" -b "x < 1.5"
	[ "$systems" != 10000 ] || row "  by the clock" s "$fastest" -b "< 1"
	row "  server's processor time" s "$cpu"
	row "  server's memory at most" MiB "$(server_peak)"
}

# The command and all.
bench_sync_nothing() {
	local times=()
	for _ in {1..9}; do
		timed bootwright sync
		times+=("$(calc "$wall * 1000")")
	done
	row "sync with nothing to do: median" ms "$(printf '%s\n' "${times[@]}" | sort -g | sed -n 5p)" \
		-b "< 50"
}
