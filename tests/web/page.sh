#!/usr/bin/env bash
# The status page in headless Chromium, served by the real bootwrightd: what it shows, that it
# follows what happens without a reload, and that hostile text stays text.
# timeout: 180
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/../e2e/lib.sh"
# shellcheck source=tests/web/webdriver.sh
. "$(dirname "${BASH_SOURCE[0]}")/webdriver.sh"

PAGE=http://127.0.0.1:8080
HOSTILE='<img src=x onerror="document.title=1"><script>document.title=2</script>'
ARTIFACTS=$built/artifacts

# go HASH REGEX: as a person who changes the address; the view has then been drawn.
go() {
	js "location.hash = '$1'" >/dev/null
	wait_for 10 page_says "$2"
}
rows() { js 'document.querySelectorAll("main tbody tr").length'; }
has_rows() { [ "$(rows)" = "$1" ]; }

# A system as an operator would define it, and many more for the pages of a table.
define_items() {
	bootwright profile add --name=bar --distro=deb12 --virt-ram=1024 --virt-file-size=4
	bootwright system add --name=web7 --profile=bar --interface=eth0 \
		--mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.21 --comment="$HOSTILE"
	for i in $(seq 100 159); do
		printf 'url = "http://localhost/api/v1/systems/node%s"\n' "$i"
	done | curl -fsS --unix-socket /run/bootwright/api.sock -X PUT -o /dev/null \
		-H 'Content-Type: application/json' -d '{"profile": "bar"}' --config -
}

must "bootwrightd starts" server_start --dhcp-leases="$STATE/leases"
must "the browser starts" browser_start
must "the page opens" browser_open "$PAGE/"

# A new server.
check "an empty server is told as such" wait_for 10 page_says 'Nothing yet'
check "check's findings come with advice" wait_for 10 page_says 'bootwright settings edit'
check "the stream of events is open" wait_for 10 page_says live '#connection'
js 'window.noReload = true' >/dev/null

# What happens shows without a reload.
small_tree /run/bw/tree
must "import" bootwright import --path=/run/bw/tree --name=deb12
check "the import shows as a task" wait_for 5 page_says 'done\s+import deb12'
check "and the distro is counted" wait_for 10 page_says '1\s+Distros'
must "items" define_items
check "systems are counted" wait_for 10 page_says '61\s+Systems'
bootwright settings edit --auto-sync=false # else what waits is seen for a moment only
must "sync" bootwright sync
check "what is published shows" wait_for 10 page_says 'Generation\s+1'
check "and that it is up to date" wait_for 10 page_says 'Up to date'
bootwright profile edit --name=bar --kernel-options=quiet
check "what is not yet published shows" wait_for 10 page_says 'Not yet published: 1 change\.'
must "sync again" bootwright sync
check "and shows no more" wait_for 10 page_says 'Up to date'
check "an installer reports" curl -fsS -o /dev/null "$URL/cblr/svc/op/trig/mode/pre/system/web7"
check "its installation shows" wait_for 5 page_says 'installing\s+web7'
check "as an event, too" wait_for 5 page_says 'install-start'
check "and is announced to screen readers" wait_for 5 \
	js_true 'document.getElementById("announce").textContent.includes("web7")'
bootwright system edit web7 --install-tries=1
check "it begins once too often" curl -fsS -o /dev/null "$URL/cblr/svc/op/trig/mode/pre/system/web7"
check "that it was given up shows" wait_for 5 page_says 'given up\s+web7'
check "and what to do" wait_for 30 page_says 'bootwright system reinstall web7'
bootwright system reinstall web7
check "it is armed again" wait_for 5 page_says 'armed\s+web7'
check "so are the counts of them" page_says '0 installing.* 0 installed.* 0 given up'
check "all this in one page" js_true 'window.noReload === true'
screenshot "$ARTIFACTS/page.png"
check "a screenshot is kept" test -s "$ARTIFACTS/page.png"

