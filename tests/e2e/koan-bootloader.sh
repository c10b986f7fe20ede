#!/usr/bin/env bash
# koan-bootloader as libxl runs it: against bootwrightd, PXE servers over TFTP and HTTP and
# installation repositories; local boots by the real pygrub.
# timeout: 900
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

cd /run/bw
WEB7=00:16:3e:00:00:07
LINUX=$INSTALLER_TREE/debian-installer/amd64/linux
INITRD=$INSTALLER_TREE/debian-installer/amd64/initrd.gz
sum() { sha256sum <"$1" | cut -c1-64; }
# loader [OPTION...] WORD...: as libxl would, with the guest's disk behind.
loader() { python3 "$REPO/tests/vm/libxl-bootloader.py" "$@" -- /run/bw/disk.img; }
# starts WHAT KERNEL INITRD ARGS-REGEX WORD...: the answer has these files and nothing is left.
starts() {
	local what=$1 kernel=$2 initrd=$3 args=$4 output
	shift 4
	output=$(loader koan-bootloader "$@" 2>&1) || true
	like "$what: status" "$output" '^status 0$'
	like "$what: kernel" "$output" "^kernel $(sum "$kernel")\$"
	if [ "$initrd" ]; then like "$what: initrd" "$output" "^ramdisk $(sum "$initrd")\$"; fi
	like "$what: arguments" "$output" "^args $args\$"
	lacks "$what: nothing is left" "$output" '^(left|unexpected)'
}
starts_disk() {
	local what=$1
	shift
	starts "$what" disk/boot/vmlinuz disk/boot/initrd.img 'root=/dev/xvda1 ro disk' "$@"
}
# refused WHAT REGEX WORD...: it fails, says why, and leaves nothing behind.
refused() {
	local what=$1 regex=$2 output
	shift 2
	output=$(loader koan-bootloader "$@" 2>&1) || true
	like "$what" "$output" "$regex"
	like "$what: status" "$output" '^status [12]$'
	lacks "$what: nothing is left" "$output" '^(left|kernel|ramdisk|an answer)'
}

# A guest's disk with a GRUB configuration, which is what pygrub looks for.
mkdir -p disk/boot/grub
printf '\177ELF of the disk' >disk/boot/vmlinuz
echo initrd of the disk >disk/boot/initrd.img
cat >disk/boot/grub/grub.cfg <<'CFG'
set default="0"
set timeout=0
menuentry 'Debian' {
	linux /boot/vmlinuz root=/dev/xvda1 ro disk
	initrd /boot/initrd.img
}
CFG
truncate -s 16M disk.img
mke2fs -q -t ext4 -O ^metadata_csum,^64bit -d disk disk.img
must "pygrub itself starts from the disk" grep -q "^kernel $(sum disk/boot/vmlinuz)" \
	<(loader /usr/lib/xen-4.17/bin/pygrub --quiet)

must "bootwrightd starts" server_start
must "settings" local_settings
must "import" bootwright import --name=deb12 --path="$INSTALLER_TREE" --arch=x86_64
must "a profile" bootwright profile add --name=bar --distro=deb12 --virt-type=xenpv \
	--kernel-options='a=1 console=hvc0 a=2'
must "a system" bootwright system add --name=web7 --profile=bar --interface=eth0 \
	--mac-address=$WEB7
must "sync" bootwright sync

# A server's record.
server=(--server=127.0.0.1)
by_mac=("${server[@]}" "mac=$WEB7")
plan_args='.*a=1 .*a=2.* console=hvc0'
its_args='.*url=http://127.0.0.1/autoinstall/system/web7.*'
starts "by MAC" "$LINUX" "$INITRD" "$its_args" "${by_mac[@]}"
starts "arguments keep their order" "$LINUX" "$INITRD" "$plan_args" "${by_mac[@]}"
starts "MAC of a vif, with blanks" "$LINUX" "$INITRD" "$its_args" \
	"${server[@]}" mac=00:16:3E:00:00:07, bridge=xenbr0
