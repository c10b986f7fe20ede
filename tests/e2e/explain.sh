#!/usr/bin/env bash
# `bootwright boot explain`: a healthy machine's boot for each firmware, what is broken found, unknown
# machines, networks that others serve. That machines really boot so: tests/boot/.
# timeout: 200
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

WEB7=52:54:00:aa:00:07
explain() { bootwright boot explain "$@"; }
# What is found, as one value: explained FILTER OPTION...
explained() {
	local filter=$1
	shift
	{ bootwright boot explain "$@" --output=json || true; } | jq -r "$filter"
}
sum_of() { sha256sum <"$STATE/tftp/current/$1" | cut -d ' ' -f 1; }

must "bootwrightd starts" server_start
must "settings" lab_settings --auto-sync=false
must "import" bootwright import --path="$INSTALLER_TREE" --name=deb12
check "a profile" bootwright profile add --name=bar --distro=deb12
check "a system" bootwright system add --name=web7 --profile=bar --interface=eth0 \
	--mac-address=$WEB7 --ip-address=10.77.0.21
fails "before anything is published" 'BROKEN: nothing is published yet' explain $WEB7
must "sync" bootwright sync

check "a machine that boots: exit status 0" explain $WEB7
like "without a firmware: both" "$(explained '[.chains[].firmware] | join(" ")' $WEB7)" '^bios uefi$'
is "the kernel's sum is the file's" "$(explained '.chains[0].start.kernel.sha256' $WEB7)" \
	"$(sum_of images/deb12/linux)"
is "the answer file's is what a machine gets" "$(explained '.chains[0].answer.sha256' $WEB7)" \
	"$(curl -fsS "$URL/autoinstall/system/web7" | sha256sum | cut -d ' ' -f 1)"
like "DHCP, with the line of dnsmasq's configuration" "$(explain $WEB7 --firmware=bios)" \
	'dnsmasq\.conf line [0-9]+: dhcp-boot=tag:bw-bios,tag:!bw-ipxe,pxelinux\.0'
