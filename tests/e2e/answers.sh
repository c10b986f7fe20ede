#!/usr/bin/env bash
# Answer files as installers fetch them: each document at its addresses with its content type,
# cloud-init's seed read by cloud-init itself, FAI's configuration space unpacked by FAI itself, and
# refusals that say what to do.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

get() { curl -fsS --max-time 20 "$URL$1"; }
type_of() { curl -fsS --max-time 20 -o /dev/null -w '%{content_type}' "$URL$1"; }
problem() { curl -sS --max-time 20 -o /run/bw/body -w '%{http_code}' "$URL$1"; }

must "bootwrightd starts" server_start
must "settings" local_settings
head -c 1000 /dev/urandom >/run/bw/linux
cp /run/bw/linux /run/bw/initrd.gz
chmod 644 /run/bw/linux /run/bw/initrd.gz

# family BREED OS-VERSION TEMPLATE: a distro, a profile and a system m-BREED.
family() {
	bootwright distro add --name="$1" --breed="$1" --os-version="$2" --autoinstall="$3" \
		--kernel=/run/bw/linux --initrd=/run/bw/initrd.gz &&
		bootwright profile add --name="$1" --distro="$1" &&
		bootwright system add --name="m-$1" --profile="$1" --hostname="m-$1.example.org" \
			--interface=eth0 --mac-address="$4"
}
must "Debian" family debian bookworm debian.preseed 52:54:00:aa:00:01
must "Red Hat" family redhat rhel9 rhel.ks 52:54:00:aa:00:02
must "Ubuntu" family ubuntu noble ubuntu.user-data 52:54:00:aa:00:03
must "SUSE" family suse sles15 autoyast.xml 52:54:00:aa:00:04
must "CoreOS" family coreos 41 coreos.ign 52:54:00:aa:00:05
must "FAI" family fai bookworm fai.variables 52:54:00:aa:00:06
must "a ready image" family image trixie cloud.user-data 52:54:00:aa:00:07

while read -r path type first; do
	is "$path: its type" "$(type_of "$path" | sed 's/;.*//')" "$type"
	like "$path: its text" "$(get "$path" | sed -n 1p)" "$first"
done <<'END'
/autoinstall/system/m-debian text/plain ^#.Answers.for.debian-installer
/autoinstall/profile/debian text/plain ^#.Answers.for.debian-installer
/cblr/svc/op/autoinstall/system/m-debian text/plain ^#.Answers.for.debian-installer
/cblr/svc/op/ks/profile/redhat text/plain ^#.Kickstart
/autoinstall/system/m-debian/late.sh text/x-shellscript ^#!/bin/sh$
/autoinstall/system/m-ubuntu text/cloud-config ^#cloud-config$
/autoinstall/system/m-ubuntu/user-data text/cloud-config ^#cloud-config$
/autoinstall/system/m-ubuntu/vendor-data text/cloud-config ^#cloud-config$
/autoinstall/system/m-ubuntu/meta-data text/yaml ^instance-id:
/autoinstall/system/m-ubuntu/network-config text/yaml ^version:.2$
/cblr/svc/op/autoinstall/system/m-ubuntu/meta-data text/yaml ^instance-id:
/autoinstall/system/m-suse application/xml ^<\?xml
/autoinstall/system/m-coreos application/json ^\{$
/autoinstall/system/m-coreos/live.ign application/json ^\{$
/autoinstall/system/m-fai/disk-config text/plain ^#.<type>
END

# ds=nocloud-net;s=URL/ is read by this function of cloud-init.
seed=$(/usr/bin/python3 -c 'import sys
from cloudinit import util
print(util.read_seeded(sys.argv[1], timeout=10, retries=0))' \
	"$URL/autoinstall/system/m-image/" 2>&1)
like "cloud-init reads the meta-data" "$seed" "'instance-id': 'm-image'"
like "and the user-data" "$seed" 'NoCloud seed for system m-image'
like "and the vendor-data" "$seed" 'vendor-data template'

# FAI: get-config-dir-http fetches the archive by curl and has ftar unpack it as a class.
mkdir -p /run/bw/fai/space
cd /run/bw/fai
check "FAI's configuration space" curl -fsS -O "$URL/autoinstall/system/m-fai/config.tar"
check "as a tar" tar -tf config.tar
check "unpacked by FAI" ftar -c config -t /run/bw/fai/space -s /run/bw/fai .
is "its files" "$(cd space && find . -type f -printf '%m %P\n' | sort -k 2)" \
	"755 class/50-bootwright
644 class/BOOTWRIGHT.var
644 disk_config/BOOTWRIGHT
644 disk_config/BOOTWRIGHT_EFI
755 hooks/faiend.BOOTWRIGHT.sh
755 hooks/partition.BOOTWRIGHT.sh
644 package_config/BOOTWRIGHT
755 scripts/BOOTWRIGHT/10-base"
is "the files are the parts" "$(cat space/class/BOOTWRIGHT.var)" \
	"$(get /autoinstall/system/m-fai/variables)"
is "the same bytes again" "$(get /autoinstall/system/m-fai/config.tar | sha256sum)" \
	"$(sha256sum <config.tar)"
cd /

# Refusals
is "no such part" "$(problem /autoinstall/system/m-redhat/late.sh)" 404
like "says which template it would be" "$(cat /run/bw/body)" 'rhel\.late\.sh'
is "nothing outside" "$(problem /autoinstall/system/m-redhat/..%2f..%2fetc%2fpasswd)" 400
is "no such system" "$(problem /autoinstall/system/nobody/user-data)" 404
must "no password" bootwright settings edit --default-password-crypted=
for family in debian redhat ubuntu suse coreos fai image; do
	is "$family: refused without a way to log in" \
		"$(problem "/autoinstall/system/m-$family")" 500
	like "$family: and how to mend it" "$(bootwright events --limit=1 2>/dev/null || true; \
		tail -n 5 "$LOGS/server.log")" 'ssh_key='
	check "$family: a key" bootwright system edit --name="m-$family" \
		--autoinstall-meta='ssh_key="ssh-ed25519 AAAA me@example"'
	like "$family: is one" "$(get "/autoinstall/system/m-$family")" '.'
done

check "the server stops cleanly" server_stop
done_testing
