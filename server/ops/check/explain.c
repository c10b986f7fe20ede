#include "ops/check/explain.h"

#include "base/file.h"
#include "base/generation.h"
#include "base/json.h"
#include "base/net.h"
#include "boot/clients.h"
#include "boot/dnsmasq_networks.h"
#include "boot/efi_loader.h"
#include "boot/entry.h"
#include "boot/explain.h"
#include "boot/formats.h"
#include "boot/images.h"
#include "model/types.h"
#include "ops/check/explain_after.h"
#include "ops/check/explain_open.h"
#include "ops/install/machine_address.h"
#include "ops/publish/dhcp_other.h"
#include "ops/publish/hosts_file.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"
#include "ops/query/chain_list.h"

#include <netinet/in.h>
#include <string.h>

/* What a machine says of itself in DHCP's option 93: RFC 4578 and IANA's list. */
static const struct firmware {
	const char *arch;
	const char *name;
	int number;
	bool uefi, http;
} firmwares[] = {
	{"x86_64", "bios", 0, false, false},
	{"x86_64", "uefi", 7, true, false},
	{"x86_64", "uefi-http", 16, true, true},
	{"i386", "bios", 0, false, false},
	{"i386", "uefi", 6, true, false},
	{"i386", "uefi-http", 15, true, true},
	{"aarch64", "uefi", 11, true, false},
	{"aarch64", "uefi-http", 19, true, true},
};

struct explaining {
	struct server *server;
	const struct explain_request *request;
	char mac[MAC_TEXT];
	char lease[INET_ADDRSTRLEN]; /* what dnsmasq has lent it; "" */
	char lent_to[MAC_TEXT];      /* to whom its fixed address is lent; "" */
	struct chain *system;        /* NULL: an unknown machine */
	struct chain *settings;      /* NULL where there is a system */
	struct chain_list networks;
	const struct chain *network; /* where it is; NULL: the settings' own */
	const struct interface *card;
	struct strbuf dhcp_conf;
	struct strbuf dhcp_hosts;
	struct strv loaders; /* that are published */
	struct explain_opener opener;
	json_t *answer;
};

static const struct resolved *settings_of(const struct explaining *e)
{
	return (e->system ? e->system : e->settings)->resolved[0];
}

static const struct boot_site *site_of(const struct explaining *e)
{
	return &(e->network ? e->network : e->system ? e->system : e->settings)->site;
}

static const struct network *network_item(const struct chain *chain)
{
	return (const struct network *)chain_end(chain)->item;
}

/* Gathering */

static int find_system(struct explaining *e, struct err *err)
{
	autofree char *name = NULL;
	struct err why = ERR_INIT;
	struct mac mac;

	if (mac_parse(e->request->mac, &mac, err) < 0)
		return -1;
	mac_format(&mac, ':', e->mac);
	machine_lease(e->server, e->mac, e->lease);
	if (db_system_by_mac(e->server->db, e->mac, &name, &why) < 0 && why.code != ERR_NOT_FOUND)
		return err_set(err, why.code, "%s", why.msg);
	if (!name)
		return chain_load(e->server, &settings_type, settings_type.name, &e->settings, err);
	if (chain_load(e->server, &system_type, name, &e->system, err) < 0)
		return -1;
	for (size_t i = 0; i < chain_end(e->system)->item->children; i++) {
		const struct interface *card =
			(const struct interface *)chain_end(e->system)->item->child[i];

		if (card->mac_address && strcmp(card->mac_address, e->mac) == 0)
			e->card = card;
	}
	if (e->card && e->card->ip_address && *e->card->ip_address)
		machine_lent_to(e->server, e->card->ip_address, e->lent_to);
	return 0;
}

static bool is_v4(const struct network *network)
{
	return !strchr(network->address, ':');
}

/* By the network's family; what dnsmasq has lent is IPv4. */
static const char *address_of(const struct explaining *e)
{
	const char *six = e->card && e->card->ipv6_address ? e->card->ipv6_address : "";

	if (e->network && !is_v4(network_item(e->network)))
		return six;
	return e->card && e->card->ip_address ? e->card->ip_address : e->lease;
}

static bool is_inside(const struct network *network, const char *address)
{
	const char *slash = strchr(network->address, '/');
	autofree char *base = xstrndup(network->address, (size_t)(slash - network->address));
	uint8_t a[16];
	uint8_t b[16];
	size_t a_len;
	size_t b_len;

	return ip_parse(base, a, &a_len, NULL) == 0 && ip_parse(address, b, &b_len, NULL) == 0 &&
	       a_len == b_len && ip_same_network(a, b, (unsigned)strtoul(slash + 1, NULL, 10));
}

