#include "ops/publish/dhcp_other.h"

#include "base/file.h"
#include "base/generation.h"
#include "base/json.h"
#include "boot/dhcp_show.h"
#include "boot/dnsmasq_networks.h"
#include "model/types.h"
#include "ops/publish/loaders.h"
#include "ops/publish/net_grub.h"
#include "ops/query/chain.h"

#include <string.h>

static void add_if_there(int generation, const char *name, struct strv *ret)
{
	autoclose int fd = -1;
	struct stat st;

	if (file_open_beneath(generation, name, &fd, &st, NULL) == 0)
		strv_add(ret, name);
}

void dhcp_published_loaders(int generation, struct strv *ret)
{
	for (size_t i = 0; i < n_loaders; i++)
		add_if_there(generation, loaders_all[i].name, ret);
	add_if_there(generation, NET_GRUB, ret);
}

/* Before anything is published: what the first sync will publish. */
static void add_installed(struct strv *ret)
{
	for (size_t i = 0; i < n_loaders; i++)
		if (loader_find(&loaders_all[i]))
			strv_add(ret, loaders_all[i].name);
}

/* The same server by its IPv6 address. The site's texts are `server` and `base`. */
static int make_six(const struct chain *network, struct boot_site *site, char **server, char **base,
	struct err *err)
{
	const char *address = resolved_str(chain_end(network), "next_server_v6");

	if (!*address)
		return err_field(err, ERR_INVALID, "next_server_v6",
			"is not set: machines in the network '%s' need this server's IPv6 address",
			chain_end(network)->item->name);
	*server = xasprintf("[%s]", address);
	*base = boot_http_base_v6(site->http_base, address);
	site->next_server = *server;
	site->http_base = *base;
	return 0;
}

int dhcp_other(struct server *server, const char *format, const char *network, json_t **ret,
	struct err *err)
{
	AUTO(chain) struct chain *chain = NULL;
	autoclose int generation = -1;
	autostrv loaders = STRV_INIT;
	autostrbuf text = STRBUF_INIT;
	struct boot_dhcp dhcp = {.loaders = &loaders};
	struct dhcp_show show = {.dhcp = &dhcp, .network = ""};
	struct boot_site site;
	autofree char *server_v6 = NULL;
	autofree char *base_v6 = NULL;

	if (chain_load(server, network ? &network_type : &settings_type,
		    network ? network : settings_type.name, &chain, err) < 0)
		return -1;
	if (generation_open(server->tftp_fd, &generation, NULL) == 0)
		dhcp_published_loaders(generation, &loaders);
	else
		add_installed(&loaders);
	dhcp.settings = chain->resolved[0];
	site = chain->site;
	dhcp.site = show.site = &site;
	if (network)
		show.network = ((const struct network *)chain_end(chain)->item)->address;
	show.six = strchr(show.network, ':');
	if (show.six && make_six(chain, &site, &server_v6, &base_v6, err) < 0)
		return -1;
	if (dhcp_show(&show, format, &text, err) < 0)
		return -1;
	*ret = json_pack("{s:s,s:s,s:s}", "format", format, "network", network ? network : "",
		"text", text.buf ? text.buf : "");
	return 0;
}
