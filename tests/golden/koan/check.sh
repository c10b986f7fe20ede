#!/usr/bin/env bash
# libvirt's own validator accepts every domain that koan writes (TAP).
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/tap.sh
. "$here/../../tap.sh"

command -v virt-xml-validate >/dev/null || {
	echo "Bail out! virt-xml-validate is missing (package libvirt-clients)"
	exit 1
}
for file in "$here"/*.xml; do
	check "$(basename "$file") is a valid domain" virt-xml-validate "$file" domain
done
done_testing
