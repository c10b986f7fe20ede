#!/usr/bin/env bash
# koan against libvirt's test driver and a web server that answers well and badly: what it makes,
# what it refuses, and that nothing is left behind when it refuses. The server's files are static,
# so every answer can be made as wrong as needed.
# timeout: 180
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=tests/vm/sandbox.sh
. "$here/../vm/sandbox.sh"
sandbox_enter "$@"
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"

PATH=$REPO/${B:-build}:$PATH
command -v koan >/dev/null || { echo "Bail out! koan is not built"; exit 1; }
WWW=/run/www
CACHE=/var/cache/koan
export COBBLER_SERVER=127.0.0.1
export LIBVIRT_DEFAULT_URI=test:///default

# --- The server: nginx for what is whole, socat for what is not. ---

mkdir -p $WWW/koan/v1/{profile,system} /run/nginx
head -c 3000000 /dev/urandom >$WWW/linux
head -c 5000000 /dev/urandom >$WWW/initrd.gz
cat >/run/nginx.conf <<'CONF'
pid /run/nginx.pid;
error_log /run/nginx/error.log;
events {}
http {
	access_log /run/nginx/access.log;
	client_body_temp_path /run/nginx;
	proxy_temp_path /run/nginx; fastcgi_temp_path /run/nginx;
	uwsgi_temp_path /run/nginx; scgi_temp_path /run/nginx;
	server {
		listen 127.0.0.1:80;
		listen [::1]:80;
		root /run/www;
		location = /to-file { return 302 file:///etc/passwd; }
		location = /to-linux { return 302 /linux; }
		location = /loop { return 302 /loop; }
		location = /koan/v1/profile/gone {
			default_type application/problem+json;
			return 404 '{"title": "not found", "status": 404, "detail": "no profile of the name gone"}';
		}
	}
}
CONF
must "nginx runs" nginx -c /run/nginx.conf

# answers PORT: a server that reads a request and sends the output of the shell commands on stdin.
answers() {
	{
		echo 'while IFS= read -r line && [ ${#line} -gt 1 ]; do :; done'
		cat
	} >"/run/answer-$1"
	socat "TCP-LISTEN:$1,bind=127.0.0.1,reuseaddr,fork" "EXEC:sh /run/answer-$1" 2>/dev/null &
}
answers 8003 <<'SH'
printf 'HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n'; head -c 1000 /run/www/linux; exec sleep 60
SH
# plan [JQ-PROGRAM]: makes the plan of profile bar, changed by the program.
plan() {
	jq -n --arg linux "$(sha256sum <$WWW/linux | cut -d' ' -f1)" \
		--arg initrd "$(sha256sum <$WWW/initrd.gz | cut -d' ' -f1)" '
	{format: 1, kind: "profile", name: "bar", profile: "bar", distro: "foo", hostname: "",
	 breed: "debian", os_version: "bookworm", arch: "x86_64",
	 kernel: {url: "http://127.0.0.1/linux", size: 3000000, sha256: $linux},
	 initrd: [{url: "http://127.0.0.1/initrd.gz", size: 5000000, sha256: $initrd}],
	 kernel_options: "auto=true priority=critical url=http://127.0.0.1/preseed",
	 virt: {type: "auto", ram: 1024, cpus: 1, file_size: [4], path: [], disk_driver: ["raw"],
	        bridge: "virbr0", auto_boot: false, graphics: "vnc"},
	 interfaces: [], autoinstall: "http://127.0.0.1/preseed"} | '"${1:-.}" \
		>$WWW/koan/v1/profile/bar
}
plan
jq '.kind = "system" | .name = "web7"' $WWW/koan/v1/profile/bar >$WWW/koan/v1/system/web7
echo '{"items": ["bar", "baz"]}' >$WWW/koan/v1/profiles
make_guest() { koan --virt --profile=bar --virt-name=lady --nogfx "$@"; }

# Every file that koan could have made.
files() { find /var/lib /srv /mnt /home "$CACHE" -newer /run/nginx.conf -type f 2>/dev/null | sort; }

# --- What works. ---

is "koan --list=profiles" "$(koan --list=profiles)" $'bar\nbaz'
is "over IPv6" "$(koan --list=profiles --server='[::1]:80')" $'bar\nbaz'
like "koan --display" "$(koan --display --system=web7)" 'kernel_options *: auto=true'
make_guest --dry-run >/run/dry.xml
check "--dry-run prints a valid domain" virt-xml-validate /run/dry.xml domain
like "with a serial console" "$(cat /run/dry.xml)" 'console=ttyS0'
is "and fetches nothing" "$(files)" ""
for type in kvm qemu xenpv xenpvh xenhvm; do
	make_guest --dry-run --virt-type=$type >/run/dry.xml
	check "--virt-type=$type is valid" virt-xml-validate /run/dry.xml domain
	check "and can be made" make_guest --virt-type=$type
done
is "kernel and initrd are cached by their sums, once" "$(cd $CACHE && sha256sum ./* | sed 's/  .\// /' | awk '$1 == $2' | wc -l)" 2
like "koan says what it made" "$(make_guest)" \
	"guest 'lady' is being installed .KVM, 1024 MiB, 1 CPU"
like "how to watch it" "$(make_guest)" 'virsh --connect test:///default console lady'
is "both were fetched once" "$(grep -c 'GET /linux' /run/nginx/access.log)" 1
check "several initrds become one" koan --virt --system=web7
plan '.initrd += [.initrd[0]]'
check "several initrds" make_guest
joined=$(ls $CACHE/joined-*)
is "are joined" "$(stat -c %s "$joined")" 10000000
plan '.virt.file_size = [4.5] | .virt.path = ["/srv/images/"]'
like "4.5 GiB are 4.5 GiB" "$(make_guest)" '/srv/images/lady-disk0, 4.5 GiB, raw'
plan '.kernel.url = "http://127.0.0.1/to-linux"'
rm -rf $CACHE
check "a redirect to http is followed" make_guest
echo damaged >>"$CACHE/$(sha256sum <$WWW/linux | cut -d' ' -f1)"
check "a damaged file in the cache is fetched again" make_guest
is "and is whole" "$(sha256sum "$CACHE/$(sha256sum <$WWW/linux | cut -d' ' -f1)" | cut -c1-64)" \
	"$(sha256sum <$WWW/linux | cut -c1-64)"

# --- What is there already: a test driver that starts with a domain and a disk. ---

cat >/run/node.xml <<'XML'
<node>
  <domain type='test'><name>lady</name><memory>65536</memory><os><type>hvm</type></os>
    <devices><disk type='file'><source file='/srv/images/old.img'/><target dev='vda'/></disk>
    </devices></domain>
  <domain type='test'><name>lord</name><memory>65536</memory><os><type>hvm</type></os>
    <devices><disk type='volume'><source pool='images' volume='lord.img'/><target dev='vda'/></disk>
      <interface type='bridge'><mac address='52:54:00:aa:00:01'/><source bridge='br0'/></interface>
    </devices></domain>
  <pool type='dir'><name>images</name><target><path>/srv/images</path></target>
    <volume><name>tramp-disk0</name><capacity>1000000</capacity></volume>
    <volume><name>old.img</name><capacity>1000000</capacity></volume>
    <volume><name>lord.img</name><capacity>1000000</capacity></volume>
  </pool>
</node>
XML
plan
on_node() { LIBVIRT_DEFAULT_URI=test:///run/node.xml make_guest "$@"; }
fails "an existing domain is refused" "there is a domain 'lady' already.*--force" on_node
like "--force replaces it and says so" "$(on_node --force)" "replaced the domain 'lady'"
fails "an existing disk is refused" "disk '/srv/images/tramp-disk0' already exists.*--force-path" \
	on_node --virt-name=tramp --virt-path=/srv/images/
fails "with --force too, for koan did not make it" "already exists" \
	on_node --virt-name=tramp --virt-path=/srv/images/ --force
like "--force-path replaces it and says so" \
	"$(on_node --virt-name=tramp --virt-path=/srv/images/ --force-path)" \
	"removed the old disk '/srv/images/tramp-disk0'"
fails "another domain's disk is refused even so" "is a disk of the domain 'lady'" \
	on_node --virt-name=tramp --virt-path=/srv/images/old.img --force-path
for path in /srv/images/lord.img vol=images/lord.img; do
	fails "one that it has by its pool, too: $path" "is a disk of the domain 'lord'" \
		on_node --virt-name=tramp --virt-path=$path --force-path
done
jq '.interfaces = [{name: "eth0", mac_address: "52:54:00:aa:00:01", virt_bridge: "br0",
	interface_type: ""}]' $WWW/koan/v1/profile/bar >/run/plan
