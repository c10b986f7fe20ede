#include "template/cheetah.h"

#include "template/cheetah_text.h"

#include <string.h>

/* The shell's own names */

/* Words after which a command begins, and with it an assignment. */
static const char *const before_assignment[] = {
	"do", "else", "export", "local", "readonly", "then"};

static void add_name(struct strv *names, const char *text, size_t len)
{
	autofree char *name = xstrndup(text, len);

	if (!strv_has(names, name))
		strv_add(names, name);
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(text, word, len) == 0;
}

/* «for NAME in», «read NAME …»: the words of a line after the one at `word`. */
static void add_words(struct strv *names, const char *text, const char *end, bool all)
{
	while (text < end) {
		size_t len;

		while (text < end && (*text == ' ' || *text == '\t'))
			text++;
		len = cheetah_name_len(text, (size_t)(end - text));
		if (len)
			add_name(names, text, len);
		else if (text == end || *text != '-' || !all)
			return;
		while (text < end && *text != ' ' && *text != ';')
			text++;
		if (!all || (text < end && *text == ';'))
			return;
	}
}

/* One line: a name is assigned where a command begins. */
static void find_shell_names(struct strv *names, const char *text, const char *end)
{
	bool begins = true;

	while (text < end) {
		size_t len = cheetah_name_len(text, (size_t)(end - text));

		if (!len) {
			begins = strchr(";&|({`", *text) && *text ? true
			         : *text == ' ' || *text == '\t'  ? begins
			                                          : false;
			text++;
			continue;
		}
		if (begins && text + len < end && text[len] == '=')
			add_name(names, text, len);
		else if (begins && is_word(text, len, "for"))
			add_words(names, text + len, end, false);
		else if (is_word(text, len, "read"))
			add_words(names, text + len, end, true);
		begins = begins && is_word(text, len, "while");
		for (size_t i = 0; i < ARRAY_SIZE(before_assignment); i++)
			begins |= is_word(text, len, before_assignment[i]);
		text += len;
	}
}

static void find_names(struct cheetah *c)
{
	const char *line = c->begin;

	while (line < c->end) {
		const char *end = memchr(line, '\n', (size_t)(c->end - line));

		end = end ? end : c->end;
		find_shell_names(&c->names.shell, line, end);
		line = end + (end < c->end);
	}
}

/* Placeholders */

static bool is_shells(const struct cheetah *c, const char *name)
{
	return strv_has(&c->names.shell, name) && !strv_has(&c->names.set, name) &&
	       !cheetah_is_cobblers(name);
}

/* HOME, PATH: the environment's, unless a variable has that name. */
static bool is_in_capitals(const char *name)
{
	return strcspn(name, "abcdefghijklmnopqrstuvwxyz") == strlen(name) &&
	       name[strspn(name, "_")];
}

/* "$(hostname -s)", "${list[@]}": nothing in it is Cheetah's but the bracket. */
static bool looks_like_shell(const char *whole, size_t len)
{
	return len > 2 && (whole[1] == '(' || whole[1] == '{') && !memchr(whole + 2, '$', len - 2);
}

static void put_kept(struct cheetah *c, const char *whole, size_t len, size_t line, const char *why)
{
	if (looks_like_shell(whole, len)) {
		cheetah_put_literal(c, whole, len);
		cheetah_mark(c, line, "%.*s: taken for the shell's: in Cheetah, %s",
			(int)(len > 60 ? 60 : len), whole, why);
		return;
	}
	cheetah_put_comment(c, false, whole, len);
	cheetah_mark(c, line, "%.*s: %s", (int)(len > 60 ? 60 : len), whole, why);
}

/* A plain name. False: nothing is special about it. */
static bool put_name(struct cheetah *c, const char *name, const char *whole, size_t whole_len)
{
	const struct cheetah_variable *variable = cheetah_variable_find(name);

	if (is_shells(c, name)) {
		cheetah_put_literal(c, whole, whole_len);
		return true;
	}
	if (strv_has(&c->names.set, name))
		return false;
	if (variable && variable->text) {
		strbuf_adds(c->ret, variable->text);
		return true;
	}
	if (!is_in_capitals(name) || cheetah_is_cobblers(name))
		return false;
	strbuf_addf(c->ret, "{{ %s|default(\"%.*s\") }}", name, (int)whole_len, whole);
	return true;
}

