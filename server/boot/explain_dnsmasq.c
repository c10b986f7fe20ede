/*
 * Of dnsmasq(8) these options are understood: dhcp-match, dhcp-userclass, dhcp-vendorclass, tag-if,
 * dhcp-range, dhcp-boot, dhcp-option(-force), pxe-service, and the lines of dhcp-hostsfile. In an
 * IPv6 network the options' numbers are DHCPv6's own ("option6:"), by RFC 5970.
 */
#include "boot/explain_dnsmasq.h"

#include "base/net.h"

#include <string.h>
#include <strings.h>

enum { ARCHITECTURE = 93, VENDOR_CLASS = 60, IPXE = 175, PATH_PREFIX = 210 };

static void auto_conf_line(struct conf_line *line)
{
	free(line->key);
	free(line->value);
}

/* The next line that is an option, from `at`. */
static bool next_line(const char **at, struct conf_line *line)
{
	while (**at) {
		size_t len = strcspn(*at, "\n");
		const char *equals = memchr(*at, '=', len);
		const char *text = *at;

		*at += len + (text[len] == '\n');
		line->number++;
		if (*text == '#' || !equals)
			continue;
		auto_conf_line(line);
		line->key = xstrndup(text, (size_t)(equals - text));
		line->value = xstrndup(equals + 1, (size_t)(text + len - equals - 1));
		return true;
	}
	return false;
}

void asking_done(struct asking *asking)
{
	strv_done(&asking->tags);
	auto_conf_line(&asking->range);
	auto_conf_line(&asking->boot);
	auto_conf_line(&asking->service);
}

static void keep_line(struct conf_line *keep, const struct conf_line *line)
{
	auto_conf_line(keep);
	*keep = (struct conf_line){
		.number = line->number, .key = xstrdup(line->key), .value = xstrdup(line->value)};
}

/* The parts between commas, empty ones too. */
static void split(const char *value, struct strv *ret)
{
	for (;;) {
		size_t len = strcspn(value, ",");

		strv_add_take(ret, xstrndup(value, len));
		if (!value[len])
			return;
		value += len + 1;
	}
}

bool asking_holds(const struct asking *asking, const char *value, struct strv *ret)
{
	autostrv parts = STRV_INIT;
	bool hold = true;

	split(value, &parts);
	strv_for_each (part, &parts) {
		const char *tag = part + 4;

		if (strncmp(part, "tag:", 4) != 0)
			strv_add(ret, part);
		else if (strv_has(&asking->tags, tag + (*tag == '!')) != (*tag != '!'))
			hold = false;
	}
	return hold;
}

static void set_tag(struct asking *asking, const char *tag)
{
	if (!strv_has(&asking->tags, tag))
		strv_add(&asking->tags, tag);
}

static const char *vendor_class(const struct boot_machine *machine)
{
	return machine->http ? "HTTPClient" : "PXEClient";
}

/* By DHCPv4's numbers, whichever of the two is asked; -1: none that is known, or the other one's.
 */
static int option_number(const struct asking *asking, const char *word)
{
	if (asking->six)
		return strcmp(word, "option6:61") == 0 ? ARCHITECTURE : -1;
	if (strcmp(word, "option:client-arch") == 0)
		return ARCHITECTURE;
	if (strcmp(word, "option:vendor-class") == 0)
		return VENDOR_CLASS;
	return *word && word[strspn(word, "0123456789")] == '\0' ? (int)strtol(word, NULL, 10) : -1;
}

/* set:TAG,OPTION[,VALUE] */
static bool option_matches(const struct asking *asking, const struct strv *parts)
{
	const struct boot_machine *machine = &asking->explain->machine;
	const char *value = parts->n > 2 ? parts->v[2] : NULL;

	switch (parts->n > 1 ? option_number(asking, parts->v[1]) : -1) {
	case ARCHITECTURE:
		return !value || strtol(value, NULL, 10) == machine->arch;
	case VENDOR_CLASS:
		return !value || strncmp(vendor_class(machine), value, strlen(value)) == 0;
	case IPXE:
		return asking->explain->is_ipxe;
	default:
		return false;
	}
}