cp /run/plan $WWW/koan/v1/profile/bar
like "another domain's MAC address is worth a warning" "$(on_node --virt-name=tramp 2>&1)" \
	"domain 'lord' has the MAC address 52:54:00:aa:00:01 of 'tramp', too"
lacks "its own is not" "$(on_node --virt-name=lord --force 2>&1)" "has the MAC address"
plan
jq '.virt.path = ["/srv/images/tramp-disk0"]' $WWW/koan/v1/profile/bar >/run/plan
cp /run/plan $WWW/koan/v1/profile/bar
fails "the server alone cannot choose what --force-path replaces" "only the server names it" \
	on_node --virt-name=duke --force-path

# --- What goes wrong half-way: nothing is left behind. Hostile answers: koan-hostile.sh. ---

rm -rf $CACHE
mkdir -p $CACHE
plan
mount -t tmpfs -o size=4m tmpfs $CACHE
plan
fails "a full disk" 'initrd: .*No space left' make_guest
is "half a file is not left on it" "$(cd $CACHE && ls)" "$(sha256sum <$WWW/linux | cut -c1-64)"
umount $CACHE

# Files are fetched and a disk is made when libvirt refuses the guest: its schema has no Xen PV
# guest for this architecture.
plan '.arch = "aarch64"'
fails "a guest that libvirt refuses" 'libvirt does not accept the guest' \
	make_guest --virt-type=xenpv
make_guest --virt-type=xenpv 2>/run/said || true
is "its disk and pool are removed again, the newest first" \
	"$(grep -o "removed .* again" /run/said)" \
	"removed disk '/var/lib/libvirt/images/lady-disk0' again
removed storage pool 'default' again"

# A signal in the middle of a download.
rm -rf $CACHE
plan '.kernel.url = "http://127.0.0.1:8003/"'
koan --virt --profile=bar >/run/said 2>&1 &
pid=$!
part_is_there() { compgen -G "$CACHE/*.part" >/dev/null; }
check "a download goes on" wait_for 20 part_is_there
kill -TERM $pid
status=0
wait $pid || status=$?
is "SIGTERM ends it with an error" "$status" 1
like "that says so" "$(cat /run/said)" interrupted
is "and nothing is left behind" "$(find $CACHE -type f)" ""

# One while the answer file is written.
rm -rf $CACHE
plan
echo preseed >$WWW/preseed
status=0
strace -qq -o /run/trace -e trace=write -e inject=write:signal=TERM:when=1 \
	koan --virt --profile=bar --embed || status=$?
is "SIGTERM ends --embed, too" "$status" 143
check "as it writes the answer" grep -q '"070701' /run/trace
is "and no half of it is left behind" "$(find $CACHE -name '.*' -type f)" ""
done_testing
