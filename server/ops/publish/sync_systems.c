/* Some systems' own files, published again (sync.h). */
#include "ops/publish/sync.h"

#include "base/diff.h"
#include "base/file.h"
#include "base/json.h"
#include "model/types.h"
#include "ops/publish/hosts_file.h"
#include "ops/publish/publish.h"
#include "ops/publish/rollback.h"

#include <errno.h>
#include <string.h>

enum { OWN_FILE_MAX = 64 << 20 };

struct own_files {
	struct server *server;
	int current;
	bool dry_run;
	struct strv macs;
	struct strv hosts; /* their lines in dhcp-hosts */
	size_t files;
	size_t changed;
	long more;          /* than there were */
	struct strbuf diff; /* of a dry run */
};

static int read_mac(struct own_files *own, const char *name, struct err *err)
{
	autoitem struct item *system = NULL;

	if (db_item_get(own->server->db, &system_type, name, &system, err) < 0)
		return -1;
	for (size_t i = 0; i < system->children; i++) {
		const char *mac = ((const struct interface *)system->child[i])->mac_address;

		if (mac && *mac && !strv_has(&own->macs, mac)) /* a system may be named twice */
			strv_add(&own->macs, mac);
	}
	return 0;
}

/* `is` NULL: no such file is wanted. True where that is not so already. */
static bool compare(struct own_files *own, const char *path, bool there, const struct strbuf *was,
	const struct strbuf *is)
{
	autofree char *old_name = xasprintf("a/%s", path);
	autofree char *new_name = xasprintf("b/%s", path);
	const struct diff_text before = {
		.name = there ? old_name : NULL, .bytes = was->buf, .len = was->len};
	const struct diff_text after = {.name = is ? new_name : NULL,
		.bytes = is && is->len ? is->buf : "",
		.len = is ? is->len : 0};

	if (there == (is != NULL) && before.len == after.len &&
		(!after.len || memcmp(before.bytes, after.bytes, after.len) == 0))
		return false;
	own->changed++;
	if (own->dry_run)
		diff_unified(&before, &after, &own->diff);
	return true;
}

static int take_file(void *ctx, const char *path, const struct strbuf *text, struct err *err)
{
	struct own_files *own = ctx;
	autostrbuf was = STRBUF_INIT;
	struct err why = ERR_INIT;
	bool there = file_read(own->current, path, OWN_FILE_MAX, &was, &why) == 0;

	if (!there && why.code != ERR_NOT_FOUND)
		return err_set(err, why.code, "%s", why.msg);
	own->files += text != NULL;
	if (!compare(own, path, there, &was, text) || own->dry_run)
		return 0;
	own->more += (text != NULL) - there;
	if (text)
		return file_publish(own->current, path, 0644, text->buf, text->len, err);
	if (unlinkat(own->current, path, 0) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", path);
	return 0;
}

static int take_hosts(struct own_files *own, struct err *err)
{
	size_t before = own->changed;

	switch (hosts_files_kind(own->current)) {
	case HOSTS_NONE:
		return 0;
	case HOSTS_ONE_FILE:
		return err_set(err, ERR_CONFLICT,
			"another version has published the fixed addresses; a whole sync comes "
			"first");
	case HOSTS_FOLDER:
		break;
	}
	if (hosts_files_change(own->current, &own->macs, &own->hosts, take_file, own, err) < 0)
		return -1;
	return own->dry_run ? 0 : publish_tell_dhcp(own->server, false, own->changed > before, err);
}

static int publish(
	struct own_files *own, const struct strv *names, struct manifest *manifest, struct err *err)
{
	struct server *server = own->server;

	if (rollback_is_held(server))
		return err_set(err, ERR_CONFLICT,
			"an older generation is published on purpose; a whole sync ends that");
	if (manifest_read(server, manifest, err) < 0 ||
		generation_open(server->tftp_fd, &own->current, err) < 0)
		return err_wrap(err, "a whole sync comes first");
	strv_for_each (name, names)
		if (read_mac(own, name, err) < 0)
			return -1;
	if (sync_can_tell(server, own->current, &own->macs, err) < 0 ||
		sync_tell(server, &own->macs, take_file, own, &own->hosts, err) < 0 ||
		take_hosts(own, err) < 0)
		return -1;
	manifest->files = (size_t)((long)manifest->files + own->more);
	return own->more ? manifest_write(own->current, manifest, err) : 0;
}

int sync_systems(struct server *server, const struct strv *names, bool dry_run, json_t **ret,
	struct err *err)
{
	struct own_files own = {
		.server = server, .current = -1, .dry_run = dry_run, .diff = STRBUF_INIT};
	struct manifest manifest;
	int result;

	pthread_mutex_lock(&server->publisher->lock);
	result = publish(&own, names, &manifest, err);
	pthread_mutex_unlock(&server->publisher->lock);
	if (result == 0) {
		*ret = json_pack("{s:I,s:I,s:I,s:I}", "changed", (json_int_t)own.changed, "files",
			(json_int_t)own.files, "generation", (json_int_t)manifest.generation,
			"revision", (json_int_t)manifest.revision);
		if (dry_run)
			json_set_str(*ret, "diff", own.diff.buf);
	}
	auto_close(&own.current);
	strv_done(&own.macs);
	strv_done(&own.hosts);
	strbuf_done(&own.diff);
	return result;
}
