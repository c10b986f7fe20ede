#!/usr/bin/env bash
# What `bootwright sync` publishes, as those see it who read it: in.tftpd hands out every file,
# the boot port answers with the same bytes, dnsmasq and GRUB accept them; a change of one
# machine touches only its files, and an installation that has finished ends in a local boot.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

items() {
	lab_settings
	bootwright import --path=/run/bw/tree --name=deb12
	bootwright profile add --name=bar --distro=deb12 --virt-file-size=4 --virt-ram=128 \
		--kernel-options="console=tty0 console=ttyS0,115200n8"
	bootwright profile add --name=bar-quiet --parent=bar --kernel-options=quiet
	bootwright system add --name=web7 --profile=bar --interface=eth0 \
		--mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.21 --hostname=web7.example.org
	bootwright system add --name=web8 --profile=bar-quiet --interface=eth0 \
		--mac-address=52:54:00:aa:00:08
}

public_files() {
	(cd "$STATE/tftp/current" && find -L . -name private -prune -o -type f -printf '%P\n')
}
tftp() { curl -fsS --max-time 20 "tftp://10.77.0.1/$1"; }
tftp_gives_all() {
	local file
	while read -r file; do
		tftp "$file" | cmp - "$STATE/tftp/current/$file" || return 1
	done < <(public_files)
}

# The boot file of one format for a MAC address: published and over HTTP.
same_over_http() {
	cmp "$STATE/tftp/current/$1" <(curl -fsS "$URL/boot/$2?mac=$3")
}

# The published files that are not what $before says.
changed_since() { diff <(echo "$before") <(published) | sed -n 's/^> .*current\///p'; }

small_tree /run/bw/tree
net_up
must "bootwrightd starts" server_start --services=managed
must "items" items
fails "sync --dry-run tells of changes" '' bootwright sync --dry-run
status=0
bootwright sync --dry-run >/run/bw/diff || status=$?
is "by exit status 1" "$status" 1
like "and by a diff" "$(cat /run/bw/diff)" '^\+.*autoinstall/system/web7'
check "and publishes nothing" test ! -e "$STATE/tftp/current"
must "sync" bootwright sync
check "sync --dry-run finds nothing to do" bootwright sync --dry-run
check "every link leads somewhere" published_is_whole

must "in.tftpd runs" wait_for 20 pgrep -x in.tftpd
check "in.tftpd gives every published file" tftp_gives_all
private=$(cd "$STATE/tftp/current" && find private -type f | head -n 1)
fails "but not the private ones" curl tftp "$private"
fails "nor the one before by its number" curl tftp "../../bootwright.db"
for mac in 52:54:00:aa:00:07 52:54:00:AA:00:08; do
	dashed=$(tr : - <<<"${mac,,}")
	check "$mac: PXELINUX's file is the boot port's answer" \
		same_over_http "pxelinux.cfg/01-$dashed" pxelinux "$mac"
	check "$mac: iPXE's, too" same_over_http "ipxe/$dashed.ipxe" ipxe "$dashed"
	check "$mac: GRUB's, too" same_over_http "grub/system/${mac,,}.cfg" grub "$mac"
done
# Every sort of system, and what has none: in each format the published file, under its own name and
# as the answer to the question of a loader.
XEN=/run/bw/tree/xen.gz
echo xen >$XEN
sorts() {
	bootwright distro add --name=host --breed=debian --kernel=/run/bw/tree/debian-installer/amd64/linux \
		--initrd=/run/bw/tree/debian-installer/amd64/initrd.gz --hypervisor=$XEN &&
		bootwright profile add --name=host --distro=host &&
		bootwright image add --name=tool --file=$XEN --image-type=direct || return 1
	local n=20 options
	for options in --netboot-enabled=false --rescue=true --root=initrd --root=nfs:10.77.0.1:/srv/r \
		--root=iscsi:10.77.0.1:::1:iqn.2026-01.org.example:w --profile=host --boot-loaders=pxe \
		"--root=iscsi:10.77.0.1:::1:iqn.2026-01.org.example:w --netboot-enabled=false"; do
		# shellcheck disable=SC2086 # several options
		bootwright system add --name=sort$n --profile=bar --interface=eth0 \
			--mac-address=52:54:00:aa:00:$n $options || return 1
		n=$((n + 1))
	done
	bootwright system add --name=sort$n --image=tool --interface=eth0 --mac-address=52:54:00:aa:00:$n
}
# Without a file of its own a machine gets the menu.
same_as_published() {
	local file=$STATE/tftp/current/$1
	[ -e "$file" ] || file=$STATE/tftp/current/$4
	cmp "$file" <(curl -fsS "$URL/boot/$2?mac=$3") || return 1
	[ ! -e "$STATE/tftp/current/$1" ] || cmp "$file" <(curl -fsS "$URL/$1")
}
must "systems of every sort" sorts
must "sync" bootwright sync
for n in {20..29}; do
	mac=52:54:00:aa:00:$n dashed=52-54-00-aa-00-$n
	check "$mac: PXELINUX's file over HTTP" \
		same_as_published "pxelinux.cfg/01-$dashed" pxelinux $mac pxelinux.cfg/default
	check "$mac: iPXE's" same_as_published "ipxe/$dashed.ipxe" ipxe $dashed ipxe/default.ipxe
	check "$mac: GRUB's" same_as_published "grub/system/$mac.cfg" grub $mac grub/grub.cfg