/* By name; by the card's address; where that does not tell, the settings' own, if there is one,
 * else the first. */
static int find_network(struct explaining *e, struct err *err)
{
	const char *name = e->request->network;
	const char *address = address_of(e);
	bool own = *resolved_str(settings_of(e), "dhcp_range") ||
	           *resolved_str(settings_of(e), "dhcp_netmask");

	if (chain_list_add(e->server, &network_type, &e->networks, err) < 0)
		return -1;
	for (size_t i = 0; i < e->networks.n && !e->network; i++) {
		const struct network *network = network_item(e->networks.chain[i]);

		if (name ? strcmp(name, network->item.name) == 0
			 : *address && is_inside(network, address))
			e->network = e->networks.chain[i];
	}
	if (name && !e->network)
		return err_set(err, ERR_NOT_FOUND, "there is no network '%s'", name);
	for (size_t i = 0; i < e->networks.n && !e->network && !own; i++)
		if (is_v4(network_item(e->networks.chain[i])))
			e->network = e->networks.chain[i];
	return 0;
}

static void add_host(struct explaining *e, const char *host)
{
	if (*host && !strv_has(&e->opener.hosts, host))
		strv_add(&e->opener.hosts, host);
}

static void add_site(struct explaining *e, const struct chain *chain)
{
	add_host(e, chain->site.host);
	add_host(e, chain->site.next_server);
}

/* Every name that a machine may have heard of this server. */
static void find_hosts(struct explaining *e)
{
	AUTO(chain) struct chain *settings = NULL;

	if (chain_load(e->server, &settings_type, settings_type.name, &settings, NULL) == 0)
		add_site(e, settings);
	if (e->system)
		add_site(e, e->system);
	for (size_t i = 0; i < e->networks.n; i++) {
		const char *six = resolved_str(chain_end(e->networks.chain[i]), "next_server_v6");
		autofree char *host = *six ? xasprintf("[%s]", six) : NULL;

		add_site(e, e->networks.chain[i]);
		add_host(e, host ? host : "");
	}
}

/* What is published for DHCP. A network that is not served has nothing of it. */
static int read_published(struct explaining *e, struct err *err)
{
	enum { MAX = 64 << 20 };
	autoclose int generation = -1;
	struct manifest manifest;

	if (manifest_read(e->server, &manifest, err) < 0 ||
		generation_open(e->server->tftp_fd, &generation, err) < 0)
		return -1;
	json_object_set_new(e->answer, "published",
		json_pack("{s:I,s:I}", "generation", (json_int_t)manifest.generation, "revision",
			(json_int_t)manifest.revision));
	dhcp_published_loaders(generation, &e->loaders);
	if (file_read(generation, "private/" DHCP_MAIN, MAX, &e->dhcp_conf, NULL) < 0)
		strbuf_reset(&e->dhcp_conf);
	hosts_files_read(generation, &e->dhcp_hosts);
	return 0;
}

/* Walking */

static bool served_by_others(const struct explaining *e)
{
	return !resolved_bool(settings_of(e), "manage_dhcp") ||
	       (e->network &&
		       strcmp(resolved_str(chain_end(e->network), "dhcp_mode"), "none") == 0);
}

/* What another server gives the client, told what we would say (`dhcp show`). */
struct other {
	char *server; /* where the network is IPv6: ours there, "[fd77::1]" */
	char *base;
	char *file;
	char *ipxe;
};

static void auto_other(struct other *other)
{
	free(other->server);
	free(other->base);
	free(other->file);
	free(other->ipxe);
}

/* By DHCPv6 all are told a URL, and a BIOS does not ask. */
static char *other_file(
	const struct firmware *firmware, const struct other *other, const char *name)
{
	if (!name || (other->server && !firmware->uefi))
		return NULL;
	if (firmware->http)
		return xasprintf("%s/%s", other->base, name);
	return other->server ? xasprintf("tftp://%s/%s", other->server, name) : xstrdup(name);
}

