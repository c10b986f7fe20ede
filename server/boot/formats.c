#include "boot/formats.h"

#include "base/json.h"
#include "boot/cmdline.h"
#include "boot/images.h"
#include "boot/quote.h"

#include <string.h>

const struct boot_format boot_formats[] = {
	/* The manual of PXELINUX: 01 is Ethernet's ARP type. */
	{
		.name = "pxelinux",
		.loader = "pxe",
		.content_type = "text/plain",
		.folder = "pxelinux.cfg",
		.before_mac = "01-",
		.mac_separator = '-',
		.after_mac = "",
		.menu_path = "pxelinux.cfg/default",
		.system_template = "pxelinux.tpl",
		.menu_template = "pxelinux-menu.tpl",
		.quote = quote_pxelinux,
	},
	/* The signed GRUB reads grub/grub.cfg; that reads system/$net_default_mac.cfg. */
	{
		.name = "grub",
		.loader = "grub",
		.content_type = "text/plain",
		.folder = "grub/system",
		.before_mac = "",
		.mac_separator = ':',
		.after_mac = ".cfg",
		.menu_path = "grub/grub.cfg",
		.system_template = "grub.tpl",
		.menu_template = "grub-menu.tpl",
		.quote = quote_grub,
	},
	{
		.name = "ipxe",
		.loader = "ipxe",
		.content_type = "text/plain",
		.folder = "ipxe",
		.before_mac = "",
		.mac_separator = '-',
		.after_mac = ".ipxe",
		.menu_path = "ipxe/default.ipxe",
		.system_template = "ipxe.tpl",
		.menu_template = "ipxe-menu.tpl",
		.quote = quote_ipxe,
	},
};
const size_t n_boot_formats = ARRAY_SIZE(boot_formats);

const struct template_options boot_template_options = {
	.trim_blocks = true,
	.lstrip_blocks = true,
	.keep_trailing_newline = true,
};

const struct boot_format *boot_format_find(const char *name)
{
	for (size_t i = 0; i < n_boot_formats; i++)
		if (strcmp(boot_formats[i].name, name) == 0)
			return &boot_formats[i];
	return NULL;
}

void boot_file_name(const struct boot_format *format, const char *mac, struct strbuf *ret)
{
	strbuf_adds(ret, format->before_mac);
	for (; *mac; mac++)
		if (*mac == ':')
			strbuf_addc(ret, format->mac_separator);
		else
			strbuf_addc(ret, *mac);
	strbuf_adds(ret, format->after_mac);
}

void boot_file_path(const struct boot_format *format, const char *mac, struct strbuf *ret)
{
	strbuf_addf(ret, "%s/", format->folder);
	boot_file_name(format, mac, ret);
}

bool boot_format_wanted(const struct boot_format *format, const struct resolved *resolved)
{
	const struct resolved_value *value = resolved_get(resolved, "boot_loaders");

	return !value || !value->at || !value->origin ||
	       strv_has(resolved_list(resolved, "boot_loaders"), format->loader);
}

bool boot_menu_has(const struct boot_format *format, const struct resolved *profile)
{
	return resolved_item(profile, ITEM_DISTRO) && resolved_bool(profile, "enable_menu") &&
	       boot_format_wanted(format, profile);
}

static int add_arguments(const struct boot_format *format, struct boot_vars *vars,
	struct strbuf *ret, struct err *err)
{
	const struct strbuf *words = boot_vars_words(vars);

	if (boot_cmdline_check(boot_vars_resolved(vars), words->buf, words->len, err) < 0)
		return -1;
	return format->quote(words->buf, words->len, ret, err);
}

static json_t *initrd_arguments(const struct resolved *resolved)
{
	const struct distro *distro = (const struct distro *)resolved_item(resolved, ITEM_DISTRO);
	autostrbuf text = STRBUF_INIT;

	for (size_t i = 1; distro && i < boot_images(distro); i++) {
		strbuf_adds(&text, i > 1 ? " initrd=" : "initrd=");
		boot_image_name(distro, i, &text);
	}
	return json_string(text.buf);
}

