/* THE table of commands: a row for each; those about items and settings are in item_commands.c. */
#include "cli/command_rows.h"

static const struct opt report_options[] = {ROW_AS_OF};
static const struct opt all_history_options[] = {
	ROW(type, "type", "TYPE", "Only of items of this type."),
	ROW(name, "name", "NAME", "Only of items of this name."),
	ROWS_HISTORY,
};
static const struct opt revert_options[] = {
	ROW(all, "all", NULL, "All changes that were made together with it, such as by one apply."),
	ROW(force, "force", NULL, "Also where the item has been changed again since."),
	ROWS_CHANGE,
};
static const struct opt export_options[] = {
	ROW(secrets, "secrets", NULL, "With passwords in clear; needs the role admin."),
	ROW_AS_OF,
};
static const struct opt apply_options[] = {
	ROW(dry_run, "dry-run", NULL,
		"Change nothing; print the difference, also of the published files. Exit status "
		"0: none, 1: some, 2: error."),
	ROW(prune, "prune", NULL,
		"Also remove what the file does not have, of the types that it has."),
	ROW(confirm, "confirm", NULL, "Also where a system is protected."),
};
static const struct opt import_options[] = {
	ROW(path, "path", "DIR", "The distribution's tree: a mounted DVD, a mirror."),
	ROW(name, "name", "NAME", "What the distro and the profile will be called."),
	ROW(arch, "arch", "ARCH", "What it must be, such as x86_64."),
	ROW(breed, "breed", "BREED", "Its family, such as debian, where the tree does not tell."),
	ROW(os_version, "os-version", "VERSION", "Its release, where the tree does not tell."),
	ROW(autoinstall, "autoinstall", "TEMPLATE", "The profile's answer file."),
	ROW(autoinstall, "kickstart", "TEMPLATE", "The same, by its old name."),
	ROW(autoinstall, "autoinst", "TEMPLATE", "The same, by another old name."),
	ROW(available_as, "available-as", "URL",
		"Where machines find the tree already: only kernel and initrd are kept here."),
};
static const struct opt sync_options[] = {
	ROW(system, "system", "NAME,…",
		"Only these systems' own files, whatever else has changed."),
	ROW(wait, "wait", NULL, "Until all is published: so it does without this, too."),
	ROW(dry_run, "dry-run", NULL,
		"Print what would change, as a diff; exit with 0: nothing, 1: changes, 2: error."),
};
static const struct opt rollback_options[] = {
	ROW(generation, "generation", "N", "Its number; else the one before. See sync status."),
	ROW(dry_run, "dry-run", NULL,
		"Print what would change, as a diff; exit with 0: nothing, 1: changes, 2: error."),
};
static const struct opt explain_options[] = {
	ROW(arch, "arch", "ARCH", "x86_64, i386 or aarch64; else the system's."),
	ROW(firmware, "firmware", "WHAT",
		"bios, uefi or uefi-http (UEFI HTTP Boot); else both bios and uefi."),
	ROW(user_class, "user-class", "iPXE", "The network card's own ROM is iPXE, as in QEMU."),
	ROW(network, "network", "NAME",
		"Where the machine is; else by its address, or the first network."),
	ROW(choose, "choose", "MENU>ENTRY",
		"What somebody chooses in its menus, by the titles shown; else what they start by "
		"themselves."),
	ROW(secure_boot, "secure-boot", NULL, "With Secure Boot."),
};
static const struct opt loaders_options[] = {
	ROW(missing, "missing", NULL,
		"Only those that are not installed; exit with 1 where some machine needs one."),
};
static const struct opt dhcp_options[] = {
	ROW(format, "format", "SERVER", "dnsmasq, isc (ISC dhcpd), kea or mikrotik (RouterOS)."),
	ROW(network, "network", "NAME", "As this server is seen from that network."),
};
static const struct opt event_options[] = {
	ROW(follow, "follow", NULL, "Go on and print events as they come."),
	ROW(limit, "limit", "N", "How many of the last events (50)."),
};
static const struct opt install_options[] = {
	ROW(state, "state", "STATE", "Only these: started, finished or 'gave up'."),
};
static const struct opt discovered_add_options[] = {
	ROW(name, "name", "NAME", "What the system will be called."),
	ROW(profile, "profile", "PROFILE", "What it will install."),
	ROW(interface, "interface", "NAME", "The card with that MAC address (eth0)."),
	ROW(dry_run, "dry-run", NULL,
		"Change nothing; print what would change in the published files. Exit status 0: "
		"none, 1: some, 2: error."),
};
static const struct opt token_options[] = {
	ROW(name, "name", "NAME", "Who or what will use it."),
	ROW(role, "role", "ROLE", "read, operate or admin: what it may do."),
	ROW(expires, "expires", "DAYS", "For how many days it is good; else for ever."),
};
static const struct opt revoke_options[] = {
	ROW(name, "name", "NAME", "Which token."),
};