# Tables, searched and paged by the server.
check "systems" go '#systems' 'Network boot'
is "a page of 50" "$(rows)" 50
js '[...document.querySelectorAll(".pager a")].find((a) => a.textContent === "Next").click()' >/dev/null
check "the next page has the rest" wait_for 10 has_rows 11
check "search by a part of the name" go '#systems?find=ode12' node120
is "finds ten" "$(rows)" 10
check "search by a field" go '#systems?find=mac_address%3D52:54:00:aa:*' web7
is "finds one" "$(rows)" 1
js 'document.getElementById("find").value = "node15"' >/dev/null
js 'document.querySelector("form").requestSubmit()' >/dev/null
check "the search box" wait_for 10 has_rows 10
check "a search without a result says so" go '#systems?find=nosuch' 'No system matches'
check "profiles" go '#profiles' '1024 MiB'
check "distros" go '#distros' 'x86_64'
check "no machine is discovered yet" go '#discovered' 'No machine has booted here'
check "one asks for a boot file" curl -fsS -o /dev/null \
	"$URL/boot/ipxe?mac=52-54-00-aa-00-99&platform=efi&arch=x86_64"
printf '0 52:54:00:aa:00:98 10.77.0.98 %s *\n' 'lease98' >"$STATE/leases"
printf '0 52:54:00:aa:00:97 10.77.0.97 %s *\n' "<script>document.title=3</script>" >>"$STATE/leases"
check "and shows by itself" wait_for 30 page_says '52:54:00:aa:00:99'
check "with what it runs on" page_says 'ipxe, efi x86_64'
check "and who has a lease" wait_for 30 page_says '52:54:00:aa:00:97'
like "with the line that makes it a system" "$(text_of main)" \
	'bootwright discovered add 52:54:00:aa:00:98 --name=lease98 --profile=PROFILE'
is "all of them" "$(rows)" 3
is "a hostile name is no element" "$(js 'document.querySelectorAll("main script").length')" 0
must "that line" bootwright discovered add 52:54:00:aa:00:98 --name=lease98 --profile=bar
check "it is gone from there" wait_for 30 has_rows 2
bootwright system remove lease98
check "tasks" go '#tasks' 'sync'

# The installations are the server's record, however long ago their events are.
bootwright system edit web7 --install-tries=0
for i in $(seq 100 159); do
	printf 'url = "%s/cblr/svc/op/trig/mode/pre/system/node%s"\n' "$URL" "$i"
done | curl -fsS -o /dev/null --config -
check "many machines install" go '#installs' 'node100'
is "a page of 50" "$(rows)" 50
check "and how many" wait_for 10 page_says '60 installing.* 0 installed.* 0 given up'
js '[...document.querySelectorAll(".pager a")].find((a) => a.textContent === "Next").click()' >/dev/null
check "the next page has the rest" wait_for 10 has_rows 10
check "none was given up" go '#installs?state=gave+up' "No system's installation is in this state"
bootwright system edit node100 --install-tries=1 >/dev/null
check "one begins once too often" curl -fsS -o /dev/null "$URL/cblr/svc/op/trig/mode/pre/system/node100"
check "and shows, with the reason" wait_for 20 page_says 'node100 given up 2 .*never reported its end'
check "its own page says so" go '#systems/node100' 'given up.*never reported its end'
check "one ends" curl -fsS -o /dev/null "$URL/cblr/svc/op/trig/mode/post/system/node101"
check "and is among the installed ones" go '#installs?state=finished' 'node101 installed'
check "events" go '#events' 'install-start'

