/* Cheetah's directives: a row and a function for each. */
#include "template/cheetah_text.h"

#include <string.h>

/* Directives that have no like are kept, with why. */
void cheetah_keep(struct cheetah *c, const struct cheetah_tag *tag, const char *why)
{
	cheetah_put_comment(c, tag->alone, tag->whole, tag->whole_len);
	cheetah_mark(c, tag->line, "%.*s: %s", (int)(tag->whole_len > 60 ? 60 : tag->whole_len),
		tag->whole, why);
}

/* True, with the expression in Jinja; else the directive has been kept. */
bool cheetah_tag_expression(struct cheetah *c, const struct cheetah_tag *tag, const char *text,
	size_t len, struct strbuf *ret)
{
	autostrbuf why = STRBUF_INIT;

	if (cheetah_expression(&c->names, text, len, ret, &why) == 0)
		return true;
	cheetah_keep(c, tag, why.buf);
	return false;
}

/* The line's end goes with a directive, also where Jinja would keep it. */
void cheetah_skip_line_end(struct cheetah *c, const struct cheetah_tag *tag)
{
	if (tag->alone && c->text < c->end && *c->text == '\r')
		c->text++;
	if (tag->alone && c->text < c->end && *c->text == '\n')
		c->text++;
}

void cheetah_put_value(struct cheetah *c, const struct cheetah_tag *tag, const char *value)
{
	strbuf_addf(c->ret, "{{ %s }}", value);
	cheetah_skip_line_end(c, tag);
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
		cheetah_keep(c, tag, "only «#set $name = …» has a like");
		return;
	}
	note_set(c, tag, name);
	if (!cheetah_tag_expression(c, tag, text + n + 1, len - n - 1, &value))
		return;
	if (sign)
		cheetah_put_tag(c, tag->alone, "set %s = %s %c (%s)", name, name, sign, value.buf);
	else
		cheetah_put_tag(c, tag->alone, "set %s = %s", name, value.buf);
}

static void do_echo(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf value = STRBUF_INIT;

	if (cheetah_tag_expression(c, tag, tag->args, tag->len, &value))
		cheetah_put_value(c, tag, value.buf);
}

static void do_include(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf name = STRBUF_INIT;

	if (tag->len && (*tag->args == '\'' || *tag->args == '"')) {
		if (cheetah_tag_expression(c, tag, tag->args, tag->len, &name))
			cheetah_put_tag(c, false, "include %s", name.buf);
	} else {
		cheetah_keep(c, tag, "only a template's name in quotes has a like");
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
		cheetah_keep(c, tag, "it is never closed");
		return;
	}
	if (memmem(c->text, (size_t)(end - c->text), "endraw", 6)) {
		cheetah_keep(c, tag, "Jinja's word endraw is in it");
		return;
	}
	if (!cheetah_open_block(c, tag, "raw", "endraw"))
		return;
	cheetah_put_tag(c, true, "raw");
	cheetah_skip_line_end(c, tag);
	strbuf_add(c->ret, c->text, (size_t)(end - c->text));
	c->text = end;
}

static void do_not(struct cheetah *c, const struct cheetah_tag *tag)
{
	cheetah_keep(c, tag, "has no like in Jinja");
}

static void do_not_block(struct cheetah *c, const struct cheetah_tag *tag)
{
	static const char *const names[] = {"block", "cache", "call", "closure",
		"compiler-settings", "filter", "i18n", "try", "while"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strncmp(tag->whole + 1, names[i], strlen(names[i])) == 0)
			cheetah_open_block(c, tag, names[i], NULL);
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
	{"def", cheetah_do_def},
	{"del", do_not},
	{"echo", do_echo},
	{"elif", cheetah_do_elif},
	{"else", cheetah_do_else},
	{"encoding", do_drop},
	{"end", cheetah_do_end},
	{"errorCatcher", do_drop},
	{"except", do_not},
	{"extends", do_not},
	{"filter", do_not_block},
	{"finally", do_not},
	{"for", cheetah_do_for},
	{"from", do_not},
	{"i18n", do_not_block},
	{"if", cheetah_do_if},
	{"implements", do_not},
	{"import", do_not},
	{"include", do_include},
	{"pass", do_drop},
	{"raise", do_not},
	{"raw", do_raw},
	{"repeat", cheetah_do_repeat},
	{"return", do_not},
	{"set", do_set},
	{"silent", do_not},
	{"slurp", do_slurp},
	{"stop", do_not},
	{"super", do_not},
	{"try", do_not_block},
	{"unless", cheetah_do_unless},
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
	bool closes = true;

	while (at < c->end && *at != '\n' && *at != '#') {
		size_t skip = 1;

		if (closes && strchr("([{", *at) && *at)
			closes = (skip = cheetah_bracket_len(at, (size_t)(c->end - at))) != 0;
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
