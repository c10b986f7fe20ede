#include "model/rows.h"

static const char *const image_types[] = {"direct", "iso", "memdisk", "virt-clone", NULL};

static const struct field fields[] = {
	COMMENT_ROWS(image),
	FIELD(image, file, .check = check_path, .flags = FIELD_REQUIRED, .publishes = PUBLISH_BOOT,
		.help = "path of the image"),
	FIELD(image, image_type, .choices = image_types, .fallback = "iso", .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT,
		.help = "direct: a kernel that is booted as it is; iso: a CD; memdisk: a floppy or "
			"disk image that PXELINUX loads; virt-clone: a disk that koan copies"),
	FIELD(image, arch, .choices = arches, .fallback = "x86_64", .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT, .help = "processor architecture"),
	FIELD(image, breed, .check = check_word, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.help = "family, such as windows or suse"),
	FIELD(image, os_version, .check = check_word, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT, .help = "release"),
	FIELD(image, autoinstall, .flags = FIELD_INHERIT, .check = check_template_name,
		.alias = "kickstart", .publishes = PUBLISH_BOOT,
		.help = "template of the answer file, if it has one"),
	FIELD(image, menu, .ref = ITEM_MENU, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.help = "the menu that shows it; unset: the first one"),
	FIELD(image, enable_menu, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.help = "show it in the boot menu of unknown machines"),
	LOADER_ROWS(image),
	OPTION_ROWS(image),
	FIELD(image, network_count, .min = 0, .max = 64, .fallback = "1", .flags = FIELD_INHERIT,
		.help = "network cards of a guest that has no system record"),
	VIRT_ROWS(image),
};

const struct item_type image_type = {
	.kind = ITEM_IMAGE,
	.name = "image",
	.plural = "images",
	.help = "one file that a machine or guest boots as it is, without an installer's tree",
	.size = sizeof(struct image),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
};
