#!/usr/bin/env bash
# The command line against the real server: every verb of an item, reports, errors, output formats.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# exits WHAT STATUS COMMAND...
exits() {
	local what=$1 wanted=$2 status=0
	shift 2
	"$@" >/run/bw/out 2>/run/bw/err || status=$?
	is "$what" "$status" "$wanted"
}
field() { bootwright "$1" report --name="$2" | sed -n "s/^ *$3 *: //p"; }
json() { bootwright --output=json "$@"; }

exits "without a server" 1 bootwright system list
like "the error says what to do" "$(cat /run/bw/err)" 'cannot connect.*api\.sock.*is it running'
is "once" "$(wc -l </run/bw/err)" 1
is "and nothing on standard output" "$(cat /run/bw/out)" ""

must "bootwrightd starts" server_start
small_tree /run/bw/tree
for type in distro profile system; do
	is "no ${type}s: list prints nothing" "$(bootwright $type list)" ""
	is "table, too" "$(bootwright $type list --output=table)" ""
	is "json prints a list" "$(json $type list)" "[]"
done
cd /run/bw
must "import with a relative path" bootwright import --path=tree --name=foo
cd /

# add
check "profile add" bootwright profile add --name=bar --distro=foo --virt-file-size=4,10 \
	--virt_ram=128 --kopts='quiet console=tty0 console=ttyS0' --ksmeta 'a=1 b=2'
is "a number" "$(json profile report bar | jq .virt_ram)" 128
is "numbers" "$(json profile report bar | jq -c .virt_file_size)" '[4,10]'
is "a map" "$(json profile report bar | jq -c .kernel_options.console)" '["tty0","ttyS0"]'
check "sub-profile add" bootwright profile add --name=sub --parent=bar
check "system add, two interfaces" bootwright system add --name=web7 --profile=bar \
	--hostname=web7.example.org --netboot-enabled=no \
	--interface=eth0 --mac=52-54-00-AA-00-07 --ip=10.77.0.20 --subnet=24 \
	--interface=eth1 --mac-address=52:54:00:aa:01:07
is "the MAC in one form" "$(json system report web7 | jq -r .interfaces.eth0.mac_address)" \
	52:54:00:aa:00:07
is "the second interface" "$(json system report web7 | jq -r .interfaces.eth1.mac_address)" \
	52:54:00:aa:01:07
is "list" "$(bootwright profile list | tr '\n' ' ')" "bar foo sub "

like "list of everything" "$(bootwright list | tr '\n' ' ')" \
	'^distros:    foo profiles:    bar    foo    sub systems:    web7 images: '
is "as a table" "$(bootwright list --output=table | tr -s ' ' | tail -n 1)" "systems web7"
is "as JSON" "$(json list | jq -c '{distros, profiles, systems, menus}')" \
	'{"distros":["foo"],"profiles":["bar","foo","sub"],"systems":["web7"],"menus":[]}'

# edit
check "edit" bootwright profile edit --name=bar --virt-ram=256
is "one field" "$(field profile bar virt_ram)" 256
is "and no other" "$(json profile report bar | jq -c .virt_file_size)" '[4,10]'
check "edit in place" bootwright profile edit bar --in-place --kopts='!quiet splash=silent'
own_options() { api GET /api/v1/profiles/bar | sed '$d' | jq -cS .kernel_options; }
is "merges the map" "$(own_options)" \
	'{"!quiet":true,"console":["tty0","ttyS0"],"splash":"silent"}'
check "set what was removed" bootwright profile edit bar --in-place --kopts='quiet !splash'
is "takes the removal back" "$(own_options)" \
	'{"!splash":true,"console":["tty0","ttyS0"],"quiet":true}'
check "edit without --in-place" bootwright profile edit bar --kernel-options=nomodeset
is "replaces the map" "$(field profile bar kernel_options)" nomodeset
check "edit an interface" bootwright system edit web7 --interface=eth0 --ip-address=10.77.0.21
is "keeps its other fields" "$(json system report web7 | jq -c '.interfaces.eth0.netmask')" \
	'"255.255.255.0"'
check "remove an interface" bootwright system edit web7 --delete-interface=eth1
is "removes only that one" "$(json system report web7 | jq -c '.interfaces | keys')" '["eth0"]'
fails "one that is not there" "system 'web7': has no interface 'eth1'" \
	bootwright system edit web7 --delete-interface=eth1
check "unset" bootwright system edit web7 --hostname='<<inherit>>'
is "an unset field" "$(field system web7 hostname)" "-"
check "a secret from standard input" bootwright settings edit --default-password-crypted=- \
	<<<'$y$j9T$abcdefgh$0123456789012345678901234567890123456789012'
lacks "is not shown" "$(bootwright settings report)" 'abcdefgh'

