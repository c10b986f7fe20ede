#!/usr/bin/env bash
# Templates from end to end: where they come from, when a change is seen, what is served where one
# is broken, and the commands that try, lint, compare and convert them.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

ours=$STATE/kickstarts
answer() { curl -sS "$URL/autoinstall/system/${1:-web7}"; }
status() { curl -sS -o /dev/null -w '%{http_code}' "$URL/autoinstall/system/${1:-web7}"; }

small_tree /run/bw/tree
must "bootwrightd starts" server_start --services=external
local_settings
bootwright import --path=/run/bw/tree --name=foo >/dev/null
bootwright profile edit --name=foo --autoinstall=debian12.preseed
bootwright system add --name=web7 --profile=foo --interface=eth0 --mac-address=52:54:00:aa:00:07
bootwright system add --name=web8 --profile=foo

check "what is shipped renders" bash -c "curl -fsS $URL/autoinstall/system/web7 | grep -q '^d-i '"
for template in rhel.ks fedora.ks ubuntu.user-data agama.json autoyast.xml coreos.ign debian.preseed; do
	bootwright profile add --name="${template%.*}" --distro=foo --autoinstall=$template
done
check "the lint finds nothing in what is shipped" bootwright template check

mkdir -p "$ours/snippets/per_system/net"
echo 'mine {{ name }} {% include "net" %}' >"$ours/mine.txt"
echo 'plain' >"$ours/snippets/net"
bootwright profile edit --name=foo --autoinstall=mine.txt
is "a file of the administrator's" "$(answer)" "mine web7 plain"
echo 'for seven' >"$ours/snippets/per_system/net/web7"
is "a system's own snippet" "$(answer; answer web8)" "mine web7 for seven
mine web8 plain"
printf 'stored for seven' | bootwright snippet add --name=net@system.web7 --content=-
is "one in the store comes before it" "$(answer; answer web8)" "mine web7 stored for sevenmine web8 plain"
bootwright snippet remove --name=net@system.web7
rm "$ours/snippets/per_system/net/web7"

stale=0
printf 0000 >"$ours/snippets/net"
for ((i = 0; i < 300; i++)); do
	printf 'n%03d' "$i" 1<>"$ours/snippets/net"
	[ "$(answer)" = "mine web7 n$(printf %03d "$i")" ] || stale=$((stale + 1))
done
is "300 changes, each seen by the next request" "$stale" 0

echo '{{ nothing_like_it }}' >"$ours/snippets/net"
is "a broken template is a server's error" "$(status)" 500
check "with a short text" bash -c "curl -sS $URL/autoinstall/system/web7 | grep -q nothing_like_it"
check "no line of it in the answer" bash -c "! curl -sS $URL/autoinstall/system/web7 | grep -q '^mine'"
check "the events say why" bash -c \
	"bootwright event list | grep -q \"answer file of system 'web7'.*'snippets/net' line 1\""
check "so does the log" grep -q "'snippets/net' line 1" "$LOGS/server.log"
is "the lint says where, and for whom" "$(bootwright template check snippets/net | cut -d' ' -f1-5)" \
	"snippets/net:1:4: 'nothing_like_it' is not defined"
echo 'healed' >"$ours/snippets/net"
is "and it heals" "$(status)" 200

# A file that was brought from Cobbler as it is: all of it is plain text to Jinja.
printf 'lang en\nrootpw --iscrypted $default_password_crypted\n$SNIPPET(%s)\n' "'net'" >"$ours/old.ks"
fails "Cobbler's Cheetah is told, before anybody uses it" "^old.ks:3:1: line 3 has '.SNIPPET.', which is Cobbler's" \
	bootwright template check old.ks
bootwright profile edit --name=foo --autoinstall=old.ks
fails "then, too" "^old.ks:3:1: .* has '.SNIPPET.', which is Cobbler's Cheetah" \
	bootwright template check old.ks
fails "by check, too, with the command" "'foo' gets no answer file that its installer can read: line 3 .*bootwright template convert" \
	bootwright check
