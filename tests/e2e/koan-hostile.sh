#!/usr/bin/env bash
# A server that lies: each row of the table is a good plan changed in one place, or an answer that is
# no answer. koan refuses it, says what is wrong, and leaves no trace: no file, no domain.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/vm/koan.sh
. "$(dirname "$0")/../vm/koan.sh"

export LIBVIRT_DEFAULT_URI=test:///default
CACHE=/var/cache/koan
mkdir -p $WWW $CACHE
head -c 300000 /dev/urandom >$WWW/linux
head -c 500000 /dev/urandom >$WWW/initrd.gz
echo preseed >$WWW/preseed
must "a server" koan_server

# answers PORT: a server that reads a request and sends the output of the shell commands on stdin.
answers() {
	{
		echo 'while IFS= read -r line && [ ${#line} -gt 1 ]; do :; done'
		cat
	} >"/run/answer-$1"
	socat "TCP-LISTEN:$1,bind=127.0.0.1,reuseaddr,fork" "EXEC:sh /run/answer-$1" 2>/dev/null &
}
answers 8001 <<'SH'
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'; exec yes
SH
answers 8002 <<'SH'
printf 'HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n'; head -c 1000 /run/www/linux
SH
answers 8004 <<'SH'
printf 'not HTTP at all\r\n\r\n'
SH
answers 8005 <<'SH'
printf 'HTTP/1.1 500 no\r\n\r\n'; exec yes
SH
answers 8006 <<'SH'
printf 'HTTP/1.1 200 OK\r\n'; while :; do printf 'X-More: %01000d\r\n' 0; done
SH
answers 8007 <<'SH'
printf 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'; cat /run/www/linux
SH
answers 8008 <<'SH'
printf 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n'; exec yes
SH
answers 8009 <<'SH'
printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n'; cat /run/www/linux
SH
answers 8010 <<'SH'
printf 'HTTP/1.1 302 Found\r\nLocation: gopher://127.0.0.1:9/_x\r\n\r\n'
SH
answers 8011 <<'SH'
printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'; head -c 100000000 /dev/zero | gzip
SH
answers 8012 <<'SH'
printf 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n'
SH
# One byte every second: a body that never stalls and never ends in time.
answers 8013 <<'SH'
printf 'HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n'; while printf x; do sleep 1; done
SH

make_guest() { koan --virt --profile=bar --virt-name=lady "$@"; }
# Every new file, but for those of the cache that are what their names say: they stay for the next
# guest.
files() {
	(cd $CACHE && sha256sum -- * 2>/dev/null | awk '$1 != $2') || true
	find /var/lib /srv /mnt /home /etc /boot -newer /run/nginx.conf -type f 2>/dev/null | sort
}
before=$(files)
cases=0
# refused WHAT REGEX JQ-PROGRAM [ARGUMENT...]: the plan, so changed, is refused without a trace.
refused() {
	local what=$1 regex=$2 program=$3
	shift 3
	cases=$((cases + 1))
	koan_plan profile bar "$program"
	fails "$what" "$regex" make_guest "$@"
	[ "$(files)" = "$before" ] || is "nothing is left behind: $what" "$(files)" "$before"
}
# answered WHAT REGEX PORT [ARGUMENT...]: the same for what answers in the server's place.
answered() {
	cases=$((cases + 1))
	fails "$1" "$2" make_guest --server="127.0.0.1:$3" "${@:4}"
	[ "$(files)" = "$before" ] || is "nothing is left behind: $1" "$(files)" "$before"
}

# --- Files that are not what the plan says. ---

refused "a wrong sha256" 'kernel: .*has the SHA-256' '.kernel.sha256 = ("a" * 64)'
refused "a wrong size" 'linux has more than the 299999 bytes' '.kernel.size = 299999'
refused "a short file" 'linux has 300000 bytes, the server.s plan says 300001' \
	'.kernel.size = 300001'
refused "a body that ends early" 'kernel: .*8002.*299000 bytes' '.kernel.url = "http://127.0.0.1:8002/"'
refused "a body without end" '8001.*has more than the 300000 bytes' \
	'.kernel.url = "http://127.0.0.1:8001/"'
refused "no HTTP" '8004.*HTTP/0.9' '.kernel.url = "http://127.0.0.1:8004/"'
refused "nobody there" 'Connection refused|connect' '.kernel.url = "http://127.0.0.1:9/"'
refused "a file that is gone" 'nosuch: the server answered with HTTP status 404' \
	'.kernel.url = "http://127.0.0.1/nosuch"'
refused "a redirect to file:" 'to-file' '.kernel.url = "http://127.0.0.1/to-file"'
refused "a redirect for ever" 'loop' '.kernel.url = "http://127.0.0.1/loop"'
refused "a file: URL" 'kernel.url: must start with http' '.kernel.url = "file:///etc/passwd"'
refused "a scheme of curl's" 'kernel.url: must start with http' \
	'.kernel.url = "gopher://127.0.0.1/_"'