check "another interface" bootwright system edit web7 --interface=eth2 --mac=52:54:00:aa:02:07
check "rename an interface" bootwright system edit web7 --interface=eth2 --rename-interface=en2 \
	--mtu=1400
is "keeps what it has" "$(json system report web7 | jq -c '.interfaces | [keys, .en2]')" \
	'[["en2","eth0"],{"mac_address":"52:54:00:aa:02:07","mtu":1400}]'
fails "one that is not there" "system 'web7': has no interface 'eth9'" \
	bootwright system edit web7 --interface=eth9 --rename-interface=en2
fails "one whose new name is taken" "has interface 'eth0' already" \
	bootwright system edit web7 --interface=en2 --rename-interface=eth0
bootwright system edit web7 --delete-interface=en2

# dry runs and protection
exits "a dry run that changes published files" 1 bootwright profile edit bar --kopts=quiet --dry-run
like "counts them" "$(tail -n1 /run/bw/out)" '^[0-9]+ published files would change$'
exits "a dry run that changes none" 0 bootwright system edit web7 --comment=x --dry-run
is "says so" "$(cat /run/bw/out)" "no published file would change"
is "and changes nothing" "$(field system web7 comment)" "-"
exits "a dry run of a mistake" 2 bootwright system edit web7 --profile=nosuch --dry-run
exits "with a file that is not there" 2 bootwright template add --name=t --content=@/nosuch --dry-run
bootwright system edit web7 --protected=yes
exits "a protected system" 1 bootwright system edit web7 --comment=x
like "says the way" "$(cat /run/bw/err)" '--confirm'
check "and goes it" bootwright system edit web7 --comment=x --protected=no --confirm
check "add --clobber replaces" bootwright profile add --name=clobbered --parent=bar
fails "what only add does not" "profile 'clobbered' exists already: .*--clobber" \
	bootwright profile add --name=clobbered --distro=foo
check "with its version" bootwright profile add --name=clobbered --distro=foo --clobber
is "all of it" "$(json profile report clobbered | jq -c '[.distro, .parent]')" '["foo",null]'
check "and makes what is not there" bootwright profile add --name=made --distro=foo --clobber
bootwright profile remove clobbered
bootwright profile remove made
check "a template from a file" bootwright template add --name=two.ks --content=@<(printf 'a\n\tb\n')
like "whose history is short" "$(bootwright template history two.ks)" 'content \(2 lines\)$'
exits "a dry run of a template" 0 bootwright template edit two.ks --content=x --dry-run
like "says where to look" "$(cat /run/bw/out)" 'answers are rendered when .*: bootwright template diff'
is "with all its lines" "$(json template report two.ks | jq -r .content)" $'a\n\tb'
check "and from standard input" bootwright template edit two.ks --content=- <<<'c'
is "replaces it" "$(json template report two.ks | jq -c .content)" '"c\n"'
bootwright template remove two.ks

# inheritance
like "report says where from" "$(bootwright system report web7)" 'virt_ram *: 256  \(profile bar\)'
like "explain, too" "$(bootwright system explain web7 virt-ram)" '^virt_ram  256  profile bar'
fails "explain of a card's field" "'mac_address' is a field of each of its interfaces" \
	bootwright system explain web7 mac_address
is "explain one field" "$(bootwright system explain web7 virt_ram | grep -c '^virt')" 1
check "override" bootwright system edit web7 --virt-ram=512
like "explain says what it overrides" "$(bootwright system explain web7 virt-ram | tr '\n' ' ')" \
	'512 +system web7 +256 +overrides profile bar'
like "dumpvars has what is inherited" "$(bootwright system dumpvars web7)" '^arch *: x86_64'
like "history" "$(bootwright system history web7)" 'root .*virt_ram "?512'

# copy, rename, find, remove
check "copy" bootwright system copy --name=web7 --newname=web8 --interface=eth0 \
	--mac=52:54:00:aa:00:08
is "has the original's fields" "$(field system web8 virt_ram)" 512
is "and its own MAC" "$(json system report web8 | jq -r .interfaces.eth0.mac_address)" \
	52:54:00:aa:00:08
check "rename" bootwright profile rename --name=bar --newname=baz
is "references follow" "$(field system web7 profile)" baz
is "sub-profiles', too" "$(field profile sub parent)" baz
is "find by glob" "$(bootwright system find --name='web*' | tr '\n' ' ')" "web7 web8 "
is "find by interface" "$(bootwright system find --mac=52:54:00:AA:00:08)" web8
is "find by comparison" "$(bootwright profile find --virt-ram='>=200')" baz
is "find nothing" "$(bootwright system find --comment=nothing)" ""
is "table" "$(bootwright system list --output=table --fields=profile,mac_address | tr -s ' ')" \
	"name profile mac_address