# One item, by its address.
must "a deep link" browser_open "$PAGE/?again#systems/web7"
check "shows the item" wait_for 10 page_says '52:54:00:aa:00:07'
like "an inherited value says where from" "$(text_of main)" 'virt_ram\s+1024.*\s+profile bar'
like "an own value says so" "$(text_of main)" 'profile\s+bar\s+here'
like "who made it" "$(text_of main)" 'root'
like "a hostile comment is text" "$(text_of main)" '<img src=x onerror='
is "it makes no element" "$(js 'document.querySelectorAll("main img, main script").length')" 0
is "and runs nothing" "$(js document.title)" "web7 · Bootwright"
bootwright system edit --name=web7 --virt-ram=2048 --comment=$'\u202egnp.exe' >/dev/null
check "a change shows without a reload" wait_for 10 page_says 'virt_ram 2048 instead of 1024'
lacks "no character turns text around" "$(text_of main)" $'\u202e'
check "an item that is not there" go '#systems/nosuch' "no.*nosuch|nosuch.*not"
check "an address that is none" go '#nosuch/x' 'No such page'

# For everybody: landmarks, headings, labels; small screens; dark ones.
for view in '' systems systems/web7 installs discovered tasks; do
	must "view '$view'" go "#$view" '.'
	is "one heading of the first rank: '$view'" "$(js 'document.querySelectorAll("h1").length')" 1
	check "landmarks: '$view'" js_true '["header", "nav", "main"].every((e) => document.querySelector(e))'
	is "every column has its heading: '$view'" \
		"$(js 'document.querySelectorAll("th:not([scope])").length')" 0
	is "every field has its label: '$view'" \
		"$(js '[...document.querySelectorAll("input")].filter((e) => !e.labels.length).length')" 0
	screen 360 780 true
	check "fits a small screen: '$view'" js_true 'document.documentElement.scrollWidth <= 360'
	screen 1280 1000
done
must "the overview" go '#' 'CHECK|Check'
light=$(js 'getComputedStyle(document.body).backgroundColor')
color_scheme dark
lacks "dark where people like it" "$(js 'getComputedStyle(document.body).backgroundColor')" "$light"
screenshot "$ARTIFACTS/page-dark.png"
color_scheme light
screen 360 780 true
screenshot "$ARTIFACTS/page-small.png"

# Nothing from outside, nothing inline. One 404 is the item that is not there.
is "no errors, no violation of the policy" "$(console | grep -v 'systems/nosuch')" ""
js 'document.body.insertAdjacentHTML("beforeend", "<img src=http://127.0.0.1:9/x alt=x>")' >/dev/null
check "a violation would have shown" wait_for 5 eval 'console | grep -q "Content Security Policy"'

# A server that goes away and comes back.
server_stop || true
check "a lost connection shows" wait_for 20 page_says 'does not answer' '#alert'
must "bootwrightd starts again, with services of its own" server_start --services=managed
check "the page finds it again" wait_for 40 page_says live '#connection'
check "and takes the alarm back" js_true 'document.getElementById("alert").hidden'
check "in.tftpd runs, as the page says" wait_for 40 page_says 'tftpd\s+running, pid [0-9]+'
lacks "and has never died" "$(text_of main)" 'restarted'
kill -KILL "$(pgrep -o -x in.tftpd)"
check "one that was killed is started again, and the page says so" \
	wait_for 60 page_says 'tftpd\s+running, pid [0-9]+, restarted 1 time'

# From another machine, a token is needed.
server_stop || true
ip addr add 10.9.9.9/32 dev lo
must "bootwrightd listens for others" server_start --api-listen=10.9.9.9:8080
must "the page opens from elsewhere" browser_open http://10.9.9.9:8080/
check "and asks for a token" wait_for 10 page_says 'API token' '#alert'
lacks "and shows nothing" "$(text_of main)" '61 Systems'
token=$(bootwright token add --name=page --role=read)
js "document.getElementById('token').value = '$token'" >/dev/null
js 'document.querySelector("#alert form").requestSubmit()' >/dev/null
check "with which it shows everything" wait_for 10 page_says '61 Systems'
check "live" wait_for 40 page_says live '#connection'
browser_end
check "the server stops cleanly" server_stop
done_testing
