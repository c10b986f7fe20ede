#include "boot/grub_script.h"

#include <ctype.h>
#include <string.h>

enum { NESTING_MAX = 32 };

void grub_script_init(struct grub_script *script)
{
	*script = (struct grub_script){.variables = json_object(), .left = 2000};
}

void grub_script_forget(struct grub_script *script)
{
	for (size_t i = 0; i < script->entries; i++) {
		free(script->entry[i].title);
		free(script->entry[i].id);
		free(script->entry[i].body);
	}
	free(script->entry);
	script->entry = NULL;
	script->entries = 0;
}

void grub_script_done(struct grub_script *script)
{
	grub_script_forget(script);
	json_decref(script->variables);
}

const char *grub_variable(const struct grub_script *script, const char *name)
{
	const char *value = json_get_str(script->variables, name);

	return value ? value : "";
}

void grub_set(struct grub_script *script, const char *name, const char *value)
{
	json_set_str(script->variables, name, value);
}

/* Where the reader is. Words are kept as they are written until they are needed, for a body that
 * is run again (for) has other values then. */
struct reader {
	const char *text;
	const char *at;
	unsigned depth;
};

static int wrong(const struct reader *reader, struct err *err, const char *what)
{
	unsigned line = 1;

	for (const char *c = reader->text; c < reader->at; c++)
		line += *c == '\n';
	return err_set(err, ERR_INVALID, "line %u: %s", line, what);
}

static void skip_blanks(struct reader *reader)
{
	for (;;) {
		reader->at += strspn(reader->at, " \t\r");
		if (strncmp(reader->at, "\\\n", 2) == 0)
			reader->at += 2;
		else if (*reader->at == '#')
			reader->at += strcspn(reader->at, "\n");
		else
			return;
	}
}

static void skip_ends(struct reader *reader)
{
	for (skip_blanks(reader); *reader->at == '\n' || *reader->at == ';'; skip_blanks(reader))
		reader->at++;
}

/* The end of the word that begins at `c`: an unquoted blank or separator. */
static const char *word_end(const char *c)
{
	while (*c && !strchr(" \t\r\n;", *c)) {
		if (*c == '\\' && c[1]) {
			c += 2;
		} else if (*c == '\'') {
			c += 1 + strcspn(c + 1, "'");
			c += *c == '\'';
		} else if (*c == '"') {
			for (c++; *c && *c != '"'; c++)
				c += *c == '\\' && c[1];
			c += *c == '"';
		} else {
			c++;
		}
	}
	return c;
}

/* The next word of this command; NULL where it has ended. Yours. */
static char *next_word(struct reader *reader)
{
	const char *end;
	char *word;

	skip_blanks(reader);
	if (!*reader->at || *reader->at == '\n' || *reader->at == ';')
		return NULL;
	end = word_end(reader->at);
	word = xstrndup(reader->at, (size_t)(end - reader->at));
	reader->at = end;
	return word;
}

static bool next_is(struct reader *reader, const char *word)
{
	size_t len = strlen(word);

	skip_ends(reader);
	return strncmp(reader->at, word, len) == 0 && word_end(reader->at) == reader->at + len;
}

/* Expansion */

/* $name or ${name} at `c`; returns what follows it. */
static const char *add_variable(const struct grub_script *script, const char *c, struct strbuf *ret)
{
	bool braces = c[1] == '{';
	const char *name = c + 1 + braces;
	size_t len = 0;
	autofree char *text = NULL;

	while (isalnum((unsigned char)name[len]) || name[len] == '_' ||
		(len == 0 && name[len] == '?'))
		len++;
	if (!len) {
		strbuf_addc(ret, '$');
		return c + 1;
	}
	text = xstrndup(name, len);
	strbuf_adds(ret, grub_variable(script, text));
	return name + len + (braces && name[len] == '}');
}

/* Undoes the quotes and puts in variables. False: it was nothing but variables that are empty, and
 * so is no word at all. */
