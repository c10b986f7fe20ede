/* THE table of commands: a row for each, and how a command line finds its row. */
#include "cli/commands.h"

#include <string.h>

#define ROW(member, name, arg, help) OPT(struct cli_args, member, name, arg, help)
#define OPTIONS(rows)                .options = (rows), .n_options = ARRAY_SIZE(rows)

static const struct opt name_options[] = {
	ROW(name, "name", "NAME", "Which one; may also be given as a word."),
};
static const struct opt report_options[] = {
	ROW(name, "name", "NAME", "Only this one; may also be given as a word."),
};
static const struct opt edit_options[] = {
	ROW(name, "name", "NAME", "Which one; may also be given as a word."),
	ROW(in_place, "in-place", NULL,
		"Merge maps (kernel-options, autoinstall-meta) key by key instead of replacing "
		"them; !key removes a key."),
};
static const struct opt newname_options[] = {
	ROW(name, "name", "NAME", "Which one; may also be given as a word."),
	ROW(newname, "newname", "NAME", "The new name."),
};
static const struct opt remove_options[] = {
	ROW(name, "name", "NAME", "Which one; may also be given as a word."),
	ROW(recursive, "recursive", NULL, "Also remove all that depends on it."),
};
static const struct opt list_options[] = {
	ROW(fields, "fields", "A[,B…]", "Columns for --output=table."),
};
static const struct opt find_options[] = {
	ROW(name, "name", "GLOB", "What the name must match."),
	ROW(fields, "fields", "A[,B…]", "Columns for --output=table."),
};
static const struct opt history_options[] = {
	ROW(name, "name", "NAME", "Which one; may also be given as a word."),
	ROW(limit, "limit", "N", "How many changes, the newest first."),
};
static const struct opt import_options[] = {
	ROW(path, "path", "DIR", "The distribution's tree: a mounted DVD, a mirror."),
	ROW(name, "name", "NAME", "What the distro and the profile will be called."),
	ROW(arch, "arch", "ARCH", "What it must be, such as x86_64."),
	ROW(breed, "breed", "BREED", "Its family, such as debian, where the tree does not tell."),
	ROW(os_version, "os-version", "VERSION", "Its release, where the tree does not tell."),
	ROW(autoinstall, "autoinstall", "TEMPLATE", "The profile's answer file."),
	ROW(autoinstall, "kickstart", "TEMPLATE", "The same, by its old name."),
	ROW(available_as, "available-as", "URL",
		"Where machines find the tree already: only kernel and initrd are kept here."),
};
static const struct opt sync_options[] = {
	ROW(dry_run, "dry-run", NULL,
		"Print what would change, as a diff; exit with 0: nothing, 1: error, 2: changes."),
};
static const struct opt event_options[] = {
	ROW(follow, "follow", NULL, "Go on and print events as they come."),
	ROW(limit, "limit", "N", "How many of the last events (50)."),
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
		.synopsis = "--path=DIR --name=NAME [OPTIONS]",
		.help = "make a distro and a profile from a distribution's tree",
		.example = "bootwright import --path=/mnt/dvd --name=scotland",
		OPTIONS(import_options),
		.run = run_import,
	},
	{
		.words = "sync",
		.synopsis = "[--dry-run]",
		.help = "publish boot menus, images and DHCP for all that is defined",
		.example = "bootwright sync --dry-run\nbootwright sync",
		OPTIONS(sync_options),
		.run = run_sync,
	},
	{
		.words = "check",
		.synopsis = "",
		.help = "say what would stop provisioning here, and what to do about it",
		.run = run_check,
	},
	{
		.words = "status",
		.synopsis = "",
		.help = "what the server is doing and what is published",
		.run = run_status,
	},
	{
		.words = "list",
		.synopsis = "",
		.help = "the names of everything, by type",
		.run = run_list_all,
	},
	{
		.words = "report",
		.synopsis = "",
		.help = "all fields of everything",
		.run = run_report_all,
	},
	{
		.words = "TYPE add",
		.synopsis = "--name=NAME --FIELD=VALUE …",
		.help = "define a new one",
		.example = "bootwright distro add --name=foo --kernel=/srv/linux "
			   "--initrd=/srv/initrd.gz\n"
			   "bootwright profile add --name=bar --distro=foo --virt-ram=1024\n"
			   "bootwright system add --name=web7 --profile=bar --interface=eth0 "
			   "--mac-address=52:54:00:aa:00:07",
		.fields = FIELDS_PATCH,
		OPTIONS(name_options),
		.max_words = 1,
		.run = run_add,
	},
	{
		.words = "TYPE edit",
		.synopsis = "--name=NAME --FIELD=VALUE …",
		.help = "change fields; '<<inherit>>' unsets one",
		.example =
			"bootwright profile edit --name=bar --virt-ram=2048 "
			"--virt-path='<<inherit>>'\n"
			"bootwright system edit --name=web7 --in-place --kernel-options='quiet "
			"!splash'\n"
			"bootwright system edit --name=web7 --interface=eth0 --ip-address=10.0.0.7 "
			"--delete-interface=eth1",
		.fields = FIELDS_PATCH,
		OPTIONS(edit_options),
		.max_words = 1,
		.run = run_edit,
	},
	{
		.words = "TYPE copy",
		.synopsis = "--name=NAME --newname=NAME [--FIELD=VALUE …]",
		.help = "define one like another; a system's copy has no MAC and IP addresses",
		.example = "bootwright system copy --name=web7 --newname=web8 --interface=eth0 "
			   "--mac-address=52:54:00:aa:00:08",
		.fields = FIELDS_PATCH,
		OPTIONS(newname_options),
		.max_words = 2,
		.run = run_copy,
	},
	{
		.words = "TYPE rename",
		.synopsis = "--name=NAME --newname=NAME",
		.help = "give it another name; what refers to it follows",
		OPTIONS(newname_options),
		.max_words = 2,
		.run = run_rename,
	},
	{
		.words = "TYPE remove",
		.synopsis = "--name=NAME [--recursive]",
		.help = "remove it",
		OPTIONS(remove_options),
		.max_words = 1,
		.run = run_remove,
	},
	{
		.words = "TYPE list",
		.synopsis = "[--output=table [--fields=A,B]]",
		.help = "the names, one on a line",
		OPTIONS(list_options),
		.run = run_list,
	},
	{
		.words = "TYPE find",
		.synopsis = "--FIELD=WHAT …",
		.help = "the names of those whose fields match: text, web*, '>=512', '!text'",
		.example = "bootwright system find --mac-address=52:54:00:aa:00:07\n"
			   "bootwright profile find --distro=foo --virt-ram='>=1024'",
		.fields = FIELDS_FILTER,
		OPTIONS(find_options),
		.run = run_find,
	},
	{
		.words = "TYPE report",
		.synopsis = "[--name=NAME]",
		.help = "all fields, with what they inherit",
		OPTIONS(report_options),
		.max_words = 1,
		.run = run_report,
	},
	{
		.words = "TYPE explain",
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
		.synopsis = "NAME [--limit=N]",
		.help = "who changed what and when",
		OPTIONS(history_options),
		.max_words = 1,
		.run = run_history,
	},
	{
		.words = "TYPE dumpvars",
		.synopsis = "NAME",
		.help = "what templates see of it",
		OPTIONS(name_options),
		.max_words = 1,
		.run = run_dumpvars,
	},
	{
		.words = "settings report",
		.synopsis = "",
		.help = "what holds for everything here",
		.run = run_settings_report,
	},
	{
		.words = "settings edit",
		.synopsis = "--FIELD=VALUE …",
		.help = "change settings",
		.example = "bootwright settings edit --server=10.0.0.1 --next-server-v4=10.0.0.1 "
			   "--dhcp-interface=eth1 --dhcp-range=10.0.0.50,10.0.0.99\n"
			   "openssl passwd -6 | bootwright settings edit "
			   "--default-password-crypted=-",
		.fields = FIELDS_PATCH,
		.run = run_settings_edit,
	},
	{
		.words = "task list",
		.synopsis = "",
		.help = "imports and syncs, running and done",
		.run = run_task_list,
	},
	{
		.words = "event list",
		.synopsis = "[--follow]",
		.help = "what happened: installations, imports, syncs",
		.example = "bootwright event list --follow",
		OPTIONS(event_options),
		.run = run_event_list,
	},
	{
		.words = "token add",
		.synopsis = "--name=NAME --role=ROLE [--expires=DAYS]",
		.help = "make an API token; it is shown once",
		.example = "bootwright token add --name=ansible --role=operate --expires=90",
		OPTIONS(token_options),
		.run = run_token_add,
	},
	{
		.words = "token list",
		.synopsis = "",
		.help = "the API tokens, without their secrets",
		.run = run_token_list,
	},
	{
		.words = "token revoke",
		.synopsis = "--name=NAME",
		.help = "make a token useless",
		OPTIONS(revoke_options),
		.max_words = 1,
		.run = run_token_revoke,
	},
	{
		.words = "version",
		.synopsis = "",
		.help = "print the version",
		.local = true,
		.run = run_version,
	},
	{
		.words = "help",
		.synopsis = "[COMMAND]",
		.help = "this text, or a command's own",
		.max_words = 2,
		.local = true,
		.run = run_help,
	},
};
const size_t n_commands = ARRAY_SIZE(commands);

