#include "base/lease.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { CLIENT_ID_MAX = 3 * 64 };

static bool is_hex(const char *text)
{
	return text[strspn(text, "0123456789abcdefABCDEF:")] == '\0';
}

/* A DUID made from a link-layer address: "00:01:00:01", four bytes of time, the address; or
 * "00:03:00:01" and the address. */
static const char *mac_of_duid(const char *duid)
{
	size_t len = strlen(duid);

	if (len == 41 && strncmp(duid, "00:01:00:01:", 12) == 0)
		return duid + 24;
	if (len == 29 && strncmp(duid, "00:03:00:01:", 12) == 0)
		return duid + 12;
	return "";
}

bool lease_parse(char *line, struct lease *ret)
{
	char *word[5];
	char *end = NULL;
	const char *text;
	struct mac mac;

	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		word[i] = strsep(&line, " ");
		if (!word[i] || !*word[i])
			return false;
	}
	*ret = (struct lease){.ends = (double)strtoll(word[0], &end, 10)};
	if (*end || ret->ends < 0 || ip_canonical(word[2], ret->address, NULL) < 0)
		return false;
	text = strchr(ret->address, ':') ? mac_of_duid(word[4]) : word[1];
	if (mac_parse(text, &mac, NULL) < 0 || !mac_is_unicast(&mac))
		return false;
	mac_format(&mac, ':', ret->mac);
	if (ret->ends == 0)
		ret->ends = -1;
	ret->hostname = host_is_valid(word[3]) ? word[3] : "";
	ret->client_id = is_hex(word[4]) && strlen(word[4]) < CLIENT_ID_MAX ? word[4] : "";
	return true;
}
