/* What a generation holds (publish.h). */
#include "ops/publish/publish.h"

#include "base/log.h"
#include "boot/dnsmasq.h"
#include "boot/formats.h"
#include "boot/images.h"
#include "model/types.h"
#include "ops/publish/boot_menu.h"
#include "ops/publish/efi_loaders.h"
#include "ops/publish/image_check.h"
#include "ops/publish/loaders.h"
#include "ops/publish/net_grub.h"
#include "ops/publish/publish_chains.h"
#include "ops/publish/publish_dhcp.h"

#include <string.h>
#include <sys/stat.h>

enum {
	FORMATS_MAX = 8,
	GRUB_SAMPLES = 4,
	PROGRESS_EVERY = 256,
};

struct render {
	struct server *server;
	struct sink *sink;
	struct task *task;
	struct strv *problems; /* of a part: what could not be rendered */
	struct template_env *env;
	struct publish_chains chains;
	struct publish_result *result;
	size_t top; /* folder numbers */
	size_t images;
	size_t disks;
	size_t folder[FORMATS_MAX]; /* of each format's files by MAC address */
	struct strv loaders;        /* that are published */
	struct strv hosts;
	struct strv filenames;
	struct strv places;  /* where GRUBs of distros look for grub.cfg */
	struct distro **own; /* copies of the distros with loaders of their own */
	size_t owns;
	struct strbuf sums; /* of the distros' files */
	struct strbuf text; /* kept between files for its memory */
	struct strbuf name;
	uint64_t done;
	uint64_t total;
};

static int make_folder(struct render *r, const char *path, size_t *ret, struct err *err)
{
	if (!strchr(path, '/'))
		strv_add(&r->result->top, path);
	return r->sink->folder(r->sink, path, 0755, ret, err);
}

static int make_folders(struct render *r, struct err *err)
{
	size_t grub;

	if (r->sink->folder(r->sink, "", 0755, &r->top, err) < 0 ||
		make_folder(r, "grub", &grub, err) < 0 ||
		make_folder(r, "images", &r->images, err) < 0 ||
		make_folder(r, "disks", &r->disks, err) < 0)
		return -1;
	for (size_t i = 0; i < n_boot_formats; i++)
		if (make_folder(r, boot_formats[i].folder, &r->folder[i], err) < 0)
			return -1;
	return 0;
}

/* A package's next version is written beside it and renamed, yet an administrator's own loader may
 * be written over. */
static int place_loader(
	struct render *r, const struct loader *loader, const char *source, struct err *err)
{
	const char *slash = strrchr(loader->name, '/');
	autofree char *path = slash ? xstrndup(loader->name, (size_t)(slash - loader->name)) : NULL;
	size_t folder = r->top;

	if (path && r->sink->folder(r->sink, path, 0755, &folder, err) < 0)
		return -1;
	if (r->sink->place(r->sink, folder, slash ? slash + 1 : loader->name, source, true, err) <
		0)
		return -1;
	if (!path)
		strv_add(&r->result->top, loader->name);
	strv_add(&r->loaders, loader->name);
	return 0;
}

/* Without it other loaders stand in, so that it cannot be made is no reason to publish nothing. */
static int place_net_grub(struct render *r, struct err *err)
{
	static const struct loader loader = {.name = NET_GRUB};
	autofree char *path = NULL;
	struct err why = ERR_INIT;

	if (net_grub_make(r->server, &r->chains.settings->site, &path, &why) < 0)
		log_warning("sync: %s", why.msg);
	return path ? place_loader(r, &loader, path, err) : 0;
}

static int place_loaders(struct render *r, struct err *err)
{
	for (size_t i = 0; i < n_loaders; i++) {
		const struct loader *loader = &loaders_all[i];
		const char *source = loader_find(loader);

		if (source && place_loader(r, loader, source, err) < 0)
			return err_wrap(err, "loader '%s'", loader->name);
		if (!source && loader_needed(r->server, loader))
			log_warning("sync: no %s for %s: install the package %s", loader->name,
				loader->needed, loader->package);
	}
	return place_net_grub(r, err);
}

