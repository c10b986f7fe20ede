/* Filters of our own: quoting for the files that installers and boot loaders read, and IPv4. */
#include "template/render.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* The text of args[0]. These formats cannot hold a NUL. */
static int text_arg(struct render *r, const struct call *c, struct value *ret)
{
	if (rd_to_str(r, &c->args[0], ret) < 0)
		return -1;
	if (memchr(ret->s, '\0', ret->len))
		return rd_fail(r, "'%s' cannot quote a NUL", c->name);
	if (ret->s[ret->len] != '\0') /* borrowed from the middle of a text */
		return rd_string(r, ret->s, ret->len, ret);
	return 0;
}

static int filter_shell(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;

	if (text_arg(r, c, &s) < 0)
		return -1;
	strbuf_add_shell(&b, s.s);
	return rd_take(r, &b, ret);
}

/* One word of GRUB's script language: in single quotes nothing is special but their end. */
static int filter_grub(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;

	if (text_arg(r, c, &s) < 0)
		return -1;
	if (strpbrk(s.s, "\n\r"))
		return rd_fail(r, "'grub' cannot quote a line break");
	strbuf_addc(&b, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\'')
			strbuf_adds(&b, "'\\''");
		else
			strbuf_addc(&b, s.s[i]);
	}
	strbuf_addc(&b, '\'');
	return rd_take(r, &b, ret);
}

/* pxelinux has no quoting at all: a value that would become another line is refused. */
static int filter_pxe(struct render *r, struct call *c, struct value *ret)
{
	if (text_arg(r, c, ret) < 0)
		return -1;
	for (size_t i = 0; i < ret->len; i++)
		if ((unsigned char)ret->s[i] < ' ' || ret->s[i] == 0x7f)
			return rd_fail(r, "'pxe' cannot hold a line break or control character");
	return 0;
}

static int filter_xml(struct render *r, struct call *c, struct value *ret)
{
	static const char special[] = "&<>\"'";
	static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
	autostrbuf b = STRBUF_INIT;
	struct value s;

	if (text_arg(r, c, &s) < 0)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		const char *p = strchr(special, s.s[i]);

		if (p)
			strbuf_adds(&b, names[p - special]);
		else if ((unsigned char)s.s[i] < ' ' && !strchr("\t\n\r", s.s[i]))
			return rd_fail(r, "XML cannot hold the control character 0x%02x",
				(unsigned)s.s[i]);
		else
			strbuf_addc(&b, s.s[i]);
	}
	return rd_take(r, &b, ret);
}

/* A value as YAML reads it back: numbers, booleans and null bare, text in double quotes, lists
 * and dicts in flow style. JSON is that, but for what tojson escapes for HTML. */
static int filter_yaml(struct render *r, struct call *c, struct value *ret)
{
	return rd_json(r, &c->args[0], ret);
}

static int filter_b64encode(struct render *r, struct call *c, struct value *ret)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct value s;
	char *text;
	char *to;

	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	text = to = rd_text(r, (s.len + 2) / 3 * 4);
	if (!text)
		return -1;
	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		unsigned v = (unsigned)(unsigned char)s.s[i] << 16;

		v |= left > 1 ? (unsigned)(unsigned char)s.s[i + 1] << 8 : 0;
		v |= left > 2 ? (unsigned)(unsigned char)s.s[i + 2] : 0;
		*to++ = digits[v >> 18];
		*to++ = digits[(v >> 12) & 63];
		*to++ = (char)(left > 1 ? digits[(v >> 6) & 63] : '=');
		*to++ = (char)(left > 2 ? digits[v & 63] : '=');
	}
	*to = '\0';
	*ret = value_str(text, (size_t)(to - text));
	return 0;
}

static uint32_t mask_of(unsigned prefix)
{
	return prefix >= 32 ? 0xffffffffu : ~(0xffffffffu >> prefix);
}

/* Bits of a mask; -1 where the ones are not all in front. */
static int prefix_of(uint32_t mask)
{
	int n = __builtin_popcount(mask);

	return mask_of((unsigned)n) == mask ? n : -1;
}

struct ipv4 {
	uint32_t address;
	int prefix; /* -1: none was given */
};

static bool parse_address(const char *s, uint32_t *ret)
{
	struct in_addr a;

	if (inet_pton(AF_INET, s, &a) != 1)
		return false;
	*ret = ntohl(a.s_addr);
	return true;
}

static bool parse_prefix(const char *s, int *ret)
{
	uint32_t mask;

	if (parse_address(s, &mask)) {
		*ret = prefix_of(mask);
		return *ret >= 0;
	}
	if (!*s || strlen(s) > 2 || strspn(s, "0123456789") != strlen(s))
		return false;
	*ret = s[0] - '0';
	if (s[1])
		*ret = *ret * 10 + s[1] - '0';
	return *ret <= 32;
}