done
while read -r file; do
	check "grub-script-check $file" grub-script-check "$STATE/tftp/current/$file"
done < <(public_files | grep '^grub/.*\.cfg$')
check "dnsmasq accepts its file" \
	dnsmasq --test --conf-file="$STATE/tftp/current/private/dnsmasq.conf"
for loader in pxelinux.0 shimx64.efi grubx64.efi ipxe.efi undionly.kpxe; do
	check "$loader is there" test -s "$STATE/tftp/$loader"
done

before=$(published)
check "a machine changes" bootwright system edit --name=web7 --kernel-options=verbose
is "only its files are published anew" "$(changed_since | grep -v '^private/' | sort)" \
"grub/system/52:54:00:aa:00:07.cfg
ipxe/52-54-00-aa-00-07.ipxe
pxelinux.cfg/01-52-54-00-aa-00-07"

curl -fsS "$URL/cblr/svc/op/trig/mode/pre/system/web8" >/dev/null
lacks "an installation begins: it still installs" \
	"$(tftp pxelinux.cfg/01-52-54-00-aa-00-08)" 'LOCALBOOT'
curl -fsS "$URL/cblr/svc/op/trig/mode/post/system/web8" >/dev/null
like "it ends: the machine boots from its disk" \
	"$(tftp pxelinux.cfg/01-52-54-00-aa-00-08)" 'LOCALBOOT'
like "both are recorded" "$(bootwright event list | grep web8)" 'install-end'
check "and it can be installed again" bootwright system edit --name=web8 --netboot-enabled=true
lacks "which is published at once" "$(tftp pxelinux.cfg/01-52-54-00-aa-00-08)" 'LOCALBOOT'

# What is not one machine's own follows by itself, and an older generation can be had back.
file7=$STATE/tftp/current/ipxe/52-54-00-aa-00-07.ipxe
not() { ! "$@"; }
file_has() { grep -q -- "$2" "$1"; }
http_has() { curl -fsS "$URL/boot/ipxe?mac=$1" | grep -q -- "$2"; }
generation=$(readlink "$STATE/tftp/current")
must "a profile changes" bootwright profile edit --name=bar --in-place --kernel-options=splash
check "its machines' files follow by themselves" wait_for 20 file_has "$file7" splash
check "in a generation of its own" test "$(readlink "$STATE/tftp/current")" != "$generation"
fails "what a rollback would change" '^-.*splash' bootwright sync rollback --dry-run
status=0
bootwright sync rollback --dry-run >/run/bw/diff || status=$?
is "by exit status 1, too" "$status" 1
like "and in how many files" "$(tail -n 1 /run/bw/diff)" \
	'^generation [0-9]+ would be published again: [1-9][0-9]* of'
check "nothing has changed meanwhile" file_has "$file7" splash
check "rollback" bootwright sync rollback
check "the file is as it was" not file_has "$file7" splash
check "over HTTP, too" not http_has 52:54:00:aa:00:07 splash
like "and it is said how long" "$(bootwright sync status)" 'published, until the next sync'
must "a profile changes" bootwright profile edit --name=bar --in-place --kernel-options=noapic
sleep 3
check "which does not undo the rollback" not file_has "$file7" noapic
must "a system changes" bootwright system edit --name=web8 --in-place --kernel-options=own8
check "which is published all the same" file_has "${file7%7.ipxe}8.ipxe" own8
like "as check says" "$(bootwright check || true)" "since a rollback only systems' own changes are published"
check "and undoes it for no other machine" not file_has "$file7" noapic
fails "a generation that is not there" 'there is no generation 99; there is' \
	bootwright sync rollback --generation=99
must "sync" bootwright sync
check "ends it" file_has "$file7" noapic
check "over HTTP, too" http_has 52:54:00:aa:00:07 splash
must "without auto_sync" bootwright settings edit --auto-sync=false
must "a profile changes" bootwright profile edit --name=bar --in-place --kernel-options='!splash'
sleep 3
check "nothing follows" file_has "$file7" splash
for format in ipxe grub pxelinux; do
	like "nor over HTTP: $format" "$(curl -fsS "$URL/boot/$format?mac=52:54:00:aa:00:07")" splash
done
like "boot explain tells of it" "$(bootwright boot explain 52:54:00:aa:00:07)" \
	'older than what is stored'

