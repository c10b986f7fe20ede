#include "boot/formats.h"

#include "boot/entry.h"
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
		.names_kernel = "BOOT_IMAGE=",
		.names_initrds = " initrd=",
		.module_separator = "---", /* of mboot.c32 */
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
		.menu_finds_systems = true,
		.names_kernel = "BOOT_IMAGE=/",
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

static bool is_path_of(const struct boot_format *format, const char *path, char mac[MAC_TEXT])
{
	size_t before = strlen(format->folder) + 1 + strlen(format->before_mac);
	autofree char *text = NULL;
	autostrbuf again = STRBUF_INIT;
	struct mac parsed;

	if (strlen(path) < before + MAC_TEXT - 1)
		return false;
	text = xstrndup(path + before, MAC_TEXT - 1);
	if (mac_parse(text, &parsed, NULL) < 0)
		return false;
	mac_format(&parsed, ':', mac);
	boot_file_path(format, mac, &again);
	return strcmp(again.buf, path) == 0;
}

const struct boot_format *boot_file_of(const char *path, char mac[MAC_TEXT])
{
	for (size_t i = 0; i < n_boot_formats; i++)
		if (is_path_of(&boot_formats[i], path, mac))
			return &boot_formats[i];
	return NULL;
}

bool boot_format_wanted(const struct boot_format *format, const struct resolved *resolved)
{
	const struct resolved_value *value = resolved_get(resolved, "boot_loaders");

	return !value || !value->at || !value->origin ||
	       strv_has(resolved_list(resolved, "boot_loaders"), format->loader);
}

bool boot_menu_has(const struct boot_format *format, const struct resolved *resolved)
{
	return boot_what(resolved) != BOOT_LOCAL && resolved_bool(resolved, "enable_menu") &&
	       boot_format_wanted(format, resolved);
}
