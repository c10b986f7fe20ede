/* Calls: arguments, macros, and what is built in. */
#include "template/render.h"

#include <stdio.h>
#include <string.h>

static int add_keywords(struct render *r, const struct value *from, size_t room, struct call *call)
{
	struct dict *dict = from->dict;

	if (from->kind == VALUE_UNDEFINED)
		return rd_undefined(r, from);
	if (from->kind != VALUE_DICT)
		return rd_fail(r, "** needs a dict, not %s", value_type_name(from));
	dict_open(dict);
	call->keywords = arena_regrow(&r->arena, call->keywords, call->n_keywords, room + dict->n,
		sizeof(*call->keywords));
	for (size_t i = 0; i < dict->n; i++) {
		const struct value *key = &dict->v[i].key;

		if (key->kind != VALUE_STRING)
			return rd_fail(r, "** needs names as keys, not %s", value_type_name(key));
		call->keywords[call->n_keywords++] = (struct keyword){
			.name = arena_strndup(&r->arena, key->s, key->len),
			.value = dict->v[i].value,
		};
	}
	return 0;
}

static int eval_keywords(
	struct render *r, struct scope *s, const struct args *args, struct call *ret)
{
	struct value v;

	if (args->n_keywords)
		ret->keywords = arena_alloc(&r->arena, args->n_keywords * sizeof(*ret->keywords));
	for (const struct arg_keyword *k = args->keywords; k; k = k->next) {
		struct keyword *to = &ret->keywords[ret->n_keywords];

		if (rd_eval_part(r, s, k->value, &to->value) < 0)
			return -1;
		to->name = k->name.s;
		ret->n_keywords++;
	}
	if (!args->starstar)
		return 0;
	if (rd_eval_part(r, s, args->starstar, &v) < 0)
		return -1;
	return add_keywords(r, &v, args->n_keywords, ret);
}

/* Adds what *args gives to the `n` arguments there are. */
static int eval_star(struct render *r, struct scope *s, const struct expr *star, struct call *ret)
{
	struct list *items;
	struct value v;

	if (rd_eval_part(r, s, star, &v) < 0 || rd_items(r, &v, &items) < 0)
		return -1;
	if (rd_check_size(r, items->n * sizeof(v)) < 0)
		return -1;
	ret->args = arena_regrow(&r->arena, ret->args, ret->n, ret->n + items->n, sizeof(v));
	for (size_t i = 0; i < items->n; i++)
		ret->args[ret->n++] = items->v[i];
	return 0;
}

int rd_eval_args(struct render *r, struct scope *s, const struct args *args, struct value first,
	struct value room[CALL_ROOM], struct call *ret)
{
	*ret = (struct call){.args = room, .n = 1};
	if (args->n >= CALL_ROOM)
		ret->args = arena_alloc(&r->arena, (args->n + 1) * sizeof(*ret->args));
	ret->args[0] = first;
	for (const struct expr *e = args->first; e; e = e->next)
		if (rd_eval_part(r, s, e, &ret->args[ret->n++]) < 0)
			return -1;
	if (args->star && eval_star(r, s, args->star, ret) < 0)
		return -1;
	if (!args->keywords && !args->starstar)
		return 0;
	return eval_keywords(r, s, args, ret);
}

static struct keyword *take_keyword(struct call *call, const char *name)
{
	for (size_t i = 0; i < call->n_keywords; i++)
		if (call->keywords[i].name && !strcmp(call->keywords[i].name, name))
			return &call->keywords[i];
	return NULL;
}

static void bind_caller(struct render *r, struct call *call, struct scope *s)
{
	struct keyword *caller = take_keyword(call, "caller");
	const struct name *name = &names_fixed[NAME_CALLER];

	if (scope_get_own(r, s, name))
		return;
	scope_set(r, s, name,
		caller ? caller->value : value_undefined_hint(&r->arena, "no caller is defined"));
	if (caller)
		caller->name = NULL;
}

/* Keywords that are no parameters. */
static int bind_kwargs(
	struct render *r, const struct macro_def *def, struct call *call, struct scope *s)
{
	struct dict *kwargs = def->uses_kwargs ? dict_new(&r->arena) : NULL;

	for (size_t i = 0; i < call->n_keywords; i++) {
		const struct keyword *k = &call->keywords[i];

		if (!k->name)
			continue;
		if (!kwargs)
			return rd_fail(r, "macro '%s' has no parameter '%s'", def->name.s, k->name);
		dict_set(kwargs, value_cstr(k->name), k->value);
	}
	if (kwargs)
		scope_set(r, s, &names_fixed[NAME_KWARGS], value_dict(kwargs));
	return 0;
}

static int bind_varargs(
	struct render *r, const struct macro_def *def, const struct call *call, struct scope *s)
{
	struct list *varargs;

