/*
 * One rendering: its bounds, memory and place in the templates, and what the parts of the engine
 * share. Each function that can fail has said why in r->err, with template and line, and returns
 * -1 (or NULL).
 */
#ifndef TEMPLATE_RENDER_H
#define TEMPLATE_RENDER_H

#include "base/err.h"
#include "base/strbuf.h"
#include "template/ast.h"
#include "template/builtin.h"
#include "template/template.h"
#include "template/value.h"

#define STACK_MAX      2500
#define STEPS_PER_LOOK 4096 /* some 100 µs: what a look at the clock costs does not count */

struct binding {
	const struct name *name;
	struct value value;
};

/* Where a name was set last: it is mostly looked up there. */
struct home {
	struct scope *scope;
	uint32_t at;
};

/* What a rendering knows of a name: bits. */
enum known {
	KNOWN_BOUND = 1, /* a scope has held it, so scopes are to be asked first */
	KNOWN_ASKED = 2, /* and its value as a variable is there */
};

/* Names that a part of a template has set. A look-up goes from the innermost scope out. */
struct scope {
	struct scope *parent;
	struct context *context;
	struct binding *v;
	uint32_t n;
	uint32_t alloc;
	uint64_t held; /* a bit for each name that it may hold, by number */
	bool isolated; /* inside what is imported without context: no variables behind it */
	struct binding first[4];
};

/* A block and the one it overrides. */
struct block_entry {
	struct block_entry *next; /* another name */
	struct block_entry *super;
	const struct block_def *def;
	const struct parsed *from;
};

/* A template with all that it extends: they share the top-level names and the blocks. */
struct context {
	struct scope *root;
	struct block_entry *blocks;
	const struct parsed *parent; /* set by extends, while the child is still being run */
	size_t extended_at;          /* how long the output was then */
};

struct loop {
	struct list *items;
	size_t index; /* from 0 */
	size_t depth;
	const struct node *node;
	struct scope *outside;
	struct list *changed; /* what loop.changed() saw last */
};

struct macro {
	const struct macro_def *def;
	struct scope *scope; /* where it was defined */
	const struct parsed *from;
};

struct method {
	const struct builtin *row;
	struct value self;
};

struct module {
	struct scope *scope;
	const char *name;
	struct value text;
};

struct block_ref {
	const struct block_entry *entry;
	struct context *context;
	struct scope *scope; /* what a scoped block sees besides */
};

struct cycler {
	struct list *items;
	size_t pos;
};

struct joiner {
	struct value text;
	bool used;
};

/* A call, include … that goes on: kept by the function that entered it, for messages. */
struct frame {
	const struct frame *outer;
	const char *how; /* "included", "called" … */
	const struct parsed *from;
	struct place at;
};

struct render {
	struct template_env *env;
	const struct template_options *options;
	const struct template_vars *vars;
	struct err *err;
	struct arena arena;
	struct strbuf *out;        /* also where texts are made: the last one begun ends first */
	size_t start;              /* where what is being printed or captured begins in it */
	size_t limit;              /* where it must end */
	bool muted;                /* in a child after its extends: what it prints does not count */
	const struct parsed *from; /* where we are, for messages */
	struct place at;
	const struct frame *caller; /* and how we came here */
	uint64_t steps;
	unsigned ticks;
	uint64_t pause;   /* at this step memory and time are looked at */
	int64_t deadline; /* in this thread's processor time, nanoseconds */
	unsigned calls;   /* nested macros, includes, loops called again */
	unsigned stack;   /* nested evaluations: bounds the C stack */
	struct value piped;
	struct undefined nothing;     /* undefined, and nobody wants to know where */
	struct {                      /* by the number of the name */
		unsigned char *known; /* of enum known */
		struct home *homes;   /* if it is KNOWN_BOUND */
		struct value *v;      /* if it was asked for; ABSENT: there is no such variable */
		size_t n;
		struct json_ref *refs; /* strings are borrowed from them until the end */
	} variables;
	struct parsed **used; /* in the arena */
	size_t n_used, alloc_used;
};

