/*
 * The variables of templates: what a resolved chain comes to, plus what is made from it (addresses,
 * the kernel's command line, the network interfaces). Boot files, answer files and koan's plan all
 * take them from here, so they cannot differ. Nothing here reads a store or a file.
 */
#ifndef BOOT_VARS_H
#define BOOT_VARS_H

#include "boot/cmdline.h"
#include "boot/vars_network.h"
#include "model/resolve.h"
#include "template/template.h"

/* Where this server is, as machines see it. */
struct boot_site {
	const char *host;      /* "10.77.0.1" */
	const char *http_base; /* "http://10.77.0.1:8080", no slash at the end */
	const char *next_server;
	/* The repositories that the chain's profiles name; may be none where no answer file is
	 * rendered. */
	struct resolved *const *repo;
	size_t repos;
};

/*
 * Beside every field of the chain by its name (of the secrets only password hashes), and each key
 * of autoinstall_meta (which wins over nothing below; one that repeats is a list):
 *
 *   name item_type            the system's or profile's name; "system" or "profile" or "distro"
 *   system_name profile_name distro_name     "" where there is none
 *   hostname domain fqdn      of a system; the first search domain stands in for a missing domain
 *   http_server server next_server           "10.77.0.1:8080", "10.77.0.1", "10.77.0.1"
 *   http_base                 "http://10.77.0.1:8080"
 *   tree_url tree             absolute URL of the distribution's tree, "" where it has none
 *   tree_host tree_dir        its host[:port] and path, for installers that take them apart
 *   kernel_path initrd_paths  below the TFTP root: "images/DISTRO/linux", a list
 *   kernel_url initrd_urls    over HTTP
 *   kernel_cmdline            all arguments of the installer's kernel, quoted for none
 *   kernel_cmdline_post       kernel_options_post as text: arguments of the installed system
 *   serial_console            "ttyS0,115200" from the serial_* fields, "hvc0" for a Xen PV guest;
 * "" installed_cmdline         kernel_cmdline_post and the consoles, unless it names some itself
 *   xen_guest                 "pv" or "hvm" for a Xen guest; ""
 *   autoinstall_url           address of the answer file, "" without one
 *   report_start_url report_end_url          what the installer gets when it starts and ends; ""
 *                             for profiles
 *   interfaces                the system's, as boot_interfaces() says
 *   repos                     the profile's repositories: every field of each, and `url`, where a
 *                             machine finds it
 *   mac_address ip_address netmask prefix gateway    of the interface that the system is managed by
 */
struct boot_vars;

/* `resolved` ends in a system, a profile or a distro, and must outlive the variables. */
struct boot_vars *boot_vars_new(const struct boot_site *site, const struct resolved *resolved);
/* For the rescue system, whatever the field `rescue` says: before any variable is asked for. */
void boot_vars_rescue(struct boot_vars *vars);
bool boot_vars_is_rescue(const struct boot_vars *vars);
void boot_vars_free(struct boot_vars *vars);
DEFINE_AUTO(boot_vars, struct boot_vars *, boot_vars_free)
/* For template_render(); valid as long as `vars`. Values are made when they are asked for. The
 * subject is what was resolved. */
struct template_vars boot_vars_template(struct boot_vars *vars);
/* One of the text variables above; borrowed until the variables are freed, "" where it is none. */
const char *boot_vars_text(struct boot_vars *vars, const char *name);

/* What the kernel's command line is made from, for one that differs; valid as long as `vars`. */
struct boot_cmdline boot_vars_cmdline(struct boot_vars *vars);
/* The words of the kernel's command line (boot_cmdline_words()), for another quoting of it; valid
 * as long as `vars`. */
const struct strbuf *boot_vars_words(struct boot_vars *vars);
const struct resolved *boot_vars_resolved(const struct boot_vars *vars);

#endif
