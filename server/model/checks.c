/* What a field's text must look like: one function for each sort of name (field.h). */
#include "base/file.h"
#include "base/net.h"
#include "model/field.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* A name becomes a file name, a URL segment, a label in four boot loaders' languages and a word in
 * dnsmasq's files; this set means nothing special in any of them. */
int check_item_name(const char *text, char **ret, struct err *err)
{
	size_t len = strlen(text);

	(void)ret;
	if (len > 100)
		return err_set(err, ERR_INVALID, "a name has at most 100 bytes, not %zu", len);
	if (len == 0 || strspn(text, LETTERS DIGITS "._+-") != len ||
		!strchr(LETTERS DIGITS, *text))
		return err_set(err, ERR_INVALID,
			"'%.60s' is not a name: letters, digits and . _ + - only, a letter or "
			"digit first",
			text);
	return 0;
}

/* "network@system.web7": what stands before the '@' and after the kind are item names. */
static int check_override(const char *at, struct err *err)
{
	static const char *const kinds[] = {"@system.", "@profile.", "@image.", "@distro."};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strncmp(at, kinds[i], strlen(kinds[i])) == 0)
			return check_item_name(at + strlen(kinds[i]), NULL, err);
	return err_set(err, ERR_INVALID,
		"'%.60s' must be @system.NAME, @profile.NAME, @image.NAME or @distro.NAME", at);
}

int check_content_name(const char *text, char **ret, struct err *err)
{
	const char *at = strchr(text, '@');
	autofree char *name = at ? xstrndup(text, (size_t)(at - text)) : NULL;

	if (!at)
		return check_item_name(text, ret, err);
	if (check_item_name(name, ret, err) < 0)
		return -1;
	return check_override(at, err);
}

int check_title(const char *text, char **ret, struct err *err)
{
	(void)ret;
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c > '~' || strchr("$`\\\";#|^", *c))
			return err_set(err, ERR_INVALID,
				"'%.100s' must be printable ASCII without $ ` \\ \" ; # | ^", text);
	/* iPXE's menu and GRUB's submenu take what begins with a dash for an option. */
	if (strlen(text) > 70 || *text == ' ' || *text == '-' || strstr(text, "&&"))
		return err_set(err, ERR_INVALID,
			"'%.100s' must have at most 70 characters, no blank or - in front and no "
			"&&",
			text);
	return 0;
}

int check_interface_name(const char *text, char **ret, struct err *err)
{
	size_t len = strlen(text);

	(void)ret;
	if (len == 0 || len > 20 || strspn(text, LETTERS DIGITS "._:-") != len)
		return err_set(err, ERR_INVALID,
			"'%.60s' is not an interface name, such as eth0 or bond0.100", text);
	return 0;
}

int check_mac(const char *text, char **ret, struct err *err)
{
	char canonical[MAC_TEXT];
	struct mac mac;

	if (mac_parse(text, &mac, err) < 0)
		return -1;
	if (!mac_is_unicast(&mac))
		return err_set(err, ERR_INVALID,
			"'%s' is a group or zero address, which no network card has", text);
	mac_format(&mac, ':', canonical);
	*ret = xstrdup(canonical);
	return 0;
}

int check_ip(const char *text, char **ret, struct err *err)
{
	char canonical[46];

	if (ip_canonical(text, canonical, err) < 0)
		return -1;
	*ret = xstrdup(canonical);
	return 0;
}

int check_ip6(const char *text, char **ret, struct err *err)
{
	char canonical[46];

	if (ip_canonical(text, canonical, err) < 0)
		return -1;
	if (!strchr(canonical, ':'))
		return err_set(err, ERR_INVALID, "'%.60s' is not an IPv6 address", text);
	*ret = xstrdup(canonical);
	return 0;
}

int check_ip4(const char *text, char **ret, struct err *err)
{
	uint32_t address;
	char canonical[16];

	if (ip4_parse(text, &address, err) < 0)
		return -1;
	ip4_format(address, canonical);
	*ret = xstrdup(canonical);
	return 0;
}

int check_netmask(const char *text, char **ret, struct err *err)
{
	unsigned prefix;
	char canonical[16];

	if (netmask_parse(text, &prefix, err) < 0)
		return -1;
	ip4_format(prefix ? ~0U << (32 - prefix) : 0, canonical);
	*ret = xstrdup(canonical);
	return 0;
}

/* "10.0.0.0/8:10.1.1.1" in its three parts; false where it has not that shape. */
static bool split_route(
	const char *text, char separator, char **network, long *prefix, char **gateway)
{
	const char *slash = strchr(text, '/');
	char *end = NULL;

	if (!slash || !strchr(DIGITS, slash[1]) || !slash[1])
		return false;
	*prefix = strtol(slash + 1, &end, 10);
	if (*end != separator || end > slash + 4)
		return false;
	*network = xstrndup(text, (size_t)(slash - text));
	*gateway = xstrdup(end + 1);
	return true;
}

