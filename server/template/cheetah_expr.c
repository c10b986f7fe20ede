/*
 * Python's expressions, with $ before Cheetah's names, in Jinja. Operators and literals are much
 * the same in both; what differs is what can be called: functions become filters. The expression is
 * read operand by operand, operators between them, without a tree: neither language's precedence
 * is touched.
 */
#include "template/cheetah_expr.h"

#include "template/parser.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

struct reader {
	const struct cheetah_names *names;
	const char *at;
	const char *end;
	struct strbuf *ret;
	struct strbuf *why;
	unsigned depth;
};

/* A function, and the filter that does the same; without filter the function is there, too. */
static const struct function {
	const char *name;
	const char *filter;
} functions[] = {
	{"abs", "abs"},
	{"dict", NULL},
	{"float", "float"},
	{"int", "int"},
	{"len", "length"},
	{"list", "list"},
	{"max", "max"},
	{"min", "min"},
	{"range", NULL},
	{"round", "round"},
	{"sorted", "sort"},
	{"str", "string"},
	{"sum", "sum"},
	{"unicode", "string"},
	{"xrange", "range"},
};

/* Methods that Jinja's values have here. */
static const char *const methods[] = {
	"capitalize",
	"count",
	"endswith",
	"find",
	"format",
	"get",
	"isalnum",
	"isalpha",
	"isdigit",
	"islower",
	"isspace",
	"isupper",
	"items",
	"join",
	"keys",
	"ljust",
	"lower",
	"lstrip",
	"partition",
	"replace",
	"rfind",
	"rjust",
	"rpartition",
	"rsplit",
	"rstrip",
	"split",
	"splitlines",
	"startswith",
	"strip",
	"swapcase",
	"title",
	"upper",
	"values",
	"zfill",
};

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

#define refuse(reader, ...)                                                                        \
	__extension__({                                                                            \
		strbuf_reset((reader)->why);                                                       \
		strbuf_addf((reader)->why, __VA_ARGS__);                                           \
		-1;                                                                                \
	})

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

static bool next_is(const struct reader *r, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(r->end - r->at) >= len && strncmp(r->at, text, len) == 0;
}

static char *take_name(struct reader *r)
{
	size_t len = cheetah_name_len(r->at, (size_t)(r->end - r->at));
	char *name = xstrndup(r->at, len);

	r->at += len;
	return name;
}

static int read_sequence(struct reader *r);

/* What stands in the brackets at r->at, converted; r->at is behind them afterwards. */
static int read_brackets(struct reader *r, struct strbuf *ret)
{
	size_t len = cheetah_bracket_len(r->at, (size_t)(r->end - r->at));
	struct reader inner = *r;

	if (!len)
		return refuse(r, "a bracket is not closed");
	if (r->depth == DEPTH_MAX)
		return refuse(r, "brackets are nested too deep");
	inner.at = r->at + 1;
	inner.end = r->at + len - 1;
	inner.ret = ret;
	inner.depth++;
	if (read_sequence(&inner) < 0)
		return -1;
	r->at += len;
	return 0;
}

/* A string literal: as it is, but Python 2's prefixes go. */
static int read_string(struct reader *r, struct strbuf *ret)
{
	size_t len = cheetah_string_len(r->at, (size_t)(r->end - r->at));

	if (!len || next_is(r, "'''") || next_is(r, "\"\"\""))
		return refuse(r, "a string does not end, or has three quotes");
	strbuf_add(ret, r->at, len);
	r->at += len;
	return 0;
}

/* The name in 'x' or "$x", which getVar() and varExists() take; what follows it stays. */
static int read_name_argument(struct reader *r, struct strbuf *ret)
{
	size_t len;
	char quote;

	skip_blanks(r);
	if (r->at == r->end || (*r->at != '\'' && *r->at != '"'))
		return refuse(r, "a variable's name is computed");
	quote = *r->at++;
	if (r->at < r->end && *r->at == '$')
		r->at++;
	len = cheetah_name_len(r->at, (size_t)(r->end - r->at));
	if (!len || r->at + len == r->end || r->at[len] != quote)
		return refuse(r, "a variable's name is computed");
	strbuf_add(ret, r->at, len);
	r->at += len + 1;
	skip_blanks(r);
	return 0;
}

static void add_variable(const char *name, struct strbuf *ret)
{
	const struct cheetah_variable *variable = cheetah_variable_find(name);

	if (variable && variable->jinja)
		strbuf_adds(ret, variable->jinja);
	else if (!cheetah_interface_variable(name, ret))
		strbuf_adds(ret, name);
}

