{% if install %}
# {{ name }} {{ action }}
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