	if (!def->uses_varargs && call->n - 1 > def->n_params)
		return rd_fail(r, "macro '%s' takes at most %zu arguments, not %zu", def->name.s,
			def->n_params, call->n - 1);
	if (!def->uses_varargs)
		return 0;
	varargs = list_new(&r->arena, 0);
	for (size_t i = def->n_params + 1; i < call->n; i++)
		list_add(varargs, call->args[i]);
	scope_set(r, s, &names_fixed[NAME_VARARGS], value_tuple(varargs));
	return 0;
}

static struct value not_given(struct render *r, const struct macro_param *p)
{
	char hint[200];
	int len = snprintf(hint, sizeof(hint), "parameter '%.100s' was not given", p->name.s);

	return value_undefined_hint(&r->arena, arena_strndup(&r->arena, hint, (size_t)len));
}

static int bind_param(
	struct render *r, const struct macro_param *p, size_t i, struct call *call, struct scope *s)
{
	struct keyword *k = take_keyword(call, p->name.s);
	struct value v;

	if (i < call->n) {
		v = call->args[i]; /* a keyword of that name too is left over: an error */
	} else if (k) {
		v = k->value;
		k->name = NULL;
	} else if (p->value) {
		if (rd_eval(r, s, p->value, &v) < 0)
			return -1;
	} else {
		v = not_given(r, p);
	}
	scope_set(r, s, &p->name, v);
	return 0;
}

/* With its parameters in `s`. */
static int run_macro(struct render *r, struct scope *s, const struct macro *m)
{
	struct frame frame;

	if (rd_enter_call(r, "called", &frame) < 0)
		return -1;
	r->from = m->from;
	if (rd_exec(r, s, m->def->body) < 0)
		return -1;
	rd_leave_call(r, &frame);
	return 0;
}

bool macro_fits(const struct macro *m, const struct args *args)
{
	const struct macro_def *def = m->def;

	return args->n == def->n_params && !args->keywords && !args->star && !args->starstar &&
	       !def->uses_varargs && !def->uses_kwargs && !def->uses_caller;
}

int rd_print_macro(
	struct render *r, struct scope *s, const struct macro *m, const struct args *args)
{
	struct scope *inner = scope_new(r, m->scope);
	const struct macro_param *p = m->def->params;

	for (const struct expr *e = args->first; e; e = e->next, p = p->next) {
		struct value v;

		if (rd_eval_part(r, s, e, &v) < 0)
			return -1;
		scope_set(r, inner, &p->name, v);
	}
	return run_macro(r, inner, m);
}

static int print_macro(struct render *r, const struct macro *m, struct call *call)
{
	const struct macro_def *def = m->def;
	struct scope *s = scope_new(r, m->scope);
	size_t i = 1;

	for (const struct macro_param *p = def->params; p; p = p->next)
		if (bind_param(r, p, i++, call, s) < 0)
			return -1;
	if (def->uses_caller)
		bind_caller(r, call, s);
	if (((call->n_keywords || def->uses_kwargs) && bind_kwargs(r, def, call, s) < 0) ||
		bind_varargs(r, def, call, s) < 0)
		return -1;
	return run_macro(r, s, m);
}

bool call_prints(const struct value *what)
{
	return what->kind == VALUE_MACRO || what->kind == VALUE_BLOCK;
}

int rd_call_printing(struct render *r, const struct value *what, struct call *call)
{
	if (what->kind == VALUE_MACRO)
		return print_macro(r, what->macro, call);
	return rd_run_block(r, what->block->entry, what->block->context, what->block->scope);
}

static int call_captured(
	struct render *r, const struct value *what, struct call *call, struct value *ret)
{
	struct capture outer = rd_capture(r);

	return rd_call_printing(r, what, call) < 0 ? -1 : rd_captured(r, outer, ret);
}

static int call_joiner(struct joiner *j, struct value *ret)
{
	*ret = j->used ? j->text : value_str("", 0);
	j->used = true;
	return 0;
}

int rd_call(struct render *r, struct value *what, struct call *call, struct value *ret)
{
	if (what->kind == VALUE_UNDEFINED)
		return rd_undefined(r, what);
	if (call_prints(what))
		return call_captured(r, what, call, ret);
	if (what->kind == VALUE_FUNCTION)
		return builtin_call(r, what->function, "function", call, ret);
	if (what->kind == VALUE_METHOD) {
		call->args[0] = what->method->self;
		call->name = what->method->row->name;
		return builtin_call(r, what->method->row, "method", call, ret);
	}
	if (what->kind == VALUE_JOINER)
		return call_joiner(what->joiner, ret);
	if (what->kind == VALUE_LOOP && call->n == 2)
		return rd_loop_again(r, what->loop, &call->args[1], ret);
	return rd_fail(r, "a %s cannot be called", value_type_name(what));
}
