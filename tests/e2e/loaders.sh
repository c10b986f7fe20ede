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
is "installed, nothing published yet" "$(state_of pxelinux.0)" unpublished
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
check "the server stops cleanly" server_stop
done_testing
