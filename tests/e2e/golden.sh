#!/usr/bin/env bash
# Whole outputs as files: what `bootwright sync` publishes and the boot port answers for a fixed
# set of items must be what stands in tests/golden/published, byte for byte, and the programs
# that read such files must accept it. `make golden` (GOLDEN=rewrite) writes the files anew, to
# be reviewed as code.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

golden=$REPO/tests/golden/published
made=/run/bw/made

# A tree whose files are the same on every machine.
fixed_tree() {
	local files=$1/debian-installer/amd64
	mkdir -p "$files"
	cp "$INSTALLER_TREE/version.info" "$1/"
	printf 'Debian version:  12 (bookworm)\nInstaller build: 20230607+deb12u15\n' >"$1/version.info"
	yes kernel | head -c 10000 >"$files/linux"
	yes initrd | head -c 20000 | gzip -n >"$files/initrd.gz"
}

fixed_items() {
	lab_settings
	fixed_tree /run/bw/tree
	bootwright import --path=/run/bw/tree --name=deb12
	bootwright profile add --name=bar --distro=deb12 --virt-file-size=4 --virt-ram=128 \
		--kernel-options="console=tty0 console=ttyS0,115200n8"
	bootwright profile add --name=bar-quiet --parent=bar --kernel-options=quiet
	bootwright system add --name=web7 --profile=bar --interface=eth0 \
		--mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.21 --hostname=web7.example.org
	bootwright system add --name=web8 --profile=bar-quiet --interface=eth0 \
		--mac-address=52:54:00:aa:00:08
	bootwright system add --name=installed --profile=bar --interface=eth0 \
		--mac-address=52:54:00:aa:00:09 --netboot-enabled=false
	bootwright sync
}

# The published text files, and answers of the boot port, under $made.
collect() {
	local path
	(cd "$STATE/tftp/current" && find . -type f -size -64k ! -path './images/*' ! -name manifest.json -print0 |
		xargs -0r grep -lIZ '' | xargs -0r cp --parents -t "$made")
	for path in autoinstall/profile/bar autoinstall/system/web7 autoinstall/system/web8 \
		koan/v1/profile/bar koan/v1/system/web7; do
		mkdir -p "$made/http/$(dirname "$path")"
		curl -fsS "$URL/$path" -o "$made/http/$path" || echo "no answer" >"$made/http/$path"
	done
	for path in 07 08 09 0a; do
		curl -fsS "$URL/boot/ipxe?mac=52:54:00:aa:00:$path" -o "$made/http/ipxe-$path" ||
			echo "no answer" >"$made/http/ipxe-$path"
	done
}

list_of() { (cd "$1" && find . -type f | sort); }

tftp_gives_all() {
	local file
	while read -r file; do
		curl -fsS --max-time 20 "tftp://10.77.0.1/$file" | cmp - "$STATE/tftp/current/$file" ||
			return 1
	done < <(cd "$STATE/tftp/current" && find -L . -name private -prune -o -type f -printf '%P\n')
}

mkdir -p "$made"
net_up
must "bootwrightd starts" server_start --services=managed
must "a fixed set of items" fixed_items
must "outputs" collect
if [ "${GOLDEN:-}" = rewrite ]; then
	rm -rf "$golden"
	cp -r "$made" "$golden"
fi
cp -r "$made" "$LOGS/"

is "the same files" "$(list_of "$made")" "$(list_of "$golden")"
while read -r file; do
	check "golden: ${file#./}" diff -u "$golden/$file" "$made/$file"
done < <(list_of "$golden")

while read -r file; do
	check "grub-script-check: ${file#./}" grub-script-check "$made/$file"
done < <(list_of "$made" | grep '/grub/.*\.cfg$')
while read -r file; do
	check "dnsmasq --test: ${file##*/}" dnsmasq --test --conf-file="$file"
done < <(find "$STATE" -name '*dnsmasq*.conf' -type f)
for file in "$made"/http/autoinstall/*/*; do
	check "debconf-set-selections: ${file#"$made"/}" debconf-set-selections --checkonly "$file"
done
must "in.tftpd runs" wait_for 20 pgrep -x in.tftpd
check "in.tftpd gives every published file" tftp_gives_all
private=$(cd "$STATE/tftp/current" && find private -type f | head -n 1)
fails "but not the private ones" 'curl' \
	curl -fsS --max-time 20 "tftp://10.77.0.1/$private"
check "the server stops cleanly" server_stop
done_testing
