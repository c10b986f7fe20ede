# Written by Bootwright at each sync; change settings, or this file's template.
# DHCP only: no name service here.
port=0
{% if dhcp_interface %}
interface={{ dhcp_interface }}
bind-interfaces
{% endif %}
{% if range %}
dhcp-range={{ range }}
dhcp-authoritative
{% else %}
# Neither dhcp_range nor dhcp_netmask is set: nobody gets an address.
{% endif %}
{% if dhcp_router %}
dhcp-option=option:router,{{ dhcp_router }}
{% endif %}
{% if dns %}
dhcp-option=option:dns-server,{{ dns | join(",") }}
{% endif %}
{% if name_servers_search %}
dhcp-option=option:domain-name,{{ name_servers_search | first }}
dhcp-option=option:domain-search,{{ name_servers_search | join(",") }}
{% endif %}
# Fixed addresses
dhcp-hostsfile={{ hosts_file }}

{% if enable_ipxe %}
# iPXE, wherever it came from, loads all the rest over HTTP.
dhcp-match=set:bw-ipxe,175
dhcp-boot=tag:bw-ipxe,{{ http_base }}/boot/ipxe,,{{ next_server }}
{% endif %}
# The loader, by the client's architecture (option 93)
{% set unless_ipxe = "tag:!bw-ipxe," if enable_ipxe else "" %}
{% for client in clients %}
{% for arch in client.arch %}
dhcp-match=set:bw-{{ client.tag }},option:client-arch,{{ arch }}
{% endfor %}
{% if client.http %}
dhcp-option-force=tag:bw-{{ client.tag }},{{ unless_ipxe }}60,HTTPClient
dhcp-boot=tag:bw-{{ client.tag }},{{ unless_ipxe }}{{ http_base }}/{{ client.file }}
{% else %}
dhcp-boot=tag:bw-{{ client.tag }},{{ unless_ipxe }}{{ client.file }},,{{ next_server }}
{% endif %}
{% endfor %}
{% if files %}

# Boot files that systems or profiles name themselves: the last line that fits counts.
{% for file in files %}
dhcp-boot=tag:bw-{{ file.tag }},{{ unless_ipxe }}{{ file.filename }},,{{ next_server }}
{% endfor %}
{% endif %}
