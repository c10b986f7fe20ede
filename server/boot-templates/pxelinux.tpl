{% if install %}
# {{ name }} {{ "installs profile " ~ profile_name if boot == "installer" else "starts " ~ (profile_name or image) }}
DEFAULT install
PROMPT 0
TIMEOUT 0
LABEL install
{% include "pxelinux-entry.tpl" %}
{% else %}
# {{ name }} boots from its own disk
DEFAULT local
PROMPT 0
TIMEOUT 0
LABEL local
	LOCALBOOT 0
{% endif %}
