#include "boot/entry.h"

#include "base/json.h"
#include "boot/cmdline.h"
#include "boot/cmdline_families.h"
#include "boot/images.h"
#include "model/root.h"

#include <string.h>

static const char *const names[] = {
	[BOOT_LOCAL] = "local",
	[BOOT_SAN] = "san",
	[BOOT_INSTALLER] = "installer",
	[BOOT_RESCUE] = "rescue",
	[BOOT_DISKLESS] = "diskless",
	[BOOT_XEN] = "xen",
	[BOOT_KERNEL] = "kernel",
	[BOOT_ISO] = "iso",
	[BOOT_MEMDISK] = "memdisk",
};

/* By image_type; a disk that is to be cloned is koan's, not a boot loader's. */
static const struct {
	const char *image_type;
	enum boot_what what;
} image_types[] = {
	{"direct", BOOT_KERNEL},
	{"iso", BOOT_ISO},
	{"memdisk", BOOT_MEMDISK},
};

static enum boot_what what_of_distro(const struct resolved *resolved)
{
	if (*resolved_str(resolved, "hypervisor"))
		return BOOT_XEN;
	return root_is_diskless(resolved_str(resolved, "root")) ? BOOT_DISKLESS : BOOT_INSTALLER;
}

/* Who asks for a rescue system has a machine that does not start from its disk. */
enum boot_what boot_what(const struct resolved *resolved)
{
	const char *type = resolved_str(resolved, "image_type");
	bool has_distro = resolved_item(resolved, ITEM_DISTRO) != NULL;

	if (has_distro && resolved_bool(resolved, "rescue"))
		return BOOT_RESCUE;
	if (resolved->item->type->kind == ITEM_SYSTEM &&
		!resolved_bool(resolved, "netboot_enabled"))
		return root_kind(resolved_str(resolved, "root")) == ROOT_ISCSI ? BOOT_SAN
		                                                               : BOOT_LOCAL;
	if (has_distro)
		return what_of_distro(resolved);
	for (size_t i = 0; i < ARRAY_SIZE(image_types); i++)
		if (resolved_item(resolved, ITEM_IMAGE) &&
			strcmp(type, image_types[i].image_type) == 0)
			return image_types[i].what;
	return BOOT_LOCAL;
}

const char *boot_what_name(enum boot_what what)
{
	return names[what];
}

static const struct distro *distro_of(const struct boot_entry *entry)
{
	return (const struct distro *)resolved_item(boot_vars_resolved(entry->vars), ITEM_DISTRO);
}

static void add_initrd_arguments(const struct distro *distro, struct strbuf *ret)
{
	for (size_t i = 1; i < boot_images(distro); i++) {
		strbuf_adds(ret, i > 1 ? " initrd=" : "initrd=");
		boot_image_name(distro, i, ret);
	}
}

/* A Linux installer may have "---" among its arguments, a module's of Xen may not. */
static int check_separator(
	const struct boot_entry *entry, const struct strbuf *words, struct err *err)
{
	const char *separator = entry->format->module_separator;
	const char *end = words->buf + words->len;

	for (const char *word = words->buf; word < end; word += strlen(word) + 1)
		if (entry->what == BOOT_XEN && separator && strcmp(word, separator) == 0)
			return err_field(err, ERR_INVALID, "kernel_options",
				"'%s' separates Xen from its modules in %s's files; remove it, or "
				"%s from boot_loaders",
				word, entry->format->name, entry->format->loader);
	return 0;
}