# One machine's files alone.
status=0
bootwright sync --system=web7 --dry-run >/run/bw/diff || status=$?
is "sync --dry-run of a system tells of changes" "$status" 1
like "in its files" "$(grep '^+++' /run/bw/diff)" 'ipxe/52-54-00-aa-00-07'
lacks "in no others" "$(grep '^+++' /run/bw/diff)" '00-08|menu|grub.cfg'
check "nothing has changed meanwhile" file_has "$file7" splash
check "sync of a system" bootwright sync --system=web7 --wait
check "its file is new" not file_has "$file7" splash
check "and no other" file_has "$STATE/tftp/current/ipxe/52-54-00-aa-00-08.ipxe" splash
check "nothing more to do" bootwright sync --system=web7 --dry-run
like "named twice it counts once" "$(bootwright sync --system=web7,web7 --dry-run)" ', 3 files$'
# Its line of fixed addresses, too, of which the profile changes a tag.
hosts7=$STATE/tftp/current/private/dhcp-hosts/07
check "a profile's machines shall not use iPXE" bootwright profile edit --name=bar --enable-ipxe=false
lacks "which nobody has published" "$(<"$hosts7")" bw-ipxe-other
like "sync --dry-run of a system tells of its fixed address" \
	"$(bootwright sync --system=web7 --dry-run || true)" '^\+52:54:00:aa:00:07,set:bw-ipxe-other'
check "and changes nothing" not file_has "$hosts7" bw-ipxe-other
check "sync of the system" bootwright sync --system=web7
check "dnsmasq has it" file_has "$hosts7" bw-ipxe-other
check "nothing more to do again" bootwright sync --system=web7 --dry-run
fails "for the others there is" '52-54-00-aa-00-08' bootwright sync --dry-run
# Versions before had all fixed addresses in one file.
rm -r "${hosts7%/*}"
cat >"${hosts7%/*}" <<<'52:54:00:aa:00:07,10.77.0.99'
fails "what such a version has published" 'a whole sync comes first' \
	bootwright sync --system=web7
check "a whole sync" bootwright sync
check "makes a file of its own again" file_has "$hosts7" 10.77.0.21
fails "a system that is not there" "no system 'web99'" bootwright sync --system=web7,web99

# A boot template on disk.
template() { sed "1a # $2" "$REPO/server/boot-templates/$1.tpl" >"$STATE/boot-templates/$1.tpl"; }
check "a boot template changes" template ipxe mine
check "machines do not get it over HTTP" not http_has 52:54:00:aa:00:07 mine
check "nor over TFTP" not file_has "$file7" mine
like "the check tells" "$(bootwright check || true)" 'older than .*the boot templates'
echo '# an answer' >"$STATE/kickstarts/late.cfg"
check "an answer file's template" bootwright profile edit --name=bar --autoinstall=late.cfg
like "is seen at once" "$(curl -fsS "$URL/autoinstall/system/web7")" 'an answer'
echo '# another' >"$STATE/kickstarts/late.cfg"
like "each time" "$(curl -fsS "$URL/autoinstall/system/web7")" '# another'
check "sync" bootwright sync
check "publishes it" file_has "$file7" mine
check "and it is over HTTP what it is over TFTP" same_over_http \
	ipxe/52-54-00-aa-00-07.ipxe ipxe 52:54:00:aa:00:07
lacks "the check has nothing to say" "$(bootwright check || true)" 'older than'
server_stop
check "one that changes while no server runs" template ipxe newer
must "the server starts" server_start --services=managed
check "waits, too" not http_has 52:54:00:aa:00:07 newer
check "sync again" bootwright sync
check "publishes that" http_has 52:54:00:aa:00:07 newer

# What can be stored and not published: who stores it is told.
long=$(printf 'word%s ' {1..900})
told() { { bootwright "$@" >/run/bw/out; } 2>&1; }
same7=$(cat "$file7")
like "an edit whose boot files cannot be" "$(told system edit --name=web7 --kernel-options="$long")" \
	'warning: stored, but not published, and no sync will be .*web7.*command line'
like "is stored" "$(bootwright system report --name=web7)" 'word1 word2 '
is "and the machine gets what it got before" "$(cat "$file7")" "$same7"
fails "the sync says the same" "web7.*command line" bootwright sync
bootwright export >/run/bw/long.json
check "mended" bootwright system edit --name=web7 --kernel-options=
is "there is nothing to tell" "$(told system edit --name=web7 --comment=fine)" ""
like "a whole state says so, too" "$(told apply /run/bw/long.json)" 'stored, but not published'
check "mended again" bootwright system edit --name=web7 --kernel-options=
mending=$(bootwright history --limit=1 --output=json | jq '.[0].revision')
like "and what takes it back" "$(told revert "$mending")" 'stored, but not published'
check "mended for good" bootwright system edit --name=web7 --kernel-options=

check "a machine goes" bootwright system remove --name=web7
fails "and its files with it" curl tftp pxelinux.cfg/01-52-54-00-aa-00-07
check "the server stops cleanly" server_stop
done_testing
