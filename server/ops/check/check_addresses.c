#include "ops/check/check_addresses.h"

#include "base/net.h"
#include "model/types.h"

#include <string.h>

struct subnet {
	uint32_t address;
	uint32_t mask;
};

struct lacking {
	struct subnet *network;
	size_t networks, alloc;
	struct strbuf *problem;
	struct strbuf *advice;
	size_t n;
};

static int add_network(void *ctx, struct item *item, struct err *err)
{
	struct lacking *lacking = ctx;
	const char *text = ((const struct network *)item)->address;
	size_t len = strcspn(text, "/");
	autofree char *address = xstrndup(text, len);
	unsigned bits = text[len] ? (unsigned)strtoul(text + len + 1, NULL, 10) : 32;
	struct subnet subnet = {.mask = bits ? ~0U << (32 - bits) : 0};

	(void)err;
	if (bits > 32 || ip4_parse(address, &subnet.address, NULL) < 0)
		return 0;
	if (lacking->networks == lacking->alloc) {
		lacking->alloc = lacking->alloc ? 2 * lacking->alloc : 16;
		lacking->network =
			xreallocarray(lacking->network, lacking->alloc, sizeof(*lacking->network));
	}
	lacking->network[lacking->networks++] = subnet;
	return 0;
}

static bool is_in_some(const struct lacking *lacking, uint32_t address)
{
	for (size_t i = 0; i < lacking->networks; i++)
		if (((address ^ lacking->network[i].address) & lacking->network[i].mask) == 0)
			return true;
	return false;
}

/* Cards without a MAC address, such as VLANs, are not DHCP's; of the others one is enough, for the
 * rest may be in networks that nobody boots from. */
static int look_at(void *ctx, struct item *system, struct err *err)
{
	struct lacking *lacking = ctx;
	const struct interface *first = NULL;

	(void)err;
	for (size_t i = 0; i < system->children; i++) {
		const struct interface *card = (const struct interface *)system->child[i];
		uint32_t address;

		if (!card->mac_address || !*card->mac_address || !card->ip_address ||
			ip4_parse(card->ip_address, &address, NULL) < 0)
			continue;
		if (is_in_some(lacking, address))
			return 0;
		first = first ? first : card;
	}
	if (!first || lacking->n++ > 0)
		return 0;
	strbuf_addf(lacking->problem,
		"system '%s': its address %s is in no network that is defined: dnsmasq gives it "
		"another one, or none",
		system->name, first->ip_address);
	strbuf_addf(lacking->advice,
		"bootwright system edit %s --interface=%s --ip-address=ADDRESS, or define its "
		"network: bootwright network add",
		system->name, first->item.name);
	return 0;
}

bool addresses_lack_network(struct server *server, struct strbuf *problem, struct strbuf *advice)
{
	struct lacking lacking = {.problem = problem, .advice = advice};
	const struct db_query networks = {.type = &network_type};
	const struct db_query systems = {.type = &system_type, .limit = CHECK_ADDRESSES};

	if (db_item_list(server->db, &networks, add_network, &lacking, NULL) == 0 &&
		lacking.networks)
		db_item_list(server->db, &systems, look_at, &lacking, NULL);
	free(lacking.network);
	if (lacking.n > 1)
		strbuf_addf(problem, "; so it is with %zu more systems", lacking.n - 1);
	return lacking.n > 0;
}
