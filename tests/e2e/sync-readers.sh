#!/usr/bin/env bash
# 10,000 machines boot while sync publishes all of their files again, and again: over TFTP and over
# HTTP each of them gets its old file or its new one, whole, and never none.
# timeout: 600
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

SYSTEMS=10000
READ=400 # files in one round of a reader
if [ "${B:-build}" = build-asan ]; then
	SYSTEMS=1000 READ=100
fi

mac() { printf '52-54-00-00-%02x-%02x' $(($1 / 256)) $(($1 % 256)); }

systems_json() {
	awk -v n=$SYSTEMS 'BEGIN {
		for (i = 0; i < n; i++)
			printf "%s{\"name\":\"m%d\",\"profile\":\"deb12\",\"interfaces\":" \
				"{\"eth0\":{\"mac_address\":\"52:54:00:00:%02x:%02x\"}}}",
				i ? ",\n" : "{\"systems\":[", i, i / 256, i % 256
		print "]}"
	}'
}

# A change of every machine's file, at its beginning and its end.
edition() {
	mkdir -p "$STATE/boot-templates"
	{
		echo "# begins edition $1"
		cat "$REPO/server/boot-templates/pxelinux.tpl"
		echo "# ends edition $1"
	} >"$STATE/boot-templates/.pxelinux.tpl"
	mv "$STATE/boot-templates/.pxelinux.tpl" "$STATE/boot-templates/pxelinux.tpl"
}

# reader NAME URL: reads the files of machines all over the range until /run/bw/stop is there. What is
# neither edition's goes to $LOGS/NAME.wrong; the edition of each file that was read, to NAME.seen.
reader() {
	local name=$1 url=$2 out=/run/bw/$1 i
	mkdir "$out"
	for ((i = 0; i < READ; i++)); do
		printf 'url = "%s/pxelinux.cfg/01-%s"\noutput = "%s"\n' "$url" \
			"$(mac $((i * (SYSTEMS / READ))))" "$out/01-$(mac $((i * (SYSTEMS / READ))))"
	done >"$out.conf"
	: >"$LOGS/$name.wrong"
	until [ -e /run/bw/stop ]; do
		rm -f "$out"/*
		curl -sS --fail --max-time 60 -K "$out.conf" 2>>"$LOGS/$name.wrong" ||
			echo "curl: $?" >>"$LOGS/$name.wrong"
		compare "$out" "$LOGS/$name.wrong" >>"$LOGS/$name.seen"
	done
}

compare() {
	(cd "$1" && sha256sum ./*) | awk -v wrong="$2" '
		FILENAME != "-" { edition[$1 $2] = FILENAME ~ /one/ ? "one" : "two"; next }
		$1 $2 in edition { print edition[$1 $2]; next }
		{ print $2 " is neither" >>wrong }' /run/bw/one.sums /run/bw/two.sums -
}

sums() { (cd "$STATE/tftp/current/pxelinux.cfg" && find . -name '01-*' -print0 | xargs -0 sha256sum); }
saw_both() { grep -q one "$LOGS/$1.seen" && grep -q two "$LOGS/$1.seen"; }

small_tree /run/bw/tree
net_up
must "bootwrightd starts" server_start --services=managed
must "settings" lab_settings --auto-sync=false
must "import" bootwright import --path=/run/bw/tree --name=deb12
systems_json >/run/bw/systems.json
must "$SYSTEMS systems" bootwright apply /run/bw/systems.json
edition one
must "they are published" bootwright sync
sums >/run/bw/one.sums
edition two
must "and again" bootwright sync
sums >/run/bw/two.sums
is "a file for each" "$(wc -l </run/bw/two.sums)" $SYSTEMS
fails "the editions differ" '' cmp /run/bw/one.sums /run/bw/two.sums
must "in.tftpd runs" wait_for 20 pgrep -x in.tftpd

reader tftp tftp://10.77.0.1 &
tftp_reader=$!
reader http $URL &
http_reader=$!
for round in {1..20}; do
	edition one
	check "sync while they are read, $round" bootwright sync
	edition two
	check "and another" bootwright sync
	[ "$round" -lt 4 ] || ! saw_both tftp || ! saw_both http || break
done
touch /run/bw/stop
wait $tftp_reader $http_reader
for name in tftp http; do
	is "by $name: every file was whole, and one edition's" "$(head -n 5 "$LOGS/$name.wrong")" ''
	check "and both were seen" saw_both $name
	note "$name: $(wc -l <"$LOGS/$name.seen") files read"
done

check "the server stops cleanly" server_stop
done_testing
