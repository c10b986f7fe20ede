#!/usr/bin/env bash
# Everything at once: machines that install, writers, syncs and rollbacks, and a server that is killed.
# SEED=N chooses other moments, ROUNDS=N makes it longer.
# timeout: 180
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

must "bootwrightd starts" server_start
must "settings" local_settings
small_tree /run/bw/tree
must "import" bootwright import --path=/run/bw/tree --name=foo
must "a profile" bootwright profile add --name=bar --distro=foo
must "and stops" server_stop
export LOG=$LOGS/server.log PYTHONDONTWRITEBYTECODE=1
note "SEED=${SEED:-1} ROUNDS=${ROUNDS:-4}"
check "a crowd" /usr/bin/python3 "$REPO/tests/api/crowd.py" "$STATE" "${SEED:-1}" "${ROUNDS:-4}" \
	bootwrightd --state-dir "$STATE" --reload-dhcp=
note "$(tail -n 1 "$tap_output")"
done_testing
