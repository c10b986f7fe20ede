#include "model/rows.h"

#include <string.h>

static const struct field fields[] = {
	COMMENT_ROWS(profile),
	FIELD(profile, parent, .ref = ITEM_PROFILE, .flags = FIELD_PARENT,
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP,
		.help = "the profile that this one is a sub-profile of"),
	FIELD(profile, distro, .ref = ITEM_DISTRO, .flags = FIELD_PARENT,
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP, .help = "what it installs"),
	FIELD(profile, autoinstall, .flags = FIELD_INHERIT, .check = check_template_name,
		.alias = "kickstart", .publishes = PUBLISH_BOOT,
		.help = "template of the answer file, such as debian12.preseed"),
	FIELD(profile, server, .check = check_host, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT, .help = "address of this server, where it differs"),
	SERVER_ROWS(profile),
	FIELD(profile, dhcp_tag, .check = check_word, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_DHCP, .help = "tag that its machines get in dnsmasq"),
	FIELD(profile, filename, .check = check_word, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_DHCP, .help = "boot file that DHCP names, where it differs"),
	FIELD(profile, http_boot, .flags = FIELD_INHERIT, .choices = http_boots,
		.publishes = PUBLISH_DHCP,
		.help = "what it gets where its UEFI boots over HTTP: image, ipxe or grub"),
	LOADERS_FROM_ROWS(profile),
	FIELD(profile, enable_ipxe, .flags = FIELD_INHERIT, .publishes = PUBLISH_DHCP,
		.help = "its machines load menu and kernel by iPXE over HTTP, where they have it"),
	FIELD(profile, enable_menu, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.help = "show it in the boot menu of unknown machines"),
	FIELD(profile, menu, .ref = ITEM_MENU, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.help = "the menu that shows it; unset: the first one"),
	FIELD(profile, repos, .ref = ITEM_REPO, .flags = FIELD_INHERIT,
		.help = "repositories that its machines get beside the distro's own"),
	INSTALL_ROWS(profile),
	LOADER_ROWS(profile),
	NETWORK_ROWS(profile),
	OPTION_ROWS(profile),
	HYPERVISOR_ROWS(profile),
	ROOT_ROWS(profile),
	RESCUE_ROWS(profile),
	VIRT_ROWS(profile),
};

static int validate(const struct item *item, struct err *err)
{
	const struct profile *profile = (const struct profile *)item;
	bool has_parent = profile->parent && *profile->parent;
	bool has_distro = profile->distro && *profile->distro;

	if (has_parent && has_distro)
		return err_field(err, ERR_INVALID, "distro",
			"a sub-profile takes its parent's distro; give a parent or a distro, not "
			"both");
	if (!has_parent && !has_distro)
		return err_field(err, ERR_INVALID, "distro",
			"a profile needs a distro (or a parent, for a sub-profile)");
	if (has_parent && strcmp(profile->parent, item->name) == 0)
		return err_field(err, ERR_INVALID, "parent",
			"profile '%s' cannot be its own parent", item->name);
	return 0;
}

const struct item_type profile_type = {
	.kind = ITEM_PROFILE,
	.name = "profile",
	.plural = "profiles",
	.help = "a way to install a distro: an answer file, options, a guest's size",
	.size = sizeof(struct profile),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
	.validate = validate,
};
