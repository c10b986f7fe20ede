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

const struct builtin *method_find(const struct value *of, const char *name)
{
	const struct builtin *row;

	if (of->kind == VALUE_STRING) {
		row = find(methods_str, name);
		return row ? row : find(methods_str_is, name);
	}
	if (of->kind == VALUE_LIST)
		return find(methods_list, name);
	if (of->kind == VALUE_TUPLE)
		return find(methods_tuple, name);
	if (of->kind == VALUE_DICT)
		return find(methods_dict, name);
	if (of->kind == VALUE_LOOP || of->kind == VALUE_CYCLER)
		return find(of->kind == VALUE_LOOP ? methods_loop : methods_cycler, name);
	return NULL;
}

static size_t count_params(const struct builtin *row)
{
	size_t n = 0;

	while (n < BUILTIN_PARAMS && row->params[n])
		n++;
	return n;
}

static int bind_keywords(struct render *r, const struct builtin *row, const char *what,
	const struct call *call, struct value *args)
{
	for (size_t k = 0; k < call->n_keywords; k++) {
		const char *name = call->keywords[k].name;
		size_t i = 0;

		while (i < BUILTIN_PARAMS && row->params[i] && strcmp(row->params[i], name) != 0)
			i++;
		if (i == BUILTIN_PARAMS || !row->params[i])
			return rd_fail(r, "%s '%s' has no parameter '%s'", what, row->name, name);
		if (args[i + 1].kind != VALUE_ABSENT)
			return rd_fail(r, "%s '%s' gets '%s' twice", what, row->name, name);
		args[i + 1] = call->keywords[k].value;
	}
	return 0;
}

int builtin_call(struct render *r, const struct builtin *row, const char *what, struct call *call,
	struct value *ret)
{
	struct value args[BUILTIN_PARAMS + 1] = {{.kind = VALUE_ABSENT}};
	struct call bound = {.name = row->name, .args = args, .n = count_params(row) + 1};

	if (call->args[0].kind == VALUE_UNDEFINED && !row->takes_undefined &&
		!value_is_lenient(&call->args[0]))
		return rd_undefined(r, &call->args[0]);
	if (call->args[0].kind == VALUE_STRING && rd_spend(r, call->args[0].len / 16) < 0)
		return -1;
	if (row->variadic)
		return row->fn(r, call, ret);
	if (call->n > bound.n)
		return rd_fail(r, "%s '%s' takes at most %zu arguments, not %zu", what, row->name,
			bound.n - 1, call->n - 1);
	memcpy(args, call->args, call->n * sizeof(*args));
	if (bind_keywords(r, row, what, call, args) < 0)
		return -1;
	for (size_t i = 1; i <= row->required; i++)
		if (args[i].kind == VALUE_ABSENT)
			return rd_fail(
				r, "%s '%s' needs '%s'", what, row->name, row->params[i - 1]);
	return row->fn(r, &bound, ret);
}

int rd_call_filter(struct render *r, const char *name, struct call *call, struct value *ret)
{
	const struct builtin *row = filter_find(name);

	if (!row)
		return builtin_missing(r, "filter", name);
	return builtin_call(r, row, "filter", call, ret);
}

int rd_call_test(struct render *r, const char *name, struct call *call, bool *ret)
{
	const struct builtin *row = test_find(name);
	struct value v;

	if (!row)
		return builtin_missing(r, "test", name);
	if (builtin_call(r, row, "test", call, &v) < 0)
		return -1;
	*ret = v.b;
	return 0;
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
