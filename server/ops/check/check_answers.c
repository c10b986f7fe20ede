#include "ops/check/check_answers.h"

#include "model/types.h"
#include "ops/answer/template_format.h"
#include "ops/answer/template_try.h"

struct failing {
	struct server *server;
	struct strbuf *problem;
	struct strbuf *advice;
	size_t n;
};

static void tell(
	struct failing *failing, const struct item *item, const char *lacks, const struct err *why)
{
	const char *type = item->type->name;

	if (failing->n++ > 0)
		return;
	strbuf_addf(failing->problem, "%s '%s' gets no %s: %s", type, item->name, lacks, why->msg);
	strbuf_addf(failing->advice,
		"mend the template or what it names, then: bootwright template render --%s=%s",
		type, item->name);
}

static void try_item(struct failing *failing, const struct item_type *type, const char *name)
{
	AUTO(chain) struct chain *chain = NULL;
	struct template_try try = {.name = NULL};
	autostrbuf text = STRBUF_INIT;
	struct template_place place;
	struct err why = ERR_INIT;

	if (chain_load(failing->server, type, name, &chain, NULL) < 0)
		return;
	try.name = resolved_str(chain_end(chain), "autoinstall");
	if (!*try.name)
		return;
	if (template_try_chain(failing->server->answer_templates, chain, &try, &text, NULL, &why) <
		0)
		tell(failing, chain_end(chain)->item, "answer file", &why);
	else if (template_cheetah_check(text.buf, &place, &why) < 0)
		tell(failing, chain_end(chain)->item, "answer file that its installer can read",
			&why);
}

static int add_name(void *ctx, struct item *item, struct err *err)
{
	(void)err;
	strv_add(ctx, item->name);
	return 0;
}

bool answers_fail(struct server *server, struct strbuf *problem, struct strbuf *advice)
{
	struct failing failing = {.server = server, .problem = problem, .advice = advice};
	const struct db_filter own = {
		.field = item_field(&system_type, "autoinstall"), .compare = DB_NOT, .text = ""};
	const struct db_query queries[] = {
		{.type = &profile_type, .limit = CHECK_ANSWERS},
		{.type = &system_type, .filter = &own, .filters = 1, .limit = CHECK_ANSWERS},
	};

	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		autostrv names = STRV_INIT;

		db_item_list(server->db, &queries[i], add_name, &names, NULL);
		strv_for_each (name, &names)
			try_item(&failing, queries[i].type, name);
	}
	if (failing.n > 1)
		strbuf_addf(problem, "; and %zu more get none", failing.n - 1);
	return failing.n > 0;
}