/* SNIPPET('network'), or a name that is computed. */
static void put_snippet(struct cheetah *c, const char *arguments, size_t len, const char *whole,
	size_t whole_len, size_t line)
{
	const struct cheetah_variable *row;
	autostrbuf expression = STRBUF_INIT;
	autostrbuf why = STRBUF_INIT;
	autofree char *name = NULL;

	if (cheetah_expression(&c->names, arguments, len, &expression, &why) < 0) {
		put_kept(c, whole, whole_len, line, why.buf);
		return;
	}
	if (expression.len < 3 || !strchr("'\"", expression.buf[0]) ||
		cheetah_string_len(expression.buf, expression.len) != expression.len) {
		cheetah_put_tag(c, false, "include \"snippets/\" ~ (%s)", expression.buf);
		return;
	}
	name = xstrndup(expression.buf + 1, expression.len - 2);
	row = cheetah_snippet_find(name);
	if (row)
		strbuf_adds(c->ret, row->text);
	else
		cheetah_put_tag(c, false, "include %csnippets/%s%c", expression.buf[0], name,
			expression.buf[0]);
}

void cheetah_put_expression(struct cheetah *c, const char *expression, size_t len,
	const char *whole, size_t whole_len, size_t line)
{
	size_t n = len > 1 ? cheetah_name_len(expression + 1, len - 1) : 0;
	autofree char *name = xstrndup(n ? expression + 1 : "", n);
	autostrbuf value = STRBUF_INIT;
	autostrbuf why = STRBUF_INIT;

	if (n + 1 == len && put_name(c, name, whole, whole_len))
		return;
	if (strcmp(name, "SNIPPET") == 0 && len > n + 2 && expression[n + 1] == '(' &&
		cheetah_bracket_len(expression + n + 1, len - n - 1) == len - n - 1)
		put_snippet(c, expression + n + 2, len - n - 3, whole, whole_len, line);
	else if (cheetah_expression(&c->names, expression, len, &value, &why) == 0)
		strbuf_addf(c->ret, "{{ %s }}", value.buf);
	else
		put_kept(c, whole, whole_len, line, why.buf);
}

/* The length of "$name.attribute[…](…)", from the name on. */
static size_t plain_len(const char *text, size_t len)
{
	size_t n = cheetah_name_len(text, len);

	while (n && n < len) {
		size_t more = 0;

		if (text[n] == '.')
			more = cheetah_name_len(text + n + 1, len - n - 1);
		more += more > 0;
		if (text[n] == '(' || text[n] == '[')
			more = cheetah_bracket_len(text + n, len - n);
		if (!more)
			break;
		n += more;
	}
	return n;
}

/* "${…}", "$(…)", "$[…]": what is in it begins with a variable whose sign may be left out. */
static void put_enclosed(struct cheetah *c, const char *open, size_t len)
{
	const char *whole = c->text;
	size_t whole_len = (size_t)(open - whole) + len;
	autostrbuf inner = STRBUF_INIT;
	size_t line = cheetah_line(c, whole);

	if (cheetah_name_len(open + 1, len - 2))
		strbuf_addc(&inner, '$');
	strbuf_add(&inner, open + 1, len - 2);
	c->text = open + len;
	cheetah_put_expression(c, inner.buf, inner.len, whole, whole_len, line);
}

/* At a $; false: it is one that means nothing. */
static bool put_placeholder(struct cheetah *c)
{
	const char *at = c->text + 1;
	const char *whole = c->text;
	size_t len;

	if (at < c->end && (*at == '!' || *at == '*')) /* silent, cached */
		at++;
	if (at == c->end)
		return false;
	if (strchr("{([", *at) && *at) {
		len = cheetah_bracket_len(at, (size_t)(c->end - at));
		if (len < 3)
			return false;
		put_enclosed(c, at, len);
		return true;
	}
	len = plain_len(at, (size_t)(c->end - at));
	if (len) {
		autostrbuf expression = STRBUF_INIT;

		strbuf_addc(&expression, '$');
		strbuf_add(&expression, at, len);
		c->text = at + len;
		cheetah_put_expression(c, expression.buf, expression.len, whole,
			(size_t)(c->text - whole), cheetah_line(c, whole));
	}
	return len > 0;
}

/* Comments and the rest */

/* "## to the line's end", "#* … *#" */
static bool put_comment(struct cheetah *c)
{
	size_t left = (size_t)(c->end - c->text);
	const char *from = c->text + 2;
	bool alone = cheetah_begins_line(c, c->text);
	const char *end;

	if (left < 2 || (from[-1] != '#' && from[-1] != '*'))
		return false;
	if (from[-1] == '#') {
		end = memchr(from, '\n', left - 2);
		end = end ? end : c->end;
		c->text = end;
	} else {
		end = memmem(from, left - 2, "*#", 2);
		if (!end)
			return false;
		c->text = end + 2;
		alone = false;
	}
	while (from < end && (*from == ' ' || *from == '#'))
		from++;
	cheetah_put_comment(c, alone, from, (size_t)(end - from));
	return true;
}

