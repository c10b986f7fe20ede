#include "ops/autoinstall.h"

#include "ops/recent.h"

#include <string.h>

/* An installer asks again and again; one event in this time says it. */
enum { EVENT_SECONDS = 60 };

static int render_answer(struct server *server, const struct chain *chain, const void *arg,
	struct strbuf *text, const char **content_type, struct strv *templates, struct err *err)
{
	const struct resolved *resolved = chain_end(chain);
	const struct item *item = resolved->item;
	const char *template = resolved_str(resolved, "autoinstall");
	AUTO(boot_vars) struct boot_vars *vars = NULL;
	struct template_vars template_vars;
	size_t len = strlen(template);

	(void)arg;
	if (!len)
		return err_set(err, ERR_NOT_FOUND,
			"%s '%s' has no answer template; name one with: bootwright %s edit "
			"--name=%s --autoinstall=TEMPLATE",
			item->type->name, item->name, item->type->name, item->name);
	vars = boot_vars_new(&chain->site, resolved);
	template_vars = boot_vars_template(vars);
	if (template_render(
		    server->answer_templates, template, &template_vars, text, templates, err) < 0) {
		/* The item is there; that its template is not is our own fault, not the client's.
		 */
		if (err && err->code == ERR_NOT_FOUND)
			err->code = ERR_TEMPLATE;
		return -1;
	}
	if (len > 4 && strcmp(template + len - 4, ".xml") == 0)
		*content_type = "application/xml";
	return 0;
}

int autoinstall_answer(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err)
{
	static const struct answer_kind kind = {.name = "autoinstall", .render = render_answer};
	struct err why = ERR_INIT;
	autofree char *said = NULL;

	if (answer_cached(server, &kind, type, name, ret, &why) == 0)
		return 0;
	if (why.code == ERR_NOT_FOUND || why.code == ERR_BUSY) {
		if (err)
			*err = why;
		return -1;
	}
	err_wrap(&why, "answer file of %s '%s'", type->name, name);
	said = xasprintf("%s/%s/%s", type->name, name, why.msg);
	if (recent_first(answers_said(server->answers), said, EVENT_SECONDS))
		server_event(server, "error", name, "", "%s", why.msg);
	if (err)
		*err = why;
	return -1;
}
