#include "ops/check/explain_after.h"

#include "base/file.h"
#include "base/generation.h"
#include "base/json.h"
#include "boot/entry.h"
#include "boot/formats.h"
#include "boot/images.h"
#include "model/root.h"
#include "model/types.h"
#include "ops/publish/netboot.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"

#include <string.h>

void explain_add_problem(json_t *problems, const char *advice, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	json_array_append_new(
		problems, json_pack("{s:s,s:s}", "problem", text.buf, "advice", advice));
}

/* The answer file */

/* Its address stands somewhere in the command line: url=…, inst.ks=…, ds=nocloud-net;s=…/ */
static char *answer_url(const char *line)
{
	static const char *const places[] = {"/autoinstall/", "/cblr/svc/op/"};

	for (const char *c = line; (c = strstr(c, "http://")); c++) {
		autofree char *url = xstrndup(c, strcspn(c, " \"'"));

		for (size_t i = 0; i < ARRAY_SIZE(places); i++)
			if (strstr(url, places[i]))
				return TAKE(url);
	}
	return NULL;
}

/* cloud-init's seed is a folder. */
static int open_answer(
	const struct explain_end *end, const char *url, struct explain_file *ret, struct err *err)
{
	size_t len = strlen(url);
	autofree char *file = xasprintf("%s%s", url, len && url[len - 1] == '/' ? "user-data" : "");

	return end->walk->open(end->walk->ctx, file, ret, err);
}

static int add_answer(const struct explain_end *end, json_t *chain, struct err *err)
{
	const char *line = json_get_str(end->walk->start, "command_line");
	autofree char *url = line ? answer_url(line) : NULL;
	autofile file = {.text = STRBUF_INIT};
	json_t *answer;

	json_object_set_new(chain, "answer", json_null());
	if (!url)
		return 0;
	if (open_answer(end, url, &file, err) < 0)
		return -1;
	answer = json_pack("{s:s,s:b}", "url", url, "found", file.found);
	json_object_set_new(chain, "answer", answer);
	json_object_set_new(answer, "status", json_integer(file.status));
	if (file.found) {
		json_object_set_new(answer, "size", json_integer((json_int_t)file.size));
		json_set_str(answer, "sha256", file.sha256);
	} else if (!file.elsewhere) {
		json_set_str(answer, "error", file.why);
		explain_add_problem(json_object_get(chain, "problems"),
			"bootwright template check; or bootwright template render --system=NAME",
			"the answer file cannot be had: %s", file.why);
	}
	return 0;
}

/* What is on record of a distro's files */

static const json_t *step_of(const json_t *chain, const char *path)
{
	size_t i;
	json_t *step;

	json_array_foreach (json_object_get(chain, "steps"), i, step) {
		const char *is = json_get_str(step, "path");

		if (is && strcmp(is, path) == 0)
			return step;
	}
	return NULL;
}

static void check_sums(const struct explain_end *end, json_t *chain)
{
	const struct resolved *resolved = end->system ? chain_end(end->system) : NULL;
	const struct distro *distro =
		resolved ? (const struct distro *)resolved_item(resolved, ITEM_DISTRO) : NULL;

	for (size_t i = 0; distro && i < boot_images(distro); i++) {
		autostrbuf path = STRBUF_INIT;
		const char *known = i == 0 ? distro->kernel_sha256
		                    : i <= distro->initrd_sha256.items.n
		                            ? distro->initrd_sha256.items.v[i - 1]
		                            : NULL;
		const char *is;

		boot_image_path(distro, i, &path);
		is = json_get_str(step_of(chain, path.buf), "sha256");
		if (known && is && strcmp(known, is) != 0)
			explain_add_problem(json_object_get(chain, "problems"),
				"import the tree again, or edit the distro",
				"%s is not the file on record: its SHA-256 is %.12s… and not "
				"%.12s…",
				path.buf, is, known);
	}
}

/* The end */

static void add_bound(
	const struct resolved *resolved, const char *field, const char *unit, struct strbuf *ret)
{
	int64_t bound = resolved_int(resolved, field);

	if (bound)
		strbuf_addf(ret, "%s%lld %s%s", ret->len ? " or " : "", (long long)bound, unit,
			bound == 1 ? "" : "s");
}

static char *after_installation(const struct chain *system)
{
	const struct resolved *resolved = chain_end(system);
	autostrbuf bounds = STRBUF_INIT;

	if (!resolved_bool(system->resolved[0], "pxe_just_once"))
		return xstrdup("it is installed again at its next start from the network: "
			       "pxe_just_once is false");
	add_bound(resolved, "install_tries", "start", &bounds);
	add_bound(resolved, "install_hours", "hour", &bounds);
	return xasprintf("when its installer reports the end, netboot_enabled becomes false, and "
			 "its files boot it from its own disk%s%s",
		bounds.len ? "; so they do where no end is reported after " : "",
		bounds.len ? bounds.buf : "");
}

