#include "ops/answer/template_format.h"

#include "base/json.h"
#include "base/strv.h"
#include "ops/answer/template_xml.h"

#include <string.h>

/* One line after another; `text` is NUL-terminated and holds no NUL. */
struct lines {
	const char *next; /* NULL: the last one was read */
	const char *at;
	size_t len;
	size_t number;
};

static bool next_line(struct lines *lines)
{
	const char *end;

	if (!lines->next || !*lines->next)
		return false;
	end = strchrnul(lines->next, '\n');
	lines->at = lines->next;
	lines->len = (size_t)(end - lines->at);
	lines->next = *end ? end + 1 : NULL;
	lines->number++;
	if (lines->len && lines->at[lines->len - 1] == '\r')
		lines->len--;
	return true;
}

static size_t blanks(const struct lines *lines)
{
	size_t n = 0;

	while (n < lines->len && (lines->at[n] == ' ' || lines->at[n] == '\t'))
		n++;
	return n;
}

static size_t word_len(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] != ' ' && text[n] != '\t')
		n++;
	return n;
}

static bool is_one_of(const char *word, size_t len, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == len && strncmp(words[i], word, len) == 0)
			return true;
	return false;
}

const char *template_place_read(const char *message, struct template_place *ret)
{
	static const char column[] = " column ";
	const char *at = strstr(message, "line ");
	char *end;
	size_t line;

	if (!at)
		return NULL;
	line = strtoul(at + strlen("line "), &end, 10);
	if (strncmp(end, column, strlen(column)) != 0)
		return NULL;
	*ret = (struct template_place){
		.line = line, .column = strtoul(end + strlen(column), &end, 10)};
	return strncmp(end, ": ", 2) == 0 ? end + 2 : NULL;
}

/* Kickstart: sections that are closed (pykickstart's documentation, "Kickstart Documentation"). */
static int check_kickstart(const char *text, struct template_place *place, struct err *err)
{
	static const char *const sections[] = {"%packages", "%pre", "%pre-install", "%post",
		"%onerror", "%traceback", "%addon", "%anaconda", "%certificate"};
	struct lines lines = {.next = text};
	autofree char *open = NULL;
	size_t opened = 0;

	while (next_line(&lines)) {
		size_t len = word_len(lines.at, lines.len);

		place->line = lines.number;
		if (!len || lines.at[0] != '%')
			continue;
		if (is_one_of(lines.at, len, (const char *const[]){"%end"}, 1)) {
			if (!open)
				return err_set(err, ERR_INVALID, "%%end closes no section");
			free(TAKE(open));
		} else if (is_one_of(lines.at, len, sections, ARRAY_SIZE(sections))) {
			if (open)
				return err_set(err, ERR_INVALID,
					"%.*s begins inside %s of line %zu, which has no %%end",
					(int)len, lines.at, open, opened);
			open = xstrndup(lines.at, len);
			opened = lines.number;
		} else if (!open && !is_one_of(lines.at, len,
					    (const char *const[]){"%include", "%ksappend"}, 2)) {
			return err_set(err, ERR_INVALID, "'%.*s' is no section of a kickstart",
				(int)(len > 40 ? 40 : len), lines.at);
		}
	}
	place->line = opened;
	return open ? err_set(err, ERR_INVALID, "%s has no %%end", open) : 0;
}

/* debconf-set-selections(1): OWNER QUESTION TYPE VALUE, a backslash at a line's end joins. */
static int check_preseed(const char *text, struct template_place *place, struct err *err)
{
	static const char *const types[] = {"string", "boolean", "select", "multiselect",
		"password", "note", "text", "error", "title", "seen"};
	struct lines lines = {.next = text};
	bool joined = false;

	while (next_line(&lines)) {
		const char *at = lines.at + blanks(&lines);
		const char *end = lines.at + lines.len;
		bool joins = lines.len && end[-1] == '\\';
		size_t word[3] = {0};
		const char *words[3] = {at, at, at};

		place->line = lines.number;
		if (joined || at == end || *at == '#') {
			joined = joins && (joined || at == end || *at != '#');
			continue;
		}
		joined = joins;
		for (size_t i = 0; i < 3; i++) {
			while (at < end && (*at == ' ' || *at == '\t'))
				at++;
			words[i] = at;
			word[i] = word_len(at, (size_t)(end - at));
			at += word[i];
		}
		if (!word[2])
			return err_set(err, ERR_INVALID,
				"a line of a preseed is: owner question type value");
		if (!is_one_of(words[2], word[2], types, ARRAY_SIZE(types))) {
			place->column = (size_t)(words[2] - lines.at) + 1;
			return err_set(err, ERR_INVALID, "'%.*s' is no type of a question",
				(int)(word[2] > 40 ? 40 : word[2]), words[2]);
		}
	}
	return 0;
}

