#!/usr/bin/env bash
# The JSON API as a script sees it: pages, preconditions, repeated requests, what was and back, the
# whole state out and in, tokens, limits, many writers at once.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# ask METHOD PATH [CURL-ARGUMENT...]: status in $status, body in $body, headers in $head.
ask() {
	local answer
	answer=$(api "$@" -D /run/bw/head)
	status=${answer##*$'\n'}
	body=${answer%$'\n'*}
	head=$(tr -d '\r' </run/bw/head)
}

# answers WHAT STATUS JQ-EXPRESSION METHOD PATH [CURL-ARGUMENT...]
answers() {
	local what=$1 wanted=$2 expression=$3
	shift 3
	ask "$@"
	is "$what: status" "$status" "$wanted"
	[ -z "$expression" ] || check "$what: $expression" jq -e "$expression" <<<"$body"
}

# system NAME N: JSON of a system.
system() {
	printf '{"name": "%s", "profile": "bar", "interfaces": {"eth0": {"mac_address": "52:54:00:00:00:%02x"}}}' "$1" "$2"
}

must "bootwrightd starts" server_start
must "settings" local_settings
small_tree /run/bw/tree
must "import" bootwright import --path=/run/bw/tree --name=foo
must "a profile" bootwright profile add --name=bar --distro=foo

for i in 1 2 3 4 5; do
	answers "a system" 201 ".name == \"web$i\"" POST /api/v1/systems -d "$(system web$i "$i")"
done
like "it has a place" "$head" '^Location: /api/v1/systems/web5$'
etag=$(sed -n 's/^ETag: //p' <<<"$head")
is "and an ETag" "$etag" '"v1"'

fails "on the boot port it is not, which says where it is" 'api-listen says: on port 8080' \
	bootwright --server="$URL" status

note "pages"
answers "the first page" 200 '.items | length == 2' GET '/api/v1/systems?limit=2&profile=b*'
like "says where the next is" "$head" '^Link: <(/api/v1/systems\?[^>]*)>; rel="next"$'
names=$(jq -r '.items[].name' <<<"$body")
while next=$(sed -nE 's/^Link: <([^>]*)>; rel="next"$/\1/p' <<<"$head"); [ -n "$next" ]; do
	answers "the next page" 200 '' GET "$next"
	names+=$'\n'$(jq -r '.items[].name' <<<"$body")
done
is "all pages together are all" "$names" "$(printf 'web%d\n' 1 2 3 4 5)"
answers "the last has no next" 200 '.next == null' GET '/api/v1/systems?limit=5'
answers "sorted" 200 '[.items[].name] == ["web5", "web4"]' GET '/api/v1/systems?sort=-name&limit=2'
answers "by a field of an interface" 200 '[.items[].name] == ["web3"]' \
	GET '/api/v1/systems?mac_address=52-54-00-00-00-03'
answers "two conditions on one field" 200 '[.items[].name] == ["web2", "web3"]' \
	GET '/api/v1/systems?name=%3Eweb1&name=%3Cweb4'
answers "where it is unset" 200 '.items | length == 5' GET '/api/v1/systems?comment='
answers "where it is set" 200 '.items | length == 0' GET '/api/v1/systems?comment=!'
answers "some members" 200 '.items[0] | keys == ["name", "profile"]' \
	GET '/api/v1/systems?fields=profile&limit=1'
answers "an argument that is none" 400 '.field == "limt" and (.detail | test("limit"))' \
	GET '/api/v1/systems?limt=1'
answers "a field that is none" 400 '.detail | test("profile")' GET '/api/v1/systems?proflie=bar'

note "preconditions"
answers "not modified" 304 '' GET /api/v1/systems/web1 -H "If-None-Match: $etag"
is "has no body" "$body" ""
answers "replacing unseen" 428 '.status == 428' PUT /api/v1/systems/web1 -d '{"profile": "bar"}'
answers "only making" 412 '.detail | test("exists")' PUT /api/v1/systems/web1 \
	-H 'If-None-Match: *' -d '{"profile": "bar"}'
answers "replacing what was seen" 200 '.comment == "x" and .version == 2' \
	PUT /api/v1/systems/web1 -H "If-Match: $etag" -d '{"profile": "bar", "comment": "x"}'
answers "and what was seen before" 412 '.title == "changed meanwhile"' \
	PUT /api/v1/systems/web1 -H "If-Match: $etag" -d '{"profile": "bar", "comment": "y"}'
answers "whatever there is" 200 '.comment == "z"' \
	PUT /api/v1/systems/web1 -H 'If-Match: *' -d '{"profile": "bar", "comment": "z"}'
for what in 'PATCH /api/v1/systems/web1 {"comment":"y"}' 'DELETE /api/v1/systems/web1 {}' \
	'POST /api/v1/systems/web1:copy {"name":"new"}' \
	'POST /api/v1/systems/web1:rename {"name":"new"}'; do
	read -r method path new <<<"$what"
	answers "$method $path of another version" 412 '' "$method" "$path" -H 'If-Match: "v1"' -d "$new"
done

note "dry runs"
bootwright sync >/dev/null
answers "a dry run shows the files" 200 \
	'.dry_run and (.diff | test("web1|52-54-00|quiet")) and .item.kernel_options.quiet' \
	PATCH '/api/v1/profiles/bar?dry_run=1' -d '{"kernel_options": {"quiet": true}}'
answers "and stores nothing" 200 '.kernel_options == null' GET /api/v1/profiles/bar
answers "also of a removal" 200 '.dry_run and .item == null' DELETE '/api/v1/systems/web2?dry_run=1'
answers "which is still there" 200 '' GET /api/v1/systems/web2
answers "a protected system" 200 '' PATCH /api/v1/systems/web2 -d '{"protected": true}'
answers "says how" 409 '.detail | test("confirm")' PATCH /api/v1/systems/web2 -d '{"comment": "x"}'
answers "and is changed so" 200 '' PATCH '/api/v1/systems/web2?confirm=1' -d '{"comment": "x"}'

note "repeated requests"
key=(-H 'Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324')
answers "a copy" 201 '' POST /api/v1/systems/web3:copy "${key[@]}" -d '{"name": "copy"}'
first=$body
must "the server ends" server_stop
must "and starts again" server_start
answers "the same request" 201 '' POST /api/v1/systems/web3:copy "${key[@]}" -d '{"name": "copy"}'
is "has the same answer" "$body" "$first"
like "and says so" "$head" '^Idempotency-Replayed: true$'
answers "another request with the key" 422 '' POST /api/v1/systems/web3:copy "${key[@]}" \
	-d '{"name": "other"}'

note "what was, and back"
answers "history" 200 '.items[0].type == "system" and (.next | type == "number")' \
	GET '/api/v1/history?type=system&limit=2'
before=$(jq .next <<<"$body")
answers "older ones" 200 ".items[0].revision < $before" GET "/api/v1/history?type=system&before=$before"
answers "of one item" 200 '.next == null and .items[-1].before == null' \
	GET '/api/v1/history?type=system&name=web1'
made=$(jq '.items[-1].revision' <<<"$body")
answers "a revision" 200 '.diff | test("web1|profile")' GET "/api/v1/history/$made"
answers "an item as it was" 200 '.version == 1' GET "/api/v1/systems/web1?as_of=$made"
answers "a list as it was" 200 '[.items[].name] == ["web1"]' GET "/api/v1/systems?as_of=$made"
answers "before there was anything" 404 '.field == "as_of"' GET '/api/v1/systems?as_of=1999-01-01'
answers "removing all that depends" 200 '[.items[].name] | contains(["bar", "web1", "copy"])' \
	DELETE '/api/v1/profiles/bar?recursive=1&confirm=1'
answers "is one transaction" 200 '[.items[].change] | unique | length == 1' \
	GET '/api/v1/history?limit=7'
removed=$(jq '.items[0].revision' <<<"$body")
answers "that can be undone as a whole" 200 '.items | length == 7' \
	POST "/api/v1/history/$removed:revert?all=1"
answers "and is there again" 200 '.comment == "z"' GET /api/v1/systems/web1

note "the whole state"
answers "export" 200 '.systems | length == 6' GET /api/v1/export
jq . <<<"$body" >/run/bw/state.json
answers "applied as it is" 200 '.created + .changed + .removed == 0 and .unchanged > 8' \
	POST /api/v1/apply -d @/run/bw/state.json
jq '.systems |= map(select(.name != "copy")) | .systems[0].comment = "applied" |
	.groups = [{"name": "web"}]' /run/bw/state.json >/run/bw/new.json
answers "a dry run" 200 '.dry_run and .created == 1 and .changed == 1 and .removed == 1' \
	POST '/api/v1/apply?dry_run=1&prune=1&confirm=1' -d @/run/bw/new.json
answers "has stored nothing" 404 '' GET /api/v1/groups/web
answers "applied" 200 '.created == 1 and .changed == 1 and .removed == 1' \
	POST '/api/v1/apply?prune=1&confirm=1' -d @/run/bw/new.json
jq '.systems[1].profile = "none"' /run/bw/new.json >/run/bw/bad.json
answers "all or nothing" 400 '.field == "profile" and .item.type == "system" and .item.name == "web2"' \
	POST '/api/v1/apply?confirm=1' -d @/run/bw/bad.json

note "tokens"
remote() { curl -sS -o /run/bw/remote -w '%{http_code}' "$@"; }
token=$(bootwright token add --name=ansible --role=operate --output json | jq -r .token)
like "256 bits" "$token" '^bw_[0-9a-f]{64}$'
check "which the store does not have" sh -c "! grep -ra '$token' '$STATE'"
is "operate writes" "$(remote -X PATCH -H "Authorization: Bearer $token" -d '{"comment": "t"}' \
	-H 'Content-Type: application/json' http://127.0.0.1:8080/api/v1/systems/web1)" 200
is "who it was is on record" \
	"$(api GET '/api/v1/history?limit=1' | sed '$d' | jq -r '.items[0].who')" "token ansible"
is "operate does not administer" \
	"$(remote -H "Authorization: Bearer $token" http://127.0.0.1:8080/api/v1/tokens)" 403
is "nor change settings by a document" "$(remote -d '{"settings": {"server": "192.0.2.9"}}' \
	-H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
	http://127.0.0.1:8080/api/v1/apply)" 403
is "but applies one that leaves them" "$(remote -d @/run/bw/new.json \
	-H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
	'http://127.0.0.1:8080/api/v1/apply?confirm=1')" 200
