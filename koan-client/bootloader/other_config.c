#include "koan-client/bootloader/other_config.h"

#include "koan-client/checks.h"

#include "base/file.h"
#include "base/json.h"

#include <fcntl.h>
#include <string.h>

#define FILE_BYTES ((size_t)256 << 10)

static const struct key {
	const char *name;
	size_t offset;
} keys[] = {
	{"install-repository", offsetof(struct other_config, repository)},
	{"install-distro", offsetof(struct other_config, distro)},
	{"install-arch", offsetof(struct other_config, arch)},
	{"debian-release", offsetof(struct other_config, release)},
	{"install-methods", offsetof(struct other_config, methods)},
	{"install-round", offsetof(struct other_config, round)},
};

static char **member(struct other_config *config, size_t i)
{
	return (char **)(void *)((char *)config + keys[i].offset);
}

static int set(struct other_config *config, const char *name, const char *value, struct err *err)
{
	const char *bad = check_line(value);

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		char **text = member(config, i);

		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (bad)
			return err_set(err, ERR_INVALID, "%s %s", name, bad);
		if (*text)
			return err_set(err, ERR_INVALID, "%s is there twice", name);
		*text = *value ? xstrdup(value) : NULL;
		return 0;
	}
	return 0;
}

static int parse_json(const char *text, size_t len, struct other_config *ret, struct err *err)
{
	autojson json_t *json = json_parse(text, len, err);
	const char *name;
	json_t *value;

	if (!json)
		return -1;
	json_object_foreach (json, name, value)
		if (json_is_string(value) &&
			(strlen(json_string_value(value)) != json_string_length(value) ||
				set(ret, name, json_string_value(value), err) < 0))
			return err->code ? -1
			                 : err_set(err, ERR_INVALID, "%.60s has a NUL byte", name);
	return 0;
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* "key=value", "key: value"; a key has neither sign. */
static int parse_entry(char *entry, struct other_config *ret, struct err *err)
{
	size_t len;

	entry = trim(entry);
	len = strcspn(entry, "=:");
	if (!*entry || *entry == '#')
		return 0;
	if (!entry[len])
		return err_set(err, ERR_INVALID, "'%.60s' is not key=value", entry);
	entry[len] = '\0';
	return set(ret, trim(entry), trim(entry + len + 1), err);
}

/* xe parts entries by "; " in one line. */
static int parse_line(char *line, struct other_config *ret, struct err *err)
{
	while (line) {
		char *next = strstr(line, "; ");

		if (next) {
			*next = '\0';
			next += 2;
		}
		if (parse_entry(line, ret, err) < 0)
			return -1;
		line = next;
	}
	return 0;
}

static int parse_lines(const char *text, size_t len, struct other_config *ret, struct err *err)
{
	autofree char *copy = xstrndup(text, len);
	char *rest = copy;

	for (char *line; (line = strsep(&rest, "\n"));)
		if (parse_line(line, ret, err) < 0)
			return -1;
	return 0;
}

int other_config_parse(const char *text, size_t len, struct other_config *ret, struct err *err)
{
	if (memchr(text, '\0', len))
		return err_set(err, ERR_INVALID, "has a NUL byte");
	for (size_t i = 0; i < len && strchr(" \t\r\n{", text[i]); i++)
		if (text[i] == '{')
			return parse_json(text, len, ret, err);
	return parse_lines(text, len, ret, err);
}

int other_config_read(const char *path, struct other_config *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;

	if (file_read(AT_FDCWD, path, FILE_BYTES, &text, err) < 0)
		return err_wrap(err, "--other-config");
	if (other_config_parse(text.buf, text.len, ret, err) < 0)
		return err_wrap(err, "--other-config=%s", path);
	return 0;
}

void other_config_done(struct other_config *config)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		free(*member(config, i));
	*config = (struct other_config){0};
}
