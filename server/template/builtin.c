#include "template/builtin.h"

#include "base/mem.h"
#include "base/strv.h"
#include "template/render.h"

#include <string.h>

static const struct builtin *find(const struct builtin *rows, const char *name)
{
	for (; rows->name; rows++)
		if (rows->name[0] == name[0] && !strcmp(rows->name, name))
			return rows;
	return NULL;
}

static const struct builtin *const filter_tables[] = {
	filters_text,
	filters_list,
	filters_sort,
	filters_select,
	filters_number,
	filters_markup,
	filters_json,
	filters_wrap,
	filters_field,
	filters_ip,
	filters_crypt,
};

const struct builtin *filter_find(const char *name)
{
	const struct builtin *row = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(filter_tables) && !row; i++)
		row = find(filter_tables[i], name);
	return row;
}

const struct builtin *test_find(const char *name)
{
	return find(tests_all, name);
}

#define NAMES_MAX 128 /* in one namespace */

static size_t add_names(const struct builtin *rows, size_t n, const char *names[NAMES_MAX])
{
	for (; rows->name && n < NAMES_MAX; rows++)
		names[n++] = rows->name;
	return n;
}

const char *builtin_nearest(const char *what, const char *name)
{
	const char *names[NAMES_MAX];
	size_t n = 0;

	if (!strcmp(what, "test"))
		n = add_names(tests_all, n, names);
	else
		for (size_t i = 0; i < ARRAY_SIZE(filter_tables); i++)
			n = add_names(filter_tables[i], n, names);
	return nearest_word(name, names, n);
}

int(builtin_missing)(struct render *r, const char *what, const char *name)
{
	const char *near = builtin_nearest(what, name);

	if (near)
		return rd_fail(r, "there is no %s '%.100s', did you mean '%s'?", what, name, near);
	return rd_fail(r, "there is no %s '%.100s'", what, name);
}

const struct builtin *function_find(const char *name)
{
	return find(functions_all, name);
}

const struct builtin *method_find(enum value_kind of, const char *name)
{
	static const struct builtin *const tables[] = {
		[VALUE_STRING] = methods_str,
		[VALUE_LIST] = methods_list,
		[VALUE_TUPLE] = methods_tuple,
		[VALUE_DICT] = methods_dict,
		[VALUE_LOOP] = methods_loop,
		[VALUE_CYCLER] = methods_cycler,
	};
	const struct builtin *row = NULL;

	if (of < ARRAY_SIZE(tables) && tables[of])
		row = find(tables[of], name);
	return row || of != VALUE_STRING ? row : find(methods_str_is, name);
}

const struct methods *methods_named(struct arena *a, const char *name)
{
	struct methods *methods = NULL;

	for (enum value_kind kind = 0; kind <= VALUE_KIND_LAST; kind++) {
		const struct builtin *row = method_find(kind, name);

		if (row && !methods)
			methods = arena_zalloc(a, sizeof(*methods));
		if (row)
			methods->of[kind] = row;
	}
	return methods;
}

const struct builtin *methods_first(const struct methods *methods)
{
	for (size_t i = 0; methods && i <= VALUE_KIND_LAST; i++)
		if (methods->of[i])
			return methods->of[i];
	return NULL;
}

static size_t count_params(const struct builtin *row)
{
	size_t n = 0;

	while (n < BUILTIN_PARAMS && row->params[n])
		n++;
	return n;
}

/* Which argument a keyword is; 0: none. */
static size_t param_named(const struct builtin *row, const char *name)
{
	for (size_t i = 0; i < BUILTIN_PARAMS && row->params[i]; i++)
		if (!strcmp(row->params[i], name))
			return i + 1;
	return 0;
}