static bool line_matches(
	const struct asking *asking, const struct conf_line *line, const struct strv *parts)
{
	const char *word = parts->n > 1 ? parts->v[1] : "";

	if (strcmp(line->key, "dhcp-match") == 0)
		return option_matches(asking, parts);
	if (strcmp(line->key, "dhcp-userclass") == 0)
		return asking->explain->is_ipxe && strcmp(word, "iPXE") == 0;
	if (strcmp(line->key, "dhcp-vendorclass") == 0)
		return *word && strstr(vendor_class(&asking->explain->machine), word);
	return false;
}

static void set_matching_tags(struct asking *asking)
{
	const char *at = asking->explain->dhcp_conf;
	AUTO(conf_line) struct conf_line line = {0};

	while (next_line(&at, &line)) {
		autostrv parts = STRV_INIT;

		split(line.value, &parts);
		if (strncmp(parts.v[0], "set:", 4) == 0 && line_matches(asking, &line, &parts))
			set_tag(asking, parts.v[0] + 4);
	}
}

static void set_derived_tags(struct asking *asking)
{
	const char *at = asking->explain->dhcp_conf;
	AUTO(conf_line) struct conf_line line = {0};

	while (next_line(&at, &line)) {
		autostrv sets = STRV_INIT;

		if (strcmp(line.key, "tag-if") == 0 && asking_holds(asking, line.value, &sets))
			strv_for_each (set, &sets)
				if (strncmp(set, "set:", 4) == 0)
					set_tag(asking, set + 4);
	}
}

/* "52:54:00:aa:00:07,set:rack3,10.77.0.21,web7" */
static void read_host(struct asking *asking, const char *text)
{
	autostrv parts = STRV_INIT;

	split(text, &parts);
	if (strcasecmp(parts.v[0], asking->explain->machine.mac) != 0)
		return;
	set_tag(asking, "known");
	for (size_t i = 1; i < parts.n; i++) {
		const char *part = parts.v[i];

		if (strncmp(part, "set:", 4) == 0)
			set_tag(asking, part + 4);
		else if (asking->six && *part == '[')
			snprintf(asking->address, sizeof(asking->address), "%.*s",
				(int)strcspn(part + 1, "]"), part + 1);
		else if (!asking->six && strchr(part, '.') &&
			 part[strspn(part, "0123456789.")] == '\0')
			snprintf(asking->address, sizeof(asking->address), "%s", part);
	}
}

static void read_hosts(struct asking *asking)
{
	autostrv lines = STRV_INIT;

	strv_split(&lines, asking->explain->dhcp_hosts ? asking->explain->dhcp_hosts : "", "\n");
	strv_for_each (line, &lines)
		read_host(asking, line);
}

/* The length of the range's prefix: of its netmask, or by DHCPv6 a number; 0: dnsmasq takes that of
 * its own interface there. */
static unsigned range_prefix(const struct asking *asking, const struct strv *parts)
{
	unsigned prefix;

	for (size_t i = 1; i < parts->n; i++) {
		const char *part = parts->v[i];

		if (asking->six && part[strspn(part, "0123456789")] == '\0')
			return (unsigned)strtoul(part, NULL, 10);
		if (!asking->six && strchr(part, '.') && netmask_parse(part, &prefix, NULL) == 0)
			return prefix;
	}
	return 0;
}

static void drop_address(struct asking *asking)
{
	asking->address[0] = '\0';
	asking->explain->machine.address = "";
}

/* dnsmasq gives a fixed address only to who asks from its network. */
static void check_fixed_address(struct asking *asking)
{
	autostrv parts = STRV_INIT;
	const char *value = asking->range.value;
	uint8_t first[16];
	uint8_t fixed[16];
	size_t len[2];
	unsigned prefix;

	if (!value || !*asking->address || asking->explain->proxy)
		return;
	split(strncmp(value, "set:", 4) == 0 ? strchr(value, ',') + 1 : value, &parts);
	prefix = range_prefix(asking, &parts);
	if (!prefix || ip_parse(parts.v[0], first, &len[0], NULL) < 0 ||
		ip_parse(asking->address, fixed, &len[1], NULL) < 0 || len[0] != len[1] ||
		prefix > 8 * len[0] || ip_same_network(first, fixed, prefix))
		return;
	explain_step(asking->explain, "note",
		"the machine's fixed address %s is not in this network: dnsmasq does not give it",
		asking->address);
	drop_address(asking);
}

