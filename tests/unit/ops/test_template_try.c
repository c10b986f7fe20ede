/* Trying templates: rendering, linting, what a change would change; nothing of it is kept. */
#include "ops/answer/autoinstall.h"
#include "ops/answer/template_format.h"
#include "ops/answer/template_try.h"
#include "ops_support.h"

/* distro foo, profile bar, systems web7 and web8 of it, web9 with a template of its own */
static void put_items(struct bench *bench)
{
	autofree char *distro = xasprintf(
		"{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz']}", bench->folder, bench->folder);

	bench_write(bench, "linux", "kernel");
	bench_write(bench, "initrd.gz", "initrd");
	bench_write(bench, "state/kickstarts/mine", "for {{ name }}\n{% include 'net' %}\n");
	bench_write(bench, "state/kickstarts/other.ks", "text\n%post\n%end\n");
	bench_write(bench, "state/kickstarts/snippets/net", "net of {{ name }}");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo', 'autoinstall': 'mine'}");
	bench_put(bench, &system_type, "web7", "{'profile': 'bar'}");
	bench_put(bench, &system_type, "web8", "{'profile': 'bar'}");
	bench_put(bench, &system_type, "web9", "{'profile': 'bar', 'autoinstall': 'other.ks'}");
}

static void renders(struct bench *bench, const struct template_try *try, const char *expected)
{
	autostrbuf text = STRBUF_INIT;

	MUST(template_try(bench->server, try, &text, NULL, &why));
	assert_string_equal(text.buf, expected);
}