/* Cobbler's older way: a word in the text. */
static bool put_old_snippet(struct cheetah *c)
{
	static const char word[] = "SNIPPET::";
	size_t left = (size_t)(c->end - c->text);
	const char *whole = c->text;
	const char *from = c->text + strlen(word);
	autostrbuf name = STRBUF_INIT;
	size_t n = 0;

	if (left <= strlen(word) || strncmp(c->text, word, strlen(word)) != 0)
		return false;
	while (from + n < c->end &&
		(cheetah_name_len(from + n, 1) || (from[n] && strchr("0123456789-./", from[n]))))
		n++;
	if (!n)
		return false;
	strbuf_addc(&name, '\'');
	strbuf_add(&name, from, n);
	strbuf_addc(&name, '\'');
	c->text = from + n;
	put_snippet(
		c, name.buf, name.len, whole, (size_t)(c->text - whole), cheetah_line(c, whole));
	return true;
}

/* Cobbler puts its variables for "@@server@@" after Cheetah is done, and leaves what it does not
 * know. */
static bool put_at_name(struct cheetah *c)
{
	static const char sign[] = "@@";
	const size_t n_sign = strlen(sign);
	const char *whole = c->text;
	size_t left = (size_t)(c->end - whole);
	size_t n = left > n_sign ? cheetah_name_len(whole + n_sign, left - n_sign) : 0;
	size_t len = n + 2 * n_sign;
	autofree char *name = NULL;
	autofree char *expression = NULL;

	if (!n || left < len || strncmp(whole, sign, n_sign) != 0 ||
		strncmp(whole + n_sign + n, sign, n_sign) != 0)
		return false;
	name = xstrndup(whole + n_sign, n);
	c->text += len;
	if (cheetah_is_cobblers(name)) {
		expression = xasprintf("$%s", name);
		cheetah_put_expression(c, expression, n + 1, whole, len, cheetah_line(c, whole));
		return true;
	}
	cheetah_put_literal(c, whole, len);
	cheetah_mark(c, cheetah_line(c, whole),
		"@@%s@@: is kept, as Cobbler has no such variable; one of yours is {{ %s }}", name,
		name);
	return true;
}

static bool convert_one(struct cheetah *c)
{
	switch (*c->text) {
	case '\\':
		if (c->end - c->text < 2 || (c->text[1] != '$' && c->text[1] != '#'))
			return false;
		c->text += 2;
		cheetah_put_literal(c, c->text - 1, 1);
		return true;
	case '#':
		return put_comment(c) || cheetah_directive(c);
	case '$':
		return put_placeholder(c);
	case 'S':
		return put_old_snippet(c);
	case '@':
		return put_at_name(c);
	default:
		return false;
	}
}

static void convert_all(struct cheetah *c)
{
	while (c->text < c->end) {
		const char *literal = c->text;

		if (convert_one(c))
			continue;
		c->text++;
		while (c->text < c->end && !strchr("\\#$S@", *c->text))
			c->text++;
		cheetah_put_literal(c, literal, (size_t)(c->text - literal));
	}
	while (c->blocks--) {
		cheetah_mark(c, cheetah_line(c, c->end), "#%s is never closed",
			c->block[c->blocks].name);
		if (c->block[c->blocks].end)
			cheetah_put_tag(c, false, "%s", c->block[c->blocks].end);
	}
}

/* Twice: a name may be used above the line that sets it. */
void cheetah_convert(const char *text, size_t len, struct strbuf *ret, struct cheetah_marks *marks)
{
	autostrbuf first = STRBUF_INIT;
	__attribute__((cleanup(auto_cheetah_marks))) struct cheetah_marks ignored = {.v = NULL};
	struct cheetah c = {
		.text = text, .begin = text, .end = text + len, .ret = &first, .marks = &ignored};

	find_names(&c);
	convert_all(&c);
	strv_done(&c.outer);
	c.outer = (struct strv)STRV_INIT;
	c.text = text;
	c.ret = ret;
	c.marks = marks;
	c.blocks = 0;
	c.loops = 0;
	convert_all(&c);
	strv_done(&c.outer);
	strv_done(&c.names.set);
	strv_done(&c.names.shell);
}
