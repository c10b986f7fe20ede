/* The menu of machines without a boot file of their own (formats.h). */
#include "boot/entry.h"

#include "base/json.h"
#include "boot/cmdline_families.h"
#include "model/types.h"

#include <string.h>

/* Labels and titles of entries. An '@' is in no item's name, so no two labels are alike. */
static json_t *label_of(const struct item *item, enum boot_what what)
{
	if (what == BOOT_RESCUE)
		return json_sprintf("%s@rescue", item->name);
	return json_sprintf(item->type->kind == ITEM_IMAGE ? "%s@image" : "%s", item->name);
}

static json_t *title_of_entry(const struct item *item, enum boot_what what)
{
	const char *verb = "Start";

	if (what == BOOT_INSTALLER)
		verb = "Install";
	else if (what == BOOT_RESCUE)
		verb = "Rescue with";
	return json_sprintf("%s %s", verb, item->name);
}

/* One profile or image, as the template sees it. */
static int leaf_json(const struct boot_format *format, const struct boot_site *site,
	const struct resolved *resolved, bool rescue, json_t **ret, struct err *err)
{
	static const char *const copied[] = {
		"name", "distro_name", "kernel_path", "kernel_url", "initrd_paths", "initrd_urls"};
	const struct item *item = resolved->item;
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(site, resolved);
	struct template_vars get = boot_vars_template(vars);
	autostrv own = STRV_INIT;
	struct boot_entry entry;

	if (rescue)
		boot_vars_rescue(vars);
	if (boot_entry_init(&entry, format, vars, err) < 0)
		return err_wrap(err, "%s '%s'", item->type->name, item->name);
	*ret = json_object();
	for (size_t i = 0; i < ARRAY_SIZE(copied); i++)
		json_object_set_new(*ret, copied[i], get.get(get.ctx, copied[i]));
	boot_entry_names(&own);
	strv_for_each (name, &own)
		json_object_set_new(*ret, name, boot_entry_get(&entry, name));
	json_object_set_new(*ret, "label", label_of(item, entry.what));
	json_object_set_new(*ret, "title", title_of_entry(item, entry.what));
	boot_entry_done(&entry);
	return 0;
}

struct tree {
	const struct boot_format *format;
	const struct boot_menu *menu;
	json_t **leaf; /* NULL: left out */
};

static bool is_in(const char *named, const char *menu)
{
	return strcmp(named ? named : "", menu) == 0;
}

static const char *title_of(const struct menu *menu)
{
	return menu->display_name && *menu->display_name ? menu->display_name : menu->item.name;
}

/* What is in the menu called `name` ("": the first one): menus first, then profiles and images. A
 * parent always exists and never leads in a circle: the store sees to that. */
static json_t *entries_of(const struct tree *tree, const char *name)
{
	json_t *list = json_array();

	for (size_t i = 0; i < tree->menu->menus; i++) {
		const struct menu *menu = tree->menu->menu[i];
		json_t *inside;

		if (!is_in(menu->parent, name))
			continue;
		inside = entries_of(tree, menu->item.name);
		if (json_array_size(inside))
			json_array_append_new(
				list, json_pack("{s:s,s:s,s:s+,s:O}", "name", menu->item.name,
					      "title", title_of(menu), "label", menu->item.name,
					      "@menu", "entries", inside));
		json_decref(inside);
	}
	for (size_t i = 0; i < tree->menu->n; i++)
		if (is_in(resolved_str(tree->menu->entry[i], "menu"), name))
			json_array_append(list, tree->leaf[i]);
	return list;
}

/* One for each profile whose installer can be a rescue system, at the end of the first menu. */
static int add_rescue(const struct tree *tree, json_t *entries, struct err *err)
{
	const struct boot_menu *menu = tree->menu;
	json_t *list = json_array();

	for (size_t i = 0; i < menu->n; i++) {
		json_t *leaf;

		if (boot_what(menu->entry[i]) != BOOT_INSTALLER ||
			!cmdline_has_rescue(menu->entry[i]))
			continue;
		if (leaf_json(tree->format, menu->site[i], menu->entry[i], true, &leaf, err) < 0) {
			json_decref(list);
			return -1;
		}
		json_array_append_new(list, leaf);
	}
	if (json_array_size(list))
		json_array_append_new(
			entries, json_pack("{s:s,s:s,s:s,s:O}", "name", "@rescue", "title",
					 "Rescue", "label", "@rescue", "entries", list));
	json_decref(list);
	return 0;
}

/* Who reads the machines' consoles at serial ports reads the memory test's there, too. */
static json_t *memtest_arguments(const struct boot_menu *menu)
{
	const struct opt_map *options = resolved_map(menu->settings, "kernel_options");
	autostrbuf text = STRBUF_INIT;

	for (size_t i = 0; i < options->n; i++) {
		const char *value = options->entry[i].value;

		if (strcmp(options->entry[i].key, "console") == 0 && value &&
			strncmp(value, "ttyS", 4) == 0 &&
			!value[4 + strspn(value + 4, "0123456789,no")])
			strbuf_addf(&text, "%sconsole=%s", text.len ? " " : "", value);
	}
	return json_string(text.buf);
}

static int make_leaves(struct tree *tree, struct err *err)
{
	const struct boot_menu *menu = tree->menu;

	for (size_t i = 0; i < menu->n; i++)
		if (leaf_json(tree->format, menu->site[i], menu->entry[i], false, &tree->leaf[i],
			    err) < 0)
			return -1;
	return 0;
}

static void tree_done(struct tree *tree)
{
	for (size_t i = 0; i < tree->menu->n; i++)
		json_decref(tree->leaf[i]);
	free(tree->leaf);
}

int boot_menu_render(struct template_env *env, const struct boot_format *format,
	const struct boot_site *site, const struct boot_menu *menu, struct strbuf *ret,
	struct strv *templates, struct err *err)
{
	autojson json_t *object = json_object();
	struct tree tree = {
		.format = format, .menu = menu, .leaf = xcalloc(menu->n + 1, sizeof(json_t *))};
	struct template_vars vars = template_vars_json(object);
	autojson json_t *entries = NULL;
	int result = make_leaves(&tree, err);

	json_object_set_new(object, "http_base", json_string(site->http_base));
	json_object_set_new(object, "next_server", json_string(site->next_server));
	json_object_set_new(object, "memtest", json_boolean(menu->memtest));
	json_object_set_new(object, "memtest_arguments", memtest_arguments(menu));
	json_object_set_new(object, "nothing", json_boolean(menu->nothing));
	if (result == 0) {
		entries = entries_of(&tree, "");
		result = add_rescue(&tree, entries, err);
	}
	if (result == 0) {
		json_object_set(object, "entries", entries);
		result = template_render(env, format->menu_template, &vars, ret, templates, err);
	}
	tree_done(&tree);
	return result;
}
