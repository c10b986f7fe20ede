#!ipxe
{% if install %}
echo {{ name }} installs profile {{ profile_name }}
kernel {{ kernel_url }} {{ initrd_arguments }} {{ kernel_arguments }} || goto failed
{% for url in initrd_urls %}
initrd {{ url }} || goto failed
{% endfor %}
boot || goto failed
:failed
echo {{ name }}: cannot load the installer from {{ http_base }}
sleep 10
exit 1
{% else %}
echo {{ name }} boots from its own disk
{% include "ipxe-local.tpl" %}
{% endif %}
