#include "ops/publish_dhcp.h"

#include "boot/dnsmasq.h"
#include "model/types.h"

struct networks {
	struct chain **chain;
	struct boot_network *network;
	size_t n;
};

static void auto_networks(struct networks *networks)
{
	for (size_t i = 0; i < networks->n; i++)
		chain_free(networks->chain[i]);
	free(networks->chain);
	free(networks->network);
}

static int networks_load(struct server *server, struct networks *ret, struct err *err)
{
	autostrv names = STRV_INIT;

	if (db_item_names(server->db, &network_type, &names, err) < 0)
		return -1;
	ret->chain = xcalloc(names.n + 1, sizeof(*ret->chain));
	ret->network = xcalloc(names.n + 1, sizeof(*ret->network));
	strv_for_each (name, &names) {
		struct chain **chain = &ret->chain[ret->n];

		if (chain_load(server, &network_type, name, chain, err) < 0)
			return err_wrap(err, "network '%s'", name);
		ret->network[ret->n++] = (struct boot_network){
			.site = &(*chain)->site, .resolved = chain_end(*chain)};
	}
	return 0;
}

/* dnsmasq reads the fixed addresses as its own user, so everybody may; the folder cannot be listed
 * and the main file only we can read. */
static int add_files(
	const struct publish_dhcp *dhcp, const struct publish_result *result, struct err *err)
{
	struct sink *sink = dhcp->sink;
	size_t folder;

	if (sink->folder(sink, "private", 0711, &folder, err) < 0 ||
		sink->file(sink, folder, DHCP_MAIN, 0600, result->dhcp_main.buf,
			result->dhcp_main.len, err) < 0)
		return -1;
	return sink->file(sink, folder, DHCP_HOSTS, 0644, result->dhcp_hosts.buf,
		result->dhcp_hosts.len, err);
}

int publish_dhcp(struct server *server, const struct publish_dhcp *dhcp, struct publish_result *ret,
	struct err *err)
{
	AUTO(networks) struct networks networks = {.n = 0};
	autofree char *hosts_file =
		xasprintf("%s/current/private/" DHCP_HOSTS, server->config.tftp_dir);
	struct boot_dhcp boot = {
		.site = &dhcp->settings->site,
		.settings = chain_end(dhcp->settings),
		.hosts_file = hosts_file,
		.loaders = dhcp->loaders,
		.filenames = dhcp->filenames,
	};

	if (networks_load(server, &networks, err) < 0)
		return -1;
	boot.network = networks.network;
	boot.networks = networks.n;
	strbuf_adds(&ret->dhcp_hosts, DHCP_HOSTS_HEAD);
	strv_for_each (line, dhcp->hosts)
		strbuf_addf(&ret->dhcp_hosts, "%s\n", line);
	if (boot_dnsmasq_render(dhcp->env, &boot, &ret->dhcp_main, NULL, err) < 0)
		return -1;
	return add_files(dhcp, ret, err);
}
