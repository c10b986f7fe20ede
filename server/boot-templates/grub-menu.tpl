# The machine's own file, by the MAC address of the card that it booted from. The second name is
# what GRUB knows it by when the firmware loaded it over HTTP and net_bootp brought the card up.
if [ -n "$net_default_mac" ]; then
	configfile $prefix/system/${net_default_mac}.cfg
elif [ -n "$net_efinet0_dhcp_mac" ]; then
	configfile $prefix/system/${net_efinet0_dhcp_mac}.cfg
fi

# There is none.
set default=local
set timeout=20
menuentry 'Boot from the local disk' --id local {
{% include "grub-local.tpl" %}
}
{% for entry in entries %}
menuentry 'Install {{ entry.name }}' --id 'install-{{ entry.name }}' {
	linux /{{ entry.kernel_path }} {{ entry.kernel_arguments }}
	initrd{% for path in entry.initrd_paths %} /{{ path }}{% endfor %}

}
{% endfor %}
