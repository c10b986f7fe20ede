#include "ops/publish/http_image.h"

#include "base/file.h"
#include "base/generation.h"
#include "base/log.h"
#include "boot/efi_loader.h"
#include "boot/fat.h"
#include "boot/http_image.h"
#include "ops/install/machine_address.h"
#include "ops/publish/netboot.h"
#include "ops/query/chain.h"
#include "ops/recent.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

enum {
	IMAGE_MAX = 1 << 30, /* bytes: a firmware holds it in memory, beside what it boots */
	AT_ONCE = 1024,      /* each holds some files open */
	NOTE_SECONDS = 3600,
	SMALL = 1 << 17, /* files up to here are kept in memory, not open */
};

struct part {
	int fd; /* -1: `text` has its bytes */
	struct strbuf text;
};

struct http_image {
	struct server *server;
	struct fat *fat;
	struct part *part;
	size_t n;
	uint64_t bytes; /* of all parts */
};

void http_image_close(struct http_image *image)
{
	if (!image)
		return;
	for (size_t i = 0; i < image->n; i++) {
		strbuf_done(&image->part[i].text);
		if (image->part[i].fd >= 0)
			close(image->part[i].fd);
	}
	atomic_fetch_sub(&image->server->http_images, 1);
	free(image->part);
	fat_free(image->fat);
	free(image);
}

static struct part *add_part(struct http_image *image)
{
	struct part *part;

	image->part = xreallocarray(image->part, image->n + 1, sizeof(*image->part));
	part = &image->part[image->n++];
	*part = (struct part){.fd = -1, .text = STRBUF_INIT};
	return part;
}

static int add_text(
	struct http_image *image, const char *path, const char *bytes, size_t n, struct err *err)
{
	if (fat_add(image->fat, path, n, err) < 0)
		return -1;
	strbuf_add(&add_part(image)->text, bytes, n);
	return 0;
}

static int add_fd_take(
	struct http_image *image, const char *path, int fd, const struct stat *st, struct err *err)
{
	autoclose int mine = fd;

	image->bytes += (uint64_t)st->st_size;
	if (image->bytes > IMAGE_MAX)
		return err_set(err, ERR_TOO_BIG,
			"with '%s' the image would have more than %d MiB, which a firmware must "
			"hold in memory: it gets iPXE; leave profiles out of the menu "
			"(enable_menu), or set http_boot=ipxe",
			path, IMAGE_MAX >> 20);
	if (fat_add(image->fat, path, (uint64_t)st->st_size, err) < 0)
		return -1;
	add_part(image)->fd = take_fd(&mine);
	return 0;
}

/* A published file, at `to` in the image. */
static int add_file(
	struct http_image *image, int published, const char *from, const char *to, struct err *err)
{
	autoclose int fd = -1;
	struct stat st;

	if (file_open_beneath(published, from, &fd, &st, err) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_NOT_FOUND,
			"'%s', which belongs into the image, is not published; 'bootwright check' "
			"says why",
			from);
	if (st.st_size <= SMALL) {
		autostrbuf text = STRBUF_INIT;

		if (file_read(published, from, SMALL, &text, err) < 0)
			return -1;
		return add_text(image, to, text.buf, text.len, err);
	}
	return add_fd_take(image, to, take_fd(&fd), &st, err);
}

static bool is_installable(const char *path)
{
	return strncmp(path, "images/", 7) == 0 || strncmp(path, "disks/", 6) == 0;
}

/* What the configuration names: kernels must be there; much else is on a disk, not published. */
static int add_named(struct http_image *image, int published, const char *grub_cfg, struct err *err)
{
	autostrv paths = STRV_INIT;

	http_image_paths(grub_cfg, &paths);
	strv_for_each (path, &paths) {
		autoclose int fd = -1;
		struct stat st;
		bool there = strncmp(path, "private/", 8) != 0 && file_path_is_safe(path) &&
		             file_open_beneath(published, path, &fd, &st, NULL) == 0 &&
		             S_ISREG(st.st_mode);

		if ((there || is_installable(path)) &&
			add_file(image, published, path, path, err) < 0)
			return -1;
	}
	return 0;
}

