/* The door of the engine: cache, variables, bounds, the classes of errors, threads. What templates
 * print is compared with Jinja2 under tests/templates. */
#include "base/json.h"
#include "template/template.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A loader with one text that can change, under any name but "none". */
struct source {
	const char *text;
	uint64_t stamp;
	unsigned loads;
};

static uint64_t source_stamp(void *ctx, const char *name)
{
	const struct source *s = ctx;

	return strcmp(name, "none") ? s->stamp : 0;
}

static int source_load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	struct source *s = ctx;

	(void)name;
	(void)err;
	s->loads++;
	strbuf_adds(ret, s->text);
	return 0;
}

static struct template_env *env_of(struct source *s, const struct template_options *options)
{
	struct template_loader loader = {.stamp = source_stamp, .load = source_load, .ctx = s};

	return template_env_new(options, &loader);
}

DEFINE_AUTO(env, struct template_env *, template_env_free)

static void cached_until_the_stamp_changes(void **state)
{
	struct source s = {.text = "one", .stamp = 1};
	AUTO(env) struct template_env *env = env_of(&s, NULL);
	autostrbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(template_render(env, "a", NULL, &out, NULL, &err), 0);
	assert_int_equal(template_render(env, "a", NULL, &out, NULL, &err), 0);
	assert_string_equal(out.buf, "oneone");
	assert_int_equal(s.loads, 1);
	s.text = "two";
	s.stamp = 2;
	assert_int_equal(template_render(env, "a", NULL, &out, NULL, &err), 0);
	assert_string_equal(out.buf, "oneonetwo");
	assert_int_equal(s.loads, 2);
}

static void used_names_each_template_once(void **state)
{
	struct source s = {.text = "{% if not deep %}{% set deep = true %}{% include 'b' %}"
				   "{% include 'b' %}{% endif %}",
		.stamp = 1};
	AUTO(env) struct template_env *env = env_of(&s, NULL);
	autojson json_t *json = json_pack("{s:b}", "deep", 0);
	struct template_vars vars = template_vars_json(json);
	autostrbuf out = STRBUF_INIT;
	autostrv used = STRV_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(template_render(env, "a", &vars, &out, &used, &err), 0);
	assert_int_equal(used.n, 2);
	assert_string_equal(used.v[0], "a");
	assert_string_equal(used.v[1], "b");
}

static json_t *counted_get(void *ctx, const char *name)
{
	++*(unsigned *)ctx;
	return strcmp(name, "x") ? NULL : json_string("v");
}

static void variables_are_asked_for_once(void **state)
{
	static const char text[] = "{% if no is defined or x %}{{ x }}{{ x }}{{ no is defined }}"
				   "{% for i in 'ab' %}{{ x }}{% endfor %}{% endif %}";
	unsigned asked = 0;
	struct template_vars vars = {.get = counted_get, .ctx = &asked};
	AUTO(env) struct template_env *env = template_env_new(NULL, NULL);
	autostrbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(template_render_text(env, "t", text, strlen(text), &vars, &out, &err), 0);
	assert_string_equal(out.buf, "vvFalsevv");
	assert_int_equal(asked, 2);
}

static void errors_have_their_class(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
		const char *msg;
	} rows[] = {
		{"a\n{{ x }}", ERR_TEMPLATE, "template 't' line 2 column 4: 'x' is not defined"},
		{"{% if %}", ERR_TEMPLATE,
			"template 't' line 1 column 7: an expression is missing"},
		{"{{ 'x' * 10 ** 9 }}", ERR_TOO_BIG,
			"template 't' line 1 column 8: the text becomes too long"},
		{"{% for i in range(9) %}{% for k in range(99999) %}{% endfor %}{% endfor %}",
			ERR_TOO_BIG,
			"template 't' line 1 column 27: the rendering takes too many steps; is a "
			"loop too "
			"long?"},
		{"{% for i in range(99) %}0123456789abcdef{% endfor %}", ERR_TOO_BIG,
			"template 't' line 1 column 25: the output becomes too long"},
		{"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ERR_TOO_BIG,
			"template 't' line 1 column 19: macros, includes or loops call each other "
			"too deep "
			"(called from 't' line 1, called from 't' line 1, called from 't' line 1, "
			"…)"},
		{"{% include 'none' %}", ERR_TEMPLATE,
			"template 't' line 1 column 4: there is no template 'none'"},
	};
	struct template_options options = {.max_output = 1000, .max_steps = 200000};
	struct source s = {.text = "", .stamp = 1};
	AUTO(env) struct template_env *env = env_of(&s, &options);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostrbuf out = STRBUF_INIT;
		struct err err = ERR_INIT;

		strbuf_adds(&out, "before");
		assert_int_equal(template_render_text(env, "t", rows[i].text, strlen(rows[i].text),
					 NULL, &out, &err),
			-1);
		assert_string_equal(err.msg, rows[i].msg);
		assert_int_equal(err.code, rows[i].code);
		assert_string_equal(out.buf, "before");
	}
}

