#include "boot/vars_network.h"

#include "base/json.h"
#include "base/net.h"
#include "boot/vars_value.h"
#include "model/types.h"

#include <stdlib.h>
#include <string.h>

static bool given(const char *text)
{
	return text && *text;
}

void boot_add_prefix(const char *netmask, struct strbuf *ret)
{
	unsigned prefix;

	if (*netmask && netmask_parse(netmask, &prefix, NULL) == 0)
		strbuf_addf(ret, "%u", prefix);
}

/* The number in "bond0.100"; 0 where the name is not a VLAN's. */
static long vlan_id(const char *name)
{
	const char *dot = strrchr(name, '.');
	char *end = NULL;
	long id;

	if (!dot || dot == name || dot[1] < '0' || dot[1] > '9')
		return 0;
	id = strtol(dot + 1, &end, 10);
	return *end == '\0' && id >= 1 && id <= 4094 ? id : 0;
}

static size_t vlan_parent(const char *name)
{
	return (size_t)(strrchr(name, '.') - name);
}

static const char *kind_of(const struct interface *interface)
{
	static const struct {
		const char *type;
		const char *kind;
	} kinds[] = {
		{"bond", "bond"},
		{"bonded_bridge_slave", "bond"}, /* a bond that is a bridge's port */
		{"bridge", "bridge"},
		{"infiniband", "infiniband"},
		{"bmc", "bmc"},
	};

	for (size_t i = 0; interface->interface_type && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].type, interface->interface_type) == 0)
			return kinds[i].kind;
	return vlan_id(interface->item.name) ? "vlan" : "ethernet";
}

static bool is_kind(const struct interface *interface, const char *kind)
{
	return strcmp(kind_of(interface), kind) == 0;
}

bool boot_is_card(const struct item *item)
{
	const struct interface *interface = (const struct interface *)item;

	return given(interface->mac_address) && !is_kind(interface, "bmc");
}

const struct item *boot_main_interface(const struct item *system)
{
	const struct item *first = NULL;

	for (size_t i = 0; i < system->children; i++) {
		const struct interface *interface = (const struct interface *)system->child[i];

		if (interface->management.set && interface->management.value)
			return system->child[i];
		if (!first && boot_is_card(system->child[i]))
			first = system->child[i];
	}
	return first;
}

/* What lies below an interface: a VLAN's parent, a bond's or a bridge's first member. */
static const struct item *below(const struct item *system, const struct item *item)
{
	if (is_kind((const struct interface *)item, "vlan")) {
		autofree char *parent = xstrndup(item->name, vlan_parent(item->name));

		return item_child(system, parent);
	}
	for (size_t i = 0; i < system->children; i++) {
		const char *master = ((const struct interface *)system->child[i])->interface_master;

		if (given(master) && strcmp(master, item->name) == 0)
			return system->child[i];
	}
	return NULL;
}

const struct item *boot_card(const struct item *system)
{
	const struct item *item = boot_main_interface(system);

	/* No longer than there are interfaces: two may name each other. */
	for (size_t i = 0; item && i <= system->children; i++) {
		if (boot_is_card(item))
			return item;
		item = below(system, item);
	}
	return NULL;
}

static bool has_address(const struct item *item)
{
	const struct interface *interface = (const struct interface *)item;

	return given(interface->ip_address) && given(interface->netmask);
}

const struct item *boot_static_interface(const struct item *system)
{
	const struct item *main = boot_main_interface(system);
	const struct item *item = boot_card(system);

	if (main && has_address(main) && !is_kind((const struct interface *)main, "vlan"))
		return main;
	for (size_t i = 0; item && i <= system->children; i++) {
		const char *master = ((const struct interface *)item)->interface_master;

		if (has_address(item))
			return item;
		item = given(master) ? item_child(system, master) : NULL;
	}
	return NULL;
}

static bool is_static(const struct interface *interface)
{
	return interface->static_address.set && interface->static_address.value;
}