void builtin_bind(struct arena *a, const struct builtin *row, struct args *args)
{
	struct bound_args *bound;
	size_t n = 1;

	if (!row || row->variadic || args->star || args->starstar || args->n > count_params(row))
		return;
	bound = arena_zalloc(a, sizeof(*bound));
	bound->n = count_params(row) + 1;
	for (const struct expr *e = args->first; e; e = e->next)
		bound->made[n++] = e;
	for (const struct arg_keyword *k = args->keywords; k; k = k->next) {
		size_t i = param_named(row, k->name.s);

		if (!i || bound->made[i])
			return;
		bound->made[i] = k->value;
	}
	for (size_t i = 1; i <= row->required; i++)
		if (!bound->made[i])
			return;
	for (size_t i = 1; i < bound->n; i++) {
		if (!bound->made[i] || bound->made[i]->kind != EXPR_CONST)
			continue;
		bound->fixed[i] = bound->made[i]->u.value;
		bound->made[i] = NULL;
	}
	args->bound = bound;
}

static int bind_keywords(struct render *r, const struct builtin *row, const char *what,
	const struct call *call, struct value *args)
{
	for (size_t k = 0; k < call->n_keywords; k++) {
		const char *name = call->keywords[k].name;
		size_t i = param_named(row, name);

		if (!i)
			return rd_fail(r, "%s '%s' has no parameter '%s'", what, row->name, name);
		if (args[i].kind != VALUE_ABSENT)
			return rd_fail(r, "%s '%s' gets '%s' twice", what, row->name, name);
		args[i] = call->keywords[k].value;
	}
	return 0;
}

int builtin_order(struct render *r, const struct builtin *row, const char *what, struct call *call,
	struct value room[CALL_ROOM])
{
	size_t n = count_params(row) + 1;

	if (row->variadic)
		return 0;
	if (call->n > n)
		return rd_fail(r, "%s '%s' takes at most %zu arguments, not %zu", what, row->name,
			n - 1, call->n - 1);
	for (size_t i = 0; i < call->n; i++)
		room[i] = call->args[i];
	if (bind_keywords(r, row, what, call, room) < 0)
		return -1;
	for (size_t i = 1; i <= row->required; i++)
		if (room[i].kind == VALUE_ABSENT)
			return rd_fail(
				r, "%s '%s' needs '%s'", what, row->name, row->params[i - 1]);
	*call = (struct call){.name = row->name, .args = room, .n = n};
	return 0;
}

int builtin_call(struct render *r, const struct builtin *row, const char *what, struct call *call,
	struct value *ret)
{
	struct value room[CALL_ROOM] = {VALUE_INIT};

	if (rd_check_first(r, row, &call->args[0]) < 0 ||
		builtin_order(r, row, what, call, room) < 0)
		return -1;
	return row->fn(r, call, ret);
}

int rd_call_filter(struct render *r, const char *name, struct call *call, struct value *ret)
{
	const struct builtin *row = filter_find(name);

	if (!row)
		return builtin_missing(r, "filter", name);
	return builtin_call(r, row, "filter", call, ret);
}

bool arg_given(const struct call *call, size_t i)
{
	return i < call->n && call->args[i].kind != VALUE_ABSENT &&
	       call->args[i].kind != VALUE_NONE;
}

int arg_int(struct render *r, const struct call *call, size_t i, int64_t otherwise, int64_t *ret)
{
	const struct value *v = &call->args[i];

	*ret = otherwise;
	if (i >= call->n || v->kind == VALUE_ABSENT)
		return 0;
	if (v->kind == VALUE_UNDEFINED)
		return rd_undefined(r, v);
	if (v->kind != VALUE_INT && v->kind != VALUE_BOOL)
		return rd_fail(r, "'%s' needs an integer, not %s", call->name, value_type_name(v));
	*ret = v->kind == VALUE_INT ? v->i : v->b;
	return 0;
}

int arg_bool(struct render *r, const struct call *call, size_t i, bool otherwise, bool *ret)
{
	*ret = otherwise;
	if (i >= call->n || call->args[i].kind == VALUE_ABSENT)
		return 0;
	return rd_truth(r, &call->args[i], ret);
}

int arg_str(struct render *r, const struct call *call, size_t i, const char *otherwise,
	struct value *ret)
{
	if (i >= call->n || call->args[i].kind == VALUE_ABSENT) {
		*ret = value_cstr(otherwise);
		return 0;
	}
	return rd_to_str(r, &call->args[i], ret);
}
