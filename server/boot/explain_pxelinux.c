/*
 * PXELINUX: how it looks for its configuration, and what that says. By the manuals of Syslinux
 * (doc/pxelinux.txt, doc/syslinux.txt) and what version 6.04 was seen to do.
 */
#include "boot/explain.h"

#include "base/net.h"

#include <string.h>
#include <strings.h>

/* A LABEL of the configuration; what stands before the first one is a label without a name. */
struct label {
	char *name;
	char *kernel; /* of KERNEL, LINUX …; NULL: none */
	char *append;
	char *initrd;
	bool local;
	unsigned sysappend;
};

struct config {
	struct label *label;
	size_t n;
	char *fallback;   /* DEFAULT or UI */
	char *on_timeout; /* ONTIMEOUT, or the MENU DEFAULT */
	unsigned sysappend;
};

static void auto_config(struct config *config)
{
	for (size_t i = 0; i < config->n; i++) {
		free(config->label[i].name);
		free(config->label[i].kernel);
		free(config->label[i].append);
		free(config->label[i].initrd);
	}
	free(config->label);
	free(config->fallback);
	free(config->on_timeout);
}

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

static struct label *add_label(struct config *config, const char *name)
{
	config->label = xreallocarray(config->label, config->n + 1, sizeof(*config->label));
	config->label[config->n] = (struct label){.name = xstrdup(name)};
	return &config->label[config->n++];
}

static bool is_word(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(word, *words) == 0)
			return true;
	return false;
}

static void read_option(struct config *config, const char *word, const char *value)
{
	static const char *const kernels[] = {
		"kernel", "linux", "boot", "com32", "pxe", "bss", "fdimage", "config", NULL};
	static const char *const sysappends[] = {"ipappend", "sysappend", NULL};
	static const char *const defaults[] = {"default", "ui", NULL};
	struct label *label = config->n ? &config->label[config->n - 1] : NULL;

	if (strcasecmp(word, "label") == 0)
		add_label(config, value);
	else if (is_word(word, defaults))
		set_text(&config->fallback, value);
	else if (strcasecmp(word, "ontimeout") == 0)
		set_text(&config->on_timeout, value);
	else if (is_word(word, sysappends))
		*(label ? &label->sysappend : &config->sysappend) =
			(unsigned)strtoul(value, NULL, 0);
	else if (label && is_word(word, kernels))
		set_text(&label->kernel, value);
	else if (label && strcasecmp(word, "append") == 0)
		set_text(&label->append, value);
	else if (label && strcasecmp(word, "initrd") == 0)
		set_text(&label->initrd, value);
	else if (label && strcasecmp(word, "localboot") == 0)
		label->local = true;
	else if (label && strcasecmp(word, "menu") == 0 && strcasecmp(value, "default") == 0 &&
		 !config->on_timeout)
		set_text(&config->on_timeout, label->name);
}

static void read_config(const char *text, struct config *ret)
{
	autostrv lines = STRV_INIT;

	strv_split(&lines, text, "\r\n");
	strv_for_each (line, &lines) {
		char *word = line + strspn(line, " \t");
		size_t len = strcspn(word, " \t");
		char *value = word + len + strspn(word + len, " \t");

		if (*word == '#' || !*word)
			continue;
		for (size_t n = strlen(value); n && strchr(" \t", value[n - 1]);)
			value[--n] = '\0';
		word[len] = '\0';
		read_option(ret, word, value);
	}
}

static const struct label *find_label(const struct config *config, const char *name)
{
	for (size_t i = 0; name && i < config->n; i++)
		if (strcmp(config->label[i].name, name) == 0)
			return &config->label[i];
	return NULL;
}

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
static int start_xen(
	struct explain *explain, const char *url, const struct label *label, struct err *err)
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

static int start_linux(
	struct explain *explain, const char *url, const struct label *label, struct err *err)
{
	bool memdisk = strcmp(label->kernel, "memdisk") == 0;
	autostart start = {.what = memdisk ? "memdisk" : "linux"};
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
static int start_ipxe(
	struct explain *explain, const char *url, const struct label *label, struct err *err)
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

static int start_label(
	struct explain *explain, const char *url, const struct label *label, struct err *err)
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

/* A menu program shows the labels; after a while ONTIMEOUT counts. */
static int show_menu(
	struct explain *explain, const char *url, const struct config *config, struct err *err)
{
	const struct label *label = find_label(config, config->on_timeout);

	if (fetch_module(explain, url, config->fallback, err) < 0)
		return -1;
	explain_step(explain, "config",
		"%s shows a menu of %zu entries; unless somebody chooses, "
		"'%s' is started",
		config->fallback, config->n, label ? label->name : "nothing");
	return label ? start_label(explain, url, label, err) : 0;
}

static int run_config(struct explain *explain, const char *url, const char *text, struct err *err)
{
	AUTO(config) struct config config = {.n = 0};
	const struct label *label;
	size_t len;

	read_config(text, &config);
	len = config.fallback ? strlen(config.fallback) : 0;
	label = find_label(&config, config.fallback);
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
