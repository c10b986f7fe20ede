/*
 * A whole server (store, folders, templates) in a folder of its own, as server_open() makes it:
 * bench_setup() with the templates that come with the programs, bench_setup_bare() with a kernel,
 * an initrd and one small template instead.
 */
#ifndef TESTS_OPS_OPS_SUPPORT_H
#define TESTS_OPS_OPS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/edit/edit.h"
#include "ops/query/query.h"
#include "ops/server.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const struct db_author tester = {.who = "tester", .from = "test"};

struct bench {
	char folder[32];
	char *state;
	char *tftp;
	char *share;
	char *kernel; /* of a bare one */
	char *initrd;
	unsigned port;
	struct server *server;
};

/* The call's last argument is &why. */
#define MUST(call)                                                                                 \
	do {                                                                                       \
		struct err why = ERR_INIT;                                                         \
		if ((call) < 0)                                                                    \
			fail_msg("%s: %s", #call, why.msg);                                        \
	} while (0)

static inline void bench_open(struct bench *bench)
{
	const struct server_config config = {.state_dir = bench->state,
		.tftp_dir = bench->tftp,
		.share_dir = bench->share,
		.boot_port = bench->port,
		.reload_dhcp = "",
		.restart_dhcp = "",
		.supervisor = -1};

	MUST(server_open(&config, &bench->server, &why));
}

static inline void write_text(const char *path, const char *text)
{
	MUST(file_replace(AT_FDCWD, path, 0644, text, strlen(text), &why));
}

/* The folders below `top`, without a server yet. */
static inline struct bench *bench_new(const char *top)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(bench->folder, sizeof(bench->folder), "%s/bw-ops-XXXXXX", top);
	if (!mkdtemp(bench->folder))
		fail_msg("cannot make '%s'", bench->folder);
	bench->state = xasprintf("%s/state", bench->folder);
	bench->tftp = xasprintf("%s/tftp", bench->folder);
	bench->share = xasprintf("%s/share", bench->folder);
	MUST(file_mkdirs(AT_FDCWD, bench->share, 0755, &why));
	return bench;
}

/* The repository's own data, which is where the tests run. */
static inline int bench_setup(void **state)
{
	static const char *const parts[][2] = {{"profiles", "profiles"},
		{"kickstarts", "kickstarts"}, {"boot-templates", "server/boot-templates"}};
	struct bench *bench = bench_new("/tmp");
	autofree char *here = getcwd(NULL, 0);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		autofree char *from = xasprintf("%s/%s", here, parts[i][1]);
		autofree char *to = xasprintf("%s/%s", bench->share, parts[i][0]);

		assert_int_equal(symlink(from, to), 0);
	}
	bench->port = 80;
	bench_open(bench);
	*state = bench;
	return 0;
}

static inline int bench_setup_bare_below(void **state, const char *top)
{
	struct bench *bench = bench_new(top);
	autofree char *snippets = xasprintf("%s/kickstarts/snippets", bench->share);
	autofree char *template = xasprintf("%s/kickstarts/debian12.preseed", bench->share);
	autofree char *boot_templates = xasprintf("%s/boot-templates", bench->share);

	bench->kernel = xasprintf("%s/linux", bench->folder);
	bench->initrd = xasprintf("%s/initrd.gz", bench->folder);
	MUST(file_mkdirs(AT_FDCWD, snippets, 0755, &why));
	MUST(file_mkdirs(AT_FDCWD, boot_templates, 0755, &why));
	write_text(template, "d-i {{ name }}\n");
	write_text(bench->kernel, "abc");
	write_text(bench->initrd, "initrd");
	bench->port = 8080;
	bench_open(bench);
	*state = bench;
	return 0;
}

static inline int bench_setup_bare(void **state)
{
	return bench_setup_bare_below(state, "/tmp");
}