/* It is told of sorts of firmware, not of single machines. */
static void set_other(struct explaining *e, const struct firmware *firmware, struct explain *walk,
	struct other *other)
{
	const struct boot_dhcp dhcp = {.settings = settings_of(e), .loaders = &e->loaders};
	const struct boot_client *client = boot_client_find(firmware->number);
	const char *name = client ? boot_client_file(&dhcp, client,
					    boot_via_of(dhcp.settings, firmware->http), false)
	                          : NULL;
	const char *base = site_of(e)->http_base;
	const char *v6 = e->network ? resolved_str(chain_end(e->network), "next_server_v6") : "";

	if (e->network && !is_v4(network_item(e->network))) {
		other->server = xasprintf("[%s]", v6);
		other->base = boot_http_base_v6(base, v6);
		walk->next_server = other->server;
		name = *v6 ? name : NULL;
	} else {
		other->base = xstrdup(base);
	}
	other->file = other_file(firmware, other, name);
	if (resolved_bool(dhcp.settings, "enable_ipxe"))
		other->ipxe = xasprintf("%s/boot/ipxe", other->base);
	walk->other_file = other->file;
	walk->other_ipxe = other->ipxe;
}

/* The loader that a machine's record is for; NULL: there is none. */
static const char *wanted_file(const struct explaining *e, const struct firmware *firmware)
{
	const struct boot_dhcp dhcp = {.settings = settings_of(e), .loaders = &e->loaders};
	const struct boot_client *client = boot_client_find(firmware->number);
	const struct resolved *machine = chain_end(e->system);
	const char *filename = resolved_str(machine, "filename");

	if (*filename && !firmware->http)
		return filename;
	return client ? boot_client_file(&dhcp, client, boot_via_of(machine, firmware->http), false)
	              : NULL;
}

/* One by which it finds no file of its own. */
static void check_other(
	const struct explaining *e, const struct firmware *firmware, struct explain *walk)
{
	const char *what = json_get_str(walk->start, "what");
	const char *wanted;

	if (walk->dhcp_conf || !e->system || boot_what(chain_end(e->system)) == BOOT_LOCAL ||
		!what || strcmp(what, "local") != 0)
		return;
	wanted = wanted_file(e, firmware);
	if (wanted)
		explain_problem(walk,
			"let the other server name that file for this machine's MAC address",
			"its record is for %s, and what the other server is told is the same for "
			"all machines",
			wanted);
}

/* The record's way of booting over HTTP, where another one is all that there is. */
static void check_via(
	const struct explaining *e, const struct firmware *firmware, struct explain *walk)
{
	const struct boot_dhcp dhcp = {.settings = settings_of(e), .loaders = &e->loaders};
	const struct resolved *machine = e->system ? chain_end(e->system) : settings_of(e);
	const struct boot_client *client = boot_client_find(firmware->number);
	enum boot_via via = boot_via_of(machine, true);
	const char *file = client ? boot_client_file(&dhcp, client, via, walk->proxy) : NULL;

	if (firmware->http && file && boot_via_of_file(file) != via)
		explain_problem(walk, "bootwright loaders --missing; bootwright check",
			"http_boot is %s, and no such loader is published for architecture %d: it "
			"gets %s instead",
			boot_via_name(via), firmware->number, file);
}

/* The distro's own loaders, where the machine's record says that it gets them. */
struct own {
	char *shim, *grub, *config; /* as they are published; NULL: this server's */
};

static void auto_own(struct own *own)
{
	free(own->shim);
	free(own->grub);
	free(own->config);
}

static char *own_path(const struct distro *distro, size_t i)
{
	autostrbuf path = STRBUF_INIT;

	efi_loader_path(distro, i, &path);
	return strbuf_take(&path);
}

static void set_own(struct explaining *e, const struct firmware *firmware, struct own *own,
	struct explain *walk)
{
	const struct distro *distro =
		e->system ? efi_loader_of(chain_end(e->system), firmware->http) : NULL;
	autostrbuf config = STRBUF_INIT;

	if (!distro || strcmp(resolved_str(chain_end(e->system), "arch"), firmware->arch) != 0)
		return;
	efi_loader_config_path(distro, &config);
	walk->own_shim = own->shim = own_path(distro, EFI_SHIM);
	walk->own_grub = own->grub = own_path(distro, EFI_GRUB);
	walk->own_config = own->config = strbuf_take(&config);
}

