#!/usr/bin/env bash
# The session that users of Cobbler know by heart, on a real distro tree.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

export LIBVIRT_DEFAULT_URI=test:///default
mkdir -p /mnt/dvd
cp -a "$INSTALLER_TREE/." /mnt/dvd/
kernel=debian-installer/amd64/linux

must "bootwrightd starts and says so" server_start
fails "check finds what is missing on a new server" '1[:.)] .*server' bootwright check
like "its dnsmasq takes the place of the package's, which runs already" "$(bootwright check)" \
	'systemctl restart dnsmasq'

check "settings" bootwright settings edit --server=127.0.0.1 --next-server-v4=127.0.0.1
check "a root password" \
	bootwright settings edit --default-password-crypted=- <<<"$PASSWORD_HASH"
lacks "it is not shown" "$(bootwright settings report)" "${PASSWORD_HASH#\$6\$}"
must "import" bootwright import --path=/mnt/dvd --name=scotland
is "it made a distro" "$(bootwright distro list | awk '{ print $1 }')" scotland
is "and a profile" "$(bootwright profile list | awk '{ print $1 }')" scotland
like "with architecture" "$(bootwright distro report --name=scotland)" 'arch.*x86_64'
like "and breed" "$(bootwright distro report --name=scotland)" 'breed.*debian'
like "and version" "$(bootwright distro report --name=scotland)" 'os_version.*bookworm'
check "importing again changes nothing" bootwright import --path=/mnt/dvd --name=scotland
is "and makes no second distro" "$(bootwright distro list | wc -l)" 1

json=$(api GET /api/v1/distros/scotland | sed '$d')
check "distro add" bootwright distro add --name=foo \
	--kernel="$(jq -r .kernel <<<"$json")" --initrd="$(jq -r ".initrd[0]" <<<"$json")"
check "profile add" bootwright profile add --name=bar --distro=foo --virt-file-size=4 --virt-ram=128
check "system add" bootwright system add --name=web7 --profile=scotland --interface=eth0 \
	--mac-address=52:54:00:aa:00:07 --ip-address=10.77.0.20
check "sync" bootwright sync
check "everything published leads somewhere" published_is_whole
check "sync --dry-run finds nothing to do" bootwright sync --dry-run

# What Cobbler 3.3 keeps of a profile and a system, as its files have it.
mkdir -p /run/bw/collections/{profiles,systems}
common='"uid": "1", "ctime": 1.5, "depth": 2, "owners": "<<inherit>>", "boot_files": {}, "fetchable_files": {},
	"mgmt_classes": [], "is_subobject": false, "redhat_management_key": "<<inherit>>", "parent": ""'
cat >/run/bw/collections/profiles/old.json <<-JSON
	{"name": "old", $common, "distro": "foo", "kernel_options": {"splash": null, "console": ["tty0", "ttyS0"]},
	"autoinstall": "<<inherit>>", "boot_loaders": ["grub", "pxe", "ipxe"], "virt_file_size": 5.0,
	"display_name": "", "virt_type": "kvm", "virt_ram": 512}
JSON
cat >/run/bw/collections/systems/db1.json <<-JSON
	{"name": "db1", $common, "profile": "old", "netboot_enabled": true, "status": "", "serial_device": 0,
	"serial_baud_rate": 115200, "repos_enabled": false, "kernel_options": {}, "virt_ram": "<<inherit>>",
	"interfaces": {"default": {"mac_address": "52:54:00:aa:00:09", "interface_type": "na", "cnames": [],
	"ip_address": "10.77.0.29", "mtu": "", "management": true, "static": false}}}
JSON
jq -n -f $BIN/share/cobbler.jq /run/bw/collections/{profiles,systems}/*.json >/run/bw/cobbler.json
check "Cobbler's own items are taken" bootwright apply /run/bw/cobbler.json
like "a key alone is one" "$(bootwright profile report old)" 'kernel_options +: splash console=tty0 console=ttyS0$'
is "what is inherited is" "$(bootwright system find --name=db1 --resolved --output=json | jq -c '.[0] |
	[.virt_ram, .serial_device, .interfaces.default.ip_address]')" '[512,"0","10.77.0.29"]'
like "no machine installs itself for that" "$(bootwright system report db1)" 'netboot_enabled +: false'
bootwright system remove db1
bootwright profile remove old

like "TFTP is advised so that the host's next start does not end it" "$(bootwright check || true)" \
	"^ +with the package tftpd-hpa, .*TFTP_DIRECTORY=\"$STATE/tftp\" .*systemctl enable tftpd-hpa.*\(for its unit: .*/bootwrightd-managed.conf\)"

