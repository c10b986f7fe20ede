#!/usr/bin/env bash
# What is published by and by is, byte for byte, what a full sync publishes: after random changes of
# all sorts. SEED=N repeats a run, STEPS=N makes it longer.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir /srv/t
echo kernel >/srv/t/linux
echo initrd >/srv/t/initrd.gz
must "bootwrightd starts" server_start
must "sync" bootwright sync
note "SEED=${SEED:-1} STEPS=${STEPS:-700}"
said=$(STATE=$STATE PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$REPO/tests/api/random_edits.py" \
	"${SEED:-1}" "${STEPS:-700}" 2>&1) || true
note "$said"
like "incremental and full syncs agree" "$said" '^[3-9][0-9][0-9] changes, [0-9]+ syncs had nothing to do$'
check "the server stops cleanly" server_stop
done_testing