static json_t *walk_json(
	const struct explaining *e, const struct firmware *firmware, const struct explain *walk)
{
	json_t *chain = json_pack("{s:s,s:s,s:i,s:b,s:b}", "firmware", firmware->name, "arch",
		firmware->arch, "architecture", firmware->number, "ipxe", walk->machine.ipxe,
		"secure_boot", walk->machine.secure_boot);

	(void)e;
	json_object_set(chain, "steps", walk->steps);
	json_object_set(chain, "problems", walk->problems);
	json_object_set_new(chain, "start", walk->start ? json_incref(walk->start) : json_null());
	return chain;
}

/* That it finds nothing is then what the settings want. */
static void note_nothing(const struct explaining *e, struct explain *walk)
{
	const char *unknown = resolved_str(settings_of(e), "unknown_machines");

	if (e->system || strcmp(unknown, "none") != 0)
		return;
	json_array_clear(walk->problems);
	explain_step(walk, "note",
		"it is to get no boot file: unknown_machines of the settings is none");
}

/* A network's own address of this server is DHCP's: what files name is the record's. Both may be
 * reached from there, so it is nobody's mistake. */
static void note_server(const struct explaining *e, struct explain *walk)
{
	const struct boot_site *files = e->system ? &e->system->site : &e->settings->site;
	autofree char *advice =
		e->system ? xasprintf("bootwright system edit --name=%s --server=%s",
				    chain_end(e->system)->item->name, site_of(e)->host)
			  : NULL;

	if (!e->network || !is_v4(network_item(e->network)) ||
		strcmp(files->host, site_of(e)->host) == 0)
		return;
	explain_step(walk, "note",
		"in this network the server is %s, while the %s %s in addresses of kernels and "
		"answer files%s%s",
		site_of(e)->host, e->system ? "machine's record says" : "menus say", files->host,
		advice ? "; if that is not reached from there: " : "", advice ? advice : "");
}

/* DHCP's lines know the settings' address and the networks', not that of a system's record. */
static void note_next_server(const struct explaining *e, struct explain *walk)
{
	const struct resolved *dhcp = e->network ? chain_end(e->network) : settings_of(e);
	const char *own = e->system ? resolved_str(chain_end(e->system), "next_server_v4") : "";
	const char *common = resolved_str(settings_of(e), "next_server_v4");

	if (*own && strcmp(own, common) != 0 &&
		strcmp(own, resolved_str(dhcp, "next_server_v4")) != 0)
		explain_step(walk, "note",
			"next_server_v4 of a system or profile, %s here, is named by its files "
			"alone: DHCP tells the settings' or the network's",
			own);
}

/* BOOTIF is the main interface's or what is below it, whichever card the machine boots from. */
static void note_card(const struct explaining *e, struct explain *walk)
{
	const char *line = json_get_str(walk->start, "command_line");
	const char *told = line ? strstr(line, "BOOTIF=01-") : NULL;
	struct mac mac;
	char own[MAC_TEXT];

	if (!told || !e->card || mac_parse(e->mac, &mac, NULL) < 0)
		return;
	told += strlen("BOOTIF=01-");
	mac_format(&mac, '-', own);
	if (strncmp(told, own, strlen(own)) != 0)
		explain_step(walk, "note",
			"the installer is told to use another card (BOOTIF=01-%.*s); if it is to "
			"be this one: bootwright system edit --name=%s --interface=%s "
			"--management=true",
			(int)strcspn(told, " "), told, chain_end(e->system)->item->name,
			e->card->item.name);
}

static int walk_one(struct explaining *e, const struct firmware *firmware, struct err *err)
{
	autofree char *tag =
		e->network ? xasprintf("bw-net-%s", chain_end(e->network)->item->name) : NULL;
	AUTO(other) struct other other = {.server = NULL};
	AUTO(own) struct own own = {.shim = NULL};
	struct explain walk = {
		.machine = {.mac = e->mac,
			.arch = firmware->number,
			.uefi = firmware->uefi,
			.http = firmware->http,
			.ipxe = e->request->user_class,
			.secure_boot = e->request->secure_boot && firmware->uefi,
			.address = address_of(e),
			.lent_to = e->lent_to},
		.dhcp_conf = e->dhcp_conf.buf ? e->dhcp_conf.buf : "",
		.dhcp_hosts = e->dhcp_hosts.buf,
		.network = tag,
		.choose = e->request->choose,
		.next_server = site_of(e)->next_server,
		.open = explain_open,
		.ctx = &e->opener,
	};
	const struct explain_end end = {.server = e->server, .system = e->system, .walk = &walk};
	json_t *chain = NULL;
	int result;

	set_other(e, firmware, &walk, &other);
	set_own(e, firmware, &own, &walk);
	if (served_by_others(e))
		walk.dhcp_conf = NULL;
	result = explain_run(&walk, err);
	if (result == 0) {
		check_via(e, firmware, &walk);
		check_other(e, firmware, &walk);
		note_nothing(e, &walk);
		note_server(e, &walk);
		note_next_server(e, &walk);
		note_card(e, &walk);
		chain = walk_json(e, firmware, &walk);
		result = explain_after(&end, chain, err);
	}
	if (result == 0)
		json_array_append(json_object_get(e->answer, "chains"), chain);
	json_decref(chain);
	explain_done(&walk);
	return result;
}