refused "no plan format" 'format: is missing' 'del(.format)'
refused "another plan format" 'format 2' '.format = 2'
refused "a missing member" 'virt.ram: is missing' 'del(.virt.ram)'
refused "a member of the wrong type" 'virt.ram: must be a whole number' '.virt.ram = "1024"'
refused "a float as memory" 'virt.ram: must be a whole number' '.virt.ram = 1024.5'
refused "no memory to speak of" 'virt.ram: .* from 4 to' '.virt.ram = 99999999999'
refused "a huge disk" 'virt.file_size.0.: .*65536' '.virt.file_size = [1e18]'
refused "a negative disk" 'virt.file_size.0.' '.virt.file_size = [-4]'
refused "too many disks" 'virt.file_size: must have' '.virt.file_size = [range(17)]'
refused "a huge kernel" 'kernel.size: must be' '.kernel.size = 1e15'
refused "a path that climbs" "virt.path.0.: .*'..'" '.virt.path = ["/srv/../etc/shadow"]'
refused "a relative path" 'virt.path.0.: must be an absolute' '.virt.path = ["etc/shadow"]'
refused "a path with a newline" 'virt.path.0.: .*control' '.virt.path = ["/srv/a\nb"]'
refused "a bridge that is XML" 'virt.bridge' ".virt.bridge = \"a'/><disk\""
refused "a kernel line with a newline" 'kernel_options: .*control' '.kernel_options = "a\nb"'
refused "a sum that is a path" 'kernel.sha256: must be 64' '.kernel.sha256 = "../../etc/passwd"'
refused "another profile's plan" "answered with the profile" '.name = "baz"'
refused "an unknown architecture" "'vax'" '.arch = "vax"'
refused "an unknown type" "'vmware'" '.virt.type = "vmware"'

refused "a body that contradicts itself" 'kernel: .*8007' '.kernel.url = "http://127.0.0.1:8007/"'
refused "a length past all numbers" 'kernel: .*8008' '.kernel.url = "http://127.0.0.1:8008/"'
refused "a chunk past all numbers" 'kernel: .*8009' '.kernel.url = "http://127.0.0.1:8009/"'
refused "headers without end" 'kernel: .*8006' '.kernel.url = "http://127.0.0.1:8006/"'
refused "a redirect to gopher:" 'kernel: .*8010' '.kernel.url = "http://127.0.0.1:8010/"'
refused "a body that would unpack to 100 MB" 'kernel: .*(8011|SHA|bytes)' \
	'.kernel.url = "http://127.0.0.1:8011/"'
refused "a password that is asked for" 'kernel: .*status 401' '.kernel.url = "http://127.0.0.1:8012/"'
refused "an error without end" 'kernel: .*status 500' '.kernel.url = "http://127.0.0.1:8005/"'
refused "a body of one byte a second" 'kernel: .*too slow' '.kernel.url = "http://127.0.0.1:8013/"'
refused "an initrd of the wrong sum" 'initrd: .*SHA-256' '.initrd[0].sha256 = ("b" * 64)'
refused "a second initrd that is gone" 'initrd: .*nosuch.*404' \
	'.initrd += [.initrd[0] | .url = "http://127.0.0.1/nosuch" | .sha256 = ("c" * 64)]'

# --- Plans. ---

refused "no initrd" 'initrd: must have 1 to' '.initrd = []'
refused "too many initrds" 'initrd: must have 1 to' '.initrd = [range(9)]'
refused "initrds that are no list" 'initrd: must be an array' '.initrd = .initrd[0]'
refused "an initrd that is no object" 'initrd.0..url: is missing' '.initrd = ["x"]'
refused "no kernel" 'kernel: is missing' 'del(.kernel)'
refused "a kernel that is a string" 'kernel: must be an object' '.kernel = "linux"'
refused "an empty kernel" 'kernel.size: must be' '.kernel.size = 0'
refused "a negative size" 'kernel.size: must be' '.kernel.size = -1'
refused "a URL with a blank" 'kernel.url: .*percent-encoded' '.kernel.url = "http://127.0.0.1/a b"'
refused "a URL without a server" 'kernel.url: must name a server' '.kernel.url = "http:///x"'
refused "a URL with a newline" 'kernel.url: .*control' '.kernel.url = "http://h/\r\nX: y"'
refused "upper case in a sum" 'kernel.sha256: must be 64' '.kernel.sha256 |= ascii_upcase'
refused "a kind that koan has not" 'kind: must be' '.kind = "repo"'
refused "a name that is XML" "lady|name: |answered with" '.name = "</name><devices>"'
refused "a profile of the wrong type" 'profile: must be a string' '.profile = 7'
refused "no profile" 'profile: must not be empty' '.profile = ""'
refused "an architecture of nothing" 'arch: must not be empty' '.arch = ""'
refused "a NUL in text" 'not valid JSON|control' '.breed = "a\u0000b"'
refused "text that XML cannot hold" 'kernel_options: .*control' '.kernel_options = "a\u0001b"'
refused "a noncharacter" 'kernel_options: .*noncharacter' '.kernel_options = "a\uffffb"'
refused "a kernel line that is too long" 'kernel_options: .*4096' '.kernel_options = ("a" * 5000)'
refused "a disk in /etc" 'virt.path: .*folder of this host' '.virt.path = ["/etc/cron.d/job"]'
refused "a disk in a hidden folder" 'virt.path: .*hidden' '.virt.path = ["/root/.ssh/x"] | .virt.path = ["/home/me/.ssh/authorized_keys"]'
refused "a block device of the server's choice" 'only the server names' '.virt.path = ["/dev/vg9/lv"]'
refused "a network disk of the server's choice" 'only the server names' '.virt.path = ["nbd://127.0.0.1/x"]'
refused "a network disk with a query" 'virt.path.0.' '.virt.path = ["nbd://127.0.0.1/x?socket=/run/x"]'
refused "a volume that climbs" 'virt.path.0.: must be vol=' '.virt.path = ["vol=a/../../etc/passwd"]'
refused "a format that koan does not make" "'vmdk' is no format" '.virt.disk_driver = ["vmdk"]'
refused "disks without sizes" 'virt.file_size' '.virt.file_size = [] | .virt.path = ["/srv/a/"]'
refused "a size that is text" 'virt.file_size.0.: must be a number' '.virt.file_size = ["4"]'
refused "two disks of one path" 'two disks would be' \
	'.virt.path = ["/srv/a.img"] | .virt.file_size = [1, 1]'
