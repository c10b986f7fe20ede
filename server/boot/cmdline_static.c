#include "boot/cmdline_static.h"

#include "boot/vars.h"
#include "model/root.h"
#include "model/types.h"

#include <string.h>

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

/* NULL where the machine asks DHCP. */
static const struct interface *static_interface(const struct resolved *resolved)
{
	if (strcmp(resolved_str(resolved, "installer_network"), "static") != 0 ||
		resolved->item->type->kind != ITEM_SYSTEM ||
		root_kind(resolved_str(resolved, "root")) == ROOT_ISCSI)
		return NULL;
	return (const struct interface *)boot_static_interface(resolved->item);
}

/* Which name an installer will have for the only card is its own business. A bond's address is for
 * now its card's: nobody has made a bond0 yet. */
static const char *device(const struct interface *interface, const struct item *system)
{
	const struct item *card = boot_card(system);
	size_t cards = 0;

	for (size_t i = 0; i < system->children; i++)
		cards += boot_is_card(system->child[i]);
	return cards <= 1 ? "" : card ? card->name : interface->item.name;
}

/* The system's is for its main interface: another one may be in a network without it. */
static const char *gateway(const struct interface *interface, const struct system *system)
{
	const char *common = or_nothing(system->gateway);

	if (*or_nothing(interface->if_gateway))
		return interface->if_gateway;
	return boot_main_interface(&system->item) == &interface->item ||
	                       boot_reaches(interface, common)
	               ? common
	               : "";
}

/* Those that a machine with an IPv4 address can ask; in ip= the colons of another's would end the
 * word. */
static void ip4_servers(const struct resolved *resolved, struct strv *ret)
{
	const struct strv *servers = resolved_list(resolved, "name_servers");

	for (size_t i = 0; i < servers->n; i++)
		if (!strchr(servers->v[i], ':'))
			strv_add(ret, servers->v[i]);
}

/* CLIENT:SERVER:GATEWAY:NETMASK:HOST:DEVICE:none:DNS:DNS (the kernel's nfsroot.rst and
 * dracut.cmdline(7)). */
static void add_ip(const struct interface *interface, const char *part[PARTS], const char *hostname,
	const struct item *system, const struct strv *servers, struct strbuf *ret)
{
	enum { MOST = 2 };

	strbuf_addf(ret, "%s::%s:%s:%s:%s:none", part[PART_ADDRESS], part[PART_GATEWAY],
		part[PART_NETMASK], hostname, device(interface, system));
	for (size_t i = 0; i < servers->n && i < MOST; i++)
		strbuf_addf(ret, ":%s", servers->v[i]);
}

void cmdline_static_make(const struct resolved *resolved, const char *hostname,
	struct cmdline_static *ret, const char *part[PARTS])
{
	const struct interface *interface = static_interface(resolved);
	const struct system *system = (const struct system *)resolved->item;

	*ret = (struct cmdline_static){
		.ip = STRBUF_INIT, .server = STRV_INIT, .servers = STRBUF_INIT};
	part[PART_IP] = "dhcp";
	part[PART_ADDRESS] = part[PART_NETMASK] = part[PART_GATEWAY] = "";
	part[PART_SERVERS] = part[PART_SERVER] = "";
	if (!interface)
		return;
	part[PART_ADDRESS] = interface->ip_address;
	part[PART_NETMASK] = interface->netmask;
	part[PART_GATEWAY] = gateway(interface, system);
	ip4_servers(resolved, &ret->server);
	add_ip(interface, part, hostname, resolved->item, &ret->server, &ret->ip);
	part[PART_IP] = ret->ip.buf;
	strv_join(&ret->server, ",", &ret->servers);
	part[PART_SERVERS] = ret->servers.buf;
	part[PART_SERVER] = ret->server.n ? ret->server.v[0] : "";
}

void cmdline_static_done(struct cmdline_static *text)
{
	strbuf_done(&text->ip);
	strv_done(&text->server);
	strbuf_done(&text->servers);
}
