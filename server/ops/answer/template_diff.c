/* What a template's other text would change (template_try.h). */
#include "ops/answer/template_try.h"

#include "base/diff.h"
#include "base/json.h"

#include <string.h>

enum { DIFF_BYTES_MAX = 4 << 20 };

struct difference {
	struct server *server;
	struct template_env *env; /* with the other text */
	const char *source;
	struct strbuf diff;
	size_t using;
	size_t changed;
};

/* A template that fails now is used by who names it; what it includes is not known then. */
static bool uses(struct difference *d, const char *template, const struct strv *used, bool failed)
{
	autostrbuf source = STRBUF_INIT;

	if (!failed)
		return strv_has(used, d->source);
	templates_source(d->server->templates, template, &source);
	return strcmp(source.buf, d->source) == 0;
}

static void add_difference(struct difference *d, const struct item *item,
	const struct strbuf *before, const struct strbuf *after)
{
	autofree char *name = xasprintf("%s/%s", item->type->name, item->name);
	const struct diff_text texts[] = {
		{.name = name, .bytes = before->buf, .len = before->len},
		{.name = name, .bytes = after->buf, .len = after->len},
	};

	if (before->len == after->len && memcmp(before->buf, after->buf, after->len) == 0)
		return;
	d->changed++;
	if (d->diff.len < DIFF_BYTES_MAX)
		diff_unified(&texts[0], &texts[1], &d->diff);
}

static int try_item(void *ctx, const struct chain *chain, const char *template, struct err *err)
{
	struct difference *d = ctx;
	const struct item *item = chain_end(chain)->item;
	const struct template_try try = {.name = template};
	autostrbuf before = STRBUF_INIT;
	autostrbuf after = STRBUF_INIT;
	autostrv used = STRV_INIT;
	bool failed = template_try_chain(
			      d->server->answer_templates, chain, &try, &before, &used, NULL) < 0;

	if (!uses(d, template, &used, failed))
		return 0;
	d->using ++;
	if (template_try_chain(d->env, chain, &try, &after, NULL, err) < 0)
		return err_wrap(err, "with the other text, %s '%s'", item->type->name, item->name);
	add_difference(d, item, &before, &after);
	return 0;
}

static json_t *answer(const struct difference *d, size_t left)
{
	autojson json_t *object = json_pack("{s:I,s:I,s:I}", "using", (json_int_t)d->using,
		"changed", (json_int_t)d->changed, "left", (json_int_t)left);

	json_set_str(object, "diff", d->diff.buf);
	return TAKE(object);
}

static int served(
	struct server *server, const char *source, const char *text, json_t **ret, struct err *err)
{
	struct template_overlay overlay = {
		.below = templates_loader(server->templates), .source = source, .text = text};
	struct difference d = {.server = server, .source = source, .diff = STRBUF_INIT};
	size_t left;
	int result;

	d.env = template_try_env(&overlay);
	result = template_try_items(server, try_item, &d, &left, err);
	if (result == 0)
		*ret = answer(&d, left);
	template_env_free(d.env);
	strbuf_done(&d.diff);
	return result;
}

static int behind(struct server *server, const char *source, json_t **ret, struct err *err)
{
	struct difference d = {.diff = STRBUF_INIT};
	autostrbuf before = STRBUF_INIT;
	autostrbuf after = STRBUF_INIT;
	struct diff_text texts[] = {{.name = "behind it"}, {.name = source}};

	if (templates_read(server->templates, source, &after, err) < 0 ||
		templates_read_behind(server->templates, source, &before, err) < 0)
		return -1;
	texts[0].bytes = before.buf;
	texts[0].len = before.len;
	texts[1].bytes = after.buf;
	texts[1].len = after.len;
	diff_unified(&texts[0], &texts[1], &d.diff);
	*ret = answer(&d, 0);
	strbuf_done(&d.diff);
	return 0;
}

int template_diff(
	struct server *server, const char *name, const char *text, json_t **ret, struct err *err)
{
	autostrbuf source = STRBUF_INIT;

	templates_source(server->templates, name, &source);
	return text ? served(server, source.buf, text, ret, err)
	            : behind(server, source.buf, ret, err);
}
