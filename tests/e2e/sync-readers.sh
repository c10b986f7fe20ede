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

# reader NAME URL: reads the files of machines all over the range until $1.stop is there. What is
# neither edition's goes to $LOGS/NAME.wrong; the rounds and the editions seen, to NAME.seen.
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
	local file
	for file in "$1"/*; do
		if cmp -s "$file" "/run/bw/one/${file##*/}"; then
			echo one
		elif cmp -s "$file" "/run/bw/two/${file##*/}"; then
			echo two
		else
			echo "$file is neither" >>"$2"
		fi
	done
}

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
cp -r "$STATE/tftp/current/pxelinux.cfg" /run/bw/one
hash_one=$(published | sha256sum)
edition two
must "and again" bootwright sync
cp -r "$STATE/tftp/current/pxelinux.cfg" /run/bw/two
hash_two=$(published | sha256sum)
is "a file for each" "$(find /run/bw/two -name '01-*' | wc -l)" $SYSTEMS
check "the editions differ" test "$hash_one" != "$hash_two"
must "in.tftpd runs" wait_for 20 pgrep -x in.tftpd

reader tftp tftp://10.77.0.1 &
tftp_reader=$!
reader http $URL &
http_reader=$!
for round in 1 2 3 4; do
	edition one
	check "sync while they are read, $round" bootwright sync
	edition two
	check "and another" bootwright sync
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
