# shellcheck shell=bash
# A part of guests.sh: the Debian installer as a PV guest. It takes minutes, so the other parts
# begin meanwhile; installed.sh looks at what became of it.

must "koan starts the installer" make_guest --system=web7 --virt-type=xenpv --virt-path=/srv/di/ \
	--virt-file-size=0.0625
guest_console web7
row "PV: Debian's installer is started" "koan --virt --system=web7"
