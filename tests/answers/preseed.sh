#!/usr/bin/env bash
# The golden preseed files, by debconf's own reader and line by line; the scripts for the end of
# the installation, by shellcheck.
set -euo pipefail
# shellcheck source=tests/answers/lib.sh
. "$(dirname "$0")/lib.sh"

# OWNER QUESTION TYPE VALUE, each question once, and those without which debian-installer asks.
is_preseed() {
	debconf-set-selections --checkonly "$1" && awk '
		function bad(why) { print FILENAME ":" FNR ": " why; failed = 1; exit 1 }
		/^#/ || /^$/ { next }
		/\\$/ { bad("this line would take the next for its own") }
		$2 !~ /^[a-z0-9-]+(\/[a-z0-9_-]+)+$/ { bad("no question: " $2) }
		$3 !~ /^(string|boolean|select|multiselect|password|note|text|error)$/ { bad("no type: " $3) }
		$3 == "boolean" && $4 !~ /^(true|false)$/ { bad("neither true nor false") }
		seen[$2]++ { bad($2 " is answered twice") }
		END {
			if (failed) exit 1
			n = split("debian-installer/locale keyboard-configuration/xkb-keymap " \
				"netcfg/get_hostname netcfg/get_domain mirror/country mirror/http/hostname " \
				"mirror/http/directory mirror/http/proxy time/zone passwd/root-password-crypted " \
				"passwd/make-user partman-auto/method partman-auto/choose_recipe " \
				"partman/choose_partition partman/confirm partman/confirm_nooverwrite " \
				"partman-partitioning/confirm_write_new_label tasksel/first grub-installer/bootdev " \
				"grub-installer/only_debian finish-install/reboot_in_progress " \
				"preseed/late_command", need)
			for (i = 1; i <= n; i++)
				if (!(need[i] in seen)) {
					print need[i] " is not answered"
					exit 1
				}
		}' "$1"
}
is_script() { is_shell --shell=sh "$1"; }

good=$golden/debian12-net.preseed
refuses "a type that debconf does not know" 's/^(d-i time\/zone) string/\1 strang/' . is_preseed "$good"
refuses "a line without a question" '1s/.*/nonsense/' . is_preseed "$good"
refuses "a boolean that is none" 's/(make-user boolean) .*/\1 yes/' 'neither' is_preseed "$good"
refuses "a question twice" 's/^(d-i time\/zone.*)/\1\n\1/' 'twice' is_preseed "$good"
refuses "a missing answer" '/partman\/confirm /d' 'partman/confirm is not' is_preseed "$good"
refuses "a line that goes on" 's/^(d-i time.*)/\1\\/' 'own' is_preseed "$good"
refuses "a script with an open quote" "s/^set -e/echo 'x/" 'SC' is_script "$golden/debian12-net.late.sh"

for file in "$golden"/*.preseed; do
	check "${file##*/}" is_preseed "$file"
	check "${file##*/}: rendered" is_rendered "$file"
done
for file in "$golden"/*.late.sh; do
	check "${file##*/}" is_script "$file"
	check "${file##*/}: rendered" is_rendered "$file"
done
done_testing
