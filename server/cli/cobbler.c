#include "cli/cobbler.h"

#include <string.h>

/* Of Cobbler 2 and 3: what a script of ten years ago may say. */
static const struct {
	const char *option;
	const char *field;
} spellings[] = {
	{"autoinst", "autoinstall"},
	{"bonding", "interface_type"},
	{"bonding_master", "interface_master"},
	{"dns_servers", "name_servers"},
	{"dns_search", "name_servers_search"},
	{"enable_gpxe", "enable_ipxe"},
	{"ip6", "ipv6_address"},
	{"ks_meta", "autoinstall_meta"},
	{"autoinst_meta", "autoinstall_meta"},
	{"mac_addr", "mac_address"},
	{"power_password", "power_pass"},
	{"power_username", "power_user"},
	{"static_route", "static_routes"},
	{"virt_cpu", "virt_cpus"},
	{"virt_disk_size", "virt_file_size"},
};

#define MGMT                                                                                       \
	"Cobbler has given up its configuration management; give variables to templates with "     \
	"--autoinstall-meta, and manage installed machines with Ansible, Puppet or Salt"
#define REDHAT                                                                                     \
	"RHN and Satellite 5 have ended; let the answer file's template run subscription-manager"
#define REPOSYNC                                                                                   \
	"Bootwright runs neither reposync nor createrepo; a repo says where the repository is"
#define SERVED                                                                                     \
	"the whole tree of a distro is served; --template-files names files that are made from "   \
	"templates"
#define ANSWER                                                                                     \
	"fetch the answer file as a machine does: curl http://SERVER/autoinstall/system/NAME (or " \
	"/profile/NAME)"
#define VALIDATE "bootwright template check tries every template for the machines that use it"
#define SYNCED                                                                                     \
	"sync publishes DHCP with the boot files, where it has changed; zones of DNS it writes "   \
	"none"
#define POWER "Bootwright does not switch machines; its power fields are for fence agents"

const struct left_out left_out[] = {
	/* options */
	{"mgmt-classes", false, MGMT},
	{"mgmt-parameters", false, MGMT},
	{"redhat-management-key", false, REDHAT},
	{"redhat-management-server", false, REDHAT},
	{"redhat-management-org", false, REDHAT},
	{"redhat-management-user", false, REDHAT},
	{"redhat-management-password", false, REDHAT},
	{"boot-files", false, SERVED},
	{"fetchable-files", false, SERVED},
	{"repos-enabled", false, "a profile's --repos are those that its machines get"},
	{"ldap-enabled", false, "set up LDAP in the answer file's template or a snippet"},
	{"ldap-type", false, "set up LDAP in the answer file's template or a snippet"},
	{"monit-enabled", false, "set up monit in the answer file's template or a snippet"},
	{"power-identity-file", false,
		"write the fence agent's own option: --power-options='identity_file=/path'"},
	{"virt-host-name", false, "a guest's host is --virt-host"},
	{"createrepo-flags", false, REPOSYNC},
	{"rpm-list", false, REPOSYNC},
	{"yumopts", false, REPOSYNC},
	{"rsyncopts", false, REPOSYNC},
	{"environment", false, REPOSYNC},
	{"rsync-flags", false,
		"import links or copies the tree by itself; get a remote one with rsync first, or "
		"name its URL with --available-as"},
	{"depth", false, "nothing has a depth to set: a sub-profile names its --parent"},
	{"template-remote-kickstarts", false,
		"every answer file is a template of this server's: bootwright template add"},
	{"dhcp", false, SYNCED},
	{"dns", false, SYNCED},
	{"verbose", false,
		"bootwrightd tells more in its log with --log-level=debug; bootwright event list "
		"says what happened"},
	/* types */
	{"mgmtclass", true, MGMT},
	{"package", true, MGMT},
	{"file", true, MGMT},
	/* commands */
	{"reposync", true, REPOSYNC},
	{"replicate", true,
		"on the old server: bootwright export --secrets >FILE; on the new one: bootwright "
		"apply FILE"},
	{"buildiso", true,
		"no boot CD is made; where firmware cannot boot from the network, give it iPXE on "
		"a "
		"stick"},
	{"get-autoinstall", true, ANSWER},
	{"getks", true, ANSWER},
	{"mkloaders", true, "sync takes the boot loaders from Debian's packages"},
	{"get-loaders", true, "sync takes the boot loaders from Debian's packages"},
	{"dlcontent", true, "sync takes the boot loaders from Debian's packages"},
	{"signature", true,
		"import reads the files of /usr/share/bootwright/profiles/signatures, and your own "
		"in signatures below the state folder"},
	{"hardlink", true, "import links files where it can"},
	{"aclsetup", true, "make tokens for people: bootwright token add"},
	{"validate-autoinstalls", true, VALIDATE},
	{"validate-ks", true, VALIDATE},
	{"validateks", true, VALIDATE},
	{"setting", true,
		"it is: bootwright settings report, and bootwright settings edit --FIELD=VALUE"},
	{"poweron", true, POWER},
	{"poweroff", true, POWER},
	{"powerstatus", true, POWER},
	{"reboot", true, POWER},
};
const size_t n_left_out = ARRAY_SIZE(left_out);

/* '_' and '-' are the same letter. */
static bool same_word(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

const char *cobbler_field(const char *option)
{
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++)
		if (same_word(spellings[i].option, option))
			return spellings[i].field;
	return NULL;
}

bool cobbler_spelling(size_t i, const char **option, const char **field)
{
	if (i >= ARRAY_SIZE(spellings))
		return false;
	*option = spellings[i].option;
	*field = spellings[i].field;
	return true;
}

static const struct left_out *find(const char *word, bool command)
{
	for (size_t i = 0; i < n_left_out; i++)
		if (left_out[i].command == command && same_word(left_out[i].name, word))
			return &left_out[i];
	return NULL;
}

const struct left_out *left_out_option(const char *option)
{
	return find(option, false);
}

/* "reposync", "package add", "system poweron" */
const struct left_out *left_out_command(size_t n, char *const words[])
{
	const struct left_out *row = n ? find(words[0], true) : NULL;

	return row || n < 2 ? row : find(words[1], true);
}
