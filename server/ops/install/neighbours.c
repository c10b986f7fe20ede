#include "ops/install/neighbours.h"

#include "base/log.h"
#include "base/netlink.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

enum { STATES = NUD_INCOMPLETE | NUD_FAILED | NUD_NOARP };

struct wanted {
	uint8_t ip[16];
	size_t len;
	char *ret;
};

static void look_at(void *ctx, struct nlmsghdr *message)
{
	const struct wanted *wanted = ctx;
	struct ndmsg *entry = NLMSG_DATA(message);
	int left = (int)NLMSG_PAYLOAD(message, sizeof(*entry));
	struct rtattr *at = (struct rtattr *)((char *)entry + NLMSG_ALIGN(sizeof(*entry)));
	struct rtattr *ip = NULL, *card = NULL;
	struct mac mac;

	if (message->nlmsg_type != RTM_NEWNEIGH || (entry->ndm_state & STATES))
		return;
	while (RTA_OK(at, left)) { /* RTA_NEXT() mixes signs */
		size_t size = RTA_ALIGN(at->rta_len);

		if (at->rta_type == NDA_DST)
			ip = at;
		else if (at->rta_type == NDA_LLADDR)
			card = at;
		left -= (int)size;
		at = (struct rtattr *)((char *)at + size);
	}
	if (!ip || !card || RTA_PAYLOAD(ip) != wanted->len || RTA_PAYLOAD(card) != 6 ||
		memcmp(RTA_DATA(ip), wanted->ip, wanted->len) != 0)
		return;
	memcpy(mac.byte, RTA_DATA(card), 6);
	if (mac_is_unicast(&mac))
		mac_format(&mac, ':', wanted->ret);
}

void neighbour_mac(const char *ip, char ret[MAC_TEXT])
{
	struct wanted wanted = {.ret = ret};
	struct {
		struct nlmsghdr head;
		struct ndmsg entry;
	} question = {
		.head = {.nlmsg_len = sizeof(question),
			.nlmsg_type = RTM_GETNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};

	*ret = '\0';
	if (ip_parse(ip, wanted.ip, &wanted.len, NULL) < 0)
		return;
	question.entry.ndm_family = wanted.len == 4 ? AF_INET : AF_INET6;
	if (netlink_dump(NETLINK_ROUTE, &question.head, look_at, &wanted) < 0)
		log_debug("neighbours: the kernel does not tell all");
}
