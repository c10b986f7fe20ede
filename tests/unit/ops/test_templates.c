/* Where answer files' templates come from, and that a change is seen by the very next request. */
#include "ops/answer/autoinstall.h"
#include "ops_support.h"

/* distro foo, profiles bar and its sub-profile sub, system web7 of sub */
static void put_items(struct bench *bench)
{
	autofree char *distro = xasprintf(
		"{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz']}", bench->folder, bench->folder);

	bench_write(bench, "linux", "kernel");
	bench_write(bench, "initrd.gz", "initrd");
	bench_write(bench, "state/kickstarts/mine", "mine: {% include 'net' %}");
	bench_write(bench, "state/kickstarts/snippets/net", "plain");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo', 'autoinstall': 'mine'}");
	bench_put(bench, &profile_type, "sub", "{'parent': 'bar'}");
	bench_put(bench, &system_type, "web7", "{'profile': 'sub'}");
	bench_put(bench, &system_type, "web8", "{'profile': 'bar'}");
}

static void gets(
	struct bench *bench, const struct item_type *type, const char *name, const char *expected)
{
	struct answer *answer = NULL;

	MUST(autoinstall_answer(bench->server, type, name, &answer, &why));
	assert_string_equal(answer->text, expected);
	answer_release(answer);
}

static void put_content(
	struct bench *bench, const struct item_type *type, const char *name, const char *content)
{
	autofree char *json = xasprintf("{'content': '%s'}", content);

	bench_put(bench, type, name, json);
}

/* Each row overrides the one above it, for web7; what web8 of profile bar gets is beside it. */
static void overrides_in_order(void **state)
{
	static const struct {
		const char *file;   /* or NULL */
		const char *stored; /* a snippet's name */
		const char
			*other; /* what web8 gets from then on: this row's text, or an older one */
	} rows[] = {
		{"state/kickstarts/snippets/net", NULL, "row 0"},
		{NULL, "net", "row 1"},
		{"state/kickstarts/snippets/per_distro/net/foo", NULL, "row 2"},
		{NULL, "net@distro.foo", "row 3"},
		{"state/kickstarts/snippets/per_profile/net/bar", NULL, "row 4"},
		{NULL, "net@profile.bar", "row 5"},
		{"state/kickstarts/snippets/per_profile/net/sub", NULL, "row 5"},
		{NULL, "net@profile.sub", "row 5"},
		{"state/kickstarts/snippets/per_system/net/web7", NULL, "row 5"},
		{NULL, "net@system.web7", "row 5"},
	};
	struct bench *bench = *state;

	put_items(bench);
	gets(bench, &system_type, "web7", "mine: plain");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *text = xasprintf("row %zu", i);
		autofree char *expected = xasprintf("mine: %s", text);
		autofree char *other = xasprintf("mine: %s", rows[i].other);

		if (rows[i].file)
			bench_write(bench, rows[i].file, text);
		else
			put_content(bench, &snippet_type, rows[i].stored, text);
		gets(bench, &system_type, "web7", expected);
		gets(bench, &system_type, "web8", other);
	}
	gets(bench, &profile_type, "sub", "mine: row 7");
}

static void names_of_snippets(void **state)
{
	static const struct {
		const char *template;
		const char *expected;
	} rows[] = {
		{"{% include 'net' %}", "plain"},
		{"{% include 'snippets/net' %}", "plain"},
		{"{% include ['none', 'net'] %}", "plain"},
		{"{% include 'none' ignore missing %}-", "-"},
		{"{% import 'snippets/lib' as lib %}{{ lib.m() }}", "from lib"},
		{"{% extends 'base' %}{% block x %}mine{% endblock %}", "[mine]"},
	};
	struct bench *bench = *state;

	put_items(bench);
	bench_write(bench, "state/kickstarts/base", "[{% block x %}{% endblock %}]");
	put_content(bench, &snippet_type, "lib", "{% macro m() %}from lib{% endmacro %}");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bench_write(bench, "state/kickstarts/mine", rows[i].template);
		gets(bench, &system_type, "web7", rows[i].expected);
	}
}

static void the_store_comes_first(void **state)
{
	const struct edit edit = {
		.author = &tester, .type = &template_type, .name = "mine", .expect = DB_ANY};
	struct bench *bench = *state;

	put_items(bench);
	gets(bench, &system_type, "web7", "mine: plain");
	put_content(bench, &template_type, "mine", "stored {{ name }}");
	gets(bench, &system_type, "web7", "stored web7");
	gets(bench, &system_type, "web8", "stored web8");
	put_content(bench, &template_type, "only", "only stored");
	bench_merge(bench, &system_type, "web8", "{'autoinstall': 'only'}");
	gets(bench, &system_type, "web8", "only stored");
	MUST(edit_delete(bench->server, &edit, &why));
	gets(bench, &system_type, "web7", "mine: plain");
	put_content(bench, &template_type, "mine", "again");
	gets(bench, &system_type, "web7", "again");
}

static void fails(struct bench *bench, const char *says)
{
	struct answer *answer = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(
		autoinstall_answer(bench->server, &system_type, "web7", &answer, &err), -1);
	assert_int_equal(err.code, ERR_TEMPLATE);
	if (!strstr(err.msg, says))
		fail_msg("'%s' does not say '%s'", err.msg, says);
}