/* The types that TYPE stands for, by their name in one or many. */
static const struct item_type *listed_type(const char *word)
{
	const struct item_type *type = item_type_find(word);

	return type && item_type_is_listed(type) ? type : NULL;
}

/* How many words of the command line the row has; 0: it is another command's. */
static size_t match(const struct command *command, size_t n, char *const words[])
{
	autostrv wanted = STRV_INIT;

	strv_split(&wanted, command->words, " ");
	if (wanted.n > n)
		return 0;
	for (size_t i = 0; i < wanted.n; i++) {
		bool any_type = strcmp(wanted.v[i], "TYPE") == 0;

		if (any_type ? !listed_type(words[i]) : strcmp(wanted.v[i], words[i]) != 0)
			return 0;
	}
	return wanted.n;
}

/* The command's words with a type's name in the place of TYPE. */
static void add_words(struct strv *list, const char *words)
{
	if (strncmp(words, "TYPE", 4) != 0) {
		strv_add(list, words);
		return;
	}
	for (size_t i = 0; i < ITEM_KINDS; i++)
		if (item_type_is_listed(item_types[i]))
			strv_addf(list, "%s%s", item_types[i]->name, words + 4);
}

/* "add, edit, …": what may follow a first word; nothing where it begins no command. */
static void add_following(const char *first, struct strbuf *ret)
{
	autostrv all = STRV_INIT;
	size_t len = strlen(first);

	for (size_t i = 0; i < n_commands; i++)
		add_words(&all, commands[i].words);
	strv_for_each (words, &all)
		if (strncmp(words, first, len) == 0 && words[len] == ' ')
			strbuf_addf(ret, "%s%s", ret->len ? ", " : "", words + len + 1);
}

