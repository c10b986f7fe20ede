/*
 * The item types' structs. Field names, types and units are Cobbler 3.3's, so that its users and
 * their scripts feel at home (docs: cobbler.readthedocs.io). What each member means stands in its
 * row in settings.c, distro.c, profile.c, system.c, interface.c.
 */
#ifndef MODEL_TYPES_H
#define MODEL_TYPES_H

#include "model/item.h"

struct settings {
	struct item item;
	char *server;
	char *next_server_v4;
	struct opt_int http_port;
	char *default_password_crypted;
	struct opt_bool manage_dhcp;
	char *dhcp_interface;
	char *dhcp_range;
	char *dhcp_netmask;
	char *dhcp_router;
	struct opt_bool enable_ipxe;
	struct opt_bool enable_menu;
	struct opt_bool pxe_just_once;
	struct opt_list boot_loaders;
	struct opt_list name_servers;
	struct opt_list name_servers_search;
	char *proxy;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
	char *virt_type;
	struct opt_int virt_ram;
	struct opt_int virt_cpus;
	struct opt_numbers virt_file_size;
	struct opt_list virt_path;
	struct opt_list virt_disk_driver;
	char *virt_bridge;
	struct opt_bool virt_auto_boot;
	char *virt_graphics;
};

struct distro {
	struct item item;
	char *comment;
	struct opt_list owners;
	char *arch;
	char *breed;
	char *os_version;
	char *kernel;
	struct opt_list initrd;
	struct opt_int kernel_size;
	char *kernel_sha256;
	struct opt_numbers initrd_size;
	struct opt_list initrd_sha256;
	char *tree;
	char *signature;
	char *autoinstall;
	struct opt_list boot_loaders;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
};

struct profile {
	struct item item;
	char *comment;
	struct opt_list owners;
	char *distro;
	char *parent;
	char *autoinstall;
	char *server;
	char *next_server_v4;
	char *dhcp_tag;
	char *filename;
	char *proxy;
	struct opt_bool enable_menu;
	struct opt_list boot_loaders;
	struct opt_list name_servers;
	struct opt_list name_servers_search;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
	char *virt_type;
	struct opt_int virt_ram;
	struct opt_int virt_cpus;
	struct opt_numbers virt_file_size;
	struct opt_list virt_path;
	struct opt_list virt_disk_driver;
	char *virt_bridge;
	struct opt_bool virt_auto_boot;
	char *virt_graphics;
};

struct system {
	struct item item;
	char *comment;
	struct opt_list owners;
	char *profile;
	char *hostname;
	char *gateway;
	char *status;
	struct opt_bool netboot_enabled;
	char *autoinstall;
	char *server;
	char *next_server_v4;
	char *filename;
	char *proxy;
	char *serial_device;
	char *serial_baud_rate;
	struct opt_list boot_loaders;
	struct opt_list name_servers;
	struct opt_list name_servers_search;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
	char *virt_type;
	struct opt_int virt_ram;
	struct opt_int virt_cpus;
	struct opt_numbers virt_file_size;
	struct opt_list virt_path;
	struct opt_list virt_disk_driver;
	char *virt_bridge;
	struct opt_bool virt_auto_boot;
	char *virt_graphics;
};

struct interface {
	struct item item;
	char *mac_address;
	char *ip_address;
	char *netmask;
	char *if_gateway;
	char *ipv6_address;
	char *dns_name;
	struct opt_list cnames;
	char *dhcp_tag;
	struct opt_bool static_address;
	struct opt_list static_routes;
	struct opt_int mtu;
	char *interface_type;
	char *interface_master;
	char *bonding_opts;
	char *bridge_opts;
	char *virt_bridge;
	struct opt_bool management;
};

extern const struct item_type settings_type;
extern const struct item_type distro_type;
extern const struct item_type profile_type;
extern const struct item_type system_type;
extern const struct item_type interface_type;

#endif