/* A bound on processor time, whatever a step costs. */
static void time_is_bounded(void **state)
{
	static const char text[] = "{% for i in range(2 ** 20) %}{% for k in range(2 ** 20) %}"
				   "{% endfor %}{% endfor %}";
	struct template_options options = {.max_steps = UINT64_MAX / 2, .max_ms = 1};
	AUTO(env) struct template_env *env = template_env_new(&options, NULL);
	autostrbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(template_render_text(env, "t", text, strlen(text), NULL, &out, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	assert_non_null(strstr(err.msg, "takes more than 1 ms of processor time"));
}

static void missing_template_is_not_found(void **state)
{
	struct source s = {.text = "", .stamp = 1};
	AUTO(env) struct template_env *env = env_of(&s, NULL);
	autostrbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(template_render(env, "none", NULL, &out, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void check_parses_only(void **state)
{
	AUTO(env) struct template_env *env = template_env_new(NULL, NULL);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(template_check(env, "t", "{{ missing }}", 13, &err), 0);
	assert_int_equal(template_check(env, "t", "\n{{ (1 }}", 9, &err), -1);
	assert_non_null(strstr(err.msg, "template 't' line 2 column 7: "));
	assert_int_equal(err.code, ERR_TEMPLATE);
	assert_int_equal(template_check(env, "t", "{% x %}", 7, NULL), -1);
}

/* Nesting of all kinds must be refused, not overflow the stack. */
static void deep_nesting_is_refused(void **state)
{
	static const struct {
		const char *open, *middle, *close;
	} rows[] = {
		{"(", "1", ")"},
		{"[", "1", "]"},
		{"-", "1", ""},
		{"not ", "1", ""},
		{"1+", "1", ""},
		{"1 if 1 else ", "1", ""},
		{"", "x", ".y"},
		{"", "x", "|upper"},
		{"", "x", "()"},
		{"", "x", "[0]"},
		{"{% if 1 %}", "", "{% endif %}"},
		{"{% for i in [1] %}", "", "{% endfor %}"},
	};
	AUTO(env) struct template_env *env = template_env_new(NULL, NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool tag = rows[i].open[0] == '{';
		autostrbuf text = STRBUF_INIT;
		autostrbuf out = STRBUF_INIT;
		struct err err = ERR_INIT;

		strbuf_adds(&text, tag ? "" : "{{ ");
		for (size_t k = 0; k < 50000; k++)
			strbuf_adds(&text, rows[i].open);
		strbuf_adds(&text, rows[i].middle);
		for (size_t k = 0; k < 50000; k++)
			strbuf_adds(&text, rows[i].close);
		strbuf_adds(&text, tag ? "" : " }}");
		assert_int_equal(
			template_render_text(env, "t", text.buf, text.len, NULL, &out, &err), -1);
		assert_int_equal(err.code, ERR_TEMPLATE);
	}
}

struct worker {
	struct template_env *env;
	struct source *source;
	unsigned wrong;
};

static void *work(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < 2000; i++) {
		autostrbuf out = STRBUF_INIT;
		char name[8];

		snprintf(name, sizeof(name), "t%d", i % 7);
		__atomic_store_n(&w->source->stamp, (uint64_t)(1 + i % 3), __ATOMIC_RELAXED);
		if (template_render(w->env, name, NULL, &out, NULL, NULL) < 0 ||
			strcmp(out.buf, "0,1,2,") != 0)
			w->wrong++;
	}
	return NULL;
}

static uint64_t shared_stamp(void *ctx, const char *name)
{
	(void)name;
	return __atomic_load_n(&((struct source *)ctx)->stamp, __ATOMIC_RELAXED);
}

static int shared_load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	(void)ctx;
	(void)name;
	(void)err;
	strbuf_adds(ret, "{% for i in range(3) %}{{ i }},{% endfor %}");
	return 0;
}

static void threads_share_parsed_templates(void **state)
{
	struct source s = {.stamp = 1};
	struct template_loader loader = {.stamp = shared_stamp, .load = shared_load, .ctx = &s};
	AUTO(env) struct template_env *env = template_env_new(NULL, &loader);
	struct worker workers[4];
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		workers[i] = (struct worker){.env = env, .source = &s};
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].wrong, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cached_until_the_stamp_changes),
		cmocka_unit_test(used_names_each_template_once),
		cmocka_unit_test(variables_are_asked_for_once),
		cmocka_unit_test(errors_have_their_class),
		cmocka_unit_test(time_is_bounded),
		cmocka_unit_test(missing_template_is_not_found),
		cmocka_unit_test(check_parses_only),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(threads_share_parsed_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