/* Nor to one machine what another has from it, as a card has that is not in use any more. */
static void check_lease(struct asking *asking)
{
	const char *lent_to = asking->explain->machine.lent_to;

	if (!*asking->address || !lent_to || !*lent_to || asking->six || asking->explain->proxy ||
		strcasecmp(lent_to, asking->explain->machine.mac) == 0)
		return;
	explain_step(asking->explain, "note",
		"the machine's fixed address %s is lent to %s: until that ends dnsmasq gives it to "
		"nobody else; 'dhcp_release INTERFACE %s %s' of the package dnsmasq-utils ends it",
		asking->address, lent_to, asking->address, lent_to);
	drop_address(asking);
}

/* The range of the machine's network: the one with its tag, or the settings' own, without any. */
static void find_range(struct asking *asking)
{
	const char *network = asking->explain->network;
	const char *at = asking->explain->dhcp_conf;
	autofree char *set = xasprintf("set:%s,", network ? network : "");
	AUTO(conf_line) struct conf_line line = {0};

	while (next_line(&at, &line)) {
		bool tagged = strncmp(line.value, "set:", 4) == 0;

		if (strcmp(line.key, "dhcp-range") != 0 || asking->range.number ||
			(network ? strncmp(line.value, set, strlen(set)) != 0 : tagged))
			continue;
		keep_line(&asking->range, &line);
		asking->six = strchr(line.value + (network ? strlen(set) : 0), ':');
		asking->explain->proxy = strstr(line.value, ",proxy");
		asking->is_static = strstr(line.value, ",static");
	}
	if (network)
		set_tag(asking, network);
}

/* A line whose tags hold, its value in parts. */
static void take_line(struct asking *asking, const struct conf_line *line, const struct strv *parts)
{
	struct explain *explain = asking->explain;
	const char *word = parts->v[0];

	if (strcmp(line->key, "dhcp-boot") == 0) {
		keep_line(&asking->boot, line);
	} else if (strcmp(line->key, "pxe-service") == 0) {
		if (strtol(word, NULL, 10) == explain->machine.arch && parts->n > 2)
			keep_line(&asking->service, line);
	} else if (strncmp(line->key, "dhcp-option", 11) == 0 && parts->n > 1) {
		if (strcmp(word, "60") == 0)
			asking->is_http_client = strcmp(parts->v[1], "HTTPClient") == 0;
		/* beside another server dnsmasq gives nothing but the file */
		else if (option_number(asking, word) == PATH_PREFIX && !explain->proxy)
			snprintf(explain->prefix, sizeof(explain->prefix), "%s", parts->v[1]);
	} else if (strcmp(line->key, "dhcp-pxe-vendor") == 0) {
		asking->is_http_client |= explain->proxy && strstr(line->value, "HTTPClient");
	}
}

/* dhcp-boot and the like are not DHCPv6's. */
static void take_line_six(
	struct asking *asking, const struct conf_line *line, const struct strv *parts)
{
	if (strncmp(line->key, "dhcp-option", 11) != 0 || parts->n < 2)
		return;
	if (strcmp(parts->v[0], "option6:bootfile-url") == 0)
		keep_line(&asking->boot, line);
	else if (strcmp(parts->v[0], "option6:16") == 0)
		asking->is_http_client = strv_has(parts, "HTTPClient");
}

/* Of several lines that fit dnsmasq takes the last one. */
static void find_answers(struct asking *asking)
{
	const char *at = asking->explain->dhcp_conf;
	AUTO(conf_line) struct conf_line line = {0};

	while (next_line(&at, &line)) {
		autostrv parts = STRV_INIT;

		if (asking_holds(asking, line.value, &parts) && parts.n)
			(asking->six ? take_line_six : take_line)(asking, &line, &parts);
	}
}

void asking_read(struct asking *asking)
{
	find_range(asking);
	set_matching_tags(asking);
	read_hosts(asking);
	check_fixed_address(asking);
	check_lease(asking);
	set_derived_tags(asking);
	find_answers(asking);
}
