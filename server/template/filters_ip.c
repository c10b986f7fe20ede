/*
 * Filters of our own for addresses: "10.1.2.3", "10.1.2.3/20", "10.1.2.3/255.255.240.0" and
 * "2001:db8::5/64", or an address with the netmask or prefix length as argument.
 */
#include "base/net.h"
#include "template/render.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct ip {
	int family;
	unsigned char bytes[16]; /* 4 of them for IPv4 */
	int prefix;              /* -1: none was given */
};

static size_t size_of(const struct ip *ip)
{
	return ip->family == AF_INET ? 4 : 16;
}

static int bits_of(const struct ip *ip)
{
	return (int)size_of(ip) * 8;
}

static bool parse_address(const char *s, struct ip *ret)
{
	ret->family = strchr(s, ':') ? AF_INET6 : AF_INET;
	ret->prefix = -1;
	return inet_pton(ret->family, s, ret->bytes) == 1;
}

/* Sets the bits from `from` on, to one or zero. */
static void set_bits_from(struct ip *ip, int from, bool one)
{
	for (int i = from; i < bits_of(ip); i++) {
		unsigned char bit = (unsigned char)(0x80 >> i % 8);

		if (one)
			ip->bytes[i / 8] |= bit;
		else
			ip->bytes[i / 8] &= (unsigned char)~bit;
	}
}

/* "24", or for IPv4 also "255.255.255.0". */
static bool parse_prefix(const char *s, int max, int *ret)
{
	unsigned n = 0;

	if (max == 32) {
		if (netmask_parse(s, &n, NULL) < 0)
			return false;
	} else {
		if (!*s || strlen(s) > 3 || strspn(s, "0123456789") != strlen(s))
			return false;
		for (; *s; s++)
			n = n * 10 + (unsigned)(*s - '0');
	}
	*ret = (int)n;
	return *ret <= max;
}

static int text_arg(struct render *r, const struct call *c, size_t i, char text[64])
{
	struct value s;

	if (rd_to_str(r, &c->args[i], &s) < 0)
		return -1;
	if (s.len > 63 || memchr(s.s, '\0', s.len))
		return rd_fail(r, "'%s' needs an address, not a text of %u bytes", c->name, s.len);
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	return 0;
}

static int ip_arg(struct render *r, const struct call *c, struct ip *ret)
{
	char text[64];
	char copy[64];
	char *slash;

	if (text_arg(r, c, 0, text) < 0)
		return -1;
	memcpy(copy, text, sizeof(copy));
	slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	if (!parse_address(copy, ret) ||
		(slash && !parse_prefix(slash + 1, bits_of(ret), &ret->prefix)))
		return rd_fail(r, "'%s' is no IP address such as 192.0.2.1 or 192.0.2.1/24", text);
	return 0;
}

static int only_ipv4(struct render *r, const struct call *c, const struct ip *ip)
{
	return ip->family == AF_INET ? 0 : rd_fail(r, "'%s' is for IPv4 only", c->name);
}

/* The address with its prefix length, from the filter's argument where there is one. */
static int ip_with_prefix(struct render *r, const struct call *c, struct ip *ret)
{
	char text[64];

	if (ip_arg(r, c, ret) < 0)
		return -1;
	if (arg_given(c, 1)) {
		if (text_arg(r, c, 1, text) < 0)
			return -1;
		if (!parse_prefix(text, bits_of(ret), &ret->prefix))
			return rd_fail(r, "'%s' is no netmask or prefix length", text);
	}
	if (ret->prefix < 0)
		return rd_fail(r,
			"'%s' needs an address with a length such as /24, or the netmask as "
			"argument",
			c->name);
	return 0;
}

static int address_value(struct render *r, const struct ip *ip, struct value *ret)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(ip->family, ip->bytes, text, sizeof(text));
	return rd_string(r, text, strlen(text), ret);
}

static int filter_network(struct render *r, struct call *c, struct value *ret)
{
	struct ip ip;

	if (ip_with_prefix(r, c, &ip) < 0)
		return -1;
	set_bits_from(&ip, ip.prefix, false);
	return address_value(r, &ip, ret);
}

static int filter_broadcast(struct render *r, struct call *c, struct value *ret)
{
	struct ip ip;

	if (ip_with_prefix(r, c, &ip) < 0 || only_ipv4(r, c, &ip) < 0)
		return -1;
	set_bits_from(&ip, ip.prefix, true);
	return address_value(r, &ip, ret);
}

/* The length of "10.0.0.5/24", "255.255.255.0" or "2001:db8::1/64". */
static int length_of(struct render *r, const struct call *c, struct ip *ret)
{
	char text[64];

	if (ip_arg(r, c, ret) < 0 || text_arg(r, c, 0, text) < 0)
		return -1;
	if (ret->prefix < 0 && !parse_prefix(text, bits_of(ret), &ret->prefix))
		return rd_fail(
			r, "'%s' needs a netmask or an address with a length such as /24", c->name);
	return 0;
}

/* "10.0.0.5/24", "255.255.255.0", "/24" and 24 give 255.255.255.0. */
static int filter_netmask(struct render *r, struct call *c, struct value *ret)
{
	struct ip ip = {.family = AF_INET};
	char text[64];

	if (text_arg(r, c, 0, text) < 0)
		return -1;
	if (strchr(text, '.') || strchr(text, ':')) {
		if (length_of(r, c, &ip) < 0 || only_ipv4(r, c, &ip) < 0)
			return -1;
	} else if (!parse_prefix(text + (text[0] == '/'), 32, &ip.prefix)) {
		return rd_fail(r, "'%s' is no prefix length", text);
	}
	memset(ip.bytes, 0xff, 4);
	set_bits_from(&ip, ip.prefix, false);
	return address_value(r, &ip, ret);
}

/* "255.255.255.0" and "10.0.0.5/24" give 24. */
static int filter_prefix(struct render *r, struct call *c, struct value *ret)
{
	struct ip ip;

	if (length_of(r, c, &ip) < 0)
		return -1;
	*ret = value_int(ip.prefix);
	return 0;
}

/* C000025B for 192.0.2.91: the file name that pxelinux looks for. */
static int filter_hex(struct render *r, struct call *c, struct value *ret)
{
	char text[16];
	struct ip ip;

	if (ip_arg(r, c, &ip) < 0 || only_ipv4(r, c, &ip) < 0)
		return -1;
	snprintf(text, sizeof(text), "%02X%02X%02X%02X", ip.bytes[0], ip.bytes[1], ip.bytes[2],
		ip.bytes[3]);
	return rd_string(r, text, strlen(text), ret);
}

/* The address of "10.0.0.5/24" without its length. */
static int filter_address(struct render *r, struct call *c, struct value *ret)
{
	struct ip ip;

	return ip_arg(r, c, &ip) < 0 ? -1 : address_value(r, &ip, ret);
}

const struct builtin filters_ip[] = {
	{.name = "address", .fn = filter_address},
	{.name = "network", .fn = filter_network, .params = {"netmask"}},
	{.name = "broadcast", .fn = filter_broadcast, .params = {"netmask"}},
	{.name = "netmask", .fn = filter_netmask},
	{.name = "prefix", .fn = filter_prefix},
	{.name = "hex", .fn = filter_hex},
	/* The names of the first releases. */
	{.name = "ipaddr_address", .fn = filter_address},
	{.name = "ipaddr_network", .fn = filter_network, .params = {"netmask"}},
	{.name = "ipaddr_broadcast", .fn = filter_broadcast, .params = {"netmask"}},
	{.name = "hexip", .fn = filter_hex},
	{.name = NULL},
};