static int no_firmware(const char *arch, const char *name, struct err *err)
{
	autostrbuf known = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(firmwares); i++)
		if (strcmp(firmwares[i].arch, arch) == 0)
			strbuf_addf(&known, "%s%s", known.len ? ", " : "", firmwares[i].name);
	if (!known.len)
		return err_field(err, ERR_INVALID, "arch",
			"'%.40s' is none that boots from here: x86_64, i386, aarch64", arch);
	return err_field(err, ERR_INVALID, "firmware", "'%.40s' is none that %s has: %s",
		name ? name : "", arch, known.buf);
}

/* Without a firmware, each but HTTP boot: that is something that an administrator switches on. */
static int walk_all(struct explaining *e, struct err *err)
{
	const char *name = e->request->firmware;
	const char *arch = e->request->arch;
	size_t walked = 0;

	if (!arch && e->system)
		arch = resolved_str(chain_end(e->system), "arch");
	if (!arch || !*arch)
		arch = "x86_64";
	for (size_t i = 0; i < ARRAY_SIZE(firmwares); i++) {
		const struct firmware *firmware = &firmwares[i];

		if (strcmp(firmware->arch, arch) != 0 ||
			(name ? strcmp(firmware->name, name) != 0 : firmware->http) ||
			(!name && e->request->secure_boot && !firmware->uefi))
			continue;
		if (walk_one(e, firmware, err) < 0)
			return -1;
		walked++;
	}
	return walked ? 0 : no_firmware(arch, name, err);
}

static int explain(struct explaining *e, struct err *err)
{
	struct err why = ERR_INIT;

	if (find_system(e, err) < 0 || find_network(e, err) < 0)
		return -1;
	find_hosts(e);
	json_set_str(e->answer, "mac", e->mac);
	json_set_str(e->answer, "system", e->system ? chain_end(e->system)->item->name : "");
	json_set_str(e->answer, "network", e->network ? chain_end(e->network)->item->name : "");
	json_object_set_new(e->answer, "published", json_null());
	if (read_published(e, &why) < 0) {
		if (why.code != ERR_NOT_FOUND)
			return err_set(err, why.code, "%s", why.msg);
		explain_add_problem(json_object_get(e->answer, "problems"), "bootwright sync",
			"nothing is published yet");
		return 0;
	}
	explain_stale(e->server,
		&(struct explain_machine){
			.mac = e->mac, .system = json_get_str(e->answer, "system")},
		json_object_get(e->answer, "problems"));
	return walk_all(e, err);
}

static bool is_broken(const json_t *answer)
{
	size_t i;
	json_t *chain;

	if (json_array_size(json_object_get(answer, "problems")))
		return true;
	json_array_foreach (json_object_get(answer, "chains"), i, chain)
		if (json_array_size(json_object_get(chain, "problems")))
			return true;
	return false;
}

int explain_boot(
	struct server *server, const struct explain_request *request, json_t **ret, struct err *err)
{
	autojson json_t *answer = json_pack("{s:[],s:[]}", "chains", "problems");
	struct explaining e = {
		.server = server,
		.request = request,
		.opener = {.server = server, .mac = e.mac, .sums = json_object()},
		.answer = answer,
	};
	int result = explain(&e, err);

	if (result == 0) {
		json_object_set_new(answer, "broken", json_boolean(is_broken(answer)));
		*ret = json_incref(answer);
	}
	chain_free(e.system);
	chain_free(e.settings);
	chain_list_done(&e.networks);
	strbuf_done(&e.dhcp_conf);
	strbuf_done(&e.dhcp_hosts);
	strv_done(&e.loaders);
	strv_done(&e.opener.hosts);
	json_decref(e.opener.sums);
	return result;
}