/* a.b.c.d, a.b.c.d/24 or a.b.c.d/255.255.255.0. */
static int ipv4_arg(struct render *r, const struct call *c, struct ipv4 *ret)
{
	struct value s;
	char *copy;
	char *slash;
	bool good;

	if (text_arg(r, c, &s) < 0)
		return -1;
	copy = arena_strndup(&r->arena, s.s, s.len);
	slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	ret->prefix = -1;
	good = parse_address(copy, &ret->address) &&
	       (!slash || parse_prefix(slash + 1, &ret->prefix));
	if (!good)
		return rd_fail(
			r, "'%.100s' is no IPv4 address such as 192.0.2.1 or 192.0.2.1/24", s.s);
	return 0;
}

static int address_value(struct render *r, uint32_t address, struct value *ret)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr a = {.s_addr = htonl(address)};

	inet_ntop(AF_INET, &a, text, sizeof(text));
	return rd_string(r, text, strlen(text), ret);
}

/* The prefix length of the address, or of the filter's argument (24 or a netmask). */
static int prefix_arg(struct render *r, struct call *c, struct ipv4 *ip)
{
	struct value s;
	char text[32];

	if (!arg_given(c, 1)) {
		if (ip->prefix < 0)
			return rd_fail(r,
				"'%s' needs an address with a length such as /24, or the "
				"netmask as argument",
				c->name);
		return 0;
	}
	if (rd_to_str(r, &c->args[1], &s) < 0)
		return -1;
	snprintf(text, sizeof(text), "%.*s", (int)(s.len < 31 ? s.len : 31), s.s);
	if (s.len > 31 || !parse_prefix(text, &ip->prefix))
		return rd_fail(r, "'%.31s' is no netmask or prefix length", text);
	return 0;
}

static int filter_network(struct render *r, struct call *c, struct value *ret)
{
	struct ipv4 ip;

	if (ipv4_arg(r, c, &ip) < 0 || prefix_arg(r, c, &ip) < 0)
		return -1;
	return address_value(r, ip.address & mask_of((unsigned)ip.prefix), ret);
}

static int filter_broadcast(struct render *r, struct call *c, struct value *ret)
{
	struct ipv4 ip;

	if (ipv4_arg(r, c, &ip) < 0 || prefix_arg(r, c, &ip) < 0)
		return -1;
	return address_value(r, ip.address | ~mask_of((unsigned)ip.prefix), ret);
}

/* "10.0.0.5/24", "/24" and 24 give 255.255.255.0. */
static int filter_netmask(struct render *r, struct call *c, struct value *ret)
{
	struct value s;
	struct ipv4 ip;

	if (text_arg(r, c, &s) < 0)
		return -1;
	if (s.s[0] == '/')
		s = value_str(s.s + 1, s.len - 1);
	if (strchr(s.s, '.')) {
		if (ipv4_arg(r, c, &ip) < 0)
			return -1;
		if (ip.prefix < 0 && prefix_of(ip.address) < 0)
			return rd_fail(r, "'%.100s' has no length such as /24", s.s);
		if (ip.prefix < 0)
			ip.prefix = prefix_of(ip.address);
	} else if (!parse_prefix(s.s, &ip.prefix)) {
		return rd_fail(r, "'%.100s' is no prefix length", s.s);
	}
	return address_value(r, mask_of((unsigned)ip.prefix), ret);
}

/* "255.255.255.0" and "10.0.0.5/24" give 24. */
static int filter_prefix(struct render *r, struct call *c, struct value *ret)
{
	struct ipv4 ip;

	if (ipv4_arg(r, c, &ip) < 0)
		return -1;
	if (ip.prefix < 0)
		ip.prefix = prefix_of(ip.address);
	if (ip.prefix < 0)
		return rd_fail(r, "'prefix' needs a netmask or an address with a length");
	*ret = value_int(ip.prefix);
	return 0;
}

/* C000025B for 192.0.2.91: the file name that pxelinux looks for. */
static int filter_hexip(struct render *r, struct call *c, struct value *ret)
{
	char text[16];
	struct ipv4 ip;

	if (ipv4_arg(r, c, &ip) < 0)
		return -1;
	snprintf(text, sizeof(text), "%08X", ip.address);
	return rd_string(r, text, strlen(text), ret);
}

/* The address of "10.0.0.5/24" without its length. */
static int filter_address(struct render *r, struct call *c, struct value *ret)
{
	struct ipv4 ip;

	return ipv4_arg(r, c, &ip) < 0 ? -1 : address_value(r, ip.address, ret);
}

const struct builtin filters_field[] = {
	{.name = "shell", .fn = filter_shell},
	{.name = "grub", .fn = filter_grub},
	{.name = "pxe", .fn = filter_pxe},
	{.name = "xml", .fn = filter_xml},
	{.name = "yaml", .fn = filter_yaml},
	{.name = "b64encode", .fn = filter_b64encode},
	{.name = "ipaddr_network", .fn = filter_network, .params = {"netmask"}},
	{.name = "ipaddr_broadcast", .fn = filter_broadcast, .params = {"netmask"}},
	{.name = "ipaddr_address", .fn = filter_address},
	{.name = "netmask", .fn = filter_netmask},
	{.name = "prefix", .fn = filter_prefix},
	{.name = "hexip", .fn = filter_hexip},
	{.name = NULL},
};
