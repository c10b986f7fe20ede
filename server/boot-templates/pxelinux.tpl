{% if install %}
# {{ name }} installs profile {{ profile_name }}
DEFAULT install
PROMPT 0
TIMEOUT 0
LABEL install
	LINUX {{ kernel_path }}
	INITRD {{ initrd_paths | join(",") }}
	APPEND {{ kernel_arguments }}
{% else %}
# {{ name }} boots from its own disk
DEFAULT local
PROMPT 0
TIMEOUT 0
LABEL local
	LOCALBOOT 0
{% endif %}