line=$(explained '.chains[0].steps[0].because[1]' $WEB7 --firmware=bios)
number=${line#dnsmasq.conf line }
is "which is that line" "$(sed -n "${number%%:*}p" "$STATE/tftp/current/private/dnsmasq.conf")" \
	"${line#*: }"
like "Secure Boot: shim, GRUB and a kernel that are signed" \
	"$(explained '[.broken, (.chains[].steps[] | .path // empty)] | join(" ")' $WEB7 --secure-boot)" \
	'^false shimx64\.efi grubx64\.efi grub/grub\.cfg grub/system/52:54:00:aa:00:07\.cfg images/deb12/linux'
like "iPXE: by HTTP alone" "$(explained '[.chains[].steps[] | .url // empty] | join(" ")' $WEB7 \
	--firmware=bios --user-class=iPXE)" \
	'^http://10\.77\.0\.1/boot/ipxe http://10\.77\.0\.1/boot/ipxe\?mac=52-54-00-aa-00-07&platform=pcbios&arch=i386 http[^ ]*linux http[^ ]*initrd\.gz$'
like "UEFI over HTTP with Secure Boot: all in one image" \
	"$(explained '[.broken, (.chains[].steps[] | .url // empty)] | join(" ")' $WEB7 --firmware=uefi-http --secure-boot)" \
	'^false http://10\.77\.0\.1/boot/image/x64\.img image:[^ ]*shimx64\.efi .*image:[^ ]*/images/deb12/linux'
check "or by a GRUB of our own" bootwright system edit --name=web7 --http-boot=grub
check "sync" bootwright sync
like "which gets all over HTTP" "$(explained '[.broken, (.chains[].steps[] | .url // empty)] | join(" ")' \
	$WEB7 --firmware=uefi-http)" \
	'^false http[^ ]*/http-boot/netgrubx64\.efi http[^ ]*/grub/grub\.cfg http[^ ]*/grub/system/52:54:00:aa:00:07\.cfg http[^ ]*/images/deb12/linux'
fails "and that Secure Boot refuses" 'BROKEN: Secure Boot is on, and .*netgrubx64\.efi is not signed' \
	explain $WEB7 --firmware=uefi-http --secure-boot
check "as before" bootwright system edit --name=web7 --http-boot=image
check "sync" bootwright sync
like "after the installation" "$(explain $WEB7)" 'afterwards: when its installer reports the end'

like "an unknown machine: the menu, which ends at its disk" "$(explain 52:54:00:aa:00:99 --firmware=bios)" \
	"01-52-54-00-aa-00-99: not there"
is "nobody is told of it" "$(bootwright event list | grep -c unknown-machine || true)" 0
fails "not a MAC address" "MAC address" explain 52:54
fails "no such firmware" "'cp/m' is none that x86_64 has: bios, uefi, uefi-http" \
	explain $WEB7 --firmware=cp/m
fails "no such network" "there is no network 'nosuch'" explain $WEB7 --network=nosuch
fails "another user class" "only iPXE" explain $WEB7 --user-class=gPXE

check "a name that an address has to spell otherwise" bootwright system add --name=web+9 --profile=bar \
	--interface=eth0 --mac-address=52:54:00:aa:00:09
check "sync" bootwright sync
check "its answer file is found" explain 52:54:00:aa:00:09 --firmware=bios
check "a change that is not published" bootwright profile edit --name=bar --kernel-options=quiet
fails "is told of" 'BROKEN: what is published for pxelinux is older' explain $WEB7
check "sync" bootwright sync
check "then all is well" explain $WEB7
check "an answer template that is wrong" bootwright template add --name=bad.preseed \
	--content="{{ nosuch }}"
check "for this machine" bootwright system edit --name=web7 --autoinstall=bad.preseed
check "sync" bootwright sync
fails "the answer file cannot be rendered" "BROKEN: the answer file cannot be had: .*'nosuch' is not defined" \
	explain $WEB7
check "its own again" bootwright system edit --name=web7 --autoinstall='<<inherit>>'
check "sync" bootwright sync
mv "$STATE/tftp/current/images/deb12/initrd.gz" /run/bw/
fails "an initrd that is gone" 'BROKEN: tftp://10\.77\.0\.1/images/deb12/initrd\.gz is needed and not there' \
	explain $WEB7 --firmware=bios
like "check tells of it" "$(bootwright check || true)" 'initrds or boot loaders that were published are gone'
check "sync, though nothing has changed in the store" bootwright sync
check "mends it" explain $WEB7 --firmware=bios
rm "$STATE/tftp/current/images/deb12/initrd.gz"
head -c 1000 /run/bw/initrd.gz >"$STATE/tftp/current/images/deb12/initrd.gz"
fails "another one in its place" 'BROKEN: images/deb12/initrd\.gz is not the file on record' \
	explain $WEB7
check "sync" bootwright sync
check "which is mended, too" explain $WEB7
like "then there is nothing to do" "$(bootwright sync)" 'nothing to do'
mv "$STATE/tftp/current/shimx64.efi" /run/bw/
fails "a loader that is gone" 'BROKEN: tftp://10\.77\.0\.1/shimx64\.efi is needed' explain $WEB7 --firmware=uefi
check "sync" bootwright sync
check "a loader, too" explain $WEB7 --firmware=uefi
check "a second card" bootwright system edit --name=web+9 --interface=eth1 \
	--mac-address=52:54:00:aa:01:09
check "sync" bootwright sync
like "from which it boots, while the first is to install" "$(explain 52:54:00:aa:01:09 --firmware=bios || true)" \
	'another card \(BOOTIF=01-52-54-00-aa-00-09\).* --name=web\+9 --interface=eth1 --management=true'
lacks "from the first" "$(explain 52:54:00:aa:00:09 --firmware=bios || true)" 'another card'
# By its system's name, where that tells which card boots.
same_by_name() { diff <(bootwright boot explain web7 --firmware=bios) <(bootwright boot explain $WEB7 --firmware=bios); }
check "by its name" same_by_name
fails "a name that nobody has" "no system 'web77'; did you mean 'web7'" bootwright boot explain web77
bootwright system edit --name=web7 --interface=eth1 --mac-address=52:54:00:aa:01:07
fails "of two cards one has to be given" 'several cards; .*52:54:00:aa:00:07 \(eth0\), 52:54:00:aa:01:07 \(eth1\)' \
	bootwright boot explain web7
bootwright system edit --name=web7 --delete-interface=eth1

check "it boots from its own disk" bootwright system edit --name=web7 --netboot-enabled=false
check "sync" bootwright sync
like "is explained" "$(explain $WEB7 || true)" 'LOCALBOOT'

check "a network beside another DHCP server" bootwright network add --name=office \
	--address=10.78.0.0/16 --dhcp-mode=proxy --server=10.78.0.1 --next-server-v4=10.78.0.1
check "sync" bootwright sync
like "gets iPXE, for GRUB cannot work there" \
	"$(explain $WEB7 --network=office --firmware=uefi || true)" 'file ipxe\.efi from 10\.78\.0\.1'
like "and is told what its record says of the server" \
	"$(explain $WEB7 --network=office --firmware=uefi || true)" \
	'in this network the server is 10\.78\.0\.1, while .* 10\.77\.0\.1 .* --name=web7 --server=10\.78\.0\.1'
lacks "in its own network nothing" "$(explain $WEB7 || true)" 'in this network the server is'
lacks "nor of its TFTP server" "$(explain $WEB7 || true)" 'next_server_v4'
check "a TFTP server of its own" bootwright system edit --name=web7 --next-server-v4=10.77.0.9
check "sync" bootwright sync
like "is told to be no affair of DHCP's" "$(explain $WEB7 --firmware=bios || true)" \
	'next_server_v4 of a system or profile, 10\.77\.0\.9 here, is named by its files alone'
check "none" bootwright system edit --name=web7 --next-server-v4='<<inherit>>'
check "one that is not served" bootwright network edit --name=office --dhcp-mode=none
check "sync" bootwright sync
like "what another server is to say" "$(explain $WEB7 --network=office || true)" \
	'another server answers; told what `bootwright dhcp show` prints, it gives the file pxelinux\.0 from 10\.78\.0\.1'
check "a machine that is to boot by iPXE" bootwright system add --name=web8 --profile=bar \
	--boot-loaders=ipxe --interface=eth0 --mac-address=52:54:00:aa:00:08
check "sync" bootwright sync
fails "the other server was told nothing of it" 'its record is for undionly\.kpxe, and what the other server' \
	explain 52:54:00:aa:00:08 --network=office --firmware=bios
like "which gives what it gives to all" \
	"$(explain 52:54:00:aa:00:08 --network=office --firmware=bios || true)" 'gives the file pxelinux\.0 from'
lacks "it is not said to boot from its disk on purpose" \
	"$(explain 52:54:00:aa:00:08 --network=office --firmware=bios || true)" 'netboot-enabled=true'
like "iPXE in its ROM does" "$(explain 52:54:00:aa:00:08 --network=office --firmware=bios \
	--user-class=iPXE)" 'gives the file http://10\.78\.0\.1/boot/ipxe from'
check "iPXE is treated as its firmware" bootwright settings edit --enable-ipxe=false
check "sync" bootwright sync
like "so the other server is told" "$(explain 52:54:00:aa:00:08 --network=office --firmware=bios \
	--user-class=iPXE || true)" 'gives the file pxelinux\.0 from'
check "as before" bootwright settings edit --enable-ipxe=true
check "one of IPv6" bootwright network add --name=six --address=fd77::/64 --next-server-v6=fd77::1 \
	--dhcp-mode=none
check "sync" bootwright sync
like "by DHCPv6, too" "$(explain $WEB7 --network=six --firmware=uefi)" \
	'it gives the file tftp://\[fd77::1\]/shimx64\.efi from \[fd77::1\]'
fails "which a BIOS does not know" 'nothing to boot is known for architecture 0' \
	explain $WEB7 --network=six --firmware=bios
check "served by ours, to fixed addresses" bootwright network edit --name=six --dhcp-mode=full
check "sync" bootwright sync
lacks "an IPv4 address is nothing there" "$(explain $WEB7 --network=six --firmware=uefi || true)" \
	'gives 10\.77\.0\.21'
fails "so there is none" 'BROKEN: dnsmasq has no address for this machine' \
	explain $WEB7 --network=six --firmware=uefi
check "one of its kind" bootwright system edit --name=web7 --interface=eth0 --ipv6-address=fd77::21
check "sync" bootwright sync
fails "is given, but only once" 'BROKEN: dnsmasq lends fd77::21 once' \
	explain $WEB7 --network=six --firmware=uefi
check "and others, too" bootwright network edit --name=six --dhcp-range=fd77::100-fd77::1ff
check "sync" bootwright sync
like "with these it boots" "$(explain $WEB7 --network=six --firmware=uefi)" 'DHCPv6: dnsmasq gives fd77::21 '
like "GRUB loads all over TFTP" "$(explained '[.chains[].steps[] | .url // empty] | join(" ")' $WEB7 \
	--network=six --firmware=uefi)" \
	'tftp://\[fd77::1\]/grub/grub\.cfg tftp://\[fd77::1\]/grub/system/[^ ]*'

echo "DEFAULT other" >"$STATE/tftp/current/pxelinux.cfg/01-52-54-00-aa-00-08"
fails "a file that somebody has changed" 'for pxelinux is not what was written there' \
	explain 52:54:00:aa:00:08 --firmware=bios --user-class=iPXE
like "how to mend it" "$(explain 52:54:00:aa:00:08 --firmware=bios --user-class=iPXE || true)" \
	'bootwright sync --system=web8'
check "so" bootwright sync --system=web8
check "it is" explain 52:54:00:aa:00:08 --firmware=bios --user-class=iPXE
check "unknown machines get nothing" bootwright settings edit --unknown-machines=none
check "sync" bootwright sync
like "which is no mistake" "$(explain 52:54:00:aa:00:99)" 'unknown_machines of the settings is none'
check "the server stops cleanly" server_stop
done_testing