/* Bytes. iPXE adds nothing of its own, but its file has the initrds' names (initrd_arguments). */
static size_t loader_adds(const struct boot_entry *entry)
{
	const struct boot_format *format = entry->format;
	const struct distro *distro = distro_of(entry);
	autostrbuf text = STRBUF_INIT;

	if (!distro || entry->what == BOOT_XEN)
		return 0;
	if (format->names_kernel) {
		strbuf_addf(&text, "%s ", format->names_kernel);
		boot_image_path(distro, 0, &text);
	}
	for (size_t i = 1; format->names_initrds && i < boot_images(distro); i++) {
		strbuf_adds(&text, i == 1 ? format->names_initrds : ",");
		boot_image_path(distro, i, &text);
	}
	if (!format->names_kernel && boot_images(distro) > 1) {
		add_initrd_arguments(distro, &text);
		strbuf_addc(&text, ' ');
	}
	return text.len;
}

static int add_kernel_arguments(struct boot_entry *entry, struct err *err)
{
	const struct strbuf *words = boot_vars_words(entry->vars);
	const struct cmdline_reader reader = {
		.is_xen = entry->what == BOOT_XEN, .beside = loader_adds(entry)};

	if (boot_cmdline_check(
		    boot_vars_resolved(entry->vars), &reader, words->buf, words->len, err) < 0 ||
		check_separator(entry, words, err) < 0)
		return -1;
	return entry->format->quote(words->buf, words->len, &entry->kernel_arguments, err);
}

static int add_hypervisor_arguments(struct boot_entry *entry, struct err *err)
{
	const struct resolved *resolved = boot_vars_resolved(entry->vars);
	const struct cmdline_reader xen = {.is_xen = true};
	autostrbuf words = STRBUF_INIT;
	int result;

	boot_cmdline_add_options(resolved_map(resolved, "hypervisor_options"), &words);
	result = boot_cmdline_check(resolved, &xen, words.buf, words.len, err);
	if (result == 0)
		result = check_separator(entry, &words, err);
	if (result == 0)
		result = entry->format->quote(
			words.buf, words.len, &entry->hypervisor_arguments, err);
	if (result < 0 && err)
		snprintf(err->field, sizeof(err->field), "hypervisor_options");
	return result;
}

/* Without one the installer would start, and perhaps wipe what should be rescued. */
static int check_rescue(const struct resolved *resolved, struct err *err)
{
	if (cmdline_has_rescue(resolved))
		return 0;
	return err_field(err, ERR_INVALID, "rescue",
		root_is_diskless(resolved_str(resolved, "root"))
			? "a diskless machine has no installer, so no rescue system of it"
			: "no rescue system is known of the installer of breed '%s'",
		resolved_str(resolved, "breed"));
}

int boot_entry_init(struct boot_entry *entry, const struct boot_format *format,
	struct boot_vars *vars, struct err *err)
{
	*entry = (struct boot_entry){
		.format = format,
		.vars = vars,
		.what = boot_vars_is_rescue(vars) ? BOOT_RESCUE
	                                          : boot_what(boot_vars_resolved(vars)),
		.kernel_arguments = STRBUF_INIT,
		.hypervisor_arguments = STRBUF_INIT,
	};
	if (entry->what == BOOT_LOCAL || entry->what == BOOT_SAN)
		return 0;
	if (entry->what == BOOT_RESCUE && check_rescue(boot_vars_resolved(vars), err) < 0)
		return -1;
	if (add_kernel_arguments(entry, err) == 0 &&
		(entry->what != BOOT_XEN || add_hypervisor_arguments(entry, err) == 0))
		return 0;
	boot_entry_done(entry);
	return -1;
}

void boot_entry_done(struct boot_entry *entry)
{
	strbuf_done(&entry->kernel_arguments);
	strbuf_done(&entry->hypervisor_arguments);
}

static json_t *boot_value(const struct boot_entry *entry)
{
	return json_string(names[entry->what]);
}

static json_t *install_value(const struct boot_entry *entry)
{
	return json_boolean(entry->what != BOOT_LOCAL);
}

static json_t *kernel_arguments(const struct boot_entry *entry)
{
	return json_string(entry->kernel_arguments.buf);
}

static json_t *hypervisor_arguments(const struct boot_entry *entry)
{
	return json_string(entry->hypervisor_arguments.buf);
}

