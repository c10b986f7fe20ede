#include "ops/publish/netboot.h"

#include "base/file.h"
#include "base/generation.h"
#include "base/json.h"
#include "base/net.h"
#include "boot/formats.h"
#include "model/types.h"
#include "ops/install/discovery.h"
#include "ops/install/install_watch.h"
#include "ops/install/served.h"
#include "ops/publish/boot_menu.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"
#include "ops/recent.h"

#include <string.h>

enum { UNKNOWN_SECONDS = 3600 };

/* Boot files */

/* An empty text: sync publishes no such file for the system. */
static int render_file(struct server *server, const struct chain *chain, const void *arg,
	struct strbuf *text, const char **content_type, struct strv *templates, struct err *err)
{
	const struct boot_format *format = arg;

	*content_type = format->content_type;
	if (!boot_format_wanted(format, chain_end(chain)))
		return 0;
	return boot_file_render(server->boot_templates, format, &chain->site, chain_end(chain),
		text, templates, err);
}

static int render_menu(struct server *server, const struct chain *settings, const void *arg,
	struct strbuf *text, const char **content_type, struct strv *templates, struct err *err)
{
	const struct boot_format *format = arg;
	AUTO(menu_chains) struct menu_chains chains = {.menus = CHAIN_LIST_INIT};

	*content_type = format->content_type;
	if (!menu_wanted(format, settings))
		return err_set(err, ERR_NOT_FOUND,
			"machines that no system has get nothing (unknown_machines of the "
			"settings)");
	if (menu_chains_load(server, &chains, err) < 0)
		return -1;
	return menu_render(server->boot_templates, format, settings, &chains, text, templates, err);
}

/* Anybody can ask with any address: an hour's silence for each, a second's for all. */
static void note_unknown(struct server *server, const char *mac)
{
	struct recent *said = answers_said(server->answers);
	autofree char *text = xasprintf("unknown %s", mac);

	if (recent_first(said, text, UNKNOWN_SECONDS) && recent_first(said, "unknown", 1))
		server_event(server, "unknown-machine", mac, "",
			"an unknown machine with MAC address %s got the menu; make it known with: "
			"bootwright discovered add %s --name=NAME --profile=PROFILE",
			mac, mac);
}

/* A machine that asks for what it boots. */
struct asker {
	const struct boot_format *format;
	char mac[MAC_TEXT];  /* "": it does not say, and gets the menu */
	const char *address; /* NULL: somebody only looks */
};

static int asker_of(const char *format, const char *mac, const char *address, struct asker *ret,
	struct err *err)
{
	struct mac parsed;

	*ret = (struct asker){.format = boot_format_find(format), .address = address};
	if (!ret->format)
		return err_set(err, ERR_NOT_FOUND, "'%.60s' is no boot format", format);
	if (!*mac)
		return 0;
	if (mac_parse(mac, &parsed, err) < 0)
		return -1;
	mac_format(&parsed, ':', ret->mac);
	return 0;
}

static void note_asker(struct server *server, const struct asker *asker)
{
	if (!*asker->mac || !asker->address)
		return;
	note_unknown(server, asker->mac);
	discovery_asked(server, asker->mac, asker->address, asker->format->name);
}

static int find_system(struct server *server, const char *mac, char **ret, struct err *err)
{
	struct err why = ERR_INIT;

	*ret = NULL;
	if (db_system_by_mac(server->db, mac, ret, &why) == 0 || why.code == ERR_NOT_FOUND)
		return 0;
	return err_set(err, why.code, "%s", why.msg);
}

/* NULL: no system has the address. */
static int answer_file(
	struct server *server, const struct asker *asker, struct answer **ret, struct err *err)
{
	const struct answer_kind kind = {.name = "boot file",
		.arg = asker->format,
		.find = find_system,
		.render = render_file};

	*ret = NULL;
	if (!*asker->mac)
		return 0;
	return answer_cached(server, &kind, &system_type, asker->mac, ret, err);
}

static int answer_menu(struct server *server, const struct boot_format *format, struct answer **ret,
	struct err *err)
{
	/* A package that comes or goes makes another menu, though nothing in the store changes. */
	const struct answer_kind kind = {
		.name = menu_has_memtest() ? "menu with memory test" : "menu",
		.arg = format,
		.whole = true,
		.render = render_menu};