web7 baz 52:54:00:aa:00:07
web8 baz 52:54:00:aa:00:08"
like "report of everything" "$(bootwright report)" '^systems:$'
is "as JSON" "$(json report | jq -c '[.systems[].name]')" '["web7","web8"]'

is "text with fields, between tabs" "$(bootwright system list --fields=profile,mac --sort=-name)" \
	$'web8\tbaz\t52:54:00:aa:00:08\nweb7\tbaz\t52:54:00:aa:00:07'
is "JSON with fields" "$(json system find --name=web7 --fields=profile | jq -c .)" \
	'[{"name":"web7","profile":"baz"}]'
is "two conditions on a field" \
	"$(bootwright system find --virt-ram='>=512' --virt-ram='<1024' | tr '\n' ' ')" "web7 web8 "
is "what is unset" "$(bootwright system find --hostname= | tr '\n' ' ')" "web7 web8 "
is "with what is inherited" \
	"$(bootwright system find --name=web7 --resolved --fields=arch)" $'web7\tx86_64'
like "report as a table" "$(bootwright system report web7 --output=table | tr -s ' ')" \
	'^system web7 autoinstall [^ ]+ distro foo'
fails "sort by no field" "did you mean 'hostname'" bootwright system list --sort=hostnam

# history
revision=$(json history --limit=1 | jq .[0].revision)
check "a change" bootwright system edit web8 --comment='to be undone'
undone=$(json system history web8 --limit=1 | jq .[0].revision)
like "history of everything" "$(bootwright history --limit=1)" "^$undone .*root.*system +web8 +comment"
like "of a type, as a table" "$(bootwright history --type=profile --output=table | head -n 1)" \
	'^revision +time +who +from +action +type +name +changes'
check "add --in-place" bootwright profile add --name=placed --distro=foo --in-place \
	--kernel-options='quiet !splash'
is "has all of it" "$(json export | jq -c '.profiles[] | select(.name == "placed").kernel_options')" \
	'{"quiet":true,"!splash":true}'
bootwright profile remove placed
fails "of nothing" "no change of system 'web9999' is known" bootwright system history web9999
fails "of no type" 'no such type' bootwright history --type=machines
like "diff" "$(bootwright diff "$undone")" '^\+.*"comment": "to be undone"'
is "list as of a revision" "$(bootwright system find --comment='to be undone' --as-of="$revision")" ""
lacks "report as of a revision" "$(bootwright system report web8 --as-of="$revision")" 'undone'
# A second and a half after the change, in three zones; the server's is another.
sleep 1.5
for zone in UTC Asia/Tokyo America/New_York; do
	now=$(TZ=$zone date +%FT%T)
	like "report as of a time in $zone" "$(TZ=$zone bootwright system report web8 --as-of="$now")" 'undone'
	is "list, too" "$(TZ=$zone bootwright system find --comment='to be undone' --as-of="$now")" web8
	fails "an hour before: $zone" 'nothing yet' env TZ=$zone \
		bootwright export --as-of="$(TZ=$zone date -d '1 hour ago' '+%F %H:%M')"
done
exits "revert --dry-run" 1 bootwright revert "$undone" --dry-run
check "revert" bootwright revert "$undone"
is "undoes" "$(field system web8 comment)" x
bootwright system remove web8
check "revert a removal" bootwright revert "$(json history --limit=1 | jq .[0].revision)"
is "brings it back" "$(json system report web8 | jq -r .interfaces.eth0.mac_address)" \
	52:54:00:aa:00:08
fails "a revision that is none" 'is no revision' bootwright diff ../x
fails "one that is not there" '999999' bootwright diff 999999

# export and apply
check "export" sh -c 'bootwright export >/run/bw/estate.json'
exits "apply of the same" 0 bootwright apply /run/bw/estate.json --dry-run
like "says so" "$(cat /run/bw/out)" '^nothing to do'
jq '.systems |= map(select(.name != "web8")) | .profiles[0].comment = "applied"' \
	/run/bw/estate.json >/run/bw/changed.json
exits "apply --dry-run" 1 bootwright apply /run/bw/changed.json --dry-run --prune
like "prints the difference" "$(cat /run/bw/out)" '^\+ *"comment": "applied"'
like "and counts" "$(cat /run/bw/out)" '^would be: 0 created, 1 changed, 1 removed, [0-9]+ as before'
check "apply from standard input" sh -c 'bootwright apply - --prune </run/bw/changed.json'
is "removes" "$(bootwright system list)" web7
check "and back" bootwright apply /run/bw/estate.json
is "the same bytes" "$(bootwright export | sha256sum)" "$(sha256sum </run/bw/estate.json)"
like "apply as JSON" "$(json apply /run/bw/estate.json | jq -c '[.created, .changed, .removed]')" \
	'\[0,0,0\]'
