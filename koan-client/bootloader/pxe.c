#include "koan-client/bootloader/pxe.h"

#include "koan-client/bootloader/pxe_config.h"
#include "koan-client/checks.h"

#include "base/log.h"

#include <string.h>

/* What the reading of files has at hand. */
struct asking {
	const struct loader_options *options;
	struct fetch *fetch;
	const struct interrupt *interrupt;
	char *folder; /* what names are relative to, a URL with a '/' at its end; NULL: --pxe's */
};

const char *pxe_check_url(const char *text)
{
	autofree char *as_http = NULL;

	if (strncmp(text, "tftp://", 7) != 0)
		return check_url(text);
	as_http = xasprintf("http%s", text + 4);
	return check_url(as_http);
}

/* PATH behind a URL's folder, each part percent-encoded. */
static int add_path(struct strbuf *url, const char *path, struct err *err)
{
	autostrv parts = STRV_INIT;
	const char *between = "";

	strv_split(&parts, path, "/");
	strv_for_each (part, &parts) {
		if (strcmp(part, "..") == 0)
			return err_set(err, ERR_INVALID, "'%.100s' must not have '..' in it", path);
		strbuf_adds(url, between);
		strbuf_add_url(url, part);
		between = "/";
	}
	return 0;
}

/* HOST::PATH; without a host the file is on the same server, but not below its folder. */
static int other_host(
	const char *base, const char *name, const char *colons, struct strbuf *url, struct err *err)
{
	autofree char *host = xstrndup(name, (size_t)(colons - name));
	const char *slashes = strstr(base, "://");

	if (*host)
		strbuf_addf(url, "tftp://%s/", host);
	if (*host && (!host_is_valid(host) || pxe_check_url(url->buf)))
		return err_set(err, ERR_INVALID, "'%.100s' names no host before the '::'", name);
	if (!*host)
		strbuf_addf(url, "%.*s/",
			(int)(slashes + 3 - base + (ptrdiff_t)strcspn(slashes + 3, "/")), base);
	return add_path(url, colons + 2, err);
}

int pxe_url(const char *base, const char *name, char **ret, struct err *err)
{
	autostrbuf url = STRBUF_INIT;
	const char *colons = strstr(name, "::");
	const char *bad;

	if (strstr(name, "://")) {
		bad = pxe_check_url(name);
		if (bad)
			return err_set(err, ERR_INVALID,
				"'%.100s' is no tftp, http or https URL: %s", name, bad);
		*ret = xstrdup(name);
		return 0;
	}
	if (colons) {
		if (other_host(base, name, colons, &url, err) < 0)
			return -1;
	} else {
		strbuf_adds(&url, base);
		if (add_path(&url, name, err) < 0)
			return -1;
	}
	if (url.buf[url.len - 1] == '/')
		return err_set(err, ERR_INVALID, "'%.100s' names no file", name);
	*ret = strbuf_take(&url);
	return 0;
}

/* 0 and an empty `found` where there is no such file. */
static int read_file(const struct asking *asking, const char *url, bool *found, struct strbuf *ret,
	struct err *err)
{
	struct fetch_request request = {.url = url,
		.sink = fetch_into_memory,
		.ctx = ret,
		.max = PXE_CONFIG_BYTES,
		.seconds = 60,
		.interrupt = asking->interrupt,
		.tftp = true};
	int status;

	if (asking->options->verbose)
		log_info("looking for %s", url);
	if (fetch_get(asking->fetch, &request, &status, ret, err) < 0)
		return -1;
	*found = status == 200;
	if (*found)
		return 0;
	strbuf_reset(ret);
	if (status == 404 || status == 410)
		return 0;
	return err_set(err, err_from_http_status(status), "%s: the server refuses it (status %d)",
		url, status);
}

static int url_of(const struct asking *asking, const char *name, char **ret, struct err *err)
{
	return pxe_url(asking->folder ? asking->folder : asking->options->pxe_base, name, ret, err);
}

static int read_named(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	const struct asking *asking = ctx;
	autofree char *url = NULL;
	bool found;

	if (url_of(asking, name, &url, err) < 0 || read_file(asking, url, &found, ret, err) < 0)
		return -1;
	return found ? 0 : err_set(err, ERR_NOT_FOUND, "%s is not there", url);
}

static bool is_uuid(const char *text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(text) != strlen(shape))
		return false;
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '-' ? text[i] != '-' : !strchr("0123456789abcdefABCDEF", text[i]))
			return false;
	return true;
}

void pxe_names(const struct loader_options *options, struct strv *ret)
{
	char mac[MAC_TEXT];
	char hex[9];

	if (options->vm && is_uuid(options->vm)) {
		autofree char *uuid = xstrdup(options->vm);

		for (char *c = uuid; *c; c++)
			*c |= *c >= 'A' && *c <= 'F' ? 0x20 : 0;
		strv_add(ret, uuid);
	}
	if (options->has_mac) {
		mac_format(&options->mac, '-', mac);
		strv_addf(ret, "01-%s", mac);
	}
	snprintf(hex, sizeof(hex), "%08X", options->ip);
	for (int digits = 8; options->has_ip && digits > 0; digits--)
		strv_addf(ret, "%.*s", digits, hex);
	strv_add(ret, "default");
}