static bool expand(const struct grub_script *script, const char *word, struct strbuf *ret)
{
	bool quoted = false;
	bool twice = false; /* in double quotes */

	for (const char *c = word; *c;) {
		if (*c == '"') {
			quoted = true;
			twice = !twice;
			c++;
		} else if (*c == '\'' && !twice) {
			size_t len = strcspn(c + 1, "'");

			quoted = true;
			strbuf_add(ret, c + 1, len);
			c += 1 + len + (c[1 + len] == '\'');
		} else if (*c == '\\' && c[1] && (!twice || strchr("$\"\\", c[1]))) {
			strbuf_addc(ret, c[1]);
			c += 2;
		} else if (*c == '$') {
			c = add_variable(script, c, ret);
		} else {
			strbuf_addc(ret, *c++);
		}
	}
	return quoted || ret->len;
}

/* `before_brace`: of a menu entry, whose body begins there. */
static void read_words(
	struct grub_script *script, struct reader *reader, bool before_brace, struct strv *ret)
{
	for (char *raw; (raw = next_word(reader));) {
		autofree char *word = raw;
		autostrbuf text = STRBUF_INIT;

		if (before_brace && strcmp(word, "{") == 0) {
			reader->at--;
			return;
		}
		if (expand(script, word, &text))
			strv_add(ret, text.buf ? text.buf : "");
	}
}

/* Running */

static int run_list(struct grub_script *script, struct reader *reader, bool run, struct err *err);

/* The conditions of test(1) that boot files use. */
static bool test(const struct strv *words)
{
	size_t n = words->n;
	bool negated = n > 1 && strcmp(words->v[1], "!") == 0;
	char *const *word = words->v + 1 + negated;
	bool result;

	if (n && strcmp(words->v[0], "[") == 0)
		n--; /* the closing one */
	n -= n > (size_t)(1 + negated) ? (size_t)(1 + negated) : n;
	if (n == 3 && (strcmp(word[1], "=") == 0 || strcmp(word[1], "==") == 0))
		result = strcmp(word[0], word[2]) == 0;
	else if (n == 3 && strcmp(word[1], "!=") == 0)
		result = strcmp(word[0], word[2]) != 0;
	else if (n == 2 && strcmp(word[0], "-n") == 0)
		result = *word[1] != '\0';
	else if (n == 2 && strcmp(word[0], "-z") == 0)
		result = *word[1] == '\0';
	else
		result = n == 1 && *word[0];
	return result != negated;
}

static int run_words(
	struct grub_script *script, const struct strv *words, bool *ret, struct err *err)
{
	const char *word = words->n ? words->v[0] : "true";
	const char *equals = words->n > 1 ? strchr(words->v[1], '=') : NULL;

	*ret = true;
	if (!script->left)
		return err_set(err, ERR_TOO_BIG, "its commands do not come to an end");
	script->left--;
	if (strcmp(word, "true") == 0 || strcmp(word, "export") == 0)
		return 0;
	if (strcmp(word, "false") == 0) {
		*ret = false;
	} else if (strcmp(word, "[") == 0 || strcmp(word, "test") == 0) {
		*ret = test(words);
	} else if (strcmp(word, "set") == 0 && equals) {
		autofree char *name = xstrndup(words->v[1], (size_t)(equals - words->v[1]));

		grub_set(script, name, equals + 1);
	} else {
		return script->command(script->ctx, words, ret, err);
	}
	return 0;
}

/* One simple command up to its separator. */
static int run_command(
	struct grub_script *script, struct reader *reader, bool run, bool *ret, struct err *err)
{
	autostrv words = STRV_INIT;

	read_words(script, reader, false, &words);
	if (!run || script->over)
		return 0;
	return run_words(script, &words, ret, err);
}

static int run_if(struct grub_script *script, struct reader *reader, bool run, struct err *err)
{
	bool done = false; /* a branch was taken */

	for (;;) {
		bool holds = false;

		if (run_command(script, reader, run && !done, &holds, err) < 0)
			return -1;
		if (!next_is(reader, "then"))
			return wrong(reader, err, "'if' without 'then'");
		reader->at += 4;
		if (run_list(script, reader, run && !done && holds, err) < 0)
			return -1;
		done |= holds;
		if (!next_is(reader, "elif"))
			break;
		reader->at += 4;
	}
	if (next_is(reader, "else")) {
		reader->at += 4;
		if (run_list(script, reader, run && !done, err) < 0)
			return -1;
	}
	if (!next_is(reader, "fi"))
		return wrong(reader, err, "'if' without 'fi'");
	reader->at += 2;
	return 0;
}

