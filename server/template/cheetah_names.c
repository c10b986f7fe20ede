/* What Cobbler's variables and snippets are called here: rows by name. */
#include "template/cheetah_expr.h"

#include <string.h>

#define REPORT(url)                                                                                \
	"{% if " url " %}curl -fsS -o /dev/null '{{ " url " }}' || "                               \
	"wget -q -O /dev/null '{{ " url " }}' || :{% endif +%}"

static const struct cheetah_variable variables[] = {
	{.name = "autoinstall_done", .text = REPORT("report_end_url")},
	{.name = "autoinstall_start", .text = REPORT("report_start_url")},
	{.name = "cobbler_server", .jinja = "server"},
	{.name = "distro", .jinja = "distro_name"},
	{.name = "install_source_directory", .jinja = "tree_dir"},
	{.name = "interfaces", .why = "is a list here, not a dict by name: write a loop over it"},
	{.name = "kernel_options",
		.why = "is a map here; the installer's whole command line is kernel_cmdline"},
	{.name = "kernel_options_post", .jinja = "kernel_cmdline_post"},
	{.name = "kickstart", .jinja = "autoinstall"},
	{.name = "kickstart_done", .text = REPORT("report_end_url")},
	{.name = "kickstart_start", .text = REPORT("report_start_url")},
	{.name = "ks_meta", .jinja = "autoinstall_meta"},
	{.name = "ksmeta", .jinja = "autoinstall_meta"},
	{.name = "profile", .jinja = "profile_name"},
	{.name = "redhat_management_key", .why = "is not managed here"},
	{.name = "redhat_management_server", .why = "is not managed here"},
	{.name = "yum_config_stanza",
		.why = "has no like: write files below /etc/yum.repos.d in a loop over repos"},
	{.name = "yum_repo_stanza",
		.text = "{% for repo in repos %}repo --name={{ repo.name }} "
			"--baseurl={{ repo.url }}\n{% endfor +%}"},
};

static const struct cheetah_variable snippets[] = {
	{.name = "autoinstall_done", .text = REPORT("report_end_url")},
	{.name = "autoinstall_start", .text = REPORT("report_start_url")},
	{.name = "kickstart_done", .text = REPORT("report_end_url")},
	{.name = "kickstart_start", .text = REPORT("report_start_url")},
};

/* Cobbler's names that are the same here: never the shell's, whatever its code assigns. */
static const char *const same[] = {
	"arch",
	"autoinstall_meta",
	"breed",
	"default_password_crypted",
	"distro_name",
	"gateway",
	"hostname",
	"http_server",
	"ip_address",
	"mac_address",
	"name",
	"name_servers",
	"name_servers_search",
	"netmask",
	"next_server",
	"os_version",
	"profile_name",
	"proxy",
	"server",
	"system_name",
	"tree",
	"virt_cpus",
	"virt_ram",
};

/* What Cobbler has once for each interface, with its name after it. */
static const char *const interface_fields[] = {
	"bonding_opts",
	"dns_name",
	"if_gateway",
	"interface_master",
	"interface_type",
	"ip_address",
	"ipv6_address",
	"mac_address",
	"mtu",
	"netmask",
	"static",
	"static_routes",
	"virt_bridge",
};

static const struct cheetah_variable *find(
	const struct cheetah_variable *rows, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

const struct cheetah_variable *cheetah_variable_find(const char *name)
{
	return find(variables, ARRAY_SIZE(variables), name);
}

const struct cheetah_variable *cheetah_snippet_find(const char *name)
{
	return find(snippets, ARRAY_SIZE(snippets), name);
}

bool cheetah_is_cobblers(const char *name)
{
	autostrbuf expression = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		if (strcmp(same[i], name) == 0)
			return true;
	return cheetah_variable_find(name) || cheetah_interface_variable(name, &expression);
}

/* "eth0", "eno1", "bond0": letters, then a digit somewhere. */
static bool is_interface(const char *name)
{
	return *name >= 'a' && *name <= 'z' && strpbrk(name, "0123456789") && !strchr(name, '_');
}

bool cheetah_interface_variable(const char *name, struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(interface_fields); i++) {
		size_t len = strlen(interface_fields[i]);

		if (strncmp(name, interface_fields[i], len) != 0 || name[len] != '_' ||
			!is_interface(name + len + 1))
			continue;
		strbuf_addf(ret, "(interfaces|selectattr(\"name\", \"equalto\", \"%s\")|first).%s",
			name + len + 1, interface_fields[i]);
		return true;
	}
	return false;
}
