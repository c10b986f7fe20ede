/* Which row of the table of commands a command line begins with, or what it may have meant. */
#include "cli/cobbler.h"
#include "cli/commands.h"
#include "cli/template.h"

#include <string.h>

const struct command *command_at(size_t i)
{
	if (i < n_item_commands)
		return &item_commands[i];
	i -= n_item_commands;
	if (i < n_template_commands)
		return &template_commands[i];
	i -= n_template_commands;
	return i < n_commands ? &commands[i] : NULL;
}

char *command_words(const struct command *command, const struct item_type *type)
{
	if (type && strncmp(command->words, "TYPE", 4) == 0)
		return xasprintf("%s%s", type->name, command->words + 4);
	return xstrdup(command->words);
}

bool command_is_of(const struct command *command, const struct item_type *type)
{
	size_t len = strlen(type->name);

	if (strncmp(command->words, "TYPE", 4) == 0)
		return item_type_is_listed(type);
	return strncmp(command->words, type->name, len) == 0 && command->words[len] == ' ';
}

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

/* The words of every command, each with every type's name in the place of TYPE. */
static void all_words(struct strv *ret)
{
	const struct command *command;

	for (size_t i = 0; (command = command_at(i)); i++) {
		if (command->group == GROUP_HIDDEN)
			continue;
		if (strncmp(command->words, "TYPE", 4) != 0)
			strv_add(ret, command->words);
		for (size_t k = 0; k < ITEM_KINDS; k++)
			if (strncmp(command->words, "TYPE", 4) == 0 &&
				item_type_is_listed(item_types[k]))
				strv_add_take(ret, command_words(command, item_types[k]));
	}
}

/* "add, edit, …": what may follow a first word; nothing where it begins no command. */
static void add_following(const struct strv *all, const char *first, struct strbuf *ret)
{
	size_t len = strlen(first);

	strv_for_each (words, all)
		if (strncmp(words, first, len) == 0 && words[len] == ' ')
			strbuf_addf(ret, "%s%s", ret->len ? ", " : "", words + len + 1);
}

static void unknown_command(size_t n, char *const words[], struct err *err)
{
	const struct left_out *left = left_out_command(n, words);
	autostrv all = STRV_INIT;
	autostrbuf given = STRBUF_INIT;
	autostrbuf following = STRBUF_INIT;
	const char *near;

	all_words(&all);
	add_following(&all, words[0], &following);
	strbuf_addf(&given, "%s%s%s", words[0], n > 1 ? " " : "", n > 1 ? words[1] : "");
	near = nearest_word(given.buf, (const char *const *)all.v, all.n);
	if (!near)
		near = nearest_word(words[0], (const char *const *)all.v, all.n);
	if (left)
		err_set(err, ERR_USAGE, "there is no '%s', on purpose: %s", left->name, left->why);
	else if (n == 1 && following.len)
		err_set(err, ERR_USAGE, "%s: what is to be done? %s", words[0], following.buf);
	else if (near)
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
	const struct command *command;
	const struct command *longest = NULL; /* "sync status" before "sync" */

	*type = item_type_find(words[0]);
	*used = 0;
	for (size_t i = 0; (command = command_at(i)); i++) {
		size_t matched = match(command, n, words);

		if (matched > *used) {
			*used = matched;
			longest = command;
		}
	}
	if (!longest)
		unknown_command(n, words, err);
	return longest;
}
