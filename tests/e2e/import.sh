#!/usr/bin/env bash
# Imports: hard links where possible, nothing left behind where not, and directories that are no
# distro tree.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

must "bootwrightd starts" server_start
must "settings" local_settings

# /run, where the state is, is one filesystem.
small_tree /run/bw/near
# fs.protected_hardlinks lets an account link only what it owns.
chown -R nobody /run/bw/near
check "import from the same filesystem" bootwright import --path=/run/bw/near --name=near
kernel=debian-installer/amd64/linux
is "makes hard links" "$(stat -c %h "/run/bw/near/$kernel")" 2
check "the tree is served" cmp "/run/bw/near/$kernel" <(curl -fsS "$URL/trees/near/$kernel")

json=$(api GET /api/v1/distros/near | sed '$d')
is "the kernel's checksum is on record" "$(jq -r .kernel_sha256 <<<"$json")" \
	"$(sha256sum <"/run/bw/near/$kernel" | cut -d' ' -f1)"
is "the kernel's size is on record" "$(jq -r .kernel_size <<<"$json")" 100000

mkdir -p /run/bw/empty /run/bw/almost/debian-installer/amd64
touch /run/bw/almost/debian-installer/amd64/linux
trees=$(ls "$STATE/trees")
fails "an empty directory is no tree" 'empty.*(not|no) |looked for' \
	bootwright import --path=/run/bw/empty --name=empty
fails "the nearest signature is named" 'initrd' \
	bootwright import --path=/run/bw/almost --name=almost
fails "a missing directory" '/run/bw/nowhere.*No such file' \
	bootwright import --path=/run/bw/nowhere --name=nowhere
fails "a file is no directory; an image wants to be mounted" 'directory; .*: mount -o loop,ro /etc/passwd /mnt' \
	bootwright import --path=/etc/passwd --name=passwd
small_tree /run/bw/private/tree
chmod 700 /run/bw/private
account=$(stat -c %U "$STATE")
fails "what only root may read: who may not" "/private/tree' as the account '$account': Permission denied" \
	bootwright import --path=/run/bw/private/tree --name=private
fails "of a kernel, too" "linux' as the account '$account': Permission denied" bootwright distro add \
	--name=private --kernel=/run/bw/private/tree/$kernel --initrd=/run/bw/private/tree/$kernel
fails "a relative path" 'absolute|relative' bootwright import --path=near --name=other
for name in ../up a/b .. "a'b" $'a\nb' "$(printf '%300s' '' | tr ' ' x)" ''; do
	fails "refused as a name: $(printf %.20q "$name")" 'name' \
		bootwright import --path=/run/bw/near --name="$name"
done
is "failed imports leave nothing behind" "$(ls "$STATE/trees")" "$trees"
is "and no items" "$(bootwright distro list | awk '{ print $1 }')" near

bootwright system add --name=web7 --profile=near --interface=eth0 --mac-address=52:54:00:aa:00:07
rm -f "$(jq -r .kernel <<<"$json")"
fails "sync with a kernel that vanished" 'near.*linux|linux.*near' bootwright sync
check "the server still runs" server_answers near
check "and stops cleanly" server_stop
done_testing
