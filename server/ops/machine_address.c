#include "ops/machine_address.h"

#include "base/file.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/neighbours.h"

#include <fcntl.h>
#include <string.h>

enum { LEASES_MAX = 16 << 20 };

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

/* A line of dnsmasq's leases: "1763742000 52:54:00:aa:00:07 10.77.0.50 web7 01:52:…". IPv6 leases
 * have no MAC address. */
static bool lease_fits(char *line, const char *ip, char ret[MAC_TEXT])
{
	autostrv words = STRV_INIT;
	struct mac mac;

	strv_split(&words, line, " ");
	if (words.n < 3 || strcmp(words.v[2], ip) != 0 || mac_parse(words.v[1], &mac, NULL) < 0)
		return false;
	mac_format(&mac, ':', ret);
	return true;
}

static void from_leases(int dirfd, const char *path, const char *ip, char ret[MAC_TEXT])
{
	autostrbuf text = STRBUF_INIT;
	struct err why = ERR_INIT;
	char *line;

	if (file_read(dirfd, path, LEASES_MAX, &text, &why) < 0) {
		log_debug("leases: %s", why.msg);
		return;
	}
	line = text.buf;
	while (line && *line) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		/* Most lines are others': only what holds the address is taken apart. */
		if (strstr(line, ip) && lease_fits(line, ip, ret))
			return;
		line = end ? end + 1 : NULL;
	}
}

int machine_mac(struct server *server, const char *ip, char ret[MAC_TEXT], struct err *err)
{
	*ret = '\0';
	if (from_store(server, ip, ret, err) < 0)
		return -1;
	if (!*ret)
		from_leases(server->state_fd, "dnsmasq.leases", ip, ret);
	if (!*ret && !server->config.managed)
		from_leases(AT_FDCWD, "/var/lib/misc/dnsmasq.leases", ip, ret);
	if (!*ret)
		neighbour_mac(ip, ret);
	return 0;
}
