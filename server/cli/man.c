/* bootwright(1), from the tables of commands and options. */
#include "cli/man.h"

#include "cli/commands.h"
#include "cli/options.h"

#include "base/opt_man.h"

#include <string.h>

static const char description[] =
	"bootwright is the command line of Bootwright, a provisioning server: it asks bootwrightd "
	"over its JSON API. A distro is a kernel, its initrds and a tree to install from; a "
	"profile "
	"says how a distro is installed; a system is one machine or guest. Fields that an item "
	"does "
	"not set it inherits: from the settings, the distro, the profile and its parents, or the "
	"image.\n"
	"\n"
	"Every field of an item is an option: --virt-ram=1024, also written --virt_ram=1024 or "
	"--virt-ram 1024; bootwright-fields(5) has them all, with what Cobbler's users know them "
	"as. '<<inherit>>' as a value unsets a field. @FILE as the value of a secret or a text is "
	"the content of a file, - that of standard input.\n"
	"\n"
	"Options that follow --interface=NAME belong to that network interface of a system; it may "
	"be given again for the next one. --interface=NAME --rename-interface=NEW gives it another "
	"name, --delete-interface=NAME removes it.\n"
	"\n"
	"Conditions of find are a value, a pattern with * and ?, or a comparison: '>=512', "
	"'!text'. An empty one (--hostname=) finds what is unset, '!' what is set; a field may be "
	"given twice, then both hold. A secret is found by these two only.\n";

static const char *const environment[][2] = {
	{"BOOTWRIGHT_SOCKET", "The server's socket on this machine, where --socket is not given."},
	{"BOOTWRIGHT_SERVER", "The URL of another machine's API, where --server is not given."},
	{"BOOTWRIGHT_TOKEN_FILE",
		"The file with the token for it, where --token-file is not given."},
};

/* "TYPE add --name=NAME …" */
static void put_command(const struct command *command, FILE *out)
{
	autofree char *term = xasprintf(
		"%s%s%s", command->words, *command->synopsis ? " " : "", command->synopsis);
	autofree char *text = xasprintf("%c%s.", command->help[0] - 'a' + 'A', command->help + 1);

	man_list_entry(term, text, out);
	if (command->n_options)
		man_options(command->options, command->n_options, out);
	if (command->example)
		man_lines(command->example, out);
}

static void put_group(enum command_group group, const char *title, FILE *out)
{
	const struct command *command;
	bool open = false;

	for (size_t i = 0; (command = command_at(i)); i++) {
		if (command->group != group)
			continue;
		if (!open) {
			autofree char *text = xasprintf("%c%s", title[0] - 'a' + 'A', title + 1);

			man_subsection(text, out);
			man_list_begin(out);
		}
		open = true;
		put_command(command, out);
	}
	if (open)
		man_list_end(out);
}

static void put_commands(FILE *out)
{
	autostrbuf types = STRBUF_INIT;
	autofree char *text = NULL;

	man_section("COMMANDS", out);
	type_names(", ", &types);
	text = xasprintf("TYPE is %s.", types.buf);
	man_text(text, out);
	for (size_t i = 0; i < COMMAND_GROUPS; i++)
		put_group((enum command_group)i,
			command_group_titles[i] ? command_group_titles[i] : "for programs", out);
}

static void put_exit_status(FILE *out)
{
	man_section("EXIT STATUS", out);
	man_list_begin(out);
	for (size_t i = 0; i < n_exit_status_help; i++) {
		autofree char *term = xstrndup(exit_status_help[i], 1);

		man_list_entry(term, exit_status_help[i] + 3, out);
	}
	man_list_end(out);
}

static void bootwright_page(FILE *out)
{
	static const struct man_page page = {
		.name = "bootwright",
		.section = 1,
		.about = "command line of the provisioning server",
		.synopsis = "COMMAND [--OPTION=VALUE …]",
	};

	man_begin(&page, out);
	man_section("DESCRIPTION", out);
	man_text(description, out);
	put_commands(out);
	man_section("OPTIONS", out);
	man_options(common_options, n_common_options, out);
	man_section("ENVIRONMENT", out);
	man_list_begin(out);
	for (size_t i = 0; i < ARRAY_SIZE(environment); i++)
		man_list_entry(environment[i][0], environment[i][1], out);
	man_list_end(out);
	put_exit_status(out);
	man_see_also("koan(1) bootwright-fields(5) bootwrightd(8)", out);
}

int run_man(struct cli *cli, struct err *err)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} pages[] = {
		{"bootwright", bootwright_page},
		{"bootwright-fields", man_fields_page},
	};
	const char *name = cli->words.n ? cli->words.v[0] : pages[0].name;

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (strcmp(pages[i].name, name) == 0) {
			pages[i].print(stdout);
			return EXIT_DONE;
		}
	}
	return err_set(err, ERR_USAGE, "there are the pages bootwright and bootwright-fields");
}
