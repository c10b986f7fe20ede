#!ipxe
{% macro choices(entries) %}
{% for entry in entries %}
{% if entry.entries is defined %}
item {{ entry.label }} {{ entry.title }} ...
{% else %}
item install-{{ entry.label }} {{ entry.title }}
{% endif %}
{% endfor %}
{% endmacro %}
{% macro targets(entries, above) %}
{% for entry in entries %}
{% if entry.entries is defined %}
:{{ entry.label }}
menu {{ entry.title }}
item {{ above }} Back
{{ choices(entry.entries) }}
{%- if true %}
choose --timeout 60000 target || goto {{ above }}
goto ${target}
{% endif %}
{{ targets(entry.entries, entry.label) }}
{%- else %}
:install-{{ entry.label }}
{% with boot = entry.boot, san = entry.san, kernel_url = entry.kernel_url, kernel_arguments = "BOOTIF=01-${mac:hexhyp} " ~ entry.kernel_arguments if entry.boot in ("installer", "rescue", "diskless") else entry.kernel_arguments, initrd_arguments = entry.initrd_arguments, initrd_urls = entry.initrd_urls, disk_url = entry.disk_url %}
{% include "ipxe-entry.tpl" %}
{% endwith %}
{% endif %}
{% endfor %}
{% endmacro %}
{% if entries or memtest %}
:start
menu Bootwright
item local Boot from the local disk
{{ choices(entries) }}
{%- if memtest %}
item @memtest Test the memory
{% endif %}
{% if true %}
choose --default local --timeout 20000 target || goto local
goto ${target}
{% endif %}
{{ targets(entries, "start") }}
{%- if memtest %}
:@memtest
iseq ${platform} pcbios && goto @memtest-bios ||
chain {{ http_base }}/memtest.efi{{ " " ~ memtest_arguments if memtest_arguments else "" }} || goto failed
:@memtest-bios
kernel {{ http_base }}/memtest{{ " " ~ memtest_arguments if memtest_arguments else "" }} || goto failed
boot || goto failed
{% endif %}
{% if true %}
:failed
echo Cannot load the installer from {{ http_base }}
sleep 10
{% endif %}
{% endif %}
:local
{% include "ipxe-local.tpl" %}
