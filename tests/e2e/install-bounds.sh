#!/usr/bin/env bash
# No reinstall loop: installations that end, that fail again and again, that never report anything,
# over restarts and with clocks that jump; what was served to each machine; a kernel that is not
# the one on record. curl is the machines.
# timeout: 240
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mac_of() { echo "52:54:00:aa:00:0$1"; }
items() {
	local i
	local_settings
	bootwright import --path=/run/bw/tree --name=deb12
	for i in 1 2 3 4 5 6; do
		bootwright system add "web$i" --profile=deb12 --interface=eth0 \
			--mac-address="$(mac_of $i)"
	done
	bootwright sync
}

# The published boot files of webN: "install", "local" or, where they do not say the same, "mixed".
published_boot() {
	local mac dashed file words=
	mac=$(mac_of "$1") dashed=$(mac_of "$1" | tr : -)
	for file in "pxelinux.cfg/01-$dashed" "ipxe/$dashed.ipxe" "grub/system/$mac.cfg"; do
		if grep -q "autoinstall/system/web$1" "$STATE/tftp/current/$file"; then
			words="$words install"
		else
			words="$words local"
		fi
	done
	case $words in
	" install install install") echo install ;;
	" local local local") echo local ;;
	*) echo mixed ;;
	esac
}
loads() { curl -fsS "$URL/boot/ipxe?mac=$(mac_of "$1" | tr : -)"; }
asks() { curl -fsS "$URL/autoinstall/system/web$1${2:-}"; }
reports() { curl -fsS -X POST "$URL/report/$2/system/web$1" >/dev/null; }
state() { api GET "/api/v1/systems/web$1/install" | sed '$d' | jq -r "${2:-.state}"; }
# Asking for what was served writes it first, with the signs that it holds.
flush() { bootwright system served "web$1" >/dev/null; }
settled() { flush "$1"; [ "$(published_boot "$1")" = "$2" ]; }
# Changes the store of a server that does not run.
store() {
	/usr/bin/python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute(sys.argv[2])
db.commit()' "$STATE/bootwright.db" "$1"
}
# again SQL: a restart, with the record of the installations changed in between.
again() {
	server_stop
	store "UPDATE installs SET $1"
	server_start
}

small_tree /run/bw/tree
must "bootwrightd starts" server_start
must "items" items

is "by default there are three tries" "$(bootwright system report web1 | sed -n 's/^install_tries *: \([0-9]*\).*/\1/p')" 3
is "and a day" "$(bootwright system report web1 | sed -n 's/^install_hours *: \([0-9]*\).*/\1/p')" 24
check "settings can say otherwise" bootwright settings edit --install-tries=2
check "so can a system" bootwright system edit web2 --install-tries=0
fails "not by any number" 'install_tries' bootwright settings edit --install-tries=-1

# An installer that reports its start, and fails.
is "a machine installs" "$(published_boot 1)" install
loads 1 >/dev/null && asks 1 >/dev/null && reports 1 start
is "its first try runs" "$(state 1 '"\(.state) \(.tries) \(.armed)"')" "started 1 true"
is "it installs again if that fails" "$(published_boot 1)" install
reports 1 start
is "the last try runs" "$(state 1 '"\(.state) \(.tries) \(.armed)"')" "started 2 false"
is "and is the last one: it boots from its disk" "$(published_boot 1)" local
lacks "over HTTP, too" "$(loads 1)" 'autoinstall/system'
like "which is an event" "$(bootwright event list)" 'install-last-try +web1'
reports 1 start
is "it began once more: given up" "$(state 1)" "gave up"
like "says why" "$(state 1 .why)" 'began 3 times and never reported its end'
like "so does the report" "$(bootwright system report web1)" '^installation *: gave up.*began 3 times'
like "the check, and what to do" "$(bootwright check)" 'bootwright system reinstall web1'
like "the status" "$(bootwright status)" 'installations .*1 given up'
like "and the history" "$(bootwright system history web1)" 'bootwrightd'
for i in {1..5}; do reports 2 start; done
is "without a bound it goes on" "$(state 2 '"\(.state) \(.tries)"') $(published_boot 2)" "started 5 install"

# One that reports its end.
reports 3 start && reports 3 end
is "an end is an end" "$(state 3) $(published_boot 3)" "finished local"

# A HEAD is no machine.
for path in "boot/ipxe?mac=$(mac_of 6)" "ipxe/$(mac_of 6 | tr : -).ipxe" autoinstall/system/web6 \
	report/start/system/web6 report/end/system/web6; do
	check "HEAD of $path" sh -c "curl -fsSI '$URL/$path' | grep -q '^HTTP/1.1 200'"
