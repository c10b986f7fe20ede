#include "boot/net_grub_config.h"

#include <string.h>

/* ":8080" of "http://10.77.0.1:8080". */
static const char *port_of(const char *http_base)
{
	const char *colon = strrchr(http_base, ':');

	if (!colon || strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return ":80";
	return colon;
}

/* From a network where this server has another address, DHCP names that one. */
void net_grub_config(const struct boot_site *site, struct strbuf *ret)
{
	strbuf_adds(ret, "net_bootp\n"
			 "for server in \"$net_efinet0_dhcp_next_server\" "
			 "\"$net_efinet1_dhcp_next_server\"");
	strbuf_addf(ret, " \"%s\"", site->next_server);
	if (strcmp(site->host, site->next_server) != 0)
		strbuf_addf(ret, " \"%s\"", site->host);
	strbuf_adds(ret, "; do\n");
	strbuf_addf(ret,
		"\tif [ -n \"$server\" -a \"$server\" != 0.0.0.0 ]; then\n"
		"\t\tset root=http,$server%s\n"
		"\t\tset prefix=($root)/grub\n"
		"\t\tconfigfile $prefix/grub.cfg\n"
		"\tfi\n"
		"done\n"
		"echo 'GRUB finds no configuration on its server.'\n"
		"sleep 30\n"
		"exit 1\n",
		port_of(site->http_base));
}
