#include "base/net.h"
#include "model/rows.h"
#include "model/search_domains.h"

#include <string.h>

const char *const virt_types[] = {
	"auto", "qemu", "kvm", "xenpv", "xenpvh", "xenhvm", "xenfv", "xen", NULL};
const char *const virt_drivers[] = {"raw", "qcow2", NULL};
const char *const virt_graphics_kinds[] = {"vnc", "spice", "sdl", "none", NULL};
const char *const arches[] = {
	"x86_64", "i386", "aarch64", "armhf", "ppc64le", "s390x", "riscv64", NULL};
const char *const loaders[] = {"grub", "pxe", "ipxe", NULL};
const char *const http_boots[] = {"image", "ipxe", "grub", NULL};
const char *const loaders_froms[] = {"auto", "distro", "server", NULL};
const char *const installer_networks[] = {"dhcp", "static", NULL};

static const char *const unknown_choices[] = {"menu", "local", "none", NULL};

static const struct field fields[] = {
	FIELD(settings, server, .check = check_host, .publishes = PUBLISH_BOOT | PUBLISH_DHCP,
		.flags = FIELD_INHERIT,
		.help = "address of this server, as machines and guests see it"),
	SERVER_ROWS(settings),
	FIELD(settings, http_port, .min = 1, .max = 65535, .publishes = PUBLISH_BOOT | PUBLISH_DHCP,
		.help = "port where machines reach the boot listener; unset: the one it listens "
			"on"),
	FIELD(settings, default_password_crypted,
		.flags = FIELD_SECRET | FIELD_RENDERED | FIELD_INHERIT,
		.check = check_password_hash,
		.help = "hash of the root password of installed machines: openssl passwd -6"),
	FIELD(settings, manage_dhcp, .publishes = PUBLISH_DHCP, .fallback = "true",
		.help = "write dnsmasq's configuration"),
	FIELD(settings, dhcp_interface, .check = check_interface_name, .publishes = PUBLISH_DHCP,
		.help = "network interface that dnsmasq serves; unset: all"),
	FIELD(settings, dhcp_range, .check = check_dhcp_range, .publishes = PUBLISH_DHCP,
		.help = "addresses for machines without a fixed one: FIRST,LAST"),
	FIELD(settings, dhcp_netmask, .check = check_netmask, .publishes = PUBLISH_DHCP,
		.help = "netmask that DHCP hands out"),
	FIELD(settings, dhcp_router, .check = check_ip4, .publishes = PUBLISH_DHCP,
		.help = "default gateway that DHCP hands out"),
	FIELD(settings, enable_ipxe, .flags = FIELD_INHERIT, .publishes = PUBLISH_DHCP,
		.fallback = "true",
		.help = "iPXE clients (DHCP option 175) load their menu and kernel over HTTP; "
			"false: as "
			"their firmware does"),
	FIELD(settings, http_boot, .flags = FIELD_INHERIT, .choices = http_boots,
		.publishes = PUBLISH_DHCP, .fallback = "image",
		.help = "what UEFI machines that boot over HTTP get: an image with shim, GRUB and "
			"the kernel, for Secure Boot too; ipxe or grub, where that is off"),
	LOADERS_FROM_ROWS(settings),
	FIELD(settings, enable_menu, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.fallback = "true", .help = "show profiles in the boot menu of unknown machines"),
	FIELD(settings, unknown_machines, .choices = unknown_choices, .publishes = PUBLISH_BOOT,
		.fallback = "menu",
		.help = "what a machine that no system has boots: menu, local (its disk, at once) "
			"or none (no boot file)"),
	FIELD(settings, pxe_just_once, .publishes = PUBLISH_BOOT, .fallback = "true",
		.help = "a machine that reports the end of its installation boots from disk from "
			"then "
			"on"),
	INSTALL_ROWS(settings),
	FIELD(settings, auto_sync, .fallback = "true",
		.help = "publish by itself what changes many machines' files, soon after it; "
			"false: only with sync; a system's own change is published at once, too"),
	FIELD(settings, generations_kept, .min = 0, .max = 1000, .fallback = "5",
		.help = "how many older generations of published files stay for a rollback, beside "
			"the last one"),
	FIELD(settings, generations_days, .min = 1, .max = 36500, .unit = "days", .fallback = "30",
		.help = "how long they stay"),
	LOADER_ROWS(settings),
	NETWORK_ROWS(settings),
	FIELD(settings, kernel_options, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.alias = "kopts",
		.help = "kernel arguments of every installation: key=value words"),
	FIELD(settings, kernel_options_post, .flags = FIELD_INHERIT, .alias = "kopts_post",
		.help = "kernel arguments of every installed system"),
	FIELD(settings, autoinstall_meta, .flags = FIELD_INHERIT, .alias = "ksmeta",
		.help = "variables for every template: key=value words"),
	VIRT_ROWS(settings),
};

/* dnsmasq refuses what does not fit together, and with it all that would be published. */
static int check_range(const struct settings *settings, struct err *err)
{
	const char *range = settings->dhcp_range ? settings->dhcp_range : "";
	const char *netmask = settings->dhcp_netmask ? settings->dhcp_netmask : "";
	size_t len = strcspn(range, ",");
	autofree char *first = xstrndup(range, len);
	uint32_t from;
	uint32_t to;
	unsigned prefix;

	if (!range[len] || ip4_parse(first, &from, NULL) < 0 ||
		ip4_parse(range + len + 1, &to, NULL) < 0 ||
		netmask_parse(netmask, &prefix, NULL) < 0 || prefix == 0 ||
		(from ^ to) >> (32 - prefix) == 0)
		return 0;
	return err_field(err, ERR_INVALID, "dhcp_netmask",
		"by the netmask '%s' the dhcp_range %s is in more than one network", netmask,
		range);
}

static int validate(const struct item *item, struct err *err)
{
	const struct settings *settings = (const struct settings *)item;

	if (settings->manage_dhcp.set && !settings->manage_dhcp.value)
		return 0;
	return check_range(settings, err) < 0
	               ? -1
	               : search_domains_fit(&settings->name_servers_search.items, err);
}

const struct item_type settings_type = {
	.kind = ITEM_SETTINGS,
	.name = "settings",
	.plural = "settings",
	.help = "what holds for everything here, unless a distro, profile or system says otherwise",
	.size = sizeof(struct settings),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
	.validate = validate,
};
