# shellcheck shell=bash
# A part of guests.sh: koan-bootloader, by which the server says at each start what a guest starts.

bootloader_guest() {
	tiny_system boot 00:16:3e:00:00:13
	bootwright sync
	dom0_script <<-'SH'
		truncate -s 64M /srv/boot.img
		cat >/etc/xen/boot <<'CFG'
		name = "boot"
		type = "pv"
		memory = 192
		disk = ["format=raw,vdev=xvda,access=rw,target=/srv/boot.img"]
		vif = ["mac=00:16:3e:00:00:13,bridge=xenbr0"]
		bootloader = "/usr/local/bin/koan-bootloader"
		bootloader_args = ["--server=10.77.0.1", "mac=00:16:3e:00:00:13"]
		on_reboot = "restart"
		CFG
	SH
}
must "a guest with koan-bootloader" bootloader_guest
check "boot: starts what the server says" dom0 xl create -q /etc/xen/boot
guest_console boot
check "boot: installs" guest_says boot 'TINY has installed'
check "boot: its reboot goes to the disk" guest_says boot 'TINY is up: PV from=disk'
like "boot: because the server says so" "$(events)" 'install-end +boot .*boots from its disk from now on'
row "koan-bootloader by MAC, reboot to the disk" "install-end; xl restarts it; TINY from=disk"
dom0 xl destroy boot
check "boot: is armed again" bootwright system edit --name=boot --netboot-enabled=true
check "boot: starts" dom0 xl create -q /etc/xen/boot
check "boot: installs again" vm_wait dom0 says_times boot 'TINY has installed' 2
# Not before: xl cannot end a guest that it is about to start anew.
check "boot: and ends on its disk" vm_wait dom0 says_times boot 'TINY is up: PV from=disk' 2
dom0_script <<<'xl destroy boot; rm /srv/boot.img /etc/xen/boot'
row "koan-bootloader armed again" "TINY has installed, twice"
