#!/usr/bin/env bash
# Ignition configs by Ignition's own validator and by a JSON schema of specification 3.3; what is
# inside them: scripts by shellcheck, units and networkd's files by systemd, keyfiles as keyfiles.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/answers/lib.sh
. "$here/lib.sh"

is_ignition() {
	ignition-validate "$1" && /usr/bin/python3 "$here/schema.py" "$here/schemas/ignition.json" "$1"
}
contents_are_good() {
	rm -rf "$broken/scripts" "$broken/files" && mkdir "$broken/scripts" "$broken/files"
	/usr/bin/python3 "$here/scripts.py" "$1" "$broken/scripts" "$broken/files"
	for script in "$broken/scripts"/*; do
		[ ! -e "$script" ] || is_shell "$script" || return 1
	done
	/usr/bin/python3 "$here/keyfiles.py" "$broken/files"
}
units_are_good() {
	rm -rf "$broken/units" && mkdir "$broken/units"
	jq -r '.systemd.units[] | .name' "$1" | while read -r name; do
		jq -r --arg name "$name" '.systemd.units[] | select(.name == $name) | .contents' "$1" \
			>"$broken/units/$name"
	done
	[ -n "$(ls "$broken/units")" ] || return 0
	# The programs are those of the machine that will run it; what counts is what is said about
	# the units' own lines.
	systemd-analyze verify --recursive-errors=no "$broken/units"/* >"$broken/said" 2>&1 || true
	! grep -E "^$broken/units/[^:]*:[0-9]+:" "$broken/said"
}

good=$golden/coreos-net.ign
refuses "JSON that is none" 's/"ignition": \{/"ignition": {{/' . is_ignition "$good"
refuses "a version that is not 3.3" 's/3\.3\.0/2.2.0/' . is_ignition "$good"
refuses "a member there is not" 's/"passwordHash"/"password"/' 'password' is_ignition "$good"
refuses "a path that is relative" 's/"path": "\/etc\/hostname"/"path": "etc\/hostname"/' . is_ignition "$good"
refuses "a unit's unknown section" 's/\[Service\]/[Servise]/' 'Servise' units_are_good "$good"
refuses "a network that is none" 's/"source": "data:;base64,W2Nvbm5/"source": "data:;base64,W2Nvbm4/' . contents_are_good "$good"

for file in "$golden"/*.ign; do
	check "${file##*/}" is_ignition "$file"
	check "${file##*/}: its files" contents_are_good "$file"
	check "${file##*/}: its units" units_are_good "$file"
done
done_testing