/* getVar('x', default), varExists('x'); r->at is at the opening bracket. */
static int read_get_var(struct reader *r, bool exists, struct strbuf *ret)
{
	size_t len = cheetah_bracket_len(r->at, (size_t)(r->end - r->at));
	autostrbuf name = STRBUF_INIT;
	struct reader inner = *r;

	if (!len)
		return refuse(r, "a bracket is not closed");
	inner.at = r->at + 1;
	inner.end = r->at + len - 1;
	inner.ret = ret;
	if (read_name_argument(&inner, &name) < 0)
		return -1;
	r->at += len;
	add_variable(name.buf, ret);
	if (exists) {
		strbuf_adds(ret, " is defined");
		return inner.at == inner.end ? 0 : refuse(r, "varExists takes one name");
	}
	if (inner.at == inner.end)
		return 0;
	if (*inner.at++ != ',')
		return refuse(r, "getVar takes a name and a default");
	skip_blanks(&inner);
	strbuf_adds(ret, "|default(");
	if (read_sequence(&inner) < 0)
		return -1;
	strbuf_addc(ret, ')');
	return 0;
}

static const struct function *find_function(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

/* A call of a plain name; r->at is at the opening bracket. */
static int read_call(struct reader *r, const char *name, struct strbuf *ret)
{
	const struct function *function = find_function(name);
	autostrbuf arguments = STRBUF_INIT;

	if (strcmp(name, "getVar") == 0 || strcmp(name, "varExists") == 0)
		return read_get_var(r, name[0] == 'v', ret);
	if (!function && !strv_has(&r->names->set, name))
		return refuse(r, "the function %s() has no like", name);
	if (read_brackets(r, &arguments) < 0)
		return -1;
	if (!function || !function->filter)
		strbuf_addf(ret, "%s(%s)", name, arguments.buf);
	else if (strcmp(function->filter, "range") == 0)
		strbuf_addf(ret, "range(%s)", arguments.buf);
	else if (!*arguments.buf || strchr(arguments.buf, ','))
		return refuse(
			r, "%s() has other arguments than the filter %s", name, function->filter);
	else
		strbuf_addf(ret, "(%s)|%s", arguments.buf, function->filter);
	return 0;
}

static bool is_method(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (strcmp(methods[i], name) == 0)
			return true;
	return false;
}

/* ".name" and what is called with it; the operand so far is `ret` from `start` on. */
static int read_attribute(struct reader *r, struct strbuf *ret, size_t start)
{
	autofree char *name = NULL;
	autostrbuf arguments = STRBUF_INIT;
	autofree char *operand = NULL;
	bool called;

	r->at++;
	name = take_name(r);
	called = r->at < r->end && *r->at == '(';
	if (called && read_brackets(r, &arguments) < 0)
		return -1;
	if (called && strcmp(name, "has_key") == 0) {
		operand = xstrdup(ret->buf + start);
		strbuf_truncate(ret, start);
		strbuf_addf(ret, "(%s in %s)", arguments.buf, operand);
		return 0;
	}
	if (called && !is_method(name))
		return refuse(r, "the method %s() has no like", name);
	/* Cheetah calls what can be called */
	if (called || is_method(name))
		strbuf_addf(ret, ".%s(%s)", name, arguments.buf);
	else
		strbuf_addf(ret, ".%s", name);
	return 0;
}

/* What follows a filter would be the filter's. */
static void wrap_filter(struct strbuf *ret, size_t start)
{
	autofree char *operand = xstrdup(ret->buf + start);

	if (!strchr(operand, '|') && !strchr(operand, ' '))
		return;
	strbuf_truncate(ret, start);
	strbuf_addf(ret, "(%s)", operand);
}

static int read_trailers(struct reader *r, struct strbuf *ret, size_t start)
{
	if (r->at < r->end && (*r->at == '.' || *r->at == '[') && ret->buf[start] != '\'' &&
		ret->buf[start] != '"')
		wrap_filter(ret, start);
	while (r->at < r->end) {
		if (*r->at == '.' && cheetah_name_len(r->at + 1, (size_t)(r->end - r->at - 1))) {
			if (read_attribute(r, ret, start) < 0)
				return -1;
		} else if (*r->at == '[') {
			strbuf_addc(ret, '[');
			if (read_brackets(r, ret) < 0)
				return -1;
			strbuf_addc(ret, ']');
		} else if (*r->at == '(') {
			return refuse(r, "a value is called");
		} else {
			return 0;
		}
	}
	return 0;
}

/* $name, or a name that Python itself knows. */
static int read_variable(struct reader *r, bool dollar, struct strbuf *ret)
{
	const struct cheetah_variable *variable;
	autofree char *name = take_name(r);

	if (r->at < r->end && *r->at == '(')
		return read_call(r, name, ret);
	if (strv_has(&r->names->set, name)) {
		strbuf_adds(ret, name);
		return 0;
	}
	if (strcmp(name, "True") == 0 || strcmp(name, "False") == 0 || strcmp(name, "None") == 0) {
		strbuf_addf(ret, "%s", name[0] == 'T' ? "true" : name[0] == 'F' ? "false" : "none");
		return 0;
	}
	if (!dollar)
		return refuse(r, "Python's name '%s' has no like", name);
	variable = cheetah_variable_find(name);
	if (variable && !variable->jinja)
		return refuse(r, "'%s' %s", name,
			variable->why ? variable->why : "is a text here: let it stand alone");
	add_variable(name, ret);
	return 0;
}

static int read_number(struct reader *r, struct strbuf *ret)
{
	const char *from = r->at;

	while (r->at < r->end && (is_digit(*r->at) || *r->at == '.'))
		r->at++;
	strbuf_add(ret, from, (size_t)(r->at - from));
	if (r->at < r->end && is_letter(*r->at))
		return refuse(r, "a number is written in Python's own way");
	return 0;
}

/* "u'…'" and the like. */
static bool is_prefixed_string(const struct reader *r)
{
	return r->end - r->at > 1 && strchr("uUcC", r->at[0]) && r->at[0] &&
	       (r->at[1] == '\'' || r->at[1] == '"');
}

static int read_operand(struct reader *r, struct strbuf *ret)
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
		if (read_brackets(r, ret) < 0)
			return -1;
		strbuf_addc(ret, open == '(' ? ')' : open == '[' ? ']' : '}');
	} else if (open == '$' && cheetah_name_len(r->at + 1, (size_t)(r->end - r->at - 1))) {
		r->at++;
		if (read_variable(r, true, ret) < 0)
			return -1;
	} else if (open == '$' && r->end - r->at > 1 && strchr("({[", r->at[1]) && r->at[1]) {
		r->at++;
		strbuf_addc(ret, '(');
		if (read_brackets(r, ret) < 0)
			return -1;
		strbuf_addc(ret, ')');
	} else if (is_letter(open)) {
		if (read_variable(r, false, ret) < 0)
			return -1;
	} else {
		return refuse(r, "'%c' has no like",
			(unsigned char)open < 0x20 || (unsigned char)open > 0x7e ? '?' : open);
	}
	return read_trailers(r, ret, start);
}

