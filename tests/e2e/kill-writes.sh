#!/usr/bin/env bash
# SIGKILL at 100 random moments among writes: what was acknowledged is there, the database is
# whole, the server starts again, and a request whose answer was lost can be sent again.
# timeout: 300
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
check "100 kills" /usr/bin/python3 "$REPO/tests/api/kill_writes.py" "$STATE" 100 \
	bootwrightd --state-dir "$STATE" --reload-dhcp=
note "$(tail -n 1 "$tap_output")"
check "the next start is an ordinary one" server_start
check "and ends as one" server_stop
done_testing
