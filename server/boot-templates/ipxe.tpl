#!ipxe
{% if install %}
echo {{ name }} {{ action }}
{% include "ipxe-entry.tpl" %}
:failed
echo {{ name }}: cannot load what it should start from {{ http_base }}
sleep 10
exit 1
{% else %}
echo {{ name }} boots from its own disk
{% include "ipxe-local.tpl" %}
{% endif %}
