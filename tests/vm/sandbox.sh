# shellcheck shell=bash
# A machine of one's own for a test: source this first and call `sandbox_enter "$@"`, which runs
# the script again in private mount, network and process namespaces. There /run is an empty
# tmpfs; /etc, /var, /srv and /mnt can be written, but what is written goes to /run; the network
# is a bare lo. So tests use default ports and paths, any number of them at once, and nothing
# needs cleaning up: when the script ends or is killed, even by SIGKILL, the kernel ends every
# process of the sandbox and drops its files and interfaces.

sandbox_mounts() {
	local dir
	mount -t tmpfs -o mode=755 tmpfs /run
	mount -t sysfs sysfs /sys # /sys/class/net of this network namespace
	mkdir -p /run/overlay /run/tmp /run/lock
	for dir in etc var srv mnt; do
		mkdir "/run/overlay/$dir" "/run/overlay/$dir.work"
		mount -t overlay -o "lowerdir=/$dir,upperdir=/run/overlay/$dir,workdir=/run/overlay/$dir.work" \
			overlay "/$dir"
	done
}

sandbox_enter() {
	if [ "${BOOTWRIGHT_SANDBOX:-}" = "$0" ] && [ $$ = 1 ]; then
		trap 'exit 130' INT # Process 1 ignores signals that it does not handle.
		trap 'exit 143' TERM
		sandbox_mounts
		ip link set lo up
		export TMPDIR=/run/tmp
		return 0
	fi
	if [ "$(id -u)" != 0 ]; then
		echo "Bail out! $0 must run as root: it makes network and mount namespaces" >&2
		exit 1
	fi
	# The chain of death signals: this shell, then unshare, then the sandbox.
	BOOTWRIGHT_SANDBOX=$0 setpriv --pdeathsig KILL \
		unshare --mount --net --pid --fork --kill-child=KILL --mount-proc --propagation private \
		bash "$0" "$@"
	exit $?
}