starts "MAC of a vif, in one word" "$LINUX" "$INITRD" "$its_args" -q \
	"${server[@]}" ip=10.0.0.7,mac=00:16:3E:00:00:07,bridge=xenbr0,script=vif-bridge
starts "by --system" "$LINUX" "$INITRD" "$its_args" "${server[@]}" --system=web7
starts "extra arguments come last" "$LINUX" "$INITRD" '.*console=hvc0 a=3 console=tty0' \
	"--args=console=hvc0 a=3 console=tty0" "${by_mac[@]}"
starts "into a FIFO" "$LINUX" "$INITRD" "$its_args" "${by_mac[@]}"
output=$(python3 "$REPO/tests/vm/libxl-bootloader.py" --fifo koan-bootloader "${by_mac[@]}" -- /disk)
like "a FIFO's reader gets it all" "$output" '^args .*console=hvc0$'
for format in sxp simple; do
	output=$(loader koan-bootloader --output-format=$format "${by_mac[@]}" || true)
	case $format in
	sxp) regex='^linux \(kernel /run/xen/[^ ]*\)\(ramdisk /run/xen/[^ ]*\)\(args '"'.*'"'\)$' ;;
	simple) regex='^args .* console=hvc0$' ;;
	esac
	like "--output-format=$format" "$output" "$regex"
done
mkdir -p /etc/koan
echo 'server = 127.0.0.1' >/etc/koan/bootloader.conf
starts "the server of the configuration file" "$LINUX" "$INITRD" "$its_args" mac=$WEB7
refused "the command line wins" 'port 1 ' --server=127.0.0.1:1 mac=$WEB7
rm /etc/koan/bootloader.conf
check "what would start" grep -q '^kernel http://127.0.0.1/' <(koan-bootloader "${by_mac[@]}" --dry-run)

check "it is installed" bootwright system edit --name=web7 --netboot-enabled=no
starts_disk "then the disk" "${by_mac[@]}"
check "it is armed again" bootwright system edit --name=web7 --netboot-enabled=yes
starts "then the installer again" "$LINUX" "$INITRD" "$its_args" "${by_mac[@]}"
curl -fsS -o /dev/null "$URL/cblr/svc/op/trig/mode/post/system/web7"
starts_disk "an installer's report" "${by_mac[@]}"
starts_disk "--once and the record" --once "${by_mac[@]}"
bootwright system edit --name=web7 --netboot-enabled=yes

state=/var/lib/koan/bootloader
starts "a profile" "$LINUX" "$INITRD" "$plan_args" "${server[@]}" --profile=bar --vm=lady
check "it is noted" grep -q "installer of profile 'bar'" $state/lady
starts_disk "and then the disk" "${server[@]}" --profile=bar --vm=lady
check "--rearm" koan-bootloader --rearm --vm=lady
starts "and the installer again" "$LINUX" "$INITRD" "$plan_args" "${server[@]}" --profile=bar --vm=lady
for start in first second; do
	starts "--always: $start start" "$LINUX" "$INITRD" "$plan_args" "${server[@]}" \
		--profile=bar --always
done
refused "no such profile" 'no profile .nosuch.|nosuch' "${server[@]}" --profile=nosuch --vm=lord
check "a failed start is not noted" test ! -e $state/lord
refused "no machine to note it for" 'give --vm=NAME' "${server[@]}" --profile=bar
refused "an unknown MAC" '00:16:3e:00:00:99' "${server[@]}" mac=00:16:3e:00:00:99
refused "no server" 'whom to ask' mac=$WEB7
refused "no machine" 'which machine' "${server[@]}"
refused "nobody answers" 'port 1 ' --server=127.0.0.1:1 mac=$WEB7
starts_disk "nobody answers, --fallback" --server=127.0.0.1:1 --fallback mac=$WEB7
{
	echo 'while IFS= read -r line && [ ${#line} -gt 1 ]; do :; done'
	echo "printf 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'"
} >/run/away
socat TCP-LISTEN:82,bind=127.0.0.1,reuseaddr,fork "EXEC:bash /run/away" &
wait_for 10 bash -c ': </dev/tcp/127.0.0.1/82'
refused "a server that is away" 'HTTP status 503' --server=127.0.0.1:82 mac=$WEB7
starts_disk "a server that is away, --fallback" --server=127.0.0.1:82 --fallback mac=$WEB7
refused "no pygrub" '--pygrub=/nowhere' "${server[@]}" --pygrub=/nowhere \
	--server=127.0.0.1:1 --fallback mac=$WEB7

