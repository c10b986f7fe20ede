/*
 * Renders many templates at once, for compare.py: reads a JSON array of
 * {"template", "vars", "templates": {name: text}, "options": [names]} and writes an array of
 * {"out": text} or {"error": text}.
 */
#include "base/json.h"
#include "template/template.h"

#include <stdio.h>
#include <string.h>

static uint64_t stamp(void *ctx, const char *name)
{
	return json_object_get(ctx, name) ? 1 : 0;
}

static int load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	const char *text = json_get_str(ctx, name);

	if (!text)
		return err_set(err, ERR_NOT_FOUND, "no such template");
	strbuf_adds(ret, text);
	return 0;
}

static bool has_option(const json_t *options, const char *name)
{
	size_t i;
	json_t *o;

	json_array_foreach (options, i, o)
		if (!strcmp(json_string_value(o), name))
			return true;
	return false;
}

static json_t *run(json_t *c)
{
	const json_t *o = json_object_get(c, "options");
	struct template_options options = {
		.trim_blocks = has_option(o, "trim_blocks"),
		.lstrip_blocks = has_option(o, "lstrip_blocks"),
		.keep_trailing_newline = has_option(o, "keep_trailing_newline"),
	};
	struct template_loader loader = {
		.stamp = stamp, .load = load, .ctx = json_object_get(c, "templates")};
	struct template_env *env = template_env_new(&options, &loader);
	struct template_vars vars = template_vars_json(json_object_get(c, "vars"));
	json_t *text = json_object_get(c, "template");
	autostrbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;
	json_t *ret;

	if (template_render_text(env, "main", json_string_value(text), json_string_length(text),
		    &vars, &out, &err) < 0)
		ret = json_pack("{s:s?}", "error", err.msg);
	else
		ret = json_pack("{s:o}", "out", json_stringn_nocheck(out.buf, out.len));
	template_env_free(env);
	return ret;
}

int main(void)
{
	json_error_t why;
	autojson json_t *cases = json_loadf(stdin, 0, &why);
	autojson json_t *results = json_array();
	size_t i;
	json_t *c;

	if (!cases) {
		fprintf(stderr, "render: line %d: %s\n", why.line, why.text);
		return 1;
	}
	json_array_foreach (cases, i, c)
		json_array_append_new(results, run(c));
	json_dumpf(results, stdout, 0);
	return 0;
}