/* For tests of thousands of writes that do not ask whether they survive a power cut. */
static inline int bench_setup_in_memory(void **state)
{
	return bench_setup_bare_below(state, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

static inline int bench_teardown(void **state)
{
	struct bench *bench = *state;

	server_close(bench->server);
	file_remove_tree(AT_FDCWD, bench->folder, NULL);
	free(bench->state);
	free(bench->tftp);
	free(bench->share);
	free(bench->kernel);
	free(bench->initrd);
	free(bench);
	return 0;
}

/* Writes a file below the bench's folder, with the folders on the way. */
static inline void bench_write(const struct bench *bench, const char *path, const char *text)
{
	autofree char *full = xasprintf("%s/%s", bench->folder, path);
	autofree char *folder = xstrndup(full, (size_t)(strrchr(full, '/') - full));

	MUST(file_mkdirs(AT_FDCWD, folder, 0755, &why));
	MUST(file_replace(AT_FDCWD, full, 0644, text, strlen(text), &why));
}

static inline bool bench_has(const struct bench *bench, const char *path)
{
	autofree char *full = xasprintf("%s/%s", bench->folder, path);

	return access(full, F_OK) == 0;
}

static inline int bench_remove(const struct bench *bench, const char *path)
{
	autofree char *full = xasprintf("%s/%s", bench->folder, path);

	return file_remove_tree(AT_FDCWD, full, NULL);
}

/* JSON in which single quotes stand for double ones, and ` for a single one: C strings read better
 * with them. */
static inline json_t *parse(const char *json)
{
	autofree char *text = xstrdup(json);
	struct err err = ERR_INIT;
	json_t *value;

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p == '`' ? '\'' : *p;
	value = json_parse(text, strlen(text), &err);
	if (!value)
		fail_msg("%s: %s", json, err.msg);
	return value;
}

/* As import does it: also what is read-only. */
static inline void bench_edit(struct bench *bench, enum edit_how how, const struct item_type *type,
	const char *name, const char *json)
{
	const struct edit edit = {
		.author = &tester, .type = type, .name = name, .expect = DB_ANY, .trusted = true};
	autojson json_t *body = parse(json);
	struct err err = ERR_INIT;
	int result = type->kind == ITEM_SETTINGS
	                     ? edit_settings(bench->server, &edit, body, NULL, &err)
	                     : edit_item(bench->server, &edit, how, body, NULL, &err);

	if (result < 0)
		fail_msg("%s '%s': %s", type->name, name, err.msg);
}

static inline void bench_put(
	struct bench *bench, const struct item_type *type, const char *name, const char *json)
{
	bench_edit(bench, EDIT_REPLACE, type, name, json);
}

static inline void bench_merge(
	struct bench *bench, const struct item_type *type, const char *name, const char *json)
{
	bench_edit(bench, EDIT_MERGE, type, name, json);
}

static inline struct edit edit_of(const struct item_type *type, const char *name)
{
	return (struct edit){.author = &tester, .type = type, .name = name, .expect = DB_ANY};
}

static inline int try_edit(struct bench *bench, enum edit_how how, const struct item_type *type,
	const char *name, const char *json, struct err *err)
{
	struct edit edit = edit_of(type, name);
	autojson json_t *body = parse(json);

	return edit_item(bench->server, &edit, how, body, NULL, err);
}

static inline void must_edit(struct bench *bench, enum edit_how how, const struct item_type *type,
	const char *name, const char *json)
{
	struct err err = ERR_INIT;

	if (try_edit(bench, how, type, name, json, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
}

static inline void add_distro(struct bench *bench, const char *name)
{
	autofree char *json =
		xasprintf("{'kernel': '%s', 'initrd': '%s'}", bench->kernel, bench->initrd);

	must_edit(bench, EDIT_CREATE, &distro_type, name, json);
}

/* distro foo, profiles bar and its sub-profile sub, system web7 of sub */
static inline void bench_fill(struct bench *bench)
{
	add_distro(bench, "foo");
	must_edit(bench, EDIT_CREATE, &profile_type, "bar",
		"{'distro': 'foo', 'virt_ram': 1024, 'kernel_options': 'a=1 quiet',"
		" 'autoinstall': 'debian12.preseed'}");
	must_edit(bench, EDIT_CREATE, &profile_type, "sub",
		"{'parent': 'bar', 'kernel_options': '!quiet b=2'}");
	must_edit(bench, EDIT_CREATE, &system_type, "web7",
		"{'profile': 'sub', 'virt_ram': 2048,"
		" 'interfaces': {'eth0': {'mac': '52-54-00-AA-00-07', 'ip': '10.0.0.7'}}}");
}

static inline json_t *parse_answer(const struct query_text *text)
{
	struct err err = ERR_INIT;
	json_t *json = json_parse(text->text.buf, text->text.len, &err);

	if (!json)
		fail_msg("%s: %s", err.msg, text->text.buf);
	return json;
}

/* query_item() and query_items() as JSON values. */
static inline int ask_item(struct server *server, const struct item_type *type, const char *name,
	const struct query_options *options, json_t **ret, struct err *err)
{
	AUTO(query_text) struct query_text text = QUERY_TEXT_INIT;

	if (query_item(server, type, name, options, &text, err) < 0)
		return -1;
	*ret = parse_answer(&text);
	return 0;
}

static inline int ask_items(
	struct server *server, const struct query_list *query, json_t **ret, struct err *err)
{
	AUTO(query_text) struct query_text text = QUERY_TEXT_INIT;

	if (query_items(server, query, &text, err) < 0)
		return -1;
	*ret = parse_answer(&text);
	assert_int_equal(!text.next, json_is_null(json_object_get(*ret, "next")));
	return 0;
}

/* The item as the API gives it. */
static inline json_t *show(struct bench *bench, const struct item_type *type, const char *name)
{
	const struct query_options options = {.secrets = false};
	json_t *json = NULL;
	struct err err = ERR_INIT;

	if (ask_item(bench->server, type, name, &options, &json, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
	return json;
}

static inline void assert_json(const json_t *value, const char *expected)
{
	autostrbuf text = STRBUF_INIT;

	json_print(value, false, &text);
	for (char *p = text.buf; *p; p++)
		if (*p == '"')
			*p = '\'';
	assert_string_equal(text.buf, expected);
}

#endif
