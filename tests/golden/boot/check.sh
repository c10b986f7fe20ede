#!/usr/bin/env bash
# The programs that know the languages accept every golden boot file (TAP).
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../../tap.sh"

for program in grub-script-check dnsmasq; do
	PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || {
		echo "Bail out! $program is missing"
		exit 1
	}
done

# pxelinux_ok FILE: each line is a comment or begins with a keyword of PXELINUX's grammar, labels
# are there before their contents and start exactly one thing, an initrd goes with a kernel, menus
# end, and DEFAULT names a label or a module.
pxelinux_ok() {
	awk '
		function bad(why) { print FILENAME ":" FNR ": " why; failed = 1 }
		length($0) > 4000 { bad("longer than PXELINUX reads") }
		/^[ \t]*(#|$)/ { next }
		{ word = toupper($1) }
		function close_label() {
			if (inside && starts != 1) bad("label " inside " starts " starts + 0 " things")
			if (inside && initrds > linuxes) bad("label " inside ": an initrd without LINUX")
			inside = ""; starts = initrds = linuxes = 0
		}
		word == "LABEL" { close_label(); if (NF != 2 || $2 in label) bad("label"); label[$2] = 1; inside = $2; next }
		word ~ /^(DEFAULT|ONTIMEOUT)$/ { want[$2] = 1; next }
		word ~ /^(PROMPT|TIMEOUT)$/ { if ($2 !~ /^[0-9]+$/ || NF != 2) bad("number"); next }
		word == "MENU" {
			second = toupper($2)
			if (second ~ /^(BEGIN|END)$/) close_label()
			if (second == "BEGIN") depth++
			if (second == "END" && --depth < 0) bad("MENU END without BEGIN")
			if (second ~ /^(EXIT|GOTO|QUIT)$/) starts++
			next
		}
		word ~ /^(LINUX|KERNEL|INITRD|APPEND|IPAPPEND|LOCALBOOT|SAY)$/ {
			if (inside == "") bad("outside a label")
			if (word ~ /^(LINUX|KERNEL|LOCALBOOT)$/) { starts++; if (NF < 2) bad("starts nothing") }
			if (word == "LINUX") linuxes++
			if (word == "INITRD") { initrds++; if (NF != 2) bad("initrds are joined by commas") }
			if (word == "IPAPPEND" && $2 !~ /^[0-9]+$/) bad("number")
			next
		}
		{ bad("no keyword: " $1) }
		END {
			close_label()
			if (depth) bad("a menu does not end")
			for (name in want)
				if (!(name in label) && name !~ /\.c32$/)
					bad("no label " name)
			exit failed
		}' "$1"
}

# ipxe_ok FILE: begins as a script, every label that is jumped to is there.
ipxe_ok() {
	[ "$(head -n 1 "$1")" = '#!ipxe' ] || { echo "$1 is no iPXE script"; return 1; }
	awk '
		/^:/ { label[substr($1, 2)] = 1 }
		$1 == "item" { want[$2] = 1 }
		{ for (i = 1; i < NF; i++) if ($i == "goto" && $(i + 1) !~ /\$/) want[$(i + 1)] = 1 }
		END { for (name in want) if (!(name in label)) { print "no label " name; failed = 1 }; exit failed }
	' "$1"
}

for file in "$here"/*.grub; do
	check "grub-script-check: $(basename "$file")" grub-script-check "$file"
done
for file in "$here"/*.pxelinux; do
	check "PXELINUX's grammar: $(basename "$file")" pxelinux_ok "$file"
done
for file in "$here"/*.ipxe; do
	check "iPXE's labels: $(basename "$file")" ipxe_ok "$file"
done
for file in "$here"/*.conf; do
	check "dnsmasq --test: $(basename "$file")" \
		env "PATH=$PATH:/usr/sbin" dnsmasq --test --conf-file="$file"
done
done_testing
