#!/usr/bin/env bash
# Every field of every type against the real server: set by the command line and read by the API,
# the other way round, seen in the history, inherited and overridden below, refused by name, unset;
# then all of them at once through export → an empty server → apply → the same bytes. Fields and
# samples come from the tables (tests/unit/cli/print_fields.c).
# timeout: 600
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

"$built/tests/cli/print_fields" >/run/bw/fields
echo kernel | tee /srv/sample >/srv/sample2

# The items that are walked (x), what references need (other), and those below each x.
make_items() {
	local type
	bootwright distro add other --kernel=/srv/sample --initrd=/srv/sample
	bootwright distro add x --kernel=/srv/sample --initrd=/srv/sample
	bootwright image add other --file=/srv/sample
	bootwright image add x --file=/srv/sample
	bootwright repo add other --mirror=http://192.0.2.1/
	bootwright repo add x --mirror=http://192.0.2.1/ --apt-dists=bookworm
	for type in menu group template snippet; do
		bootwright "$type" add other
		bootwright "$type" add x
	done
	bootwright template add 10.9.8.7
	bootwright network add x --address=10.9.8.0/24
	bootwright profile add other --distro=other
	bootwright profile add x --distro=x
	bootwright profile add below --parent=x
	bootwright system add x --profile=other --interface=eth0
	bootwright system add below --image=x
}

# Of $type: the command that edits its x, the path of that in the API, where its fields are in the
# JSON, and the item below, which inherits: TYPE NAME.
place() {
	edit=(bootwright "$type" edit x --confirm)
	path=/api/v1/${type}s/x
	at=.
	below=
	case $type in
	settings)
		edit=(bootwright settings edit --confirm)
		path=/api/v1/settings
		below="profile other"
		;;
	interface)
		edit=(bootwright system edit x --confirm --interface=eth0)
		path=/api/v1/systems/x
		at=.interfaces.eth0
		;;
	distro) below="profile x" ;;
	profile) below="profile below" ;;
	image) below="system below" ;;
	esac
}

