/* Inside the converter of Cheetah templates: expressions, and the names of Cobbler's variables. */
#ifndef TEMPLATE_CHEETAH_EXPR_H
#define TEMPLATE_CHEETAH_EXPR_H

#include "base/strbuf.h"
#include "base/strv.h"

/* Whose a name is. */
struct cheetah_names {
	struct strv set;   /* the template's own: #set, #for, #def */
	struct strv shell; /* what its shell code assigns */
};

/* What a variable of Cobbler's is called here. */
struct cheetah_variable {
	const char *name;
	const char *jinja; /* an expression; NULL: it has none */
	const char *text;  /* instead of a value, a text in Jinja; NULL: none */
	const char *why;   /* where it has neither: what to do */
};
/* NULL: nothing is special about the name. */
const struct cheetah_variable *cheetah_variable_find(const char *name);
/* The same for what SNIPPET() includes, where Cobbler's own snippet has a like. */
const struct cheetah_variable *cheetah_snippet_find(const char *name);
/* "ip_address_eth0": the expression for the interface's field in *ret; false: it is no such name.
 */
bool cheetah_interface_variable(const char *name, struct strbuf *ret);

/* True for a name that Cobbler itself defines. */
bool cheetah_is_cobblers(const char *name);

/* The length of a name at `text`, 0 where there is none. */
size_t cheetah_name_len(const char *text, size_t len);
/* No string and no pair of brackets is longer: else one that never ends would be looked for from
 * each of its kind to the end of the text. */
enum { CHEETAH_SPAN_MAX = 4096 };
/* The bytes up to and with the bracket that closes the one at text[0]; 0: nothing does. */
size_t cheetah_bracket_len(const char *text, size_t len);
/* The bytes of the string literal at text[0]; 0: it does not end. */
size_t cheetah_string_len(const char *text, size_t len);

/* Whether the engine takes it as a template: what the converter writes must be one. */
bool cheetah_parses(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Appends the Jinja expression for a Python one with $names. -1: `why` says what has no like, and
 * `ret` is as it was. */
int cheetah_expression(const struct cheetah_names *names, const char *text, size_t len,
	struct strbuf *ret, struct strbuf *why);

#endif