static int check_route(const char *text, char separator, long longest,
	int (*check)(const char *text, char **ret, struct err *err), char **ret, struct err *err)
{
	autofree char *network = NULL;
	autofree char *gateway = NULL;
	autofree char *from = NULL;
	autofree char *to = NULL;
	long prefix = 0;

	if (!split_route(text, separator, &network, &prefix, &gateway) || prefix > longest)
		return err_set(err, ERR_INVALID, "'%.100s' is not a route; write it as %s", text,
			longest == 32 ? "10.0.0.0/8:192.0.2.1" : "2001:db8:1::/48=2001:db8::1");
	if (check(network, &from, err) < 0 || check(gateway, &to, err) < 0)
		return err_wrap(err, "route '%.100s'", text);
	*ret = xasprintf("%s/%ld%c%s", from, prefix, separator, to);
	return 0;
}

int check_route4(const char *text, char **ret, struct err *err)
{
	return check_route(text, ':', 32, check_ip4, ret, err);
}

int check_route6(const char *text, char **ret, struct err *err)
{
	return check_route(text, '=', 128, check_ip6, ret, err);
}

int check_host(const char *text, char **ret, struct err *err)
{
	(void)ret;
	if (!host_is_valid(text))
		return err_set(err, ERR_INVALID, "'%.100s' is not a host name or address", text);
	return 0;
}

int check_path(const char *text, char **ret, struct err *err)
{
	(void)ret;
	if (text[0] != '/' || strlen(text) > 4000 || !file_path_is_safe(text + 1))
		return err_set(err, ERR_INVALID,
			"'%.100s' is not an absolute path without '..', '//' and control "
			"characters",
			text);
	return 0;
}

/* A folder or file, a volume group (vg0, vg0:lv) or a volume of a pool. A '/' at its end says that
 * it is a folder, to hosts that do not have it yet, too. */
int check_virt_path(const char *text, char **ret, struct err *err)
{
	size_t len = strlen(text);
	autofree char *path = NULL;

	if (text[0] != '/')
		return check_word(text, ret, err);
	path = xstrndup(text, len > 1 && text[len - 1] == '/' ? len - 1 : len);
	return check_path(path, ret, err);
}

int check_url(const char *text, char **ret, struct err *err)
{
	if (text[0] == '/')
		return err_set(err, ERR_INVALID, "'%.100s' is a path; a URL is needed", text);
	return check_url_or_path(text, ret, err);
}

int check_url_or_path(const char *text, char **ret, struct err *err)
{
	static const char *const schemes[] = {"http://", "https://", "ftp://", "nfs://", "nfs:"};

	if (text[0] == '/')
		return check_path(text, ret, err);
	if (strpbrk(text, " \"'<>\\`"))
		return err_set(err, ERR_INVALID, "'%.100s' holds a character no URL has", text);
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
			return 0;
	return err_set(err, ERR_INVALID,
		"'%.100s' is neither a path nor an http, https, ftp or nfs URL", text);
}

int check_template_name(const char *text, char **ret, struct err *err)
{
	(void)ret;
	if (strlen(text) > 200 || !file_path_is_safe(text))
		return err_set(err, ERR_INVALID,
			"'%.100s' is not a template's name: a path below the template folder",
			text);
	return 0;
}

/* One word of a boot loader's or dnsmasq's line. */
int check_word(const char *text, char **ret, struct err *err)
{
	(void)ret;
	if (strspn(text, LETTERS DIGITS "._+:/@%=-") != strlen(text))
		return err_set(err, ERR_INVALID,
			"'%.60s' holds more than letters, digits and . _ + : / @ %% = -", text);
	return 0;
}

int check_serial_device(const char *text, char **ret, struct err *err)
{
	size_t digits = strspn(text, DIGITS);
	bool named = strncmp(text, "tty", 3) == 0 || strncmp(text, "hvc", 3) == 0;

	(void)ret;
	if ((digits && digits <= 3 && !text[digits]) ||
		(named && strlen(text) <= 20 && strspn(text, LETTERS DIGITS) == strlen(text)))
		return 0;
	return err_set(err, ERR_INVALID,
		"'%.60s' is no serial console: 0 (ttyS0), 1, … or a device's name, such as ttyAMA0 "
		"or hvc0",
		text);
}

int check_password_hash(const char *text, char **ret, struct err *err)
{
	(void)ret;
	if (text[0] != '$' || strspn(text, LETTERS DIGITS "$./=,_-") != strlen(text))
		return err_set(err, ERR_INVALID,
			"is not a password hash of crypt(5); make one with: openssl passwd -6");
	return 0;
}