/* 1: an operator was read, 0: there is none here, -1: it has no like. */
static int read_sign(struct reader *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (!next_is(r, signs[i].sign))
			continue;
		if (!signs[i].jinja)
			return refuse(r, "the operator %s has no like", signs[i].sign);
		r->at += strlen(signs[i].sign);
		strbuf_adds(r->ret, signs[i].jinja);
		return 1;
	}
	return 0;
}

/* «is None» is a test here; «is» anything else has no like. */
static int check_is(struct reader *r)
{
	struct reader ahead = *r;
	autofree char *first = NULL;
	autofree char *second = NULL;

	skip_blanks(&ahead);
	first = take_name(&ahead);
	if (strcmp(first, "not") == 0) {
		skip_blanks(&ahead);
		second = take_name(&ahead);
	}
	if (strcmp(second ? second : first, "None") != 0)
		return refuse(r, "'is' compares objects in Python");
	return 1;
}

static int read_word(struct reader *r)
{
	size_t len = cheetah_name_len(r->at, (size_t)(r->end - r->at));

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) != len || strncmp(words[i].word, r->at, len) != 0)
			continue;
		if (!words[i].jinja)
			return refuse(r, "Python's '%s' has no like", words[i].word);
		r->at += len;
		strbuf_adds(r->ret, words[i].jinja);
		return strcmp(words[i].word, "is") == 0 ? check_is(r) : 1;
	}
	return 0;
}

static int read_sequence(struct reader *r)
{
	while (r->at < r->end) {
		int done;

		if (is_blank(*r->at)) {
			skip_blanks(r);
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
	struct parsed *parsed;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	parsed = parser_parse(&options, "converted", text.buf, text.len, NULL);
	parsed_free(parsed);
	return parsed != NULL;
}

int cheetah_expression(const struct cheetah_names *names, const char *text, size_t len,
	struct strbuf *ret, struct strbuf *why)
{
	struct reader r = {.names = names, .at = text, .end = text + len, .ret = ret, .why = why};
	size_t start = ret->len;

	skip_blanks(&r);
	while (r.end > r.at && is_blank(r.end[-1]))
		r.end--;
	if (r.at == r.end)
		refuse(&r, "an expression is missing");
	else if (memchr(text, '\0', len))
		refuse(&r, "it holds a NUL byte");
	else if (read_sequence(&r) == 0) {
		if (cheetah_parses("{{ %s }}", ret->buf + start))
			return 0;
		refuse(&r, "it is no expression");
	}
	strbuf_truncate(ret, start);
	return -1;
}
