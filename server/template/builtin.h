/*
 * What is built in: filters, tests, global functions and methods are rows of one shape. Adding
 * one is a function and a row in its table. A row's function gets what was filtered (tested, or
 * the method's object) as args[0] and then its parameters in order, VALUE_ABSENT where one was not
 * given; global functions start at args[1] too.
 */
#ifndef TEMPLATE_BUILTIN_H
#define TEMPLATE_BUILTIN_H

#include "template/value.h"

#include <stdbool.h>
#include <stddef.h>

#define BUILTIN_PARAMS 6
#define CALL_ROOM      (BUILTIN_PARAMS + 1) /* arguments that need no memory of their own */

struct args;
struct expr;
struct render;

struct keyword {
	const char *name;
	struct value value;
};

struct call {
	const char *name; /* for messages */
	struct value *args;
	size_t n; /* of args, args[0] counted */
	const struct builtin
		*named; /* what the argument of the row's `names` is called, if known */
	struct keyword *keywords;
	size_t n_keywords;
};

struct builtin {
	const char *name;
	int (*fn)(struct render *r, struct call *call, struct value *ret);
	const char *params[BUILTIN_PARAMS];
	unsigned required;
	unsigned names; /* which argument is the name of a filter or test; 0: none */
	const struct builtin *(*named_by)(const char *name);
	bool variadic;        /* takes arguments and keywords as they come */
	bool takes_undefined; /* and only sees that args[0] is; else it is an error before the call
	                       */
};

const struct builtin *filter_find(const char *name);
const struct builtin *test_find(const char *name);
/* The filter or test ("filter", "test") whose name is nearest, or NULL. */
const char *builtin_nearest(const char *what, const char *name);
/* Says that there is none of this name. */
int builtin_missing(struct render *r, const char *what, const char *name);
#define builtin_missing(r, what, name) ((void)builtin_missing(r, what, name), -1)
const struct builtin *function_find(const char *name);
/* The method of a string, list, dict …, or NULL. */
const struct builtin *method_find(enum value_kind of, const char *name);
/* Those that have the same name. */
struct methods {
	const struct builtin *of[VALUE_KIND_LAST + 1]; /* by kind of value; NULL: no such method */
};
/* In the arena; NULL where no kind has a method of that name. */
const struct methods *methods_named(struct arena *a, const char *name);
/* Any of them; NULL of NULL. */
const struct builtin *methods_first(const struct methods *methods);

/* The tables, one per file; each ends with a row without a name. */
extern const struct builtin filters_text[];
extern const struct builtin filters_wrap[];
extern const struct builtin filters_list[];
extern const struct builtin filters_sort[];
extern const struct builtin filters_select[];
extern const struct builtin filters_number[];
extern const struct builtin filters_markup[];
extern const struct builtin filters_json[];
extern const struct builtin filters_field[];
extern const struct builtin filters_ip[];
extern const struct builtin filters_crypt[];
extern const struct builtin tests_all[];
extern const struct builtin functions_all[];
extern const size_t functions_n;
extern const struct builtin methods_str[];
extern const struct builtin methods_str_is[];
extern const struct builtin methods_list[];
extern const struct builtin methods_tuple[];
extern const struct builtin methods_dict[];
extern const struct builtin methods_loop[];
extern const struct builtin methods_cycler[];

/* Orders the arguments of a filter or test (NULL: unknown) before it is ever called, if it can be
 * called so. */
void builtin_bind(struct arena *a, const struct builtin *row, struct args *args);
/* Puts the arguments of a call in order, all but the first, into `room`, which is empty
 * (VALUE_ABSENT); then rd_run_builtin() calls it, as often as wanted. */
int builtin_order(struct render *r, const struct builtin *row, const char *what, struct call *call,
	struct value room[CALL_ROOM]);
/*
 * Both: orders the arguments of a call by the row's parameters and calls it. Fails with
 * ERR_TEMPLATE where there are too many, too few or unknown ones. `what` is "filter", "test" …
 */
int builtin_call(struct render *r, const struct builtin *row, const char *what, struct call *call,
	struct value *ret);

/* Arguments with a default; fail with ERR_TEMPLATE where the type is wrong. */
int arg_int(struct render *r, const struct call *call, size_t i, int64_t otherwise, int64_t *ret);
int arg_bool(struct render *r, const struct call *call, size_t i, bool otherwise, bool *ret);
/* Any value as text. */
int arg_str(struct render *r, const struct call *call, size_t i, const char *otherwise,
	struct value *ret);
bool arg_given(const struct call *call, size_t i); /* and not none */

#endif