bootwright template convert "$ours/old.ks" >/run/bw/new.ks
cp /run/bw/new.ks "$ours/old.ks"
is "which mends it" "$(answer web8 | grep . | tail -n 2)" "$(printf 'rootpw --iscrypted %s\nhealed' "$PASSWORD_HASH")"
lacks "so check says" "$(bootwright check)" "Cobbler's Cheetah"
bootwright profile edit --name=foo --autoinstall=mine.txt

for template in rhel fedora ubuntu agama autoyast coreos debian; do
	bootwright profile remove --name=$template
done
is "render: as it is served" "$(bootwright template render --system=web7)" "$(answer)"
echo 'text of {{ name }}: {{ extra }}, {% include "net" %}' >/run/bw/try.txt
echo '{"extra": 5}' >/run/bw/vars.json
is "render: a file on the server" \
	"$(bootwright template render --system=web8 --vars=/run/bw/vars.json /run/bw/try.txt)" \
	"text of web8: 5, healed"
mkdir -p /run/bw/snippets
echo 'local {{ extra + 1 }}' >/run/bw/snippets/net
echo '{"name": "me", "extra": 5}' >/run/bw/vars.json
is "render: a file without a server" \
	"$(bootwright --socket=/nowhere template render --vars=/run/bw/vars.json /run/bw/try.txt)" \
	"text of me: 5, local 6"

printf '{%% if name == "web7" %%}new{%% else %%}healed\n{%% endif %%}' >/run/bw/net
status=0
bootwright template diff snippets/net --file=/run/bw/net >/run/bw/diff 2>/run/bw/counts || status=$?
is "diff: what a text would change" "$status $(grep -c '^[-+]' /run/bw/diff) $(cat /run/bw/counts)" \
	"1 4 1 of 3 systems and profiles that use it would get something else"
bootwright template add --name=mine.txt --content=@"$ours/mine.txt"
check "diff: a stored template that says the same" bootwright template diff mine.txt
status=0
bootwright template diff nosuch.txt 2>/run/bw/counts || status=$?
is "diff: of none is an error, as diff's" "$status" 2


# What is wrong is told when it is stored, not first when a machine asks.
warned() { { "$@" >/run/bw/out; } 2>&1; }
is "edit: a warning where machines would get nothing" \
	"$(echo 'x {{ nothing_like_it }}' | warned bootwright template edit --name=mine.txt --content=-)" \
	"bootwright: warning: store:template/mine.txt:1:6: 'nothing_like_it' is not defined (profile 'foo')"
is "and it is stored" "$(bootwright --output=json template report --name=mine.txt | jq -r .content)" \
	'x {{ nothing_like_it }}'
is "edit: nothing is stored, nothing is said" \
	"$(warned bootwright template edit --name=mine.txt --content='{{ nor_this }}' --dry-run)" ""
is "edit: nothing to say of what is good" \
	"$(warned bootwright template edit --name=mine.txt --content='{{ name }} {% include "net" %}')" ""
status=0
added=$(warned bootwright snippet add --name=net@system.web7 --content='{{ hostnam }}') || status=$?
is "add: a snippet for one machine" "$status $added" \
	"0 bootwright: warning: store:snippet/net@system.web7:1:4: 'hostnam' is not defined, did you mean \
'hostname'? (included from 'store:template/mine.txt' line 1) (system 'web7')"
bootwright snippet remove --name=net@system.web7

printf '#if $a\n$b\n#end if\n$SNIPPET("x")\n' >/run/bw/old.ks
is "convert" "$(bootwright template convert /run/bw/old.ks)" '{% if a %}
{{ b }}
{% endif %}
{% include "snippets/x" +%}'
printf 'a\n#import os\n' >/run/bw/old.ks
status=0
bootwright template convert /run/bw/old.ks >/run/bw/new.ks 2>/run/bw/marks || status=$?
is "convert: what is left has its line" "$status $(cat /run/bw/marks)" \
	"1 /run/bw/old.ks:2: #import os: has no like in Jinja"
check "the server stops cleanly" server_stop
done_testing
