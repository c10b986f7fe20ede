# Written by Bootwright at each sync; change settings and networks, or this file's template.
# DHCP only: no name service here.
port=0
{% for interface in interfaces %}
interface={{ interface }}
{% endfor %}
{% if interfaces %}
bind-interfaces
{% endif %}
{% if range %}
dhcp-range={{ range }}
{% elif not networks %}
# No network is defined, and neither dhcp_range nor dhcp_netmask is set: nobody gets an address.
{% endif %}
{% if range or networks | rejectattr("proxy") | list %}
dhcp-authoritative
{% endif %}
{# Whom an option is not for is said in a line for each network: of a line dnsmasq reads 1024 bytes. #}
{% if dhcp_router %}
{% set own_router = networks | rejectattr("six") | rejectattr("has_router") | list %}
{% for network in own_router %}
tag-if=set:bw-own-router,tag:{{ network.tag }}
{% endfor %}
dhcp-option={{ "tag:!bw-own-router," if own_router else "" }}option:router,{{ dhcp_router }}
{% endif %}
{% if dns %}
dhcp-option=option:dns-server,{{ dns | join(",") }}
{% endif %}
{% if name_servers_search %}
{% set unsearched = networks | selectattr("no_search") | list %}
{% set searched = "tag:!bw-no-search," if unsearched else "" %}
{% for network in unsearched %}
tag-if=set:bw-no-search,tag:{{ network.tag }}
{% endfor %}
dhcp-option={{ searched }}option:domain-name,{{ name_servers_search | first }}
dhcp-option={{ searched }}option:domain-search,{{ name_servers_search | join(",") }}
{% endif %}
{% for network in networks %}

# {{ network.name }}
{% for range in network.ranges %}
dhcp-range=set:{{ network.tag }},{{ range }}
{% endfor %}
{% if network.six %}
{% if network.dns %}
dhcp-option=tag:{{ network.tag }},option6:dns-server,{{ network.dns | join(",") }}
{% endif %}
{% if network.search %}
dhcp-option=tag:{{ network.tag }},option6:domain-search,{{ network.search | join(",") }}
{% endif %}
{% elif not network.proxy %}
{% if network.router %}
dhcp-option=tag:{{ network.tag }},option:router,{{ network.router }}
{% endif %}
{% if network.dns %}
dhcp-option=tag:{{ network.tag }},option:dns-server,{{ network.dns | join(",") }}
{% endif %}
{% if network.search %}
dhcp-option=tag:{{ network.tag }},option:domain-name,{{ network.search | first }}
dhcp-option=tag:{{ network.tag }},option:domain-search,{{ network.search | join(",") }}
{% endif %}
{% if network.mtu %}
dhcp-option=tag:{{ network.tag }},option:mtu,{{ network.mtu }}
{% endif %}
{% endif %}
{% endfor %}
{% if networks | selectattr("six") | list %}

# IPv6: routers are found by router advertisements only.
enable-ra
{% endif %}

# Fixed addresses
dhcp-hostsfile={{ hosts_file }}

{% if own_loaders %}
# A shim or GRUB in a folder looks for its files beside itself, by the name in the answer's field for
# the boot file: there, and not among the options, it has to be.
dhcp-no-override

{% endif %}
# iPXE, wherever it came from, loads all the rest over HTTP; a machine whose own or whose profile's
# enable_ipxe differs from the settings' has the tag bw-ipxe-other.
dhcp-match=set:bw-is-ipxe,175
tag-if=set:bw-ipxe,tag:bw-is-ipxe,tag:{{ "!" if enable_ipxe else "" }}bw-ipxe-other
# The client's architecture (option 93) decides about the loader.
{% for client in clients %}
{% for arch in client.arch %}
dhcp-match=set:bw-{{ client.tag }},option:client-arch,{{ arch }}
{% endfor %}
{% if client.http and files %}
tag-if=set:bw-over-http,tag:bw-{{ client.tag }}
{% endif %}
{% endfor %}
{% for client in own_clients %}
{% for arch in client.arch %}
dhcp-match=set:bw-{{ client.tag }},option:client-arch,{{ arch }}
{% endfor %}
{% endfor %}
{# An option that is sent twice would be joined; of a boot file the last line counts. #}
{% set prefixed = files | selectattr("prefix") | list %}
{% set elsewhere = networks | selectattr("elsewhere") | list if prefixed else [] %}
{% set not_elsewhere = "tag:!bw-elsewhere," if elsewhere else "" %}
{% for network in elsewhere %}
tag-if=set:bw-elsewhere,tag:{{ network.tag }}
{% endfor %}
{% macro boot(tags, http_base, next_server) %}
dhcp-boot=tag:bw-ipxe,{{ tags }}{{ http_base }}/boot/ipxe,,{{ next_server }}
{% for client in clients %}
{% set base = http_base ~ "/" if client.http else "" %}
dhcp-boot=tag:bw-{{ client.tag }},tag:!bw-ipxe,{{ tags }}{{ base }}{{ client.file }},,{{ next_server }}
{% for other in client.others %}
dhcp-boot=tag:bw-{{ client.tag }},tag:bw-{{ other.tag }},tag:!bw-ipxe,{{ tags }}{{ base }}{{ other.file }},,{{ next_server }}
{% endfor %}
{% endfor %}
{% for own in own_loaders %}
dhcp-boot=tag:bw-{{ own.client }},tag:bw-{{ own.tag }},tag:!bw-ipxe,{{ tags }}{{ own.file }},,{{ next_server }}
{% endfor %}
{% for file in files %}
dhcp-boot=tag:bw-{{ file.tag }},tag:!bw-ipxe,tag:!bw-over-http,{{ tags }}{{ file.filename }},,{{ next_server }}
{% if file.http %}
dhcp-boot=tag:bw-{{ file.tag }},tag:!bw-ipxe,tag:bw-over-http,{{ tags }}{{ "" if file.url else http_base ~ "/" }}{{ file.filename }},,{{ next_server }}
{% endif %}
{% if file.prefix %}
dhcp-option-force=tag:bw-{{ file.tag }},tag:!bw-ipxe,{{ tags or not_elsewhere }}210,{{ http_base }}/
{% endif %}
{% endfor %}
{% endmacro %}
# Of several lines that fit the last one counts, so what an item names itself comes last.
{{ boot("", http_base, next_server) }}
{%- for network in networks %}
{% if network.elsewhere %}
# From {{ network.name }} this server is seen at another address.
{{ boot("tag:" ~ network.tag ~ ",", network.http_base, network.next_server) }}
{%- endif %}
{% endfor %}
{% for client in clients %}
{% if client.http %}
# Firmware that boots over HTTP listens only to who calls himself HTTPClient.
dhcp-option-force=tag:bw-{{ client.tag }},tag:!bw-ipxe,60,HTTPClient
{% endif %}
{% endfor %}
{% if networks | selectattr("proxy") | list %}

# Beside another DHCP server PXE firmware takes a boot menu with one entry.
dhcp-pxe-vendor=PXEClient,HTTPClient
{% macro service(client, tags, file) %}
{% for arch in client.arch %}
{% for network in networks if network.proxy %}
pxe-service=tag:{{ network.tag }},tag:!bw-ipxe,{{ tags }}{{ arch }},"Bootwright",{{ file }},{{ network.next_server }}
{% endfor %}
{% endfor %}
{% endmacro %}
{# Each machine sees one entry, for a menu of several waits: what its record says is no other's. #}
{% for file in files if not file.url %}
tag-if=set:bw-own-file,tag:bw-{{ file.tag }}
{% endfor %}
{% set no_file = "tag:!bw-own-file," if files | rejectattr("url") | list else "" %}
{% for client in proxy_clients if not client.http %}
{% set no_other %}
{% for other in client.others %}tag:!bw-{{ other.tag }},{% endfor %}
{% endset %}
{{ service(client, no_file ~ no_other, client.file) }}
{%- for other in client.others %}
{{ service(client, no_file ~ "tag:bw-" ~ other.tag ~ ",", other.file) }}
{%- endfor %}
{% for file in files if not file.url %}
{{ service(client, "tag:bw-" ~ file.tag ~ ",", file.filename) }}
{%- endfor %}
{% endfor %}
{% endif %}
{% if networks | selectattr("six") | selectattr("next_server") | list %}

# IPv6: the same by DHCPv6's options 61 (architecture) and 59 (boot file). In option 16 the name
# HTTPClient stands behind a number of 4 bytes, to which firmware pays no attention; dnsmasq writes
# strings there, each behind its length in 2 bytes. A BIOS does not ask; its 0 would be in all others'
# numbers, which are compared byte by byte.
dhcp-userclass=set:bw-is-ipxe,iPXE
{% for client in clients + own_clients if 0 not in client.arch %}
{% for arch in client.arch %}
dhcp-match=set:bw-{{ client.tag }},option6:61,{{ arch }}
{% endfor %}
{% endfor %}
{% endif %}
{% for network in networks %}
{% if network.six and network.next_server %}
dhcp-option=tag:bw-ipxe,tag:{{ network.tag }},option6:bootfile-url,{{ network.http_base }}/boot/ipxe
{% set tftp_base = "tftp://[" ~ network.next_server ~ "]" %}
{% for client in clients if 0 not in client.arch %}
{% set base = network.http_base if client.http else tftp_base %}
dhcp-option=tag:bw-{{ client.tag }},tag:!bw-ipxe,tag:{{ network.tag }},option6:bootfile-url,{{ base }}/{{ client.file }}
{% for other in client.others %}
dhcp-option=tag:bw-{{ client.tag }},tag:bw-{{ other.tag }},tag:!bw-ipxe,tag:{{ network.tag }},option6:bootfile-url,{{ base }}/{{ other.file }}
{% endfor %}
{% if client.http %}
dhcp-option=tag:bw-{{ client.tag }},tag:!bw-ipxe,tag:{{ network.tag }},option6:16,bw,HTTPClient
{% endif %}
{% endfor %}
{% for own in own_loaders %}
dhcp-option=tag:bw-{{ own.client }},tag:bw-{{ own.tag }},tag:!bw-ipxe,tag:{{ network.tag }},option6:bootfile-url,{{ tftp_base }}/{{ own.file }}
{% endfor %}
{% for file in files %}
dhcp-option=tag:bw-{{ file.tag }},tag:!bw-ipxe,tag:!bw-over-http,tag:{{ network.tag }},option6:bootfile-url,{{ "" if file.url else tftp_base ~ "/" }}{{ file.filename }}
{% if file.http %}
dhcp-option=tag:bw-{{ file.tag }},tag:!bw-ipxe,tag:bw-over-http,tag:{{ network.tag }},option6:bootfile-url,{{ "" if file.url else network.http_base ~ "/" }}{{ file.filename }}
{% endif %}
{% endfor %}
{% endif %}
{% endfor %}
