#include "boot/dnsmasq.h"

#include "base/json.h"
#include "base/net.h"
#include "base/sha256.h"
#include "boot/clients.h"
#include "boot/dnsmasq_networks.h"
#include "boot/efi_loader.h"
#include "model/types.h"

#include <string.h>

/* What other machines of the row get: those that have the tag. */
static json_t *others_json(const struct boot_dhcp *dhcp, const struct boot_client *client,
	const char *file, bool proxy)
{
	json_t *list = json_array();

	for (enum boot_via via = VIA_FIRST; via < BOOT_VIAS; via++) {
		const char *other = boot_client_file(dhcp, client, via, proxy);

		if (via != boot_via_of(dhcp->settings, client->http) && strcmp(other, file) != 0)
			json_array_append_new(
				list, json_pack("{s:s,s:s}", "tag", boot_via_tag(via, client->http),
					      "file", other));
	}
	return list;
}

static json_t *arches_json(const struct boot_client *client)
{
	json_t *arch = json_array();

	for (size_t i = 0; i < boot_client_arches(client); i++)
		json_array_append_new(arch, json_integer(client->arch[i]));
	return arch;
}

static json_t *client_json(const struct boot_client *client, const char *file)
{
	json_t *entry = json_object();

	json_object_set_new(entry, "arch", arches_json(client));
	json_object_set_new(entry, "tag", json_string(client->tag));
	json_object_set_new(entry, "file", json_string(file));
	json_object_set_new(entry, "http", json_boolean(client->http));
	return entry;
}

static json_t *clients_json(const struct boot_dhcp *dhcp, bool proxy)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n_boot_clients; i++) {
		const struct boot_client *client = &boot_clients[i];
		const char *file = boot_client_file(
			dhcp, client, boot_via_of(dhcp->settings, client->http), proxy);
		json_t *entry;

		if (!file)
			continue;
		entry = client_json(client, file);
		json_object_set_new(entry, "others", others_json(dhcp, client, file, proxy));
		json_array_append_new(list, entry);
	}
	return list;
}

/*
 * What follows dhcp-range=. Without a range of addresses, machines with a fixed one are served
 * still, where the netmask tells which network that is.
 */
static void add_range(const struct boot_dhcp *dhcp, struct strbuf *ret)
{
	const char *range = resolved_str(dhcp->settings, "dhcp_range");
	const char *netmask = resolved_str(dhcp->settings, "dhcp_netmask");
	uint32_t address;
	uint32_t mask;
	char network[16];

	if (*range) {
		strbuf_adds(ret, range);
		if (*netmask)
			strbuf_addf(ret, ",%s", netmask);
		strbuf_adds(ret, ",1h");
		return;
	}
	if (!*netmask || ip4_parse(dhcp->site->next_server, &address, NULL) < 0 ||
		ip4_parse(netmask, &mask, NULL) < 0)
		return;
	ip4_format(address & mask, network);
	strbuf_addf(ret, "%s,static,%s,1h", network, netmask);
}

/* debian-installer stops and asks where DHCP gives no name server at all. Where none is known, our
 * own address is given: nothing answers there, but the installation goes on by addresses. */
static json_t *name_servers(const struct boot_dhcp *dhcp)
{
	const struct strv *known = resolved_list(dhcp->settings, "name_servers");
	json_t *list = json_array();
	uint32_t address;

	strv_for_each (server, known)
		if (ip4_parse(server, &address, NULL) == 0)
			json_array_append_new(list, json_string(server));
	if (!json_array_size(list) && ip4_parse(dhcp->site->next_server, &address, NULL) == 0)
		json_array_append_new(list, json_string(dhcp->site->next_server));
	return list;
}

static json_t *own_loaders_json(const struct boot_dhcp *dhcp)
{
	json_t *list = json_array();

	for (size_t i = 0; i < dhcp->owns; i++) {
		const struct distro *distro = dhcp->own[i];
		const struct boot_client *client = efi_loader_client(distro);
		autostrbuf path = STRBUF_INIT;

		if (!client || !efi_loader_can(distro, false))
			continue;
		efi_loader_path(distro, EFI_SHIM, &path);
		json_array_append_new(list,
			json_pack("{s:o,s:s,s:s}", "tag", json_sprintf("efi-%s", distro->item.name),
				"client", client->tag, "file", path.buf));
	}
	return list;
}

/* Firmware that only distros have loaders for. */
static json_t *own_clients_json(const struct boot_dhcp *dhcp)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n_boot_clients; i++) {
		const struct boot_client *client = &boot_clients[i];
		bool wanted = false;

		for (size_t k = 0; k < dhcp->owns; k++)
			wanted |= efi_loader_can(dhcp->own[k], false) &&
			          efi_loader_client(dhcp->own[k]) == client;
		if (wanted && !boot_client_file(dhcp, client, VIA_FIRST, false))
			json_array_append_new(list, json_pack("{s:s,s:o}", "tag", client->tag,
							    "arch", arches_json(client)));
	}
	return list;
}

void boot_dnsmasq_file_tag(const char *filename, struct strbuf *ret)
{
	char sum[SHA256_TEXT];

	sha256_text(filename, strlen(filename), sum);
	strbuf_addf(ret, "file-%.12s", sum);
}

/* A file that firmware which boots over HTTP can start. */
static bool is_efi(const char *filename)
{
	const char *dot = strrchr(filename, '.');

	return dot && (strcmp(dot, ".efi") == 0 || strcmp(dot, ".img") == 0);
}

