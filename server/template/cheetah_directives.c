/* Cheetah's directives: a row and a function for each. */
#include "template/cheetah_text.h"

#include <string.h>

/* Directives that have no like are kept, with why. */
static void keep(struct cheetah *c, const struct cheetah_tag *tag, const char *why)
{
	cheetah_put_comment(c, tag->alone, tag->whole, tag->whole_len);
	cheetah_mark(c, tag->line, "%.*s: %s", (int)(tag->whole_len > 60 ? 60 : tag->whole_len),
		tag->whole, why);
}

/* True, with the expression in Jinja; else the directive has been kept. */
static bool convert(struct cheetah *c, const struct cheetah_tag *tag, const char *text, size_t len,
	struct strbuf *ret)
{
	autostrbuf why = STRBUF_INIT;

	if (cheetah_expression(&c->names, text, len, ret, &why) == 0)
		return true;
	keep(c, tag, why.buf);
	return false;
}

/* Remembers what `#end name` will close: the tag is to be written where this is true. */
static bool open_block(
	struct cheetah *c, const struct cheetah_tag *tag, const char *name, const char *end)
{
	if (c->blocks == CHEETAH_BLOCKS_MAX) {
		if (end)
			keep(c, tag, "blocks are nested too deep");
		return false;
	}
	c->block[c->blocks].name = name;
	c->block[c->blocks].has_else = false;
	c->block[c->blocks++].end = end;
	c->loops += end && strcmp(end, "endfor") == 0;
	return end != NULL;
}

static bool is_in_converted(const struct cheetah *c, const char *name)
{
	return c->blocks && c->block[c->blocks - 1].end && !c->block[c->blocks - 1].has_else &&
	       strcmp(c->block[c->blocks - 1].name, name) == 0;
}

/* The place of a word that stands alone outside of brackets and strings; NULL: there is none. */
static const char *find_word(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i < len;) {
		size_t skip = 1;

		if (strchr("([{", text[i]) && text[i])
			skip = cheetah_bracket_len(text + i, len - i);
		else if (text[i] == '\'' || text[i] == '"')
			skip = cheetah_string_len(text + i, len - i);
		else if (cheetah_name_len(text + i, len - i))
			skip = cheetah_name_len(text + i, len - i);
		if (skip == n && strncmp(text + i, word, n) == 0)
			return text + i;
		i += skip ? skip : 1;
	}
	return NULL;
}

/* The line's end goes with a directive, also where Jinja would keep it. */
static void skip_line_end(struct cheetah *c, const struct cheetah_tag *tag)
{
	if (tag->alone && c->text < c->end && *c->text == '\r')
		c->text++;
	if (tag->alone && c->text < c->end && *c->text == '\n')
		c->text++;
}

static void put_value(struct cheetah *c, const struct cheetah_tag *tag, const char *value)
{
	strbuf_addf(c->ret, "{{ %s }}", value);
	skip_line_end(c, tag);
}

/* "#if A then B else C" is a value. */
static bool convert_one_line_if(struct cheetah *c, const struct cheetah_tag *tag)
{
	const char *end = tag->args + tag->len;
	const char *then = find_word(tag->args, tag->len, "then");
	const char *other = then ? find_word(then, (size_t)(end - then), "else") : NULL;
	autostrbuf condition = STRBUF_INIT;
	autostrbuf yes = STRBUF_INIT;
	autostrbuf no = STRBUF_INIT;
	autostrbuf value = STRBUF_INIT;

	if (!other)
		return false;
	if (convert(c, tag, tag->args, (size_t)(then - tag->args), &condition) &&
		convert(c, tag, then + 4, (size_t)(other - then - 4), &yes) &&
		convert(c, tag, other + 4, (size_t)(end - other - 4), &no)) {
		strbuf_addf(&value, "%s if %s else %s", yes.buf, condition.buf, no.buf);
		put_value(c, tag, value.buf);
	}
	return true;
}

static void do_if(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf condition = STRBUF_INIT;

	if (convert_one_line_if(c, tag))
		return;
	if (!convert(c, tag, tag->args, tag->len, &condition))
		open_block(c, tag, "if", NULL);
	else if (open_block(c, tag, "if", "endif"))
		cheetah_put_tag(c, tag->alone, "if %s", condition.buf);
}

static void do_unless(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf condition = STRBUF_INIT;
	bool converted = convert(c, tag, tag->args, tag->len, &condition);

	if (open_block(c, tag, "unless", converted ? "endif" : NULL))
		cheetah_put_tag(c, tag->alone, "if not (%s)", condition.buf);
}

