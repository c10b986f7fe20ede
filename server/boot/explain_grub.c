/*
 * GRUB in the forms that machines get from here. The one that is signed for the network has the
 * folder (tftp,SERVER)/grub and reads grub.cfg there. A distribution's own reads another one, which
 * leads there. Our own, which firmware loads over HTTP, does
 * the same over HTTP. The one in a disk image has all that it needs beside itself.
 */
#include "boot/explain_grub.h"

#include <string.h>

/* Menus */

static const struct grub_entry *chosen(const struct grub_script *script)
{
	const char *name = grub_variable(script, "default");

	if (name[strspn(name, "0123456789")] == '\0') {
		size_t i = strtoul(*name ? name : "0", NULL, 10);

		return i < script->entries ? &script->entry[i] : NULL;
	}
	for (size_t i = 0; i < script->entries; i++)
		if ((script->entry[i].id && strcmp(script->entry[i].id, name) == 0) ||
			strcmp(script->entry[i].title, name) == 0)
			return &script->entry[i];
	return NULL;
}

static const struct grub_entry *titled(const struct grub_script *script, const char *title)
{
	for (size_t i = 0; i < script->entries; i++)
		if (strcmp(script->entry[i].title, title) == 0)
			return &script->entry[i];
	return NULL;
}

/* What somebody chooses; nobody waits in a menu below another one. */
static const struct grub_entry *chosen_by_hand(struct grub *grub, const char *title)
{
	const struct grub_entry *entry = title ? titled(&grub->script, title) : NULL;

	if (entry)
		explain_step(grub->explain, "config", "somebody chooses '%s'", title);
	else
		explain_no_entry(grub->explain, title);
	return entry;
}

/* The entry that is started; NULL: none, and why is told. */
static const struct grub_entry *find_entry(struct grub *grub)
{
	const struct grub_script *script = &grub->script;
	const struct grub_entry *entry = chosen(script);
	struct explain *explain = grub->explain;
	autofree char *choice = NULL;

	if (script->entries > 1 || grub->in_submenu) {
		explain_step(explain, "config",
			"a menu of %zu entries; unless somebody chooses, '%s' is started after %s "
			"seconds",
			script->entries, entry ? entry->title : "nothing",
			grub_variable(script, "timeout"));
		choice = explain_choice(explain);
	}
	if (choice || grub->in_submenu)
		return chosen_by_hand(grub, choice);
	if (!entry)
		explain_problem(explain, "look at the template of GRUB's files",
			"its default '%s' is no entry of the menu",
			grub_variable(script, "default"));
	else if (script->entries == 1)
		explain_step(explain, "config", "menu entry '%s'", entry->title);
	return entry;
}

static int run_entry(struct grub *grub, struct err *err);

/* A menu's entry that is a menu itself. */
static int run_submenu(struct grub *grub, const char *body, struct err *err)
{
	grub_script_forget(&grub->script);
	grub->in_submenu = true;
	return grub_script_run(&grub->script, body, err) < 0 ? -1 : run_entry(grub, err);
}

static int run_entry(struct grub *grub, struct err *err)
{
	const struct grub_entry *entry = find_entry(grub);
	struct explain *explain = grub->explain;
	autofree char *body = NULL;
	bool ran;

	if (!entry)
		return 0;
	body = xstrdup(entry->body); /* a configfile in it forgets the menu */
	if (entry->submenu)
		return run_submenu(grub, body, err);
	if (grub_script_run(&grub->script, body, err) < 0)
		return -1;
	if (grub->script.over || explain_is_over(explain))
		return 0;
	if (grub_boot(grub, &ran, err) < 0)
		return -1;
	grub->script.over = true;
	if (!ran)
		explain_problem(explain, "boot it another way, or let it boot something else",
			"GRUB starts nothing%s%s", grub->said ? ": " : "",
			grub->said ? grub->said : "");
	return 0;
}

int grub_run_config(struct grub *grub, const char *text, struct err *err)
{
	enum { DEPTH_MAX = 6 };
	int result;

	if (grub->depth >= DEPTH_MAX)
		return err_set(err, ERR_TOO_BIG, "its files lead in a circle");
	grub->depth++;
	grub_script_forget(&grub->script);
	result = grub_script_run(&grub->script, text, err);
	if (result == 0 && !grub->script.over && grub->script.entries)
		result = run_entry(grub, err);
	grub->depth--;
	return result;
}