/* What is started, not installed, has no end; NULL: it is installed. */
static char *after_start(const struct resolved *resolved)
{
	const char *name = resolved->item->name;

	if (!resolved_item(resolved, ITEM_DISTRO))
		return xasprintf("the same at its next start: nothing reports an end of what it "
				 "starts; bootwright system edit --name=%s --netboot-enabled=false "
				 "lets it boot from its disk",
			name);
	if (resolved_bool(resolved, "rescue"))
		return xasprintf("the same at its next start, until: bootwright system edit "
				 "--name=%s --rescue=false",
			name);
	if (root_is_diskless(resolved_str(resolved, "root")))
		return xstrdup("the same at its next start: it is diskless, so nothing is "
			       "installed and nothing is over");
	return NULL;
}

static char *after_system(const struct explain_end *end, const char *what)
{
	const struct resolved *resolved = chain_end(end->system);
	const char *name = resolved->item->name;
	char *started;

	if (strcmp(what, "local") == 0 && boot_what(resolved) != BOOT_LOCAL)
		return xasprintf("the same at its next start: by this way it finds no file of its "
				 "own, though its record is for something else than its disk; see "
				 "boot_loaders and filename: bootwright system explain %s",
			name);
	if (strcmp(what, "local") == 0 ||
		(!resolved_bool(resolved, "netboot_enabled") && strcmp(what, "san") == 0))
		return xasprintf("it stays so until: bootwright system edit --name=%s "
				 "--netboot-enabled=true",
			name);
	started = after_start(resolved);
	return started ? started : after_installation(end->system);
}

static void add_after(const struct explain_end *end, json_t *chain)
{
	const char *what = json_get_str(end->walk->start, "what");
	autofree char *text = NULL;

	if (!what)
		text = xstrdup("");
	else if (end->system)
		text = after_system(end, what);
	else
		text = xstrdup("no system has this MAC address; make it known with: bootwright "
			       "system add --name=NAME --profile=PROFILE --interface=eth0 "
			       "--mac-address=MAC");
	json_set_str(chain, "after", text);
}

int explain_after(const struct explain_end *end, json_t *chain, struct err *err)
{
	if (add_answer(end, chain, err) < 0)
		return -1;
	check_sums(end, chain);
	add_after(end, chain);
	return 0;
}

/* Since it was published */

/* The file that is published for the machine in this format: 1: its own, 0: the menu, -1: none. */
static int read_published(
	int generation, const struct boot_format *format, const char *mac, struct strbuf *ret)
{
	enum { MAX = 1 << 20 };
	autostrbuf path = STRBUF_INIT;

	boot_file_path(format, mac, &path);
	if (file_read(generation, path.buf, MAX, ret, NULL) == 0)
		return 1;
	strbuf_reset(ret);
	return file_read(generation, format->menu_path, MAX, ret, NULL);
}

/* Where the store is published and yet a machine's own file is another one, a sync of all would not
 * look at it. */
static void tell_stale(struct server *server, const struct boot_format *format, const char *own_of,
	json_t *problems)
{
	autofree char *advice = xasprintf("bootwright sync --system=%s", own_of);

	if (*own_of && !publish_is_behind(server))
		explain_add_problem(problems, advice,
			"what is published for %s is not what was written there", format->name);
	else
		explain_add_problem(problems, "bootwright sync",
			"what is published for %s is older than what is stored", format->name);
}

static void compare(struct server *server, int generation, const struct boot_format *format,
	const struct explain_machine *machine, json_t *problems)
{
	AUTO(answer) struct answer *answer = NULL;
	autostrbuf published = STRBUF_INIT;
	struct err why = ERR_INIT;
	int there = read_published(generation, format, machine->mac, &published);

	if (netboot_stored(server, format->name, machine->mac, &answer, &why) < 0) {
		if (why.code != ERR_NOT_FOUND || there >= 0)
			explain_add_problem(problems, "mend that, then: bootwright sync",
				"its file for %s cannot be rendered: %s", format->name, why.msg);
	} else if (there < 0 || published.len != answer->len ||
		   memcmp(published.buf, answer->text, answer->len) != 0) {
		bool own =
			there > 0 || strcmp(answer->item ? answer->item : "", machine->system) == 0;

		tell_stale(server, format, own ? machine->system : "", problems);
	}
}

void explain_stale(struct server *server, const struct explain_machine *machine, json_t *problems)
{
	autoclose int generation = -1;

	if (rollback_is_held(server)) {
		explain_add_problem(problems, "bootwright sync",
			"an older generation is published on purpose, by a rollback");
		return;
	}
	if (generation_open(server->tftp_fd, &generation, NULL) < 0)
		return;
	for (size_t i = 0; i < n_boot_formats; i++)
		compare(server, generation, &boot_formats[i], machine, problems);
}
