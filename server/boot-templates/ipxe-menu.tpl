#!ipxe
{% if entries %}
menu Bootwright
item local Boot from the local disk
{% for entry in entries %}
item install-{{ entry.name }} Install {{ entry.name }}
{% endfor %}
choose --default local --timeout 20000 target || goto local
goto ${target}
{% for entry in entries %}
:install-{{ entry.name }}
kernel {{ entry.kernel_url }} {{ entry.initrd_arguments }} BOOTIF=01-${mac:hexhyp} {{ entry.kernel_arguments }} || goto failed
{% for url in entry.initrd_urls %}
initrd {{ url }} || goto failed
{% endfor %}
boot || goto failed
{% endfor %}
:failed
echo Cannot load the installer from {{ http_base }}
sleep 10
{% endif %}
:local
{% include "ipxe-local.tpl" %}
