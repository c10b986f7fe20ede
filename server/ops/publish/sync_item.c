/* After a change of some items (sync.h). */
#include "ops/publish/sync.h"

#include "base/file.h"
#include "base/log.h"
#include "boot/dnsmasq.h"
#include "boot/entry.h"
#include "boot/formats.h"
#include "boot/images.h"
#include "model/types.h"
#include "ops/publish/hosts_file.h"
#include "ops/publish/publish.h"
#include "ops/query/chain.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { MAIN_MAX = 64 << 20 };

/* The fields whose change has to be published, before and after; a new or removed item changes all
 * that it has. */
static unsigned changed_fields(const struct item *before, const struct item *after)
{
	const struct item *item = before ? before : after;
	unsigned publishes = 0;

	assert(item);
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];

		if (!before || !after ||
			!value_ops(field->kind)
				 ->equal(item_at_const(before, field), item_at_const(after, field)))
			publishes |= field->publishes;
	}
	return publishes;
}

static unsigned changed_children(const struct item *before, const struct item *after)
{
	unsigned publishes = 0;

	for (size_t i = 0; before && i < before->children; i++)
		publishes |= changed_fields(
			before->child[i], after ? item_child(after, before->child[i]->name) : NULL);
	for (size_t i = 0; after && i < after->children; i++)
		if (!before || !item_child(before, after->child[i]->name))
			publishes |= changed_fields(NULL, after->child[i]);
	return publishes;
}

unsigned sync_changed(const struct item *before, const struct item *after)
{
	bool renamed = before && after && strcmp(before->name, after->name) != 0;

	if (renamed) /* the name itself is published wherever one of its fields is */
		return changed_fields(before, NULL);
	return changed_fields(before, after) | changed_children(before, after);
}

static void add_macs(const struct item *system, struct strv *ret)
{
	for (size_t i = 0; system && i < system->children; i++) {
		const char *mac = ((const struct interface *)system->child[i])->mac_address;

		if (mac && *mac && !strv_has(ret, mac))
			strv_add(ret, mac);
	}
}

/* A boot file as it shall be. */
struct own_file {
	char *path;
	struct strbuf text;
	bool wanted; /* else there shall be none */
	bool local;  /* starts what is installed */
};

struct publish_item {
	struct server *server;
	int current;       /* -1: whatever is published is not looked at */
	struct strv macs;  /* that either version has */
	struct strv ready; /* those of them whose files are rendered */
	struct strv hosts; /* their lines of fixed addresses */
	struct own_file *file;
	size_t files;
	size_t given; /* of them */
	bool hosts_changed;
	bool needs_all;  /* more than the systems' own files */
	bool durable;    /* must survive a power cut */
	long more_files; /* than there were */
	char *waits;     /* a system whose kernel or disk is not published yet; or NULL */
};

