/* A chain of items from JSON, with the repository's own boot templates. */
#ifndef TESTS_BOOT_SUPPORT_H
#define TESTS_BOOT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"
#include "boot/formats.h"
#include "model/types.h"

#include <fcntl.h>
#include <string.h>

DEFINE_AUTO(env, struct template_env *, template_env_free)

static const struct boot_site site = {
	.host = "10.77.0.1", .http_base = "http://10.77.0.1", .next_server = "10.77.0.1"};

#define SETTINGS "{'server': '10.77.0.1'}"
#define DEBIAN                                                                                     \
	"{'breed': 'debian', 'os_version': 'bookworm', 'arch': 'x86_64', 'tree': '/trees/deb12',"  \
	" 'kernel': '/srv/deb12/linux', 'initrd': ['/srv/deb12/initrd.gz']}"
#define PROFILE "{'distro': 'deb12', 'autoinstall': 'debian12.preseed'}"
#define SYSTEM                                                                                     \
	"{'profile': 'bar', 'hostname': 'web7.example.org', 'interfaces': {'eth0':"                \
	" {'mac_address': '52:54:00:aa:00:07', 'ip_address': '10.77.0.21'}}}"

/* settings, deb12, bar, web7: what a case does not say is as above. */
struct texts {
	const char *settings;
	const char *distro;
	const char *profile;
	const char *system;
	const char *distro_name;
	const char *system_name;
};

struct fixture {
	struct fallbacks *fallbacks;
	struct item *item[4];
	struct resolved *resolved[4];
};

/* JSON in which single quotes stand for double ones, and ` for a single one. */
static inline struct item *item_from(
	const struct item_type *type, const char *name, const char *json)
{
	struct item *item = item_new(type, name);
	autofree char *text = xstrdup(json);
	autojson json_t *body = NULL;
	struct err err = ERR_INIT;

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p == '`' ? '\'' : *p;
	body = json_parse(text, strlen(text), &err);
	if (!body || item_merge_json(item, body, true, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	return item;
}

static inline void fixture_init(struct fixture *fixture, const struct texts *texts)
{
	const struct {
		const struct item_type *type;
		const char *name;
		const char *json;
		const char *otherwise;
	} rows[] = {
		{&settings_type, "settings", texts->settings, SETTINGS},
		{&distro_type, texts->distro_name ? texts->distro_name : "deb12", texts->distro,
			DEBIAN},
		{&profile_type, "bar", texts->profile, PROFILE},
		{&system_type, texts->system_name ? texts->system_name : "web7", texts->system,
			SYSTEM},
	};

	fixture->fallbacks = fallbacks_new();
	for (size_t i = 0; i < 4; i++) {
		fixture->item[i] = item_from(rows[i].type, rows[i].name,
			rows[i].json ? rows[i].json : rows[i].otherwise);
		fixture->resolved[i] = resolve(
			fixture->fallbacks, i ? fixture->resolved[i - 1] : NULL, fixture->item[i]);
	}
}

static inline void fixture_done(struct fixture *fixture)
{
	for (size_t i = 4; i-- > 0;) {
		resolved_free(fixture->resolved[i]);
		item_free(fixture->item[i]);
	}
	fallbacks_free(fixture->fallbacks);
}

static inline uint64_t always(void *ctx, const char *name)
{
	autofree char *path = xasprintf("server/boot-templates/%s", name);

	(void)ctx;
	return access(path, R_OK) == 0;
}

static inline int load_template(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	autofree char *path = xasprintf("server/boot-templates/%s", name);

	(void)ctx;
	return file_read(AT_FDCWD, path, 1 << 20, ret, err);
}

static inline struct template_env *boot_env(void)
{
	const struct template_loader loader = {.stamp = always, .load = load_template};

	return template_env_new(&boot_template_options, &loader);
}

#endif
