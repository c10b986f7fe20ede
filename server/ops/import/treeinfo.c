#include "ops/import/treeinfo.h"

#include <string.h>

struct entry {
	const char *section;
	const char *key;
	const char *value;
};

struct treeinfo {
	char *text; /* what the entries point into */
	struct entry *entry;
	size_t n;
	size_t alloc;
};

void treeinfo_free(struct treeinfo *treeinfo)
{
	if (!treeinfo)
		return;
	free(treeinfo->entry);
	free(treeinfo->text);
	free(treeinfo);
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t\r", s[len - 1]))
		len--;
	s[len] = '\0';
	return s;
}

static int add(struct treeinfo *treeinfo, const struct entry *entry, struct err *err)
{
	if (treeinfo->n == TREEINFO_MAX_KEYS)
		return err_set(err, ERR_TOO_BIG, "more than %d keys", TREEINFO_MAX_KEYS);
	if (treeinfo->n == treeinfo->alloc) {
		treeinfo->alloc = treeinfo->alloc ? treeinfo->alloc * 2 : 64;
		treeinfo->entry =
			xreallocarray(treeinfo->entry, treeinfo->alloc, sizeof(*treeinfo->entry));
	}
	treeinfo->entry[treeinfo->n++] = *entry;
	return 0;
}

static int parse_section(char *line, const char **section, struct err *err)
{
	char *end = strchr(line, ']');

	if (!end || end[1] || end == line + 1)
		return err_set(err, ERR_INVALID, "'%.60s' is no [section]", line);
	*end = '\0';
	*section = trim(line + 1);
	return 0;
}

static int parse_line(struct treeinfo *treeinfo, char *raw, const char **section, struct err *err)
{
	struct entry entry;
	char *line = trim(raw);
	char *sign;

	/* A line that begins with a blank goes on with the value above, of which nothing here
	 * makes use. */
	if (!*line || *line == '#' || *line == ';' || *raw == ' ' || *raw == '\t')
		return 0;
	if (*line == '[')
		return parse_section(line, section, err);
	sign = line + strcspn(line, "=:");
	if (!*sign || sign == line)
		return err_set(
			err, ERR_INVALID, "'%.60s' is neither [section] nor key = value", line);
	if (!*section)
		return err_set(err, ERR_INVALID, "'%.60s' stands before any [section]", line);
	*sign = '\0';
	entry = (struct entry){.section = *section, .key = trim(line), .value = trim(sign + 1)};
	return add(treeinfo, &entry, err);
}

static int parse(struct treeinfo *treeinfo, struct err *err)
{
	const char *section = NULL;
	char *rest = treeinfo->text;
	size_t number = 0;

	for (char *line; (line = strsep(&rest, "\n"));) {
		number++;
		if (parse_line(treeinfo, line, &section, err) < 0)
			return err_wrap(err, "line %zu", number);
	}
	return 0;
}

int treeinfo_parse(const char *text, size_t len, struct treeinfo **ret, struct err *err)
{
	autotreeinfo struct treeinfo *treeinfo = NULL;

	if (len > TREEINFO_MAX_BYTES)
		return err_set(err, ERR_TOO_BIG, "larger than %d KiB", TREEINFO_MAX_BYTES / 1024);
	if (memchr(text, '\0', len))
		return err_set(err, ERR_INVALID, "is no text: it holds a NUL byte");
	treeinfo = xcalloc(1, sizeof(*treeinfo));
	treeinfo->text = xstrndup(text, len);
	if (parse(treeinfo, err) < 0)
		return -1;
	*ret = TAKE(treeinfo);
	return 0;
}

const char *treeinfo_get(const struct treeinfo *treeinfo, const char *section, const char *key)
{
	for (size_t i = treeinfo->n; i-- > 0;)
		if (strcmp(treeinfo->entry[i].section, section) == 0 &&
			strcmp(treeinfo->entry[i].key, key) == 0)
			return treeinfo->entry[i].value;
	return NULL;
}
