{% if boot == "xen" %}
	if [ "$lockdown" = y ]; then
		echo 'Secure Boot is on: the signed GRUB refuses the multiboot2 module that Xen needs.'
		echo 'Switch Secure Boot off on this machine, or boot it by BIOS.'
		sleep 30
	else
		insmod multiboot2
		multiboot2 /{{ hypervisor_path }}{{ " " ~ hypervisor_arguments if hypervisor_arguments else "" }}
		module2 /{{ kernel_path }} {{ kernel_arguments }}
{% for path in initrd_paths %}
		module2 --nounzip /{{ path }}
{% endfor %}
	fi
{% elif san %}
	# iPXE, started by GRUB, finds the network card taken, so it must be the first.
	echo 'Only iPXE can attach a disk in the network: it needs enable_ipxe, and Secure Boot off.'
	sleep 30
{% elif boot == "kernel" %}
	linux /{{ disk_path }}{{ " " ~ kernel_arguments if kernel_arguments else "" }}
{% elif boot == "iso" or boot == "memdisk" %}
	echo '{{ name }} is an image that only BIOS machines can start from the network.'
	sleep 30
{% else %}
	linux /{{ kernel_path }} {{ kernel_arguments }}
	initrd{% for path in initrd_paths %} /{{ path }}{% endfor %}

{% endif %}
