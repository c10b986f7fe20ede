#!/usr/bin/env bash
# The golden answer files (tests/unit/ops/test_autoinstall.c makes and compares them) as the
# installers' own tools see them (TAP). GOLDEN=rewrite build/tests/ops/test_autoinstall writes them
# anew. Nothing in Debian reads kickstarts or autoinstall files, so those are checked for their
# structure.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../../tap.sh"

command -v debconf-set-selections >/dev/null || {
	echo "Bail out! debconf-set-selections is missing (package debconf)"
	exit 1
}

# Each section is closed before the next, commands stand before the first one, none is given
# twice, and those without which Anaconda asks are there.
kickstart_is_whole() {
	awk '
		/^#/ || /^$/ { next }
		/^%end/ { if (!open) exit bad("%end without a section"); open = 0; next }
		/^%/ { if (open) exit bad("section in a section"); open = 1; sections = 1; next }
		open { next }
		sections { exit bad("command after a section: " $0) }
		$1 !~ /^[a-z]+$/ { exit bad("no command: " $0) }
		$1 != "network" && seen[$1]++ { exit bad($1 " is given twice") }
		function bad(why) { print FILENAME ":" FNR ": " why; failed = 1; return 1 }
		END {
			if (failed) exit 1
			if (open) { print "a section without %end"; exit 1 }
			n = split("url lang keyboard timezone rootpw network bootloader clearpart", need)
			for (i = 1; i <= n; i++)
				if (!(need[i] in seen) && need[i] != "network") {
					print need[i] " is missing"
					exit 1
				}
		}' "$1"
}

# cloud-init looks at the first line; YAML takes no tabs, and all is two blanks deep.
user_data_is_whole() {
	[ "$(head -n 1 "$1")" = "#cloud-config" ] || { echo "no #cloud-config"; return 1; }
	awk '
		/^#/ { next }
		/\t/ { print FNR ": a tab"; exit 1 }
		/^$/ { print FNR ": an empty line"; exit 1 }
		{
			match($0, /^ */)
			if (RLENGTH % 2) { print FNR ": indented by " RLENGTH; exit 1 }
			if (RLENGTH > depth + 4) { print FNR ": too deep"; exit 1 }
			depth = RLENGTH
		}
		!/^ *(- .*|[a-z0-9_-]+:( .*)?)$/ { print FNR ": neither key nor item: " $0; exit 1 }
	' "$1"
}

no_template_is_left() { ! grep -nE '\{\{|\{%|%\}|\}\}' "$1"; }

# The checks can fail.
broken=$(mktemp)
printf 'url --url=x\nlang en\n%%pre\n' >"$broken"
fails "a section without its end is seen" 'without %end' kickstart_is_whole "$broken"
printf 'url --url=x\n' >"$broken"
fails "a missing command is seen" 'missing' kickstart_is_whole "$broken"
printf '#cloud-config\nautoinstall:\n   version: 1\n' >"$broken"
fails "a wrong indentation is seen" 'indented' user_data_is_whole "$broken"
printf 'd-i x/y unknown_type z\nnonsense\n' >"$broken"
fails "a wrong preseed is seen" '.' debconf-set-selections --checkonly "$broken"
rm -f "$broken"

for file in "$here"/*.preseed; do
	check "debconf-set-selections: ${file##*/}" debconf-set-selections --checkonly "$file"
done
for file in "$here"/*.ks; do
	check "structure: ${file##*/}" kickstart_is_whole "$file"
done
for file in "$here"/*.user-data; do
	check "structure: ${file##*/}" user_data_is_whole "$file"
done
for file in "$here"/*.preseed "$here"/*.ks "$here"/*.user-data; do
	check "nothing of the template is left: ${file##*/}" no_template_is_left "$file"
done
done_testing
