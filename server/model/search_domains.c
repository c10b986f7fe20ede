#include "model/search_domains.h"

#include "base/strbuf.h"

#include <stdint.h>
#include <string.h>

/* "\7example\3org\0" (RFC 1035, 3.1) */
static void add_name(const char *domain, struct strbuf *ret)
{
	while (*domain) {
		size_t len = strcspn(domain, ".");

		if (len) {
			strbuf_addc(ret, (char)len);
			strbuf_add(ret, domain, len);
		}
		domain += len + (domain[len] == '.');
	}
	strbuf_addc(ret, '\0');
}

/* The end of the name at `at` becomes a pointer where one before has it, too. Which ones are found
 * is dnsmasq's: it goes on from label to label, and a pointer leads it astray. */
static void compress(struct strbuf *names, size_t at)
{
	enum { POINTER = 0xc0 };

	for (size_t tail = at; names->buf[tail]; tail += (uint8_t)names->buf[tail] + 1)
		for (size_t i = 0; i < at; i += (uint8_t)names->buf[i] + 1)
			if (strcmp(names->buf + i, names->buf + tail) == 0) {
				strbuf_truncate(names, tail);
				strbuf_addc(names, (char)(POINTER | (uint8_t)(i >> 8)));
				strbuf_addc(names, (char)(uint8_t)i);
				return;
			}
}

int search_domains_fit(const struct strv *domains, struct err *err)
{
	enum { OPTION_MAX = 255 };
	autostrbuf names = STRBUF_INIT;

	strv_for_each (domain, domains) {
		size_t at = names.len;

		add_name(domain, &names);
		compress(&names, at);
	}
	if (names.len <= OPTION_MAX)
		return 0;
	return err_field(err, ERR_INVALID, "name_servers_search",
		"in a DHCP answer these domains have %zu bytes, and dnsmasq sends at most %d; "
		"leave "
		"some to profiles or systems, whose lists answer files have",
		names.len, OPTION_MAX);
}