static void do_elif(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf condition = STRBUF_INIT;

	if (!is_in_converted(c, "if"))
		keep(c, tag, "no #if stands before it that was converted");
	else if (convert(c, tag, tag->args, tag->len, &condition))
		cheetah_put_tag(c, tag->alone, "elif %s", condition.buf);
}

static void do_else(struct cheetah *c, const struct cheetah_tag *tag)
{
	struct cheetah_tag condition = *tag;

	if (tag->len > 2 && strncmp(tag->args, "if", 2) == 0 &&
		cheetah_name_len(tag->args, tag->len) == 2) {
		condition.args += 2;
		condition.len -= 2;
		do_elif(c, &condition);
	} else if (tag->len) {
		keep(c, tag, "something follows #else");
	} else if (is_in_converted(c, "if") || is_in_converted(c, "unless")) {
		c->block[c->blocks - 1].has_else = true;
		cheetah_put_tag(c, tag->alone, "else");
	} else {
		keep(c, tag, "no #if stands before it that was converted");
	}
}

/* "$a, $b": names without their signs. */
static bool read_targets(const char *text, size_t len, struct strbuf *ret, struct strv *names)
{
	const char *end = text + len;

	while (text < end) {
		if (strchr(" \t$()", *text) && *text) {
			text++;
		} else if (*text == ',') {
			strbuf_adds(ret, ", ");
			text++;
		} else {
			size_t n = cheetah_name_len(text, (size_t)(end - text));
			autofree char *name = xstrndup(text, n);

			if (!n)
				return false;
			strbuf_adds(ret, name);
			if (!strv_has(names, name))
				strv_add(names, name);
			text += n;
		}
	}
	return ret->len > 0;
}

static void do_for(struct cheetah *c, const struct cheetah_tag *tag)
{
	const char *in = find_word(tag->args, tag->len, "in");
	autostrbuf targets = STRBUF_INIT;
	autostrbuf list = STRBUF_INIT;
	bool converted = false;

	if (!in || !read_targets(tag->args, (size_t)(in - tag->args), &targets, &c->names.set))
		keep(c, tag, "not «#for $name in …»");
	else
		converted = convert(c, tag, in + 2, tag->len - (size_t)(in + 2 - tag->args), &list);
	open_block(c, tag, "for", converted ? "endfor" : NULL);
	if (converted)
		cheetah_put_tag(c, tag->alone, "for %s in %s", targets.buf, list.buf);
}

static void do_repeat(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf times = STRBUF_INIT;
	bool converted = convert(c, tag, tag->args, tag->len, &times);

	if (open_block(c, tag, "repeat", converted ? "endfor" : NULL))
		cheetah_put_tag(c, tag->alone, "for _ in range(%s)", times.buf);
}

/* A variable that was set before the loop keeps its old value after it, in Jinja. */
static void note_set(struct cheetah *c, const struct cheetah_tag *tag, const char *name)
{
	if (!strv_has(&c->names.set, name))
		strv_add(&c->names.set, name);
	if (!c->loops) {
		if (!strv_has(&c->outer, name))
			strv_add(&c->outer, name);
	} else if (strv_has(&c->outer, name)) {
		cheetah_mark(c, tag->line,
			"#set $%s in a loop: in Jinja it lasts until the end of the turn; make it "
			"a "
			"namespace(%s=…) before the loop",
			name, name);
	}
}

/* After "global" or "module", which Jinja's variables of the top level are anyway. */
static void skip_scope(const char **text, size_t *len)
{
	static const char *const scopes[] = {"global", "local", "module"};

	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
		size_t n = strlen(scopes[i]);

		if (*len > n && strncmp(*text, scopes[i], n) == 0 &&
			cheetah_name_len(*text, *len) == n) {
			*text += n;
			*len -= n;
		}
	}
	while (*len && (**text == ' ' || **text == '\t')) {
		(*text)++;
		(*len)--;
	}
}