# The dnsmasq that libvirt runs for its guests has UDP port 67, too.
ip link add virbr0 type bridge
ip addr add 192.168.122.1/24 dev virbr0
ip link set virbr0 up
dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --except-interface=lo --bind-dynamic \
	--interface=virbr0 --dhcp-range=192.168.122.2,192.168.122.254 --user=root --pid-file= \
	--dhcp-leasefile=/run/bw/virbr0.leases &
wait_for 10 grep -q ':0043 ' /proc/net/udp
fails "libvirt's dnsmasq gives no machine an address" 'nothing listens on UDP port 67' bootwright check
must "a network there" bootwright network add --name=guests --address=192.168.122.0/24 --dhcp-interface=virbr0
lacks "unless it is meant" "$(bootwright check)" 'UDP port 67'
bootwright network remove guests
kill %%
ip link del virbr0

# The administrator's in.tftpd, as the package starts it and as it should be.
tftpd_on() {
	[ -z "${tftpd_pid-}" ] || kill "$tftpd_pid"
	wait_for 10 tftpd_is_gone
	in.tftpd --listen --foreground --user nobody --secure "$@" &
	tftpd_pid=$!
	wait_for 10 grep -q ':0045 ' /proc/net/udp
}
tftpd_is_gone() { ! grep -q ':0045 ' /proc/net/udp; }
mkdir -p /srv/tftp/grub
tftpd_on /srv/tftp
fails "check tells of a TFTP server for another folder" \
	'does not serve what is published: grub/grub.cfg, it is not there' bootwright check
echo other >/srv/tftp/grub/grub.cfg
fails "with a file of that name, too" 'grub.cfg, it is another one there' bootwright check
tftpd_on --map-file="$BIN/share/boot-templates/tftpd.map" "$STATE/tftp"
lacks "and not of one that serves what is published" "$(bootwright check)" 'UDP port 69'

check "koan --virt with the distro's profile" \
	koan --virt --server=localhost --profile=scotland --virt-name=lady --nogfx
check "koan --virt with one's own profile" koan --virt --server=localhost --profile=bar --nogfx
check "koan --list=profiles" koan --server=localhost --list=profiles
koan --virt --server=localhost --profile=bar --nogfx --dry-run >/run/bw/bar.xml
check "koan --dry-run prints a valid domain" virt-xml-validate /run/bw/bar.xml domain
like "of 128 MiB" "$(cat /run/bw/bar.xml)" "<memory unit=.KiB.>131072|<memory unit=.MiB.>128"

curl -fsS "$URL/autoinstall/system/web7" >/run/bw/web7.cfg
check "web7's preseed is one" debconf-set-selections --checkonly /run/bw/web7.cfg
like "it is web7's" "$(cat /run/bw/web7.cfg)" web7
lacks "nothing is left unexpanded" "$(cat /run/bw/web7.cfg)" '\{\{|\{%|\$SNIPPET'
for path in autoinstall/system/web7 op/ks/system/web7; do
	check "/cblr/svc/op/${path#op/} gives the same" \
		cmp /run/bw/web7.cfg <(curl -fsS "$URL/cblr/svc/op/${path#op/}")
done
check "the tree is served" cmp "/mnt/dvd/$kernel" <(curl -fsS "$URL/trees/scotland/$kernel")
is "and a machine's installation is recorded" \
	"$(curl -fsS "$URL/cblr/svc/op/trig/mode/pre/system/web7" >/dev/null &&
		bootwright event list | grep -c web7)" 1

check "system remove" bootwright system remove --name=web7
is "its answer file is gone" \
	"$(curl -s -o /dev/null -w '%{http_code}' "$URL/autoinstall/system/web7")" 404
check "the server stops cleanly" server_stop
done_testing