static void add_vlan(const struct interface *interface, json_t *object)
{
	const char *name = interface->item.name;
	bool is_vlan = is_kind(interface, "vlan");
	autofree char *parent = xstrndup(name, is_vlan ? vlan_parent(name) : 0);

	json_object_set_new(object, "vlan_id", is_vlan ? json_integer(vlan_id(name)) : json_null());
	json_set_str(object, "vlan_parent", parent);
}

static void add_members(const struct item *system, const char *master, json_t *object)
{
	json_t *names = json_array();

	for (size_t i = 0; i < system->children; i++) {
		const struct interface *other = (const struct interface *)system->child[i];

		if (given(other->interface_master) && strcmp(other->interface_master, master) == 0)
			json_array_append_new(names, json_string(other->item.name));
	}
	json_object_set_new(object, "members", names);
}

/* Of these options the bonding driver takes a value's name or its number (bonding.rst), netplan and
 * networkd only the name: netplan refuses all of a file with "mode: 4". */
static const struct {
	const char *option;
	const char *value[8];
} bond_values[] = {
	{"mode", {"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad",
			 "balance-tlb", "balance-alb"}},
	{"lacp_rate", {"slow", "fast"}},
	{"xmit_hash_policy",
		{"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"}},
	{"ad_select", {"stable", "bandwidth", "count"}},
	{"fail_over_mac", {"none", "active", "follow"}},
	{"arp_validate", {"none", "active", "backup", "all"}},
	{"primary_reselect", {"always", "better", "failure"}},
};

static const char *bond_value(const char *option, const char *value)
{
	bool digit = *value >= '0' && *value < '8' && !value[1];

	for (size_t i = 0; digit && i < ARRAY_SIZE(bond_values); i++)
		if (strcmp(bond_values[i].option, option) == 0 &&
			bond_values[i].value[*value - '0'])
			return bond_values[i].value[*value - '0'];
	return value;
}

/* "mode=active-backup miimon=100"; a word without a value is 1, as for a kernel module. */
static void add_options(const struct interface *interface, json_t *object)
{
	bool bridge = is_kind(interface, "bridge");
	const char *text = bridge ? interface->bridge_opts : interface->bonding_opts;
	json_t *options = json_object();

	while (given(text)) {
		size_t len = strcspn(text, " ");
		autofree char *word = xstrndup(text, len);
		char *equals = strchr(word, '=');
		const char *value = equals ? equals + 1 : "1";

		if (equals)
			*equals = '\0';
		if (*word)
			json_set_str(options, word, bridge ? value : bond_value(word, value));
		text += len;
		text += strspn(text, " ");
	}
	json_object_set_new(object, "options", options);
}

/* "NETWORK/PREFIX" and a separator and "GATEWAY", which check_route4() and 6() have let in. */
static json_t *route_value(const char *route, char separator, int version)
{
	const char *slash = strchr(route, '/');
	const char *end = slash ? strchr(slash, separator) : NULL;
	json_t *object = json_object();
	autofree char *to = NULL;
	autofree char *network = NULL;
	autofree char *prefix = NULL;
	char netmask[16] = "";

	if (!end)
		return object;
	to = xstrndup(route, (size_t)(end - route));
	network = xstrndup(route, (size_t)(slash - route));
	prefix = xstrndup(slash + 1, (size_t)(end - slash - 1));
	if (version == 4)
		ip4_format((uint32_t)(0xffffffffULL << (32 - strtoul(prefix, NULL, 10))), netmask);
	json_set_str(object, "to", to);
	json_set_str(object, "network", network);
	json_set_str(object, "prefix", prefix);
	json_set_str(object, "netmask", netmask);
	json_set_str(object, "via", end + 1);
	json_object_set_new(object, "version", json_integer(version));
	return object;
}

static void add_routes(const struct interface *interface, json_t *object)
{
	json_t *routes = json_array();

	strv_for_each (route, &interface->static_routes.items)
		json_array_append_new(routes, route_value(route, ':', 4));
	strv_for_each (route, &interface->ipv6_static_routes.items)
		json_array_append_new(routes, route_value(route, '=', 6));
	json_object_set_new(object, "routes", routes);
}