/* The machine's file, and its URL for errors. */
static int find_config(
	const struct asking *asking, char **url, struct strbuf *text, struct err *err)
{
	const struct loader_options *options = asking->options;
	autostrv names = STRV_INIT;
	autostrbuf tried = STRBUF_INIT;

	pxe_names(options, &names);
	strv_for_each (name, &names) {
		autofree char *path = xasprintf("%s/%s", options->config_dir, name);
		bool found;

		free(*url);
		*url = NULL;
		if (pxe_url(options->pxe_base, path, url, err) < 0 ||
			read_file(asking, *url, &found, text, err) < 0)
			return -1;
		if (found)
			return 0;
	}
	strv_join(&names, ", ", &tried);
	return err_set(err, ERR_NOT_FOUND, "%s%s/ has none of %s", options->pxe_base,
		options->config_dir, tried.buf);
}

static int take_entry(const struct asking *asking, const char *config_url,
	const struct pxe_entry *entry, struct boot *ret, struct err *err)
{
	const struct loader_options *options = asking->options;
	char mac[MAC_TEXT];

	ret->local = entry->kind == PXE_LOCAL;
	ret->what = entry->label ? xasprintf("%s label %s", config_url, entry->label)
	                         : xstrdup(config_url);
	if (ret->local)
		return 0;
	if (url_of(asking, entry->file, &ret->kernel.url, err) < 0)
		return -1;
	strv_for_each (name, &entry->initrds) {
		autofree char *url = NULL;

		if (url_of(asking, name, &url, err) < 0)
			return -1;
		boot_add_initrd(ret, url, "");
	}
	boot_add_args(ret, entry->args.buf);
	if (options->has_mac && (entry->ipappend & PXE_APPEND_BOOTIF)) {
		autofree char *arg = NULL;

		mac_format(&options->mac, '-', mac);
		arg = xasprintf("BOOTIF=01-%s", mac);
		boot_add_args(ret, arg);
	}
	return 0;
}

/* As CONFIG does it: once that file is read, for all names from then on. */
static int change_folder(struct asking *asking, const char *folder, struct err *err)
{
	bool is_root = folder[strspn(folder, "/")] == '\0';
	autofree char *url = NULL;

	if (!is_root && url_of(asking, folder, &url, err) < 0)
		return err_wrap(err, "config");
	free(asking->folder);
	asking->folder =
		url ? xasprintf("%s%s", url, url[strlen(url) - 1] == '/' ? "" : "/") : NULL;
	return 0;
}

/* To the entry that starts, from one that names the files to read as one configuration. */
static int follow(
	struct asking *asking, const struct pxe_entry *from, struct pxe_entry *ret, struct err *err)
{
	struct pxe_reader reader = {read_named, asking};
	AUTO(pxe_config) struct pxe_config config = {0};

	strv_for_each (name, &from->files) {
		autostrbuf text = STRBUF_INIT;

		if (read_named(asking, name, &text, err) < 0 ||
			(from->folder && change_folder(asking, from->folder, err) < 0) ||
			pxe_config_read(&config, name, text.buf, text.len, &reader, err) < 0)
			return -1;
	}
	return pxe_config_choose(&config, asking->options->label, ret, err);
}

/* The same from the machine's own file. */
static int choose(struct asking *asking, const char *url, const struct strbuf *text,
	struct pxe_entry *ret, struct err *err)
{
	struct pxe_reader reader = {read_named, asking};
	AUTO(pxe_config) struct pxe_config config = {0};

	if (pxe_config_read(&config, url, text->buf, text->len, &reader, err) < 0)
		return -1;
	return pxe_config_choose(&config, asking->options->label, ret, err);
}

static int find_entry(struct asking *asking, const char *url, const struct strbuf *text,
	struct pxe_entry *ret, struct err *err)
{
	if (choose(asking, url, text, ret, err) < 0)
		return -1;
	for (int depth = 0; ret->kind == PXE_CONFIG; depth++) {
		AUTO(pxe_entry) struct pxe_entry from = *ret;

		*ret = (struct pxe_entry){.args = STRBUF_INIT};
		if (depth == PXE_CONFIG_DEPTH)
			return err_set(err, ERR_TOO_BIG, "menus lead to one another %d deep",
				PXE_CONFIG_DEPTH);
		if (follow(asking, &from, ret, err) < 0)
			return -1;
	}
	return 0;
}

int pxe_boot(const struct loader_options *options, struct fetch *fetch,
	const struct interrupt *interrupt, struct boot *ret, struct err *err)
{
	struct asking asking = {options, fetch, interrupt, NULL};
	AUTO(pxe_entry) struct pxe_entry entry = {.args = STRBUF_INIT};
	autostrbuf text = STRBUF_INIT;
	autofree char *url = NULL;
	int bad;

	if (find_config(&asking, &url, &text, err) < 0)
		return err_wrap(err, "PXE server");
	bad = find_entry(&asking, url, &text, &entry, err) < 0 ||
	      take_entry(&asking, url, &entry, ret, err) < 0;
	free(asking.folder);
	return bad ? err_wrap(err, "%s", url) : 0;
}
