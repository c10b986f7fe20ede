#include "ops/import/import.h"

#include "base/account.h"
#include "base/file.h"
#include "base/log.h"
#include "model/types.h"
#include "ops/import/import_items.h"
#include "ops/import/tree_place.h"
#include "ops/publish/autosync.h"
#include "ops/publish/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { TRIES = 5 }; /* writes by others that an import can meet before it gives up */

/*
 * A tree lives in STATE/trees/NAME. While an import runs, STATE/trees/.NAME.new exists, which keeps
 * a second one of that name out: first the new tree is made in it, then both folders change places
 * in one rename, then the items are stored, then it is removed. So an import that was killed can be
 * finished or undone from what is on disk: import_clean(). The empty folder that the first import
 * of a name swaps with has IMPORT_FIRST, for an import that has just begun has an empty one, too.
 */
struct import {
	struct server *server;
	const struct db_author *author;
	const struct import_options *options;
	char *aside; /* ".NAME.new" */
	int trees;   /* STATE/trees */
	int source;  /* the folder that was given */
	struct tree *tree;
	struct strv boot_files; /* kernels and initrds */
	struct tree_place place;
	struct import_items items;
	bool made_place; /* STATE/trees/NAME was not there before */
	bool swapped;
};

/* Before anything is made */

static int check_name(const struct import_options *options, struct err *err)
{
	autofree char *xen = xasprintf("%s-xen", options->name);

	/* The longer of the names that it may give. */
	return check_item_name(xen, NULL, err) < 0 ? err_wrap(err, "name") : 0;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (len == 1) /* "/" */
		return true;
	return strncmp(path, folder, len) == 0 && (path[len] == '/' || !path[len]);
}

static int cannot_open(const char *path, struct err *err)
{
	const int number = errno;
	autofree char *as = account_refused(number);

	if (number == ENOTDIR)
		return err_field(err, ERR_INVALID, "path",
			"'%.200s' is no directory; of an image mount what is in it: mount -o "
			"loop,ro %.200s /mnt",
			path, path);
	errno = number;
	return err_sys(err, "cannot open folder '%.200s'%s", path, as);
}

static int check_path_given(const struct import *import, struct err *err)
{
	const char *path = import->options->path;
	autofree char *real = NULL;
	autofree char *state = realpath(import->server->config.state_dir, NULL);

	if (*path != '/')
		return err_field(err, ERR_INVALID, "path",
			"'%.200s' is relative; give an absolute path on the server", path);
	real = realpath(path, NULL);
	if (!real)
		return cannot_open(path, err);
	if (state && (is_below(real, state) || is_below(state, real)))
		return err_field(err, ERR_INVALID, "path",
			"'%.200s' and the state folder '%.100s' overlap; import from a folder "
			"outside of it",
			path, state);
	return 0;
}