refused "no processor" 'virt.cpus: .* from 1' '.virt.cpus = 0'
refused "a flag that is text" 'virt.auto_boot: must be true or false' '.virt.auto_boot = "yes"'
refused "graphics that koan has not" "'x11'" '.virt.graphics = "x11"'
refused "a bridge that is too long" 'virt.bridge' '.virt.bridge = ("b" * 16)'
refused "no bridge" 'has no bridge' '.virt.bridge = ""'
refused "a bridge that is a path" 'virt_bridge' '.interfaces[0].virt_bridge = "../br0"'
refused "a group's MAC address" 'mac_address: must be' '.interfaces[0].mac_address = "01:00:5e:00:00:01"'
refused "the same MAC address twice" 'same MAC address' '.interfaces += [.interfaces[0]]'
refused "too many interfaces" 'interfaces: must have' '.interfaces = [range(65)]'
refused "an interface that is no object" 'interfaces.0..name: is missing' '.interfaces = [7]'
refused "an address that is none" 'ip_address: must be an IP' '.interfaces[0].ip_address = "a b"'
refused "a netmask that is none" 'netmask: must be' '.interfaces[0].netmask = "x"'
refused "a name server with an argument in it" 'name_servers.0.' '.name_servers = ["1.1.1.1 init=/bin/sh"]'
refused "an answer file that is a file" 'autoinstall: must start with http' '.autoinstall = "file:///etc/shadow"'
refused "an image of no kind" 'image.type: must be' '.image = .kernel + {type: "tar"}'
refused "an image without a sum" 'image.sha256: is missing' '.image = (.kernel + {type: "iso"} | del(.sha256))'
refused "an image past all disks" 'image.size: must be' '.image = .kernel + {type: "iso", size: 1e15}'
refused "a floppy" 'memdisk' '.image = .kernel + {type: "memdisk"}'
refused "PXE for a guest without firmware" 'has no firmware' '.' --virt-type=xenpv --virt-pxe-boot
refused "an answer file that cannot be embedded" 'cannot read an answer file' \
	'.breed = "windows"' --embed
refused "one that is not there" 'preseed2: .*404' '.autoinstall = "http://127.0.0.1/preseed2"' --embed
refused "a plan in the wrong order of magnitude" '65536' '.virt.file_size = [1e300]'

# --- Answers in a plan's place. ---

answered "a plan without end" 'more than the 262144 bytes' 8001
answered "a plan that ends early" '8002|bytes|closed' 8002
answered "no HTTP" 'HTTP/0.9' 8004
answered "an error without end" 'status 500' 8005
answered "headers without end" 'server: ' 8006
answered "a redirect to gopher:" 'gopher|Protocol' 8010
answered "nobody" 'server: ' 9
# From standard input, which is no pipe: what is counted in one would be lost.
spoiled() {
	cases=$((cases + 1))
	cat >$WWW/koan/v1/profile/bar
	fails "$1" "$2" make_guest
}
spoiled "half a plan" 'not valid JSON' < <(echo '{"format": 1')
spoiled "a plan that is too big" 'more than the 262144 bytes' < <(head -c 300000 /dev/zero | tr '\0' '[')
spoiled "a plan that is too deep" 'nested deeper' < <(head -c 200000 /dev/zero | tr '\0' '[')
spoiled "a plan with a member twice" 'not valid JSON|dupl' < <(echo '{"format": 1, "format": 1}')
spoiled "a plan that is not UTF-8" 'not valid JSON' < <(printf '\xff\xfe{}')
spoiled "a plan that is a list" 'must be a JSON object' < <(echo '[]')
spoiled "no plan at all" 'not valid JSON' < <(:)
cases=$((cases + 1))
fails "names that climb are quoted" '404' koan --virt --system=../../linux
is "nothing is left behind by any" "$(files)" "$before"
check "there were sixty and more: $cases" test "$cases" -ge 60
done_testing
