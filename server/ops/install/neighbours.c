#include "ops/install/neighbours.h"

#include "base/log.h"
#include "base/mem.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { ANSWER_MAX = 32 * 1024, STATES = NUD_INCOMPLETE | NUD_FAILED | NUD_NOARP };

struct wanted {
	uint8_t ip[16];
	size_t len;
	char *ret;
};

/* None of it is changed; the macros of netlink(3) cast what is const away. */
static void look_at(struct nlmsghdr *message, const struct wanted *wanted)
{
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

static int ask(int fd, unsigned char family)
{
	struct {
		struct nlmsghdr head;
		struct ndmsg entry;
	} question = {
		.head = {.nlmsg_len = sizeof(question),
			.nlmsg_type = RTM_GETNEIGH,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.entry = {.ndm_family = family},
	};

	return send(fd, &question, sizeof(question), 0) == sizeof(question) ? 0 : -1;
}

/* The answer comes in several datagrams of several messages, to the one that says it was all. */
static void read_answer(int fd, const struct wanted *wanted)
{
	autofree char *buf = xmalloc(ANSWER_MAX);

	for (;;) {
		ssize_t n = recv(fd, buf, ANSWER_MAX, 0);
		unsigned left = n > 0 ? (unsigned)n : 0;
		struct nlmsghdr *message = (struct nlmsghdr *)buf;

		if (n <= 0)
			return;
		for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
			if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
				return;
			look_at(message, wanted);
		}
	}
}

void neighbour_mac(const char *ip, char ret[MAC_TEXT])
{
	autoclose int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	const struct timeval limit = {.tv_sec = 1};
	struct wanted wanted = {.ret = ret};

	*ret = '\0';
	if (fd < 0 || ip_parse(ip, wanted.ip, &wanted.len, NULL) < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (ask(fd, wanted.len == 4 ? AF_INET : AF_INET6) == 0)
		read_answer(fd, &wanted);
	else
		log_debug("neighbours: the kernel does not answer");
}
