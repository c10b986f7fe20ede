set default=0
set timeout=0
{% if install %}
menuentry '{{ name }}: {{ "install profile " ~ profile_name if boot == "installer" else "start " ~ (profile_name or image) }}' {
{% include "grub-entry.tpl" %}
}
{% else %}
menuentry '{{ name }}: boot from its own disk' {
{% include "grub-local.tpl" %}
}
{% endif %}