echo '{"systems": [{"name": "web7", "virt_rma": 1}]}' >/run/bw/wrong.json
exits "apply of a mistake" 1 bootwright apply /run/bw/wrong.json
like "names file, item and nearest field" "$(cat /run/bw/err)" \
	"wrong.json: .*web7.*virt_rma.*did you mean 'virt_ram'"
exits "apply of no file" 1 bootwright apply /run/bw/nosuch.json
exits "apply --dry-run of none" 2 bootwright apply /run/bw/nosuch.json --dry-run
exits "apply without a file" 2 bootwright apply

# output that cannot be written
fails "a full disk" 'No space left' sh -c 'bootwright export >/dev/full'
fails "for what is printed, too" 'No space left' sh -c 'bootwright report >/dev/full'
is "a reader that goes away is no error of ours" \
	"$(bash -c 'set -o pipefail; bootwright report 2>/run/bw/err | head -n 1 >/run/bw/out
		cat /run/bw/err')" ""
fails "where signals are ignored it is told" 'Broken pipe' bash -c \
	'trap "" PIPE; exec 3> >(exec true); wait $!; bootwright report >&3'

# sync and check
exits "sync --dry-run with changes" 1 bootwright sync --dry-run
check "sync" bootwright sync
exits "sync --dry-run without" 0 bootwright sync --dry-run
exits "sync --dry-run of nothing" 2 bootwright sync --system=nosuch --dry-run
exits "sync of nothing" 1 bootwright sync --system=nosuch
exits "a wrong rollback --dry-run" 2 bootwright sync rollback --generation=99 --dry-run
exits "check on a half-made server" 1 bootwright check
like "is a numbered list" "$(cat /run/bw/out)" '^1: '
like "status" "$(bootwright status)" '^published +generation 1'
bootwright profile edit baz --kernel-options=quiet
like "and what waits" "$(bootwright status)" '1 change not yet: bootwright sync'
like "tasks" "$(bootwright task list)" 'import foo +done'
like "events" "$(bootwright event list)" 'sync'
is "events as JSON" "$(json event list | jq -r '.[0] | has("id") and has("time")')" true

# errors: 2 for the command line, 1 for what the server refuses; the culprit is named
exits "an unknown command" 2 bootwright sytem list
exits "an unknown option" 2 bootwright profile edit baz --virt-rma=1
exits "a missing name" 2 bootwright profile edit --virt-ram=1
exits "a missing required field" 2 bootwright distro add --name=half
like "says which" "$(cat /run/bw/err)" 'a distro needs --kernel='
exits "one of two fields that is missing" 1 bootwright system add --name=web9
like "says which, too" "$(cat /run/bw/err)" "^bootwright: system 'web9': profile: "
exits "a wrong value" 1 bootwright profile edit baz --virt-ram=lots
like "says which and why" "$(cat /run/bw/err)" "^bootwright: profile 'baz': virt_ram: 'lots' is not"
exits "an item that is not there" 1 bootwright system report nosuch
is "says so, once" "$(cat /run/bw/err)" "bootwright: no system 'nosuch'"
fails "a name that is nearly one" "did you mean 'web7'" bootwright system report wbe7
exits "an item in use" 1 bootwright profile remove --name=baz
like "says by whom, once" "$(cat /run/bw/err)" "^bootwright: profile 'baz' is used by "
exits "a path that is not here" 1 bootwright import --path=nowhere/x --name=x

# control characters from a file that no JSON API would accept in a field: a task's error
mkdir -p $'/run/bw/\033[2Jtree'
bootwright import --path=$'/run/bw/\033[2Jtree' --name=x >/run/bw/out 2>&1 || true
lacks "no control character reaches the terminal" "$(cat /run/bw/out)" $'\033'

# tokens: the API over TCP
token=$(bootwright token add --name=ci --role=read)
printf '%s\n' "$token" >/run/bw/token
over_tcp=(bootwright --server=http://127.0.0.1:8080 --token-file=/run/bw/token)
is "a token reads" "$("${over_tcp[@]}" profile list | tr '\n' ' ')" "baz foo sub "
fails "and does not write" 'role|allowed' "${over_tcp[@]}" profile edit baz --comment=x
like "token list" "$(bootwright token list)" '^ci +read'
check "token revoke" bootwright token revoke ci
fails "a revoked token" 'token' "${over_tcp[@]}" profile list
fails "a token in clear over a network" 'https' \
	bootwright --server=http://192.0.2.1 --token-file=/run/bw/token profile list

check "remove with all that depends on it" bootwright distro remove --name=foo --recursive
is "leaves nothing" "$(bootwright distro list; bootwright profile list; bootwright system list)" ""
check "the server stops cleanly" server_stop
done_testing