/* GRUB's modules, which it takes from beside its configuration: only Xen needs them. */
static int add_modules(struct http_image *image, int published, const struct http_image_kind *kind,
	const char *grub_cfg, struct err *err)
{
	autofree char *folder = NULL;
	autostrv names = STRV_INIT;

	if (!kind->modules || !strstr(grub_cfg, "insmod"))
		return 0;
	folder = xasprintf("grub/%s", kind->modules);
	if (file_list(published, folder, &names, err) < 0)
		return err_wrap(err, "GRUB's modules");
	strv_for_each (name, &names) {
		autofree char *from = xasprintf("%s/%s", folder, name);
		autofree char *to = xasprintf("EFI/debian/%s/%s", kind->modules, name);

		if (add_file(image, published, from, to, err) < 0)
			return -1;
	}
	return 0;
}

/* What an image is made for. */
struct plan {
	const struct http_image_kind *kind;
	struct chain *chain;      /* of the machine's system; NULL: it has none */
	const struct distro *own; /* whose own loaders it gets; NULL: this server's */
};

static bool is_published(int published, const char *path)
{
	autoclose int fd = -1;
	struct stat st;

	return file_open_beneath(published, path, &fd, &st, NULL) == 0 && S_ISREG(st.st_mode);
}

/* What is published may be of before the distro had any. */
static int find_own(
	struct server *server, const char *mac, int published, struct plan *plan, struct err *err)
{
	autofree char *name = NULL;
	struct err why = ERR_INIT;
	const struct distro *own;
	autostrbuf path = STRBUF_INIT;

	if (!*mac)
		return 0;
	if (db_system_by_mac(server->db, mac, &name, &why) < 0)
		return why.code == ERR_NOT_FOUND ? 0 : err_set(err, why.code, "%s", why.msg);
	if (chain_load(server, &system_type, name, &plan->chain, err) < 0)
		return -1;
	own = efi_loader_of(chain_end(plan->chain), true);
	if (!own || strncmp(plan->kind->name, efi_loader_arch(own),
			    strcspn(plan->kind->name, ".")) != 0)
		return 0;
	efi_loader_path(own, EFI_SHIM, &path);
	if (is_published(published, path.buf))
		plan->own = own;
	return 0;
}

static int add_own_loaders(
	struct http_image *image, int published, const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->own->efi_loaders.items.n; i++) {
		const char *name = efi_loader_name(plan->own, i);
		autofree char *to = i == EFI_SHIM ? xstrdup(plan->kind->shim_path)
		                                  : xasprintf("EFI/BOOT/%s", name);
		autostrbuf from = STRBUF_INIT;

		efi_loader_path(plan->own, i, &from);
		if (add_file(image, published, from.buf, to, err) < 0)
			return -1;
	}
	return 0;
}

static int add_loaders(
	struct http_image *image, int published, const struct plan *plan, struct err *err)
{
	const struct http_image_kind *kind = plan->kind;

	if (plan->own)
		return add_own_loaders(image, published, plan, err);
	return add_file(image, published, kind->shim, kind->shim_path, err) < 0
	               ? -1
	               : add_file(image, published, kind->grub, kind->grub_path, err);
}

/* In each place where one of the GRUBs looks. */
static int add_grub_cfg(struct http_image *image, const struct plan *plan,
	const struct answer *grub_cfg, struct err *err)
{
	const char *folder = plan->own && plan->own->efi_folder ? plan->own->efi_folder : "";
	autofree char *own = xasprintf("%s/grub.cfg", folder);
	bool has_own = !*folder;

	for (size_t i = 0; http_image_grub_cfg[i]; i++) {
		has_own |= strcasecmp(http_image_grub_cfg[i], own) == 0;
		if (add_text(image, http_image_grub_cfg[i], grub_cfg->text, grub_cfg->len, err) < 0)
			return -1;
	}
	return has_own ? 0 : add_text(image, own, grub_cfg->text, grub_cfg->len, err);
}

static int fill(struct http_image *image, int published, const struct plan *plan,
	const struct answer *grub_cfg, struct err *err)
{
	const struct http_image_kind *kind = plan->kind;

	if (add_loaders(image, published, plan, err) < 0 ||
		add_grub_cfg(image, plan, grub_cfg, err) < 0)
		return -1;
	if (add_named(image, published, grub_cfg->text, err) < 0 ||
		add_modules(image, published, kind, grub_cfg->text, err) < 0)
		return -1;
	return fat_layout(image->fat, err);
}

/* A firmware does not show what it was answered: the administrator reads it. */
static void note_failure(
	struct server *server, const char *ip, const char *mac, const struct err *why)
{
	struct recent *said = answers_said(server->answers);
	autofree char *text = xasprintf("image %s %s", ip, why->msg);

