/*
 * Rows that several item types share: the same field, with the same meaning, at another level of
 * the inheritance. Each macro lists rows for `struct type`, whose members have the fields' names.
 */
#ifndef MODEL_ROWS_H
#define MODEL_ROWS_H

#include "model/root.h"
#include "model/types.h"

extern const char *const virt_types[];
extern const char *const virt_drivers[];
extern const char *const virt_graphics_kinds[];
extern const char *const loaders[];
extern const char *const http_boots[];
extern const char *const loaders_froms[];
extern const char *const installer_networks[];
extern const char *const arches[];

#define COMMENT_ROWS(type)                                                                         \
	FIELD(type, comment, .help = "a note for people"),                                         \
		FIELD(type, owners, .check = check_word, .help = "who looks after it")

#define OPTION_ROWS(type)                                                                          \
	FIELD(type, kernel_options, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,             \
		.alias = "kopts",                                                                  \
		.help = "kernel arguments for the installation: key=value words; !key removes an " \
			"inherited one"),                                                          \
		FIELD(type, kernel_options_post, .flags = FIELD_INHERIT, .alias = "kopts_post",    \
			.help = "kernel arguments of the installed system"),                       \
		FIELD(type, autoinstall_meta, .flags = FIELD_INHERIT, .alias = "ksmeta",           \
			.help = "variables for templates: key=value words"),                       \
		FIELD(type, template_files, .flags = FIELD_INHERIT, .check = check_path,           \
			.help = "files that an installed machine fetches: TEMPLATE=/path/on/it "   \
				"words")

#define HYPERVISOR_ROWS(type)                                                                      \
	FIELD(type, hypervisor_options, .flags = FIELD_INHERIT, .publishes = PUBLISH_BOOT,         \
		.help = "arguments of the hypervisor, such as dom0_mem=2G; as kernel_options, "    \
			"which are dom0's then")

#define ROOT_ROWS(type)                                                                            \
	FIELD(type, root, .flags = FIELD_INHERIT, .check = check_root,                             \
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP,                                          \
		.help = "where the root file system is: initrd or nfs:SERVER:/PATH of a diskless " \
			"machine, iscsi:SERVER:PROTOCOL:PORT:LUN:NAME of a disk in the network; "  \
			"empty: on its own disk")

#define RESCUE_ROWS(type)                                                                          \
	FIELD(type, rescue, .flags = FIELD_INHERIT, .fallback = "false",                           \
		.publishes = PUBLISH_BOOT,                                                         \
		.help = "start the installer's rescue system instead of an installation")

#define NETWORK_ROWS(type)                                                                         \
	FIELD(type, name_servers, .flags = FIELD_INHERIT, .check = check_ip,                       \
		.publishes = PUBLISH_DHCP | PUBLISH_BOOT, .help = "addresses of DNS servers"),     \
		FIELD(type, name_servers_search, .flags = FIELD_INHERIT, .check = check_host,      \
			.publishes = PUBLISH_DHCP | PUBLISH_BOOT,                                  \
			.help = "DNS search domains; the first is the domain of the machines"),    \
		FIELD(type, installer_network, .flags = FIELD_INHERIT,                             \
			.choices = installer_networks, .publishes = PUBLISH_BOOT,                  \
			.fallback = "dhcp",                                                        \
			.help = "static: the address of a system's main interface is on its "      \
				"kernel's command line, where it has one and a netmask; dhcp: "    \
				"installers ask for it"),                                          \
		FIELD(type, proxy, .flags = FIELD_INHERIT, .check = check_url_or_path,             \
			.publishes = PUBLISH_BOOT, .help = "HTTP proxy that installers use")

#define SERVER_ROWS(type)                                                                          \
	FIELD(type, next_server_v4, .flags = FIELD_INHERIT, .check = check_ip4,                    \
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP, .alias = "next_server",                  \
		.help = "address of the TFTP server, as machines see it; DHCP tells that of the "  \
			"settings or of the network"),                                             \
		FIELD(type, next_server_v6, .flags = FIELD_INHERIT, .check = check_ip6,            \
			.publishes = PUBLISH_BOOT | PUBLISH_DHCP,                                  \
			.help = "the same for machines that boot over IPv6")

/* When an installation that does not report its end is given up. */
#define INSTALL_TRIES_HELP                                                                         \
	"how many times an installation may begin without reporting its end; while the last one "  \
	"runs, the machine boots from its disk from then on; 0: no bound"
#define INSTALL_HOURS_HELP                                                                         \
	"hours after its first start in which an installation must report its end, or it is "      \
	"given up and the machine boots from its disk; 0: no bound"
#define INSTALL_ROWS(type)                                                                         \
	FIELD(type, install_tries, .flags = FIELD_INHERIT, .min = 0, .max = 1000, .fallback = "3", \
		.help = INSTALL_TRIES_HELP),                                                       \
		FIELD(type, install_hours, .flags = FIELD_INHERIT, .min = 0, .max = 8760,          \
			.unit = "hours", .fallback = "24", .help = INSTALL_HOURS_HELP)

#define LOADER_ROWS(type)                                                                          \
	FIELD(type, boot_loaders, .flags = FIELD_INHERIT, .choices = loaders,                      \
		.publishes = PUBLISH_BOOT | PUBLISH_DHCP,                                          \
		.help = "for which loaders files are published; ipxe alone: machines get iPXE")

#define LOADERS_FROM_ROWS(type)                                                                    \
	FIELD(type, loaders_from, .flags = FIELD_INHERIT, .choices = loaders_froms,                \
		.publishes = PUBLISH_DHCP, .fallback = "auto",                                     \
		.help = "whose shim and GRUB UEFI machines get: distro, its own, where it has "    \
			"some that can boot that way; server, Debian's, which this server has; "   \
			"auto: its own, but for Debian")

#define VIRT_ROWS(type)                                                                            \
	FIELD(type, virt_type, .flags = FIELD_INHERIT, .choices = virt_types, .fallback = "auto",  \
		.help = "what koan makes: auto takes what the host can do"),                       \
		FIELD(type, virt_ram, .flags = FIELD_INHERIT, .unit = "MiB", .min = 16,            \
			.max = 64 << 20, .fallback = "512", .help = "memory of a guest"),          \
		FIELD(type, virt_cpus, .flags = FIELD_INHERIT, .min = 1, .max = 1024,              \
			.fallback = "1", .help = "virtual processors of a guest"),                 \
		FIELD(type, virt_file_size, .flags = FIELD_INHERIT, .unit = "GiB", .max = 1 << 20, \
			.fallback = "5", .help = "sizes of a guest's disks, one for each: 10,20"), \
		FIELD(type, virt_path, .flags = FIELD_INHERIT, .check = check_virt_path,           \
			.help = "where a guest's disks are, one for each: a folder, file, volume " \
				"group or "                                                        \
				"block device; empty: the host's default"),                        \
		FIELD(type, virt_disk_driver, .flags = FIELD_INHERIT, .choices = virt_drivers,     \
			.fallback = "raw", .help = "formats of a guest's disks, one for each"),    \
		FIELD(type, virt_bridge, .flags = FIELD_INHERIT, .check = check_interface_name,    \
			.fallback = "virbr0", .help = "bridge that a guest's network cards join"), \
		FIELD(type, virt_auto_boot, .flags = FIELD_INHERIT, .fallback = "false",           \
			.help = "start the guest when the host starts"),                           \
		FIELD(type, virt_graphics, .flags = FIELD_INHERIT, .choices = virt_graphics_kinds, \
			.fallback = "vnc", .help = "how a guest's screen is seen")

#endif
