/* A published tree to look at: items, sync, what it says. Part of the tests of sync. */
#ifndef TESTS_OPS_SYNC_SUPPORT_H
#define TESTS_OPS_SYNC_SUPPORT_H

#include "ops_support.h"

#include "ops/publish/publish.h"
#include "ops/publish/sync.h"

#include <sys/stat.h>

#define WEB7 "52:54:00:aa:00:07"

static inline void put_items(struct bench *bench)
{
	autofree char *distro = xasprintf(
		"{'breed': 'debian', 'kernel': '%s/files/linux', 'initrd': ['%s/files/initrd.gz']}",
		bench->folder, bench->folder);

	bench_write(bench, "files/linux", "a kernel");
	bench_write(bench, "files/initrd.gz", "an initrd");
	bench_merge(bench, &settings_type, "settings",
		"{'server': '10.77.0.1', 'dhcp_range': '10.77.0.50,10.77.0.99'}");
	bench_put(bench, &distro_type, "foo", distro);
	bench_put(bench, &profile_type, "bar", "{'distro': 'foo'}");
	bench_put(bench, &system_type, "web7",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '" WEB7
		"', 'ip_address': '10.77.0.21'}}}");
	bench_put(bench, &system_type, "web8",
		"{'profile': 'bar', 'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:08'}}}");
}

static inline int setup(void **state)
{
	if (bench_setup(state) < 0)
		return -1;
	put_items(*state);
	return 0;
}

static inline json_int_t changed_by_sync(struct bench *bench)
{
	autojson json_t *result = NULL;

	MUST(sync_all(bench->server, false, NULL, &result, &why));
	return json_integer_value(json_object_get(result, "changed"));
}

static inline void read_into(struct bench *bench, const char *path, struct strbuf *ret)
{
	struct err err = ERR_INIT;

	strbuf_reset(ret);
	if (file_read(bench->server->tftp_fd, path, 1 << 20, ret, &err) < 0)
		fail_msg("%s", err.msg);
}

static inline bool is_there(struct bench *bench, const char *path)
{
	return faccessat(bench->server->tftp_fd, path, F_OK, 0) == 0;
}

static inline bool says(struct bench *bench, const char *path, const char *part)
{
	autostrbuf text = STRBUF_INIT;

	read_into(bench, path, &text);
	return strstr(text.buf, part) != NULL;
}

/* Every path and its text under current/, but for the manifest. */
struct tree {
	struct strbuf text;
};

static inline int add_to_tree(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	struct tree *tree = ctx;
	autostrbuf text = STRBUF_INIT;

	if (strcmp(entry->path, "manifest.json") == 0)
		return 0;
	strbuf_addf(&tree->text, "== %s %o %lld\n", entry->path, (unsigned)entry->st->st_mode,
		S_ISREG(entry->st->st_mode) ? (long long)entry->st->st_size : 0);
	if (!S_ISREG(entry->st->st_mode) || entry->st->st_size > 64 << 10)
		return 0;
	if (file_read(entry->dirfd, entry->name, 1 << 20, &text, err) < 0)
		return -1;
	/* a loader's first zero would end the text, and with it what is compared */
	if (text.len && !memchr(text.buf, '\0', text.len))
		strbuf_add(&tree->text, text.buf, text.len);
	return 0;
}

static inline char *published(struct bench *bench)
{
	struct tree tree = {.text = STRBUF_INIT};

	MUST(file_walk(bench->server->tftp_fd, "current/.", add_to_tree, &tree, &why));
	return strbuf_take(&tree.text);
}

static inline int count_files(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	size_t *n = ctx;

	(void)err;
	*n += S_ISREG(entry->st->st_mode) && strcmp(entry->path, "manifest.json") != 0;
	return 0;
}

/* The manifest's number is that of the files that are there. */
static inline void files_are_counted(const struct bench *bench)
{
	struct manifest manifest;
	size_t files = 0;

	MUST(manifest_read(bench->server, &manifest, &why));
	MUST(file_walk(bench->server->tftp_fd, "current/.", count_files, &files, &why));
	assert_int_equal(files, manifest.files);
}

#endif
