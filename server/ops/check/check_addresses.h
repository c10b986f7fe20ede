/*
 * Are the fixed addresses of machines in networks that are defined? dnsmasq hands out a fixed
 * address only in its network, and where it is in none, any other, without a word.
 */
#ifndef OPS_CHECK_ADDRESSES_H
#define OPS_CHECK_ADDRESSES_H

#include "ops/server.h"

/* Systems that are looked at. */
enum { CHECK_ADDRESSES = 20000 };

/* True where networks are defined and some system has addresses in none of them: `problem` and
 * `advice` say it of the first, and how many more there are. */
bool addresses_lack_network(struct server *server, struct strbuf *problem, struct strbuf *advice);

#endif
