#!/usr/bin/env bash
# cloud-init's seeds by its own schema, their network by netplan, Ubuntu's autoinstall section by
# a schema of what its reference documents.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=tests/answers/lib.sh
. "$here/lib.sh"

is_cloud_config() {
	[ "$(head -n 1 "$1")" = "#cloud-config" ] || { echo "the first line is not #cloud-config"; return 1; }
	cloud-init schema --config-file "$1" >"$broken/said" 2>&1 || { cat "$broken/said"; return 1; }
	! grep -i deprecat "$broken/said"
}
is_autoinstall() {
	[ "$(head -n 1 "$1")" = "#cloud-config" ] || { echo "the first line is not #cloud-config"; return 1; }
	/usr/bin/python3 "$here/schema.py" "$here/schemas/autoinstall.json" --under autoinstall "$1"
}
# What systemd-networkd would get from it; FILE is netplan's `network:` without that key.
is_netplan() {
	local root=$broken/root
	rm -rf "$root" && mkdir -p "$root/etc/netplan"
	{ echo network:; sed 's/^/  /' "$1"; } >"$root/etc/netplan/1.yaml"
	chmod 600 "$root/etc/netplan/1.yaml"
	netplan generate --root-dir "$root"
}
network_of() {
	/usr/bin/python3 -c 'import sys, yaml
section = yaml.safe_load(open(sys.argv[1]))["autoinstall"].get("network", {"version": 2})
yaml.safe_dump(section, sys.stdout)' "$1" >"$broken/network" && is_netplan "$broken/network"
}
is_meta_data() {
	/usr/bin/python3 -c 'import sys, yaml
document = yaml.safe_load(open(sys.argv[1]))
extra = set(document) - {"instance-id", "local-hostname"}
sys.exit("no instance-id" if not document.get("instance-id") else f"{extra}" if extra else 0)' "$1"
}

good=$golden/cloud-net.user-data
refuses "an unknown type" 's/^ssh_pwauth:.*/ssh_pwauth: [1]/' 'ssh_pwauth' is_cloud_config "$good"
refuses "a wrong first line" '1s/.*/# cloud-config/' 'first line' is_cloud_config "$good"
refuses "YAML that is none" 's/^timezone:.*/timezone: "x/' . is_cloud_config "$good"
good=$golden/noble-net.user-data
refuses "an unknown section" 's/^  timezone:/  timezones:/' 'timezones' is_autoinstall "$good"
refuses "a section twice" 's/^(  locale:.*)/\1\n\1/' 'twice' is_autoinstall "$good"
refuses "a layout there is not" 's/name: "lvm"/name: "lvn"/' 'lvn' is_autoinstall "$good"
refuses "no password" '/^    password:/d' 'password' is_autoinstall "$good"
refuses "a bond's mode" 's/802.3ad/802.3xy/' 'bond mode' network_of "$good"
refuses "an address" 's/10.77.0.21.24/10.77.0.21/' 'addr' network_of "$good"
good=$golden/noble-net.network-config
refuses "a VLAN on nothing" 's/link: "bond0"/link: "bond7"/' 'bond7' is_netplan "$good"
refuses "an unknown key" 's/accept-ra/accept-rb/' 'accept-rb' is_netplan "$good"
refuses "no instance-id" 's/^instance-id/instance/' 'instance' is_meta_data "$golden/noble-net.meta-data"

for file in "$golden"/cloud-*.user-data "$golden"/*.vendor-data; do
	check "${file##*/}" is_cloud_config "$file"
	check "${file##*/}: rendered" is_rendered "$file"
done
for file in "$golden"/noble-*.user-data "$golden"/jammy-*.user-data; do
	check "${file##*/}" is_autoinstall "$file"
	check "${file##*/}: its network" network_of "$file"
	check "${file##*/}: rendered" is_rendered "$file"
done
for file in "$golden"/*.network-config; do
	check "${file##*/}" is_netplan "$file"
done
for file in "$golden"/*.meta-data; do
	check "${file##*/}" is_meta_data "$file"
done
done_testing
