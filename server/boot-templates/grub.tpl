set default=0
set timeout=0
{% if install %}
menuentry '{{ name }}: install profile {{ profile_name }}' {
	linux /{{ kernel_path }} {{ kernel_arguments }}
	initrd{% for path in initrd_paths %} /{{ path }}{% endfor %}

}
{% else %}
menuentry '{{ name }}: boot from its own disk' {
{% include "grub-local.tpl" %}
}
{% endif %}
