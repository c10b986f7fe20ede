/* Which arguments a request may have: those of its route's row, and the fields of its type. */
#include "http/api.h"

#include <string.h>

enum { NAMES_MAX = 256 };

struct names {
	const char *name[NAMES_MAX];
	size_t n;
};

static void add_name(struct names *names, const char *name)
{
	if (names->n < NAMES_MAX)
		names->name[names->n++] = name;
}

static void add_fields(struct names *names, const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++)
		add_name(names, type->fields[i].name);
	if (type->child)
		add_fields(names, item_types[type->child]);
}

static bool is_filter(const struct item_type *type, const char *name)
{
	for (size_t i = 0; i < API_HEAD_FILTERS; i++)
		if (strcmp(api_head_filters[i].name, name) == 0)
			return true;
	return item_field(type, name) || (type->child && item_field(item_types[type->child], name));
}

static int unknown(const struct request *request, const struct item_type *type, const char *name,
	struct err *err)
{
	struct names names = {.n = 0};
	const char *near;

	for (const struct arg *arg = request->route->args; arg && arg->name; arg++)
		add_name(&names, arg->name);
	if (type) {
		for (size_t i = 0; i < API_HEAD_FILTERS; i++)
			add_name(&names, api_head_filters[i].name);
		add_fields(&names, type);
	}
	near = nearest_word(name, names.name, names.n);
	return err_field(err, ERR_INVALID, name, "no such argument here%s%s%s",
		near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool is_second(const struct request *request, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(request->target.arg[i].name, request->target.arg[at].name) == 0)
			return true;
	return false;
}

int request_check_args(const struct request *request, struct err *err)
{
	const struct item_type *type = NULL;

	if (!request->route->operation) /* the page and the boot port take what comes */
		return 0;
	/* A type that there is not is for the handler to tell. */
	if ((request->route->flags & ROUTE_FILTERS) && api_find_type(request, &type, NULL) < 0)
		return 0;
	for (size_t i = 0; i < request->target.n_args; i++) {
		const char *name = request->target.arg[i].name;

		if (route_arg(request->route, name)) {
			if (is_second(request, i))
				return err_field(err, ERR_INVALID, name, "is given twice");
		} else if (!type || !is_filter(type, name)) {
			return unknown(request, type, name, err);
		}
	}
	return 0;
}
