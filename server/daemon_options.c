#include "server/daemon_options.h"

#include "base/log.h"
#include "base/opt_man.h"

#include <string.h>
#include <unistd.h>

#define ROW(member, option, argument, text)                                                        \
	OPT(struct daemon_options, member, option, argument, text)
static const struct opt option_table[] = {
	OPT_TITLE("Options, on the command line or in the configuration file"),
	ROW(config, "config", "FILE", "lines 'option = value'; the command line wins over it"),
	ROW(state_dir, "state-dir", "DIR",
		"store, imported trees, own templates [/var/lib/bootwright]"),
	ROW(tftp_dir, "tftp-dir", "DIR", "where sync publishes [STATE-DIR/tftp]"),
	ROW(boot_listen, "boot-listen", "ADDRESS:PORT",
		"for machines that boot [port 80 everywhere]"),
	ROW(api_listen, "api-listen", "ADDRESS:PORT", "API and status page [127.0.0.1:8080]"),
	ROW(api_socket, "api-socket", "PATH", "API for this machine [/run/bootwright/api.sock]"),
	ROW(services, "services", "external|managed",
		"managed: run dnsmasq and in.tftpd ourselves [external]"),
	ROW(reload_dhcp, "reload-dhcp", "COMMAND",
		"external: run when fixed addresses have changed; '' runs nothing [systemctl "
		"reload dnsmasq, under systemd]"),
	ROW(restart_dhcp, "restart-dhcp", "COMMAND",
		"external: run when dnsmasq.conf has changed, which dnsmasq reads only when it "
		"starts [--reload-dhcp's, if given; else systemctl restart dnsmasq, under "
		"systemd]"),
	ROW(tftp_address, "tftp-address", "ADDRESS",
		"managed: where in.tftpd listens [everywhere]"),
	ROW(dhcp_leases, "dhcp-leases", "FILE",
		"dnsmasq's leases, read for machines that no system has; '' reads none [managed: "
		"STATE-DIR/dnsmasq.leases; else /var/lib/misc/dnsmasq.leases]"),
	ROW(user, "user", "NAME",
		"account to run as, when started as root [bootwright if there is one, else "
		"nobody]"),
	ROW(share_dir, "share-dir", "DIR", "templates, signatures and the page"),
	ROW(log_level, "log-level", "LEVEL", "error, warning, info or debug [info]"),
	ROW(openapi, "openapi", NULL, "print the API's description (OpenAPI 3.1) and exit"),
	ROW(version, "version", NULL, "print the version and exit"),
	ROW(help, "help", NULL, "print this and exit"),
	ROW(man, "man", NULL, "print the manual page's source, for man -l -, and exit"),
};

static const char *keep(struct daemon_options *o, char *taken)
{
	strv_add_take(&o->texts, taken);
	return taken;
}

static const char *absolute(struct daemon_options *o, const char *path)
{
	autofree char *here = NULL;

	if (path[0] == '/')
		return path;
	here = getcwd(NULL, 0);
	return keep(o, xasprintf("%s/%s", here ? here : "", path));
}

/* The folder `share` beside the program, as the build makes it, else that of the PREFIX it is
 * installed in, which need not be the one it was built for. */
static const char *find_share(struct daemon_options *o)
{
	static const char *const places[] = {"share", "share/bootwright"};
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (n <= 0)
		return BW_DATADIR;
	program[n] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char *slash = strrchr(program, '/');
		autofree char *folder = NULL;

		if (!slash)
			break;
		*slash = '\0';
		folder = xasprintf("%s/%s", program, places[i]);
		if (access(folder, R_OK | X_OK) == 0)
			return keep(o, TAKE(folder));
	}
	return BW_DATADIR;
}

static int set_log_level(const char *name, struct err *err)
{
	static const char *const names[] = {
		[LOG_LEVEL_ERROR] = "error",
		[LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name) == 0) {
			log_set_level((enum log_level)i);
			return 0;
		}
	}
	return err_set(
		err, ERR_USAGE, "--log-level=%s: must be error, warning, info or debug", name);
}

static void set_default(const char **option, const char *value)
{
	if (!*option)
		*option = value;
}

