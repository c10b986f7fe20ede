#!/usr/bin/env bash
# AutoYaST's profiles by a RELAX NG grammar, Agama's by a JSON schema, both of what their
# documentation says; their scripts by shellcheck.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/answers/lib.sh
. "$here/lib.sh"

is_autoyast() { xmllint --noout --relaxng "$here/autoyast.rng" "$1"; }
is_agama() { /usr/bin/python3 "$here/schema.py" "$here/schemas/agama.json" "$1"; }
scripts_of() {
	rm -rf "$broken/scripts" && mkdir "$broken/scripts"
	/usr/bin/python3 "$here/scripts.py" "$1" "$broken/scripts"
	[ -z "$(ls "$broken/scripts")" ] || is_shell --shell=sh "$broken/scripts"/*
}

good=$golden/sles15-net.xml
refuses "XML that is none" 's/<keymap>/<keymap /' 'parser error' is_autoyast "$good"
refuses "an element there is not" 's/bootproto>static/bootproto>statisch/' 'validity' is_autoyast "$good"
refuses "a name that is misspelt" 's/vlan_id>/vlanid>/g' 'validity' is_autoyast "$good"
refuses "a VLAN's number" 's/<vlan_id>100/<vlan_id>5000/' 'validity' is_autoyast "$good"
refuses "a type that is not said" 's/<confirm config:type="boolean">/<confirm>/' 'validity' is_autoyast "$good"
refuses "no users" '/<users/,/<\/users>/d' 'validity' is_autoyast "$good"
refuses "a password that is no hash" 's/<user_password>[^<]*/<user_password>secret/' 'user_password' is_autoyast "$good"
refuses "a script with an open quote" "s/<source>umask/<source>umask '/" 'SC' scripts_of "$good"
good=$golden/sles16-net.json
refuses "JSON that is none" 's/"product": \{/"product": {{/' . is_agama "$good"
refuses "a section there is not" 's/"localization"/"localisation"/' 'localisation' is_agama "$good"
refuses "a password that is no hash" 's/("password": )"[^"]*"/\1"secret"/' 'secret' is_agama "$good"
refuses "a policy" 's/"policy": "auto"/"policy": "user"/' 'policy' is_agama "$good"
refuses "a repository's address" 's/("url": ")http:/\1/' 'url' is_agama "$good"
refuses "a script with an open quote" "s/numask 227/numask '/" 'SC' scripts_of "$good"

for file in "$golden"/*.xml; do
	check "${file##*/}" is_autoyast "$file"
	check "${file##*/}: scripts" scripts_of "$file"
	check "${file##*/}: rendered" is_rendered "$file"
done
for file in "$golden"/*.json; do
	check "${file##*/}" is_agama "$file"
	check "${file##*/}: scripts" scripts_of "$file"
	check "${file##*/}: rendered" is_rendered "$file"
done
done_testing