static void append_address(json_t *both, json_t *six, const char *address, long long prefix)
{
	autofree char *text = xasprintf("%s/%lld", address, prefix);

	json_array_append_new(both, json_string(text));
	if (six)
		json_array_append_new(six, json_string(text));
}

static void add_addresses(const struct interface *interface, json_t *object)
{
	long long prefix6 =
		interface->ipv6_prefix.set ? (long long)interface->ipv6_prefix.value : 64;
	json_t *both = json_array();
	json_t *six = json_array();
	unsigned prefix;

	if (is_static(interface) && given(interface->ip_address) && given(interface->netmask) &&
		netmask_parse(interface->netmask, &prefix, NULL) == 0)
		append_address(both, NULL, interface->ip_address, prefix);
	if (given(interface->ipv6_address))
		append_address(both, six, interface->ipv6_address, prefix6);
	strv_for_each (address, &interface->ipv6_secondaries.items)
		append_address(both, six, address, prefix6);
	json_object_set_new(object, "addresses", both);
	json_object_set_new(object, "addresses6", six);
	json_object_set_new(object, "ipv6_prefix", json_integer(prefix6));
}

bool boot_reaches(const struct interface *interface, const char *gateway)
{
	uint32_t own;
	uint32_t mask;
	uint32_t other;

	return given(interface->ip_address) && given(interface->netmask) &&
	       ip4_parse(interface->ip_address, &own, NULL) == 0 &&
	       ip4_parse(interface->netmask, &mask, NULL) == 0 &&
	       ip4_parse(gateway, &other, NULL) == 0 && (own & mask) == (other & mask);
}

static bool reaches(const struct interface *interface, const char *gateway)
{
	return is_static(interface) && boot_reaches(interface, gateway);
}

/* The one that has the default route: a host has one, however many interfaces could reach it; never
 * a bond's or a bridge's port, which has no address. */
static const struct item *default_interface(const struct item *system, const char *gateway)
{
	const struct item *main = boot_main_interface(system);

	if (main && reaches((const struct interface *)main, gateway))
		return main;
	for (size_t i = 0; i < system->children; i++)
		if (reaches((const struct interface *)system->child[i], gateway))
			return system->child[i];
	return main && !given(((const struct interface *)main)->interface_master) ? main : NULL;
}

static void add_gateways(
	const struct resolved *resolved, const struct interface *interface, json_t *object)
{
	const char *common = resolved_str(resolved, "gateway");
	const char *device6 = resolved_str(resolved, "ipv6_default_device");
	const char *gateway = "";
	const char *gateway6 = "";

	if (given(interface->if_gateway))
		gateway = interface->if_gateway;
	else if (*common && !strchr(common, ':') &&
		 default_interface(resolved->item, common) == &interface->item)
		gateway = common;
	if (given(interface->ipv6_default_gateway) &&
		(!*device6 || strcmp(device6, interface->item.name) == 0))
		gateway6 = interface->ipv6_default_gateway;
	json_set_str(object, "gateway", gateway);
	json_set_str(object, "gateway6", gateway6);
}

static json_t *interface_value(const struct resolved *resolved, const struct item *item)
{
	const struct interface *interface = (const struct interface *)item;
	json_t *object = vars_item(item);
	autostrbuf prefix = STRBUF_INIT;

	boot_add_prefix(interface->netmask ? interface->netmask : "", &prefix);
	json_set_str(object, "prefix", prefix.buf);
	json_set_str(object, "kind", kind_of(interface));
	json_object_set_new(object, "dhcp4",
		json_boolean(!is_static(interface) && !given(interface->interface_master)));
	add_vlan(interface, object);
	add_members(resolved->item, item->name, object);
	add_options(interface, object);
	add_addresses(interface, object);
	add_gateways(resolved, interface, object);
	add_routes(interface, object);
	return object;
}

json_t *boot_interfaces(const struct resolved *resolved)
{
	const struct item *item = resolved->item;
	json_t *list = json_array();

	for (size_t i = 0; item->type->kind == ITEM_SYSTEM && i < item->children; i++)
		json_array_append_new(list, interface_value(resolved, item->child[i]));
	return list;
}