/* The variables of one system's file. */
struct file_vars {
	struct template_vars below;
	const struct resolved *resolved;
	bool install;
	struct strbuf arguments;
};

static json_t *file_get(void *ctx, const char *name)
{
	const struct file_vars *file = ctx;

	if (strcmp(name, "install") == 0)
		return json_boolean(file->install);
	if (strcmp(name, "kernel_arguments") == 0)
		return json_string(file->arguments.buf);
	if (strcmp(name, "initrd_arguments") == 0)
		return initrd_arguments(file->resolved);
	return file->below.get(file->below.ctx, name);
}

static void file_names(void *ctx, struct strv *ret)
{
	const struct file_vars *file = ctx;

	strv_add(ret, "install");
	strv_add(ret, "kernel_arguments");
	strv_add(ret, "initrd_arguments");
	file->below.names(file->below.ctx, ret);
}

int boot_file_render_vars(struct template_env *env, const struct boot_format *format,
	struct boot_vars *vars, struct strbuf *ret, struct strv *templates, struct err *err)
{
	const struct resolved *resolved = boot_vars_resolved(vars);
	struct file_vars file = {
		.below = boot_vars_template(vars),
		.resolved = resolved,
		.install = resolved_bool(resolved, "netboot_enabled") &&
	                   resolved_item(resolved, ITEM_DISTRO),
		.arguments = STRBUF_INIT,
	};
	const struct template_vars get = {.get = file_get, .names = file_names, .ctx = &file};
	int result = file.install ? add_arguments(format, vars, &file.arguments, err) : 0;

	if (result == 0)
		result = template_render(env, format->system_template, &get, ret, templates, err);
	strbuf_done(&file.arguments);
	return result < 0
	               ? err_wrap(err, "%s '%s'", resolved->item->type->name, resolved->item->name)
	               : 0;
}

int boot_file_render(struct template_env *env, const struct boot_format *format,
	const struct boot_site *site, const struct resolved *resolved, struct strbuf *ret,
	struct strv *templates, struct err *err)
{
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(site, resolved);

	return boot_file_render_vars(env, format, vars, ret, templates, err);
}

/* One profile of a menu, as the template sees it. */
static int entry_json(const struct boot_format *format, const struct boot_site *site,
	const struct resolved *profile, json_t **ret, struct err *err)
{
	static const char *const copied[] = {
		"name", "distro_name", "kernel_path", "kernel_url", "initrd_paths", "initrd_urls"};
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(site, profile);
	struct template_vars get = boot_vars_template(vars);
	autostrbuf arguments = STRBUF_INIT;

	if (add_arguments(format, vars, &arguments, err) < 0)
		return err_wrap(err, "profile '%s'", profile->item->name);
	*ret = json_object();
	for (size_t i = 0; i < ARRAY_SIZE(copied); i++)
		json_object_set_new(*ret, copied[i], get.get(get.ctx, copied[i]));
	json_object_set_new(*ret, "kernel_arguments", json_string(arguments.buf));
	json_object_set_new(*ret, "initrd_arguments", initrd_arguments(profile));
	return 0;
}

int boot_menu_render(struct template_env *env, const struct boot_format *format,
	const struct boot_site *site, const struct resolved *const *profiles, size_t n,
	struct strbuf *ret, struct strv *templates, struct err *err)
{
	autojson json_t *object = json_object();
	json_t *entries = json_array();
	struct template_vars vars;

	json_object_set_new(object, "entries", entries);
	json_object_set_new(object, "http_base", json_string(site->http_base));
	json_object_set_new(object, "next_server", json_string(site->next_server));
	for (size_t i = 0; i < n; i++) {
		json_t *entry;

		if (entry_json(format, site, profiles[i], &entry, err) < 0)
			return -1;
		json_array_append_new(entries, entry);
	}
	vars = template_vars_json(object);
	return template_render(env, format->menu_template, &vars, ret, templates, err);
}
