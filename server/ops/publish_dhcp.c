#include "ops/publish_dhcp.h"

#include "boot/dnsmasq.h"
#include "model/types.h"
#include "ops/chain_list.h"

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
	autochains chains = CHAIN_LIST_INIT;
	autofree struct boot_network *networks = NULL;
	autofree char *hosts_file =
		xasprintf("%s/current/private/" DHCP_HOSTS, server->config.tftp_dir);
	struct boot_dhcp boot = {
		.site = &dhcp->settings->site,
		.settings = chain_end(dhcp->settings),
		.hosts_file = hosts_file,
		.loaders = dhcp->loaders,
		.filenames = dhcp->filenames,
	};

	if (chain_list_add(server, &network_type, &chains, err) < 0)
		return -1;
	networks = xcalloc(chains.n + 1, sizeof(*networks));
	for (size_t i = 0; i < chains.n; i++)
		networks[i] = (struct boot_network){
			.site = &chains.chain[i]->site, .resolved = chain_end(chains.chain[i])};
	boot.network = networks;
	boot.networks = chains.n;
	strbuf_adds(&ret->dhcp_hosts, DHCP_HOSTS_HEAD);
	strv_for_each (line, dhcp->hosts)
		strbuf_addf(&ret->dhcp_hosts, "%s\n", line);
	if (boot_dnsmasq_render(dhcp->env, &boot, &ret->dhcp_main, NULL, err) < 0)
		return -1;
	return add_files(dhcp, ret, err);
}