static void rendering(void **state)
{
	struct bench *bench = *state;
	autojson json_t *vars = json_pack("{s:s,s:s}", "name", "given", "more", "yes");
	struct template_try try = {.type = &system_type, .item = "web7"};
	autostrbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	put_items(bench);
	renders(bench, &try, "for web7\nnet of web7");
	try.name = "snippets/net";
	renders(bench, &try, "net of web7");
	try.vars = vars;
	renders(bench, &try, "net of given");
	try.text = "{{ more }} {{ item_type }} {% include 'mine' %}";
	try.name = "file";
	renders(bench, &try, "yes system for given\nnet of given");
	/* in the place of a template that others include */
	try.name = "net";
	try.text = "new";
	renders(bench, &try, "new");
	try = (struct template_try){.name = "net", .vars = vars};
	renders(bench, &try, "net of given");
	try = (struct template_try){.vars = vars};
	assert_int_equal(template_try(bench->server, &try, &text, NULL, &err), -1);
	try = (struct template_try){.type = &system_type, .item = "none", .name = "net"};
	assert_int_equal(template_try(bench->server, &try, &text, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	try = (struct template_try){
		.type = &system_type, .item = "web7", .name = "t", .text = "\n{{ nmae }}"};
	assert_int_equal(template_try(bench->server, &try, &text, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "template 't' line 2 column 4: 'nmae' is not defined"));
	assert_string_equal(text.buf, "");
}

/* The problems as lines. */
static void finds(struct bench *bench, const char *name, const char *expected)
{
	autostrv names = STRV_INIT;
	autojson json_t *answer = NULL;
	autostrbuf lines = STRBUF_INIT;
	size_t i;
	json_t *problem;

	if (name)
		strv_add(&names, name);
	MUST(template_check_all(bench->server, &names, &answer, &why));
	json_array_foreach (json_object_get(answer, "items"), i, problem) {
		const char *item = json_get_str(problem, "item");

		strbuf_addf(&lines, "%s:%lld:%lld: %s%s%s\n", json_get_str(problem, "template"),
			json_integer_value(json_object_get(problem, "line")),
			json_integer_value(json_object_get(problem, "column")),
			json_get_str(problem, "message"), item ? " @" : "", item ? item : "");
	}
	assert_string_equal(lines.buf, expected);
}

static void linting(void **state)
{
	struct bench *bench = *state;
	autostrv names = STRV_INIT;
	struct err err = ERR_INIT;
	json_t *answer;

	put_items(bench);
	finds(bench, "mine", "");
	bench_write(bench, "state/kickstarts/snippets/net", "a\n  {{ nmae }}");
	finds(bench, "mine", "");
	finds(bench, "net",
		"snippets/net:2:6: 'nmae' is not defined, did you mean 'name'? (included from "
		"'mine' line 2) @bar\n");
	bench_write(bench, "state/kickstarts/unused", "{% if %}");
	finds(bench, "unused", "unused:1:7: an expression is missing\n");
	bench_write(bench, "state/kickstarts/other.ks", "text\n%post\n");
	finds(bench, "other.ks", "other.ks:2:1: in what it renders to: %post has no %end @web9\n");
	bench_put(bench, &snippet_type, "net", "{'content': '{{ 1 / 0 }}'}");
	finds(bench, "snippets/net",
		"store:snippet/net:1:6: division by zero (included from 'mine' line 2) @bar\n");
	strv_add(&names, "unsed");
	assert_int_equal(template_check_all(bench->server, &names, &answer, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "did you mean 'unused'?"));
}

static void differs(struct bench *bench, const char *name, const char *text, const char *diff,
	json_int_t using, json_int_t changed)
{
	autojson json_t *answer = NULL;

	MUST(template_diff(bench->server, name, text, &answer, &why));
	assert_string_equal(json_get_str(answer, "diff"), diff);
	assert_int_equal(json_integer_value(json_object_get(answer, "using")), using);
	assert_int_equal(json_integer_value(json_object_get(answer, "changed")), changed);
}

static void differences(void **state)
{
	struct bench *bench = *state;
	json_t *answer = NULL;
	struct err err = ERR_INIT;

	put_items(bench);
	differs(bench, "mine", "for {{ name }}\n{% include 'net' %}", "", 3, 0);
	differs(bench, "net", "{% if name == 'web7' %}x{% else %}net of {{ name }}{% endif %}",
		"--- system/web7\n+++ system/web7\n@@ -1,2 +1,2 @@\n for web7\n-net of web7\n"
		"\\ No newline at end of file\n+x\n\\ No newline at end of file\n",
		3, 1);
	bench_put(bench, &snippet_type, "net@system.web7", "{'content': 'mine'}");
	differs(bench, "net", "net of {{ name }}", "", 2, 0);
	assert_int_equal(template_diff(bench->server, "net", "{{ nope }}", &answer, &err), -1);
	assert_non_null(strstr(err.msg, "with the other text, profile 'bar'"));
	bench_put(bench, &template_type, "mine", "{'content': 'for {{ name }}\\n'}");
	differs(bench, "mine", NULL,
		"--- behind it\n+++ store:template/mine\n@@ -1,2 +1 @@\n for {{ name }}\n"
		"-{% include 'net' %}\n",
		0, 0);
	assert_int_equal(template_diff(bench->server, "other.ks", NULL, &answer, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void formats(void **state)
{
	static const struct {
		const char *template;
		const char *text;
		const char *says; /* NULL: it is well */
		size_t line;
	} rows[] = {
		{"a.ks", "text\n%packages\n@core\n%end\n%post\n%end\n", NULL, 0},
		{"a.ks", "text\n%packages\n%post\n%end\n",
			"%post begins inside %packages of line 2", 3},
		{"a.ks", "%end\n", "closes no section", 1},
		{"a.ks", "%pakages\n%end\n", "'%pakages' is no section", 1},
		{"a.ks", "%post\n%whatever\n%end\n", NULL, 0},
		{"a.preseed", "# x\n\nd-i a/b string c d\nd-i a/b note\nd-i a/c string a \\\n  b\n",
			NULL, 0},
		{"a.preseed", "d-i a/b\n", "owner question type value", 1},
		{"a.preseed", "\nd-i a/b strnig x\n", "'strnig' is no type", 2},
		{"a.json", "{\"a\": [1]}", NULL, 0},
		{"a.ign", "{\n\"a\": }", "not valid JSON", 2},
		{"a.user-data", "#cloud-config\na:\n  b: 1\n", NULL, 0},
		{"a.user-data", "a: 1\n", "the first line must be #cloud-config", 1},
		{"a.user-data", "#cloud-config\na:\n\tb: 1\n", "tabs", 3},
		{"a.xml",
			"<?xml version=\"1.0\"?>\n<!DOCTYPE p>\n<p xmlns:c='u'>\n<!-- <a> & -->\n"
			"<x c:t=\"b &amp; c\"/>&#65;<![CDATA[ < & ]]>\n</p >\n",
			NULL, 0},
		{"a.xml", "<p>\n<a>\n</p>\n", "</p> closes <a>", 3},
		{"a.xml", "<p>\n<a>\n</a>\n", "<p> is not closed", 4},
		{"a.xml", "<p>\na & b</p>\n", "a bare '&'", 2},
		{"a.xml", "<p>a < b</p>\n", "a bare '<'", 1},
		{"a.xml", "<p a=1/>\n", "has no quotes", 1},
		{"a.xml", "<p a/>\n", "has no value", 1},
		{"a.xml", "<p a=\"1/>\n", "does not end", 1},
		{"a.xml", "<p/>\n<q/>\n", "stands after the root", 2},
		{"a.xml", "x<p/>\n", "outside of the root", 1},
		{"a.xml", "</p>\n", "closes nothing", 1},
		{"a.xml", "<p><!-- </p>\n", "<!-- has no -->", 1},
		{"a.xml", "\n", "no element", 2},
		{"a.cfg", "anything", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct template_place place;
		struct err err = ERR_INIT;
		int result = template_format_check(
			rows[i].template, rows[i].text, strlen(rows[i].text), &place, &err);

		if (!rows[i].says && result < 0)
			fail_msg("row %zu: %s", i, err.msg);
		if (!rows[i].says)
			continue;
		assert_int_equal(result, -1);
		if (!strstr(err.msg, rows[i].says))
			fail_msg("row %zu: '%s' does not say '%s'", i, err.msg, rows[i].says);
		assert_int_equal(place.line, rows[i].line);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rendering),
		TEST(linting),
		TEST(differences),
		cmocka_unit_test(formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
