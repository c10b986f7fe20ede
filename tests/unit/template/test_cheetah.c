/*
 * Cases in tests/templates/cheetah/NAME/: `input` converts to `expect` with the lines of `marks`,
 * and is Jinja; where there are `vars`, it renders to `rendered`. GOLDEN=rewrite writes what comes
 * out; read the difference before you commit it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "template/cheetah.h"
#include "template/template.h"

#include <fcntl.h>
#include <string.h>

#define CASES "tests/templates/cheetah"

static const struct template_options options = {
	.trim_blocks = true,
	.lstrip_blocks = true,
	.keep_trailing_newline = true,
};

static uint64_t stamp(void *ctx, const char *name)
{
	(void)ctx;
	return strncmp(name, "snippets/", 9) == 0;
}

/* Any snippet says its name, and does not end with a newline. */
static int load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	(void)ctx;
	(void)err;
	strbuf_addf(ret, "[%s of {{ name }}]", name);
	return 0;
}

static void compare(int folder, const char *file, const struct strbuf *text)
{
	const char *golden = getenv("GOLDEN");
	autostrbuf expected = STRBUF_INIT;

	if (golden && strcmp(golden, "rewrite") == 0)
		assert_int_equal(file_replace(folder, file, 0644, text->buf, text->len, NULL), 0);
	assert_int_equal(file_read(folder, file, 1 << 20, &expected, NULL), 0);
	assert_string_equal(text->buf, expected.buf);
}

static void render(int folder, struct template_env *env, const struct strbuf *jinja)
{
	autostrbuf text = STRBUF_INIT;
	autostrbuf out = STRBUF_INIT;
	autojson json_t *vars = NULL;
	struct template_vars values;
	struct err err = ERR_INIT;

	if (faccessat(folder, "vars", F_OK, 0) < 0)
		return;
	assert_int_equal(file_read(folder, "vars", 1 << 20, &text, NULL), 0);
	vars = json_parse(text.buf, text.len, &err);
	if (!vars)
		fail_msg("vars: %s", err.msg);
	values = template_vars_json(vars);
	if (template_render_text(env, "expect", jinja->buf, jinja->len, &values, &out, &err) < 0)
		fail_msg("%s", err.msg);
	compare(folder, "rendered", &out);
}

static void one_case(int folder, struct template_env *env)
{
	__attribute__((cleanup(auto_cheetah_marks))) struct cheetah_marks marks = {.v = NULL};
	autostrbuf input = STRBUF_INIT;
	autostrbuf jinja = STRBUF_INIT;
	autostrbuf lines = STRBUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(file_read(folder, "input", 1 << 20, &input, NULL), 0);
	cheetah_convert(input.buf, input.len, &jinja, &marks);
	for (size_t i = 0; i < marks.n; i++)
		strbuf_addf(&lines, "%zu: %s\n", marks.v[i].line, marks.v[i].message);
	compare(folder, "expect", &jinja);
	compare(folder, "marks", &lines);
	if (template_check(env, "expect", jinja.buf, jinja.len, &err) < 0)
		fail_msg("%s", err.msg);
	render(folder, env, &jinja);
}

static void cases(void **state)
{
	const struct template_loader loader = {.stamp = stamp, .load = load};
	struct template_env *env = template_env_new(&options, &loader);
	autostrv names = STRV_INIT;
	autoclose int top = -1;

	(void)state;
	assert_int_equal(file_open_dir(AT_FDCWD, CASES, &top, NULL), 0);
	assert_int_equal(file_list(top, ".", &names, NULL), 0);
	assert_true(names.n > 10);
	strv_for_each (name, &names) {
		autoclose int folder = -1;

		print_message("%s\n", name);
		assert_int_equal(file_open_dir(top, name, &folder, NULL), 0);
		one_case(folder, env);
	}
	template_env_free(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(cases)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