static json_t *files_json(const struct boot_dhcp *dhcp)
{
	json_t *list = json_array();

	strv_for_each (filename, dhcp->filenames) {
		autostrbuf tag = STRBUF_INIT;
		json_t *entry = json_object();

		boot_dnsmasq_file_tag(filename, &tag);
		json_object_set_new(entry, "tag", json_string(tag.buf));
		json_object_set_new(entry, "filename", json_string(filename));
		json_object_set_new(entry, "http", json_boolean(is_efi(filename)));
		json_object_set_new(entry, "url", json_boolean(strstr(filename, "://")));
		/* lpxelinux.0 loads what its path prefix says, so all else comes over HTTP. */
		json_object_set_new(
			entry, "prefix", json_boolean(strcmp(filename, "lpxelinux.0") == 0));
		json_array_append_new(list, entry);
	}
	return list;
}

int boot_dnsmasq_render(struct template_env *env, const struct boot_dhcp *dhcp, struct strbuf *ret,
	struct strv *templates, struct err *err)
{
	AUTO(boot_vars) struct boot_vars *settings = boot_vars_new(dhcp->site, dhcp->settings);
	autojson json_t *own = json_object();
	autostrbuf range = STRBUF_INIT;
	struct template_vars vars = boot_vars_template(settings);

	add_range(dhcp, &range);
	json_object_set_new(own, "range", json_string(range.buf));
	json_object_set_new(own, "dns", name_servers(dhcp));
	json_object_set_new(own, "hosts_file", json_string(dhcp->hosts_file));
	json_object_set_new(own, "clients", clients_json(dhcp, false));
	json_object_set_new(own, "proxy_clients", clients_json(dhcp, true));
	dnsmasq_add_networks(dhcp, own);
	json_object_set_new(own, "own_loaders", own_loaders_json(dhcp));
	json_object_set_new(own, "own_clients", own_clients_json(dhcp));
	json_object_set_new(own, "files", files_json(dhcp));
	vars.object = own;
	vars.subject = NULL; /* the file is nobody's: no overrides */
	return template_render(env, "dnsmasq.tpl", &vars, ret, templates, err);
}

/* A word of a dhcp-host line that dnsmasq takes for a name: not for a time ("10", "45m") nor for
 * one of its own words. */
static bool is_host_word(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 64 && strspn(name, "0123456789") + 1 < len &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
	               len &&
	       *name != '-' && strcmp(name, "ignore") != 0 && strcmp(name, "infinite") != 0;
}

/* The tags of a system for which something else holds than the settings say: ",set:TAG" each. */
static void add_differences(const struct resolved *system, struct strbuf *ret)
{
	const struct distro *own = efi_loader_of(system, false);
	const struct resolved *top = system;

	if (own)
		strbuf_addf(ret, ",set:bw-efi-%s", own->item.name);
	while (top->above)
		top = top->above;
	if (resolved_bool(system, "enable_ipxe") != resolved_bool(top, "enable_ipxe"))
		strbuf_adds(ret, ",set:bw-ipxe-other");
	for (int http = 0; http <= 1; http++) {
		enum boot_via via = boot_via_of(system, http);

		if (via != boot_via_of(top, http))
			strbuf_addf(ret, ",set:bw-%s", boot_via_tag(via, http));
	}
}

/*
 * "52:54:00:aa:00:07,set:rack3,10.77.0.21,web7". dnsmasq passes over a line with an address where
 * the network has another one, or is of the other family: there the tags are said without. Of lines
 * that fit it takes the last one.
 */
static void add_lines(const char *mac, const char *tags, const char *ip, const char *six,
	const char *name, struct strv *ret)
{
	autostrbuf line = STRBUF_INIT;

	if (*tags && (*ip || *six))
		strv_addf(ret, "%s%s", mac, tags);
	strbuf_addf(&line, "%s%s", mac, tags);
	if (*ip)
		strbuf_addf(&line, ",%s", ip);
	if (*six)
		strbuf_addf(&line, ",[%s]", six);
	if (*name)
		strbuf_addf(&line, ",%s", name);
	strv_add_take(ret, strbuf_take(&line));
}

void boot_dnsmasq_hosts(
	const struct boot_site *site, const struct resolved *system, struct strv *ret)
{
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(site, system);
	const char *hostname = boot_vars_text(vars, "hostname");
	const char *filename = resolved_str(system, "filename");
	const char *inherited_tag = resolved_str(system, "dhcp_tag");
	autostrbuf differences = STRBUF_INIT;

	add_differences(system, &differences);
	if (*filename) {
		strbuf_adds(&differences, ",set:bw-");
		boot_dnsmasq_file_tag(filename, &differences);
	}
	for (size_t i = 0; i < system->item->children; i++) {
		const struct interface *card = (const struct interface *)system->item->child[i];
		const char *own_tag = card->dhcp_tag ? card->dhcp_tag : inherited_tag;
		const char *ip = card->ip_address ? card->ip_address : "";
		const char *six = card->ipv6_address ? card->ipv6_address : "";
		/* One name is one machine: it goes with the card that the machine boots from. */
		bool named = &card->item == boot_card(system->item) && is_host_word(hostname);
		autostrbuf tags = STRBUF_INIT;

		if (*own_tag)
			strbuf_addf(&tags, ",set:%s", own_tag);
		strbuf_add(&tags, differences.buf, differences.len);
		if (card->mac_address && *card->mac_address && (*ip || *six || tags.len))
			add_lines(card->mac_address, tags.buf, ip, six, named ? hostname : "", ret);
	}
}
