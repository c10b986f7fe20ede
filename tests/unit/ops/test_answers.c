/*
 * Whole answer files: what each template makes of each sort of machine, compared with golden files
 * (tests/golden/answers/FAMILY-CASE.PART); GOLDEN=rewrite writes them anew. The installers' own
 * tools judge them: tests/answers/.
 */
#include "ops/answer/autoinstall.h"
#include "ops/answer/autoinstall_parts.h"
#include "ops_support.h"

#define HASH                                                                                       \
	"$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./"             \
	"0123456789abcdefghij01"
#define GPG_KEY                                                                                    \
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nmDMEZUsedNowhere\\n"                            \
	"-----END PGP PUBLIC KEY BLOCK-----"
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBootwrightTestKeyNotUsedAnywhere0000000 "

enum {
	DHCP = 1,
	NET = 2,
	DISKS = 4,
	XEN = 8,
	PROFILE = 16,
	HOSTILE = 32,
	ALL = 63,
	ARP = 64,
	FEW = NET | DISKS, /* of releases that differ little */
};

static const struct family {
	const char *name;
	const char *distro;   /* members, without kernel and initrd */
	const char *parts[9]; /* "" is the file itself */
	unsigned cases;
	const char *layout; /* of several disks */
} families[] = {
	{"debian11", "'breed': 'debian', 'os_version': 'bullseye', 'autoinstall': 'debian.preseed'",
		{"preseed", "late.sh"}, FEW, "lvm"},
	{"debian12",
		"'breed': 'debian', 'os_version': 'bookworm', 'autoinstall': 'debian.preseed',"
		"'tree': '/trees/debian12', 'autoinstall_meta': {'tree_is_archive': 'yes'}",
		{"preseed", "late.sh"}, ALL, "lvm"},
	{"debian13", "'breed': 'debian', 'os_version': 'trixie', 'autoinstall': 'debian.preseed'",
		{"preseed", "late.sh"}, FEW | ARP, "plain"},
	{"rhel8",
		"'breed': 'redhat', 'os_version': 'rhel8', 'autoinstall': 'rhel.ks',"
		"'tree': '/trees/rhel8'",
		{"ks"}, FEW, "lvm"},
	{"rhel9",
		"'breed': 'redhat', 'os_version': 'alma9.4', 'autoinstall': 'rhel.ks',"
		"'tree': '/trees/alma9'",
		{"ks"}, ALL, "lvm"},
	{"rhel10",
		"'breed': 'redhat', 'os_version': 'rocky10', 'autoinstall': 'rhel.ks',"
		"'tree': '/trees/rocky10'",
		{"ks"}, FEW, "plain"},
	{"fedora",
		"'breed': 'redhat', 'os_version': 'fedora41', 'autoinstall': 'fedora.ks',"
		"'tree': '/trees/f41'",
		{"ks"}, FEW | PROFILE | ARP, "lvm"},
	{"jammy", "'breed': 'ubuntu', 'os_version': 'jammy', 'autoinstall': 'ubuntu.user-data'",
		{"user-data"}, FEW, "plain"},
	{"noble", "'breed': 'ubuntu', 'os_version': 'noble', 'autoinstall': 'ubuntu.user-data'",
		{"user-data", "meta-data", "vendor-data", "network-config"}, ALL, "lvm"},
	{"cloud", "'breed': 'debian', 'os_version': 'trixie', 'autoinstall': 'cloud.user-data'",
		{"user-data", "meta-data", "vendor-data", "network-config"}, ALL | ARP, "plain"},
	{"sles15",
		"'breed': 'suse', 'os_version': 'sles15sp6', 'autoinstall': 'autoyast.xml',"
		"'tree': '/trees/sles15'",
		{"xml"}, ALL, "lvm"},
	{"leap15", "'breed': 'suse', 'os_version': 'leap15.6', 'autoinstall': 'autoyast.xml'",
		{"xml"}, FEW, "plain"},
	{"sles16", "'breed': 'suse', 'os_version': 'sles16.0', 'autoinstall': 'agama.json'",
		{"json"}, ALL, "lvm"},
	{"leap16", "'breed': 'suse', 'os_version': 'leap16.0', 'autoinstall': 'agama.json'",
		{"json"}, FEW, "plain"},
	{"coreos", "'breed': 'coreos', 'os_version': '41', 'autoinstall': 'coreos.ign'",
		{"ign", "live.ign"}, ALL, "plain"},
	{"flatcar", "'breed': 'flatcar', 'os_version': 'stable', 'autoinstall': 'flatcar.ign'",
		{"ign", "live.ign"}, ALL | ARP, "plain"},
	{"fai", "'breed': 'fai', 'os_version': 'bookworm', 'autoinstall': 'fai.variables'",
		{"variables", "classes.sh", "disk-config", "disk-config-efi", "packages", "base.sh",
			"start.sh", "end.sh"},
		ALL, "lvm"},
};

