/* The commands that every item type has, and those about the settings: rows like commands.c. */
#include "cli/command_rows.h"

static const struct opt name_options[] = {ROW_NAME};
static const struct opt report_options[] = {
	ROW(name, "name", "NAME", "Only this one; may also be given as a word."),
	ROW_AS_OF,
};
static const struct opt add_options[] = {
	ROW_NAME,
	ROW(clobber, "clobber", NULL,
		"Replace the one that is there; without it, that is an error."),
	ROW(in_place, "in-place", NULL,
		"For scripts that always say it: what is new has nothing to merge with."),
	ROWS_CHANGE,
};
static const struct opt edit_options[] = {
	ROW_NAME,
	ROW(in_place, "in-place", NULL,
		"Merge maps (kernel-options, autoinstall-meta) key by key instead of replacing "
		"them; !key removes a key."),
	ROWS_CHANGE,
};
static const struct opt settings_options[] = {
	ROW(in_place, "in-place", NULL,
		"Merge maps (kernel-options, autoinstall-meta) key by key instead of replacing "
		"them; !key removes a key."),
	ROWS_CHANGE,
};
static const struct opt newname_options[] = {ROW_NAME, ROW_NEWNAME, ROWS_CHANGE};
static const struct opt remove_options[] = {
	ROW_NAME,
	ROW(recursive, "recursive", NULL, "Also remove all that depends on it."),
	ROWS_CHANGE,
};
static const struct opt list_options[] = {ROW_FIELDS, ROW_SORT, ROW_AS_OF};
static const struct opt find_options[] = {
	ROW(name, "name", "GLOB", "What the name must match."),
	ROW_FIELDS,
	ROW_SORT,
	ROW_RESOLVED,
	ROW_AS_OF,
};
static const struct opt history_options[] = {ROW_NAME, ROWS_HISTORY};

static const struct opt reinstall_options[] = {
	ROW_NAME,
	ROW(cancel, "cancel", NULL,
		"Instead let it boot from its disk, and forget what became of its installation."),
	ROWS_CHANGE,
};
static const struct opt served_options[] = {
	ROW_NAME,
	ROW(limit, "limit", "N", "How many, what was served last first (100)."),
};

