#include "ops/check/check.h"

#include "base/json.h"
#include "base/net.h"
#include "base/run.h"
#include "boot/images.h"
#include "model/types.h"
#include "ops/check/check_addresses.h"
#include "ops/check/check_answers.h"
#include "ops/check/check_interfaces.h"
#include "ops/check/check_networks.h"
#include "ops/check/check_secure_boot.h"
#include "ops/check/check_tftp.h"
#include "ops/import/import.h"
#include "ops/install/install.h"
#include "ops/publish/image_check.h"
#include "ops/publish/loaders.h"
#include "ops/publish/net_grub.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"
#include "ops/publish/sync.h"
#include "ops/supervise.h"
#include "ops/udp_ports.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum { DHCP_PORT = 67, TFTP_PORT = 69, VANISHED_LIMIT = 20, GAVE_UP_LIMIT = 20 };

struct check;

struct checking {
	struct server *server;
	const struct settings *settings;
	const struct check *check; /* the row that runs */
	json_t *services;          /* services=managed: supervise_status(); else NULL */
	json_t *found;
	size_t vanished;
};

struct check {
	const char *id;
	const char *severity;
	void (*run)(struct checking *checking);
};

/* Notes a problem of the row that runs. */
static void problem(struct checking *checking, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void problem(struct checking *checking, const char *advice, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	json_t *object = json_object();
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	json_set_str(object, "id", checking->check->id);
	json_set_str(object, "severity", checking->check->severity);
	json_set_str(object, "problem", text.buf);
	json_set_str(object, "advice", advice);
	json_array_append_new(checking->found, object);
}

static bool is_set(const char *text)
{
	return text && *text;
}

static bool is_local(const char *host)
{
	return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
	       strcmp(host, "::1") == 0;
}

static bool manages_dhcp(const struct checking *checking)
{
	const struct opt_bool *manage = &checking->settings->manage_dhcp;

	return !manage->set || manage->value;
}

/* Settings */

static void check_server(struct checking *checking)
{
	const char *server = checking->settings->server;

	if (!is_set(server))
		problem(checking, "bootwright settings edit --server=ADDRESS",
			"no server address is set: machines are told to fetch everything from "
			"127.0.0.1");
	else if (is_local(server))
		problem(checking, "bootwright settings edit --server=ADDRESS",
			"the server address is '%s', which every machine takes for itself", server);
}

/* Where it is unset, the server's own address stands in for it. A server that machines know only by
 * its IPv6 address gives them that. */
static void check_next_server(struct checking *checking)
{
	const char *next = checking->settings->next_server_v4;
	const char *six = checking->settings->next_server_v6;
	const char *server = checking->settings->server;
	uint32_t address;

	if (is_set(server) && strchr(server, ':') && !is_set(next)) {
		if (!is_set(six))
			problem(checking, "bootwright settings edit --next-server-v6=ADDRESS",
				"no next_server_v6 is set: machines cannot find the TFTP server");
		return;
	}
	if (is_set(next) && !is_local(next))
		return;
	if (is_set(next))
		problem(checking, "bootwright settings edit --next-server-v4=ADDRESS",
			"next_server is '%s', which every machine takes for itself", next);
	else if (!is_set(server) || is_local(server) || ip4_parse(server, &address, NULL) < 0)
		problem(checking, "bootwright settings edit --next-server-v4=ADDRESS",
			"no next_server is set: machines cannot find the TFTP server");
}

static void check_password(struct checking *checking)
{
	if (!is_set(checking->settings->default_password_crypted))
		problem(checking,
			"openssl passwd -6 | bootwright settings edit "
			"--default-password-crypted=-",
			"no root password hash is set: the answer files that come with Bootwright "
			"refuse to be without one");
}

static void check_dhcp_settings(struct checking *checking)
{
	bool fixed = is_set(checking->settings->dhcp_netmask);
	int64_t networks = 0;

	if (!manages_dhcp(checking) || is_set(checking->settings->dhcp_range) ||
		db_count(checking->server->db, &network_type, &networks, NULL) < 0)
		return;
	if (!networks)
		problem(checking,
			"bootwright network add --name=lan --address=10.77.0.0/24 "
			"--dhcp-range=FIRST-LAST, or where another DHCP server does it: "
			"--dhcp-mode=proxy, or bootwright settings edit --manage-dhcp=false",
			"no network is defined and no dhcp_range is set: %s",
			fixed ? "machines without a fixed address get none"
			      : "no machine gets an address");
}

static void check_networks(struct checking *checking)
{
	autostrbuf clash = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	if (manages_dhcp(checking) &&
		networks_clash(checking->server, checking->settings, &clash, &advice))
		problem(checking, advice.buf, "%s", clash.buf);
}

static void check_interface(struct checking *checking)
{
	autostrbuf lacks = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	if (manages_dhcp(checking) &&
		networks_lack_interface(checking->server, checking->settings, &lacks, &advice))
		problem(checking, advice.buf, "%s: dnsmasq does not start", lacks.buf);
}

/* The settings' own range may be anywhere. */
static void check_addresses(struct checking *checking)
{
	autostrbuf lacks = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	if (manages_dhcp(checking) && !is_set(checking->settings->dhcp_range) &&
		!is_set(checking->settings->dhcp_netmask) &&
		addresses_lack_network(checking->server, &lacks, &advice))
		problem(checking, advice.buf, "%s", lacks.buf);
}

static void check_secure_boot(struct checking *checking)
{
	autostrbuf lacks = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	if (manages_dhcp(checking) && networks_lack_secure_boot(checking->server, &lacks, &advice))
		problem(checking, advice.buf, "%s", lacks.buf);
}

/* Items */

static void check_interfaces(struct checking *checking)
{
	autostrbuf lacks = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	if (interfaces_lack_master(checking->server, &lacks, &advice))
		problem(checking, advice.buf, "%s", lacks.buf);
}

static void check_imported(struct checking *checking)
{
	int64_t n;

	if (db_count(checking->server->db, &distro_type, &n, NULL) == 0 && n == 0)
		problem(checking, "bootwright import --path=DIR --name=NAME",
			"there is no distro yet: nothing can be installed");
}

static void check_file(struct checking *checking, const struct distro *distro, size_t i)
{
	struct err err = ERR_INIT;
	autofree char *advice = NULL;

	if (checking->vanished >= VANISHED_LIMIT ||
		image_check(checking->server, distro, i, &err) == 0)
		return;
	checking->vanished++;
	if (err.code == ERR_CONFLICT)
		advice = xasprintf("put the old file back, or take this one: bootwright distro "
				   "edit --name=%s --kernel=%s; then: bootwright sync",
			distro->item.name, distro->kernel);
	else
		advice = xasprintf("put it back, or import the tree again: bootwright import "
				   "--path=DIR --name=%s",
			distro->item.name);
	problem(checking, advice, "distro '%s': %s", distro->item.name, err.msg);
}

static int check_distro(void *ctx, struct item *item, struct err *err)
{
	const struct distro *distro = (const struct distro *)item;

	(void)err;
	for (size_t i = 0; i < boot_files(distro); i++)
		check_file(ctx, distro, i);
	return 0;
}

static void check_files(struct checking *checking)
{
	const struct db_query query = {.type = &distro_type};
	struct err err = ERR_INIT;

	if (db_item_list(checking->server->db, &query, check_distro, checking, &err) < 0)
		problem(checking, "look at the server's log", "cannot read the distros: %s",
			err.msg);
}

static int check_shim(void *ctx, struct item *item, struct err *err)
{
	struct checking *checking = ctx;
	autostrbuf lacks = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	(void)err;
	if (distro_lacks_shim(checking->server, (const struct distro *)item, &lacks, &advice))
		problem(checking, advice.buf, "%s", lacks.buf);
	return 0;
}

static void check_shims(struct checking *checking)
{
	db_item_list(checking->server->db, &(struct db_query){.type = &distro_type}, check_shim,
		checking, NULL);
}

static void check_trees(struct checking *checking)
{
	autostrv names = STRV_INIT;

	if (import_unused_trees(checking->server, &names, NULL) < 0)
		return;
	strv_for_each (name, &names) {
		autofree char *advice = xasprintf("rm -r '%s/trees/%s', if nothing else uses it",
			checking->server->config.state_dir, name);

		problem(checking, advice, "no distro uses the tree '%s' any more", name);
	}
}

/* Where no root password is set, that is what is wrong with most of them, and is told already. */
static void check_answers(struct checking *checking)
{
	autostrbuf fails = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	if (is_set(checking->settings->default_password_crypted) &&
		answers_fail(checking->server, &fails, &advice))
		problem(checking, advice.buf, "%s", fails.buf);
}

/* Installations */

static int check_install(void *ctx, const struct db_install *install, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	autostrbuf advice = STRBUF_INIT;

	(void)err;
	install_advice(install, &text, &advice);
	problem(ctx, advice.buf, "%s", text.buf);
	return 0;
}

static void check_installs(struct checking *checking)
{
	const struct db_install_query query = {.state = INSTALL_GAVE_UP, .limit = GAVE_UP_LIMIT};
	int64_t n = 0;

	db_install_list(checking->server->db, &query, check_install, checking, NULL);
	db_install_count(checking->server->db, INSTALL_GAVE_UP, &n, NULL);
	if (n > GAVE_UP_LIMIT)
		problem(checking, "bootwright install list --state='gave up'",
			"%lld more installations were given up", (long long)n - GAVE_UP_LIMIT);
}

/* Services */

static const struct service {
	const char *name; /* in supervise_status() */
	const char *program;
	const char *install;
	unsigned port;
	const char *serves;
} dnsmasq = {"dnsmasq", "dnsmasq", "apt-get install dnsmasq-base", DHCP_PORT, "DHCP"},
  tftpd = {"tftpd", "in.tftpd", "apt-get install tftpd-hpa", TFTP_PORT, "TFTP"};

static void check_managed(struct checking *checking, const struct service *service)
{
	const json_t *status = json_object_get(checking->services, service->name);

	if (json_is_true(json_object_get(status, "running")))
		return;
	if (udp_port_is_bound(service->port))
		problem(checking,
			"stop what holds it (ss -lunp shows its name), or start bootwrightd with "
			"--services=external",
			"%s cannot run: another program has UDP port %u", service->program,
			service->port);
	else
		problem(checking, "bootwright sync; if it still does not run, see the server's log",
			"%s does not run: machines get no answer by %s", service->program,
			service->serves);
}

static int note_any(void *ctx, struct item *item, struct err *err)
{
	(void)item;
	(void)err;
	*(bool *)ctx = true;
	return 0;
}

/* libvirt's dnsmasq on a bridge of its own serves its guests and no machine. */
static bool serves_machines(void *ctx, const char *interface)
{
	const struct checking *checking = ctx;
	const struct db_filter named = {.field = item_field(&network_type, "dhcp_interface"),
		.compare = DB_EQUAL,
		.text = interface};
	const struct db_query query = {.type = &network_type, .filter = &named, .filters = 1};
	const char *own = checking->settings->dhcp_interface;
	bool is_meant = own && strcmp(own, interface) == 0;

	if (strncmp(interface, "virbr", strlen("virbr")) != 0)
		return true;
	db_item_list(checking->server->db, &query, note_any, &is_meant, NULL);
	return is_meant;
}

static void check_external(
	struct checking *checking, const struct service *service, const char *how_to_start)
{
	if (!udp_port_is_bound_where(service->port, serves_machines, checking))
		problem(checking, how_to_start,
			"nothing listens on UDP port %u: machines get no answer by %s",
			service->port, service->serves);
}

static bool is_installed(struct checking *checking, const struct service *service)
{
	autofree char *path = run_find(service->program);

	if (!path)
		problem(checking, service->install, "%s is not installed", service->program);
	return path;
}

static void check_dnsmasq(struct checking *checking)
{
	const char *share = checking->server->config.share_dir;
	autofree char *advice = xasprintf(
		"cp %s/dnsmasq.service /etc/systemd/system/ && systemctl enable dnsmasq && "
		"systemctl restart dnsmasq (it reads %s/current/private/dnsmasq.conf as the "
		"server's account), or start bootwrightd with --services=managed (for its unit: "
		"%s/bootwrightd-managed.conf)",
		share, checking->server->config.tftp_dir, share);

	if (!manages_dhcp(checking) || !is_installed(checking, &dnsmasq))
		return;
	if (checking->server->config.managed)
		check_managed(checking, &dnsmasq);
	else
		check_external(checking, &dnsmasq, advice);
}

static void check_tftpd(struct checking *checking)
{
	autostrbuf advice = STRBUF_INIT;

	tftp_advice(checking->server, &advice);
	if (checking->server->config.managed) {
		if (is_installed(checking, &tftpd))
			check_managed(checking, &tftpd);
	} else if (!udp_port_is_bound(TFTP_PORT) && is_installed(checking, &tftpd)) {
		/* another TFTP server would do, too */
		check_external(checking, &tftpd, advice.buf);
	}
}

static void check_tftp_folder(struct checking *checking)
{
	autostrbuf advice = STRBUF_INIT;
	autostrbuf other = STRBUF_INIT;

	if (!checking->server->config.managed && udp_port_is_bound(TFTP_PORT) &&
		tftp_serves_other(checking->server, checking->settings, &other, &advice))
		problem(checking, advice.buf, "%s", other.buf);
}

static void add_missing_loader(void *ctx, const struct loader *loader)
{
	autofree char *install = loader_install(loader);
	autofree char *advice = xasprintf("%s; then: bootwright sync", install);

	problem(ctx, advice, "the boot loader %s is not installed: %s need it", loader->name,
		loader->needed);
}

static void check_loaders(struct checking *checking)
{
	loaders_missing(checking->server, add_missing_loader, checking);
}

static void check_net_grub(struct checking *checking)
{
	autofree char *who = net_grub_wanted(checking->server);
	const char *package = net_grub_lacks();
	autofree char *advice = NULL;

	if (!who || !package)
		return;
	advice = xasprintf("apt-get install %s; then: bootwright sync", package);
	problem(checking, advice,
		"%s: http_boot is grub, and that GRUB cannot be made without the package %s; "
		"machines get another loader instead",
		who, package);
}

/* Publishing */

static void check_published(struct checking *checking)
{
	autojson json_t *published = sync_published(checking->server);
	autojson json_t *would = NULL;
	struct err err = ERR_INIT;
	json_int_t revision = json_integer_value(json_object_get(published, "revision"));

	if (!json_is_object(published)) {
		problem(checking, "bootwright sync", "nothing is published yet");
		return;
	}
	if (!rollback_is_held(checking->server) && !publish_is_whole(checking->server))
		problem(checking, "bootwright sync",
			"kernels, initrds or boot loaders that were published are gone, or others "
			"are in their place");
	/* A younger store says nothing by itself: a comment is not published. */
	if (revision >= db_revision(checking->server->db) && !publish_is_behind(checking->server) &&
		!atomic_load(&checking->server->publisher->unsure))
		return;
	if (sync_all(checking->server, true, NULL, &would, &err) < 0)
		problem(checking, "mend that, then: bootwright sync",
			"what is stored cannot be published: %s", err.msg);
	else if (json_integer_value(json_object_get(would, "changed")) > 0)
		problem(checking, "bootwright sync",
			"%lld published files are older than what is stored, or than the boot "
			"templates%s%s",
			(long long)json_integer_value(json_object_get(would, "changed")),
			rollback_is_held(checking->server) ? ": since a rollback only systems' own "
							     "changes are published by themselves"
							   : "",
			atomic_load(&checking->server->publisher->unsure)
				? "; or damaged, for this host ended without warning"
				: "");
}

static void check_space(struct checking *checking, int fd, const char *folder)
{
	const unsigned long long mib = 1 << 20;
	unsigned long long left;
	struct statvfs fs;

	if (fstatvfs(fd, &fs) < 0 || fs.f_blocks == 0)
		return;
	left = (unsigned long long)fs.f_bavail * fs.f_frsize;
	if (left < 256 * mib || fs.f_bavail < fs.f_blocks / 50)
		problem(checking, "make room, or move it to a larger file system",
			"the file system of '%s' is nearly full: %llu MiB are left", folder,
			left / mib);
}

static void check_disks(struct checking *checking)
{
	const struct server *server = checking->server;
	struct stat state;
	struct stat tftp;

	check_space(checking, server->state_fd, server->config.state_dir);
	if (fstat(server->state_fd, &state) == 0 && fstat(server->tftp_fd, &tftp) == 0 &&
		state.st_dev != tftp.st_dev)
		check_space(checking, server->tftp_fd, server->config.tftp_dir);
}

/* In the order in which they are best mended. */
static const struct check checks[] = {
	{"server-address", "error", check_server},
	{"next-server", "error", check_next_server},
	{"root-password", "error", check_password},
	{"dhcp-range", "warning", check_dhcp_settings},
	{"networks", "warning", check_networks},
	{"dhcp-interface", "error", check_interface},
	{"fixed-addresses", "warning", check_addresses},
	{"secure-boot", "warning", check_secure_boot},
	{"no-distro", "error", check_imported},
	{"distro-files", "error", check_files},
	{"secure-boot-distro", "warning", check_shims},
	{"unused-tree", "warning", check_trees},
	{"interface-master", "warning", check_interfaces},
	{"answer-files", "warning", check_answers},
	{"installs", "warning", check_installs},
	{"dnsmasq", "error", check_dnsmasq},
	{"tftpd", "error", check_tftpd},
	{"tftp-folder", "error", check_tftp_folder},
	{"loaders", "warning", check_loaders},
	{"http-boot", "warning", check_net_grub},
	{"not-published", "error", check_published},
	{"disk-space", "warning", check_disks},
};

static void ask_supervisor(struct checking *checking)
{
	const struct server_config *config = &checking->server->config;

	if (config->managed && config->supervisor >= 0)
		supervise_status(config->supervisor, &checking->services, NULL);
}

json_t *check_run(struct server *server)
{
	struct checking checking = {.server = server, .found = json_array()};
	autoitem struct item *settings = NULL;

	if (db_item_get(server->db, &settings_type, settings_type.name, &settings, NULL) < 0)
		settings = item_new(&settings_type, settings_type.name);
	checking.settings = (const struct settings *)settings;
	ask_supervisor(&checking);
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		checking.check = &checks[i];
		checks[i].run(&checking);
	}
	json_decref(checking.services);
	return checking.found;
}
