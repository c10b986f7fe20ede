{% if boot == "xen" %}
	KERNEL mboot.c32
	APPEND {{ hypervisor_path }}{{ " " ~ hypervisor_arguments if hypervisor_arguments else "" }} --- {{ kernel_path }} {{ kernel_arguments }}{% for path in initrd_paths %} --- {{ path }}{% endfor %}

{% elif san %}
	# PXELINUX cannot attach a disk in the network, iPXE can.
	LINUX ipxe.lkrn
	APPEND dhcp && chain --autofree {{ http_base }}/boot/ipxe
{% elif boot == "iso" %}
	LINUX memdisk
	INITRD {{ disk_path }}
	APPEND iso raw
{% elif boot == "memdisk" %}
	LINUX memdisk
	INITRD {{ disk_path }}
{% if kernel_arguments %}
	APPEND {{ kernel_arguments }}
{% endif %}
{% elif boot == "kernel" %}
	LINUX {{ disk_path }}
{% if kernel_arguments %}
	APPEND {{ kernel_arguments }}
{% endif %}
{% else %}
	LINUX {{ kernel_path }}
	INITRD {{ initrd_paths | join(",") }}
	APPEND {{ kernel_arguments }}
{% endif %}
