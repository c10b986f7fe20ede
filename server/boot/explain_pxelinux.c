/*
 * PXELINUX: how it looks for its configuration, and what that says. By the manuals of Syslinux
 * (doc/pxelinux.txt, doc/syslinux.txt) and what version 6.04 was seen to do.
 */
#include "boot/explain.h"

#include "base/net.h"
#include "boot/pxelinux_config.h"

#include <string.h>

/* Where files come from: the path prefix of option 210, else the loader's own folder. */
static char *place_of(const struct explain *explain, const char *url, const char *name)
{
	autofree char *prefix = strstr(explain->prefix, "://")
	                                ? xasprintf("%s.", explain->prefix)
	                                : explain_tftp(explain, explain->prefix);

	return explain_beside(*explain->prefix ? prefix : url, name);
}

/* Modules of Syslinux, with what each needs itself. */
static const struct {
	const char *name;
	const char *needs[3];
} modules[] = {
	{"menu.c32", {"libutil.c32"}},
	{"vesamenu.c32", {"libcom32.c32", "libutil.c32"}},
	{"mboot.c32", {"libcom32.c32"}},
	{"chain.c32", {"libcom32.c32", "libutil.c32"}},
};

static int fetch_at(struct explain *explain, const char *url, const char *name, struct err *err)
{
	autofree char *at = place_of(explain, url, name);
	autofile file = {.text = STRBUF_INIT};

	return explain_fetch(explain, at, EXPLAIN_NEEDED, &file, err);
}

