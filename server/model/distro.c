#include "model/rows.h"

static const struct field fields[] = {
	COMMENT_ROWS(distro),
	FIELD(distro, arch, .choices = arches, .fallback = "x86_64", .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT, .help = "processor architecture"),
	FIELD(distro, breed, .check = check_word, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,
		.help = "family: debian, ubuntu, redhat, suse; decides the kernel arguments of the "
			"installer"),
	FIELD(distro, os_version, .check = check_word, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT, .help = "release: bookworm, rhel9"),
	FIELD(distro, kernel, .check = check_path, .flags = FIELD_REQUIRED,
		.publishes = PUBLISH_BOOT, .help = "path of the kernel"),
	FIELD(distro, initrd, .check = check_path, .flags = FIELD_REQUIRED,
		.publishes = PUBLISH_BOOT, .help = "paths of the initrds, in order"),
	FIELD(distro, hypervisor, .check = check_path, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT,
		.help = "path of the hypervisor that the kernel is dom0 of, such as xen.gz"),
	FIELD(distro, efi_loaders, .check = check_path, .publishes = PUBLISH_BOOT | PUBLISH_DHCP,
		.help = "paths of its own shim, the GRUB that this loads, and what else lies "
			"beside "
			"them: for Secure Boot, where machines must boot by what its vendor "
			"signed"),
	FIELD(distro, efi_folder, .flags = FIELD_READONLY, .publishes = PUBLISH_BOOT,
		.help = "folder where that GRUB looks for its configuration; empty: where it lies"),
	FIELD(distro, efi_over_tftp, .flags = FIELD_READONLY,
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP,
		.help = "that GRUB can load files over TFTP; false: machines get it only over "
			"HTTP, "
			"in an image"),
	FIELD(distro, remote_boot_kernel, .check = check_url, .publishes = PUBLISH_BOOT,
		.help = "URL of the kernel, for loaders that fetch it from elsewhere"),
	FIELD(distro, remote_boot_initrd, .check = check_url, .publishes = PUBLISH_BOOT,
		.help = "URL of the initrd, for loaders that fetch it from elsewhere"),
	FIELD(distro, kernel_size, .flags = FIELD_READONLY, .unit = "bytes",
		.help = "size of the kernel on record"),
	FIELD(distro, kernel_sha256, .flags = FIELD_READONLY, .check = check_sha256,
		.publishes = PUBLISH_BOOT, .help = "SHA-256 of the kernel on record"),
	FIELD(distro, initrd_size, .flags = FIELD_READONLY, .unit = "bytes",
		.help = "sizes of the initrds on record"),
	FIELD(distro, initrd_sha256, .flags = FIELD_READONLY, .check = check_sha256,
		.publishes = PUBLISH_BOOT, .help = "SHA-256 of the initrds on record"),
	FIELD(distro, tree, .check = check_url_or_path, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT,
		.help = "where installers find the distribution: a URL, or a path on this server "
			"(/trees/NAME)"),
	FIELD(distro, tree_build_time, .max = (int64_t)1 << 40, .unit = "s since 1970",
		.help = "when the distribution was built, as its tree says"),
	FIELD(distro, source_repos, .check = check_url,
		.help = "URLs of the repositories that its tree itself has"),
	FIELD(distro, signature, .check = check_word, .flags = FIELD_INHERIT | FIELD_READONLY,
		.help = "the signature that recognised the tree"),
	FIELD(distro, autoinstall, .flags = FIELD_INHERIT, .check = check_template_name,
		.alias = "kickstart", .publishes = PUBLISH_BOOT,
		.help = "template of the answer file for its profiles, such as debian12.preseed"),
	LOADER_ROWS(distro),
	LOADERS_FROM_ROWS(distro),
	OPTION_ROWS(distro),
	HYPERVISOR_ROWS(distro),
	ROOT_ROWS(distro),
};

static int validate(const struct item *item, struct err *err)
{
	const struct distro *distro = (const struct distro *)item;

	if (distro->initrd.items.n > 16)
		return err_field(err, ERR_INVALID, "initrd", "a distro has at most 16 initrds");
	return 0;
}

const struct item_type distro_type = {
	.kind = ITEM_DISTRO,
	.name = "distro",
	.plural = "distros",
	.help = "a kernel, its initrds and the tree to install from",
	.size = sizeof(struct distro),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
	.validate = validate,
};
