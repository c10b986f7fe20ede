# Machines that have no file of their own
{% if entries %}
DEFAULT menu.c32
{% else %}
DEFAULT local
{% endif %}
PROMPT 0
TIMEOUT 200
ONTIMEOUT local
MENU TITLE Bootwright
LABEL local
	MENU LABEL Boot from the local disk
	MENU DEFAULT
	LOCALBOOT 0
{% for entry in entries %}
LABEL {{ entry.name }}
	MENU LABEL Install {{ entry.name }}
	LINUX {{ entry.kernel_path }}
	INITRD {{ entry.initrd_paths | join(",") }}
	APPEND {{ entry.kernel_arguments }}
	IPAPPEND 2
{% endfor %}
