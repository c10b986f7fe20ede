#!/usr/bin/env bash
# Items that must be refused, by command line and by API, with an error that names the culprit.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

# refused WHAT STATUS REGEX METHOD PATH BODY: by the API, with a problem document.
refused() {
	local answer
	answer=$(printf %s "$6" | api "$4" "$5" --data-binary @-)
	like "$1: status" "${answer##*$'\n'}" "^$2\$"
	like "$1: message" "${answer%$'\n'*}" "$3"
}

must "bootwrightd starts" server_start
must "settings" local_settings
small_tree /run/bw/tree
must "import" bootwright import --path=/run/bw/tree --name=foo
check "profile add" bootwright profile add --name=bar --distro=foo
check "sub-profile add" bootwright profile add --name=sub --parent=bar
check "system add" bootwright system add --name=web7 --profile=bar --interface=eth0 \
	--mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.20
before=$(bootwright report)

for name in a/b .. . '../../etc/x' $'a\nb' 'a"b' "a'b" 'a b' '-x' \
	"$(printf '%300s' '' | tr ' ' x)"; do
	fails "refused as a system's name: $(printf %.20q "$name")" 'name' \
		bootwright system add --name="$name" --profile=bar
done
add=(bootwright system add --name=web8 --profile=bar --interface=eth0)
fails "a MAC that is taken: says whose" 'web7' "${add[@]}" --mac-address=52:54:00:AA:00:07
fails "a MAC that is none" 'mac' "${add[@]}" --mac-address=52:54:00:aa:00
fails "a multicast MAC" 'mac' "${add[@]}" --mac-address=01:00:5e:00:00:01
fails "an address that is none" 'ip' "${add[@]}" --ip-address=10.77.0.256
fails "an address that is taken: says whose" 'web7' "${add[@]}" --ip-address=10.77.0.20
fails "a profile that is not there" 'nosuch' bootwright system add --name=web8 --profile=nosuch
fails "a distro that is not there" 'nosuch' bootwright profile add --name=p --distro=nosuch
fails "a size that is none" 'virt.file.size' \
	bootwright profile edit --name=bar --virt-file-size=many
fails "negative memory" 'virt.ram' bootwright profile edit --name=bar --virt-ram=-1
fails "an option that is none" 'virt-rma' bootwright profile edit --name=bar --virt-rma=1
fails "a cycle of profiles" 'cycle|itself|ancestor' \
	bootwright profile edit --name=bar --parent=sub --distro='<<inherit>>'
fails "removing a profile in use: says by whom" 'web7|sub' bootwright profile remove --name=bar
fails "removing a distro in use" 'bar|foo' bootwright distro remove --name=foo
fails "adding what is there" 'web7.*(exists|already)' \
	bootwright system add --name=web7 --profile=bar
fails "renaming to what is there" 'web7|exists' \
	bootwright profile rename --name=sub --newname=bar
fails "editing what is not there" 'web9' bootwright system edit --name=web9 --comment=x

systems=/api/v1/systems
refused "a value of the wrong type" 400 'virt_ram|comment' \
	PUT $systems/web8 '{"profile": "bar", "comment": {"a": 1}}'
refused "an unknown field" 400 'proflie' PUT $systems/web8 '{"proflie": "bar"}'
refused "a duplicate key" 400 'duplicate' \
	PUT $systems/web8 '{"profile": "bar", "profile": "sub"}'
refused "no JSON" 400 'JSON|line' PUT $systems/web8 '{"profile": '
refused "an array" 400 'object' PUT $systems/web8 '["bar"]'
refused "too deep" 400 'deep|depth|nest' PUT $systems/web8 \
	"$(printf '{"profile":"bar","autoinstall_meta":%s1%s}' \
		"$(printf '{"a":%.0s' {1..100})" "$(printf '}%.0s' {1..100})")"
refused "too deep for any parser" 400 'deep|depth|nest' PUT $systems/web8 \
	"$(printf '[%.0s' {1..5000})"
refused "too big" 413 'large|big|limit' PUT $systems/web8 \
	"{\"profile\": \"bar\", \"comment\": \"$(printf '%400000s' '')\"}"
refused "a NUL in a value" 400 '' PUT $systems/web8 '{"profile": "bar", "comment": "a\u0000b"}'
refused "an encoded slash in the name" '40[04]' '' \
	PUT "$systems/a%2fb" '{"profile": "bar"}'
refused "a name of 300 bytes" 400 'name.*at most' \
	PUT "$systems/$(printf '%300s' '' | tr ' ' x)" '{"profile": "bar"}'
for name in a/b .. 'a\nb' 'a\"b' "a'b" "$(printf '%300s' '' | tr ' ' x)"; do
	refused "renaming to $(printf %.20q "$name")" 400 'name' \
		POST $systems/web7:rename "{\"name\": \"$name\"}"
	refused "copying to $(printf %.20q "$name")" 400 'name' \
		POST $systems/web7:copy "{\"name\": \"$name\"}"
done
refused "another name than the path's" 400 'rename' PUT $systems/web8 \
	'{"name": "web9", "profile": "bar"}'
refused "an unknown field of an interface" 400 'mac_adress.*mac_address' PUT $systems/web8 \
	'{"profile": "bar", "interfaces": {"eth0": {"mac_adress": "52:54:00:aa:00:08"}}}'
refused "interfaces that are a list" 400 'interfaces.*keyed by name' PUT $systems/web8 \
	'{"profile": "bar", "interfaces": [{"mac_address": "52:54:00:aa:00:08"}]}'
refused "one MAC for two interfaces" 409 'eth0.*eth1' PUT $systems/web8 \
	'{"profile": "bar", "interfaces": {"eth0": {"mac_address": "52:54:00:aa:00:08"},
	"eth1": {"mac_address": "52:54:00:aa:00:08"}}}'
refused "a newline in the kernel options" 400 'kernel_options' PUT $systems/web8 \
	'{"profile": "bar", "kernel_options": "quiet\ninit=/bin/sh"}'
refused "10 MB" 413 'larger' PUT $systems/web8 \
	"{\"profile\": \"bar\", \"comment\": \"$(printf '%10000000s' '')\"}"

is "nothing has changed" "$(bootwright report)" "$before"
check "the server still runs" server_answers bar
check "and stops cleanly" server_stop
done_testing