	return answer_cached(server, &kind, &settings_type, settings_type.name, ret, err);
}

/* What is published for the address, byte for byte. */
static int answer_published(
	struct server *server, const struct asker *asker, struct answer **ret, struct err *err)
{
	enum { MAX = 1 << 20 };
	const struct boot_format *format = asker->format;
	autoclose int current = -1;
	autostrbuf path = STRBUF_INIT;
	autostrbuf text = STRBUF_INIT;

	if (generation_open(server->tftp_fd, &current, err) < 0)
		return -1;
	if (*asker->mac)
		boot_file_path(format, asker->mac, &path);
	if ((!path.len || file_read(current, path.buf, MAX, &text, NULL) < 0) &&
		file_read(current, format->menu_path, MAX, &text, err) < 0)
		return -1;
	*ret = answer_new(format->content_type, &text);
	return 0;
}

/* The same by TFTP and HTTP, whatever the store has by now: nothing of it is published yet, and it
 * may name kernels that are not, or an older generation is published on purpose. */
static int answer_as_published(struct server *server, const struct asker *asker, char **system,
	struct answer **ret, struct err *err)
{
	if (*asker->mac && find_system(server, asker->mac, system, err) < 0)
		return -1;
	if (!*system)
		note_asker(server, asker);
	return answer_published(server, asker, ret, err);
}

/* `system`: whose file it is, yours; left NULL where no system has the address. */
static int answer_as_stored(struct server *server, const struct asker *asker, char **system,
	struct answer **ret, struct err *err)
{
	AUTO(answer) struct answer *file = NULL;

	if (answer_file(server, asker, &file, err) < 0)
		return -1;
	if (file)
		*system = xstrdup(file->item);
	else
		note_asker(server, asker);
	if (file && file->len) {
		*ret = TAKE(file);
		return 0;
	}
	/* A system without a file of this format finds the menu over TFTP, so here too. */
	return answer_menu(server, asker->format, ret, err);
}

static int answer_asker(struct server *server, const struct asker *asker, char **system,
	struct answer **ret, struct err *err)
{
	if (rollback_is_held(server) || publish_is_behind(server))
		return answer_as_published(server, asker, system, ret, err);
	return answer_as_stored(server, asker, system, ret, err);
}

void netboot_note(struct server *server, const struct served_answer *answer)
{
	if (served_note(server, answer))
		install_watch_hurry(server);
}

void netboot_note_file(struct server *server, const char *path, const char *address)
{
	char mac[MAC_TEXT];
	const struct boot_format *format = boot_file_of(path, mac);
	autofree char *system = NULL;
	AUTO(answer) struct answer *answer = NULL;
	struct asker asker;

	if (format && db_system_by_mac(server->db, mac, &system, NULL) == 0 &&
		asker_of(format->name, mac, NULL, &asker, NULL) == 0 &&
		answer_published(server, &asker, &answer, NULL) == 0)
		netboot_note(server, &(struct served_answer){.system = system,
					     .what = path,
					     .answer = answer,
					     .address = address,
					     .sign = INSTALL_LOADED});
}

int netboot_look(struct server *server, const char *format, const char *mac, struct answer **ret,
	struct err *err)
{
	autofree char *system = NULL;
	struct asker asker;

	if (asker_of(format, mac, NULL, &asker, err) < 0)
		return -1;
	return answer_asker(server, &asker, &system, ret, err);
}

int netboot_stored(struct server *server, const char *format, const char *mac, struct answer **ret,
	struct err *err)
{
	autofree char *system = NULL;
	struct asker asker;

	if (asker_of(format, mac, NULL, &asker, err) < 0)
		return -1;
	return answer_as_stored(server, &asker, &system, ret, err);
}

int netboot_answer(struct server *server, const char *format, const char *mac, const char *address,
	struct answer **ret, struct err *err)
{
	autofree char *system = NULL;
	struct asker asker;
	char what[32];

	if (asker_of(format, mac, address, &asker, err) < 0 ||
		answer_asker(server, &asker, &system, ret, err) < 0)
		return -1;
	if (!system)
		return 0;
	snprintf(what, sizeof(what), "boot/%s", asker.format->name);
	netboot_note(server, &(struct served_answer){.system = system,
				     .what = what,
				     .answer = *ret,
				     .address = address,
				     .sign = INSTALL_LOADED});
	return 0;
}
