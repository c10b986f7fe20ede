/* What the kernel tells over netlink(7). */
#ifndef BASE_NETLINK_H
#define BASE_NETLINK_H

#include <linux/netlink.h>

/* The message is not to be changed; the macros of netlink(3) want it so. */
typedef void netlink_fn(void *ctx, struct nlmsghdr *message);

/* Sends a question that is a whole message, with NLM_F_REQUEST and NLM_F_DUMP, to one of
 * NETLINK_ROUTE, NETLINK_SOCK_DIAG …, and hands on each message of the answer. -1: it is not all
 * there, for the kernel has no such protocol, does not answer within a second, or says no. */
int netlink_dump(int protocol, const struct nlmsghdr *question, netlink_fn *look, void *ctx);

#endif