bootwright token revoke --name=ansible
is "revoked" "$(remote -H "Authorization: Bearer $token" http://127.0.0.1:8080/api/v1/status)" 401

note "limits"
head -c 300000 /dev/zero | tr '\0' ' ' >/run/bw/blanks
answers "a body that is too large" 413 '.status == 413' POST /api/v1/systems -d @/run/bw/blanks
{ jq -c . /run/bw/state.json && cat /run/bw/blanks; } >/run/bw/large.json
answers "is none for apply" 200 '' POST '/api/v1/apply?confirm=1' --data-binary @/run/bw/large.json
is "whom nobody knows is not even read" "$(remote --data-binary @/run/bw/large.json \
	-H 'Content-Type: application/json' http://127.0.0.1:8080/api/v1/apply)" 401
printf '[%.0s' {1..100} >/run/bw/deep
answers "deep JSON" 400 '.detail | test("nested")' POST /api/v1/apply -d @/run/bw/deep

note "many writers"
bootwright system add --name=counter --profile=bar
counted=$(PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$REPO/tests/api/writers.py" 32 10) || true
is "32 writers lose no update" "${counted% *}" 320
check "and met each other (${counted#* } times)" test "${counted#* }" -gt 100
check "the server stops cleanly" server_stop
done_testing