static const char net[] =
	"{'profile': 'FAMILY', 'hostname': 'web7.example.org', 'gateway': '10.77.0.1',"
	"'name_servers': ['10.77.0.2', '2001:db8::53'], 'name_servers_search': ['example.org'],"
	"'serial_device': '1', 'serial_baud_rate': '115200', 'proxy': 'http://proxy:3128',"
	"'kernel_options_post': 'mitigations=off',"
	"'autoinstall_meta': {'ssh_key': ['" KEY "a@example', '" KEY "b@example'],"
	" 'username': 'ops', 'packages': 'vim,tmux', 'ntp_servers': 'ntp1.example.org,10.77.0.3',"
	" 'locale': 'de_DE.UTF-8', 'keymap': 'de', 'timezone': 'Europe/Berlin',"
	" 'registration_code': 'CODE-<1>', 'registration_server': 'https://rmt.example.org',"
	" 'registration_email': 'ops@example.org'}, 'interfaces': {"
	"'eth0': {'mac_address': '52:54:00:aa:00:07', 'interface_type': 'bond_slave',"
	" 'interface_master': 'bond0'},"
	"'eth1': {'mac_address': '52:54:00:aa:00:08', 'interface_type': 'bond_slave',"
	" 'interface_master': 'bond0'},"
	"'bond0': {'interface_type': 'bond', 'bonding_opts': 'mode=802.3ad miimon=100',"
	" 'ip_address': '10.77.0.21', 'netmask': '255.255.255.0', 'static': true, 'mtu': 9000,"
	" 'ipv6_address': '2001:db8::21', 'ipv6_prefix': 64, 'ipv6_secondaries': ['2001:db8::22'],"
	" 'ipv6_default_gateway': '2001:db8::1', 'static_routes': ['10.0.0.0/8:10.77.0.254'],"
	" 'ipv6_static_routes': ['2001:db8:1::/48=2001:db8::2'], 'management': true},"
	"'bond0.100': {'ip_address': '10.100.0.21', 'netmask': '255.255.0.0', 'static': true},"
	"'bond0.200': {'interface_type': 'bridge_slave', 'interface_master': 'br0',"
	" 'static': true},"
	"'br0': {'interface_type': 'bridge', 'bridge_opts': 'stp=no', 'static': true,"
	" 'ip_address': '10.200.0.21', 'netmask': '255.255.255.0'},"
	"'eth2': {'mac_address': '52:54:00:aa:00:09'},"
	"'ipmi': {'interface_type': 'bmc', 'ip_address': '10.9.9.9'}}}";

/* Whatever is text goes through every quoting there is. */
static const char hostile[] =
	"{'profile': 'FAMILY', 'comment': 'a \\u0022b\\u0022 `c` $(reboot) <&> %end #',"
	"'hostname': 'h', 'kernel_options_post': {'a': '\\u0022`$(reboot)\\\\ <b>&'},"
	"'autoinstall_meta': {'ssh_key': '" KEY
	"o`b \\u0022x\\u0022 $(reboot) ]]> <&> \\\\ \\u0060id\\u0060 #',"
	" 'username': 'ops', 'packages': 'a`b,\\u0022c\\u0022,$(d),<e>&,#f',"
	" 'locale': 'x\\u0022`$(y)<&>#', 'keymap': 'k\\u0022`$(y)<&>#', 'timezone':"
	" 'E\\u0022`$(y)<&>#\\\\', 'ntp_servers': 'n\\u0022`$(y)<&>#'},"
	"'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:07', 'interface_master': 'bond0'},"
	"'bond0': {'interface_type': 'bond', 'bonding_opts': 'mode=active-backup "
	"x=1\\u0022`$(y)<&>#\\\\'}}}";

