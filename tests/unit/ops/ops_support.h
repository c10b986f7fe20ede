/* A whole server (store, folders, templates) in a folder of its own, and trees to import. */
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
#include "ops/edit.h"
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
		.boot_port = 80,
		.reload_dhcp = "",
		.supervisor = -1};

	MUST(server_open(&config, &bench->server, &why));
}

/* The repository's own data, which is where the tests run. */
static inline int bench_setup(void **state)
{
	static const char *const parts[][2] = {{"profiles", "profiles"},
		{"kickstarts", "kickstarts"}, {"boot-templates", "server/boot-templates"}};
	struct bench *bench = xcalloc(1, sizeof(*bench));
	autofree char *here = getcwd(NULL, 0);

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(bench->folder, sizeof(bench->folder), "/tmp/bw-ops-XXXXXX");
	if (!mkdtemp(bench->folder))
		return -1;
	bench->state = xasprintf("%s/state", bench->folder);
	bench->tftp = xasprintf("%s/tftp", bench->folder);
	bench->share = xasprintf("%s/share", bench->folder);
	MUST(file_mkdirs(AT_FDCWD, bench->share, 0755, &why));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		autofree char *from = xasprintf("%s/%s", here, parts[i][1]);
		autofree char *to = xasprintf("%s/%s", bench->share, parts[i][0]);

		assert_int_equal(symlink(from, to), 0);
	}
	bench_open(bench);
	*state = bench;
	return 0;
}

static inline int bench_teardown(void **state)
{
	struct bench *bench = *state;

	server_close(bench->server);
	file_remove_tree(AT_FDCWD, bench->folder, NULL);
	free(bench->state);
	free(bench->tftp);
	free(bench->share);
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

/* JSON in which single quotes stand for double ones, and ` for a single one. */
static inline void bench_edit(struct bench *bench, enum edit_how how, const struct item_type *type,
	const char *name, const char *json)
{
	const struct edit edit = {
		.author = &tester, .type = type, .name = name, .expect = DB_ANY, .trusted = true};
	autofree char *text = xstrdup(json);
	autojson json_t *body = NULL;
	struct err err = ERR_INIT;
	int result;

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p == '`' ? '\'' : *p;
	body = json_parse(text, strlen(text), &err);
	if (!body)
		fail_msg("%s: %s", json, err.msg);
	result = type->kind == ITEM_SETTINGS
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

#endif
