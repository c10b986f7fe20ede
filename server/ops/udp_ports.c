#include "ops/udp_ports.h"

#include "base/file.h"
#include "base/netlink.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

enum { TABLE_BYTES_MAX = 4 << 20 };

/* "  12: 00000000:0043 00000000:0000 07 …": after the row's number the local address, with its port
 * in hex behind the colon. */
static bool line_has(const char *line, unsigned port)
{
	const char *address = strchr(line, ':');
	const char *text = address ? strchr(address + 1, ':') : NULL;
	char *end;
	unsigned long found;

	if (!text)
		return false;
	found = strtoul(text + 1, &end, 16);
	return end == text + 5 && found == port;
}

bool udp_table_has(const char *table, unsigned port)
{
	const char *line = strchr(table, '\n'); /* the first line is a title */

	for (; line && line[1]; line = strchr(line + 1, '\n'))
		if (line_has(line + 1, port))
			return true;
	return false;
}

bool udp_port_is_bound(unsigned port)
{
	static const char *const tables[] = {"/proc/net/udp", "/proc/net/udp6"};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		autostrbuf text = STRBUF_INIT;

		if (file_read(AT_FDCWD, tables[i], TABLE_BYTES_MAX, &text, NULL) == 0 &&
			udp_table_has(text.buf, port))
			return true;
	}
	return false;
}

struct wanted {
	unsigned port;
	bool (*counts)(void *ctx, const char *interface);
	void *ctx;
	bool found;
};

static void look_at(void *ctx, struct nlmsghdr *message)
{
	const struct inet_diag_msg *socket = NLMSG_DATA(message);
	struct wanted *wanted = ctx;
	char name[IF_NAMESIZE];

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
		ntohs(socket->id.idiag_sport) != wanted->port)
		return;
	if (!socket->id.idiag_if || !if_indextoname(socket->id.idiag_if, name) ||
		wanted->counts(wanted->ctx, name))
		wanted->found = true;
}

static int ask_sockets(unsigned char family, struct wanted *wanted)
{
	const struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} question = {
		.head = {.nlmsg_len = sizeof(question),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = family,
			.sdiag_protocol = IPPROTO_UDP,
			.idiag_states = ~0U},
	};

	return netlink_dump(NETLINK_SOCK_DIAG, &question.head, look_at, wanted);
}

bool udp_port_is_bound_where(
	unsigned port, bool (*counts)(void *ctx, const char *interface), void *ctx)
{
	struct wanted wanted = {.port = port, .counts = counts, .ctx = ctx};

	if (!udp_port_is_bound(port))
		return false;
	if (ask_sockets(AF_INET, &wanted) < 0 || ask_sockets(AF_INET6, &wanted) < 0)
		return true;
	return wanted.found;
}
