# shellcheck shell=bash
# Virtual machines on a network of their own, in the sandbox of sandbox.sh: a bridge br0 with
# 10.77.0.1/24 and one tap per machine. Consoles go to files in $LOGS; tests wait for what a
# console or the server says, never for time to pass.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOGS=${TEST_LOG_DIR:-$REPO/build/test-logs/$(basename "$0" .sh)}
mkdir -p "$LOGS"
LOGS=$(cd "$LOGS" && pwd) # a test may go elsewhere

# shellcheck disable=SC2034 # for the tests
INSTALLER_TREE=/usr/lib/debian-installer/images/12/amd64/text
declare -A vm_pid=()
# The oldest processor that has all that Debian's programs make use of. Emulated, the newer features
# of "max" cost more than they save: AVX and XSAVE on each switch of tasks, SMAP on each copy from a
# program. An installer's boot takes 50 s of processor time instead of 68.
VM_CPU=Nehalem
# Kernel arguments that make an emulated machine faster and change nothing of what it does: without
# norandmaps each program that starts lies elsewhere and is translated anew (68 s instead of 126 for an
# installer's boot), and what mitigations guard against is not there.
# shellcheck disable=SC2034
VM_FAST='norandmaps mitigations=off'
# For Xen, which does not survive what QEMU's emulation of these features gives.
# shellcheck disable=SC2034
XEN_CPU=max,smap=off,rdtscp=off,xsave=off,avx=off,avx2=off,f16c=off,fma=off,pku=off
# How long a machine may take from one mark to the next. Nothing depends on it but how soon a
# machine that hangs is given up: an emulated one on a busy host takes minutes.
PATIENCE=900

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			echo "timed out waiting for: $*"
			return 1
		fi
		sleep 0.2
	done
}

file_says() { grep -qaE -- "$2" "$1" 2>/dev/null; }

net_up() {
	ip link add br0 type bridge
	ip addr add 10.77.0.1/24 dev br0
	# A router's advertisement: without one iPXE spends 13 s waiting for it on every boot.
	ip addr add fd77::1/64 dev br0 nodad
	ip link set br0 up
}

net_advertise() {
	dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=br0 \
		--bind-interfaces --enable-ra --dhcp-range=fd77::,ra-only --user=root \
		--pid-file= >"$LOGS/router.log" 2>&1 &
}

net_tap() {
	ip tuntap add "$1" mode tap
	ip link set "$1" master br0 up
}

# Fills vm_start's machine and card for OVMF; VARIANT .ms has Microsoft's keys enrolled.
vm_flash() {
	local name=$1 variant=$2
	cp "/usr/share/OVMF/OVMF_VARS_4M$variant.fd" "/run/$name.vars"
	machine+=(
		-drive "if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M$variant.fd"
		-drive "if=pflash,format=raw,file=/run/$name.vars")
	card+=,romfile=
}

# For vm_start: OVMF asks DHCP for an address to boot from over HTTP at once, instead of trying PXE.
# shellcheck disable=SC2034 # for the tests
HTTP_BOOT=(-fw_cfg "name=opt/org.tianocore/IPv4PXESupport,string=n"
	-fw_cfg "name=opt/org.tianocore/IPv6PXESupport,string=n"
	-fw_cfg "name=opt/org.tianocore/IPv6Support,string=n")

# vm_start NAME FIRMWARE MAC [QEMU-ARGUMENT...]: boots from the network; FIRMWARE is bios, whose
# network ROM is iPXE, or uefi or secureboot, with OVMF's own PXE client.
vm_start() {
	local name=$1 firmware=$2 mac=$3
	shift 3
	local card="virtio-net-pci,id=card,netdev=net,mac=$mac" machine=()
	case $firmware in
	bios)
		machine=(-machine "pc,graphics=off" -boot n)
		;;
	uefi)
		machine=(-machine q35)
		vm_flash "$name" ""
		;;
	secureboot)
		machine=(-machine "q35,smm=on"
			-global "driver=cfi.pflash01,property=secure,value=on")
		vm_flash "$name" .ms
		;;
	esac
	net_tap "tap-$name"
	: >"$LOGS/$name.console"
	qemu-system-x86_64 -name "$name" -nodefaults -accel "${QEMU_ACCEL:-tcg,thread=multi}" \
		-cpu $VM_CPU -m 1024 -display none -no-reboot -serial "file:$LOGS/$name.console" \
		-monitor "unix:/run/$name.monitor,server=on,wait=off" \
		"${machine[@]}" -device virtio-rng-pci \
		-netdev "tap,id=net,ifname=tap-$name,script=no,downscript=no" -device "$card" \
		"$@" >"$LOGS/$name.qemu" 2>&1 &
	vm_pid[$name]=$!
}

# Also one that has ended by itself.
vm_stop() {
	! vm_runs "$1" || kill "${vm_pid[$1]}"
	wait "${vm_pid[$1]}" || true
	unset "vm_pid[$1]"
	ip link del "tap-$1"
}

vm_runs() { kill -0 "${vm_pid[$1]}" 2>/dev/null; }

# vm_presses NAME KEY...: on its keyboard, by QEMU's names of keys.
vm_presses() {
	local name=$1
	shift
	printf 'sendkey %s\n' "$@" | socat - "UNIX-CONNECT:/run/$name.monitor" >>"$LOGS/$name.keys"
}

# A console's text without a terminal's control sequences, which come in the middle of words.
console() {
	sed 's/\x1b\[[0-9;?]*[A-Za-z]//g; s/\x1b[()c].\?//g' "$LOGS/$1.console" | tr -d '\r\000\b'
}

vm_gone_or() { "${@:2}" || ! vm_runs "$1"; }

# vm_wait NAME COMMAND...: like wait_for with $PATIENCE, but a machine that is gone ends the wait.
# Says the console's last lines when it fails.
vm_wait() {
	local name=$1
	shift
	if wait_for "$PATIENCE" vm_gone_or "$name" "$@" && "$@"; then
		return 0
	fi
	vm_runs "$name" || echo "the machine has ended: $(cat "$LOGS/$name.qemu")"
	echo "its console ends with:"
	console "$name" | tr -s ' ' | grep -v '^ *$' | tail -n 25 | cut -c1-300
	return 1
}

# vm_says NAME REGEX: until the console shows it. (grep reads on to the end, for a pipe that is closed
# would fail the check.)
console_says() { console "$1" | grep -aE -- "$2" >/dev/null; }
vm_says() { vm_wait "$1" console_says "$1" "$2"; }
