#include "model/rows.h"

static const char *const statuses[] = {"development", "testing", "acceptance", "production", NULL};
/* Those of Cobbler, and the faster ones of today's hardware. */
static const char *const baud_rates[] = {"110", "300", "600", "1200", "2400", "4800", "9600",
	"14400", "19200", "38400", "57600", "115200", "128000", "230400", "256000", "460800",
	"921600", NULL};

static const struct field fields[] = {
	COMMENT_ROWS(system),
	FIELD(system, profile, .ref = ITEM_PROFILE, .flags = FIELD_PARENT,
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP, .help = "the profile that it installs"),
	FIELD(system, image, .ref = ITEM_IMAGE, .flags = FIELD_PARENT,
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP,
		.help = "the image that it boots instead of a profile"),
	FIELD(system, groups, .ref = ITEM_GROUP, .help = "the groups that it belongs to"),
	FIELD(system, protected, .fallback = "false",
		.help = "changed, armed for an installation or removed only with --confirm"),
	FIELD(system, hostname, .check = check_host, .flags = FIELD_INDEXED,
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP,
		.help = "host name, with its domain or without; unset: the system's name"),
	FIELD(system, gateway, .check = check_ip, .publishes = PUBLISH_BOOT,
		.help = "default gateway of a fixed network configuration"),
	FIELD(system, ipv6_default_device, .check = check_interface_name, .publishes = PUBLISH_BOOT,
		.help = "interface of the default route of IPv6"),
	FIELD(system, ipv6_autoconfiguration, .publishes = PUBLISH_BOOT, .fallback = "false",
		.help = "take IPv6 addresses from router advertisements"),
	FIELD(system, status, .choices = statuses, .fallback = "production",
		.help = "what it is for"),
	FIELD(system, netboot_enabled, .publishes = PUBLISH_BOOT, .fallback = "true",
		.alias = "netboot",
		.help = "install when it boots from the network; false: boot from disk"),
	FIELD(system, autoinstall, .flags = FIELD_INHERIT, .check = check_template_name,
		.alias = "kickstart", .publishes = PUBLISH_BOOT,
		.help = "template of the answer file, where it differs"),
	FIELD(system, server, .check = check_host, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_BOOT, .help = "address of this server, where it differs"),
	SERVER_ROWS(system),
	FIELD(system, filename, .check = check_word, .flags = FIELD_INHERIT,
		.publishes = PUBLISH_DHCP, .help = "boot file that DHCP names, where it differs"),
	FIELD(system, http_boot, .flags = FIELD_INHERIT, .choices = http_boots,
		.publishes = PUBLISH_DHCP,
		.help = "what it gets where its UEFI boots over HTTP: image, ipxe or grub"),
	LOADERS_FROM_ROWS(system),
	FIELD(system, enable_ipxe, .flags = FIELD_INHERIT, .publishes = PUBLISH_DHCP,
		.help = "load menu and kernel by iPXE over HTTP, where it has it"),
	FIELD(system, serial_device, .check = check_serial_device, .publishes = PUBLISH_BOOT,
		.help = "serial console: 0 for ttyS0, or a device's name, such as hvc0"),
	FIELD(system, serial_baud_rate, .choices = baud_rates, .publishes = PUBLISH_BOOT,
		.unit = "baud", .help = "speed of the serial console"),
	FIELD(system, power_type, .check = check_word,
		.help = "how it is switched: a fence agent's name, such as ipmilanplus or redfish"),
	FIELD(system, power_address, .check = check_host,
		.help = "host name or address of its management controller or power switch"),
	FIELD(system, power_id, .check = check_word,
		.help = "its outlet, blade or guest's name there"),
	FIELD(system, power_user, .check = check_word, .help = "user name there"),
	FIELD(system, power_pass, .flags = FIELD_SECRET, .help = "password there"),
	FIELD(system, power_options, .help = "more arguments for the fence agent"),
	INSTALL_ROWS(system),
	LOADER_ROWS(system),
	NETWORK_ROWS(system),
	OPTION_ROWS(system),
	HYPERVISOR_ROWS(system),
	ROOT_ROWS(system),
	RESCUE_ROWS(system),
	FIELD(system, virt_host, .check = check_host, .flags = FIELD_INDEXED,
		.help = "name of the virtualization host that the guest belongs to"),
	FIELD(system, virt_pxe_boot, .fallback = "false",
		.help = "the guest boots from the network itself, instead of getting its kernel "
			"from koan"),
	VIRT_ROWS(system),
};

static bool is_named(const char *name)
{
	return name && *name;
}

static int validate(const struct item *item, struct err *err)
{
	const struct system *system = (const struct system *)item;

	if (is_named(system->profile) && is_named(system->image))
		return err_field(err, ERR_INVALID, "image",
			"a system has a profile or an image, not both; unset one of them");
	if (!is_named(system->profile) && !is_named(system->image))
		return err_field(
			err, ERR_INVALID, "profile", "a system needs a profile (or an image)");
	return 0;
}

const struct item_type system_type = {
	.kind = ITEM_SYSTEM,
	.name = "system",
	.plural = "systems",
	.help = "one machine or guest and its network interfaces",
	.size = sizeof(struct system),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
	.child = ITEM_INTERFACE,
	.children_field = "interfaces",
	.validate = validate,
};