static int write_or_remove(void *ctx, const char *path, const struct strbuf *text, struct err *err)
{
	struct publish_item *p = ctx;
	bool was_there = faccessat(p->current, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;

	p->more_files += (text != NULL) - was_there;
	if (text)
		return (p->durable ? file_publish : file_replace)(
			p->current, path, 0644, text->buf, text->len, err);
	if (unlinkat(p->current, path, 0) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove '%s'", path);
	return 0;
}

static void forget_files(struct publish_item *p)
{
	for (size_t i = 0; i < p->files; i++) {
		free(p->file[i].path);
		strbuf_done(&p->file[i].text);
	}
	p->files = 0;
}

static void publish_item_done(struct publish_item *p)
{
	forget_files(p);
	free(p->file);
	free(p->waits);
	strv_done(&p->macs);
	strv_done(&p->ready);
	strv_done(&p->hosts);
}

static bool starts_installed(const struct resolved *resolved)
{
	enum boot_what what = boot_what(resolved);

	return what == BOOT_LOCAL || what == BOOT_SAN;
}

static int render_file(struct publish_item *p, const struct boot_format *format, const char *mac,
	const struct chain *chain, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	struct own_file *file;

	boot_file_path(format, mac, &path);
	p->file = xreallocarray(p->file, p->files + 1, sizeof(*p->file));
	file = &p->file[p->files++];
	*file = (struct own_file){.path = strbuf_take(&path), .text = STRBUF_INIT};
	file->wanted = chain && boot_format_wanted(format, chain_end(chain));
	file->local = chain && starts_installed(chain_end(chain));
	if (!file->wanted)
		return 0;
	if (boot_file_render(p->server->boot_templates, format, &chain->site, chain_end(chain),
		    &file->text, NULL, err) < 0) {
		strbuf_reset(&file->text);
		return -1;
	}
	return file->text.len ? 0
	                      : err_set(err, ERR_TEMPLATE, "%s: the template renders to nothing",
					format->system_template);
}

static bool is_there(int current, const struct strbuf *path)
{
	return faccessat(current, path->buf, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* False where the boot files would name a kernel or a disk that only a full sync publishes. */
static bool has_images(int current, const struct resolved *resolved)
{
	const struct item *distro = resolved_item(resolved, ITEM_DISTRO);
	const struct item *image = resolved_item(resolved, ITEM_IMAGE);
	autostrbuf path = STRBUF_INIT;

	if (starts_installed(resolved))
		return true;
	if (!distro) {
		boot_disk_path((const struct image *)image, &path);
		return is_there(current, &path);
	}
	for (size_t i = 0; i < boot_files((const struct distro *)distro); i++) {
		strbuf_reset(&path);
		boot_image_path((const struct distro *)distro, i, &path);
		if (!is_there(current, &path))
			return false;
	}
	return true;
}

/* The owner of a MAC address is asked of the store, so that two changes that are published in the
 * wrong order still end with what is stored. */
static int render_mac(struct publish_item *p, const char *mac, struct err *err)
{
	AUTO(chain) struct chain *chain = NULL;
	autofree char *owner = NULL;
	struct err missing = ERR_INIT;
	struct err other = ERR_INIT;
	int result = 0;

	if (db_system_by_mac(p->server->db, mac, &owner, &missing) == 0) {
		if (chain_load(p->server, &system_type, owner, &chain, err) < 0)
			return -1;
		if (p->current >= 0 && !has_images(p->current, chain_end(chain))) {
			if (!p->waits)
				p->waits = TAKE(owner);
			return 0;
		}
		boot_dnsmasq_hosts(&chain->site, chain_end(chain), &p->hosts);
	} else if (missing.code != ERR_NOT_FOUND) {
		return err_set(err, missing.code, "%s", missing.msg);
	}
	for (size_t i = 0; i < n_boot_formats; i++)
		if (render_file(p, &boot_formats[i], mac, chain, result == 0 ? err : &other) < 0)
			result = -1;
	if (result == 0)
		strv_add(&p->ready, mac);
	return result;
}

static int give_files(struct publish_item *p, sync_file_fn *give, void *ctx, struct err *err)
{
	for (p->given = 0; p->given < p->files; p->given++) {
		struct own_file *file = &p->file[p->given];

		if (give(ctx, file->path, file->wanted ? &file->text : NULL, err) < 0)
			return -1;
	}
	return 0;
}

/* What cannot be published as a whole leaves no installer behind: local boots that can be written
 * are, and instead of the others a machine finds the menu, or nothing. On a full disk, too, a file
 * can be removed. */
static void end_installers(struct publish_item *p)
{
	for (size_t i = p->given; p->durable && i < p->files; i++) {
		const struct own_file *file = &p->file[i];
		struct err err = ERR_INIT;

		if (file->local &&
			(!file->text.len || write_or_remove(p, file->path, &file->text, &err) < 0))
			unlinkat(p->current, file->path, 0);
	}
}

static int write_hosts(void *ctx, const char *path, const struct strbuf *text, struct err *err)
{
	struct publish_item *p = ctx;

	p->hosts_changed = true;
	return write_or_remove(p, path, text, err);
}

/* Fixed addresses, as a full sync would write them. */
static int publish_hosts(struct publish_item *p, struct err *err)
{
	switch (hosts_files_kind(p->current)) {
	case HOSTS_NONE:
		return 0;
	case HOSTS_ONE_FILE: /* for a full sync to mend */
		p->needs_all = true;
		return 0;
	case HOSTS_FOLDER:
		break;
	}
	if (hosts_files_change(p->current, &p->ready, &p->hosts, write_hosts, p, err) < 0)
		return -1;
	return publish_tell_dhcp(p->server, false, p->hosts_changed, err);
}

/* All are rendered before the first is written: what one loader cannot be told, no other shall be.
 * Those that name what is not published wait for the sync that publishes it. */
static int publish_system(struct publish_item *p, unsigned publishes, struct err *err)
{
	struct err other = ERR_INIT;
	int result = 0;

	if (!publishes)
		return 0;
	strv_for_each (mac, &p->macs)
		if (render_mac(p, mac, result == 0 ? err : &other) < 0)
			result = -1;
	p->needs_all |= p->waits != NULL;
	if (result < 0 || give_files(p, write_or_remove, p, err) < 0) {
		end_installers(p);
		return -1;
	}
	return publishes & PUBLISH_DHCP ? publish_hosts(p, err) : 0;
}

/* The boot file that DHCP names for it: its own or its profile's. -1: its profile has gone. */
static int read_filename(struct server *server, const struct item *system, struct strbuf *ret)
{
	AUTO(chain) struct chain *chain = NULL;

	if (!system)
		return 0;
	if (chain_of_take(server, item_copy(system), &chain, NULL) < 0)
		return -1;
	strbuf_adds(ret, resolved_str(chain_end(chain), "filename"));
	return 0;
}

/* Each boot file that some system has so is in dnsmasq's main file, once. Whether another one has
 * it still, a full sync finds out. */
static bool changes_main_file(const struct publish_item *p, const struct sync_change *change)
{
	autostrbuf was = STRBUF_INIT;
	autostrbuf is = STRBUF_INIT;
	autostrbuf tag = STRBUF_INIT;
	autostrbuf main = STRBUF_INIT;

	if (read_filename(p->server, change->before, &was) < 0 ||
		read_filename(p->server, change->after, &is) < 0)
		return true;
	if (strcmp(was.buf, is.buf) == 0 ||
		file_read(p->current, "private/" DHCP_MAIN, MAIN_MAX, &main, NULL) < 0)
		return false;
	boot_dnsmasq_file_tag(is.buf, &tag);
	return was.len || !strstr(main.buf, tag.buf);
}

/* A machine that has finished must not find the installer again after the server lost its power;
 * any other change is made good by the next sync. */
static bool ends_installation(const struct item *before, const struct item *after)
{
	const struct system *was = (const struct system *)before;
	const struct system *is = (const struct system *)after;

	return was && is && is->netboot_enabled.set && !is->netboot_enabled.value &&
	       (!was->netboot_enabled.set || was->netboot_enabled.value);
}

/* What is published shows the store with this write, and the next sync need not look for it. */
static int say_published(struct publish_item *p, const struct manifest *was,
	const struct db_span *write, struct err *err)
{
	struct publisher *publisher = p->server->publisher;
	struct manifest now = *was;

	if (write)
		publisher_wrote(publisher, *write);
	now.files = (size_t)((long)now.files + p->more_files);
	now.revision = atomic_load(&publisher->revision);
	if (now.revision == was->revision && !p->more_files)
		return 0;
	if (!*now.boot) /* an earlier one is not forgotten */
		memcpy(now.boot, publisher->boot, sizeof(now.boot));
	return manifest_write(p->current, &now, err);
}

static void add_change(
	struct publish_item *p, const struct sync_change *change, unsigned *publishes)
{
	unsigned changed = sync_changed(change->before, change->after);

	if ((change->before ? change->before : change->after)->type->kind != ITEM_SYSTEM) {
		p->needs_all |= changed != 0; /* other machines' files change, too */
		return;
	}
	p->needs_all |= changed & PUBLISH_DHCP && changes_main_file(p, change);
	p->durable |= ends_installation(change->before, change->after);
	if (changed) {
		add_macs(change->before, &p->macs);
		add_macs(change->after, &p->macs);
	}
	*publishes |= changed;
}

/* A sync that began after the write has read it. */
static bool is_published(const struct server *server, const struct db_span *write)
{
	return write && write->last <= atomic_load(&server->publisher->revision);
}

static int publish_locked(struct publish_item *p, const struct sync_change *change, size_t n,
	const struct db_span *write, struct err *err)
{
	struct err missing = ERR_INIT;
	struct manifest was;
	unsigned publishes = 0;

	if (is_published(p->server, write))
		return 0;
	if (manifest_read(p->server, &was, &missing) < 0 ||
		generation_open(p->server->tftp_fd, &p->current, &missing) < 0)
		return missing.code == ERR_NOT_FOUND
		               ? 0
		               : err_set(err, missing.code, "%s", missing.msg);
	for (size_t i = 0; i < n; i++)
		add_change(p, &change[i], &publishes);
	if (publish_system(p, publishes, err) < 0)
		return -1;
	return p->needs_all ? 0 : say_published(p, &was, write, err);
}

int sync_items(struct server *server, const struct sync_change *change, size_t n,
	const struct db_span *write, bool *ret, struct err *err)
{
	struct publish_item p = {.server = server, .current = -1};
	int result;

	pthread_mutex_lock(&server->publisher->lock);
	result = publish_locked(&p, change, n, write, err);
	pthread_mutex_unlock(&server->publisher->lock);
	if (ret)
		*ret = p.needs_all;
	auto_close(&p.current);
	publish_item_done(&p);
	return result;
}

/* One address after the other, for there may be a hundred thousand. */
static int give_macs(struct publish_item *p, const struct strv *macs, sync_file_fn *give, void *ctx,
	struct err *err)
{
	strv_for_each (mac, macs) {
		if (render_mac(p, mac, err) < 0 || give_files(p, give, ctx, err) < 0)
			return -1;
		forget_files(p);
	}
	return 0;
}

static int count_more(int generation, long more_files, struct err *err)
{
	struct manifest manifest;

	if (!more_files)
		return 0;
	if (manifest_read_at(generation, &manifest, err) < 0)
		return -1;
	manifest.files = (size_t)((long)manifest.files + more_files);
	return manifest_write(generation, &manifest, err);
}

int sync_into(struct server *server, int generation, const struct strv *macs, struct err *err)
{
	struct publish_item p = {.server = server, .current = generation};
	int result = give_macs(&p, macs, write_or_remove, &p, err);

	if (result == 0)
		result = count_more(generation, p.more_files, err);
	/* all at once, for they may be many: none may be empty after a power cut */
	if (result == 0 && syncfs(generation) < 0)
		result = err_sys(err, "cannot bring the generation to the disk");
	publish_item_done(&p);
	return result;
}

int sync_tell(struct server *server, const struct strv *macs, sync_file_fn *tell, void *ctx,
	struct strv *hosts, struct err *err)
{
	struct publish_item p = {.server = server, .current = -1};
	int result = give_macs(&p, macs, tell, ctx, err);

	strv_for_each (line, &p.hosts)
		if (hosts)
			strv_add(hosts, line);
	publish_item_done(&p);
	return result;
}

int sync_can_tell(struct server *server, int current, const struct strv *macs, struct err *err)
{
	struct publish_item p = {.server = server, .current = current};
	int result = 0;

	strv_for_each (mac, macs)
		if (result == 0 && !p.waits)
			result = render_mac(&p, mac, err);
	if (result == 0 && p.waits)
		result = err_set(err, ERR_CONFLICT,
			"system '%s': what it starts is not published yet; a whole sync comes "
			"first",
			p.waits);
	publish_item_done(&p);
	return result;
}
