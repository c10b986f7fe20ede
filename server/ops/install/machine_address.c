#include "ops/install/machine_address.h"

#include "base/file.h"
#include "base/lease.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/install/neighbours.h"

#include <fcntl.h>
#include <string.h>

enum { LEASES_MAX = 64 << 20 };

static bool has_text(const char *text)
{
	return text && *text;
}

/* A card without an address of its own may share one with the card that has it: the first with a
 * MAC stands in. */
static void mac_of_system(const struct item *system, const char *ip, char ret[MAC_TEXT])
{
	for (size_t i = system->children; i-- > 0;) {
		const struct interface *card = (const struct interface *)system->child[i];
		bool fits = (card->ip_address && strcmp(card->ip_address, ip) == 0) ||
		            (card->ipv6_address && strcmp(card->ipv6_address, ip) == 0);

		if (!has_text(card->mac_address))
			continue;
		snprintf(ret, MAC_TEXT, "%s", card->mac_address);
		if (fits)
			return;
	}
}

static int from_store(struct server *server, const char *ip, char ret[MAC_TEXT], struct err *err)
{
	autofree char *name = NULL;
	autoitem struct item *system = NULL;
	struct err why = ERR_INIT;

	if (db_system_by_ip(server->db, ip, &name, &why) < 0 ||
		db_item_get(server->db, &system_type, name, &system, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		if (err)
			*err = why;
		return -1;
	}
	mac_of_system(system, ip, ret);
	return 0;
}

static bool read_leases(struct server *server, struct strbuf *ret)
{
	struct err why = ERR_INIT;

	if (!server->config.leases)
		return false;
	if (file_read(AT_FDCWD, server->config.leases, LEASES_MAX, ret, &why) == 0)
		return true;
	log_debug("leases: %s", why.msg);
	return false;
}

/* The next lease with that word in its line; `rest` is what has not been read. Most lines are
 * others': only what holds it is taken apart. */
static bool next_lease(char **rest, const char *word, struct lease *ret)
{
	char *line;

	while ((line = strsep(rest, "\n")))
		if (strstr(line, word) && lease_parse(line, ret))
			return true;
	return false;
}

void machine_lent_to(struct server *server, const char *ip, char ret[MAC_TEXT])
{
	autostrbuf text = STRBUF_INIT;
	struct lease lease;
	char *rest;

	*ret = '\0';
	if (!read_leases(server, &text))
		return;
	rest = text.buf;
	while (!*ret && next_lease(&rest, ip, &lease))
		if (strcmp(lease.address, ip) == 0)
			snprintf(ret, MAC_TEXT, "%s", lease.mac);
}

void machine_lease(struct server *server, const char *mac, char ret[INET_ADDRSTRLEN])
{
	autostrbuf text = STRBUF_INIT;
	struct lease lease;
	char *rest;

	*ret = '\0';
	if (!read_leases(server, &text))
		return;
	rest = text.buf;
	while (!*ret && next_lease(&rest, mac, &lease))
		if (strcmp(lease.mac, mac) == 0 && strlen(lease.address) < INET_ADDRSTRLEN &&
			!strchr(lease.address, ':'))
			memcpy(ret, lease.address, strlen(lease.address) + 1);
}

int machine_mac(struct server *server, const char *ip, char ret[MAC_TEXT], struct err *err)
{
	*ret = '\0';
	if (from_store(server, ip, ret, err) < 0)
		return -1;
	if (!*ret)
		machine_lent_to(server, ip, ret);
	if (!*ret)
		neighbour_mac(ip, ret);
	return 0;
}
