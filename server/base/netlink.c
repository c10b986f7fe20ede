#include "base/netlink.h"

#include "base/mem.h"

#include <sys/socket.h>
#include <sys/time.h>

enum { ANSWER_MAX = 32 * 1024 };

/* The answer comes in several datagrams of several messages, to the one that says it was all. */
static int read_answer(int fd, netlink_fn *look, void *ctx)
{
	autofree char *buf = xmalloc(ANSWER_MAX);

	for (;;) {
		ssize_t n = recv(fd, buf, ANSWER_MAX, 0);
		unsigned left = n > 0 ? (unsigned)n : 0;
		struct nlmsghdr *message = (struct nlmsghdr *)buf;

		if (n <= 0)
			return -1;
		for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
			if (message->nlmsg_type == NLMSG_DONE)
				return 0;
			if (message->nlmsg_type == NLMSG_ERROR)
				return -1;
			look(ctx, message);
		}
	}
}

int netlink_dump(int protocol, const struct nlmsghdr *question, netlink_fn *look, void *ctx)
{
	autoclose int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	const struct timeval limit = {.tv_sec = 1};

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0 ||
		send(fd, question, question->nlmsg_len, 0) != (ssize_t)question->nlmsg_len)
		return -1;
	return read_answer(fd, look, ctx);
}
