{% include "debian.late.sh" %}
