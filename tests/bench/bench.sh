#!/usr/bin/env bash
# Usage: tests/bench/bench.sh [SYSTEMS [SMALL]]
#
# Measures the budgets of ARCHITECTURE.md, each against its yardstick in the same run, because a
# machine's own speed changes from hour to hour: quote the ratios. Needs [bench] of .ci/packages.
# SYSTEMS is how many the large store holds (100000); the small one SMALL (10000).
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"

large=${1:-100000}
small=${2:-$((large < 10000 ? large : 10000))}
work=/run/bw/bench
mkdir -p "$work"
SECONDS_OF_LOAD=${SECONDS_OF_LOAD:-4}
# shellcheck source=tests/bench/lib.sh
. "$REPO/tests/bench/lib.sh"
# shellcheck source=tests/bench/templates.sh
. "$REPO/tests/bench/templates.sh"
# shellcheck source=tests/bench/store.sh
. "$REPO/tests/bench/store.sh"
# shellcheck source=tests/bench/queries.sh
. "$REPO/tests/bench/queries.sh"
# shellcheck source=tests/bench/sync.sh
. "$REPO/tests/bench/sync.sh"
# shellcheck source=tests/bench/boot.sh
. "$REPO/tests/bench/boot.sh"
# shellcheck source=tests/bench/koan.sh
. "$REPO/tests/bench/koan.sh"
rm -rf "$REPO/${B:-build}/bench-state"
clean_up() {
	! server_runs || server_stop KILL || true
	rm -rf "$REPO/${B:-build}/bench-state"
}
trap clean_up EXIT
small_tree "$work/tree"
ip addr add 10.77.0.1 dev lo # as lab_settings says; koan fetches from there

systems=$small
title "$systems systems"
bench_server_start small
bench_add 1 1000
estate 1001 "$systems" >"$work/estate.json"
bootwright apply "$work/estate.json" >/dev/null
bench_full_sync 3
bench_sync_nothing
bench_add_published "$systems"
bench_autoinstall
bench_ipxe
small_rate=$ipxe_rate small_us=$first_us
bench_big_file
bench_templates
bench_koan
server_stop

systems=$large
title "$systems systems"
bench_server_start large
bench_apply
bench_queries
bench_full_sync 1
bench_sync_nothing
bench_change
bench_ipxe
row "  against $small systems" "/s" "$ipxe_rate" "$small_rate" "$small" -b "x > 0.9"
row "  the first time, against $small systems" us "$first_us" "$small_us" "$small" -b "x < 1.5"
bench_memory
server_stop

printf '\n%s budgets missed; %s s in all; load average %s\n' "$missed" "$SECONDS" \
	"$(cut -d ' ' -f 1-3 /proc/loadavg)"