static void errors_recover(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_write(bench, "state/kickstarts/snippets/net", "{{ nothing_like_it }}");
	fails(bench, "'snippets/net' line 1");
	bench_write(bench, "state/kickstarts/snippets/net", "{% if %}");
	fails(bench, "'snippets/net' line 1");
	bench_write(bench, "state/kickstarts/snippets/net", "well");
	gets(bench, &system_type, "web7", "mine: well");
	put_content(bench, &snippet_type, "net@system.web7", "{{ nothing_like_it }}");
	fails(bench, "'store:snippet/net@system.web7' line 1");
	gets(bench, &system_type, "web8", "mine: well");
	put_content(bench, &snippet_type, "net@system.web7", "healed");
	gets(bench, &system_type, "web7", "mine: healed");
	assert_int_equal(bench_remove(bench, "state/kickstarts/mine"), 0);
	fails(bench, "'mine'");
	bench_write(bench, "state/kickstarts/mine", "back");
	gets(bench, &system_type, "web7", "back");
}

/* In place and of the same size: neither inode nor size tell, the times at times only. */
static void overwrite(const struct bench *bench, const char *text)
{
	autofree char *path = xasprintf("%s/kickstarts/snippets/net", bench->state);
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

static void never_stale(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_write(bench, "state/kickstarts/snippets/net", "0000");
	for (int i = 0; i < 1000; i++) {
		char text[8], expected[16];

		snprintf(text, sizeof(text), "%04d", i);
		snprintf(expected, sizeof(expected), "mine: %s", text);
		if (i % 4 == 3)
			bench_write(bench, "state/kickstarts/snippets/net", text);
		else
			overwrite(bench, text);
		gets(bench, &system_type, "web7", expected);
	}
	for (int i = 0; i < 1000; i++) {
		char text[8], expected[16];

		snprintf(text, sizeof(text), "%04d", i);
		snprintf(expected, sizeof(expected), "mine: %s", text);
		put_content(bench, &snippet_type, "net", text);
		gets(bench, &system_type, "web7", expected);
	}
}

/* The administrator's folder is a checkout that is swapped; in it, a link to a folder of it. */
static void folders_that_are_swapped(void **state)
{
	struct bench *bench = *state;
	autofree char *folder = xasprintf("%s/kickstarts", bench->state);
	autofree char *old = xasprintf("%s/old", bench->state);
	autofree char *link = xasprintf("%s/kickstarts/snippets/per_system", bench->state);

	put_items(bench);
	gets(bench, &system_type, "web7", "mine: plain");
	assert_int_equal(rename(folder, old), 0);
	fails(bench, "'mine'");
	bench_write(bench, "state/kickstarts/mine", "new: {% include 'net' %}");
	bench_write(bench, "state/kickstarts/snippets/net", "new");
	gets(bench, &system_type, "web7", "new: new");
	bench_write(bench, "state/kickstarts/snippets/ours/net/web7", "linked");
	assert_int_equal(symlink("ours", link), 0);
	gets(bench, &system_type, "web7", "new: linked");
	bench_write(bench, "state/kickstarts/snippets/ours/net/web7", "written");
	gets(bench, &system_type, "web7", "new: written");
}

/* A template of the administrator's that cannot be read is no reason to serve the one behind it,
 * which may well be an installation that he wanted nobody to get. */
static void never_what_is_behind(void **state)
{
	struct bench *bench = *state;
	autofree char *own = xasprintf("%s/kickstarts/fedora.ks", bench->state);

	put_items(bench);
	bench_write(bench, "state/kickstarts/fedora.ks", "own");
	bench_merge(bench, &system_type, "web7", "{'autoinstall': 'fedora.ks'}");
	gets(bench, &system_type, "web7", "own");
	assert_int_equal(unlink(own), 0);
	assert_int_equal(symlink("../../outside", own), 0);
	fails(bench, "kickstarts/fedora.ks of the state folder is there, but");
}

/* What a preview stores is there in the preview, and nowhere afterwards. */
static int look(void *ctx, struct err *err)
{
	struct bench *bench = ctx;

	(void)err;
	put_content(bench, &snippet_type, "net", "previewed");
	put_content(bench, &template_type, "new", "{{ name }}");
	assert_true(templates_has(bench->server->templates, "new"));
	gets(bench, &system_type, "web7", "mine: previewed");
	put_content(bench, &snippet_type, "net", "once more");
	gets(bench, &system_type, "web7", "mine: once more");
	return 0;
}

static void previews(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	put_content(bench, &snippet_type, "net", "stored");
	gets(bench, &system_type, "web7", "mine: stored");
	for (int i = 0; i < 2; i++) {
		MUST(db_preview(bench->server->db, look, bench, &why));
		assert_false(templates_has(bench->server->templates, "new"));
		gets(bench, &system_type, "web7", "mine: stored");
	}
	put_content(bench, &snippet_type, "net", "written");
	gets(bench, &system_type, "web7", "mine: written");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(overrides_in_order),
		TEST(names_of_snippets),
		TEST(the_store_comes_first),
		TEST(errors_recover),
		TEST(never_stale),
		TEST(folders_that_are_swapped),
		TEST(never_what_is_behind),
		TEST(previews),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