done
flush 6
is "is no sign of an installation" "$(state 6)" none
is "and nothing was served" "$(api GET /api/v1/systems/web6/served | sed '$d' | jq '.items | length')" 0

# One that is renamed while its installer runs, which knows its old name.
must "a machine installs" bootwright system reinstall web3
must "and is renamed" bootwright system rename web3 www3
like "its installer finds its answer file" "$(asks 3)" 'system/www3'
reports 3 start
like "its installer finds the rest" "$(asks 3 /late.sh)" 'mode/post/system/www3'
reports 3 end
must "and back" bootwright system rename www3 web3
is "its end is an end" "$(state 3) $(published_boot 3)" "finished local"

# Arming again.
status=0
bootwright system reinstall web1 --dry-run >/run/bw/diff || status=$?
is "reinstall --dry-run tells of changes" "$status" 1
like "in the boot files" "$(cat /run/bw/diff)" '^\+.*autoinstall/system/web1'
is "and changes nothing" "$(state 1) $(published_boot 1)" "gave up local"
check "reinstall, of several" bootwright system reinstall web1 web3
is "the first" "$(state 1) $(published_boot 1)" "none install"
is "the second" "$(state 3) $(published_boot 3)" "none install"
lacks "the check has nothing to say any more" "$(bootwright check)" 'given up'
fails "a system that is not there" "no system 'web9'" bootwright system reinstall web9
fails "among others: which were not reached" "no system 'web9'; left as they are: 'web1' and all after it" \
	bootwright system reinstall web3 web9 web1 web4
reports 1 start && reports 1 start
is "the last try again" "$(published_boot 1)" local
check "Cobbler's way" bootwright system edit --name=web1 --netboot-enabled=true
is "begins anew, too" "$(state 1) $(published_boot 1)" "none install"
check "reinstall --cancel" bootwright system reinstall --cancel web1
is "leaves it to its disk" "$(state 1) $(published_boot 1)" "none local"
check "a protected machine" bootwright system edit web1 --protected=true
fails "is armed by nobody" 'protected' bootwright system reinstall web1
is "really" "$(published_boot 1)" local
check "but with --confirm" bootwright system reinstall web1 --confirm
is "it is" "$(published_boot 1)" install
is "the API refuses it as well" "$(api POST /api/v1/systems/web3:reinstall?cancel=2 | tail -n 1)" 400

# Installers that never report: what they fetch counts.
loads 4 >/run/bw/ipxe4
check "a loader" settled 4 install
asks 4 >/run/bw/answer4 && asks 4 /late.sh >/dev/null
flush 4
is "and its installer are one try" "$(state 4 '"\(.state) \(.tries)"')" "started 1"
asks 4 >/dev/null
flush 4
is "which asks more than once" "$(state 4 .tries)" 1
must "ten minutes later" again "age = age + 600"
loads 4 >/dev/null
flush 4
is "the second try begins" "$(state 4 .tries)" 2
is "whose loader needs its file" "$(published_boot 4)" install
asks 4 >/dev/null
check "its installer runs: no third one" settled 4 local

# Hours, over restarts, and whatever the clock shows.
reports 5 start
is "a machine that never finishes" "$(state 5) $(published_boot 5)" "started install"
must "a day less a minute later" again "age = 86340"
is "may still" "$(state 5) $(published_boot 5)" "started install"
must "the clock set back by a year" again "ticked = ticked + 31536000, started = started + 31536000"
is "gives up nothing" "$(state 5) $(published_boot 5)" "started install"
is "and makes it no younger" "$(state 5 '.hours > 23.9 and .hours < 24')" true
must "the clock set ahead by a year" again "ticked = ticked - 31536000, age = 3600"
is "neither" "$(state 5) $(published_boot 5)" "started install"
must "a day later" again "age = 86400"
check "it is given up" wait_for 20 settled 5 local
like "says why" "$(state 5 .why)" '24 hours after its first start'
reports 5 end
is "its end is an end all the same" "$(state 5)" finished

# Stored, and the server died before it was published.
must "an end" reports 6 end
server_stop
store "UPDATE installs SET unpublished = 1 WHERE system = 'web6'"
install -m 644 "$STATE/tftp/current/ipxe/$(mac_of 3 | tr : -).ipxe" "$STATE/tftp/current/ipxe/$(mac_of 6 | tr : -).ipxe"
must "a server that died before it was published" server_start
check "publishes it when it starts" wait_for 20 settled 6 local