const struct command item_commands[] = {
	{
		.words = "TYPE add",
		.group = GROUP_ITEM_WRITE,
		.synopsis = "--name=NAME --FIELD=VALUE …",
		.help = "define a new one",
		.example =
			"bootwright distro add --name=foo --kernel=/srv/linux "
			"--initrd=/srv/initrd.gz\n"
			"bootwright profile add --name=bar --distro=foo --virt-ram=1024\n"
			"bootwright system add --name=web7 --profile=bar --interface=eth0 "
			"--mac-address=52:54:00:aa:00:07\n"
			"bootwright system add --name=db1 --profile=bar --interface=eth0 "
			"--mac=52:54:00:aa:01:01 --interface=eth1 --mac=52:54:00:aa:01:02 "
			"--ip=10.0.1.7 --netmask=24 --static=yes\n"
			"bootwright image add --name=memtest --file=/srv/memtest.bin "
			"--image-type=direct\n"
			"bootwright repo add --name=updates --breed=apt "
			"--mirror=http://deb.debian.org/debian --apt-dists=bookworm-updates "
			"--apt-components=main\n"
			"bootwright menu add --name=tests --display-name='Memory and disk tests'\n"
			"bootwright template add --name=tiny.preseed --content=@tiny.preseed\n"
			"bootwright snippet add --name=banner --content='# made by bootwright'\n"
			"bootwright group add --name=web --comment='the web servers'\n"
			"bootwright network add --name=lan --address=10.77.0.0/24 "
			"--gateway=10.77.0.1 --dhcp-range=10.77.0.50-10.77.0.99",
		.fields = FIELDS_PATCH,
		OPTIONS(add_options),
		.max_words = 1,
		.run = run_add,
	},
	{
		.words = "TYPE edit",
		.group = GROUP_ITEM_WRITE,
		.synopsis = "--name=NAME --FIELD=VALUE …",
		.help = "change fields; '<<inherit>>' unsets one",
		.example =
			"bootwright profile edit --name=bar --virt-ram=2048 "
			"--virt-path='<<inherit>>'\n"
			"bootwright system edit --name=web7 --in-place --kernel-options='quiet "
			"!splash'\n"
			"bootwright system edit --name=web7 --groups=web --interface=eth0 "
			"--ip-address=10.0.0.7\n"
			"bootwright system edit --name=db1 --delete-interface=eth1 --dry-run\n"
			"bootwright template edit --name=tiny.preseed --content=- <tiny.preseed\n"
			"bootwright image edit --name=memtest --menu=tests",
		.fields = FIELDS_PATCH,
		OPTIONS(edit_options),
		.max_words = 1,
		.run = run_edit,
	},
	{
		.words = "TYPE copy",
		.group = GROUP_ITEM_WRITE,
		.synopsis = "--name=NAME --newname=NAME [--FIELD=VALUE …]",
		.help = "define one like another; a system's copy has no MAC and IP addresses, and "
			"boots from its disk where the other one does",
		.example = "bootwright system copy --name=web7 --newname=web8 --interface=eth0 "
			   "--mac-address=52:54:00:aa:00:08",
		.fields = FIELDS_PATCH,
		OPTIONS(newname_options),
		.max_words = 2,
		.run = run_copy,
	},
	{
		.words = "TYPE rename",
		.group = GROUP_ITEM_WRITE,
		.synopsis = "--name=NAME --newname=NAME",
		.help = "give it another name; what refers to it follows",
		.example = "bootwright system rename web8 www8",
		OPTIONS(newname_options),
		.max_words = 2,
		.run = run_rename,
	},
	{
		.words = "TYPE remove",
		.group = GROUP_ITEM_WRITE,
		.synopsis = "--name=NAME [--recursive]",
		.help = "remove it",
		.example = "bootwright system remove www8\n"
			   "bootwright distro remove --name=foo --recursive --dry-run",
		OPTIONS(remove_options),
		.max_words = 1,
		.run = run_remove,
	},
	{
		.words = "TYPE list",
		.group = GROUP_ITEM_READ,
		.synopsis = "[--fields=A,B] [--sort=[-]FIELD]",
		.help = "the names, one on a line",
		.example = "bootwright system list --output=table\n"
			   "bootwright profile list --fields=distro,virt_ram --sort=-virt_ram",
		OPTIONS(list_options),
		.run = run_list,
	},
	{
		.words = "TYPE find",
		.group = GROUP_ITEM_READ,
		.synopsis = "--FIELD=WHAT …",
		.help = "the names of those whose fields match: text, web*, '>=512', '!text'",
		.example = "bootwright system find --mac-address=52:54:00:aa:00:07\n"
			   "bootwright profile find --distro=foo --virt-ram='>=1024'\n"
			   "bootwright system find --hostname= --output=table",
		.fields = FIELDS_FILTER,
		OPTIONS(find_options),
		.run = run_find,
	},
	{
		.words = "TYPE report",
		.group = GROUP_ITEM_READ,
		.synopsis = "[--name=NAME]",
		.help = "all fields, with what they inherit",
		.example = "bootwright system report web7\n"
			   "bootwright profile report --output=table",
		OPTIONS(report_options),
		.max_words = 1,
		.run = run_report,
	},
	{
		.words = "TYPE explain",
		.group = GROUP_ITEM_READ,
		.synopsis = "NAME [FIELD]",
		.help = "where each value comes from, and what it overrides",
		.example =
			"bootwright system explain web7\nbootwright system explain web7 virt-ram",
		OPTIONS(name_options),
		.max_words = 2,
		.run = run_explain,
	},
	{
		.words = "TYPE history",
		.group = GROUP_ITEM_READ,
		.synopsis = "NAME [--limit=N]",
		.help = "who changed what and when",
		.example = "bootwright system history web7 --limit=5",
		OPTIONS(history_options),
		.max_words = 1,
		.run = run_history,
	},
	{
		.words = "TYPE dumpvars",
		.group = GROUP_ITEM_READ,
		.synopsis = "NAME",
		.help = "what templates see of it",
		.example = "bootwright system dumpvars web7",
		OPTIONS(name_options),
		.max_words = 1,
		.run = run_dumpvars,
	},
	{
		.words = "system reinstall",
		.group = GROUP_ITEM_WRITE,
		.synopsis = "NAME … [--cancel]",
		.help = "install it at its next start, as if it had never tried",
		.example = "bootwright system reinstall web7 db1\n"
			   "bootwright system reinstall web7 --cancel",
		OPTIONS(reinstall_options),
		.max_words = 1000,
		.run = run_reinstall,
	},
	{
		.words = "system served",
		.group = GROUP_ITEM_READ,
		.synopsis = "NAME [--limit=N]",
		.help = "which boot and answer files it was given over HTTP, when, and their "
			"SHA-256; of TFTP the server hears nothing: in.tftpd tells the system's "
			"log",
		.example = "bootwright system served web7",
		OPTIONS(served_options),
		.max_words = 1,
		.run = run_served,
	},
	{
		.words = "settings report",
		.group = GROUP_SETTINGS,
		.synopsis = "",
		.help = "what holds for everything here",
		.run = run_settings_report,
	},
	{
		.words = "settings edit",
		.group = GROUP_SETTINGS,
		.synopsis = "--FIELD=VALUE …",
		.help = "change settings",
		.example = "bootwright settings edit --server=10.0.0.1 --next-server-v4=10.0.0.1 "
			   "--dhcp-interface=eth1 --dhcp-range=10.0.0.50,10.0.0.99\n"
			   "openssl passwd -6 | bootwright settings edit "
			   "--default-password-crypted=-",
		.fields = FIELDS_PATCH,
		OPTIONS(settings_options),
		.run = run_settings_edit,
	},
};
const size_t n_item_commands = ARRAY_SIZE(item_commands);