static int load_signatures(const struct server *server, json_t **ret, struct err *err)
{
	autoclose int shared =
		openat(server->share_fd, "profiles/signatures", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int own =
		openat(server->state_fd, "signatures", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return signatures_load((int[]){shared, own}, 2, ret, err);
}

static int recognise(struct import *import, struct err *err)
{
	const struct import_options *options = import->options;
	autojson json_t *signatures = NULL;

	import->source = open(options->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (import->source < 0)
		return cannot_open(options->path, err);
	if (load_signatures(import->server, &signatures, err) < 0)
		return -1;
	return signatures_match(signatures, import->source, options->path, options->arch,
		options->os_version, &import->tree, err);
}

/* Changing the folders */

static int take_name(struct import *import, struct err *err)
{
	import->aside = xasprintf(".%s.new", import->options->name);
	if (mkdirat(import->trees, import->aside, 0755) == 0)
		return 0;
	free(TAKE(import->aside));
	if (errno == EEXIST)
		return err_set(
			err, ERR_BUSY, "an import of '%s' runs already", import->options->name);
	return err_sys(err, "cannot make a folder in '%s/trees'", import->server->config.state_dir);
}

static int swap(const struct import *import, struct err *err)
{
	const char *name = import->options->name;

	if (renameat2(import->trees, import->aside, import->trees, name, RENAME_EXCHANGE) < 0)
		return err_sys(err, "cannot put tree '%s' in place", name);
	if (fsync(import->trees) < 0)
		log_warning("cannot sync folder '%s/trees': %s", import->server->config.state_dir,
			strerror(errno));
	return 0;
}

static int put_in_place(struct import *import, struct err *err)
{
	if (mkdirat(import->trees, import->options->name, IMPORT_FIRST | 0755) == 0)
		import->made_place = true;
	else if (errno != EEXIST)
		return err_sys(err, "cannot make folder '%s/trees/%s'",
			import->server->config.state_dir, import->options->name);
	if (swap(import, err) < 0)
		return -1;
	import->swapped = true;
	return 0;
}

static void undo(struct import *import)
{
	struct err err = ERR_INIT;

	if (import->swapped && swap(import, &err) < 0)
		log_error("import '%s': %s", import->options->name, err.msg);
	if (import->made_place)
		unlinkat(import->trees, import->options->name, AT_REMOVEDIR);
}

static void import_done(struct import *import)
{
	struct err err = ERR_INIT;

	if (import->aside && file_remove_tree(import->trees, import->aside, &err) < 0)
		log_error("import '%s': %s", import->options->name, err.msg);
	free(import->aside);
	auto_close(&import->place.from);
	auto_close(&import->place.to);
	tree_place_done(&import->place);
	import_items_done(&import->items);
	strv_done(&import->boot_files);
	tree_free(import->tree);
	auto_close(&import->source);
	auto_close(&import->trees);
}

/* The steps */

static void list_boot_files(const struct tree_boot *boot, struct strv *ret)
{
	if (boot->kernel.path)
		strv_add(ret, boot->kernel.path);
	for (size_t i = 0; i < boot->initrds; i++)
		strv_add(ret, boot->initrd[i].path);
}

/* Opens NAME, where it is there, for a comparison with the source. */
static int is_there_already(struct import *import, bool *ret, struct err *err)
{
	struct tree_place *place = &import->place;

	place->to = openat(import->trees, import->options->name,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (place->to < 0) {
		*ret = false;
		return 0;
	}
	if (tree_is_placed(place, ret, err) < 0)
		return -1;
	if (!*ret)
		close(take_fd(&place->to));
	return 0;
}

struct sharer {
	const struct import *import;
	const char *folder; /* "STATE/trees/NAME/" */
	const char *xen;    /* "NAME-xen" */
	char *name;
};

static int find_sharer(void *ctx, struct item *item, struct err *err)
{
	struct sharer *sharer = ctx;
	const struct distro *distro = (const struct distro *)item;

	(void)err;
	if (!sharer->name && distro->kernel &&
		strncmp(distro->kernel, sharer->folder, strlen(sharer->folder)) == 0 &&
		strcmp(item->name, sharer->import->options->name) != 0 &&
		strcmp(item->name, sharer->xen) != 0)
		sharer->name = xstrdup(item->name);
	return 0;
}

/* A distro that was renamed or copied boots from this name's folder, too: its kernel must not
 * become another one beneath it. */
static int check_sharers(const struct import *import, struct err *err)
{
	const char *name = import->options->name;
	autofree char *folder = xasprintf("%s/trees/%s/", import->server->config.state_dir, name);
	autofree char *xen = xasprintf("%s-xen", name);
	struct sharer sharer = {.import = import, .folder = folder, .xen = xen};
	autofree char *found = NULL;

	if (db_item_list(import->server->db, &(struct db_query){.type = &distro_type}, find_sharer,
		    &sharer, err) < 0)
		return -1;
	found = sharer.name;
	if (!found)
		return 0;
	return err_field(err, ERR_CONFLICT, "name",
		"distro '%s' boots from the tree of that name, and this tree differs; give "
		"another name, or remove that distro first",
		found);
}

/* Leaves in place.to the folder that holds the tree. */
static int place_tree(struct import *import, struct err *err)
{
	struct tree_place *place = &import->place;
	bool there;

	if (file_open_dir(import->source, import->tree->root, &place->from, err) < 0)
		return -1;
	place->only = *import->options->available_as ? &import->boot_files : NULL;
	if (is_there_already(import, &there, err) < 0)
		return -1;
	import->items.changed_tree = !there;
	if (there)
		return 0;
	if (check_sharers(import, err) < 0 ||
		file_open_dir(import->trees, import->aside, &place->to, err) < 0)
		return -1;
	return tree_place(place, err);
}

/* What is stored must still be what the items were made from: their files are read meanwhile. */
static int put_items(struct import *import, struct err *err)
{
	const struct import_items *items = &import->items;
	struct db_write write[IMPORT_ITEMS];

	for (size_t i = 0; i < items->n; i++)
		write[i] = (struct db_write){.put = items->after[i],
			.expect = items->before[i] ? items->before[i]->version : DB_NEW};
	return db_write_all(import->server->db, import->author, write, items->n, err);
}

static int store_once(struct import *import, struct err *err)
{
	struct import_items *items = &import->items;

	import_items_done(items);
	if (import_items_make(items, err) < 0)
		return -1;
	/* the tree took its time, in which somebody may have renamed or copied the distro */
	if (items->changed_tree && (check_sharers(import, err) < 0 ||
					   (!import->swapped && put_in_place(import, err) < 0)))
		return -1;
	return put_items(import, err);
}

static int store(struct import *import, struct err *err)
{
	struct import_items *items = &import->items;
	autofree char *path =
		xasprintf("%s/trees/%s", import->server->config.state_dir, import->options->name);
	struct err why = ERR_INIT;

	items->server = import->server;
	items->options = import->options;
	items->tree = import->tree;
	items->place = path;
	items->folder = import->place.to;
	for (size_t i = 0; i < TRIES; i++) {
		int64_t revision = db_revision(import->server->db);

		why = ERR_INIT;
		if (store_once(import, &why) == 0)
			return 0;
		if (db_revision(import->server->db) == revision)
			break;
	}
	if (err)
		*err = why;
	return -1;
}

static bool item_changed(const struct import_items *items, size_t i)
{
	return !items->before[i] || !item_equal(items->before[i], items->after[i]);
}

/* What is published already must follow; that it cannot does not undo the import. */
static void publish(struct import *import)
{
	const struct import_items *items = &import->items;
	const struct db_span write = db_last_write(import->server->db);
	autofree struct sync_change *change = xcalloc(items->n + 1, sizeof(*change));
	struct err err = ERR_INIT;
	bool needed = false;
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++)
		if (item_changed(items, i))
			change[n++] = (struct sync_change){items->before[i], items->after[i]};
	if (n && sync_items(import->server, change, n, &write, &needed, &err) < 0) {
		log_error("import '%s': %s", import->options->name, err.msg);
		strv_addf(&import->place.notes,
			"not published: %.300s; when that is mended: bootwright sync", err.msg);
	}
	if (needed)
		autosync_want(import->server);
}

static json_t *names_of(const struct import_items *items, const struct item_type *type)
{
	json_t *names = json_array();

	for (size_t i = 0; i < items->n; i++)
		if (items->after[i]->type == type)
			json_array_append_new(names, json_string(items->after[i]->name));
	return names;
}

static json_t *notes_of(const struct import *import)
{
	json_t *notes = json_array();

	if (*import->tree->note)
		json_array_append_new(notes, json_string(import->tree->note));
	for (size_t i = 0; i < import->place.notes.n; i++) {
		json_t *note = json_string(import->place.notes.v[i]);

		json_array_append_new(notes, note ? note : json_string("left out a file"));
	}
	return notes;
}

static json_t *report(const struct import *import, bool changed)
{
	const struct tree_place *place = &import->place;
	json_t *result = json_object();
	const struct {
		const char *name;
		uint64_t value;
	} counts[] = {
		{"files", place->files},
		{"bytes", place->bytes},
		{"linked", place->linked},
		{"reflinked", place->reflinked},
		{"copied", place->copied},
	};

	json_object_set_new(result, "distros", names_of(&import->items, &distro_type));
	/* A profile that was there before is not among the items, but belongs to the answer: each
	 * distro has one of its name. */
	json_object_set_new(result, "profiles", names_of(&import->items, &distro_type));
	json_set_str(result, "signature", import->tree->signature);
	json_object_set_new(result, "changed", json_boolean(changed));
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		json_object_set_new(
			result, counts[i].name, json_integer((json_int_t)counts[i].value));
	json_object_set_new(result, "notes", notes_of(import));
	return result;
}

static int run(struct import *import, json_t **ret, struct err *err)
{
	bool changed;

	if (check_name(import->options, err) < 0 || check_path_given(import, err) < 0 ||
		recognise(import, err) < 0 || take_name(import, err) < 0)
		return -1;
	list_boot_files(&import->tree->install, &import->boot_files);
	list_boot_files(&import->tree->xen, &import->boot_files);
	strv_for_each (path, &import->tree->efi)
		strv_add(&import->boot_files, path);
	if (place_tree(import, err) < 0 || store(import, err) < 0) {
		undo(import);
		return -1;
	}
	changed = import->items.changed_tree;
	for (size_t i = 0; i < import->items.n; i++)
		changed = changed || item_changed(&import->items, i);
	if (changed) {
		publish(import);
		server_event(import->server, "import", import->options->name, "",
			"imported from %.300s: %s", import->options->path, import->tree->title);
	}
	*ret = report(import, changed);
	return 0;
}

int import_tree(struct server *server, const struct db_author *author,
	const struct import_options *options, struct task *task, json_t **ret, struct err *err)
{
	struct import import = {.server = server,
		.author = author,
		.options = options,
		.trees = -1,
		.source = -1,
		.place = {.from = -1, .to = -1, .task = task}};
	int result = -1;

	if (file_mkdirs(server->state_fd, "trees", 0755, err) == 0 &&
		file_open_dir(server->state_fd, "trees", &import.trees, err) == 0)
		result = run(&import, ret, err);
	import_done(&import);
	return result;
}
