#include "boot/dnsmasq_networks.h"

#include "base/json.h"
#include "base/net.h"
#include "model/types.h"

#include <string.h>

static bool is_v6(const char *address)
{
	return strchr(address, ':') != NULL;
}

/* Addresses of the network's own family; an IPv6 one stands in brackets in dnsmasq's options. */
static json_t *addresses(const struct strv *all, bool six)
{
	json_t *list = json_array();

	strv_for_each (address, all)
		if (is_v6(address) == six)
			json_array_append_new(
				list, six ? json_sprintf("[%s]", address) : json_string(address));
	return list;
}

/* "255.255.255.0" for 24. */
static void format_netmask(unsigned prefix, char ret[16])
{
	ip4_format(prefix ? ~0U << (32 - prefix) : 0, ret);
}

/*
 * What follows dhcp-range=set:TAG, by dnsmasq(8). Without addresses to lend, machines with a fixed
 * one are served still ("static"); an IPv6 network needs its prefix length, an IPv4 one its mask.
 */
static json_t *ranges(const struct network *network, bool proxy, int64_t lease)
{
	const char *slash = strchr(network->address, '/');
	autofree char *base = xstrndup(network->address, (size_t)(slash - network->address));
	autofree char *size = xstrdup(slash + 1);
	bool six = is_v6(base);
	json_t *list = json_array();
	char netmask[16];

	if (!six) {
		format_netmask((unsigned)strtoul(slash + 1, NULL, 10), netmask);
		free(size);
		size = xstrdup(netmask);
	}
	strv_for_each (range, &network->dhcp_range.items) {
		const char *dash = strchr(range, '-');

		json_array_append_new(list, json_sprintf("%.*s,%s,%s,%lld", (int)(dash - range),
						    range, dash + 1, size, (long long)lease));
	}
	if (proxy)
		json_array_append_new(list, json_sprintf("%s,proxy,%s", base, size));
	else if (!json_array_size(list))
		json_array_append_new(
			list, json_sprintf("%s,static,%s,%lld", base, size, (long long)lease));
	return list;
}

static bool is_served(const struct boot_network *network)
{
	return strcmp(resolved_str(network->resolved, "dhcp_mode"), "none") != 0;
}

/* The port is that of "http://10.77.0.1:8080". */
char *boot_http_base_v6(const char *http_base, const char *server)
{
	const char *port = strrchr(http_base, ':');

	if (!port || strspn(port + 1, "0123456789") != strlen(port + 1))
		port = "";
	return xasprintf("http://[%s]%s", server, port);
}

static void add_servers(
	const struct boot_dhcp *dhcp, const struct boot_network *from, bool six, json_t *network)
{
	const char *v6 = resolved_str(from->resolved, "next_server_v6");
	autofree char *base_v6 = boot_http_base_v6(from->site->http_base, v6);
	bool same = strcmp(from->site->next_server, dhcp->site->next_server) == 0 &&
	            strcmp(from->site->http_base, dhcp->site->http_base) == 0;

	json_object_set_new(network, "elsewhere", json_boolean(!same && !six));
	json_object_set_new(
		network, "next_server", json_string(six ? v6 : from->site->next_server));
	json_object_set_new(
		network, "http_base", json_string(six ? base_v6 : from->site->http_base));
}

/* The settings' router is for those networks without a gateway of their own that it lies in. */
static bool has_router(const struct boot_dhcp *dhcp, const struct resolved *resolved)
{
	const char *text = ((const struct network *)resolved->item)->address;
	size_t len = strcspn(text, "/");
	autofree char *base = xstrndup(text, len);
	unsigned prefix = text[len] ? (unsigned)strtoul(text + len + 1, NULL, 10) : 32;
	uint32_t network;
	uint32_t router;

	return !*resolved_str(resolved, "gateway") && prefix <= 32 &&
	       ip4_parse(base, &network, NULL) == 0 &&
	       ip4_parse(resolved_str(dhcp->settings, "dhcp_router"), &router, NULL) == 0 &&
	       (!prefix || (network ^ router) >> (32 - prefix) == 0);
}

/* Where a network's own list is empty the settings' is not for its machines; but as there, our own
 * address stands for a name server: installers stop and ask where DHCP gives none. */
static json_t *name_servers(const struct boot_dhcp *dhcp, const struct boot_network *from, bool six)
{
	const struct strv *known = resolved_list(from->resolved, "name_servers");
	json_t *list = addresses(known, six);

	if (!six && !known->n && resolved_list(dhcp->settings, "name_servers")->n)
		json_array_append_new(list, json_string(from->site->next_server));
	return list;
}

static json_t *network_json(const struct boot_dhcp *dhcp, const struct boot_network *from)
{
	const struct resolved *resolved = from->resolved;
	const struct network *network = (const struct network *)resolved->item;
	bool proxy = strcmp(resolved_str(resolved, "dhcp_mode"), "proxy") == 0;
	bool six = is_v6(network->address);
	json_t *object = json_object();

	json_set_str(object, "name", resolved->item->name);
	json_object_set_new(object, "tag", json_sprintf("bw-net-%s", resolved->item->name));
	json_object_set_new(object, "proxy", json_boolean(proxy));
	json_object_set_new(object, "six", json_boolean(six));
	json_object_set_new(
		object, "ranges", ranges(network, proxy, resolved_int(resolved, "lease_time")));
	json_set_str(object, "router", resolved_str(resolved, "gateway"));
	json_object_set_new(object, "has_router", json_boolean(has_router(dhcp, resolved)));
	json_object_set_new(object, "dns", name_servers(dhcp, from, six));
	json_object_set_new(
		object, "search", addresses(resolved_list(resolved, "name_servers_search"), false));
	json_object_set_new(object, "no_search",
		json_boolean(!six && !resolved_list(resolved, "name_servers_search")->n));
	json_object_set_new(object, "mtu", json_integer(resolved_int(resolved, "mtu")));
	add_servers(dhcp, from, six, object);
	return object;
}

static void add_interface(struct strv *list, const char *name)
{
	if (*name && !strv_has(list, name))
		strv_add(list, name);
}

/* A network without an interface of its own is reached by a relay, whose packets come in by any. */
static json_t *interfaces(const struct boot_dhcp *dhcp)
{
	autostrv names = STRV_INIT;
	json_t *list = json_array();

	add_interface(&names, resolved_str(dhcp->settings, "dhcp_interface"));
	for (size_t i = 0; i < dhcp->networks; i++)
		if (is_served(&dhcp->network[i]))
			add_interface(
				&names, resolved_str(dhcp->network[i].resolved, "dhcp_interface"));
	strv_for_each (name, &names)
		json_array_append_new(list, json_string(name));
	return list;
}

void dnsmasq_add_networks(const struct boot_dhcp *dhcp, json_t *vars)
{
	json_t *list = json_array();

	for (size_t i = 0; i < dhcp->networks; i++)
		if (is_served(&dhcp->network[i]))
			json_array_append_new(list, network_json(dhcp, &dhcp->network[i]));
	json_object_set_new(vars, "interfaces", interfaces(dhcp));
	json_object_set_new(vars, "networks", list);
}
