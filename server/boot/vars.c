#include "boot/vars.h"

#include "base/json.h"
#include "boot/images.h"
#include "boot/vars_text.h"
#include "boot/vars_value.h"

#include <string.h>

struct boot_vars *boot_vars_new(const struct boot_site *site, const struct resolved *resolved)
{
	struct boot_vars *vars = xcalloc(1, sizeof(*vars));

	vars->site = site;
	vars->resolved = resolved;
	vars->words = (struct strbuf)STRBUF_INIT;
	vars->distro = (const struct distro *)resolved_item(resolved, ITEM_DISTRO);
	if (resolved->item->type->kind == ITEM_SYSTEM)
		vars->system = resolved->item;
	vars->rescue = vars->distro && resolved_bool(resolved, "rescue");
	return vars;
}

void boot_vars_rescue(struct boot_vars *vars)
{
	vars->rescue = true;
}

bool boot_vars_is_rescue(const struct boot_vars *vars)
{
	return vars->rescue;
}

void boot_vars_free(struct boot_vars *vars)
{
	if (!vars)
		return;
	for (size_t i = 0; i < TEXTS; i++)
		free(vars->made[i]);
	strbuf_done(&vars->words);
	free(vars);
}

const struct resolved *boot_vars_resolved(const struct boot_vars *vars)
{
	return vars->resolved;
}

struct boot_cmdline boot_vars_cmdline(struct boot_vars *vars)
{
	return (struct boot_cmdline){
		.resolved = vars->resolved,
		.autoinstall_url = vars->rescue ? "" : vars_text(vars, TEXT_AUTOINSTALL_URL),
		.tree_url = vars_text(vars, TEXT_TREE_URL),
		.hostname = vars_text(vars, TEXT_HOSTNAME),
		.domain = vars_text(vars, TEXT_DOMAIN),
		.rescue = vars->rescue,
	};
}

const struct strbuf *boot_vars_words(struct boot_vars *vars)
{
	struct boot_cmdline cmdline;

	if (vars->has_words)
		return &vars->words;
	cmdline = boot_vars_cmdline(vars);
	boot_cmdline_words(&cmdline, &vars->words);
	vars->has_words = true;
	return &vars->words;
}

const char *boot_vars_text(struct boot_vars *vars, const char *name)
{
	int which = vars_text_find(name);

	return which < 0 ? "" : vars_text(vars, (enum vars_text)which);
}

static json_t *initrds(const struct boot_vars *vars, const char *before)
{
	json_t *list = json_array();
	size_t n = vars->distro ? boot_images(vars->distro) : 0;

	for (size_t i = 1; i < n; i++) {
		autostrbuf path = STRBUF_INIT;

		strbuf_adds(&path, before);
		boot_image_path(vars->distro, i, &path);
		json_array_append_new(list, json_string(path.buf));
	}
	return list;
}

static json_t *initrd_paths(const struct boot_vars *vars)
{
	return initrds(vars, "");
}

static json_t *initrd_urls(const struct boot_vars *vars)
{
	autofree char *before = xasprintf("%s/", vars->site->http_base);

	return initrds(vars, before);
}

static json_t *interfaces(const struct boot_vars *vars)
{
	return boot_interfaces(vars->resolved);
}

static json_t *repo_value(const struct boot_vars *vars, const struct resolved *repo)
{
	const char *mirror = resolved_str(repo, "mirror");
	autofree char *url = xasprintf("%s%s", *mirror == '/' ? vars->site->http_base : "", mirror);
	json_t *object = json_object();

	json_set_str(object, "name", repo->item->name);
	for (size_t i = 0; i < repo->n; i++)
		json_object_set_new(object, repo->value[i].field->name,
			vars_value(repo->value[i].field, repo->value[i].at));
	json_set_str(object, "url", url);
	return object;
}

static json_t *repos(const struct boot_vars *vars)
{
	json_t *list = json_array();

	strv_for_each (name, resolved_list(vars->resolved, "repos"))
		for (size_t i = 0; i < vars->site->repos; i++)
			if (strcmp(vars->site->repo[i]->item->name, name) == 0)
				json_array_append_new(list, repo_value(vars, vars->site->repo[i]));
	return list;
}

static const struct {
	const char *name;
	json_t *(*make)(const struct boot_vars *vars);
} lists[] = {
	{"initrd_paths", initrd_paths},
	{"initrd_urls", initrd_urls},
	{"interfaces", interfaces},
	{"repos", repos},
};

/* A key of autoinstall_meta: its value, true where it stands alone, a list where it repeats. */
static json_t *meta_value(const struct boot_vars *vars, const char *name)
{
	const struct opt_map *meta = resolved_map(vars->resolved, "autoinstall_meta");
	json_t *found = NULL;

	for (size_t i = 0; i < meta->n && name[0] != '!'; i++) {
		const char *text = meta->entry[i].value;
		json_t *value;

		if (strcmp(meta->entry[i].key, name) != 0)
			continue;
		value = text ? json_string(text) : json_true();
		if (json_is_array(found))
			json_array_append_new(found, value);
		else
			found = found ? json_pack("[oo]", found, value) : value;
	}
	return found;
}

/* Answer files are for every machine that asks, so a secret that no machine needs is no variable.
 */
static bool is_rendered(const struct field *field)
{
	return !(field->flags & FIELD_SECRET) || (field->flags & FIELD_RENDERED);
}

static json_t *vars_get(void *ctx, const char *name)
{
	struct boot_vars *vars = ctx;
	int which = vars_text_find(name);
	const struct resolved_value *value;

	if (which >= 0)
		return json_string(vars_text(vars, (enum vars_text)which));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (strcmp(lists[i].name, name) == 0)
			return lists[i].make(vars);
	value = resolved_get(vars->resolved, name);
	if (value)
		return is_rendered(value->field) ? vars_value(value->field, value->at) : NULL;
	return meta_value(vars, name);
}

static void vars_names(void *ctx, struct strv *ret)
{
	const struct boot_vars *vars = ctx;
	const struct opt_map *meta = resolved_map(vars->resolved, "autoinstall_meta");

	for (size_t i = 0; i < TEXTS; i++)
		strv_add(ret, vars_text_name((enum vars_text)i));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		strv_add(ret, lists[i].name);
	for (size_t i = 0; i < vars->resolved->n; i++)
		if (is_rendered(vars->resolved->value[i].field))
			strv_add(ret, vars->resolved->value[i].field->name);
	for (size_t i = 0; i < meta->n; i++)
		strv_add(ret, meta->entry[i].key);
}

struct template_vars boot_vars_template(struct boot_vars *vars)
{
	return (struct template_vars){
		.get = vars_get, .names = vars_names, .ctx = vars, .subject = vars->resolved};
}