# What was served.
served() { api GET "/api/v1/systems/$1/served" | sed '$d'; }
sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
is "the boot file is on record" \
	"$(served web4 | jq -r --arg sum "$(sum_of /run/bw/ipxe4)" '.items[] | select(.sha256 == $sum) | "\(.what) \(.size) \(.times) \(.address)"')" \
	"boot/ipxe $(stat -c %s /run/bw/ipxe4) 2 127.0.0.1"
is "so is the answer file" \
	"$(served web4 | jq -r --arg sum "$(sum_of /run/bw/answer4)" '.items[] | select(.sha256 == $sum) | "\(.what) \(.times)"')" \
	"autoinstall 3"
like "and its part" "$(bootwright system served web4)" 'autoinstall/late.sh'
own=grub/system/$(mac_of 4).cfg
curl -fsS "$URL/$own" >/run/bw/grub4
is "and a file of its own that a loader gets by its name" \
	"$(served web4 | jq -r --arg sum "$(sum_of /run/bw/grub4)" '.items[] | select(.sha256 == $sum) | "\(.what) \(.times)"')" \
	"$own 1"
curl -fsS "$URL/koan/v1/system/web4" >/dev/null
like "koan's plan" "$(bootwright system served web4)" 'koan/plan'
is "in pages" "$(api GET "/api/v1/systems/web4/served?limit=3" | sed '$d' | jq '[(.items | length), (.next | type)] | tostring' -r)" '[3,"number"]'
fails "not of what is not there" "no system 'web9'" bootwright system served web9
before=$(served web4)
asks 4 >/dev/null
must "after a rename" bootwright system rename web4 www4
is "it is still known" "$(served www4 | jq '[.items[].times] | add')" "$(jq '[.items[].times] | add + 1' <<<"$before")"
server_stop KILL || true
must "after a crash" server_start
is "too" "$(served www4 | jq '[.items[].times] | add')" "$(jq '[.items[].times] | add + 1' <<<"$before")"
must "a removed one" bootwright system remove www4
is "has none" "$(api GET /api/v1/systems/www4/served | tail -n 1)" 404
like "and its address gets the menu" "$(loads 4)" 'deb12'
lacks "without it" "$(loads 4)" 'www4|web4'
check "its file is gone" test ! -e "$STATE/tftp/current/ipxe/$(mac_of 4 | tr : -).ipxe"
must "made again" bootwright system add www4 --profile=deb12
is "it begins with nothing" "$(served www4 | jq '.items | length')" 0

# A kernel that is not the one on record, behind the server's back.
kernel=$(bootwright distro report deb12 | sed -n 's/^kernel *: //p')
image=images/deb12/$(basename "$kernel")
check "a sync with nothing to do" bootwright sync
check "the kernel is served" cmp <(curl -fsS "$URL/$image") "$kernel"
before=$(published)
cp -p "$kernel" /run/bw/kernel
printf x | dd of="$kernel" bs=1 seek=7 conv=notrunc status=none
touch -d '2001-01-01' "$kernel"
fails "a changed one stops a sync that has nothing else to do" \
	"distro 'deb12': kernel '$kernel' is not the one on record: its SHA-256" bootwright sync
fails "a dry run" "bootwright distro edit --name=deb12" bootwright sync --dry-run
like "the check tells" "$(bootwright check || true)" "distro 'deb12': kernel"
check "another field's change does not take it" bootwright distro edit deb12 --comment=x
fails "still not" "is not the one on record" bootwright sync
is "what was published by a link to it is not served, a copy is" \
	"$(curl -s -o /run/bw/got -w '%{http_code}' "$URL/$image")" \
	"$([ "$STATE/tftp/current/$image" -ef "$kernel" ] && echo 409 || echo 200)"
check "to take it" bootwright distro edit deb12 --kernel="$kernel"
check "is to name it" bootwright sync
check "then it is served" cmp <(curl -fsS "$URL/$image") "$kernel"
check "as its sum says, which is published" \
	sh -c "cd '$STATE/tftp/current' && sha256sum --quiet -c images.sha256"
cp -p /run/bw/kernel "$kernel"
fails "an old one in its place is none either" "is not the one on record" bootwright sync
check "two syncs at once" sh -c "bootwright distro edit deb12 --kernel='$kernel' && { bootwright sync & bootwright sync && wait \$!; }"
check "publish one whole tree" published_is_whole
check "with nothing left to do" bootwright sync --dry-run
check "the server stops cleanly" server_stop
done_testing
