/* The table of commands that try templates. */
#include "cli/template.h"

#include "cli/command_rows.h"

static const struct opt render_options[] = {
	ROW(system, "system", "SYSTEM", "With the variables of this system."),
	ROW(profile, "profile", "PROFILE", "With the variables of this profile."),
	ROW(vars, "vars", "FILE.json",
		"Variables from a JSON object, before all others; alone, with a local file, no "
		"server is asked."),
};
static const struct opt diff_options[] = {
	ROW(file, "file", "FILE",
		"Another text: what would be served with it to the systems and profiles that use "
		"the template, against what is served now. Without it, how a stored template "
		"differs from the file that it stands before, or the administrator's file from "
		"the shipped one. Exit status 0: not at all, 1: so, 2: error."),
};

const struct command template_commands[] = {
	{
		.words = "template render",
		.group = GROUP_TEMPLATE,
		.synopsis = "[--system=S|--profile=P] [--vars=FILE.json] [FILE|NAME]",
		.help = "print what a template, a file or an answer file renders to",
		.example = "bootwright template render --system=web7\n"
			   "bootwright template render --profile=bar ./tiny.preseed\n"
			   "bootwright template render --vars=vars.json ./tiny.preseed",
		OPTIONS(render_options),
		.max_words = 1,
		.local = true,
		.run = run_template_render,
	},
	{
		.words = "template check",
		.group = GROUP_TEMPLATE,
		.synopsis = "[FILE|NAME…]",
		.help = "lint templates and snippets (all, or these) with the items that use them",
		.example = "bootwright template check\nbootwright template check snippets/network",
		.max_words = 1000,
		.local = true,
		.run = run_template_check,
	},
	{
		.words = "template diff",
		.group = GROUP_TEMPLATE,
		.synopsis = "NAME [--file=FILE]",
		.help = "how a template differs from the file behind it, or from another text",
		.example = "bootwright template diff debian12.preseed\n"
			   "bootwright template diff debian12.preseed --file=new.preseed",
		OPTIONS(diff_options),
		.max_words = 1,
		.compares = true,
		.run = run_template_diff,
	},
	{
		.words = "template convert",
		.group = GROUP_TEMPLATE,
		.synopsis = "FILE|-",
		.help = "turn a Cheetah template of Cobbler's into Jinja",
		.example = "bootwright template convert old.ks >new.ks",
		.max_words = 1,
		.local = true,
		.run = run_template_convert,
	},
};
const size_t n_template_commands = ARRAY_SIZE(template_commands);
