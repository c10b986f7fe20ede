/* A system's boot file (formats.h). */
#include "boot/entry.h"

static json_t *file_get(void *ctx, const char *name)
{
	struct boot_entry *entry = ctx;
	json_t *own = boot_entry_get(entry, name);
	struct template_vars below;

	if (own)
		return own;
	below = boot_vars_template(entry->vars);
	return below.get(below.ctx, name);
}

static void file_names(void *ctx, struct strv *ret)
{
	struct boot_entry *entry = ctx;
	struct template_vars below = boot_vars_template(entry->vars);

	boot_entry_names(ret);
	below.names(below.ctx, ret);
}

int boot_file_render_vars(struct template_env *env, const struct boot_format *format,
	struct boot_vars *vars, struct strbuf *ret, struct strv *templates, struct err *err)
{
	const struct item *item = boot_vars_resolved(vars)->item;
	struct boot_entry entry;
	const struct template_vars get = {.get = file_get, .names = file_names, .ctx = &entry};
	int result;

	if (boot_entry_init(&entry, format, vars, err) < 0)
		return err_wrap(err, "%s '%s'", item->type->name, item->name);
	result = template_render(env, format->system_template, &get, ret, templates, err);
	boot_entry_done(&entry);
	return result < 0 ? err_wrap(err, "%s '%s'", item->type->name, item->name) : 0;
}

int boot_file_render(struct template_env *env, const struct boot_format *format,
	const struct boot_site *site, const struct resolved *resolved, struct strbuf *ret,
	struct strv *templates, struct err *err)
{
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(site, resolved);

	return boot_file_render_vars(env, format, vars, ret, templates, err);
}
