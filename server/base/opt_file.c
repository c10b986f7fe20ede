#include "base/file.h"
#include "base/opt.h"

#include <fcntl.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 };

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

static bool is_flag(const struct opt *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].kind == OPT_FLAG && strcmp(table[i].name, name) == 0)
			return true;
	return false;
}

/* The line as an option of the command line: "--key=value", "--key", "--no-key". */
static int as_option(const struct opt *table, size_t n, char *line, char **ret, struct err *err)
{
	char *equals = strchr(line, '=');
	const char *key, *value;

	if (!equals)
		return err_set(err, ERR_INVALID, "'%.60s' is not 'key = value'", line);
	*equals = '\0';
	key = trim(line);
	value = trim(equals + 1);
	if (!is_flag(table, n, key))
		*ret = xasprintf("--%s=%s", key, value);
	else if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
		*ret = xasprintf("--%s%s", *value == 'y' ? "" : "no-", key);
	else
		return err_set(err, ERR_INVALID, "'%s' must be yes or no", key);
	return 0;
}

static int read_line(const struct opt *table, size_t n, char *line, void *into, struct strv *texts,
	struct err *err)
{
	char program[] = "";
	char *argv[2] = {program, NULL};

	line = trim(line);
	if (!*line || *line == '#')
		return 0;
	if (as_option(table, n, line, &argv[1], err) < 0)
		return -1;
	strv_add_take(texts, argv[1]);
	return opt_parse(table, n, 2, argv, into, NULL, err);
}

int opt_read_file(const struct opt *table, size_t n, const char *path, void *into,
	struct strv *texts, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	unsigned number = 0;
	char *rest;

	if (file_read(AT_FDCWD, path, FILE_MAX, &text, err) < 0)
		return -1;
	rest = text.buf;
	for (char *line; (line = strsep(&rest, "\n"));) {
		number++;
		if (read_line(table, n, line, into, texts, err) < 0)
			return err_wrap(err, "%s line %u", path, number);
	}
	return 0;
}
