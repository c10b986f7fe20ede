/*
 * Python's expressions, with $ before Cheetah's names, in Jinja. Operators and literals are much
 * the same in both; what differs is what can be called: functions become filters. The expression is
 * read operand by operand, operators between them, without a tree: neither language's precedence
 * is touched.
 */
#include "template/cheetah_reader.h"
#include "template/parser.h"

#include <string.h>

/* Those of Python's words that stand between or before operands. */
static const struct {
	const char *word;
	const char *jinja; /* NULL: there is no like */
} words[] = {
	{"and", "and"},
	{"else", "else"},
	{"for", NULL},
	{"if", "if"},
	{"in", "in"},
	{"is", "is"},
	{"lambda", NULL},
	{"not", "not"},
	{"or", "or"},
};

static const struct {
	const char *sign; /* the longer ones first */
	const char *jinja;
} signs[] = {
	{"**", "**"},
	{"//", "//"},
	{"==", "=="},
	{"!=", "!="},
	{"<>", "!="},
	{"<=", "<="},
	{">=", ">="},
	{"<<", NULL},
	{">>", NULL},
	{"+", "+"},
	{"-", "-"},
	{"*", "*"},
	{"/", "/"},
	{"%", "%"},
	{"<", "<"},
	{">", ">"},
	{",", ","},
	{":", ":"},
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

size_t cheetah_name_len(const char *text, size_t len)
{
	size_t n = 0;

	if (!len || !is_letter(*text))
		return 0;
	while (n < len && (is_letter(text[n]) || is_digit(text[n])))
		n++;
	return n;
}

size_t cheetah_string_len(const char *text, size_t len)
{
	len = len < CHEETAH_SPAN_MAX ? len : CHEETAH_SPAN_MAX;
	for (size_t i = 1; i < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == text[0])
			return i + 1;
	}
	return 0;
}

size_t cheetah_bracket_len(const char *text, size_t len)
{
	size_t open = 0;

	len = len < CHEETAH_SPAN_MAX ? len : CHEETAH_SPAN_MAX;
	for (size_t i = 0; i < len; i++) {
		if (strchr("([{", text[i]) && text[i])
			open++;
		else if (strchr(")]}", text[i]) && text[i] && --open == 0)
			return i + 1;
		if (text[i] == '\'' || text[i] == '"') {
			size_t n = cheetah_string_len(text + i, len - i);

			if (!n)
				return 0;
			i += n - 1;
		}
	}
	return 0;
}

void cheetah_skip_blanks(struct cheetah_reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

static bool next_is(const struct cheetah_reader *r, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(r->end - r->at) >= len && strncmp(r->at, text, len) == 0;
}

char *cheetah_take_name(struct cheetah_reader *r)
{
	size_t len = cheetah_name_len(r->at, (size_t)(r->end - r->at));
	char *name = xstrndup(r->at, len);

	r->at += len;
	return name;
}

/* What stands in the brackets at r->at, converted; r->at is behind them afterwards. */
int cheetah_read_brackets(struct cheetah_reader *r, struct strbuf *ret)
{
	size_t len = cheetah_bracket_len(r->at, (size_t)(r->end - r->at));
	struct cheetah_reader inner = *r;

	if (!len)
		return cheetah_refuse(r, "a bracket is not closed");
	if (r->depth == CHEETAH_DEPTH_MAX)
		return cheetah_refuse(r, "brackets are nested too deep");
	inner.at = r->at + 1;
	inner.end = r->at + len - 1;
	inner.ret = ret;
	inner.depth++;
	if (cheetah_read_sequence(&inner) < 0)
		return -1;
	r->at += len;
	return 0;
}

/* A string literal: as it is, but Python 2's prefixes go. */
static int read_string(struct cheetah_reader *r, struct strbuf *ret)
{
	size_t len = cheetah_string_len(r->at, (size_t)(r->end - r->at));

	if (!len || next_is(r, "'''") || next_is(r, "\"\"\""))
		return cheetah_refuse(r, "a string does not end, or has three quotes");
	strbuf_add(ret, r->at, len);
	r->at += len;
	return 0;
}

/* $name, or a name that Python itself knows. */
static int read_variable(struct cheetah_reader *r, bool dollar, struct strbuf *ret)
{
	const struct cheetah_variable *variable;
	autofree char *name = cheetah_take_name(r);

	if (r->at < r->end && *r->at == '(')
		return cheetah_read_call(r, name, ret);
	if (strv_has(&r->names->set, name)) {
		strbuf_adds(ret, name);
		return 0;
	}
	if (strcmp(name, "True") == 0 || strcmp(name, "False") == 0 || strcmp(name, "None") == 0) {
		strbuf_addf(ret, "%s", name[0] == 'T' ? "true" : name[0] == 'F' ? "false" : "none");
		return 0;
	}
	if (!dollar)
		return cheetah_refuse(r, "Python's name '%s' has no like", name);
	variable = cheetah_variable_find(name);
	if (variable && !variable->jinja)
		return cheetah_refuse(r, "'%s' %s", name,
			variable->why ? variable->why : "is a text here: let it stand alone");
	cheetah_add_variable(name, ret);
	return 0;
}

static int read_number(struct cheetah_reader *r, struct strbuf *ret)
{
	const char *from = r->at;

	while (r->at < r->end && (is_digit(*r->at) || *r->at == '.'))
		r->at++;
	strbuf_add(ret, from, (size_t)(r->at - from));
	if (r->at < r->end && is_letter(*r->at))
		return cheetah_refuse(r, "a number is written in Python's own way");
	return 0;
}

/* "u'…'" and the like. */
static bool is_prefixed_string(const struct cheetah_reader *r)
{
	return r->end - r->at > 1 && strchr("uUcC", r->at[0]) && r->at[0] &&
	       (r->at[1] == '\'' || r->at[1] == '"');
}

static int read_operand(struct cheetah_reader *r, struct strbuf *ret)
{
	size_t start = ret->len;
	char open = *r->at;

	if (is_prefixed_string(r))
		open = *++r->at;
	if (open == '\'' || open == '"') {
		if (read_string(r, ret) < 0)
			return -1;
	} else if (is_digit(open)) {
		return read_number(r, ret);
	} else if (strchr("([{", open)) {
		strbuf_addc(ret, open);
		if (cheetah_read_brackets(r, ret) < 0)
			return -1;
		strbuf_addc(ret, open == '(' ? ')' : open == '[' ? ']' : '}');
	} else if (open == '$' && cheetah_name_len(r->at + 1, (size_t)(r->end - r->at - 1))) {
		r->at++;
		if (read_variable(r, true, ret) < 0)
			return -1;
	} else if (open == '$' && r->end - r->at > 1 && strchr("({[", r->at[1]) && r->at[1]) {
		r->at++;
		strbuf_addc(ret, '(');
		if (cheetah_read_brackets(r, ret) < 0)
			return -1;
		strbuf_addc(ret, ')');
	} else if (is_letter(open)) {
		if (read_variable(r, false, ret) < 0)
			return -1;
	} else {
		return cheetah_refuse(r, "'%c' has no like",
			(unsigned char)open < 0x20 || (unsigned char)open > 0x7e ? '?' : open);
	}
	return cheetah_read_trailers(r, ret, start);
}

/* 1: an operator was read, 0: there is none here, -1: it has no like. */
static int read_sign(struct cheetah_reader *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (!next_is(r, signs[i].sign))
			continue;
		if (!signs[i].jinja)
			return cheetah_refuse(r, "the operator %s has no like", signs[i].sign);
		r->at += strlen(signs[i].sign);
		strbuf_adds(r->ret, signs[i].jinja);
		return 1;
	}
	return 0;
}