/* The address and the prefix length of "10.77.0.0/24". */
static int parse_network(
	const char *text, uint8_t bytes[16], size_t *len, unsigned *prefix, struct err *err)
{
	const char *slash = strchr(text, '/');
	autofree char *address = xstrndup(text, slash ? (size_t)(slash - text) : strlen(text));
	char *end = NULL;
	unsigned long bits =
		slash && slash[1] && strchr(DIGITS, slash[1]) ? strtoul(slash + 1, &end, 10) : 0;

	if (ip_parse(address, bytes, len, NULL) < 0 || !end || *end || bits < 1 || bits > 8 * *len)
		return err_set(err, ERR_INVALID,
			"'%.60s' is not a network; write it as 10.77.0.0/24 or fd77::/64", text);
	*prefix = (unsigned)bits;
	return 0;
}

int check_network(const char *text, char **ret, struct err *err)
{
	const char *slash = strchr(text, '/');
	autofree char *address = slash ? xstrndup(text, (size_t)(slash - text)) : NULL;
	uint8_t bytes[16];
	unsigned prefix;
	size_t len;
	char canonical[46];

	if (parse_network(text, bytes, &len, &prefix, err) < 0 ||
		ip_canonical(address, canonical, err) < 0)
		return -1;
	for (unsigned bit = prefix; bit < 8 * len; bit++)
		if (bytes[bit / 8] & (0x80u >> bit % 8))
			return err_set(err, ERR_INVALID,
				"'%.60s' is an address in a network; its bits after /%u must be 0",
				text, prefix);
	*ret = xasprintf("%s/%u", canonical, prefix);
	return 0;
}

int check_address_range(const char *text, char **ret, struct err *err)
{
	const char *dash = strchr(text, '-');
	autofree char *first = xstrndup(text, dash ? (size_t)(dash - text) : strlen(text));
	uint8_t from[16];
	uint8_t to[16];
	size_t from_len;
	size_t to_len;
	char canonical[2][46];

	if (!dash || ip_parse(first, from, &from_len, NULL) < 0 ||
		ip_parse(dash + 1, to, &to_len, NULL) < 0 || from_len != to_len ||
		memcmp(from, to, from_len) > 0)
		return err_set(err, ERR_INVALID,
			"'%.100s' is not a range; write it as 192.0.2.100-192.0.2.199", text);
	if (ip_canonical(first, canonical[0], err) < 0 ||
		ip_canonical(dash + 1, canonical[1], err) < 0)
		return -1;
	*ret = xasprintf("%s-%s", canonical[0], canonical[1]);
	return 0;
}

int check_dhcp_range(const char *text, char **ret, struct err *err)
{
	const char *comma = strchr(text, ',');
	autofree char *first = xstrndup(text, comma ? (size_t)(comma - text) : strlen(text));
	uint32_t from;
	uint32_t to;

	(void)ret;
	if (!comma || ip4_parse(first, &from, NULL) < 0 || ip4_parse(comma + 1, &to, NULL) < 0 ||
		from > to)
		return err_set(err, ERR_INVALID,
			"'%.60s' is not a range; write it as 192.0.2.100,192.0.2.199", text);
	return 0;
}

int check_sha256(const char *text, char **ret, struct err *err)
{
	(void)ret;
	if (strlen(text) != 64 || strspn(text, DIGITS "abcdef") != 64)
		return err_set(err, ERR_INVALID, "'%.80s' is not a SHA-256 in hex", text);
	return 0;
}

#define ARMOR_BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define ARMOR_END   "-----END PGP PUBLIC KEY BLOCK-----"

/* A line of armor: base64, its checksum, or a header such as "Comment: x" before the empty line. */
static bool is_armor_line(const char *line, size_t len, bool in_headers)
{
	static const char base64[] = LETTERS DIGITS "+/=";

	return strspn(line, base64) >= len || (in_headers && memchr(line, ':', len));
}

/* Canonical: the armor alone, lines ended by \n. Answer files hold it in here documents, where only
 * such lines are safe. */
int check_gpg_key(const char *text, char **ret, struct err *err)
{
	autostrbuf key = STRBUF_INIT;
	bool in_headers = true;
	bool ended = false;

	text += strspn(text, " \t\r\n");
	for (size_t n = 0; *text && !ended; n++) {
		size_t line = strcspn(text, "\n");
		size_t len = line;

		while (len && strchr(" \t\r", text[len - 1]))
			len--;
		in_headers = in_headers && len;
		ended = len == strlen(ARMOR_END) && strncmp(text, ARMOR_END, len) == 0;
		if (n == 0 ? len != strlen(ARMOR_BEGIN) || strncmp(text, ARMOR_BEGIN, len) != 0
			   : !ended && !is_armor_line(text, len, in_headers))
			return err_set(err, ERR_INVALID,
				"line %zu is none of a public key in ASCII armor; print it with: "
				"gpg --armor --export KEY",
				n + 1);
		strbuf_addf(&key, "%.*s\n", (int)len, text);
		text += line + (text[line] == '\n');
	}
	if (!ended || text[strspn(text, " \t\r\n")])
		return err_set(err, ERR_INVALID,
			ended ? "holds more than one public key; give each repository its own"
			      : "the public key has no end: " ARMOR_END " is missing");
	*ret = strbuf_take(&key);
	return 0;
}