/* Failures. rd_fail() gives the message its place and how we came there; both return -1. */
int rd_fail(struct render *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int rd_too_big(struct render *r, const char *what);
/* Says that the undefined value was used. */
int rd_undefined(struct render *r, const struct value *v);
/* So that the compiler and clang-tidy see that a failure is -1. */
#define rd_fail(...)       ((void)rd_fail(__VA_ARGS__), -1)
#define rd_too_big(r, s)   ((void)rd_too_big(r, s), -1)
#define rd_undefined(r, v) ((void)rd_undefined(r, v), -1)

/* Adds how we came here to the message of a template that does not parse. */
void rd_trace(struct render *r);

/* Bounds. Each returns -1 past it. */
int rd_look(struct render *r); /* at steps, memory and time */
static inline int rd_spend(struct render *r, size_t steps)
{
	r->steps += steps;
	return r->steps > r->pause ? rd_look(r) : 0;
}
/* In a loop over characters, which are no steps: time passes all the same. */
static inline int rd_tick(struct render *r)
{
	return ++r->ticks % 4096 ? 0 : rd_look(r);
}
int rd_check_size(struct render *r, size_t bytes);
/* One more level of the C stack, and a step. */
static inline int rd_enter(struct render *r)
{
	if (r->stack >= STACK_MAX)
		return rd_too_big(r, "nested too deep");
	r->stack++;
	return rd_spend(r, 1);
}
static inline void rd_leave(struct render *r)
{
	r->stack--;
}
/* An expression is paid for as a whole, so that its parts need not look at bounds. */
static inline int rd_begin_expr(struct render *r, const struct expr *e)
{
	r->stack += e->height;
	if (r->stack > STACK_MAX)
		return rd_too_big(r, "nested too deep");
	return rd_spend(r, e->nodes);
}
static inline void rd_end_expr(struct render *r, const struct expr *e)
{
	r->stack -= e->height;
}
/* One more call or include; leaving it returns to the place where it was entered. */
int rd_enter_call(struct render *r, const char *how, struct frame *ret);
void rd_leave_call(struct render *r, const struct frame *frame);

/* Text in the arena: room for len bytes and a NUL, or NULL. */
char *rd_text(struct render *r, size_t len);
int rd_string(struct render *r, const char *s, size_t len, struct value *ret);
int rd_take(struct render *r, struct strbuf *b, struct value *ret);
/* Takes off what was appended to r->out since it was `from` bytes long. */
int rd_cut(struct render *r, size_t from, struct value *ret);
/* Whether a text that a filter builds is still within bounds. */
int rd_fits(struct render *r, const struct strbuf *b);
int rd_fits_since(struct render *r, size_t from);

/* A name that is made while rendering. */
struct name rd_name(const struct render *r, const char *s, size_t len);

/* Names (scope.c). */
void variables_fit(struct render *r, size_t n);
void variables_done(struct render *r);
struct scope *scope_new(struct render *r, struct scope *parent);
struct scope *scope_new_root(struct render *r, struct scope *parent, bool isolated);
void scope_set(struct render *r, struct scope *s, const struct name *name, struct value v);
struct value *scope_get_own(struct render *r, struct scope *s, const struct name *name);
void scope_ask(struct render *r, const struct name *name);
const struct value *scope_find_bound(struct render *r, struct scope *s, const struct name *name);
/* What a scope or the variables have; NULL: they do not. */
static inline const struct value *scope_find(
	struct render *r, struct scope *s, const struct name *name)
{
	unsigned known = r->variables.known[name->id];
	const struct value *v = known & KNOWN_BOUND ? scope_find_bound(r, s, name) : NULL;

	if (v || s->isolated)
		return v;
	if (!(known & KNOWN_ASKED))
		scope_ask(r, name);
	v = &r->variables.v[name->id];
	return v->kind == VALUE_ABSENT ? NULL : v;
}
/* The value of a name; that it is not there is a value, too. */
void scope_lookup(struct render *r, struct scope *s, const struct name *name, struct value *ret);
/* The same for who only wants to know whether it is defined. */
void scope_peek_global(
	struct render *r, struct scope *s, const struct name *name, struct value *ret);
static inline void scope_peek(
	struct render *r, struct scope *s, const struct name *name, struct value *ret)
{
	const struct value *v = scope_find(r, s, name);

	if (v)
		*ret = *v;
	else
		scope_peek_global(r, s, name, ret);
}

/* Expressions (eval.c, access.c, iterate.c, operators.c, compare.c). */
typedef int rd_evaluator(
	struct render *r, struct scope *s, const struct expr *e, struct value *ret);
rd_evaluator rd_eval;
/* {{ expression }}: what a macro prints needs no value of its own. */
int rd_print_expr(struct render *r, struct scope *s, const struct expr *e);
/* A part of an expression that rd_eval() is at. */
extern rd_evaluator *const rd_evaluators[]; /* by kind */
static inline int rd_eval_part(
	struct render *r, struct scope *s, const struct expr *e, struct value *ret)
{
	if (e->kind != EXPR_CONST)
		return rd_evaluators[e->kind](r, s, e, ret);
	*ret = e->u.value;
	return 0;
}
int rd_get_attr(struct render *r, struct value *of, const struct expr *attr, struct value *ret);
int rd_get_item(struct render *r, struct value *of, const struct value *key, struct value *ret);
int rd_get_slice(
	struct render *r, struct value *of, const struct value parts[3], struct value *ret);
int rd_binary(struct render *r, enum binary_op op, const struct value *a, const struct value *b,
	struct value *ret);
int rd_compare(struct render *r, enum compare_op op, struct value *a, struct value *b, bool *ret);
/* <0, 0, >0 in *ret; fails where the types have no order. */
int rd_order(struct render *r, const struct value *a, const struct value *b, int *ret);
int rd_equal(struct render *r, const struct value *a, const struct value *b, bool *ret);
int rd_contains(struct render *r, struct value *in, const struct value *what, bool *ret);
int rd_truth_of(struct render *r, const struct value *v, bool *ret);
static inline int rd_truth(struct render *r, const struct value *v, bool *ret)
{
	if (v->kind == VALUE_BOOL)
		*ret = v->b;
	else if (v->kind == VALUE_STRING)
		*ret = v->len != 0;
	else
		return rd_truth_of(r, v, ret);
	return 0;
}
int rd_length(struct render *r, const struct value *v, size_t *ret);
/* What a loop over the value sees. A list gives itself, not a copy; an iterator is used up. */
int rd_items(struct render *r, const struct value *v, struct list **ret);
bool rd_can_iterate(const struct value *v);

/* Text of values as Python prints them (print.c): str() and repr(). */
int rd_print(struct render *r, const struct value *v, struct strbuf *ret);
int rd_repr(struct render *r, const struct value *v, struct strbuf *ret);
int rd_made_str(struct render *r, const struct value *v, struct value *ret);
/* A string gives itself. */
static inline int rd_to_str(struct render *r, const struct value *v, struct value *ret)
{
	if (v->kind != VALUE_STRING)
		return rd_made_str(r, v, ret);
	*ret = *v;
	return 0;
}
/* Compact JSON without escapes for HTML, which is YAML too. */
int rd_json(struct render *r, const struct value *v, struct value *ret);
void float_print(double f, struct strbuf *ret);
int rd_format_percent(
	struct render *r, const struct value *format, const struct value *args, struct value *ret);
int rd_format_braces(struct render *r, const struct call *call, struct value *ret);
/* What '{:SPEC}' makes of the value, added to `out`. */
int rd_format_value(
	struct render *r, const struct value *v, const char *spec, size_t len, struct strbuf *out);

/* What is built in (builtin.c). Whether the row can work on its first argument: */
static inline int rd_check_first(
	struct render *r, const struct builtin *row, const struct value *first)
{
	if (first->kind == VALUE_STRING)
		return rd_spend(r, first->len / 16);
	if (first->kind == VALUE_UNDEFINED && !row->takes_undefined && !value_is_lenient(first))
		return rd_undefined(r, first);
	return 0;
}
/* With arguments that are in order. */
static inline int rd_run_builtin(
	struct render *r, const struct builtin *row, struct call *call, struct value *ret)
{
	return rd_check_first(r, row, &call->args[0]) < 0 ? -1 : row->fn(r, call, ret);
}

/* Calls (call.c). */
int rd_call(struct render *r, struct value *what, struct call *call, struct value *ret);
/* Macros and blocks print their answer; this leaves it where they printed it. */
bool call_prints(const struct value *what);
int rd_call_printing(struct render *r, const struct value *what, struct call *call);
/* Whether the arguments are parameters in their order and nothing else: then no struct call is
 * needed to call it. */
bool macro_fits(const struct macro *m, const struct args *args);
int rd_print_macro(
	struct render *r, struct scope *s, const struct macro *m, const struct args *args);
int rd_call_filter(struct render *r, const char *name, struct call *call, struct value *ret);
/* `room` is the caller's; the arguments are there if they fit. */
int rd_eval_args(struct render *r, struct scope *s, const struct args *args, struct value first,
	struct value room[CALL_ROOM], struct call *ret);

/* Statements (exec.c, loop.c, inherit.c). */
int rd_exec(struct render *r, struct scope *s, const struct node *body);
/* What is printed between the two becomes a value. */
struct capture {
	size_t start;
	size_t limit;
	bool muted;
};
struct capture rd_capture(struct render *r);
int rd_captured(struct render *r, struct capture outer, struct value *ret);
int rd_output_too_long(struct render *r);
static inline int rd_check_output(struct render *r)
{
	return r->out->len > r->limit ? rd_output_too_long(r) : 0;
}
static inline int rd_out(struct render *r, const char *s, size_t len)
{
	struct strbuf *out = r->out;

	if (len >= out->alloc - out->len) {
		strbuf_add(out, s, len);
	} else if (len) {
		memcpy(out->buf + out->len, s, len);
		out->len += len;
		out->buf[out->len] = '\0';
	}
	return rd_check_output(r);
}
int rd_assign_parts(struct render *r, struct scope *s, const struct target *t, struct value v);
static inline int rd_assign(
	struct render *r, struct scope *s, const struct target *t, struct value v)
{
	if (t->kind != TARGET_NAME)
		return rd_assign_parts(r, s, t, v);
	scope_set(r, s, &t->name, v);
	return 0;
}
int rd_exec_for(struct render *r, struct scope *s, const struct node *n);
int rd_loop_again(struct render *r, struct loop *loop, const struct value *over, struct value *ret);
int rd_exec_include(struct render *r, struct scope *s, const struct node *n);
int rd_exec_import(struct render *r, struct scope *s, const struct node *n);
int rd_exec_from(struct render *r, struct scope *s, const struct node *n);
int rd_exec_extends(struct render *r, struct scope *s, const struct node *n);
int rd_exec_block(struct render *r, struct scope *s, const struct node *n);
int rd_exec_template(struct render *r, struct context *context, const struct parsed *parsed);
int rd_run_block(struct render *r, const struct block_entry *entry, struct context *context,
	struct scope *parent);
const struct block_entry *context_block(const struct context *context, const struct name *name);

/* 1: the parsed template, which the rendering holds until it ends; 0: there is none; -1: it does
 * not parse (env.c). */
int rd_load(struct render *r, const char *name, const struct parsed **ret);

#endif
