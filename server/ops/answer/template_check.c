/* Lints templates (template_try.h): first each text alone, then what machines would get. */
#include "ops/answer/template_try.h"

#include "base/json.h"

#include "ops/answer/template_format.h"

#include <string.h>

struct check {
	struct server *server;
	struct strv sources; /* to be checked */
	bool *reported;      /* beside each: one problem is enough */
	json_t *problems;
	size_t renderings;
};

static size_t find(const struct check *check, const char *source)
{
	size_t i = 0;

	while (i < check->sources.n && strcmp(check->sources.v[i], source) != 0)
		i++;
	return i;
}

/* `item`: whose rendering shows it; NULL: it shows by itself. */
static void report(struct check *check, const char *source, const struct template_place *place,
	const char *message, const struct item *item)
{
	size_t i = find(check, source);
	json_t *problem;

	if (i == check->sources.n || check->reported[i])
		return;
	check->reported[i] = true;
	problem = json_pack(
		"{s:I,s:I}", "line", (json_int_t)place->line, "column", (json_int_t)place->column);
	json_set_str(problem, "template", source);
	json_set_str(problem, "message", message);
	if (item) {
		json_set_str(problem, "type", item->type->name);
		json_set_str(problem, "item", item->name);
	}
	json_array_append_new(check->problems, problem);
}

/* "template 'NAME' line 3 column 7: what": the place is in the template it names, which may be
 * another than the one that was rendered. */
static void report_error(
	struct check *check, const char *rendered, const struct err *err, const struct item *item)
{
	static const char before[] = "template '";
	struct template_place place = {.line = 1, .column = 1};
	const char *message = template_place_read(err->msg, &place);
	const char *from = err->msg + strlen(before);
	const char *end = strstr(err->msg, "' line ");
	autofree char *source = NULL;

	if (message && end && strncmp(err->msg, before, strlen(before)) == 0 && end > from)
		source = xstrndup(from, (size_t)(end - from));
	report(check, source ? source : rendered, &place, message ? message : err->msg, item);
}

/* Before anybody uses it; a converted one keeps what a person has to finish in comments. */
static void check_language(struct check *check, const char *source, const struct strbuf *text)
{
	struct template_place place;
	struct err why = ERR_INIT;

	if (!strstr(text->buf, "{#") && template_cheetah_check(text->buf, &place, &why) < 0)
		report(check, source, &place, why.msg, NULL);
}

static void check_syntax(struct check *check, const char *source)
{
	autostrbuf text = STRBUF_INIT;
	struct err why = ERR_INIT;

	if (templates_read(check->server->templates, source, &text, &why) < 0 ||
		template_check(check->server->answer_templates, source, text.buf, text.len, &why) <
			0)
		report_error(check, source, &why, NULL);
	else
		check_language(check, source, &text);
}

static void check_format(struct check *check, const char *template, const char *source,
	const struct strbuf *text, const struct item *item)
{
	struct template_place place;
	struct err why = ERR_INIT;
	autofree char *message = NULL;

	if (template_format_check(template, text->buf, text->len, &place, &why) == 0)
		return;
	message = xasprintf("in what it renders to: %s", why.msg);
	report(check, source, &place, message, item);
}

static int check_item(void *ctx, const struct chain *chain, const char *template, struct err *err)
{
	struct check *check = ctx;
	const struct item *item = chain_end(chain)->item;
	const struct template_try try = {.name = template};
	autostrbuf source = STRBUF_INIT;
	autostrbuf text = STRBUF_INIT;
	struct err why = ERR_INIT;

	(void)err;
	check->renderings++;
	templates_source(check->server->templates, template, &source);
	if (template_try_chain(check->server->answer_templates, chain, &try, &text, NULL, &why) < 0)
		report_error(check, source.buf, &why, item);
	else
		check_format(check, template, source.buf, &text, item);
	return 0;
}

/* What editors and version control leave in a folder is no template. */
static bool is_template(const char *source)
{
	const char *slash = strrchr(source, '/');
	const char *name = slash ? slash + 1 : source;
	size_t len = strlen(name);

	return name[0] != '.' && len && name[len - 1] != '~' && !strstr(source, "/.") &&
	       source[0] != '.';
}

static int add_named(struct check *check, const char *name, struct err *err)
{
	autostrv all = STRV_INIT;
	autostrbuf source = STRBUF_INIT;
	const char *near;

	templates_list(check->server->templates, &all);
	templates_source(check->server->templates, name, &source);
	if (strv_has(&all, source.buf)) {
		strv_add(&check->sources, source.buf);
		return 0;
	}
	near = nearest_word(name, (const char *const *)all.v, all.n);
	return err_set(err, ERR_NOT_FOUND, "there is no template or snippet '%.200s'%s%s%s", name,
		near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int add_sources(struct check *check, const struct strv *names, struct err *err)
{
	autostrv all = STRV_INIT;

	for (size_t i = 0; i < names->n; i++)
		if (add_named(check, names->v[i], err) < 0)
			return -1;
	if (names->n)
		return 0;
	templates_list(check->server->templates, &all);
	strv_for_each (source, &all)
		if (is_template(source))
			strv_add(&check->sources, source);
	return 0;
}

static int run(struct check *check, const struct strv *names, json_t **ret, struct err *err)
{
	size_t left;

	if (add_sources(check, names, err) < 0)
		return -1;
	check->reported = xcalloc(check->sources.n + 1, sizeof(*check->reported));
	strv_for_each (source, &check->sources)
		check_syntax(check, source);
	if (template_try_items(check->server, check_item, check, &left, err) < 0)
		return -1;
	*ret = json_pack("{s:O,s:I,s:I,s:I}", "items", check->problems, "templates",
		(json_int_t)check->sources.n, "renderings", (json_int_t)check->renderings, "left",
		(json_int_t)left);
	return 0;
}

int template_check_all(
	struct server *server, const struct strv *names, json_t **ret, struct err *err)
{
	struct check check = {.server = server, .problems = json_array()};
	int result = run(&check, names, ret, err);

	strv_done(&check.sources);
	free(check.reported);
	json_decref(check.problems);
	return result;
}
