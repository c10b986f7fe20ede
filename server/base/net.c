#include "base/net.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A separator after every `group` digits, each the same; `group` 12 means none. */
static bool mac_scan(const char *text, size_t group, const char *separators, struct mac *ret)
{
	char separator = '\0';

	for (size_t digit = 0; digit < 12; digit++) {
		int value = hex_digit(*text++);

		if (value < 0)
			return false;
		if (digit % 2 == 0)
			ret->byte[digit / 2] = (uint8_t)(value << 4);
		else
			ret->byte[digit / 2] |= (uint8_t)value;
		if ((digit + 1) % group == 0 && digit != 11) {
			if (!*text || !strchr(separators, *text) ||
				(separator && *text != separator))
				return false;
			separator = *text++;
		}
	}
	return *text == '\0';
}

int mac_parse(const char *text, struct mac *ret, struct err *err)
{
	struct mac mac;

	if (!mac_scan(text, 2, ":-", &mac) && !mac_scan(text, 4, ".", &mac) &&
		!mac_scan(text, 12, "", &mac))
		return err_set(err, ERR_INVALID,
			"'%.40s' is not a MAC address; write it as 00:16:3e:12:34:56", text);
	*ret = mac;
	return 0;
}

void mac_format(const struct mac *mac, char separator, char ret[MAC_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(mac->byte); i++) {
		ret[3 * i] = digits[mac->byte[i] >> 4];
		ret[3 * i + 1] = digits[mac->byte[i] & 15];
		ret[3 * i + 2] = separator;
	}
	ret[MAC_TEXT - 1] = '\0';
}

bool mac_is_unicast(const struct mac *mac)
{
	static const struct mac zero;

	return !(mac->byte[0] & 1) && memcmp(mac, &zero, sizeof(zero)) != 0;
}

int ip4_parse(const char *text, uint32_t *ret, struct err *err)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) != 1)
		return err_set(err, ERR_INVALID,
			"'%.60s' is not an IPv4 address; write it as 192.0.2.10", text);
	*ret = ntohl(address.s_addr);
	return 0;
}

void ip4_format(uint32_t address, char ret[16])
{
	struct in_addr in = {.s_addr = htonl(address)};

	inet_ntop(AF_INET, &in, ret, 16);
}

int ip_canonical(const char *text, char ret[46], struct err *err)
{
	struct in6_addr six;
	uint32_t four;

	if (inet_pton(AF_INET6, text, &six) == 1) {
		inet_ntop(AF_INET6, &six, ret, 46);
		return 0;
	}
	if (ip4_parse(text, &four, NULL) == 0) {
		ip4_format(four, ret);
		return 0;
	}
	return err_set(err, ERR_INVALID,
		"'%.60s' is not an IP address; write it as 192.0.2.10 or 2001:db8::10", text);
}

int ip_parse(const char *text, uint8_t bytes[16], size_t *ret, struct err *err)
{
	char canonical[46];

	if (ip_canonical(text, canonical, err) < 0)
		return -1;
	*ret = strchr(canonical, ':') ? 16 : 4;
	inet_pton(*ret == 16 ? AF_INET6 : AF_INET, canonical, bytes);
	return 0;
}

bool ip_same_network(const uint8_t *a, const uint8_t *b, unsigned prefix)
{
	size_t whole = prefix / 8;
	unsigned rest = prefix % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return !rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

int netmask_parse(const char *text, unsigned *ret, struct err *err)
{
	uint32_t mask;
	char *end;

	if (ip4_parse(text, &mask, NULL) == 0) {
		uint32_t inverse = ~mask;

		if ((inverse & (inverse + 1)) == 0) {
			*ret = (unsigned)__builtin_popcount(mask);
			return 0;
		}
	} else if (text[0] >= '0' && text[0] <= '9') {
		unsigned long bits = strtoul(text, &end, 10);

		if (!*end && bits <= 32) {
			*ret = (unsigned)bits;
			return 0;
		}
	}
	return err_set(err, ERR_INVALID,
		"'%.60s' is not a netmask; write it as 255.255.255.0 or 24", text);
}

static int port_parse(const char *text, unsigned *ret)
{
	char *end;
	unsigned long port;

	if (*text < '0' || *text > '9')
		return -1;
	port = strtoul(text, &end, 10);
	if (*end || port > 65535)
		return -1;
	*ret = (unsigned)port;
	return 0;
}

int host_port_parse(
	const char *text, unsigned fallback, char host[256], unsigned *port, struct err *err)
{
	const char *start = text[0] == '[' ? text + 1 : text;
	size_t len = text[0] == '[' ? strcspn(start, "]") : strcspn(start, ":");
	const char *rest = start + len;

	*port = fallback;
	if (text[0] == '[' && *rest)
		rest++;
	if (text[0] != '[' && strchr(text, ':') != strrchr(text, ':')) { /* a bare IPv6 address */
		len = strlen(text);
		rest = text + len;
	}
	if (len == 0 || len > 255 || (*rest && (*rest != ':' || port_parse(rest + 1, port) < 0)))
		return err_set(err, ERR_INVALID, "'%.100s' is not HOST or HOST:PORT", text);
	memcpy(host, start, len);
	host[len] = '\0';
	if (!host_is_valid(host))
		return err_set(err, ERR_INVALID, "'%.100s' is not a host name or address", host);
	return 0;
}

/* RFC 1035, 2.3.4: no part is empty or longer than 63 bytes; a dot may end the name. */
static bool labels_are_valid(const char *text)
{
	for (;;) {
		size_t len = strcspn(text, ".");

		if (len == 0 || len > 63)
			return false;
		if (!text[len] || !text[len + 1])
			return true;
		text += len + 1;
	}
}

bool host_is_valid(const char *text)
{
	size_t len = strlen(text);

	return len < 254 && text[0] != '-' && labels_are_valid(text) &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") ==
	               len;
}
