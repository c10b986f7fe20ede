#include "ops/check/check_networks.h"

#include "base/net.h"
#include "ops/query/chain_list.h"

#include <net/if.h>
#include <string.h>

/* An address and its prefix length; `len` 0: none. */
struct subnet {
	uint8_t address[16];
	size_t len;
	unsigned prefix;
};

/* "10.77.0.0/24", or "10.77.0.50,10.77.0.99", whose first address stands for all. */
static struct subnet subnet_of(const char *text)
{
	struct subnet subnet = {.len = 0};
	size_t n = text ? strcspn(text, "/,-") : 0;
	autofree char *address = xstrndup(text ? text : "", n);

	if (!n || ip_parse(address, subnet.address, &subnet.len, NULL) < 0)
		return (struct subnet){.len = 0};
	subnet.prefix = text[n] == '/' ? (unsigned)strtoul(text + n + 1, NULL, 10)
	                               : (unsigned)subnet.len * 8;
	return subnet;
}

/* The settings' own: that of their dhcp_range, or where only a netmask is set, this server's
 * (dnsmasq's "static" range, for machines with fixed addresses). */
static struct subnet own_subnet(const struct settings *settings)
{
	const char *next = settings->next_server_v4;
	const char *netmask = settings->dhcp_netmask;
	struct subnet subnet;
	unsigned prefix;

	if (settings->dhcp_range && *settings->dhcp_range)
		return subnet_of(settings->dhcp_range);
	subnet = subnet_of(next && *next ? next : settings->server);
	if (subnet.len != 4 || !netmask || !*netmask || netmask_parse(netmask, &prefix, NULL) < 0)
		return (struct subnet){.len = 0};
	subnet.prefix = prefix;
	return subnet;
}

static bool overlap(const struct subnet *a, const struct subnet *b)
{
	return a->len && a->len == b->len &&
	       ip_same_network(
		       a->address, b->address, a->prefix < b->prefix ? a->prefix : b->prefix);
}

static const struct network *network_at(const struct chain_list *list, size_t i)
{
	return (const struct network *)chain_end(list->chain[i])->item;
}

/* Of one that is not served dnsmasq's configuration says nothing. */
static bool is_served(const struct chain_list *list, size_t i)
{
	return strcmp(resolved_str(chain_end(list->chain[i]), "dhcp_mode"), "none") != 0;
}

bool networks_clash(struct server *server, const struct settings *settings, struct strbuf *problem,
	struct strbuf *advice)
{
	autochains chains = CHAIN_LIST_INIT;
	struct subnet range = own_subnet(settings);

	if (chain_list_add(server, &network_type, &chains, NULL) < 0)
		return false;
	for (size_t i = 0; i < chains.n; i++) {
		const struct network *a = network_at(&chains, i);
		struct subnet of_a = subnet_of(a->address);

		if (!is_served(&chains, i))
			continue;
		if (overlap(&range, &of_a)) {
			strbuf_addf(problem,
				"the settings' %s is in network '%s': machines there may get what "
				"either says",
				settings->dhcp_range && *settings->dhcp_range
					? "dhcp_range"
					: "own network (dhcp_netmask)",
				a->item.name);
			strbuf_adds(
				advice, "bootwright settings edit --dhcp-range= --dhcp-netmask=");
			return true;
		}
		for (size_t j = i + 1; j < chains.n; j++) {
			const struct network *b = network_at(&chains, j);
			struct subnet of_b = subnet_of(b->address);

			if (!is_served(&chains, j) || !overlap(&of_a, &of_b))
				continue;
			strbuf_addf(problem,
				"networks '%s' (%s) and '%s' (%s) share addresses: machines there "
				"may get what either says",
				a->item.name, a->address, b->item.name, b->address);
			strbuf_addf(advice,
				"bootwright network edit --name=%s --address=NETWORK/PREFIX",
				b->item.name);
			return true;
		}
	}
	return false;
}

/* dnsmasq does not start without it, though `dnsmasq --test` finds nothing. */
static bool is_gone(const char *interface)
{
	return *interface && !if_nametoindex(interface);
}

bool networks_lack_interface(struct server *server, const struct settings *settings,
	struct strbuf *problem, struct strbuf *advice)
{
	const char *own = settings->dhcp_interface ? settings->dhcp_interface : "";
	autochains chains = CHAIN_LIST_INIT;

	if (is_gone(own)) {
		strbuf_addf(problem, "the settings' dhcp_interface '%s' is not there", own);
		strbuf_adds(advice, "bootwright settings edit --dhcp-interface=INTERFACE");
		return true;
	}
	if (chain_list_add(server, &network_type, &chains, NULL) < 0)
		return false;
	for (size_t i = 0; i < chains.n; i++) {
		const struct network *network = network_at(&chains, i);
		const char *name = resolved_str(chain_end(chains.chain[i]), "dhcp_interface");

		if (!is_served(&chains, i) || !is_gone(name))
			continue;
		strbuf_addf(problem, "network '%s': its dhcp_interface '%s' is not there",
			network->item.name, name);
		strbuf_addf(advice, "bootwright network edit --name=%s --dhcp-interface=INTERFACE",
			network->item.name);
		return true;
	}
	return false;
}

bool networks_lack_secure_boot(struct server *server, struct strbuf *problem, struct strbuf *advice)
{
	autochains chains = CHAIN_LIST_INIT;

	if (chain_list_add(server, &network_type, &chains, NULL) < 0)
		return false;
	for (size_t i = 0; i < chains.n; i++) {
		const struct resolved *resolved = chain_end(chains.chain[i]);

		if (strcmp(resolved_str(resolved, "dhcp_mode"), "proxy") != 0)
			continue;
		strbuf_addf(problem,
			"in network '%s', beside another DHCP server, machines with UEFI get %s: "
			"with Secure Boot on they do not boot from PXE, for the signed GRUB would "
			"look for its files on the other server",
			resolved->item->name,
			resolved_bool(chains.chain[i]->resolved[0], "enable_ipxe") ? "iPXE"
										   : "no loader");
		strbuf_adds(advice,
			"switch Secure Boot off there, let their firmware boot over HTTP, or let "
			"the other server name this one as its next-server (dhcp_mode none)");
		return true;
	}
	return false;
}