static void unknown_command(size_t n, char *const words[], struct err *err)
{
	autostrv all = STRV_INIT;
	autostrbuf given = STRBUF_INIT;
	autostrbuf following = STRBUF_INIT;
	const char *near;

	add_following(words[0], &following);
	if (n == 1 && following.len) {
		err_set(err, ERR_USAGE, "%s: what is to be done? %s", words[0], following.buf);
		return;
	}
	strbuf_addf(&given, "%s%s%s", words[0], n > 1 ? " " : "", n > 1 ? words[1] : "");
	for (size_t i = 0; i < n_commands; i++)
		add_words(&all, commands[i].words);
	near = nearest_word(given.buf, (const char *const *)all.v, all.n);
	if (!near)
		near = nearest_word(words[0], (const char *const *)all.v, all.n);
	if (near)
		err_set(err, ERR_USAGE, "no command '%s'; did you mean '%s'?", given.buf, near);
	else if (following.len)
		err_set(err, ERR_USAGE, "no command '%s'; with %s there is %s", given.buf, words[0],
			following.buf);
	else
		err_set(err, ERR_USAGE, "no command '%s'; bootwright help lists them", given.buf);
}

const struct command *command_find(
	size_t n, char *const words[], size_t *used, const struct item_type **type, struct err *err)
{
	*type = item_type_find(words[0]);
	for (size_t i = 0; i < n_commands; i++) {
		*used = match(&commands[i], n, words);
		if (*used)
			return &commands[i];
	}
	unknown_command(n, words, err);
	return NULL;
}