const struct command commands[] = {
	{
		.words = "import",
		.group = GROUP_BOOT,
		.synopsis = "--path=DIR --name=NAME [OPTIONS]",
		.help = "make a distro and a profile from a distribution's tree",
		.example = "bootwright import --path=/mnt/dvd --name=scotland",
		OPTIONS(import_options),
		.run = run_import,
	},
	{
		.words = "sync",
		.group = GROUP_BOOT,
		.synopsis = "[--dry-run] [--system=NAME,…]",
		.help = "publish boot menus, images and DHCP for all that is defined",
		.example = "bootwright sync --dry-run\nbootwright sync",
		OPTIONS(sync_options),
		.run = run_sync,
	},
	{
		.words = "sync status",
		.group = GROUP_BOOT,
		.synopsis = "",
		.help = "what is published, and what was before and is kept",
		.run = run_sync_status,
	},
	{
		.words = "sync rollback",
		.group = GROUP_BOOT,
		.synopsis = "[--generation=N] [--dry-run]",
		.help = "publish an older generation again, until the next sync",
		.example = "bootwright sync rollback --dry-run\n"
			   "bootwright sync rollback --generation=41",
		OPTIONS(rollback_options),
		.run = run_sync_rollback,
	},
	{
		.words = "boot explain",
		.group = GROUP_CHAIN,
		.synopsis = "MAC|SYSTEM [--firmware=bios|uefi|uefi-http] [--secure-boot] …",
		.help = "walk a machine's boot step by step, from what is published, and say what "
			"is broken",
		.example =
			"bootwright boot explain web7\n"
			"bootwright boot explain 52:54:00:aa:00:01 --firmware=bios\n"
			"bootwright boot explain 52:54:00:aa:00:01 --firmware=uefi --secure-boot\n"
			"bootwright boot explain 52:54:00:aa:00:99 --choose='Rescue>Rescue with "
			"web'",
		OPTIONS(explain_options),
		.max_words = 1,
		.run = run_boot_explain,
	},
	{
		.words = "loaders",
		.group = GROUP_CHAIN,
		.synopsis = "[--missing]",
		.help = "the boot loaders: where they come from, what is published (sync does "
			"that), what is missing",
		.example = "bootwright loaders\nbootwright loaders --missing",
		OPTIONS(loaders_options),
		.run = run_loaders,
	},
	{
		.words = "dhcp show",
		.group = GROUP_CHAIN,
		.synopsis = "[--format=dnsmasq|isc|kea|mikrotik] [--network=NAME]",
		.help = "print what somebody else's DHCP server must be told so that machines boot "
			"from here",
		.example = "bootwright dhcp show --format=isc",
		OPTIONS(dhcp_options),
		.run = run_dhcp_show,
	},
	{
		.words = "check",
		.group = GROUP_CHAIN,
		.synopsis = "",
		.help = "say what would stop provisioning here, and what to do about it",
		.run = run_check,
	},
	{
		.words = "status",
		.group = GROUP_SERVER,
		.synopsis = "",
		.help = "what the server is doing and what is published",
		.run = run_status,
	},
	{
		.words = "list",
		.group = GROUP_STATE,
		.synopsis = "",
		.help = "the names of everything, by type",
		.run = run_list_all,
	},
	{
		.words = "report",
		.group = GROUP_STATE,
		.synopsis = "[--as-of=REV|TIME]",
		.help = "all fields of everything",
		OPTIONS(report_options),
		.run = run_report_all,
	},
	{
		.words = "export",
		.group = GROUP_STATE,
		.synopsis = "[--as-of=REV|TIME] [--secrets]",
		.help = "print everything as JSON that apply takes and a Git repository can hold",
		.example = "bootwright export >estate.json",
		OPTIONS(export_options),
		.run = run_export,
	},
	{
		.words = "apply",
		.group = GROUP_STATE,
		.synopsis = "FILE|- [--dry-run] [--prune] [--confirm]",
		.help = "make everything be as the file says, in one step, and print the "
			"difference",
		.example = "bootwright apply estate.json --dry-run\n"
			   "bootwright apply estate.json --prune",
		OPTIONS(apply_options),
		.max_words = 1,
		.run = run_apply,
	},
	{
		.words = "history",
		.group = GROUP_STATE,
		.synopsis = "[--type=TYPE] [--name=NAME] [--limit=N]",
		.help = "who changed what and when, the newest first",
		.example = "bootwright history --limit=10\n"
			   "bootwright history --type=profile --output=json",
		OPTIONS(all_history_options),
		.run = run_history_all,
	},
	{
		.words = "diff",
		.group = GROUP_STATE,
		.synopsis = "REVISION",
		.help = "what a change changed",
		.example = "bootwright diff 1",
		.max_words = 1,
		.run = run_diff,
	},
	{
		.words = "revert",
		.group = GROUP_STATE,
		.synopsis = "REVISION [--all] [--dry-run] [--force] [--confirm]",
		.help = "undo a change; also a removal",
		.example = "bootwright revert 1 --dry-run",
		OPTIONS(revert_options),
		.max_words = 1,
		.run = run_revert,
	},
	{
		.words = "task list",
		.group = GROUP_SERVER,
		.synopsis = "",
		.help = "imports and syncs, running and done",
		.run = run_task_list,
	},
	{
		.words = "event list",
		.group = GROUP_SERVER,
		.synopsis = "[--follow]",
		.help = "what happened: installations, imports, syncs",
		.example = "bootwright event list --follow",
		OPTIONS(event_options),
		.run = run_event_list,
	},
	{
		.words = "install list",
		.group = GROUP_BOOT,
		.synopsis = "[--state=STATE]",
		.help = "how far the installation of each system is whose installer was ever seen",
		.example = "bootwright install list --state=started\n"
			   "bootwright install list --state='gave up'",
		OPTIONS(install_options),
		.run = run_install_list,
	},
	{
		.words = "discovered list",
		.group = GROUP_DISCOVERED,
		.synopsis = "",
		.help = "machines that booted and that no system has, the last one first",
		.run = run_discovered_list,
	},
	{
		.words = "discovered add",
		.group = GROUP_DISCOVERED,
		.synopsis = "MAC --name=NAME --profile=PROFILE [--interface=NAME]",
		.help = "make a discovered machine a system",
		.example = "bootwright discovered add 52:54:00:aa:00:09 --name=web9 --profile=bar",
		OPTIONS(discovered_add_options),
		.max_words = 1,
		.run = run_discovered_add,
	},
	{
		.words = "discovered remove",
		.group = GROUP_DISCOVERED,
		.synopsis = "MAC",
		.help = "forget a discovered machine, until it boots again",
		.example = "bootwright discovered remove 52:54:00:aa:00:09",
		.max_words = 1,
		.run = run_discovered_remove,
	},
	{
		.words = "token add",
		.group = GROUP_SERVER,
		.synopsis = "--name=NAME --role=ROLE [--expires=DAYS]",
		.help = "make an API token; it is shown once",
		.example = "bootwright token add --name=ansible --role=operate --expires=90",
		OPTIONS(token_options),
		.run = run_token_add,
	},
	{
		.words = "token list",
		.group = GROUP_SERVER,
		.synopsis = "",
		.help = "the API tokens, without their secrets",
		.run = run_token_list,
	},
	{
		.words = "token revoke",
		.group = GROUP_SERVER,
		.synopsis = "--name=NAME",
		.help = "make a token useless",
		OPTIONS(revoke_options),
		.max_words = 1,
		.run = run_token_revoke,
	},
	{
		.words = "version",
		.group = GROUP_HELP,
		.synopsis = "",
		.help = "print the version",
		.local = true,
		.run = run_version,
	},
	{
		.words = "completion",
		.group = GROUP_HELP,
		.synopsis = "bash|zsh",
		.help = "print what a shell needs to complete this program's words",
		.example = "bootwright completion bash >/etc/bash_completion.d/bootwright\n"
			   "bootwright completion zsh >/usr/local/share/zsh/site-functions/"
			   "_bootwright",
		.max_words = 1,
		.local = true,
		.run = run_completion,
	},
	{
		.words = "complete",
		.group = GROUP_HIDDEN,
		.synopsis = "-- [WORD …]",
		.help = "print what may be in the place of the last word, for the shells' "
			"completion",
		.max_words = 1000,
		.local = true,
		.run = run_complete,
	},
	{
		.words = "man",
		.group = GROUP_HIDDEN,
		.synopsis = "[bootwright|bootwright-fields]",
		.help = "print a manual page, for man -l -",
		.example = "bootwright man bootwright-fields",
		.max_words = 1,
		.local = true,
		.run = run_man,
	},
	{
		.words = "help",
		.group = GROUP_HELP,
		.synopsis = "[COMMAND]",
		.help = "this text, or a command's own",
		.max_words = 2,
		.local = true,
		.run = run_help,
	},
};
const size_t n_commands = ARRAY_SIZE(commands);
