set default=0
set timeout=0
{% if install %}
menuentry '{{ name }} {{ action }}' {
{% include "grub-entry.tpl" %}
}
{% else %}
menuentry '{{ name }}: boot from its own disk' {
{% include "grub-local.tpl" %}
}
{% endif %}