/* The line of IMAGE_SUMS. */
static void add_sum(struct render *r, const struct distro *distro, size_t i, const char *name)
{
	const struct strv *initrds = &distro->initrd_sha256.items;
	const char *sum = NULL;

	if (i == 0)
		sum = distro->kernel_sha256;
	else if (i <= initrds->n)
		sum = initrds->v[i - 1];
	if (sum && *sum)
		strbuf_addf(&r->sums, "%s  images/%s/%s\n", sum, distro->item.name, name);
}

/* Kept for DHCP's answers, too. */
static int place_own_loaders(struct render *r, const struct distro *distro, struct err *err)
{
	if (!distro->efi_loaders.items.n)
		return 0;
	r->own = xreallocarray(r->own, r->owns + 1, sizeof(struct distro *));
	r->own[r->owns++] = (struct distro *)item_copy(&distro->item);
	return efi_loaders_publish(r->sink, distro, &r->places, err);
}

static int place_images(void *ctx, struct item *item, struct err *err)
{
	struct render *r = ctx;
	const struct distro *distro = (const struct distro *)item;
	autofree char *path = xasprintf("images/%s", item->name);
	size_t folder;

	if (r->sink->folder(r->sink, path, 0755, &folder, err) < 0)
		return -1;
	for (size_t i = 0; i < boot_files(distro); i++) {
		autostrbuf name = STRBUF_INIT;

		boot_image_name(distro, i, &name);
		add_sum(r, distro, i, name.buf);
		if (image_check(r->server, distro, i, err) < 0 ||
			r->sink->place(r->sink, folder, name.buf, boot_image_source(distro, i),
				false, err) < 0)
			return err_wrap(err, "distro '%s'", item->name);
	}
	if (place_own_loaders(r, distro, err) < 0)
		return err_wrap(err, "distro '%s'", item->name);
	return 0;
}

static int place_disk(void *ctx, struct item *item, struct err *err)
{
	struct render *r = ctx;
	const struct image *image = (const struct image *)item;
	autofree char *path = xasprintf("disks/%s", item->name);
	autostrbuf name = STRBUF_INIT;
	struct stat st;
	bool gone = stat(image->file, &st) < 0;
	size_t folder;

	/* koan fetches the disk that it copies. Where it is was not checked when the item was made,
	 * for it may be on koan's own host; what is here and not for everybody stays here. */
	if (image->image_type && strcmp(image->image_type, "virt-clone") == 0 &&
		(gone || !S_ISREG(st.st_mode) || !(st.st_mode & S_IROTH)))
		return 0;
	boot_disk_name(image, &name);
	if (gone)
		return err_set(err, ERR_NOT_FOUND,
			"image '%s': '%s' is gone; put it back, or remove the image", item->name,
			image->file);
	if (r->sink->folder(r->sink, path, 0755, &folder, err) < 0 ||
		r->sink->place(r->sink, folder, name.buf, image->file, false, err) < 0)
		return err_wrap(err, "image '%s'", item->name);
	return 0;
}

/* What a loader reads must say something: an operator's own template may not. */
static int add_text(
	struct render *r, size_t folder, const char *name, const char *what, struct err *err)
{
	if (!r->text.len)
		return err_set(err, ERR_TEMPLATE, "%s: the template renders to nothing", what);
	return r->sink->file(r->sink, folder, name, 0644, r->text.buf, r->text.len, err);
}

static void add_sample(struct render *r, const struct boot_format *format, const char *path)
{
	if (strcmp(format->name, "grub") == 0 && r->result->grub_samples.n < GRUB_SAMPLES)
		strv_add(&r->result->grub_samples, path);
}

static int add_menu(struct render *r, const struct menu_chains *chains,
	const struct boot_format *format, struct err *err)
{
	strbuf_reset(&r->text);
	if (menu_render(r->env, format, r->chains.settings, chains, &r->text, NULL, err) < 0)
		return err_wrap(err, "menu of %s", format->name);
	add_sample(r, format, format->menu_path);
	return 0;
}

static int add_menus(struct render *r, struct err *err)
{
	AUTO(menu_chains) struct menu_chains chains;

	if (menu_chains_load(r->server, &chains, err) < 0)
		return -1;
	for (size_t i = 0; i < n_boot_formats; i++) {
		const struct boot_format *format = &boot_formats[i];
		const char *slash = strrchr(format->menu_path, '/');
		autofree char *path =
			xstrndup(format->menu_path, (size_t)(slash - format->menu_path));
		size_t folder;

		if (r->sink->folder(r->sink, path, 0755, &folder, err) < 0)
			return -1;
		if (!menu_wanted(format, r->chains.settings))
			continue;
		if (add_menu(r, &chains, format, err) < 0 ||
			add_text(r, folder, slash + 1, format->menu_template, err) < 0)
			return -1;
	}
	return 0;
}