/* for NAME in WORDS; do LIST; done */
static int run_for(struct grub_script *script, struct reader *reader, bool run, struct err *err)
{
	autofree char *name = next_word(reader);
	autofree char *in = next_word(reader);
	autostrv words = STRV_INIT;
	const char *body;

	read_words(script, reader, false, &words);
	if (!name || !in || strcmp(in, "in") != 0 || !next_is(reader, "do"))
		return wrong(reader, err, "'for' without 'in' or 'do'");
	body = reader->at += 2;
	if (run_list(script, reader, false, err) < 0)
		return -1;
	if (run)
		strv_for_each (word, &words) {
			if (script->over)
				break;
			grub_set(script, name, word);
			reader->at = body;
			if (run_list(script, reader, true, err) < 0)
				return -1;
		}
	if (!next_is(reader, "done"))
		return wrong(reader, err, "'for' without 'done'");
	reader->at += 4;
	return 0;
}

static void add_entry(struct grub_script *script, const struct strv *words, char *body_taken)
{
	struct grub_entry entry = {.body = body_taken, .submenu = *words->v[0] == 's'};

	entry.title = xstrdup(words->n > 1 ? words->v[1] : "");
	for (size_t i = 2; i + 1 < words->n; i++)
		if (strcmp(words->v[i], "--id") == 0) {
			free(entry.id);
			entry.id = xstrdup(words->v[i + 1]);
		}
	script->entry = xreallocarray(script->entry, script->entries + 1, sizeof(entry));
	script->entry[script->entries++] = entry;
}

/* menuentry 'TITLE' --id ID { LIST } */
static int read_entry(struct grub_script *script, struct reader *reader, bool run, struct err *err)
{
	autostrv words = STRV_INIT;
	const char *body;

	read_words(script, reader, true, &words);
	skip_blanks(reader);
	if (*reader->at != '{' || !words.n)
		return wrong(reader, err, "a menu entry without '{'");
	body = ++reader->at;
	if (run_list(script, reader, false, err) < 0)
		return -1;
	if (!next_is(reader, "}"))
		return wrong(reader, err, "a menu entry without '}'");
	if (run && !script->over)
		add_entry(script, &words, xstrndup(body, (size_t)(reader->at - body)));
	reader->at++;
	return 0;
}

static bool list_ends(struct reader *reader)
{
	static const char *const ends[] = {"then", "elif", "else", "fi", "do", "done", "}"};

	skip_ends(reader);
	if (!*reader->at)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (next_is(reader, ends[i]))
			return true;
	return false;
}

static int run_one(struct grub_script *script, struct reader *reader, bool run, struct err *err)
{
	bool ignored;

	if (next_is(reader, "if")) {
		reader->at += 2;
		return run_if(script, reader, run, err);
	}
	if (next_is(reader, "for")) {
		reader->at += 3;
		return run_for(script, reader, run, err);
	}
	if (next_is(reader, "menuentry") || next_is(reader, "submenu"))
		return read_entry(script, reader, run, err);
	if (next_is(reader, "function") || next_is(reader, "while") || next_is(reader, "until"))
		return wrong(reader, err, "functions and while are not understood here");
	return run_command(script, reader, run, &ignored, err);
}

static int run_list(struct grub_script *script, struct reader *reader, bool run, struct err *err)
{
	int result = 0;

	if (++reader->depth > NESTING_MAX)
		return wrong(reader, err, "nested too deeply");
	while (result == 0 && !list_ends(reader))
		result = run_one(script, reader, run, err);
	reader->depth--;
	return result;
}

int grub_script_run(struct grub_script *script, const char *text, struct err *err)
{
	struct reader reader = {.text = text, .at = text};

	if (run_list(script, &reader, true, err) < 0)
		return -1;
	return *reader.at ? wrong(&reader, err, "an end of something that was not begun") : 0;
}
