/*
 * The item types' structs. Field names, types and units are Cobbler 3.3's, so that its users and
 * their scripts feel at home (docs: cobbler.readthedocs.io). What each member means stands in its
 * row in the type's own file: settings.c, distro.c, profile.c and so on. Left out are what Cobbler
 * itself has given up or what nobody can use any more: management classes, packages, files,
 * redhat_management_*, and the guest types openvz and vmwarew.
 */
#ifndef MODEL_TYPES_H
#define MODEL_TYPES_H

#include "model/item.h"

struct settings {
	struct item item;
	char *server;
	char *next_server_v4;
	char *next_server_v6;
	struct opt_int http_port;
	char *default_password_crypted;
	struct opt_bool manage_dhcp;
	char *dhcp_interface;
	char *dhcp_range;
	char *dhcp_netmask;
	char *dhcp_router;
	struct opt_bool enable_ipxe;
	char *http_boot;
	char *loaders_from;
	struct opt_bool enable_menu;
	char *unknown_machines;
	struct opt_bool pxe_just_once;
	struct opt_int install_tries;
	struct opt_int install_hours;
	struct opt_bool auto_sync;
	struct opt_int generations_kept;
	struct opt_int generations_days;
	struct opt_list boot_loaders;
	struct opt_list name_servers;
	struct opt_list name_servers_search;
	char *installer_network;
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
	char *hypervisor;
	struct opt_list efi_loaders;
	char *efi_folder;
	struct opt_bool efi_over_tftp;
	char *remote_boot_kernel;
	char *remote_boot_initrd;
	struct opt_int kernel_size;
	char *kernel_sha256;
	struct opt_numbers initrd_size;
	struct opt_list initrd_sha256;
	char *tree;
	struct opt_int tree_build_time;
	struct opt_list source_repos;
	char *signature;
	char *autoinstall;
	struct opt_list boot_loaders;
	char *loaders_from;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
	struct opt_map hypervisor_options;
	struct opt_map template_files;
	char *root;
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
	char *next_server_v6;
	char *dhcp_tag;
	char *filename;
	char *proxy;
	struct opt_bool enable_ipxe;
	char *http_boot;
	char *loaders_from;
	struct opt_bool enable_menu;
	char *menu;
	struct opt_list repos;
	struct opt_int install_tries;
	struct opt_int install_hours;
	struct opt_list boot_loaders;
	struct opt_list name_servers;
	struct opt_list name_servers_search;
	char *installer_network;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
	struct opt_map hypervisor_options;
	struct opt_map template_files;
	char *root;
	struct opt_bool rescue;
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
	char *image;
	struct opt_list groups;
	struct opt_bool protected;
	char *hostname;
	char *gateway;
	char *ipv6_default_device;
	struct opt_bool ipv6_autoconfiguration;
	char *status;
	struct opt_bool netboot_enabled;
	char *autoinstall;
	char *server;
	char *next_server_v4;
	char *next_server_v6;
	char *filename;
	char *proxy;
	struct opt_bool enable_ipxe;
	char *http_boot;
	char *loaders_from;
	char *serial_device;
	char *serial_baud_rate;
	char *power_type;
	char *power_address;
	char *power_id;
	char *power_user;
	char *power_pass;
	char *power_options;
	struct opt_int install_tries;
	struct opt_int install_hours;
	struct opt_list boot_loaders;
	struct opt_list name_servers;
	struct opt_list name_servers_search;
	char *installer_network;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
	struct opt_map hypervisor_options;
	struct opt_map template_files;
	char *root;
	struct opt_bool rescue;
	char *virt_host;
	struct opt_bool virt_pxe_boot;
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
	struct opt_int ipv6_prefix;
	struct opt_list ipv6_secondaries;
	char *ipv6_default_gateway;
	struct opt_list ipv6_static_routes;
	struct opt_int ipv6_mtu;
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
	struct opt_bool connected_mode;
	char *virt_bridge;
	struct opt_bool management;
};

struct image {
	struct item item;
	char *comment;
	struct opt_list owners;
	char *file;
	char *image_type;
	char *arch;
	char *breed;
	char *os_version;
	char *autoinstall;
	char *menu;
	struct opt_bool enable_menu;
	struct opt_list boot_loaders;
	struct opt_map kernel_options;
	struct opt_map kernel_options_post;
	struct opt_map autoinstall_meta;
	struct opt_map template_files;
	struct opt_int network_count;
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

struct repo {
	struct item item;
	char *comment;
	struct opt_list owners;
	char *breed;
	char *arch;
	char *mirror;
	char *mirror_type;
	struct opt_bool mirror_locally;
	struct opt_bool keep_updated;
	struct opt_list apt_components;
	struct opt_list apt_dists;
	struct opt_text gpg_key;
	struct opt_int priority;
	char *proxy;
};

struct menu {
	struct item item;
	char *comment;
	struct opt_list owners;
	char *display_name;
	char *parent;
};

/* An answer-file template that is kept in the store, with its history. */
struct template_item {
	struct item item;
	char *comment;
	struct opt_list owners;
	struct opt_text content;
};

/* The same for a part that templates include. */
struct snippet {
	struct item item;
	char *comment;
	struct opt_list owners;
	struct opt_text content;
};

/* A network that machines boot from: what DHCP hands out there. */
struct network {
	struct item item;
	char *comment;
	struct opt_list owners;
	char *address;
	char *dhcp_mode;
	char *dhcp_interface;
	struct opt_int vlan;
	struct opt_list dhcp_range;
	char *gateway;
	struct opt_list name_servers;
	struct opt_list name_servers_search;
	char *server;
	char *next_server_v4;
	char *next_server_v6;
	struct opt_int lease_time;
	struct opt_int mtu;
};

/* Systems that are managed together; each names its groups. */
struct group {
	struct item item;
	char *comment;
	struct opt_list owners;
};

extern const struct item_type settings_type;
extern const struct item_type distro_type;
extern const struct item_type profile_type;
extern const struct item_type system_type;
extern const struct item_type interface_type;
extern const struct item_type image_type;
extern const struct item_type repo_type;
extern const struct item_type menu_type;
extern const struct item_type template_type;
extern const struct item_type snippet_type;
extern const struct item_type group_type;
extern const struct item_type network_type;

#endif
