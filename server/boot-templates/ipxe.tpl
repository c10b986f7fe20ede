#!ipxe
{% if install %}
echo {{ name }} {{ "installs profile " ~ profile_name if boot == "installer" else "starts " ~ (profile_name or image) }}
{% include "ipxe-entry.tpl" %}
:failed
echo {{ name }}: cannot load what it should start from {{ http_base }}
sleep 10
exit 1
{% else %}
echo {{ name }} boots from its own disk
{% include "ipxe-local.tpl" %}
{% endif %}
