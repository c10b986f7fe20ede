#include "ops/answer/template_try.h"

#include "model/types.h"

#include <string.h>

/* Sources, one of them with another text */

static uint64_t overlay_stamp(void *ctx, const char *source)
{
	const struct template_overlay *overlay = ctx;

	if (strcmp(source, overlay->source) == 0)
		return 1;
	return overlay->below.stamp(overlay->below.ctx, source);
}

static int overlay_load(void *ctx, const char *source, struct strbuf *ret, struct err *err)
{
	const struct template_overlay *overlay = ctx;

	if (strcmp(source, overlay->source) != 0)
		return overlay->below.load(overlay->below.ctx, source, ret, err);
	strbuf_adds(ret, overlay->text);
	return 0;
}

static void overlay_resolve(void *ctx, const void *subject, const char *name, struct strbuf *ret)
{
	const struct template_overlay *overlay = ctx;

	overlay->below.resolve(overlay->below.ctx, subject, name, ret);
}

struct template_env *template_try_env(struct template_overlay *overlay)
{
	const struct template_loader loader = {.stamp = overlay_stamp,
		.load = overlay_load,
		.resolve = overlay_resolve,
		.ctx = overlay};

	return template_env_new(&template_folder_options, &loader);
}

int template_try_chain(struct template_env *env, const struct chain *chain,
	const struct template_try *try, struct strbuf *ret, struct strv *used, struct err *err)
{
	AUTO(boot_vars)
	struct boot_vars *vars = chain ? boot_vars_new(&chain->site, chain_end(chain)) : NULL;
	struct template_vars all = {.object = NULL};

	if (vars)
		all = boot_vars_template(vars);
	all.object = try->vars; /* given for this time: they come first */
	return template_render(env, try->name, &all, ret, used, err);
}

static int own_template(const struct chain *chain, const char **ret, struct err *err)
{
	const struct item *item;

	if (!chain)
		return err_set(err, ERR_INVALID, "which template? name one, a system or a profile");
	item = chain_end(chain)->item;
	*ret = resolved_str(chain_end(chain), "autoinstall");
	if (!**ret)
		return err_set(err, ERR_NOT_FOUND, "%s '%s' has no answer template",
			item->type->name, item->name);
	return 0;
}

int template_try(struct server *server, const struct template_try *try, struct strbuf *ret,
	struct strv *used, struct err *err)
{
	struct template_try full = *try;
	AUTO(chain) struct chain *chain = NULL;
	autostrbuf source = STRBUF_INIT;
	struct template_overlay overlay;
	struct template_env *env;
	int result;

	if (try->type && chain_load(server, try->type, try->item, &chain, err) < 0)
		return -1;
	if (!full.name && own_template(chain, &full.name, err) < 0)
		return -1;
	if (!full.text)
		return template_try_chain(server->answer_templates, chain, &full, ret, used, err);
	templates_source(server->templates, full.name, &source);
	overlay = (struct template_overlay){.below = templates_loader(server->templates),
		.source = source.buf,
		.text = full.text};
	env = template_try_env(&overlay);
	result = template_try_chain(env, chain, &full, ret, used, err);
	template_env_free(env);
	return result;
}

/* All items */

int template_try_items(struct server *server,
	int (*each)(void *ctx, const struct chain *chain, const char *template, struct err *err),
	void *ctx, size_t *left, struct err *err)
{
	static const struct item_type *const types[] = {&profile_type, &system_type};
	size_t tried = 0;

	*left = 0;
	for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
		autostrv names = STRV_INIT;

		if (db_item_names(server->db, types[t], &names, err) < 0)
			return -1;
		for (size_t i = 0; i < names.n; i++) {
			AUTO(chain) struct chain *chain = NULL;
			const char *template;

			if (tried == TEMPLATE_TRY_ITEMS) {
				*left += names.n - i;
				break;
			}
			if (chain_load(server, types[t], names.v[i], &chain, NULL) < 0 ||
				own_template(chain, &template, NULL) < 0)
				continue;
			tried++;
			if (each(ctx, chain, template, err) < 0)
				return -1;
		}
	}
	return 0;
}
