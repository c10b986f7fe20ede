#!/usr/bin/env bash
# The golden kickstarts: commands, options and sections that their release knows
# (kickstart-commands/), and scripts that a shell and shellcheck accept. Debian has no
# pykickstart, so the checker is our own.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/answers/lib.sh
. "$here/lib.sh"

is_kickstart() { /usr/bin/python3 "$here/kickstart.py" "$here/kickstart-commands/$1.txt" "$2"; }
scripts_are_good() {
	rm -rf "$broken/scripts" && mkdir "$broken/scripts"
	/usr/bin/python3 "$here/kickstart.py" --scripts "$1" "$broken/scripts"
	[ -n "$(ls "$broken/scripts")" ] || return 0
	is_shell --shell=sh "$broken/scripts"/*
}

wrong() { refuses "$1: $2" "$2" "$3" is_kickstart "$1" "$golden/$1-net.ks"; }
wrong rhel9 's/^lang/langue/' 'no such command: langue'
wrong rhel9 's/^zerombr/zerombr --yes/' 'zerombr has no option --yes'
wrong rhel9 's/^skipx/skipx now/' 'takes no argument'
wrong rhel9 's/^skipx/text/' 'given twice'
wrong rhel9 's/^reboot$//' 'reboot'
wrong rhel9 's/^autopart.*//' 'partition'
wrong rhel9 's/^rootpw.*//' 'missing: rootpw'
wrong rhel9 '0,/^%end/s/^%end//' 'inside the section'
wrong rhel9 '$d' 'without %end'
wrong rhel9 's/^%packages/%paquets/' 'no such section'
wrong rhel9 's/^lang.*/lang "x/' 'quotation'
wrong rhel9 's/ --bondslaves/ --bondsklaven/' 'no option --bondsklaven'
wrong rhel10 's/^timezone.*/timezone UTC --ntpservers=x/' 'no option --ntpservers'
wrong rhel10 's/^skipx/auth --enableshadow/' 'no such command: auth'
wrong rhel8 's/^skipx/timesource --ntp-server=x/' 'no such command: timesource'
printf '%%pre\necho $x | grep "\n%%end\n' >"$broken/ks"
fails "a script that is none is seen" 'SC' scripts_are_good "$broken/ks"

for file in "$golden"/*.ks; do
	name=${file##*/}
	check "$name: structure" is_kickstart "${name%%-*}" "$file"
	check "$name: its scripts" scripts_are_good "$file"
	check "$name: rendered" is_rendered "$file"
done
done_testing