static int check_json(const char *text, struct template_place *place, struct err *err)
{
	struct err why = ERR_INIT;
	autojson json_t *value = json_parse(text, strlen(text), &why);
	const char *message;

	if (value)
		return 0;
	message = template_place_read(why.msg, place);
	return err_set(err, ERR_INVALID, "not valid JSON: %s", message ? message : why.msg);
}

/* cloud-init's: the first line says what it is; YAML is not indented by tabs. */
static int check_cloud_config(const char *text, struct template_place *place, struct err *err)
{
	struct lines lines = {.next = text};

	if (strncmp(text, "#cloud-config\n", strlen("#cloud-config\n")) != 0 &&
		strncmp(text, "#cloud-config\r\n", strlen("#cloud-config\r\n")) != 0)
		return err_set(err, ERR_INVALID, "the first line must be #cloud-config alone");
	while (next_line(&lines)) {
		size_t n = blanks(&lines);

		place->line = lines.number;
		if (n < lines.len && memchr(lines.at, '\t', n)) {
			place->column = n;
			return err_set(err, ERR_INVALID, "YAML is not indented by tabs");
		}
	}
	return 0;
}

/* What no shell code and no comment has. */
static const char *cheetah_in(const struct lines *lines)
{
	static const char *const anywhere[] = {"$SNIPPET(", "SNIPPET::", "$getVar(", "$varExists(",
		"$kickstart_start", "$kickstart_done", "$autoinstall_start", "$autoinstall_done",
		"$yum_repo_stanza", "$yum_config_stanza"};
	static const char *const first[] = {"#set $", "#if $", "#end if", "#end for", "#end raw"};
	const size_t blank = blanks(lines);

	for (size_t i = 0; i < ARRAY_SIZE(anywhere); i++)
		if (memmem(lines->at, lines->len, anywhere[i], strlen(anywhere[i])))
			return anywhere[i];
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		if (lines->len - blank >= strlen(first[i]) &&
			strncmp(lines->at + blank, first[i], strlen(first[i])) == 0)
			return first[i];
	return NULL;
}

int template_cheetah_check(const char *text, struct template_place *place, struct err *err)
{
	struct lines lines = {.next = text};

	while (next_line(&lines)) {
		const char *word = cheetah_in(&lines);

		if (!word)
			continue;
		*place = (struct template_place){.line = lines.number, .column = 1};
		return err_set(err, ERR_INVALID,
			"line %zu has '%s', which is Cobbler's Cheetah and plain text here; "
			"bootwright template convert FILE makes Jinja of it",
			lines.number, word);
	}
	return 0;
}

static const struct format {
	const char *ending;
	int (*check)(const char *text, struct template_place *place, struct err *err);
} formats[] = {
	{".ks", check_kickstart},
	{".preseed", check_preseed},
	{".seed", check_preseed},
	{".json", check_json},
	{".ign", check_json},
	{".user-data", check_cloud_config},
	{".xml", template_xml_check},
};

int template_format_check(const char *template, const char *text, size_t len,
	struct template_place *place, struct err *err)
{
	size_t name_len = strlen(template);

	*place = (struct template_place){.line = 1, .column = 1};
	if (template_cheetah_check(text, place, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		size_t ending = strlen(formats[i].ending);

		if (name_len <= ending ||
			strcmp(template + name_len - ending, formats[i].ending) != 0)
			continue;
		if (memchr(text, '\0', len))
			return err_set(err, ERR_INVALID, "it holds a NUL byte");
		return formats[i].check(text, place, err);
	}
	return 0;
}
