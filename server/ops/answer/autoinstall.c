#include "ops/answer/autoinstall.h"

#include "ops/answer/autoinstall_parts.h"
#include "ops/recent.h"

#include <string.h>

/* An installer asks again and again; one event in this time says it. */
enum { EVENT_SECONDS = 60 };

static int no_template(const struct item *item, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		"%s '%s' has no answer template; name one with: bootwright %s edit "
		"--name=%s --autoinstall=TEMPLATE",
		item->type->name, item->name, item->type->name, item->name);
}

static int render_answer(struct server *server, const struct chain *chain, const void *arg,
	struct strbuf *text, const char **content_type, struct strv *templates, struct err *err)
{
	const struct resolved *resolved = chain_end(chain);
	const struct autoinstall_part *part = arg;
	struct autoinstall_render render = {
		.env = server->answer_templates,
		.main = resolved_str(resolved, "autoinstall"),
		.text = text,
		.used = templates,
	};
	AUTO(boot_vars) struct boot_vars *vars = NULL;

	if (!*render.main)
		return no_template(resolved->item, err);
	vars = boot_vars_new(&chain->site, resolved);
	render.vars = boot_vars_template(vars);
	return autoinstall_part_render(part, &render, content_type, err);
}

int autoinstall_part_answer(struct server *server, const struct item_type *type, const char *name,
	const char *part_name, struct answer **ret, struct err *err)
{
	struct answer_kind kind = {.name = "autoinstall", .render = render_answer};
	const struct autoinstall_part *part = autoinstall_part_find(part_name);
	struct err why = ERR_INIT;
	autofree char *said = NULL;

	if (!part)
		return err_set(err, ERR_NOT_FOUND, "no answer file has a part '%.60s'", part_name);
	kind.arg = part;
	if (answer_cached(server, &kind, type, name, ret, &why) == 0)
		return 0;
	if (why.code == ERR_NOT_FOUND || why.code == ERR_BUSY) {
		if (err)
			*err = why;
		return -1;
	}
	if (why.code == ERR_TOO_BIG) /* by the template, not by who asked: 500, not 413 */
		why.code = ERR_TEMPLATE;
	err_wrap(&why, "answer file of %s '%s'", type->name, name);
	said = xasprintf("%s/%s/%s", type->name, name, why.msg);
	if (recent_first(answers_said(server->answers), said, EVENT_SECONDS))
		server_event(server, "error", name, "", "%s", why.msg);
	if (err)
		*err = why;
	return -1;
}

int autoinstall_answer(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err)
{
	return autoinstall_part_answer(server, type, name, "", ret, err);
}
