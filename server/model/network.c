#include "base/net.h"
#include "model/rows.h"
#include "model/search_domains.h"

#include <string.h>

static const char *const dhcp_modes[] = {"full", "proxy", "none", NULL};

static const struct field fields[] = {
	COMMENT_ROWS(network),
	FIELD(network, address, .check = check_network, .flags = FIELD_REQUIRED | FIELD_UNIQUE,
		.publishes = PUBLISH_DHCP, .help = "its address and prefix length: 10.77.0.0/24"),
	FIELD(network, dhcp_mode, .choices = dhcp_modes, .fallback = "full",
		.publishes = PUBLISH_DHCP,
		.help = "full: addresses and boot files; proxy: only boot files, beside somebody "
			"else's DHCP server; none: not served"),
	FIELD(network, dhcp_interface, .check = check_interface_name, .publishes = PUBLISH_DHCP,
		.help = "this server's network interface there; unset: it is reached by a relay"),
	FIELD(network, vlan, .min = 1, .max = 4094, .help = "its VLAN, a note for people"),
	FIELD(network, dhcp_range, .check = check_address_range, .publishes = PUBLISH_DHCP,
		.help = "addresses for machines without a fixed one: FIRST-LAST, several "
			"possible"),
	FIELD(network, gateway, .check = check_ip, .publishes = PUBLISH_DHCP,
		.help = "default gateway that DHCP hands out"),
	FIELD(network, name_servers, .flags = FIELD_INHERIT, .check = check_ip,
		.publishes = PUBLISH_DHCP, .help = "addresses of DNS servers"),
	FIELD(network, name_servers_search, .flags = FIELD_INHERIT, .check = check_host,
		.publishes = PUBLISH_DHCP,
		.help = "DNS search domains; the first is the domain of the machines"),
	FIELD(network, server, .check = check_host, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_DHCP,
		.help = "address of this server there, where it differs"),
	SERVER_ROWS(network),
	FIELD(network, lease_time, .min = 120, .max = 31536000, .unit = "s", .fallback = "3600",
		.publishes = PUBLISH_DHCP, .help = "how long an address is lent"),
	FIELD(network, mtu, .min = 576, .max = 65535, .unit = "bytes", .publishes = PUBLISH_DHCP,
		.help = "MTU that DHCP hands out"),
};

/* True where the address (of the family, too) is in the network. */
static bool is_inside(const char *network, const char *address)
{
	const char *slash = strchr(network, '/');
	autofree char *base = xstrndup(network, (size_t)(slash - network));
	uint8_t a[16];
	uint8_t b[16];
	size_t a_len;
	size_t b_len;

	return ip_parse(base, a, &a_len, NULL) == 0 && ip_parse(address, b, &b_len, NULL) == 0 &&
	       a_len == b_len && ip_same_network(a, b, (unsigned)strtoul(slash + 1, NULL, 10));
}

static int check_ranges(const struct network *network, struct err *err)
{
	for (size_t i = 0; i < network->dhcp_range.items.n; i++) {
		const char *range = network->dhcp_range.items.v[i];
		const char *dash = strchr(range, '-');
		autofree char *first = xstrndup(range, (size_t)(dash - range));

		if (!is_inside(network->address, first) || !is_inside(network->address, dash + 1))
			return err_field(err, ERR_INVALID, "dhcp_range",
				"'%s' is not in the network %s", range, network->address);
	}
	return 0;
}

/* What dnsmasq would refuse, and with it all that would be published. */
static int check_full(const struct network *network, struct err *err)
{
	enum { IPV6_PREFIX_MIN = 64 };

	if (network->dhcp_mode && *network->dhcp_mode && strcmp(network->dhcp_mode, "full") != 0)
		return 0;
	if (!strchr(network->address, ':'))
		return search_domains_fit(&network->name_servers_search.items, err);
	if (strtoul(strchr(network->address, '/') + 1, NULL, 10) >= IPV6_PREFIX_MIN)
		return 0;
	return err_field(err, ERR_INVALID, "address",
		"%s is wider than dnsmasq serves: give the /64 that machines boot from, or set "
		"dhcp_mode to none",
		network->address);
}

static int validate(const struct item *item, struct err *err)
{
	const struct network *network = (const struct network *)item;
	bool proxy = network->dhcp_mode && strcmp(network->dhcp_mode, "proxy") == 0;

	if (check_ranges(network, err) < 0)
		return -1;
	if (network->gateway && *network->gateway && !is_inside(network->address, network->gateway))
		return err_field(err, ERR_INVALID, "gateway", "'%s' is not in the network %s",
			network->gateway, network->address);
	if (check_full(network, err) < 0)
		return -1;
	if (proxy && strchr(network->address, ':'))
		return err_field(err, ERR_INVALID, "dhcp_mode",
			"proxy DHCP is there for IPv4 only; use full or none");
	if (proxy && network->dhcp_range.items.n)
		return err_field(err, ERR_INVALID, "dhcp_range",
			"proxy DHCP hands out no addresses; unset it, or use the mode full");
	return 0;
}

const struct item_type network_type = {
	.kind = ITEM_NETWORK,
	.name = "network",
	.plural = "networks",
	.help = "a network that machines boot from, and what DHCP hands out there",
	.size = sizeof(struct network),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
	.validate = validate,
};