static int fetch_module(struct explain *explain, const char *url, const char *name, struct err *err)
{
	if (fetch_at(explain, url, name, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		for (size_t k = 0; strcmp(modules[i].name, name) == 0 &&
				   k < ARRAY_SIZE(modules[i].needs) && modules[i].needs[k];
			k++)
			if (fetch_at(explain, url, modules[i].needs[k], err) < 0)
				return -1;
	return 0;
}

/* pxelinux.txt: the client's UUID, its hardware address, its IP address in upper-case hex, ever
 * shorter, and at last `default`. */
static void config_names(const struct explain *explain, struct strv *ret)
{
	const char *address = explain->machine.address;
	struct mac mac;
	char text[MAC_TEXT];
	uint32_t ip;

	if (mac_parse(explain->machine.mac, &mac, NULL) == 0) {
		mac_format(&mac, '-', text);
		strv_addf(ret, "pxelinux.cfg/01-%s", text);
	}
	if (*address && ip4_parse(address, &ip, NULL) == 0)
		for (int digits = 8; digits > 0; digits--) {
			autofree char *hex = xasprintf("%08X", ip);

			strv_addf(ret, "pxelinux.cfg/%.*s", digits, hex);
		}
	strv_add(ret, "pxelinux.cfg/default");
}

static int find_config(
	struct explain *explain, const char *url, struct explain_file *ret, struct err *err)
{
	autostrv names = STRV_INIT;

	explain_step(explain, "note",
		"a machine that tells DHCP its UUID is first looked for as pxelinux.cfg/UUID; no "
		"such file is ever published");
	config_names(explain, &names);
	strv_for_each (name, &names) {
		autofree char *at = place_of(explain, url, name);

		explain_file_done(ret);
		if (explain_fetch(explain, at, EXPLAIN_OPTIONAL, ret, err) < 0)
			return -1;
		if (ret->found)
			return 0;
	}
	explain_problem(explain, "bootwright sync", "PXELINUX finds no configuration");
	return 0;
}

/* What SYSAPPEND (IPAPPEND) adds: bit 0 the addresses, bit 1 the card. */
static void add_sysappend(const struct explain *explain, unsigned bits, struct strbuf *line)
{
	struct mac mac;
	char text[MAC_TEXT];

	if (bits & 1)
		strbuf_addf(line, " ip=%s:%s:…",
			*explain->machine.address ? explain->machine.address : "…",
			explain->server);
	if ((bits & 2) && mac_parse(explain->machine.mac, &mac, NULL) == 0) {
		mac_format(&mac, '-', text);
		strbuf_addf(line, " BOOTIF=01-%s", text);
	}
}

/* "xen.gz ARGUMENTS --- linux ARGUMENTS --- initrd" */
static int start_xen(struct explain *explain, const char *url, const struct pxelinux_label *label,
	struct err *err)
{
	autostart start = {.what = "xen", .note = "mboot.c32 hands each part over as it stands"};
	const char *part = label->append ? label->append : "";
	size_t n = 0;

	if (fetch_module(explain, url, "mboot.c32", err) < 0)
		return -1;
	for (; part; n++) {
		const char *end = strstr(part, " --- ");
		autofree char *text = xstrndup(part, end ? (size_t)(end - part) : strlen(part));
		size_t len = strcspn(text, " ");
		const char *arguments = text + len + strspn(text + len, " ");
		autofree char *name = xstrndup(text, len);
		char *at = place_of(explain, url, name);

		if (n == 0) {
			start.hypervisor = at;
			strbuf_adds(&start.hypervisor_arguments, arguments);
		} else if (n == 1) {
			start.kernel = at;
			strbuf_adds(&start.command_line, arguments);
		} else {
			strv_add_take(&start.initrds, at);
		}
		part = end ? end + 5 : NULL;
	}
	return explain_starts(explain, &start, err);
}

static int start_linux(struct explain *explain, const char *url, const struct pxelinux_label *label,
	struct err *err)
{
	autostart start = {.what = explain_what(label->kernel)};
	autostrv initrds = STRV_INIT;

	start.kernel = place_of(explain, url, label->kernel);
	strbuf_addf(&start.command_line, "BOOT_IMAGE=%s", label->kernel);
	if (label->append && *label->append)
		strbuf_addf(&start.command_line, " %s", label->append);
	add_sysappend(explain, label->sysappend, &start.command_line);
	if (label->initrd) {
		strbuf_addf(&start.command_line, " initrd=%s", label->initrd);
		strv_split(&initrds, label->initrd, ",");
	}
	strv_for_each (name, &initrds)
		strv_add_take(&start.initrds, place_of(explain, url, name));
	return explain_starts(explain, &start, err);
}

/* iPXE as a kernel: what its arguments chain to. */
static int start_ipxe(struct explain *explain, const char *url, const struct pxelinux_label *label,
	struct err *err)
{
	const char *http = label->append ? strstr(label->append, "http://") : NULL;
	autofree char *next = http ? xstrndup(http, strcspn(http, " ")) : NULL;
	autofree char *loader = place_of(explain, url, label->kernel);
	autofile file = {.text = STRBUF_INIT};

	if (explain_fetch(explain, loader, EXPLAIN_NEEDED, &file, err) < 0)
		return -1;
	explain_step(explain, "run", "iPXE starts");
	explain->is_ipxe = true;
	return next ? explain_load(explain, next, err) : 0;
}

static int start_label(struct explain *explain, const char *url, const struct pxelinux_label *label,
	struct err *err)
{
	explain_step(explain, "config", "label '%s'%s%s", label->name,
		label->kernel  ? ": "
		: label->local ? ": LOCALBOOT"
			       : "",
		label->kernel ? label->kernel : "");
	if (label->kernel && strcmp(label->kernel, "mboot.c32") == 0)
		return start_xen(explain, url, label, err);
	if (label->kernel && strcmp(label->kernel, "ipxe.lkrn") == 0)
		return start_ipxe(explain, url, label, err);
	if (label->kernel)
		return start_linux(explain, url, label, err);
	if (label->local) {
		autostart start = {.what = "local",
			.note = "PXELINUX gives the BIOS back, which goes on with its next device"};

		return explain_starts(explain, &start, err);
	}
	explain_problem(explain, "look at the template of PXELINUX's files",
		"label '%s' says nothing to start", label->name);
	return 0;
}

/* What somebody chooses, through menus below menus. */
static const struct pxelinux_label *choose(
	struct explain *explain, const struct pxelinux_config *config)
{
	size_t menu = 0;

	for (;;) {
		autofree char *title = explain_choice(explain);
		size_t before = menu;
		const struct pxelinux_label *label =
			title ? pxelinux_label_shown(config, title, &menu) : NULL;

		if (!label && menu == before) {
			explain_no_entry(explain, title);
			return NULL;
		}
		explain_step(explain, "config", "somebody chooses '%s'", title);
		if (label)
			return label;
	}
}

/* A menu program shows the labels; after a while ONTIMEOUT counts. */
static int show_menu(struct explain *explain, const char *url, const struct pxelinux_config *config,
	struct err *err)
{
	const struct pxelinux_label *label = pxelinux_label_named(config, config->on_timeout);

	if (fetch_module(explain, url, config->fallback, err) < 0)
		return -1;
	explain_step(explain, "config",
		"%s shows a menu of %zu entries; unless somebody chooses, "
		"'%s' is started",
		config->fallback, config->n, label ? label->name : "nothing");
	if (explain->choose)
		label = choose(explain, config);
	return label ? start_label(explain, url, label, err) : 0;
}

static int run_config(struct explain *explain, const char *url, const char *text, struct err *err)
{
	AUTO(pxelinux_config) struct pxelinux_config config;
	const struct pxelinux_label *label;
	size_t len;

	pxelinux_config_read(text, &config);
	len = config.fallback ? strlen(config.fallback) : 0;
	label = pxelinux_label_named(&config, config.fallback);
	if (label)
		return start_label(explain, url, label, err);
	if (len > 4 && strcmp(config.fallback + len - 4, ".c32") == 0)
		return show_menu(explain, url, &config, err);
	explain_problem(explain, "look at the template of PXELINUX's files",
		config.fallback ? "DEFAULT '%s' is no label of it"
				: "the configuration has no DEFAULT%s",
		config.fallback ? config.fallback : "");
	return 0;
}

int explain_pxelinux(struct explain *explain, const char *url, struct err *err)
{
	autofile config = {.text = STRBUF_INIT};

	if (fetch_at(explain, url, "ldlinux.c32", err) < 0 ||
		find_config(explain, url, &config, err) < 0)
		return -1;
	return config.found ? run_config(explain, url, config.text.buf, err) : 0;
}