static const struct kase {
	unsigned bit;
	const char *name;
	const char *system; /* NULL: the profile itself */
} cases[] = {
	{DHCP, "dhcp",
		"{'profile': 'FAMILY', 'hostname': 'web7.example.org', 'interfaces': {'eth0': {"
		"'mac_address': '52:54:00:aa:00:07', 'ip_address': '10.77.0.21'}}}"},
	{NET, "net", net},
	{DISKS, "disks",
		"{'profile': 'FAMILY', 'hostname': 'db1', 'ipv6_autoconfiguration': true,"
		"'autoinstall_meta': {'disks': '/dev/sda,/dev/nvme0n1,/dev/sdc', 'disk_layout':"
		" 'LAYOUT', 'filesystem': 'xfs', 'ssh_key': '" KEY
		"root'}, 'interfaces': {'ens3': {"
		"'mac_address': '52:54:00:aa:00:0a', 'ip_address': '10.77.0.22',"
		"'netmask': '255.255.255.0', 'if_gateway': '10.77.0.1', 'static': true}}}"},
	{XEN, "xen",
		"{'profile': 'FAMILY', 'virt_type': 'xenpv', 'interfaces': {'eth0': {"
		"'mac_address': '00:16:3e:00:00:01'}}}"},
	{PROFILE, "profile", NULL},
	{HOSTILE, "hostile", hostile},
	/* Numbers for names, values with commas in them, a member's name. */
	{ARP, "arp",
		"{'profile': 'FAMILY', 'hostname': 'db2', 'interfaces': {"
		"'eth0': {'mac_address': '52:54:00:aa:00:0a', 'interface_master': 'bond0'},"
		"'eth1': {'mac_address': '52:54:00:aa:00:0b', 'interface_master': 'bond0'},"
		"'bond0': {'interface_type': 'bond', 'bonding_opts': 'mode=1 arp_interval=500 "
		"arp_ip_target=10.77.0.1,10.77.0.2 arp_validate=3 primary=eth1 "
		"primary_reselect=better'}}}"},
};

static void replace(char **text, const char *from, const char *to)
{
	for (char *at; (at = strstr(*text, from));) {
		char *made = xasprintf("%.*s%s%s", (int)(at - *text), *text, to, at + strlen(from));

		free(*text);
		*text = made;
	}
}

static void put_common(struct bench *bench)
{
	bench_write(bench, "linux", "kernel");
	bench_write(bench, "initrd.gz", "initrd");
	bench_put(bench, &settings_type, "settings",
		"{'server': '10.77.0.1', 'default_password_crypted': '" HASH "'}");
	bench_put(bench, &repo_type, "tools",
		"{'breed': 'yum', 'mirror': 'http://repo.example.org/tools/', 'priority': 10,"
		"'gpg_key': '" GPG_KEY "'}");
	bench_put(bench, &repo_type, "debs",
		"{'breed': 'apt', 'mirror': 'http://repo.example.org/debian',"
		"'apt_dists': ['stable', 'stable-updates'], 'apt_components': ['main', 'extra'],"
		"'gpg_key': '" GPG_KEY "'}");
}

static void put_family(struct bench *bench, const struct family *family)
{
	autofree char *distro = xasprintf("{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz'], %s}",
		bench->folder, bench->folder, family->distro);
	autofree char *profile =
		xasprintf("{'distro': '%s', 'repos': ['tools', 'debs']}", family->name);

	bench_put(bench, &distro_type, family->name, distro);
	bench_put(bench, &profile_type, family->name, profile);
}

static void put_system(struct bench *bench, const struct family *family, const struct kase *kase)
{
	autofree char *system = xstrdup(kase->system);

	replace(&system, "FAMILY", family->name);
	replace(&system, "LAYOUT", family->layout);
	bench_put(bench, &system_type, "web7", system);
}

static void compare(int folder, const char *file, const struct answer *answer)
{
	const char *golden = getenv("GOLDEN");
	autostrbuf wanted = STRBUF_INIT;

	if (golden && strcmp(golden, "rewrite") == 0)
		MUST(file_replace(folder, file, 0644, answer->text, answer->len, &why));
	MUST(file_read(folder, file, 1 << 20, &wanted, &why));
	if (strcmp(answer->text, wanted.buf) != 0)
		fail_msg("%s differs:\n%s", file, answer->text);
}

static void render_case(
	struct bench *bench, const struct family *family, const struct kase *kase, int folder)
{
	const struct item_type *type = kase->system ? &system_type : &profile_type;

	if (kase->system)
		put_system(bench, family, kase);
	for (size_t i = 0; family->parts[i]; i++) {
		autofree char *file =
			xasprintf("%s-%s.%s", family->name, kase->name, family->parts[i]);
		struct answer *answer = NULL;
		struct err err = ERR_INIT;

		/* the first is the file itself, by whatever name */
		if (autoinstall_part_answer(bench->server, type,
			    kase->system ? "web7" : family->name, i ? family->parts[i] : "",
			    &answer, &err) < 0)
			fail_msg("%s: %s", file, err.msg);
		compare(folder, file, answer);
		answer_release(answer);
	}
}

static void golden_answers(void **state)
{
	struct bench *bench = *state;
	autoclose int folder = open("tests/golden/answers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	put_common(bench);
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		put_family(bench, &families[i]);
		for (size_t k = 0; k < ARRAY_SIZE(cases); k++)
			if (families[i].cases & cases[k].bit)
				render_case(bench, &families[i], &cases[k], folder);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(golden_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
