#include "ops/publish/publish_dhcp.h"

#include "boot/dnsmasq.h"
#include "model/types.h"
#include "ops/publish/hosts_file.h"
#include "ops/query/chain_list.h"

/* A file for each last byte of an address (hosts_file.h). */
static int add_hosts(
	const struct publish_dhcp *dhcp, struct publish_result *result, struct err *err)
{
	struct strbuf *files = xcalloc(HOSTS_FILES, sizeof(*files));
	struct sink *sink = dhcp->sink;
	size_t folder;
	int failed = sink->folder(sink, DHCP_HOSTS, 0755, &folder, err);

	strv_for_each (line, dhcp->hosts) {
		struct strbuf *text = &files[hosts_file_of(line)];

		strbuf_addf(text, "%s%s\n", text->len ? "" : DHCP_HOSTS_HEAD, line);
	}
	for (size_t i = 0; i < HOSTS_FILES; i++) {
		char name[HOSTS_FILE_NAME];

		hosts_file_name(i, name);
		strbuf_add(&result->dhcp_hosts, files[i].buf, files[i].len);
		if (!failed && files[i].len)
			failed = sink->file(
				sink, folder, name, 0644, files[i].buf, files[i].len, err);
		strbuf_done(&files[i]);
	}
	free(files);
	return failed;
}

/* dnsmasq reads the fixed addresses as its own user, so everybody may; the folder cannot be listed
 * and the main file only we can read. */
static int add_files(
	const struct publish_dhcp *dhcp, struct publish_result *result, struct err *err)
{
	struct sink *sink = dhcp->sink;
	size_t folder;

	if (sink->folder(sink, "private", 0711, &folder, err) < 0 ||
		sink->file(sink, folder, DHCP_MAIN, 0600, result->dhcp_main.buf,
			result->dhcp_main.len, err) < 0)
		return -1;
	return add_hosts(dhcp, result, err);
}

int publish_dhcp(struct server *server, const struct publish_dhcp *dhcp, struct publish_result *ret,
	struct err *err)
{
	autochains chains = CHAIN_LIST_INIT;
	autofree struct boot_network *networks = NULL;
	autofree char *hosts_file = xasprintf("%s/current/" DHCP_HOSTS, server->config.tftp_dir);
	struct boot_dhcp boot = {
		.site = &dhcp->settings->site,
		.settings = chain_end(dhcp->settings),
		.hosts_file = hosts_file,
		.loaders = dhcp->loaders,
		.own = dhcp->own,
		.owns = dhcp->owns,
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
	if (boot_dnsmasq_render(dhcp->env, &boot, &ret->dhcp_main, NULL, err) < 0)
		return -1;
	return add_files(dhcp, ret, err);
}
