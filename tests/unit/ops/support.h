/* A server in folders of its own, as server_open() makes it, with a kernel, an initrd and a
 * template. */
#ifndef TESTS_OPS_SUPPORT_H
#define TESTS_OPS_SUPPORT_H

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
#include "ops/query.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const struct db_author tester = {.who = "tester", .from = "test"};

struct fixture {
	char top[32];
	char *state, *tftp, *share;
	char *kernel, *initrd;
	struct server *server;
};

static inline void write_text(const char *path, const char *text)
{
	assert_int_equal(file_replace(AT_FDCWD, path, 0644, text, strlen(text), NULL), 0);
}

static inline void fixture_open(struct fixture *fixture)
{
	const struct server_config config = {
		.state_dir = fixture->state,
		.tftp_dir = fixture->tftp,
		.share_dir = fixture->share,
		.boot_port = 8080,
		.reload_dhcp = "",
		.supervisor = -1,
	};
	struct err err = ERR_INIT;

	if (server_open(&config, &fixture->server, &err) < 0)
		fail_msg("server_open: %s", err.msg);
}

static inline int fixture_setup_below(void **state, const char *folder)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));
	autofree char *template = NULL;
	autofree char *kickstarts = NULL;
	autofree char *boot_templates = NULL;

	log_set_level(LOG_LEVEL_ERROR);
	snprintf(fixture->top, sizeof(fixture->top), "%s/bw-ops-XXXXXX", folder);
	if (!mkdtemp(fixture->top))
		return -1;
	fixture->state = xasprintf("%s/state", fixture->top);
	fixture->tftp = xasprintf("%s/tftp", fixture->top);
	fixture->share = xasprintf("%s/share", fixture->top);
	fixture->kernel = xasprintf("%s/linux", fixture->top);
	fixture->initrd = xasprintf("%s/initrd.gz", fixture->top);
	kickstarts = xasprintf("%s/kickstarts/snippets", fixture->share);
	template = xasprintf("%s/kickstarts/debian12.preseed", fixture->share);
	boot_templates = xasprintf("%s/boot-templates", fixture->share);
	file_mkdirs(AT_FDCWD, kickstarts, 0755, NULL);
	file_mkdirs(AT_FDCWD, boot_templates, 0755, NULL);
	write_text(template, "d-i {{ name }}\n");
	write_text(fixture->kernel, "abc");
	write_text(fixture->initrd, "initrd");
	fixture_open(fixture);
	*state = fixture;
	return 0;
}

static inline int fixture_setup(void **state)
{
	return fixture_setup_below(state, "/tmp");
}

/* For tests of thousands of writes that do not ask whether they survive a power cut. */
static inline int fixture_setup_in_memory(void **state)
{
	return fixture_setup_below(state, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

static inline int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	server_close(fixture->server);
	file_remove_tree(AT_FDCWD, fixture->top, NULL);
	free(fixture->state);
	free(fixture->tftp);
	free(fixture->share);
	free(fixture->kernel);
	free(fixture->initrd);
	free(fixture);
	return 0;
}

/* JSON with single quotes for double ones, which C strings read better with. */
static inline json_t *parse(const char *json)
{
	autofree char *text = xstrdup(json);
	struct err err = ERR_INIT;
	json_t *value;

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	value = json_parse(text, strlen(text), &err);
	if (!value)
		fail_msg("%s: %s", json, err.msg);
	return value;
}

static inline struct edit edit_of(const struct item_type *type, const char *name)
{
	return (struct edit){.author = &tester, .type = type, .name = name, .expect = DB_ANY};
}

static inline int try_edit(struct fixture *fixture, enum edit_how how, const struct item_type *type,
	const char *name, const char *json, struct err *err)
{
	struct edit edit = edit_of(type, name);
	autojson json_t *body = parse(json);

	return edit_item(fixture->server, &edit, how, body, NULL, err);
}

static inline void must_edit(struct fixture *fixture, enum edit_how how,
	const struct item_type *type, const char *name, const char *json)
{
	struct err err = ERR_INIT;

	if (try_edit(fixture, how, type, name, json, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
}

static inline void add_distro(struct fixture *fixture, const char *name)
{
	autofree char *json =
		xasprintf("{'kernel': '%s', 'initrd': '%s'}", fixture->kernel, fixture->initrd);

	must_edit(fixture, EDIT_CREATE, &distro_type, name, json);
}

/* distro foo, profiles bar and its sub-profile sub, system web7 of sub */
static inline void fill(struct fixture *fixture)
{
	add_distro(fixture, "foo");
	must_edit(fixture, EDIT_CREATE, &profile_type, "bar",
		"{'distro': 'foo', 'virt_ram': 1024, 'kernel_options': 'a=1 quiet',"
		" 'autoinstall': 'debian12.preseed'}");
	must_edit(fixture, EDIT_CREATE, &profile_type, "sub",
		"{'parent': 'bar', 'kernel_options': '!quiet b=2'}");
	must_edit(fixture, EDIT_CREATE, &system_type, "web7",
		"{'profile': 'sub', 'virt_ram': 2048,"
		" 'interfaces': {'eth0': {'mac': '52-54-00-AA-00-07', 'ip': '10.0.0.7'}}}");
}

/* The item as the API gives it. */
static inline json_t *show(struct fixture *fixture, const struct item_type *type, const char *name)
{
	const struct query_options options = {.secrets = false};
	json_t *json = NULL;
	struct err err = ERR_INIT;

	if (query_item(fixture->server, type, name, &options, &json, &err) < 0)
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