static void do_set(struct cheetah *c, const struct cheetah_tag *tag)
{
	const char *text = tag->args;
	size_t len = tag->len;
	autofree char *name = NULL;
	autostrbuf value = STRBUF_INIT;
	char sign = 0;
	size_t n;

	skip_scope(&text, &len);
	if (len && *text == '$') {
		text++;
		len--;
	}
	n = cheetah_name_len(text, len);
	name = xstrndup(text, n);
	for (; n < len && (text[n] == ' ' || text[n] == '\t'); n++)
		;
	if (n + 1 < len && strchr("+-*/", text[n]) && text[n] && text[n + 1] == '=')
		sign = text[n++];
	if (!*name || n >= len || text[n] != '=' || !cheetah_parses("{%% set %s = 1 %%}", name)) {
		keep(c, tag, "only «#set $name = …» has a like");
		return;
	}
	note_set(c, tag, name);
	if (!convert(c, tag, text + n + 1, len - n - 1, &value))
		return;
	if (sign)
		cheetah_put_tag(c, tag->alone, "set %s = %s %c (%s)", name, name, sign, value.buf);
	else
		cheetah_put_tag(c, tag->alone, "set %s = %s", name, value.buf);
}

/* "#def name($a, $b=1)" */
static void do_def(struct cheetah *c, const struct cheetah_tag *tag)
{
	size_t skip = tag->len && *tag->args == '$';
	size_t n = cheetah_name_len(tag->args + skip, tag->len - skip);
	autofree char *name = xstrndup(tag->args + skip, n);
	autostrbuf arguments = STRBUF_INIT;
	bool converted = false;
	const char *open = tag->args + skip + n;
	size_t len = tag->len - skip - n;

	if (n && !strv_has(&c->names.set, name))
		strv_add(&c->names.set, name);
	if (!n || (len && *open != '('))
		keep(c, tag, "not «#def name($argument, …)»");
	else if (len <= 2)
		converted = true;
	else if (!read_targets(open, len, &arguments, &c->names.set))
		keep(c, tag, "an argument has a default");
	else
		converted = true;
	if (converted &&
		!cheetah_parses("{%% macro %s(%s) %%}{%% endmacro %%}", name, arguments.buf)) {
		keep(c, tag, "not «#def name($argument, …)»");
		converted = false;
	}
	if (open_block(c, tag, "def", converted ? "endmacro" : NULL))
		cheetah_put_tag(c, tag->alone, "macro %s(%s)", name, arguments.buf);
}

static void do_end(struct cheetah *c, const struct cheetah_tag *tag)
{
	size_t n = cheetah_name_len(tag->args, tag->len);
	const char *end;

	if (!c->blocks || strlen(c->block[c->blocks - 1].name) != n ||
		strncmp(c->block[c->blocks - 1].name, tag->args, n) != 0) {
		keep(c, tag, "it closes nothing that is open");
		return;
	}
	end = c->block[--c->blocks].end;
	c->loops -= end && strcmp(end, "endfor") == 0;
	if (end)
		cheetah_put_tag(c, tag->alone, "%s", end);
	else
		keep(c, tag, "what it closes was not converted");
}

static void do_echo(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf value = STRBUF_INIT;

	if (convert(c, tag, tag->args, tag->len, &value))
		put_value(c, tag, value.buf);
}

static void do_include(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf name = STRBUF_INIT;

	if (tag->len && (*tag->args == '\'' || *tag->args == '"')) {
		if (convert(c, tag, tag->args, tag->len, &name))
			cheetah_put_tag(c, false, "include %s", name.buf);
	} else {
		keep(c, tag, "only a template's name in quotes has a like");
	}
}

/* The line's end goes with it, as trim_blocks does after any comment. */
static void do_slurp(struct cheetah *c, const struct cheetah_tag *tag)
{
	(void)tag;
	strbuf_adds(c->ret, "{# #}");
}

/* What concerns Cheetah alone. */
static void do_drop(struct cheetah *c, const struct cheetah_tag *tag)
{
	cheetah_put_comment(c, tag->alone, tag->whole, tag->whole_len);
}

static bool is_in_name(char c)
{
	return cheetah_name_len(&c, 1) || (c >= '0' && c <= '9');
}

static const char *find_end_raw(const struct cheetah *c)
{
	static const char close[] = "#end raw";
	const char *at = c->text;

	while ((at = memmem(at, (size_t)(c->end - at), close, strlen(close)))) {
		at += strlen(close);
		if (at == c->end || !is_in_name(*at))
			return at - strlen(close);
	}
	return NULL;
}

static void do_raw(struct cheetah *c, const struct cheetah_tag *tag)
{
	const char *end = find_end_raw(c);

	if (!end) {
		keep(c, tag, "it is never closed");
		return;
	}
	if (memmem(c->text, (size_t)(end - c->text), "endraw", 6)) {
		keep(c, tag, "Jinja's word endraw is in it");
		return;
	}
	if (!open_block(c, tag, "raw", "endraw"))
		return;
	cheetah_put_tag(c, true, "raw");
	skip_line_end(c, tag);
	strbuf_add(c->ret, c->text, (size_t)(end - c->text));
	c->text = end;
}