# The rows of the type: their columns by the field's name, and the fields in order. A profile has a
# parent or a distro, a system a profile or an image: walk_either has the other one.
read_rows() {
	local name field flag a a_json b b_json bad
	fields=()
	flags=() first=() first_json=() second=() second_json=() wrong=()
	while IFS=$'\t' read -r name field flag a a_json b b_json bad; do
		[ "$name" = "$type" ] || continue
		[[ $type.$field != profile.parent && $type.$field != system.image ]] || continue
		fields+=("$field")
		flags[$field]=$flag first[$field]=${a//\\n/$'\n'} first_json[$field]=$a_json
		second[$field]=${b//\\n/$'\n'} second_json[$field]=$b_json wrong[$field]=$bad
	done </run/bw/fields
}
declare -A flags first first_json second second_json wrong got

# read_values JQ COMMAND...: got[FIELD] = its value as JSON, of the object that JQ finds in what the
# command prints; an API's status line is no part of it.
read_values() {
	local filter=$1 field value
	shift
	got=()
	while IFS=$'\t' read -r field value; do
		got[$field]=$value
	done < <("$@" | sed '/^[0-9][0-9][0-9]$/d' | jq -cS "$filter" |
		jq -r 'to_entries[] | "\(.key)\t\(.value | tojson)"')
}

# compare WHAT WANTED-ARRAY [FLAG]: each field (with the flag) has the value.
compare() {
	local field
	local -n wanted=$2
	for field in "${fields[@]}"; do
		[[ ${flags[$field]} = *${3:-}* && ${wanted[$field]-} != - ]] || continue
		is "$type $field: $1" "${got[$field]-null}" "${wanted[$field]}"
	done
}

# A revision for each field that shows the value it got; a secret's shows that there is one.
compare_history() {
	local field owner=${type/interface/system}
	got=()
	while IFS=$'\t' read -r field value; do
		got[$field]=$value
	done < <(api GET "/api/v1/history?type=$owner&limit=${#fields[@]}" | sed '$d' |
		jq -cS '.items[]' | jq -r ".before as \$was | .after | $at | to_entries[] |
			select(.value != (\$was | $at)[.key]) | \"\(.key)\t\(.value | tojson)\"" | tac)
	for field in "${fields[@]}"; do
		[[ ${flags[$field]} != *secret* ]] || got[$field]=${got[$field]/\"\*\*\*\"/${first_json[$field]}}
		# what it was made with is no change of it
		[[ ${got[$field]-} || ${first_json[$field]} != "${made[$field]-}" ]] ||
			got[$field]=${first_json[$field]}
	done
	compare "in the history" first_json
}

# Options for all fields that the type below has, too; "-" in the sample's place unsets.
override_options() {
	local field
	options=()
	for field in "${fields[@]}"; do
		[[ ${flags[$field]} = *inherit* && ${second[$field]} != - ]] || continue
		grep -qP "^$1\t$field\t" /run/bw/fields || continue
		options+=("--$field=${2:-${second[$field]}}")
	done
}

walk_below() {
	local below_type below_name field
	local -A overridden=()
	[ "$below" ] || return 0
	read -r below_type below_name <<<"$below"
	local resolved="/api/v1/${below_type}s/$below_name?resolved=1&secrets=1"
	read_values . api GET "$resolved"
	compare "inherited by $below" first_json inherit
	override_options "$below_type"
	check "$type: override in $below" bootwright "$below_type" edit "$below_name" "${options[@]}"
	for field in "${fields[@]}"; do
		overridden[$field]=${first_json[$field]}
		[[ " ${options[*]}" != *" --$field="* ]] || overridden[$field]=${second_json[$field]}
		[[ ${flags[$field]} != *map* || ${overridden[$field]} = "${first_json[$field]}" ]] ||
			overridden[$field]=$(jq -cS --argjson own "${second_json[$field]}" '. + $own' \
				<<<"${first_json[$field]}")
	done
	read_values . api GET "$resolved"
	compare "overridden in $below" overridden inherit
	override_options "$below_type" "<<inherit>>"
	check "$type: unset in $below" bootwright "$below_type" edit "$below_name" "${options[@]}"
	read_values . api GET "$resolved"
	compare "inherited again by $below" first_json inherit
}

# All second samples in one request; as text they are what the command line was told.
walk_api() {
	local field key=${at#.} patch
	local -A texts=()
	patch=$(for field in "${fields[@]}"; do
		[ "${second_json[$field]}" = - ] || printf '%s\t%s\n' "$field" "${second_json[$field]}"
		[[ ${flags[$field]} != *map* ]] || printf '%s\tnull\n' "$field" # else it is merged
	done | jq -cRn "reduce (inputs / \"\t\") as [\$field, \$json] ([{}, {}];
			if \$json == \"null\" then .[0][\$field] = null else .[1][\$field] = (\$json | fromjson) end)
		| map(if \"$key\" == \"\" then . else . as \$object | {} | $at = \$object end)")
	api PATCH "$path?confirm=1" -d "$(jq -c '.[0]' <<<"$patch")" >/dev/null
	like "$type: change all by the API" \
		"$(api PATCH "$path?confirm=1" -d "$(jq -c '.[1]' <<<"$patch")" | tail -n 1)" '^200$'
	read_values "(if type == \"array\" then .[] | select(.name == \"x\") else . end) | $at |
		map_values(if type == \"array\" then map(tostring) | join(\",\")
			elif type == \"object\" and has(\"quiet\") then \"quiet\"
			elif type == \"object\" and has(\"other\") then \"other=\" + .other else tostring end)" \
		"${edit[@]:0:2}" report --output=json
	for field in "${fields[@]}"; do
		texts[$field]=$(jq -cn --arg text "${second[$field]}" '$text')
		[[ ${second[$field]} != - ]] || texts[$field]=-
		[[ ${flags[$field]} != *secret* || ${texts[$field]} = - ]] || texts[$field]='"***"'
	done
	compare "set by the API" texts
}

walk_wrong() {
	local field
	for field in "${fields[@]}"; do
		[ "${wrong[$field]}" = - ] ||
			fails "$type $field: refuses a wrong value by name" "$field: " \
				"${edit[@]}" "--$field=${wrong[$field]}"
	done
}

# What an item cannot be without is refused by name, all others are unset.
walk_unset() {
	local field options=()
	local -A unset=()
	for field in "${fields[@]}"; do
		if [[ ${flags[$field]} = *required* || $type.$field = profile.distro ||
			$type.$field = system.profile ]]; then
			fails "$type $field: cannot be unset" "$field" "${edit[@]}" "--$field=<<inherit>>"
			unset[$field]=-
		else
			options+=("--$field=<<inherit>>")
			# shellcheck disable=SC2034 # compare has it by its name
			unset[$field]=null
		fi
	done
	check "$type: unset all" "${edit[@]}" "${options[@]}"
	read_values "$at" api GET "$path?secrets=1"
	compare "unset" unset
}

# Sets each by the command line; false where one is refused.
set_each() {
	local field
	for field in "${fields[@]}"; do
		"${edit[@]}" "--$field=${first[$field]}" || return 1
	done
}

walk() {
	local -A made=()
	place
	read_rows
	read_values "$at" api GET "$path?secrets=1"
	for field in "${!got[@]}"; do
		made[$field]=${got[$field]}
	done
	check "$type: set each by the command line" set_each
	compare_history
	read_values "$at" api GET "$path?secrets=1"
	compare "set by the command line" first_json
	walk_below
	walk_api
	walk_wrong
	walk_unset
}

# Where one of two fields is wanted: the other one, and back.
walk_either() {
	check "profile parent: in the distro's place" \
		bootwright profile edit x --parent=other --distro='<<inherit>>'
	is "is read" "$(api GET /api/v1/profiles/x | sed '$d' | jq -r .parent)" other
	fails "refuses a wrong one" 'parent: ' bootwright profile edit x --parent='not right!'
	check "and back" bootwright profile edit x --parent='<<inherit>>' --distro=x
	check "system image: in the profile's place" \
		bootwright system edit x --image=other --profile='<<inherit>>'
	is "is read" "$(api GET /api/v1/systems/x | sed '$d' | jq -r .image)" other
	fails "refuses a wrong one" 'image: ' bootwright system edit x --image='not right!'
	check "and back" bootwright system edit x --image='<<inherit>>' --profile=other
}

must "bootwrightd starts" server_start
must "the items" make_items
mapfile -t types < <(cut -f 1 /run/bw/fields | uniq)
for type in "${types[@]}"; do
	walk
done
walk_either

# All at once.
count=0
for type in "${types[@]}"; do
	place
	read_rows
	options=()
	for field in "${fields[@]}"; do
		options+=("--$field=${first[$field]}")
	done
	check "$type: set all by one command" "${edit[@]}" "${options[@]}"
	[ "$type" = interface ] || count=$((count + ${#fields[@]}))
done
check "export" sh -c 'bootwright export --secrets >/run/bw/estate.json'
is "all of them are in it, beside what the server finds out" \
	"$(jq '[.settings, (.[] | arrays | .[] | select(.name == "x")) | del(.name, .interfaces,
		.efi_folder, .efi_over_tftp, .kernel_size, .kernel_sha256, .initrd_size, .initrd_sha256) | length] | add' \
		/run/bw/estate.json)" "$count"
is "secrets only when they are asked for" \
	"$(bootwright export | jq -r '.settings.default_password_crypted, (.systems[] | .power_pass // empty)' |
		sort -u)" '***'
check "the server stops cleanly" server_stop
rm -rf "$STATE"
must "an empty one starts" server_start
check "apply" bootwright apply /run/bw/estate.json --confirm
check "export again" sh -c 'bootwright export --secrets >/run/bw/again.json'
check "the same bytes" cmp /run/bw/estate.json /run/bw/again.json
like "and then there is nothing to do" \
	"$(bootwright apply /run/bw/estate.json --dry-run)" '^nothing to do'
check "the server stops cleanly" server_stop
done_testing