/* "http,10.77.0.1:8080" of GRUB's own address. */
static char *root_of(const struct grub *grub)
{
	const char *host = strstr(grub->url, "://") + 3;

	return xasprintf("%.*s,%.*s", (int)strcspn(grub->url, ":"), grub->url,
		(int)strcspn(host, "/"), host);
}

/* The folder of its grub.cfg: yours. */
static char *folder_of(const struct grub *grub)
{
	const char *config = "grub/grub.cfg";

	if (grub->kind == GRUB_DISTRO)
		config = grub->explain->own_config;
	else if (grub->kind == GRUB_IMAGE)
		config = grub->explain->own_grub ? "EFI/BOOT/grub.cfg" : "EFI/debian/grub.cfg";
	return xstrndup(config, (size_t)(strrchr(config, '/') - config));
}

static void set_variables(struct grub *grub)
{
	const struct explain *explain = grub->explain;
	const struct boot_machine *machine = &explain->machine;
	autofree char *root = root_of(grub);
	autofree char *folder = folder_of(grub);
	autofree char *prefix = xasprintf("(%s)/%s", root, folder);

	grub_set(&grub->script, "root", root);
	grub_set(&grub->script, "prefix", prefix);
	grub_set(&grub->script, "grub_platform", "efi");
	grub_set(&grub->script, "grub_cpu", strstr(grub->url, "aa64") ? "arm64" : "x86_64");
	if (machine->secure_boot) {
		grub_set(&grub->script, "lockdown", "y");
		grub_set(&grub->script, "shim_lock", "y");
	}
	if (grub->kind == GRUB_IMAGE)
		return;
	if (grub->kind == GRUB_OWN) {
		grub_set(&grub->script, "net_efinet0_dhcp_mac", machine->mac);
		return;
	}
	grub_set(&grub->script, "net_default_mac", machine->mac);
	grub_set(&grub->script, "net_default_ip", machine->address);
	grub_set(&grub->script, "net_default_server", explain->server);
}

static int run_grub(struct grub *grub, struct err *err)
{
	autofree char *path = xasprintf("%s/grub.cfg", grub_variable(&grub->script, "prefix"));
	struct err why = ERR_INIT;
	bool found = false;
	int result;

	result = grub_configfile(grub, path, &found, &why);
	if (result < 0 && why.code != ERR_INVALID && why.code != ERR_TOO_BIG)
		return err_set(err, why.code, "%s", why.msg);
	if (result < 0)
		explain_problem(grub->explain, "look at the template of GRUB's files",
			"GRUB's configuration: %s", why.msg);
	else if (!found)
		explain_problem(grub->explain, "bootwright sync",
			"GRUB finds no configuration and stops at its prompt");
	return 0;
}

static enum grub_kind kind_of(const struct explain *explain, const char *url)
{
	if (strncmp(url, "image:", 6) == 0)
		return GRUB_IMAGE;
	if (explain_is_at(url, explain->own_grub))
		return GRUB_DISTRO;
	return strncmp(url, "http:", 5) == 0 ? GRUB_OWN : GRUB_SIGNED;
}

int explain_grub(struct explain *explain, const char *url, struct err *err)
{
	struct grub grub = {.explain = explain, .url = url, .kind = kind_of(explain, url)};
	int result;

	if (explain->proxy && !explain->is_ipxe && grub.kind != GRUB_OWN &&
		grub.kind != GRUB_IMAGE) {
		explain_problem(explain,
			"unset the item's filename, so that it gets iPXE, which works there",
			"beside another DHCP server GRUB cannot work: it looks for its files on "
			"the "
			"server that gave it an address");
		return 0;
	}
	if (grub.kind == GRUB_OWN && strstr(url, "://[")) {
		explain_problem(explain, "set its http_boot to image or ipxe",
			"this GRUB asks for an address by IPv4, and by that for its configuration: "
			"where only IPv6 is there it finds none");
		return 0;
	}
	grub_script_init(&grub.script);
	grub.script.command = grub_command;
	grub.script.ctx = &grub;
	set_variables(&grub);
	result = run_grub(&grub, err);
	grub_script_done(&grub.script);
	explain_start_done(&grub.start);
	free(grub.said);
	return result;
}
