#!/usr/bin/env bash
# FAI's configuration space: classes by fai-class, disks by setup-storage, packages by the names
# that Debian allows, scripts by shellcheck.
set -euo pipefail
# shellcheck source=tests/answers/lib.sh
. "$(dirname "$0")/lib.sh"

# The names of FAI's classes: capitals, digits and _, none that ends in .var or begins with a digit.
are_classes() {
	local dir=$broken/class
	rm -rf "$dir" "$broken/log" && mkdir "$dir" "$broken/log"
	cp "$1" "$dir/50-bootwright" && chmod 755 "$dir/50-bootwright"
	rm -f "$broken/classes"
	LOGDIR=$broken/log FAI=$broken HOSTNAME=web7 fai-class -T "$dir" "$broken/classes" || return 1
	grep -qx BOOTWRIGHT "$broken/classes" || { echo "no class BOOTWRIGHT"; return 1; }
	! grep -vE '^([A-Z][A-Z0-9_]*|web7)$' "$broken/classes"
}
is_variables() {
	! grep -vE '^(#.*|[A-Za-z_]+=.*|export [a-z_]+|)$' "$1" &&
		is_shell --shell=bash --exclude=SC2034 "$1"
}
# setup-storage wants the disks that it would find, and a folder for its log.
is_disk_config() {
	mkdir -p "$broken/log"
	SS_IGNORE_VG=1 LOGDIR=$broken/log classes=BOOTWRIGHT FAI=$broken \
		disklist="sda nvme0n1 sdc xvda" setup-storage -s -D "sda nvme0n1 sdc xvda" -f "$1"
}
is_package_config() {
	awk '
		function bad(why) { print FILENAME ":" FNR ": " why; failed = 1; exit 1 }
		/^$/ || /^#/ { next }
		$1 == "PACKAGES" {
			if ($2 !~ /^(install|install-norec|aptitude|taskinst|remove)$/) bad("no command: " $2)
			for (i = 3; i <= NF; i++) if ($i !~ /^[A-Z][A-Z0-9_]*$/) bad("no class: " $i)
			open = 1
			next
		}
		!open { bad("a package before the first PACKAGES") }
		NF != 1 { bad("more than one word") }
		END { exit failed }' "$1"
}
is_script() { is_shell "$1"; }
is_hook() { is_shell --shell=bash "$1"; }

good=$golden/fai-disks.disk-config
refuses "a disk's label" 's/disklabel:msdos/disklabel:wrong/' . is_disk_config "$good"
refuses "a volume group of nothing" 's/^vg system .*/vg system/' . is_disk_config "$good"
refuses "a class that is none" 's/DEBIAN/debian-12/' 'debian-12' are_classes "$golden/fai-net.classes.sh"
refuses "a variable that runs something" 's/^UTC=yes/touch x/' 'touch x' is_variables "$golden/fai-net.variables"
refuses "a command there is not" 's/^PACKAGES install$/PACKAGES instal/' 'instal' is_package_config "$golden/fai-net.packages"
refuses "a script with an open quote" "s/^set -e/echo 'x/" 'SC' is_script "$golden/fai-net.base.sh"

for file in "$golden"/fai-*.classes.sh; do
	check "${file##*/}" are_classes "$file"
done
for file in "$golden"/fai-*.variables; do
	check "${file##*/}" is_variables "$file"
done
for file in "$golden"/fai-*.disk-config "$golden"/fai-*.disk-config-efi; do
	check "${file##*/}" is_disk_config "$file"
done
for file in "$golden"/fai-*.packages; do
	check "${file##*/}" is_package_config "$file"
done
for file in "$golden"/fai-*.base.sh; do
	check "${file##*/}" is_script "$file"
done
for file in "$golden"/fai-*.start.sh "$golden"/fai-*.end.sh; do
	check "${file##*/}" is_hook "$file"
done
for file in "$golden"/fai-*; do
	check "${file##*/}: rendered" is_rendered "$file"
done
done_testing