# PXE servers: what bootwrightd publishes, by two TFTP servers.
net_up
mkdir -p /run/tftp /run/www
in.tftpd --listen --foreground --address 10.77.0.1:69 --user root --secure "$STATE/tftp" &
dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --listen-address=127.0.0.1 \
	--bind-interfaces --enable-tftp --tftp-root="$STATE/tftp/current" --user=root --pid-file= &
for host in 10.77.0.1 127.0.0.1; do
	folder=$([ $host = 127.0.0.1 ] || echo current/)
	wait_for 10 curl -fs -o /dev/null "tftp://$host/${folder}pxelinux.cfg/default"
	starts "TFTP from $host" "$LINUX" "$INITRD" "$its_args" --pxe=tftp://$host/$folder mac=$WEB7
	starts_disk "a machine without a file, $host" --pxe=tftp://$host/$folder mac=00:16:3e:01:01:01
done
starts "--tftp" "$LINUX" "$INITRD" "$its_args" --tftp=127.0.0.1 mac=$WEB7
starts "a label of the menu" "$LINUX" "$INITRD" ".*BOOTIF=01-00-16-3e-01-01-01" --tftp=127.0.0.1 \
	--label=bar mac=00:16:3e:01:01:01
refused "no such label" "no label 'nosuch'; there are: local, " --tftp=127.0.0.1 --label=nosuch \
	mac=00:16:3e:01:01:01
refused "nothing listens" 'tftp://127.0.0.2.*: no TFTP server answers' --tftp=127.0.0.2 mac=$WEB7

