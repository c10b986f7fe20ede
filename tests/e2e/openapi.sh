#!/usr/bin/env bash
# The API's description: judged by a public validator, and the server held to it: every GET with
# every argument, and every write that can be refused or tried, answers as the document says.
# timeout: 300
set -euo pipefail

# Outside of the sandbox, where a network may be: the validator, of one version, into the build.
validator=build/npm/@seriousme/openapi-schema-validator@2.11.0
if [ -z "${BOOTWRIGHT_SANDBOX:-}" ] && [ ! -e "$validator/ok" ]; then
	mkdir -p "$validator"
	(
		flock 9
		npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$validator" \
			--cache build/npm/cache "${validator#build/npm/}" && touch "$validator/ok"
	) 9>build/npm/lock >"build/npm/log" 2>&1 || true
fi
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

validate() { "$REPO/$validator/node_modules/.bin/validate-api" "$1" | tee /run/bw/verdict; }

bootwrightd --openapi >/run/bw/openapi.json
check "bootwrightd --openapi prints JSON" jq -e '.openapi == "3.1.0"' /run/bw/openapi.json
if [ -e "$REPO/$validator/ok" ]; then
	check "it is valid OpenAPI 3.1" validate /run/bw/openapi.json
	like "says the validator" "$(cat /run/bw/verdict)" '"valid": true'
	jq '.paths["/api/v1/status"].get.responses = 7' /run/bw/openapi.json >/run/bw/broken.json
	fails "which finds what is wrong" 'responses' validate /run/bw/broken.json
else
	skip "OPENAPI IS NOT VALIDATED" "npm's registry does not give ${validator#build/npm/}: see build/npm/log"
fi

must "bootwrightd starts" server_start
must "settings" local_settings
api GET /api/v1/openapi.json | sed '$d' | jq -S . >/run/bw/served.json
check "the running server serves the same" diff <(jq -S . /run/bw/openapi.json) /run/bw/served.json
small_tree /run/bw/tree
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$REPO/tests/api/answers.py" \
	/run/bw/tree/debian-installer/amd64/linux >/run/bw/answers.tap 2>&1 || true
answers=$(grep -cE '^ok ' /run/bw/answers.tap || true)
grep -A8 '^not ok' /run/bw/answers.tap | sed 's/^/# /' | head -100 || true
check "every answer fits its schema ($answers)" \
	awk '/^not ok/ { bad = 1 } /^1\.\./ { plan = substr($0, 4) } /^ok/ { n++ } END { exit bad || n != plan || n < 400 }' \
	/run/bw/answers.tap
tail -n 3 /run/bw/answers.tap | sed 's/^/# /'
check "the server stops cleanly" server_stop
done_testing