	if (recent_first(said, "image", 1) && recent_first(said, text, NOTE_SECONDS))
		server_event(server, "error", mac, ip, "UEFI cannot boot over HTTP: %s", why->msg);
}

static int make_by(struct plan *plan, struct server *server, const char *mac,
	const struct answer *grub_cfg, struct http_image **ret, struct err *err)
{
	AUTO(http_image) struct http_image *image = xcalloc(1, sizeof(*image));
	autoclose int published = -1;

	image->fat = fat_new();
	image->server = server;
	if (atomic_fetch_add(&server->http_images, 1) >= AT_ONCE)
		return err_set(err, ERR_BUSY, "more than %d images at once; try again", AT_ONCE);
	if (generation_open(server->tftp_fd, &published, err) < 0)
		return -1;
	if (find_own(server, mac, published, plan, err) < 0 ||
		fill(image, published, plan, grub_cfg, err) < 0)
		return -1;
	*ret = TAKE(image);
	return 0;
}

static int make(struct server *server, const struct http_image_kind *kind, const char *mac,
	const struct answer *grub_cfg, struct http_image **ret, struct err *err)
{
	struct plan plan = {.kind = kind};
	int made = make_by(&plan, server, mac, grub_cfg, ret, err);

	chain_free(plan.chain);
	return made;
}

static int find_kind(const char *name, const struct http_image_kind **ret, struct err *err)
{
	*ret = http_image_kind(name);
	return *ret ? 0 : err_set(err, ERR_NOT_FOUND, "there is no image '%.60s'", name);
}

/* For who asks from that address: *mac is set where it is known. */
static int make_for(struct server *server, const struct http_image_kind *kind, const char *ip,
	char mac[MAC_TEXT], struct http_image **ret, struct err *err)
{
	AUTO(answer) struct answer *grub_cfg = NULL;

	*mac = '\0';
	if (machine_mac(server, ip, mac, err) < 0 ||
		netboot_answer(server, "grub", mac, ip, &grub_cfg, err) < 0 ||
		make(server, kind, mac, grub_cfg, ret, err) < 0)
		return err_wrap(err, "image for %s (%s)", ip, *mac ? mac : "an unknown machine");
	return 0;
}

int http_image_open(struct server *server, const char *name, const char *ip,
	struct http_image **ret, struct err *err)
{
	const struct http_image_kind *kind;
	struct err why = ERR_INIT;
	char mac[MAC_TEXT];

	if (find_kind(name, &kind, err) < 0)
		return -1;
	if (make_for(server, kind, ip, mac, ret, &why) < 0) {
		note_failure(server, ip, mac, &why);
		return err_set(err, why.code, "%s", why.msg);
	}
	log_debug("image for %s (%s): %zu files", ip, mac, (*ret)->n);
	return 0;
}

int http_image_look(struct server *server, const char *name, const char *mac,
	struct http_image **ret, struct err *err)
{
	const struct http_image_kind *kind;
	AUTO(answer) struct answer *grub_cfg = NULL;

	if (find_kind(name, &kind, err) < 0 ||
		netboot_look(server, "grub", mac, &grub_cfg, err) < 0 ||
		make(server, kind, mac, grub_cfg, ret, err) < 0)
		return err_wrap(err, "image for %s", mac);
	return 0;
}

bool http_image_is_ipxe(const char *name, enum err_code why)
{
	return (why == ERR_TOO_BIG || why == ERR_CONFLICT) && strcmp(name, "x64.img") == 0;
}

uint64_t http_image_size(const struct http_image *image)
{
	return fat_size(image->fat);
}

static ssize_t read_part(const struct part *part, uint64_t offset, char *buf, size_t n)
{
	ssize_t got;

	if (part->fd < 0) {
		memcpy(buf, part->text.buf + offset, n);
		return (ssize_t)n;
	}
	do
		got = pread(part->fd, buf, n, (off_t)offset);
	while (got < 0 && errno == EINTR);
	return got > 0 ? got : -1; /* shorter than it was: the client must not take it for whole */
}

ssize_t http_image_read(const struct http_image *image, uint64_t at, char *buf, size_t max)
{
	struct fat_span span = fat_at(image->fat, at);
	size_t n = span.length < max ? (size_t)span.length : max;

	if (span.bytes)
		memcpy(buf, span.bytes, n);
	else if (span.file >= 0)
		return read_part(&image->part[span.file], span.offset, buf, n);
	else
		memset(buf, 0, n);
	return (ssize_t)n;
}