/* «is None» is a test here; «is» anything else has no like. */
static int check_is(struct cheetah_reader *r)
{
	struct cheetah_reader ahead = *r;
	autofree char *first = NULL;
	autofree char *second = NULL;

	cheetah_skip_blanks(&ahead);
	first = cheetah_take_name(&ahead);
	if (strcmp(first, "not") == 0) {
		cheetah_skip_blanks(&ahead);
		second = cheetah_take_name(&ahead);
	}
	if (strcmp(second ? second : first, "None") != 0)
		return cheetah_refuse(r, "'is' compares objects in Python");
	return 1;
}

static int read_word(struct cheetah_reader *r)
{
	size_t len = cheetah_name_len(r->at, (size_t)(r->end - r->at));

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) != len || strncmp(words[i].word, r->at, len) != 0)
			continue;
		if (!words[i].jinja)
			return cheetah_refuse(r, "Python's '%s' has no like", words[i].word);
		r->at += len;
		strbuf_adds(r->ret, words[i].jinja);
		return strcmp(words[i].word, "is") == 0 ? check_is(r) : 1;
	}
	return 0;
}

int cheetah_read_sequence(struct cheetah_reader *r)
{
	while (r->at < r->end) {
		int done;

		if (is_blank(*r->at)) {
			cheetah_skip_blanks(r);
			strbuf_addc(r->ret, ' ');
			continue;
		}
		done = read_sign(r);
		if (done == 0)
			done = read_word(r);
		if (done < 0 || (done == 0 && read_operand(r, r->ret) < 0))
			return -1;
	}
	return 0;
}

bool cheetah_parses(const char *fmt, ...)
{
	static const struct template_options options = {.trim_blocks = true};
	autostrbuf text = STRBUF_INIT;
	AUTO(names) struct names *names = names_new();
	struct parsed *parsed;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	parsed = parser_parse(names, &options, "converted", text.buf, text.len, NULL);
	parsed_free(parsed);
	return parsed != NULL;
}

int cheetah_expression(const struct cheetah_names *names, const char *text, size_t len,
	struct strbuf *ret, struct strbuf *why)
{
	struct cheetah_reader r = {
		.names = names, .at = text, .end = text + len, .ret = ret, .why = why};
	size_t start = ret->len;

	cheetah_skip_blanks(&r);
	while (r.end > r.at && is_blank(r.end[-1]))
		r.end--;
	if (r.at == r.end)
		cheetah_refuse(&r, "an expression is missing");
	else if (memchr(text, '\0', len))
		cheetah_refuse(&r, "it holds a NUL byte");
	else if (cheetah_read_sequence(&r) == 0) {
		if (cheetah_parses("{{ %s }}", ret->buf + start))
			return 0;
		cheetah_refuse(&r, "it is no expression");
	}
	strbuf_truncate(ret, start);
	return -1;
}