static void do_not(struct cheetah *c, const struct cheetah_tag *tag)
{
	keep(c, tag, "has no like in Jinja");
}

static void do_not_block(struct cheetah *c, const struct cheetah_tag *tag)
{
	static const char *const names[] = {"block", "cache", "call", "closure",
		"compiler-settings", "filter", "i18n", "try", "while"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strncmp(tag->whole + 1, names[i], strlen(names[i])) == 0)
			open_block(c, tag, names[i], NULL);
	do_not(c, tag);
}

static const struct directive {
	const char *name;
	void (*convert)(struct cheetah *c, const struct cheetah_tag *tag);
} directives[] = {
	{"arg", do_not},
	{"assert", do_not},
	{"attr", do_set},
	{"block", do_not_block},
	{"break", do_not},
	{"breakpoint", do_drop},
	{"cache", do_not_block},
	{"call", do_not_block},
	{"closure", do_not_block},
	{"compiler-settings", do_not_block},
	{"continue", do_not},
	{"def", do_def},
	{"del", do_not},
	{"echo", do_echo},
	{"elif", do_elif},
	{"else", do_else},
	{"encoding", do_drop},
	{"end", do_end},
	{"errorCatcher", do_drop},
	{"except", do_not},
	{"extends", do_not},
	{"filter", do_not_block},
	{"finally", do_not},
	{"for", do_for},
	{"from", do_not},
	{"i18n", do_not_block},
	{"if", do_if},
	{"implements", do_not},
	{"import", do_not},
	{"include", do_include},
	{"pass", do_drop},
	{"raise", do_not},
	{"raw", do_raw},
	{"repeat", do_repeat},
	{"return", do_not},
	{"set", do_set},
	{"silent", do_not},
	{"slurp", do_slurp},
	{"stop", do_not},
	{"super", do_not},
	{"try", do_not_block},
	{"unless", do_unless},
	{"while", do_not_block},
	{"yield", do_not},
};

static const struct directive *find_directive(const char *text, size_t len, size_t *name_len)
{
	size_t n = cheetah_name_len(text, len);

	while (n && n + 1 < len && text[n] == '-' && cheetah_name_len(text + n + 1, len - n - 1))
		n += 1 + cheetah_name_len(text + n + 1, len - n - 1);
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		if (strlen(directives[i].name) == n && strncmp(directives[i].name, text, n) == 0) {
			*name_len = n;
			return &directives[i];
		}
	}
	return NULL;
}

/* Where the directive's text ends: at the line's end or at a #, outside of strings and brackets. */
static const char *find_end(const struct cheetah *c, const char *at)
{
	while (at < c->end && *at != '\n' && *at != '#') {
		size_t skip = 1;

		if (strchr("([{", *at) && *at)
			skip = cheetah_bracket_len(at, (size_t)(c->end - at));
		else if (*at == '\'' || *at == '"')
			skip = cheetah_string_len(at, (size_t)(c->end - at));
		if (skip > 1 && memchr(at, '\n', skip) && (*at == '\'' || *at == '"'))
			skip = 1;
		at += skip ? skip : 1;
	}
	return at;
}

/* Blanks around it, and the colon that Python's way of writing ends it with. */
static void trim_args(struct cheetah_tag *tag)
{
	while (tag->len && strchr(" \t", *tag->args) && *tag->args) {
		tag->args++;
		tag->len--;
	}
	while (tag->len && strchr(" \t\r:", tag->args[tag->len - 1]) && tag->args[tag->len - 1])
		tag->len--;
}

bool cheetah_directive(struct cheetah *c)
{
	size_t name_len = 0;
	const struct directive *directive =
		find_directive(c->text + 1, (size_t)(c->end - c->text - 1), &name_len);
	struct cheetah_tag tag = {.whole = c->text, .args = c->text + 1 + name_len};
	const char *end;
	bool closed;

	if (!directive)
		return false;
	end = find_end(c, tag.args);
	closed = end < c->end && *end == '#' && !(end + 1 < c->end && end[1] == '#');
	tag.len = (size_t)(end - tag.args);
	tag.whole_len = (size_t)(end - tag.whole);
	tag.line = cheetah_line(c, c->text);
	tag.alone = !closed && cheetah_begins_line(c, c->text);
	trim_args(&tag);
	if (end < c->end && *end == '#' && !closed) /* a comment ends it */
		while (end < c->end && *end != '\n')
			end++;
	c->text = end + closed;
	directive->convert(c, &tag);
	return true;
}
