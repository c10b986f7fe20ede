#include "base/opt.h"

#include <string.h>

/* '_' and '-' are the same letter in an option's name. */
static bool same_name(const char *name, const char *given, size_t len)
{
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (name[i] != given[i] && !(name[i] == '-' && given[i] == '_'))
			return false;
	return true;
}

static const struct opt *find(const struct opt *table, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].kind != OPT_HEADING && same_name(table[i].name, name, len))
			return &table[i];
	return NULL;
}

static int unknown(const struct opt *table, size_t n, const char *name, size_t len, struct err *err)
{
	autofree char *given = xstrndup(name, len);
	autofree const char **names = xcalloc(n, sizeof(*names));
	const char *near;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (table[i].kind != OPT_HEADING)
			names[count++] = table[i].name;
	near = nearest_word(given, names, count);
	if (near)
		return err_set(
			err, ERR_USAGE, "no option '--%s'; did you mean '--%s'?", given, near);
	return err_set(err, ERR_USAGE, "no option '--%s'; see --help", given);
}

static void *member(void *into, const struct opt *opt)
{
	return (char *)into + opt->offset;
}

/* Sets a flag from "--name" or "--no-name"; false where `name` is neither. */
static bool set_flag(const struct opt *table, size_t n, const char *name, size_t len, void *into)
{
	const struct opt *opt = find(table, n, name, len);
	bool value = true;

	if (!opt && len > 3 && strncmp(name, "no-", 3) == 0) {
		opt = find(table, n, name + 3, len - 3);
		value = false;
	}
	if (!opt || opt->kind != OPT_FLAG)
		return false;
	*(bool *)member(into, opt) = value;
	return true;
}

static int set_value(const struct opt *opt, const char *value, void *into)
{
	if (opt->kind == OPT_STRING)
		*(const char **)member(into, opt) = value;
	else
		strv_add(member(into, opt), value);
	return 0;
}

/* Sets a flag from "-q"; false where no flag has that letter. */
static bool set_letter(const struct opt *table, size_t n, const char *word, void *into)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i].kind != OPT_FLAG || table[i].letter != word[1] || word[2])
			continue;
		*(bool *)member(into, &table[i]) = true;
		return true;
	}
	return false;
}

int opt_parse(const struct opt *table, size_t n, int argc, char *const argv[], void *into,
	struct strv *words, struct err *err)
{
	bool only_words = false;

	for (int i = 1; i < argc; i++) {
		const char *name = argv[i] + 2;
		const struct opt *opt;
		size_t len;

		if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
			if (!words)
				return err_set(err, ERR_USAGE, "unexpected word '%s'; see --help",
					argv[i]);
			strv_add(words, argv[i]);
			continue;
		}
		if (argv[i][1] != '-' && set_letter(table, n, argv[i], into))
			continue;
		if (argv[i][1] != '-')
			return err_set(err, ERR_USAGE,
				"no option '%s'; options are written --name=value", argv[i]);
		if (!*name) {
			only_words = true;
			continue;
		}
		len = strcspn(name, "=");
		if (!name[len] && set_flag(table, n, name, len, into))
			continue;
		opt = find(table, n, name, len);
		if (!opt)
			return unknown(table, n, name, len, err);
		if (opt->kind == OPT_FLAG)
			return err_set(err, ERR_USAGE, "'--%s' takes no value", opt->name);
		if (name[len])
			set_value(opt, name + len + 1, into);
		else if (++i < argc)
			set_value(opt, argv[i], into);
		else
			return err_set(err, ERR_USAGE, "'--%s' needs a value: --%s=%s", opt->name,
				opt->name, opt->arg);
	}
	return 0;
}

enum { HELP_COLUMN = 30, HELP_WIDTH = 96 };

static void print_wrapped(const char *text, FILE *out)
{
	size_t column = HELP_COLUMN;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column + word + 1 > HELP_WIDTH && column > HELP_COLUMN) {
			fprintf(out, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		fprintf(out, "%s%.*s", column > HELP_COLUMN ? " " : "", (int)word, text);
		column += word + 1;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* Columns, where a value's name has a "…". */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

void opt_print_help(const struct opt *table, size_t n, FILE *out)
{
	for (size_t i = 0; i < n; i++) {
		int used;

		if (table[i].kind == OPT_HEADING) {
			fprintf(out, "\n%s:\n", table[i].help);
			continue;
		}
		fprintf(out, "  --%s%s%s", table[i].name, table[i].arg ? "=" : "",
			table[i].arg ? table[i].arg : "");
		used = 4 + width_of(table[i].name) +
		       (table[i].arg ? 1 + width_of(table[i].arg) : 0);
		if (used >= HELP_COLUMN)
			fprintf(out, "\n%*s", HELP_COLUMN, "");
		else
			fprintf(out, "%*s", HELP_COLUMN - used, "");
		print_wrapped(table[i].help, out);
	}
}