/* "installs profile bar": what people read while it happens. */
static json_t *action(const struct boot_entry *entry)
{
	const struct resolved *resolved = boot_vars_resolved(entry->vars);
	const struct item *profile = resolved_item(resolved, ITEM_PROFILE);
	const struct item *image = resolved_item(resolved, ITEM_IMAGE);
	const struct item *what = profile ? profile : image ? image : resolved->item;

	switch (entry->what) {
	case BOOT_LOCAL:
		return json_string("boots from its own disk");
	case BOOT_SAN:
		return json_string("boots from its disk in the network");
	case BOOT_INSTALLER:
		return json_sprintf("installs profile %s", what->name);
	case BOOT_RESCUE:
		return json_sprintf("starts the rescue system of profile %s", what->name);
	case BOOT_DISKLESS:
	case BOOT_XEN:
	case BOOT_KERNEL:
	case BOOT_ISO:
	case BOOT_MEMDISK:
		break;
	}
	return json_sprintf("starts %s", what->name);
}

static json_t *san(const struct boot_entry *entry)
{
	const char *root = resolved_str(boot_vars_resolved(entry->vars), "root");

	return json_string(root_kind(root) == ROOT_ISCSI ? root : "");
}

static json_t *initrd_arguments(const struct boot_entry *entry)
{
	const struct distro *distro = distro_of(entry);
	autostrbuf text = STRBUF_INIT;

	if (distro)
		add_initrd_arguments(distro, &text);
	return json_string(text.buf);
}

/* The place of the hypervisor or of the image's file; `base` stands before it. */
static json_t *hypervisor_at(const struct boot_entry *entry, const char *base)
{
	const struct distro *distro = distro_of(entry);
	autostrbuf text = STRBUF_INIT;

	if (distro && boot_files(distro) > boot_images(distro)) {
		strbuf_adds(&text, base);
		boot_image_path(distro, boot_images(distro), &text);
	}
	return json_string(text.buf);
}

static json_t *disk_at(const struct boot_entry *entry, const char *base)
{
	const struct item *image = resolved_item(boot_vars_resolved(entry->vars), ITEM_IMAGE);
	autostrbuf text = STRBUF_INIT;

	if (image) {
		strbuf_adds(&text, base);
		boot_disk_path((const struct image *)image, &text);
	}
	return json_string(text.buf);
}

static json_t *at_url(const struct boot_entry *entry,
	json_t *(*at)(const struct boot_entry *entry, const char *base))
{
	autofree char *base = xasprintf("%s/", boot_vars_text(entry->vars, "http_base"));

	return at(entry, base);
}

static json_t *hypervisor_path(const struct boot_entry *entry)
{
	return hypervisor_at(entry, "");
}

static json_t *hypervisor_url(const struct boot_entry *entry)
{
	return at_url(entry, hypervisor_at);
}

static json_t *disk_path(const struct boot_entry *entry)
{
	return disk_at(entry, "");
}

static json_t *disk_url(const struct boot_entry *entry)
{
	return at_url(entry, disk_at);
}

static const struct {
	const char *name;
	json_t *(*make)(const struct boot_entry *entry);
} values[] = {
	{"boot", boot_value},
	{"install", install_value},
	{"action", action},
	{"san", san},
	{"kernel_arguments", kernel_arguments},
	{"initrd_arguments", initrd_arguments},
	{"hypervisor_arguments", hypervisor_arguments},
	{"hypervisor_path", hypervisor_path},
	{"hypervisor_url", hypervisor_url},
	{"disk_path", disk_path},
	{"disk_url", disk_url},
};

json_t *boot_entry_get(const struct boot_entry *entry, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (strcmp(values[i].name, name) == 0)
			return values[i].make(entry);
	return NULL;
}

void boot_entry_names(struct strv *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		strv_add(ret, values[i].name);
}
