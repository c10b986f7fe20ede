/* The walk's notes, and the steps that all loaders have in common (explain.h). */
#include "boot/explain.h"

#include "boot/image_file.h"
#include "boot/shim_file.h"

#include <fnmatch.h>
#include <string.h>

enum { DEPTH_MAX = 8, BUDGET = 2000 };

void explain_file_done(struct explain_file *file)
{
	strbuf_done(&file->text);
}

json_t *explain_step(struct explain *explain, const char *kind, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	json_t *step = json_object();
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	json_set_str(step, "kind", kind);
	json_set_str(step, "text", text.buf);
	json_array_append_new(explain->steps, step);
	return step;
}

void explain_problem(struct explain *explain, const char *advice, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	json_t *problem = json_object();
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	json_set_str(problem, "problem", text.buf);
	json_set_str(problem, "advice", advice);
	json_array_append_new(explain->problems, problem);
}

char *explain_choice(struct explain *explain)
{
	const char *title = explain->choose;
	size_t len;

	if (!title || !*title)
		return NULL;
	len = strcspn(title, ">");
	explain->choose += len + (title[len] == '>');
	return xstrndup(title, len);
}

void explain_no_entry(struct explain *explain, const char *title)
{
	if (title)
		explain_problem(explain, "choose what the menu shows, by its whole title",
			"the menu has no entry '%s'", title);
	else
		explain_problem(explain, "choose on, such as: --choose='MENU>ENTRY'",
			"a menu is shown, which waits until somebody chooses");
}

char *explain_tftp(const struct explain *explain, const char *path)
{
	return xasprintf("tftp://%s/%s", explain->server, path + strspn(path, "/"));
}

char *explain_beside(const char *url, const char *name)
{
	const char *host = strstr(url, "://");
	const char *root = host ? strchr(host + 3, '/') : NULL;
	const char *slash = strrchr(url, '/');

	if (strstr(name, "://"))
		return xstrdup(name);
	if (!root)
		return xasprintf("%s/%s", url, name + strspn(name, "/"));
	if (*name == '/')
		return xasprintf("%.*s/%s", (int)(root - url), url, name + strspn(name, "/"));
	return xasprintf("%.*s/%s", (int)(slash - url), url, name);
}