static int complete_options(struct daemon_options *o, struct err *err)
{
	/* as sd_booted(3) finds out; elsewhere there is nobody to tell */
	bool systemd = access("/run/systemd/system", F_OK) == 0;

	set_default(&o->state_dir, "/var/lib/bootwright");
	set_default(&o->api_listen, "127.0.0.1:8080");
	set_default(&o->api_socket, "/run/bootwright/api.sock");
	set_default(&o->services, "external");
	/* who has a command of his own for the one hardly has systemd do the other */
	if (o->reload_dhcp)
		set_default(&o->restart_dhcp, o->reload_dhcp);
	set_default(&o->reload_dhcp, systemd ? "systemctl reload dnsmasq" : "");
	set_default(&o->restart_dhcp, systemd ? "systemctl restart dnsmasq" : "");
	set_default(&o->tftp_address, "");
	set_default(&o->log_level, "info");
	if (strcmp(o->services, "external") != 0 && strcmp(o->services, "managed") != 0)
		return err_set(
			err, ERR_USAGE, "--services=%s: must be external or managed", o->services);
	o->state_dir = absolute(o, o->state_dir);
	if (!o->tftp_dir)
		o->tftp_dir = keep(o, xasprintf("%s/tftp", o->state_dir));
	o->tftp_dir = absolute(o, o->tftp_dir);
	if (strcmp(o->services, "managed") == 0) /* ours needs one */
		set_default(&o->dhcp_leases, keep(o, xasprintf("%s/dnsmasq.leases", o->state_dir)));
	set_default(&o->dhcp_leases, "/var/lib/misc/dnsmasq.leases");
	if (*o->dhcp_leases)
		o->dhcp_leases = absolute(o, o->dhcp_leases);
	o->share_dir = absolute(o, o->share_dir ? o->share_dir : find_share(o));
	return set_log_level(o->log_level, err);
}

/* The command line is read twice, as it names the file that it wins over. */
int daemon_options_read(struct daemon_options *o, int argc, char *argv[], struct err *err)
{
	size_t n = ARRAY_SIZE(option_table);
	const char *file;

	if (opt_parse(option_table, n, argc, argv, o, NULL, err) < 0)
		return -1;
	if (o->help || o->version || o->openapi || o->man)
		return 0;
	file = o->config;
	*o = (struct daemon_options){0};
	if (file && opt_read_file(option_table, n, file, o, &o->texts, err) < 0)
		return -1;
	if (opt_parse(option_table, n, argc, argv, o, NULL, err) < 0)
		return -1;
	return complete_options(o, err);
}

void daemon_options_print_help(FILE *out)
{
	fputs("Usage: bootwrightd [OPTION...]\nThe provisioning server; bootwright commands it.\n",
		out);
	opt_print_help(option_table, ARRAY_SIZE(option_table), out);
}

static const char description[] =
	"bootwrightd imports distribution trees, keeps distros, profiles and systems, renders "
	"answer "
	"files and\n"
	"boot menus, and serves them to machines that boot. bootwright(1) and the page on its API "
	"port command\n"
	"it. Started as root it binds its ports and becomes its own account.\n"
	"\n"
	"With --services=external, dnsmasq and in.tftpd are the administrator's and read what is "
	"published below\n"
	"the state folder: tftp/current/private/dnsmasq.conf and tftp. With --services=managed a "
	"small privileged\n"
	"parent runs both.\n"
	"\n"
	"SIGTERM and SIGINT stop it when downloads in flight are done; it tells systemd(1) when it "
	"is ready.\n";

static const char *const files[][2] = {
	{"/var/lib/bootwright", "The state: the store, imported trees, what is published."},
	{"/var/lib/bootwright/kickstarts", "Your own answer templates; the same name wins here."},
	{"/var/lib/bootwright/boot-templates",
		"Your own templates of boot menus and dnsmasq.conf."},
	{"/run/bootwright/api.sock", "The API for this machine."},
};

void daemon_options_print_man(FILE *out)
{
	static const struct man_page page = {
		.name = "bootwrightd",
		.section = 8,
		.about = "provisioning server",
		.synopsis = "[--OPTION=VALUE …]",
	};

	man_begin(&page, out);
	man_section("DESCRIPTION", out);
	man_text(description, out);
	man_section("OPTIONS", out);
	man_options(option_table, ARRAY_SIZE(option_table), out);
	man_section("FILES", out);
	man_list_begin(out);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		man_list_entry(files[i][0], files[i][1], out);
	man_list_end(out);
	man_see_also("bootwright(1) koan(1) bootwright-fields(5) dnsmasq(8) in.tftpd(8)", out);
}

void daemon_options_done(struct daemon_options *o)
{
	strv_done(&o->texts);
}
