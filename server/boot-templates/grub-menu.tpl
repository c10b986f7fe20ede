# The machine's own file, by the MAC address of the card that it booted from. The second name is
# what GRUB knows it by when the firmware loaded it over HTTP and net_bootp brought the card up. A
# distribution's own GRUB, whose prefix is elsewhere, was told by its grub.cfg where home is.
if [ -z "$home" ]; then
	set home=$prefix
fi
{% set at = http_base | replace("http://", "") %}
{% set host, port = (at ~ ":80").split(":")[:2] %}
if [ "$over_http" = y ]; then
	# Here again, and without a file of its own.
	true
elif [ -n "$net_default_mac" ]; then
{% if "[" not in at %}
	# Over HTTP where that is possible: under Secure Boot the signed GRUB refuses the module, and
	# insmod does not say where there is none. Then nothing is found there either.
	if [ "$lockdown" = y ]; then
		true
	elif regexp : "$net_default_server"; then
		# Nor by IPv6: GRUB would take the port for a part of the address, and wait long.
		true
	else
		set over_tftp=$root
		set over_http=y
		export over_http
		insmod http
		set root=http,{{ "$net_default_server" if host == next_server else host }}:{{ port }}
		configfile ($root)/grub/system/${net_default_mac}.cfg
		configfile ($root)/grub/grub.cfg
		set root=$over_tftp
	fi
{% endif %}
	configfile $home/system/${net_default_mac}.cfg
else
	for mac in "$net_efinet0_dhcp_mac" "$net_efinet1_dhcp_mac" "$net_efinet2_dhcp_mac"; do
		if [ -n "$mac" ]; then
			configfile $home/system/${mac}.cfg
		fi
	done
fi

# There is none.
{% if nothing %}
exit 1
{% else %}
{% macro show(entries) %}
{% for entry in entries %}
{% if entry.entries is defined %}
submenu {{ entry.title | grub }} --id 'menu-{{ entry.name }}' {
{{ show(entry.entries) }}
{%- if true %}
}
{% endif %}
{% else %}
menuentry '{{ entry.title }}' --id 'install-{{ entry.label }}' {
{% with boot = entry.boot, san = entry.san, name = entry.name, hypervisor_path = entry.hypervisor_path, hypervisor_arguments = entry.hypervisor_arguments, kernel_path = entry.kernel_path, kernel_arguments = "$bootif " ~ entry.kernel_arguments if entry.boot in ("installer", "rescue", "diskless") else entry.kernel_arguments, initrd_paths = entry.initrd_paths, disk_path = entry.disk_path %}
{% include "grub-entry.tpl" %}
{% endwith %}
}
{% endif %}
{% endfor %}
{% endmacro %}
{% if entries %}

# Of several cards the installer takes the one that booted. Submenus know what is exported.
if [ -n "$net_default_mac" ]; then
	set bootif=BOOTIF=01-$net_default_mac
	export bootif
fi

{% endif %}
set default=local
set timeout={{ 20 if entries or memtest else 0 }}
menuentry 'Boot from the local disk' --id local {
{% include "grub-local.tpl" %}
}
{{ show(entries) }}
{%- if memtest %}
menuentry 'Test the memory' --id @memtest {
	if [ "$lockdown" = y ]; then
		echo 'Secure Boot is on: it refuses Memtest86+, which is not signed.'
		sleep 30
	else
		chainloader /memtest.efi{{ " " ~ memtest_arguments if memtest_arguments else "" }}
		boot
	fi
}
{% endif %}
{% endif %}