/* "tftp" of "tftp://…" */
static void set_place(json_t *step, const char *url)
{
	size_t scheme = strcspn(url, ":");
	const char *host = strstr(url, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;

	json_object_set_new(step, "protocol", json_stringn(url, scheme));
	json_set_str(step, "url", url);
	json_set_str(step, "path", path ? path + 1 : "");
}

static void set_file(json_t *step, const struct explain_file *file)
{
	json_object_set_new(step, "found", json_boolean(file->found));
	if (!file->found)
		return;
	json_object_set_new(step, "size", json_integer((json_int_t)file->size));
	json_set_str(step, "sha256", file->sha256);
}

int explain_fetch(struct explain *explain, const char *url, enum explain_need need,
	struct explain_file *ret, struct err *err)
{
	json_t *step;

	*ret = (struct explain_file){.text = STRBUF_INIT};
	if (explain->open(explain->ctx, url, ret, err) < 0)
		return -1;
	step = explain_step(explain, "file", "%s%s", url,
		ret->found       ? ""
		: ret->elsewhere ? ": of another server, not looked at"
				 : ": not there");
	set_place(step, url);
	set_file(step, ret);
	if (need == EXPLAIN_NEEDED && !ret->found && !ret->elsewhere)
		explain_problem(explain, "bootwright sync; then: bootwright check",
			"%s is needed %s%s", url, "and not there", "");
	return 0;
}

/* Whose key a firmware has besides, or a machine's owner has given it, is not known here. */
static void check_trust(struct explain *explain, const char *url, const struct explain_file *file)
{
	const struct image_span vendor = {explain->vendor.buf, explain->vendor.len};
	const struct image_span program = {file->text.buf, file->text.len};
	autostrbuf trusted = STRBUF_INIT;
	autostrbuf signer = STRBUF_INIT;

	if (shim_trusts(vendor, program))
		return;
	shim_add_name(vendor, &trusted);
	shim_add_name(image_signatures(program), &signer);
	explain_problem(explain,
		"give the distro its vendor's shim and GRUB (efi_loaders), or switch Secure Boot "
		"off "
		"on this machine",
		"Secure Boot is on, and %s is signed by %s, while this shim trusts %s: unless the "
		"machine was told to trust it, it refuses it",
		url, signer.buf, trusted.buf);
}

bool explain_may_run(struct explain *explain, const char *url, const struct explain_file *file)
{
	if (!explain->machine.secure_boot || !file->found)
		return true;
	if (image_is_signed(file->text.buf, file->text.len)) {
		check_trust(explain, url, file);
		return true;
	}
	explain_problem(explain,
		"switch Secure Boot off on this machine, or boot it over TFTP by shim",
		"Secure Boot is on, and %s is not signed: the firmware refuses it", url);
	return false;
}

bool explain_is_at(const char *url, const char *path)
{
	const char *host = strstr(url, "://");
	const char *slash = host ? strchr(host + 3, '/') : NULL;

	return path && slash && strcmp(slash + 1, path) == 0;
}

/* Loaders, by the last part of their address */

static int run_shim(struct explain *explain, const char *url, struct err *err)
{
	const char *name = strrchr(url, '/') + 1;
	const char *own =
		explain_is_at(url, explain->own_shim) ? strrchr(explain->own_grub, '/') : NULL;
	autofree char *grub = explain_beside(url, own                    ? own + 1
						  : strstr(name, "aa64") ? "grubaa64.efi"
									 : "grubx64.efi");

	const struct image_span program = {explain->program.buf, explain->program.len};
	struct image_span vendor = shim_vendor(program);

	strbuf_reset(&explain->vendor);
	strbuf_add(&explain->vendor, vendor.bytes, vendor.n);
	if (strncmp(url, "image:", 6) == 0) /* see run_image() */
		return 0;
	return explain_load(explain, grub, err);
}

/* Its first request is one more of DHCP, where it says that it is iPXE. */
static int run_ipxe(struct explain *explain, const char *url, struct err *err)
{
	autofree char *next = NULL;

	(void)url;
	if (explain->is_ipxe) {
		explain_problem(explain, "bootwright sync",
			"iPXE is told to load iPXE again: an endless loop");
		return 0;
	}
	explain->is_ipxe = true;
	if (explain_dhcp(explain, &next, err) < 0)
		return -1;
	return next ? explain_load(explain, next, err) : 0;
}

/* An image of a file system, which firmware keeps in memory and starts like a disk. */
static int run_image(struct explain *explain, const char *url, struct err *err)
{
	const char *arch = strstr(url, "aa64") ? "aa64" : "x64";
	autofree char *shim =
		explain->own_shim ? xasprintf("image://%s/%s", explain->server, explain->own_shim)
				  : xasprintf("image://%s/shim%s.efi", explain->server, arch);
	autofree char *grub =
		explain->own_grub
			? xasprintf("image://%s/%s", explain->server, explain->own_grub)
			: xasprintf("image://%s/http-boot/grub%s.efi", explain->server, arch);

	explain_step(explain, "note",
		"the firmware keeps it in memory and starts it as a disk; what follows is in it, "
		"by the names of the published files");
	return explain_load(explain, shim, err) < 0 ? -1 : explain_load(explain, grub, err);
}

static int run_memtest(struct explain *explain, const char *url, struct err *err)
{
	const struct explain_start start = {.what = "memtest"};

	(void)url;
	return explain_starts(explain, &start, err);
}

static const struct stage {
	const char *pattern; /* of fnmatch(3) */
	const char *name;
	int (*run)(struct explain *explain, const char *url, struct err *err);
	bool is_disk; /* no program: it needs no signature itself */
} stages[] = {
	{.pattern = "pxelinux.0", .name = "PXELINUX", .run = explain_pxelinux},
	{.pattern = "lpxelinux.0", .name = "PXELINUX with HTTP", .run = explain_pxelinux},
	{.pattern = "shim*.efi", .name = "shim", .run = run_shim},
	{.pattern = "boot*.efi", .name = "shim", .run = run_shim}, /* of a distro's own */
	{.pattern = "grub*.efi", .name = "GRUB", .run = explain_grub},
	{.pattern = "netgrub*.efi", .name = "GRUB", .run = explain_grub},
	{.pattern = "ipxe*.efi", .name = "iPXE", .run = run_ipxe},
	{.pattern = "snponly*.efi", .name = "iPXE", .run = run_ipxe},
	{.pattern = "undionly.kpxe", .name = "iPXE", .run = run_ipxe},
	{.pattern = "memtest*.efi", .name = "Memtest86+", .run = run_memtest},
	{.pattern = "*.img", .name = "an image", .run = run_image, .is_disk = true},
};

static const struct stage *stage_of(const char *url)
{
	const char *slash = strrchr(url, '/');
	autofree char *name = xstrdup(slash ? slash + 1 : url);

	name[strcspn(name, "?")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		if (fnmatch(stages[i].pattern, name, FNM_CASEFOLD) == 0)
			return &stages[i];
	return NULL;
}

static bool is_script(const struct explain_file *file)
{
	return file->text.len >= 6 && strncmp(file->text.buf, "#!ipxe", 6) == 0;
}

/* Where no image can be made of what belongs into it, its address has iPXE. */
static const struct stage *stage_of_image(
	struct explain *explain, const struct stage *image, const struct explain_file *file)
{
	if (file->text.len < 2 || memcmp(file->text.buf, "MZ", 2) != 0)
		return image;
	explain_step(explain, "note",
		"no image can be made of all that it would hold, so that is iPXE: "
		"'bootwright event list' says why");
	return stage_of("ipxe.efi");
}

/* What was fetched and is no loader that anybody here knows. */
static int run_other(
	struct explain *explain, const char *url, const struct explain_file *file, struct err *err)
{
	if (explain->is_ipxe && is_script(file))
		return explain_ipxe(explain, url, &file->text, err);
	if (file->found)
		explain_step(explain, "note",
			"what this loader does next is not known here: it is an item's own "
			"filename");
	return 0;
}

static int load(struct explain *explain, const char *url, struct err *err)
{
	const struct stage *stage = stage_of(url);
	autofile file = {.text = STRBUF_INIT};

	if (explain_fetch(explain, url, EXPLAIN_NEEDED, &file, err) < 0)
		return -1;
	if (!file.found && !file.elsewhere)
		return 0;
	if (!stage)
		return run_other(explain, url, &file, err);
	if (stage->is_disk)
		stage = stage_of_image(explain, stage, &file);
	if (!stage->is_disk && !explain_may_run(explain, url, &file))
		return 0;
	explain_step(explain, "run", "%s starts", stage->name);
	strbuf_reset(&explain->program);
	strbuf_add(&explain->program, file.text.buf, file.text.len);
	return stage->run(explain, url, err);
}

int explain_load(struct explain *explain, const char *url, struct err *err)
{
	int result = 0;

	if (++explain->depth > DEPTH_MAX)
		explain_problem(explain, "look at the templates of boot files",
			"loaders load each other without an end");
	else
		result = load(explain, url, err);
	explain->depth--;
	return result;
}

int explain_run(struct explain *explain, struct err *err)
{
	autofree char *url = NULL;

	explain->steps = json_array();
	explain->problems = json_array();
	explain->start = NULL;
	explain->budget = BUDGET;
	explain->is_ipxe = explain->machine.ipxe;
	if (explain_dhcp(explain, &url, err) < 0)
		return -1;
	if (url && explain_load(explain, url, err) < 0)
		return -1;
	if (explain->choose && *explain->choose)
		explain_problem(explain, "choose less",
			"no menu is shown in which somebody could choose '%s'", explain->choose);
	if (!explain->start && !json_array_size(explain->problems))
		explain_step(explain, "note", "the firmware goes on with its next boot device");
	return 0;
}

void explain_done(struct explain *explain)
{
	json_decref(explain->steps);
	json_decref(explain->problems);
	json_decref(explain->start);
	strbuf_done(&explain->program);
	strbuf_done(&explain->vendor);
}