static bool has_mac(const struct item *interface)
{
	const char *mac = ((const struct interface *)interface)->mac_address;

	return mac && *mac;
}

/* The same text for each of the machine's cards. */
static int add_system_files(
	struct render *r, size_t format, const struct item *system, struct err *err)
{
	for (size_t i = 0; i < system->children; i++) {
		const struct interface *card = (const struct interface *)system->child[i];

		if (!has_mac(system->child[i]))
			continue;
		strbuf_reset(&r->name);
		boot_file_name(&boot_formats[format], card->mac_address, &r->name);
		if (add_text(r, r->folder[format], r->name.buf,
			    boot_formats[format].system_template, err) < 0)
			return -1;
	}
	return 0;
}

static const struct item *first_with_mac(const struct item *system)
{
	for (size_t i = 0; i < system->children; i++)
		if (has_mac(system->child[i]))
			return system->child[i];
	return NULL;
}

static int add_format(struct render *r, size_t format, struct boot_vars *vars, struct err *err)
{
	const struct resolved *resolved = boot_vars_resolved(vars);
	const struct item *first = first_with_mac(resolved->item);

	if (!first || !boot_format_wanted(&boot_formats[format], resolved))
		return 0;
	strbuf_reset(&r->text);
	if (boot_file_render_vars(r->env, &boot_formats[format], vars, &r->text, NULL, err) < 0)
		return -1;
	strbuf_reset(&r->name);
	boot_file_path(
		&boot_formats[format], ((const struct interface *)first)->mac_address, &r->name);
	add_sample(r, &boot_formats[format], r->name.buf);
	if (add_system_files(r, format, resolved->item, err) < 0)
		return err_wrap(err, "system '%s'", resolved->item->name);
	return 0;
}

static void add_dhcp(
	struct render *r, const struct system_chain *chain, const struct resolved *resolved)
{
	const char *filename = resolved_str(resolved, "filename");

	boot_dnsmasq_hosts(chain->site, resolved, &r->hosts);
	if (*filename && !strv_has(&r->filenames, filename))
		strv_add(&r->filenames, filename);
}

static int add_system_chain(struct render *r, const struct system_chain *chain, struct err *err)
{
	const struct resolved *resolved = chain->own ? chain_end(chain->own) : chain->resolved;

	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(chain->site, resolved);

	for (size_t i = 0; i < n_boot_formats; i++)
		if (add_format(r, i, vars, err) < 0)
			return -1;
	if (r->result->with_dhcp)
		add_dhcp(r, chain, resolved);
	return 0;
}

static int add_system(void *ctx, struct item *system, struct err *err)
{
	struct render *r = ctx;
	struct system_chain chain;
	int result;

	if (r->done++ % PROGRESS_EVERY == 0 && r->task) {
		task_progress(r->task, r->done - 1, r->total, "systems");
		if (task_cancelled(r->task))
			return err_set(err, ERR_BUSY, "cancelled");
	}
	if (system_chain_make(&r->chains, system, &chain, err) < 0)
		return -1;
	result = add_system_chain(r, &chain, err);
	system_chain_done(&chain);
	return result;
}

static int add_dhcp_files(struct render *r, struct err *err)
{
	const struct publish_dhcp dhcp = {
		.settings = r->chains.settings,
		.env = r->env,
		.sink = r->sink,
		.loaders = &r->loaders,
		.filenames = &r->filenames,
		.own = (const struct distro *const *)r->own,
		.owns = r->owns,
		.hosts = &r->hosts,
	};

	strv_sort(&r->hosts);
	strv_sort(&r->filenames);
	return publish_dhcp(r->server, &dhcp, r->result, err);
}

static int begin(struct render *r, struct err *err)
{
	if (publish_chains_load(r->server, &r->chains, err) < 0)
		return -1;
	r->result->with_dhcp = resolved_bool(chain_end(r->chains.settings), "manage_dhcp");
	return make_folders(r, err);
}