# By HTTP, from files that a test can spoil.
cat >/run/nginx.conf <<'CONF'
pid /run/nginx.pid;
error_log /run/nginx.log;
events {}
http {
	access_log /run/nginx.access;
	client_body_temp_path /run; proxy_temp_path /run; fastcgi_temp_path /run;
	uwsgi_temp_path /run; scgi_temp_path /run;
	server {
		listen 127.0.0.1:8088;
		root /run/www;
		location /denied { return 403; }
		location /broken { return 500; }
		location /to-file { return 302 file:///etc/passwd; }
		location /to-tftp { return 302 tftp://127.0.0.1/pxelinux.0; }
	}
}
CONF
nginx -c /run/nginx.conf
WWW=/run/www
pxe=(--pxe=http://127.0.0.1:8088/pxe "mac=$WEB7")
configs=$WWW/pxe/pxelinux.cfg
own=$configs/01-00-16-3e-00-00-07
mkdir -p $configs $WWW/pxe/images
cp "$LINUX" $WWW/pxe/images/linux
cp "$INITRD" $WWW/pxe/images/initrd.gz
printf abc >$WWW/pxe/images/more
config() { cat >"$own"; }
config <<'CFG'
# a comment
DEFAULT menu.c32
PROMPT 0
TIMEOUT 50
MENU TITLE boot menu
MENU INCLUDE more.cfg
INCLUDE pxelinux.cfg/even-more
CFG
echo 'APPEND global' >$WWW/pxe/more.cfg
printf 'label a\n  kernel images/linux\n  append initrd=images/initrd.gz b=1 b=2\n  ipappend 2\nLABEL b\n' \
	>$configs/even-more
args='b=1 b=2 BOOTIF=01-00-16-3e-00-00-07 console=hvc0'
starts "a menu of included files" $WWW/pxe/images/linux $WWW/pxe/images/initrd.gz "$args" "${pxe[@]}"
config <<'CFG'
default a c=3 console=tty0
append -
label a
	linux /images/linux
	initrd images/initrd.gz,images/more
CFG
{ cat "$INITRD" && head -c $(((4 - $(stat -c %s "$INITRD") % 4) % 4)) /dev/zero && printf abc; } >joined
starts "two initrds and words behind DEFAULT" $WWW/pxe/images/linux joined 'c=3 console=tty0' "${pxe[@]}"
printf 'default x\nlabel x\nlinux http://127.0.0.1:8088/pxe/images/linux' | config
starts "a URL, no initrd" $WWW/pxe/images/linux "" 'console=hvc0' "${pxe[@]}"
printf 'default x\nlabel x\nlinux 127.0.0.1::pxelinux.0\n' | config
refused "a file of another host's that is no kernel" 'no Linux kernel' "${pxe[@]}"
printf 'default x\nlabel x\nmenu default\nlocalboot -1\n' | config
starts_disk "localboot" "${pxe[@]}"
printf 'default x\nlabel x\ncom32 chain.c32\nappend hd0\n' | config
starts_disk "chain.c32" "${pxe[@]}"
printf 'default x\nlabel x\nconfig other\n' | config
printf 'default y\nlabel y\nkernel images/linux\n' >$WWW/pxe/other
starts "CONFIG" $WWW/pxe/images/linux "" 'console=hvc0' "${pxe[@]}"
printf 'default x\nlabel x\nconfig pxelinux.cfg/more images/\n' | config
printf 'include menu\n' >$configs/more
printf 'default y\nlabel y\nkernel linux quiet\ninitrd initrd.gz\n' >$WWW/pxe/images/menu
starts "CONFIG with a folder" $WWW/pxe/images/linux $WWW/pxe/images/initrd.gz 'quiet console=hvc0' "${pxe[@]}"
printf 'default y\nlabel y\nlocalboot\n' >$WWW/pxe/pxelinux.cfg/0A4D00
rm "$own"
starts_disk "by address" "${pxe[@]}" --ip=10.77.0.7
refused "no file at all" 'has none of 01-00-16-3e-00-00-07, default' "${pxe[@]}"
mv $configs $WWW/pxe/conf
starts_disk "--config-dir" "${pxe[@]}" --config-dir=conf ip=10.77.0.7
mv $WWW/pxe/conf $configs

# bad WHAT REGEX: the configuration on standard input is refused.
bad() { config && refused "$1" "$2" "${pxe[@]}"; }
bad "no default" 'nothing in it starts by itself.*one of: a' <<<$'label a\nkernel x'
bad "an empty file" 'nothing in it starts' </dev/null
bad "a default that is not there" "no label 'b'" <<<$'default b\nlabel a\nkernel x'
bad "a NUL byte" 'no text file' < <(printf 'default a\n\0')
bad "control characters" 'line 3: append .*control' < <(printf 'default a\nlabel a\nappend a\033[2Jb\nkernel x\n')
bad "a carriage return inside" 'line 3: append .*control' < <(printf 'default a\nlabel a\nappend a\rb\nkernel x\n')
bad "a huge line" 'at most 4096' < <(printf 'default a\nlabel a\nappend %05000d\n' 0)
bad "a huge file" 'more than the 262144 bytes' < <(head -c 300000 /dev/zero | tr '\0' '\n')
bad "too many labels" 'more than 4096 labels' < <(yes 'label a' | head -n 5000)
bad "a file that includes itself" '16 deep' <<<'include pxelinux.cfg/01-00-16-3e-00-00-07'
bad "an included file that is not there" 'line 1.*nosuch is not there' <<<'include nosuch'
bad "menus in a circle" '16 deep' <<<$'default a\nlabel a\nconfig pxelinux.cfg/01-00-16-3e-00-00-07'
bad "a way out of the folder" "must not have '..'" <<<$'default a\nlabel a\nkernel ../../etc/passwd'
bad "a file URL" 'no tftp, http or https URL' <<<$'default a\nlabel a\nkernel file:///etc/passwd'
bad "a file URL's initrd" 'no tftp, http or https URL' \
	<<<$'default a\nlabel a\nkernel images/linux\nappend initrd=file:///etc/shadow'
bad "a redirect to a file" 'Protocol "file"|not supported' <<<$'default a\nlabel a\nlinux http://127.0.0.1:8088/to-file'
bad "a redirect to TFTP" 'Protocol "tftp"|not supported' <<<$'default a\nlabel a\nlinux http://127.0.0.1:8088/to-tftp'
bad "a Xen host" 'firmware' <<<$'default a\nlabel a\nkernel mboot.c32\nappend xen.gz --- linux'
bad "memdisk" 'firmware' <<<$'default a\nlabel a\nlinux memdisk'
bad "no kernel" 'pxe/a: the server does not have it' <<<$'default a\nlabel a\nappend x'
bad "a menu's way back" 'starts nothing' <<<$'default a\nlabel a\nmenu exit'
bad "a kernel that is not there" 'does not have it \(status 404\)' <<<$'default a\nlabel a\nkernel images/nosuch'
bad "an initrd that is not there" 'initrd: .*status 404' <<<$'default a\nlabel a\nkernel images/linux\ninitrd nosuch'
bad "a page for a kernel" 'no Linux kernel' <<<$'default a\nlabel a\nkernel pxelinux.cfg/0A4D00'
bad "a host that is none" 'names no host' <<<$'default a\nlabel a\nkernel a@b::x'
bad "a folder" 'names no file' <<<$'default a\nlabel a\nkernel /'
truncate -s 300M $WWW/pxe/images/huge
bad "a huge kernel" 'more than the 268435456 bytes' <<<$'default a\nlabel a\nkernel images/huge'
: >$WWW/pxe/images/empty
bad "an empty kernel" 'is empty' <<<$'default a\nlabel a\nkernel images/empty'
mkdir -p $WWW/pxe2
refused "a server that fails is not one without a file" 'status 500' --pxe=http://127.0.0.1:8088/broken mac=$WEB7
refused "a server that refuses" 'status 403' --pxe=http://127.0.0.1:8088/denied mac=$WEB7
refused "a PXE server of another kind" 'tftp, http or https URL' --pxe=ftp://127.0.0.1/ mac=$WEB7
config <<<$'default a\nlabel a\nappend a\'b\\c\nkernel images/linux'
output=$(loader koan-bootloader --output-format=sxp "${pxe[@]}" || true)
like "quotes in an S-expression" "$output" "\\(args 'a\\\\'b\\\\\\\\c console=hvc0'\\)"

# Installation repositories.
repo=(--repository=http://127.0.0.1:8088/repo/ --vm=tower)
mkdir -p $WWW/repo/images/{xen,pxeboot} $WWW/repo/boot/x86_64/loader
netboot=dists/bookworm/main/installer-amd64/current/images/netboot
mkdir -p $WWW/repo/$netboot/{xen,debian-installer/amd64}
for file in images/pxeboot/vmlinuz boot/x86_64/loader/linux $netboot/debian-installer/amd64/linux; do
	cp "$LINUX" "$WWW/repo/$file"
done
for file in images/pxeboot/initrd.img boot/x86_64/loader/initrd $netboot/debian-installer/amd64/initrd.gz; do
	echo "initrd of $file" >"$WWW/repo/$file"
done
once() { rm -rf $state; starts "$@"; }
method='method=http://127.0.0.1:8088/repo/ inst.repo=http://127.0.0.1:8088/repo/'
once "rhlike" "$LINUX" $WWW/repo/images/pxeboot/initrd.img "$method console=hvc0" \
	"${repo[@]}" --family=rhlike
starts_disk "only once" "${repo[@]}" --family=rhlike
once "sleslike" "$LINUX" $WWW/repo/boot/x86_64/loader/initrd \
	'install=http://127.0.0.1:8088/repo/ console=hvc0' "${repo[@]}" --family=sleslike --arch=amd64
once "debianlike" "$LINUX" $WWW/repo/$netboot/debian-installer/amd64/initrd.gz 'q=1 console=hvc0' \
	--args=q=1 "${repo[@]}" --family=debianlike --release=bookworm --arch=x86_64
printf '\177ELF for Xen' >$WWW/repo/$netboot/xen/vmlinuz
echo initrd for Xen >$WWW/repo/$netboot/xen/initrd.gz
(cd $WWW/repo/$netboot/.. && find . -type f -print0 | xargs -0 sha256sum >SHA256SUMS)
once "debianlike, for Xen, with checksums" $WWW/repo/$netboot/xen/vmlinuz $WWW/repo/$netboot/xen/initrd.gz \
	'console=hvc0' "${repo[@]}" --family=debianlike --release=bookworm --arch=x86_64
echo more >>$WWW/repo/$netboot/xen/initrd.gz
rm -rf $state
refused "a file that is not what its checksum says" 'its list of checksums says' \
	"${repo[@]}" --family=debianlike --release=bookworm --arch=x86_64
check "and that is not noted" test ! -e $state/tower
cat >$WWW/repo/.treeinfo <<INI
[checksums]
images/pxeboot/vmlinuz = sha256:$(sum "$LINUX")
images/pxeboot/initrd.img = sha256:$(printf '%064d' 0)
INI
refused "the same of .treeinfo" 'its list of checksums says' "${repo[@]}" --family=rhlike
rm $WWW/repo/.treeinfo
refused "no such repository" 'no installer.s kernel' --repository=http://127.0.0.1:8088/nosuch --vm=a --family=rhlike
refused "a repository that fails" 'status 500' --repository=http://127.0.0.1:8088/broken --vm=a --family=rhlike
refused "NFS" 'must be an http or https URL' --repository=nfs:host:/x --family=rhlike --vm=a
refused "no family" 'needs --family, one of rhlike' "${repo[@]}"
refused "no such family" 'must be rhlike, debianlike, sleslike' "${repo[@]}" --family=gentoo
refused "no release" 'needs --release' "${repo[@]}" --family=debianlike
refused "two ways" 'give one of' "${repo[@]}" --family=rhlike --tftp=127.0.0.1

# eliloader's words.
echo 'install-repository: http://127.0.0.1:8088/repo; install-distro: rhlike; mac_seed: x' >xe.txt
once "other-config as xe prints it" "$LINUX" $WWW/repo/images/pxeboot/initrd.img "$method.*" \
	--other-config=xe.txt --vm=tower
printf 'install-repository=http://127.0.0.1:8088/repo\ninstall-distro=debianlike\ndebian-release=bookworm\ninstall-methods=cdrom,nfs,http\ninstall-arch=x86_64\n' >lines.txt
rm $WWW/repo/$netboot/../SHA256SUMS
once "other-config as lines" $WWW/repo/$netboot/xen/vmlinuz $WWW/repo/$netboot/xen/initrd.gz '.*' \
	--other-config=lines.txt --vm=tower
echo '{"install-repository": "http://127.0.0.1:8088/repo", "install-distro": "rhlike", "disks": "<x/>"}' >c.json
once "other-config as JSON" "$LINUX" "" "$method.*" --other-config=c.json --vm=tower
echo 'install-distro=pygrub' >pygrub.txt
starts_disk "install-distro=pygrub" --other-config=pygrub.txt
echo 'install-round=2' >>xe.txt
starts_disk "a later round" --other-config=xe.txt --vm=other
sed -i 's/^install-methods=.*/install-methods=cdrom,nfs/' lines.txt
refused "a method that is not among them" 'install-methods is cdrom,nfs' --other-config=lines.txt --vm=a
refused "no file" 'other-config.*nowhere' --other-config=nowhere --vm=a
echo 'install-distro' >junk.txt
refused "no key and value" "is not key=value" --other-config=junk.txt --vm=a

# A plan of a hostile server, and files that lie ready.
hostile=(--server=127.0.0.1:8088 "mac=$WEB7")
mkdir -p $WWW/koan/v1/mac
# file NAME: as a plan describes it.
file() {
	jq -n --arg url "http://127.0.0.1:8088/pxe/images/$1" --arg sum "$(sum $WWW/pxe/images/"$1")" \
		--argjson size "$(stat -c %s $WWW/pxe/images/"$1")" '{url: $url, size: $size, sha256: $sum}'
}
plan() {
	jq -n --argjson linux "$(file linux)" --argjson initrd "$(file initrd.gz)" \
		'{format: 1, kind: "system", name: "web7", profile: "bar", distro: "foo",
		hostname: "web7", breed: "debian", os_version: "12", arch: "x86_64", kernel: $linux,
		initrd: [$initrd], kernel_options: "auto=true",
		virt: {type: "auto", ram: 512, cpus: 1, file_size: [1], path: [], disk_driver: [],
		bridge: "", auto_boot: false, graphics: "none"}, interfaces: [], name_servers: [],
		autoinstall: ""} | '"$1" >"$WWW/koan/v1/mac/$WEB7"
}
lie() {
	rm -rf /var/cache/koan
	plan "$3"
	refused "$1" "$2" "${hostile[@]}"
	is "$1: the cache is clean" "$(find /var/cache/koan -name '*.part' 2>/dev/null)" ""
}
plan .
starts "a plan of an older server" "$LINUX" "$INITRD" 'auto=true console=hvc0' "${hostile[@]}"
lie "a newline in the arguments" 'control characters' '.kernel_options = "a\nkernel /etc/shadow"'
lie "a NUL in the arguments" 'NUL' '.kernel_options = "a\u0000b"'
lie "a wrong checksum" 'the server.s plan says' '.kernel.sha256 = "'"$(printf '%064d' 0)"'"'
lie "a wrong size" 'more than the|the server.s plan says' '.kernel.size = 5'
lie "a wrong initrd" 'initrd: ' '.initrd[0].sha256 = "'"$(printf '%064d' 0)"'"'
lie "a huge size" 'kernel.size' '.kernel.size = 1e18'
lie "a file URL" 'kernel.url' '.kernel.url = "file:///boot/vmlinuz"'
lie "a TFTP URL" 'kernel.url' '.kernel.url = "tftp://127.0.0.1/pxelinux.0"'
lie "a checksum that is a path" 'sha256' '.kernel.sha256 = "../../../../etc/passwd"'
lie "netboot_enabled of another type" 'netboot_enabled' '.netboot_enabled = "no"'
lie "an ISO image" 'without firmware' '.image = {type: "iso", url: .kernel.url, size: 1, sha256: .kernel.sha256}'
printf '{"format": 1' >"$WWW/koan/v1/mac/$WEB7"
refused "half a plan" "the server's plan" "${hostile[@]}"
head -c 400000 /dev/zero >"$WWW/koan/v1/mac/$WEB7"
refused "an endless plan" 'more than the 262144 bytes' "${hostile[@]}"

plan '.kernel.url = "http://127.0.0.1:8088/gone"'
rm -rf /var/cache/koan
refused "a kernel that is gone" 'kernel: .*gone' "${hostile[@]}"
mkdir -p /srv/guest
truncate -s "$(stat -c %s "$LINUX")" /srv/guest/a-other
cp "$LINUX" /srv/guest/linux
starts "it lies ready" "$LINUX" "$INITRD" 'auto=true console=hvc0' --kernel-dir=/srv/guest "${hostile[@]}"
check "and still does" cmp "$LINUX" /srv/guest/linux
rm -rf /var/cache/koan
starts "the domain's kernel= names it" "$LINUX" "$INITRD" 'auto=true console=hvc0' \
	--kernel=/srv/guest/linux "${hostile[@]}"
printf x | dd of=/var/cache/koan/"$(sum "$INITRD")" conv=notrunc status=none
plan .
starts "a damaged file of the cache" "$LINUX" "$INITRD" 'auto=true console=hvc0' "${hostile[@]}"

# Faults.
mkdir -p /run/small
mount -t tmpfs -o size=1M tmpfs /run/small
rm -rf /var/cache/koan
refused "a full disk for the cache" 'No space left' --cache-dir=/run/small/cache "${hostile[@]}"
is "and nothing stays there" "$(find /run/small -type f)" ""
config <<<$'default a\nlabel a\nkernel images/linux'
fails "a full disk for the kernel" 'No space left' koan-bootloader --output-directory=/run/small/d \
	"${pxe[@]}" /disk
check "and the folder is gone" test ! -e /run/small/d
fails "a folder that cannot be" 'output-directory' koan-bootloader --output-directory=/proc/x "${pxe[@]}" /disk
out=/run/out/d
left() { find /run/out /run/koan -type f 2>/dev/null || true; }
fails "an output that cannot be" '--output=/proc/nowhere' koan-bootloader --output=/proc/nowhere \
	--output-directory=$out "${pxe[@]}" /disk
to_full() { koan-bootloader --output-directory=$out "${pxe[@]}" /disk >/dev/full; }
fails "an output that is full" 'No space left' to_full
fails "an output that is a link to nowhere" '--output=/proc/self/fd/77' koan-bootloader \
	--output=/proc/self/fd/77 --output-directory=$out "${pxe[@]}" /disk
fails "no room for the note" 'cannot note' koan-bootloader --once --state-dir=/proc/x \
	--output-directory=$out "${pxe[@]}" /disk
fails "a note that cannot be looked for" 'Not a directory' koan-bootloader --once \
	--state-dir=/etc/passwd --output-directory=$out "${pxe[@]}" /disk
fails "a cache that cannot be" 'cache folder' koan-bootloader --cache-dir=/proc/x \
	--output-directory=$out "${hostile[@]}" /disk
fails "an output that fails takes the note back" '--output=/proc/nowhere' koan-bootloader --once \
	--state-dir=$state --output=/proc/nowhere --output-directory=$out "${pxe[@]}" /disk
check "there is none" test ! -e $state/${WEB7//:/-}
is "nothing is left of all these" "$(left)" ""

# A server that never ends, and a console that goes away, and signals.
{
	echo 'while IFS= read -r line && [ ${#line} -gt 1 ]; do :; done'
	echo "printf 'HTTP/1.1 200 OK\r\n\r\n'; cat $WWW/pxe/images/linux; : >/run/slow-mark; exec sleep 1000"
} >/run/slow
socat TCP-LISTEN:8090,bind=127.0.0.1,reuseaddr,fork "EXEC:bash /run/slow" &
config <<<$'default a\nlabel a\nkernel http://127.0.0.1:8090/linux'
wait_for 10 bash -c ': </dev/tcp/127.0.0.1/8090'
for how in --hangup '--signal 15' '--signal 2' '--signal 1'; do
	rm -f /run/slow-mark
	read -ra words <<<"$how"
	output=$(python3 "$REPO/tests/vm/libxl-bootloader.py" "${words[@]}" /run/slow-mark \
		koan-bootloader "${pxe[@]}" -- /disk)
	like "$how in the middle of a file" "$output" '^status 1$'
	lacks "$how: nothing is left" "$output" '^left'
done
check "the server stops cleanly" server_stop
done_testing
