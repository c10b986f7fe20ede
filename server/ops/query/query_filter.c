#include "ops/query/query_filter.h"

#include "model/types.h"
#include "ops/edit/history.h"

#include <string.h>

static bool is_time(const struct field *field)
{
	return field == db_head_field("ctime") || field == db_head_field("mtime");
}

/* Two letters before one, so that ">=" is not taken for ">". */
static const struct {
	const char *prefix;
	enum db_compare compare;
} comparisons[] = {
	{">=", DB_GREATER_EQUAL},
	{"<=", DB_LESS_EQUAL},
	{">", DB_GREATER},
	{"<", DB_LESS},
	{"!", DB_NOT},
};

static int parse_time(struct filter *filter, struct err *err)
{
	double time;

	if (!*filter->is.text)
		return 0;
	if (history_time(filter->is.text, &time, err) < 0)
		return err_wrap(err, "%s", filter->is.field->name);
	filter->text = xasprintf("%.6f", time);
	filter->is.text = filter->text;
	return 0;
}

static int parse_comparison(struct filter *ret, const char *text, struct err *err)
{
	const struct field *field = ret->is.field;

	ret->is.compare = strpbrk(text, "*?[") ? DB_GLOB : DB_EQUAL;
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++) {
		size_t len = strlen(comparisons[i].prefix);

		if (strncmp(text, comparisons[i].prefix, len) == 0) {
			ret->is.compare = comparisons[i].compare;
			text += len;
			break;
		}
	}
	ret->is.text = text;
	if (field && is_time(field))
		return parse_time(ret, err);
	/* "52-54-00-AA-00-01" finds 52:54:00:aa:00:01 */
	if ((ret->is.compare == DB_EQUAL || ret->is.compare == DB_NOT) && field && field->check &&
		*text && !strpbrk(text, "*?[") && field->check(text, &ret->text, NULL) == 0 &&
		ret->text)
		ret->is.text = ret->text;
	return 0;
}

static int find_field(
	const struct item_type *type, const char *name, const struct field **ret, struct err *err)
{
	*ret = db_head_field(name);
	if (!*ret)
		*ret = item_field(type, name);
	if (!*ret && type->child)
		*ret = item_field(item_types[type->child], name);
	if (!*ret)
		*ret = item_field_checked(type, name, err); /* for its message */
	return *ret ? 0 : -1;
}

static bool is_own(const struct item_type *type, const struct field *field)
{
	return field >= type->fields && field < type->fields + type->n_fields;
}

/* Whoever may not see a secret could guess it, letter by letter, with "a*", "b*", … */
static int check_secret(
	const struct query_list *query, const struct filter *filter, struct err *err)
{
	const struct field *field = filter->is.field;
	bool set_or_not = !*filter->is.text &&
	                  (filter->is.compare == DB_EQUAL || filter->is.compare == DB_NOT);

	if (!(field->flags & FIELD_SECRET) || set_or_not || query->options.secrets)
		return 0;
	return err_field(err, ERR_INVALID, field->name,
		"it is secret, so no item is found by its value; '%s=' finds those where it is "
		"empty, '%s=!' the others",
		field->name, field->name);
}

int filters_parse(const struct query_list *query, struct filters *ret, struct err *err)
{
	if (query->n > FILTERS_MAX)
		return err_set(err, ERR_TOO_BIG, "more than %d filters", FILTERS_MAX);
	for (size_t i = 0; i < query->n; i++) {
		struct filter *filter = &ret->filter[ret->n++];

		*filter = (struct filter){.text = NULL};
		if (find_field(query->type, query->name[i], &filter->is.field, err) < 0 ||
			parse_comparison(filter, query->value[i], err) < 0 ||
			db_filter_check(&filter->is, err) < 0 ||
			check_secret(query, filter, err) < 0)
			return -1;
		filter->resolved = query->options.resolved && is_own(query->type, filter->is.field);
		if (!filter->resolved)
			ret->stored[ret->n_stored++] = filter->is;
	}
	return 0;
}

void filters_done(struct filters *filters)
{
	for (size_t i = 0; i < filters->n; i++)
		free(filters->filter[i].text);
	filters->n = 0;
}

static bool fits(
	const struct filter *filter, const struct item *item, const struct resolved *resolved)
{
	const struct resolved_value *value;

	if (!filter->resolved)
		return db_filter_fits_item(&filter->is, item);
	value = resolved_get(resolved, filter->is.field->name);
	return db_filter_fits(&filter->is, value ? value->at : NULL);
}

bool filters_fit(const struct filters *filters, const struct item *item,
	const struct resolved *resolved, bool all)
{
	for (size_t i = 0; i < filters->n; i++)
		if ((all || filters->filter[i].resolved) &&
			!fits(&filters->filter[i], item, resolved))
			return false;
	return true;
}
