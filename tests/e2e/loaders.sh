#!/usr/bin/env bash
# `bootwright loaders`: what is installed, what is published, what another package version has
# changed since, what is missing and how to get it.
# timeout: 100
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

state_of() { bootwright loaders --output=json | jq -r ".[] | select(.name == \"$1\") | .state"; }

must "bootwrightd starts" server_start
must "settings" local_settings
must "only sync publishes, or mends" bootwright settings edit --auto-sync=false
is "installed, nothing published yet" "$(state_of pxelinux.0)" unpublished
cp -a /usr/lib/ipxe /run/bw/ipxe
rm /run/bw/ipxe/undionly.kpxe
mount --bind /run/bw/ipxe /usr/lib/ipxe
lacks "what an installed package has not is not to be had by installing it" \
	"$(bootwright loaders)" 'apt-get install ([^ ]* )*ipxe[ ;]'
like "that is said" "$(bootwright loaders --missing || true)" \
	'^undionly.kpxe is not in the package ipxe that is installed, [0-9]'
umount /usr/lib/ipxe

check "sync" bootwright sync
is "published" "$(state_of pxelinux.0)" published
is "with the file's own sum" \
	"$(bootwright loaders --output=json | jq -r '.[] | select(.name == "shimx64.efi") | .sha256')" \
	"$(sha256sum </usr/lib/shim/shimx64.efi.signed | cut -d ' ' -f 1)"
like "its package, with its version" "$(bootwright loaders)" \
	"^pxelinux\.0 +published +[0-9.]+ KiB +pxelinux +$(dpkg-query -W -f '${Version}' pxelinux | sed 's/[+.]/\\&/g') +machines that boot by BIOS"
is "all that somebody needs is there" "$(bootwright loaders --missing --output=json |
	jq '[.[] | select(.needed)] | length')" 0
check "exit status 0" bootwright loaders --missing

echo other >"$STATE/tftp/current/pxelinux.0"
is "another one is published" "$(state_of pxelinux.0)" changed
like "which sync mends" "$(bootwright loaders)" '^pxelinux\.0 +another one is published: bootwright sync'

mount -t tmpfs tmpfs /usr/lib/ipxe
is "gone after it was published" "$(state_of ipxe.efi)" gone
fails "what is missing, with the line that gets it" \
	'^what is missing comes with: apt-get install ([^ ]* )*ipxe[ ;].*then: bootwright sync' \
	bootwright loaders --missing
lacks "only that" "$(bootwright loaders --missing || true)" '^pxelinux'
check "sync" bootwright sync
is "missing" "$(state_of ipxe.efi)" missing
check "without --missing it is a list: exit status 0" bootwright loaders

# Of another architecture: a package that cannot be installed beside this one's, once somebody has
# machines of it.
mount -t tmpfs tmpfs /usr/lib/shim
cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed /usr/lib/shim/shimx64.efi.signed
lacks "nobody has machines of aarch64" "$(bootwright check || true)" 'aa64'
echo kernel | tee /run/bw/linux >/run/bw/initrd.gz
must "a distro of aarch64" bootwright distro add --name=arm --arch=aarch64 \
	--kernel=/run/bw/linux --initrd=/run/bw/initrd.gz
like "somebody has" "$(bootwright check || true)" 'shimaa64\.efi is not installed'
like "how its loader is got" "$(bootwright loaders --missing || true)" \
	'^for another architecture: .*apt-get download ([^ ]* )*shim-signed:arm64'
lacks "apt-get install would not do it" "$(bootwright loaders --missing || true)" \
	'apt-get install [^;]*(arm64|shim)'
umount /usr/lib/shim

# GRUB for UEFI over HTTP is no package's file: it is made of one's modules.
NET_GRUB=http-boot/netgrubx64.efi
umount /usr/lib/ipxe
must "http_boot" bootwright settings edit --http-boot=grub
must "sync" bootwright sync
is "the one that is made here" "$(state_of $NET_GRUB)" published
like "who needs it" "$(bootwright loaders)" "^$NET_GRUB .*http_boot=grub: the settings"
lacks "nothing is in its way" "$(bootwright check)" 'http_boot'
mount -t tmpfs tmpfs /usr/lib/grub/x86_64-efi
is "without its modules" "$(state_of $NET_GRUB)" gone
fails "check says who gets another one" \
	'the settings: http_boot is grub, .* the package grub-efi-amd64-bin' bootwright check
like "and what to do" "$(bootwright check || true)" 'apt-get install grub-efi-amd64-bin'
fails "loaders says so, too" 'apt-get install ([^ ]* )*grub-efi-amd64-bin' bootwright loaders --missing
must "sync" bootwright sync
fails "boot explain knows what comes instead" \
	'http_boot is grub, .* architecture 16: it gets boot/image/x64.img' \
	bootwright boot explain 52:54:00:00:00:01 --firmware=uefi-http
umount /usr/lib/grub/x86_64-efi
check "sync" bootwright sync
is "made again" "$(state_of $NET_GRUB)" published
lacks "nothing is in its way" \
	"$(bootwright boot explain 52:54:00:00:00:01 --firmware=uefi-http || true)" 'http_boot is grub'
check "the server stops cleanly" server_stop
done_testing
