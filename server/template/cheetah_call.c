/* What is called in a Cheetah expression: functions become filters, methods stay where our values
 * have them. */
#include "template/cheetah_reader.h"

#include <string.h>

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

/* The name in 'x' or "$x", which getVar() and varExists() take; what follows it stays. */
static int read_name_argument(struct cheetah_reader *r, struct strbuf *ret)
{
	size_t len;
	char quote;

	cheetah_skip_blanks(r);
	if (r->at == r->end || (*r->at != '\'' && *r->at != '"'))
		return cheetah_refuse(r, "a variable's name is computed");
	quote = *r->at++;
	if (r->at < r->end && *r->at == '$')
		r->at++;
	len = cheetah_name_len(r->at, (size_t)(r->end - r->at));
	if (!len || r->at + len == r->end || r->at[len] != quote)
		return cheetah_refuse(r, "a variable's name is computed");
	strbuf_add(ret, r->at, len);
	r->at += len + 1;
	cheetah_skip_blanks(r);
	return 0;
}

void cheetah_add_variable(const char *name, struct strbuf *ret)
{
	const struct cheetah_variable *variable = cheetah_variable_find(name);

	if (variable && variable->jinja)
		strbuf_adds(ret, variable->jinja);
	else if (!cheetah_interface_variable(name, ret))
		strbuf_adds(ret, name);
}

/* getVar('x', default), varExists('x'); r->at is at the opening bracket. */
static int read_get_var(struct cheetah_reader *r, bool exists, struct strbuf *ret)
{
	size_t len = cheetah_bracket_len(r->at, (size_t)(r->end - r->at));
	autostrbuf name = STRBUF_INIT;
	struct cheetah_reader inner = *r;

	if (!len)
		return cheetah_refuse(r, "a bracket is not closed");
	if (r->depth == CHEETAH_DEPTH_MAX)
		return cheetah_refuse(r, "brackets are nested too deep");
	inner.at = r->at + 1;
	inner.end = r->at + len - 1;
	inner.ret = ret;
	inner.depth++;
	if (read_name_argument(&inner, &name) < 0)
		return -1;
	r->at += len;
	cheetah_add_variable(name.buf, ret);
	if (exists) {
		strbuf_adds(ret, " is defined");
		return inner.at == inner.end ? 0 : cheetah_refuse(r, "varExists takes one name");
	}
	if (inner.at == inner.end)
		return 0;
	if (*inner.at++ != ',')
		return cheetah_refuse(r, "getVar takes a name and a default");
	cheetah_skip_blanks(&inner);
	strbuf_adds(ret, "|default(");
	if (cheetah_read_sequence(&inner) < 0)
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

int cheetah_read_call(struct cheetah_reader *r, const char *name, struct strbuf *ret)
{
	const struct function *function = find_function(name);
	autostrbuf arguments = STRBUF_INIT;

	if (strcmp(name, "getVar") == 0 || strcmp(name, "varExists") == 0)
		return read_get_var(r, name[0] == 'v', ret);
	if (!function && !strv_has(&r->names->set, name))
		return cheetah_refuse(r, "the function %s() has no like", name);
	if (cheetah_read_brackets(r, &arguments) < 0)
		return -1;
	if (!function || !function->filter)
		strbuf_addf(ret, "%s(%s)", name, arguments.buf);
	else if (strcmp(function->filter, "range") == 0)
		strbuf_addf(ret, "range(%s)", arguments.buf);
	else if (!*arguments.buf || strchr(arguments.buf, ','))
		return cheetah_refuse(
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
static int read_attribute(struct cheetah_reader *r, struct strbuf *ret, size_t start)
{
	autofree char *name = NULL;
	autostrbuf arguments = STRBUF_INIT;
	autofree char *operand = NULL;
	bool called;

	r->at++;
	name = cheetah_take_name(r);
	called = r->at < r->end && *r->at == '(';
	if (called && cheetah_read_brackets(r, &arguments) < 0)
		return -1;
	if (called && strcmp(name, "has_key") == 0) {
		operand = xstrdup(ret->buf + start);
		strbuf_truncate(ret, start);
		strbuf_addf(ret, "(%s in %s)", arguments.buf, operand);
		return 0;
	}
	if (called && !is_method(name))
		return cheetah_refuse(r, "the method %s() has no like", name);
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

int cheetah_read_trailers(struct cheetah_reader *r, struct strbuf *ret, size_t start)
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
			if (cheetah_read_brackets(r, ret) < 0)
				return -1;
			strbuf_addc(ret, ']');
		} else if (*r->at == '(') {
			return cheetah_refuse(r, "a value is called");
		} else {
			return 0;
		}
	}
	return 0;
}