static int render_all(struct render *r, struct err *err)
{
	const struct db_query distros = {.type = &distro_type};
	const struct db_query images = {.type = &image_type};
	const struct db_query systems = {.type = &system_type};
	struct db *db = r->server->db;
	int64_t total;

	if (db_count(db, &system_type, &total, err) < 0)
		return -1;
	r->total = (uint64_t)total;
	if (begin(r, err) < 0)
		return -1;
	r->result->keep = (struct generation_keep){
		.count = (size_t)resolved_int(chain_end(r->chains.settings), "generations_kept"),
		.seconds = 86400.0 *
	                   (double)resolved_int(chain_end(r->chains.settings), "generations_days"),
	};
	if (place_loaders(r, err) < 0 || db_item_list(db, &distros, place_images, r, err) < 0 ||
		efi_loaders_publish_places(r->sink, &r->places, &r->result->top, err) < 0 ||
		r->sink->file(r->sink, r->top, IMAGE_SUMS, 0644, r->sums.buf, r->sums.len, err) <
			0 ||
		db_item_list(db, &images, place_disk, r, err) < 0 || add_menus(r, err) < 0 ||
		db_item_list(db, &systems, add_system, r, err) < 0)
		return -1;
	return r->result->with_dhcp ? add_dhcp_files(r, err) : 0;
}

static void add_problem(struct render *r, const struct err *why)
{
	if (!strv_has(r->problems, why->msg))
		strv_add(r->problems, why->msg);
}

/* `add` for those of the items that there are. */
static int add_named(struct render *r, const struct item_type *type, const struct strv *names,
	int (*add)(void *ctx, struct item *item, struct err *err), struct err *err)
{
	strv_for_each (name, names) {
		autoitem struct item *item = NULL;
		struct err why = ERR_INIT;

		if (db_item_get(r->server->db, type, name, &item, &why) == 0) {
			if (add(r, item, &why) < 0)
				add_problem(r, &why);
		} else if (why.code != ERR_NOT_FOUND) {
			return err_set(err, why.code, "%s", why.msg);
		}
	}
	return 0;
}

static int render_part(struct render *r, const struct publish_scope *scope, struct err *err)
{
	struct err why = ERR_INIT;

	if (begin(r, err) < 0 ||
		add_named(r, &distro_type, &scope->distros, place_images, err) < 0 ||
		efi_loaders_publish_places(r->sink, &r->places, &r->result->top, err) < 0 ||
		add_named(r, &image_type, &scope->images, place_disk, err) < 0 ||
		add_named(r, &system_type, &scope->systems, add_system, err) < 0)
		return -1;
	if (scope->menus && add_menus(r, &why) < 0)
		add_problem(r, &why);
	if (!r->result->with_dhcp)
		return 0;
	if (scope->dhcp && place_loaders(r, err) < 0)
		return -1;
	if (add_dhcp_files(r, &why) < 0)
		add_problem(r, &why);
	return 0;
}

static int render(struct render *r, const struct publish_scope *scope, struct err *err)
{
	struct frozen_templates templates;
	int result;

	r->sums = r->text = r->name = (struct strbuf)STRBUF_INIT;
	r->env = frozen_templates_env(r->server, &templates);
	result = scope ? render_part(r, scope, err) : render_all(r, err);
	template_env_free(r->env);
	frozen_templates_done(&templates);
	publish_chains_done(&r->chains);
	strv_done(&r->loaders);
	strv_done(&r->hosts);
	strv_done(&r->filenames);
	strv_done(&r->places);
	for (size_t i = 0; i < r->owns; i++)
		item_free(&r->own[i]->item);
	free(r->own);
	strbuf_done(&r->sums);
	strbuf_done(&r->text);
	strbuf_done(&r->name);
	return result;
}

int publish_render(struct server *server, struct sink *sink, struct task *task,
	struct publish_result *ret, struct err *err)
{
	struct render r = {.server = server, .sink = sink, .task = task, .result = ret};

	return render(&r, NULL, err);
}

int publish_render_part(struct server *server, const struct publish_scope *scope, struct sink *sink,
	struct strv *problems, struct err *err)
{
	struct publish_result result = {.dhcp_main = STRBUF_INIT, .dhcp_hosts = STRBUF_INIT};
	struct render r = {.server = server, .sink = sink, .result = &result, .problems = problems};
	int done = render(&r, scope, err);

	publish_result_done(&result);
	return done;
}
