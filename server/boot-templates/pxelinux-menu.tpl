# Machines that have no file of their own
{% macro show(entries) %}
{% for entry in entries %}
{% if entry.entries is defined %}
MENU BEGIN {{ entry.label }}
MENU TITLE {{ entry.title }}
{{ show(entry.entries) }}
{%- if true %}
LABEL {{ entry.label }}@back
	MENU LABEL Back
	MENU EXIT
MENU END
{% endif %}
{% else %}
LABEL {{ entry.label }}
	MENU LABEL {{ entry.title }}
{% with boot = entry.boot, san = entry.san, hypervisor_path = entry.hypervisor_path, hypervisor_arguments = entry.hypervisor_arguments, kernel_path = entry.kernel_path, kernel_arguments = entry.kernel_arguments, initrd_paths = entry.initrd_paths, disk_path = entry.disk_path %}
{% include "pxelinux-entry.tpl" %}
{% endwith %}
{% if entry.boot in ("installer", "rescue", "diskless") and not entry.san %}
	IPAPPEND 2
{% endif %}
{% endif %}
{% endfor %}
{% endmacro %}
{% if entries or memtest %}
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
{{ show(entries) }}
{%- if memtest %}
LABEL @memtest
	MENU LABEL Test the memory
	LINUX memtest
{% if memtest_arguments %}
	APPEND {{ memtest_arguments }}
{% endif %}
{% endif %}
