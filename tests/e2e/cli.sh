#!/usr/bin/env bash
# The command line against the real server: every verb of an item, reports, errors, output formats.
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

is "list of everything" "$(bootwright list | tr '\n' ' ')" \
	"distros:    foo profiles:    bar    foo    sub systems:    web7 "
is "as a table" "$(bootwright list --output=table | tr -s ' ' | tail -n 1)" "systems web7"
is "as JSON" "$(json list | jq -c .)" \
	'{"distros":["foo"],"profiles":["bar","foo","sub"],"systems":["web7"]}'

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
check "unset" bootwright system edit web7 --hostname='<<inherit>>'
is "an unset field" "$(field system web7 hostname)" "-"
check "a secret from standard input" bootwright settings edit --default-password-crypted=- \
	<<<'$y$j9T$abcdefgh$0123456789012345678901234567890123456789012'
lacks "is not shown" "$(bootwright settings report)" 'abcdefgh'

# inheritance
like "report says where from" "$(bootwright system report web7)" 'virt_ram *: 256  \(profile bar\)'
like "explain, too" "$(bootwright system explain web7 virt-ram)" '^virt_ram  256  profile bar'
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

# sync and check
exits "sync --dry-run with changes" 2 bootwright sync --dry-run
check "sync" bootwright sync
exits "sync --dry-run without" 0 bootwright sync --dry-run
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
exits "a missing required field" 2 bootwright system add --name=web9
exits "a wrong value" 1 bootwright profile edit baz --virt-ram=lots
like "says which and why" "$(cat /run/bw/err)" "^bootwright: profile 'baz': virt_ram: 'lots' is not"
exits "an item that is not there" 1 bootwright system report nosuch
is "says so, once" "$(cat /run/bw/err)" "bootwright: no system 'nosuch'"
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
