#!/usr/bin/env bash
# A full disk: imports and syncs fail with an error that says so, what was there stays, and the
# server goes on when there is room again.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p "$STATE" /run/far
mount -t tmpfs -o size=24m tmpfs "$STATE"
mount -t tmpfs tmpfs /run/far
small_tree /run/far/small

fill() { cat /dev/zero >"$STATE/filler" 2>/dev/null || true; }
free_blocks() { stat -f -c %a "$STATE"; }

must "bootwrightd starts" server_start
must "settings" local_settings
must "import of a small tree" bootwright import --path=/run/far/small --name=small
must "system add" bootwright system add --name=web7 --profile=small --interface=eth0 \
	--mac-address=52:54:00:aa:00:07
must "sync" bootwright sync
published_before=$(published)
items_before=$(bootwright report)
trees_before=$(ls -A "$STATE/trees")
free_before=$(free_blocks)

fails "importing a tree that does not fit says so" 'No space left|disk full|not enough' \
	bootwright import --path="$INSTALLER_TREE" --name=big
is "no part of it stays" "$(ls -A "$STATE/trees")" "$trees_before"
check "the room is given back" test $((free_before - $(free_blocks))) -lt 64
is "the items are as they were" "$(bootwright report)" "$items_before"

# A change that only a sync sees.
mkdir -p "$STATE/boot-templates"
{ echo "# Changed" && cat "$REPO/server/boot-templates/pxelinux.tpl"; } \
	>"$STATE/boot-templates/pxelinux.tpl"
fill
is "the disk is full" "$(free_blocks)" 0
fails "sync says so" 'No space left|disk full|not enough|full' bootwright sync
is "what is published is as it was" "$(published)" "$published_before"
check "and whole" published_is_whole
fails "so does an import" 'No space left|disk full|not enough|full' \
	bootwright import --path=/run/far/small --name=other
fails "so does a change of a system" 'No space left|disk full|not enough|full' \
	bootwright system edit --name=web7 --kernel-options=quiet
is "reading works" "$(bootwright report)" "$items_before"
check "answer files are served" server_answers small
server_stop KILL || true
fill
is "the disk is full still" "$(free_blocks)" 0
must "killed there, the server starts again" server_start
check "answer files are served again" server_answers small
is "the items are as they were" "$(bootwright report)" "$items_before"

rm -f "$STATE/filler"
check "with room again sync works" bootwright sync
check "and has published the change" test "$(published)" != "$published_before"
check "so does an import" bootwright import --path=/run/far/small --name=other

# Room for a change, and none to publish it.
for i in {10..29}; do
	bootwright system add --name="m$i" --profile=small --interface=eth0 \
		--mac-address="52:54:00:aa:01:$i"
done
fill
truncate -s -160K "$STATE/filler"
check "a profile is changed" bootwright profile edit --name=small --kernel-options=later
no_room() { bootwright event list | grep -q 'automatic sync.*No space'; }
check "it cannot be published" wait_for 20 no_room
rm -f "$STATE/filler"
is_published() { grep -q later "$STATE/tftp/current/pxelinux.cfg/01-52-54-00-aa-00-07"; }
check "which is tried again" wait_for 30 is_published
check "the server stops cleanly" server_stop
check "and starts again" server_start
done_testing
