#!/usr/bin/env bash
# Manual pages and --help: every option is in its program's page, mandoc has nothing to say about
# the pages, `make install` puts them where man and the shells look, and the examples run.
# timeout: 400
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

pages=/run/bw/man
mkdir -p $pages
bootwright man >$pages/bootwright.1
bootwright man bootwright-fields >$pages/bootwright-fields.5
bootwrightd --man >$pages/bootwrightd.8
koan --man >$pages/koan.1
koan-bootloader --man >$pages/koan-bootloader.8
for page in "$pages"/*; do
	is "mandoc on ${page##*/}" "$(mandoc -T lint -W warning "$page" 2>&1)" ""
done
page_text() { mandoc -T utf8 -O width=500 "$pages/$1" | col -b; }
fails "no other page" 'bootwright-fields' bootwright man nosuch

options_of() { "$@" --help | sed -nE 's/^ *(--[a-z0-9-]+).*/\1/p'; }
# words_of PAGE ARRAY: the words of a page, as keys.
words_of() {
	local -n words_found=$2
	local word
	while read -r word; do
		# shellcheck disable=SC2034 # it is the caller's
		words_found[$word]=1
	done < <(page_text "$1" | grep -oE -- '[a-z0-9_-]+' | sort -u)
}
for page in koan.1 koan-bootloader.8 bootwrightd.8; do
	mapfile -t options < <(options_of "${page%.*}")
	check "${page%.*} --help has options" test ${#options[@]} -gt 10
	declare -A known=()
	words_of $page known
	unknown=
	for option in "${options[@]}"; do
		[ "${known[$option]-}" ] || unknown+="$option "
	done
	is "all of them are in $page" "$unknown" ""
done

# Commands of the command line, from its own words; a type stands for all.
commands() {
	local first rest
	bootwright complete -- '' | cut -f 1 | while read -r first; do
		rest=$(bootwright complete -- "$first" '' | cut -f 1)
		if [ "$first" = help ] || [ "$first" = completion ] || [ -z "$rest" ]; then
			echo "$first"
		else
			sed "s/^/$first /" <<<"$rest"
		fi
	done
}
mapfile -t commands < <(commands)
check "there are commands" test ${#commands[@]} -gt 100
declare -A manual=() fields=()
words_of bootwright.1 manual
words_of bootwright-fields.5 fields
for command in "${commands[@]}"; do
	read -ra words <<<"$command"
	mapfile -t options < <(options_of bootwright "${words[@]}")
	unknown=
	for option in "${options[@]}"; do
		field=${option#--}
		[ "${manual[$option]-}${fields[${field//-/_}]-}" ] || unknown+="$option "
	done
	is "all options of $command are in the pages" "$unknown" ""
done
help=$(bootwright --help)
check "the general help fits a screen" test "$(wc -l <<<"$help")" -le 24
is "of 80 columns" "$(LC_ALL=C.UTF-8 grep -nE '^.{81}' <<<"$help" || true)" ""
like "left out, with the reason" "$(page_text bootwright-fields.5)" '\-\-mgmt-classes'

# Examples, in the order of the commands, on a server that has what they name.
must "bootwrightd starts" server_start
mkdir -p /mnt/dvd /run/bw/work
small_tree /mnt/dvd
echo kernel | tee /srv/linux /srv/initrd.gz >/srv/memtest.bin
cd /run/bw/work
echo "# {{ name }}" >tiny.preseed
printf 'secret\nsecret\n' >password
examples() {
	bootwright help "$@" | sed -n '/^For example:/,/^$/s/^  //p'
}
bootwright distro add foo --kernel=/srv/linux --initrd=/srv/initrd.gz
bootwright distro remove foo
for verb in add edit copy rename list find report explain history dumpvars remove; do
	for type in distro profile system image repo menu template snippet group; do
		examples $type $verb
	done
done | awk '!seen[$0]++' >examples.items
for command in import sync "sync status" check status list report "settings edit" "task list" "event list" \
	export apply history diff revert "token add" "token list" man version; do
	examples $command
done | grep -v -- --follow >examples.rest
mapfile -t lines < <(cat examples.items examples.rest)
check "there are examples" test ${#lines[@]} -gt 40
for line in "${lines[@]}"; do
	line=${line/revert 1/revert $(bootwright history --limit=1 --output=json | jq '.[0].revision')}
	runs() { # a dry run may have something to say
		local status=0
		bash -c "$line" <password || status=$?
		[ $status = 0 ] || { [ $status = 1 ] && [[ $line = *--dry-run* ]]; }
	}
	check "$line" runs
done
check "the server stops cleanly" server_stop

cd "$REPO"
variant=("B=${B:-build}")
[[ ${B:-} != *asan* ]] || variant+=(SAN=1)
install_privately() (umask 077 && env -u MAKEFLAGS make -s "${variant[@]}" install DESTDIR=/run/bw/root)
check "make install" install_privately
is "everybody may read what is installed, whatever the umask" "$(find /run/bw/root/usr ! -perm -o+r)" ""
for file in man/man1/bootwright.1 man/man1/koan.1 man/man5/bootwright-fields.5 \
	man/man8/bootwrightd.8 man/man8/koan-bootloader.8 bash-completion/completions/bootwright \
	zsh/vendor-completions/_bootwright; do
	check "$file is installed" test -s /run/bw/root/usr/share/$file
done

# Elsewhere than it was built for.
check "make install PREFIX=" env -u MAKEFLAGS make -s "${variant[@]}" install DESTDIR=/run/bw/other PREFIX=/usr/local
local=/run/bw/other/usr/local
like "the unit starts that one" "$(cat $local/lib/systemd/system/bootwrightd.service)" '^ExecStart=/usr/local/sbin/bootwrightd '
rm -rf $STATE
PATH=$local/sbin:$PATH
must "it starts" server_start
check "and finds its templates" bootwright sync
check "the server stops cleanly" server_stop

# The unit file: systemd has nothing to say about it, and it forbids nothing that the server does.
unit=/run/bw/root/usr/lib/systemd/system/bootwrightd.service
sed "s|/usr/sbin/|$BIN/|" $unit >/run/bw/bootwrightd.service
is "systemd-analyze verify" "$(systemd-analyze verify --man=no /run/bw/bootwrightd.service 2>&1)" ""
cp /run/bw/root/usr/share/bootwright/dnsmasq.service /run/bw/
is "and on dnsmasq's" "$(systemd-analyze verify --man=no /run/bw/dnsmasq.service 2>&1)" ""
mkdir /run/bw/bootwrightd.service.d
sed "s|/usr/sbin/|$BIN/|" /run/bw/root/usr/share/bootwright/bootwrightd-managed.conf >/run/bw/bootwrightd.service.d/managed.conf
is "and on what lets it manage them itself" \
	"$(systemd-analyze verify --man=no /run/bw/bootwrightd.service 2>&1)" ""
check "systemd-analyze security: at most 3.0 of 10" \
	systemd-analyze security --no-pager --offline=true --threshold=30 $unit
read -ra allowed < <(sed -n 's/^RestrictAddressFamilies=//p' $unit)
is "it may open the sockets that it opens" \
	"$(grep -rhoE '\bAF_(UNIX|INET6?|NETLINK|PACKET|VSOCK)\b' server --include='*.c' | sort -u | paste -sd ' ')" \
	"$(printf '%s\n' "${allowed[@]}" | sort -u | paste -sd ' ')"
mkdir /run/bw/root/etc
systemd-sysusers --root=/run/bw/root 2>/dev/null
like "its account is made by systemd-sysusers" "$(cat /run/bw/root/etc/passwd)" '^bootwright:.*:/var/lib/bootwright:'
done_testing
