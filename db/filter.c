/* Filters on items in memory: they hold where the SQL of query_sql.c does. */
#include "db/filter.h"

#include <math.h>
#include <string.h>

/* What every item has, as fields; their members are plain numbers, not struct opt_int. */
static const struct field head_fields[] = {
	{.name = "name", .kind = VALUE_STRING, .offset = offsetof(struct item, name)},
	{.name = "uid", .kind = VALUE_STRING, .offset = offsetof(struct item, uid)},
	{.name = "version", .kind = VALUE_INT, .offset = offsetof(struct item, version)},
	{.name = "ctime", .kind = VALUE_INT, .offset = offsetof(struct item, ctime)},
	{.name = "mtime", .kind = VALUE_INT, .offset = offsetof(struct item, mtime)},
};

const struct field *db_head_field(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(head_fields); i++)
		if (strcmp(head_fields[i].name, name) == 0)
			return &head_fields[i];
	return NULL;
}

static bool is_head(const struct field *field)
{
	return field >= head_fields && field < head_fields + ARRAY_SIZE(head_fields);
}

bool is_field_of(const struct item_type *type, const struct field *field)
{
	return is_head(field) || (field >= type->fields && field < type->fields + type->n_fields);
}

const struct field *filter_field(const struct db_filter *filter)
{
	return filter->field ? filter->field : &head_fields[0];
}

bool filter_asks_if_set(const struct db_filter *filter)
{
	return !*filter->text && (filter->compare == DB_EQUAL || filter->compare == DB_NOT);
}

bool filter_negates(const struct db_filter *filter)
{
	return filter->compare == (filter_asks_if_set(filter) ? DB_EQUAL : DB_NOT);
}

enum db_compare filter_compare(const struct db_filter *filter)
{
	if (filter->compare != DB_NOT)
		return filter->compare;
	return strpbrk(filter->text, "*?[") ? DB_GLOB : DB_EQUAL;
}

int parse_real(const char *text, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end == text || *end || !isfinite(*ret) ? -1 : 0;
}

int parse_bool(const char *text, bool *ret)
{
	struct opt_bool value = {.set = false};

	if (value_ops(VALUE_BOOL)->from_text(&value, text, NULL) < 0)
		return -1;
	*ret = value.value;
	return 0;
}

int db_filter_check(const struct db_filter *filter, struct err *err)
{
	const struct field *field = filter_field(filter);
	bool number = field->kind == VALUE_INT || field->kind == VALUE_NUMBERS;
	const char *wanted = NULL;
	double real;
	bool truth;

	if (filter_asks_if_set(filter))
		return 0;
	if (number && filter_compare(filter) != DB_GLOB && parse_real(filter->text, &real) < 0)
		wanted = "a number";
	if (field->kind == VALUE_BOOL && parse_bool(filter->text, &truth) < 0)
		wanted = "true or false";
	if (strlen(filter->text) > FILTER_MAX)
		wanted = "short enough to look for";
	return wanted ? err_field(err, ERR_INVALID, field->name, "'%.60s' is not %s", filter->text,
				wanted)
	              : 0;
}

static bool order_fits(enum db_compare compare, int order)
{
	switch (compare) {
	case DB_EQUAL:
	case DB_GLOB:
		return order == 0;
	case DB_NOT:
		return order != 0;
	case DB_LESS:
		return order < 0;
	case DB_LESS_EQUAL:
		return order <= 0;
	case DB_GREATER:
		return order > 0;
	case DB_GREATER_EQUAL:
		return order >= 0;
	}
	return false;
}

static bool text_fits(enum db_compare compare, const char *wanted, const char *value)
{
	if (compare == DB_GLOB)
		return sqlite3_strglob(wanted, value) == 0;
	return order_fits(compare, strcmp(value, wanted));
}

/* long double holds every int64_t, and SQLite compares the two as exactly. */
static bool number_fits(enum db_compare compare, const char *wanted, long double value)
{
	double number;

	if (parse_real(wanted, &number) < 0)
		return false;
	return order_fits(compare, (value > number) - (value < number));
}

static bool real_fits(enum db_compare compare, const char *wanted, double value)
{
	char text[64];

	if (compare != DB_GLOB)
		return number_fits(compare, wanted, value);
	/* as SQLite makes text of a number */
	sqlite3_snprintf(sizeof(text), text, "%!.15g", value);
	return text_fits(compare, wanted, text);
}

static bool int_fits(enum db_compare compare, const char *wanted, int64_t value)
{
	char text[32];

	if (compare != DB_GLOB)
		return number_fits(compare, wanted, value);
	sqlite3_snprintf(sizeof(text), text, "%lld", (long long)value);
	return text_fits(compare, wanted, text);
}

static bool list_fits(enum db_compare compare, const char *wanted, const struct strv *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (text_fits(compare, wanted, list->v[i]))
			return true;
	return false;
}

static bool numbers_fit(
	enum db_compare compare, const char *wanted, const struct opt_numbers *numbers)
{
	for (size_t i = 0; i < numbers->n; i++) {
		double value = numbers->value[i];
		/* JSON writes a whole one without a point */
		bool whole = value == floor(value) && fabs(value) < 1e15;

		if (whole ? int_fits(compare, wanted, (int64_t)value)
			  : real_fits(compare, wanted, value))
			return true;
	}
	return false;
}

static bool map_fits(enum db_compare compare, const char *wanted, const struct opt_map *map)
{
	const char *equals = strchr(wanted, '=');
	size_t len = equals ? (size_t)(equals - wanted) : 0;

	for (size_t i = 0; i < map->n; i++) {
		const struct map_entry *entry = &map->entry[i];

		if (!equals) {
			if (text_fits(compare, wanted, entry->key))
				return true;
		} else if (entry->value && strncmp(entry->key, wanted, len) == 0 &&
			   !entry->key[len] && text_fits(compare, equals + 1, entry->value)) {
			return true;
		}
	}
	return false;
}

static bool bool_fits(enum db_compare compare, const char *wanted, const struct opt_bool *value)
{
	bool truth;

	if (!value->set || parse_bool(wanted, &truth) < 0)
		return false;
	return order_fits(compare, (int)value->value - (int)truth);
}

static bool head_fits(const struct db_filter *filter, const struct field *field, const void *at)
{
	enum db_compare compare = filter_compare(filter);
	const char *text;

	if (field->offset == offsetof(struct item, version))
		return int_fits(compare, filter->text, *(const int64_t *)at);
	if (field->kind == VALUE_INT)
		return real_fits(compare, filter->text, *(const double *)at);
	text = *(char *const *)at;
	return text && text_fits(compare, filter->text, text);
}

static bool value_fits(const struct db_filter *filter, const struct field *field, const void *at)
{
	enum db_compare compare = filter_compare(filter);
	const char *text;

	switch (field->kind) {
	case VALUE_STRING:
		text = *(char *const *)at;
		/* the index of a unique one leaves out the empty ones */
		return text && (*text || !(field->flags & FIELD_UNIQUE)) &&
		       text_fits(compare, filter->text, text);
	case VALUE_TEXT:
		text = ((const struct opt_text *)at)->text;
		return text && text_fits(compare, filter->text, text);
	case VALUE_INT:
		return ((const struct opt_int *)at)->set &&
		       int_fits(compare, filter->text, ((const struct opt_int *)at)->value);
	case VALUE_BOOL:
		return bool_fits(compare, filter->text, at);
	case VALUE_LIST:
		return list_fits(compare, filter->text, &((const struct opt_list *)at)->items);
	case VALUE_NUMBERS:
		return numbers_fit(compare, filter->text, at);
	case VALUE_MAP:
		return map_fits(compare, filter->text, at);
	}
	return false;
}

static bool is_filled(const struct field *field, const void *at)
{
	if (is_head(field))
		return field->kind != VALUE_STRING || *(char *const *)at;
	switch (field->kind) {
	case VALUE_STRING:
		return *(char *const *)at && **(char *const *)at;
	case VALUE_TEXT:
		return ((const struct opt_text *)at)->text && *((const struct opt_text *)at)->text;
	case VALUE_INT:
		return ((const struct opt_int *)at)->set;
	case VALUE_BOOL:
		return ((const struct opt_bool *)at)->set;
	case VALUE_LIST:
		return ((const struct opt_list *)at)->items.n > 0;
	case VALUE_NUMBERS:
		return ((const struct opt_numbers *)at)->n > 0;
	case VALUE_MAP:
		return ((const struct opt_map *)at)->n > 0;
	}
	return false;
}

/* Without the negation. */
static bool holds(const struct db_filter *filter, const void *at)
{
	const struct field *field = filter_field(filter);

	if (!at)
		return false;
	if (filter_asks_if_set(filter))
		return is_filled(field, at);
	return is_head(field) ? head_fits(filter, field, at) : value_fits(filter, field, at);
}

bool db_filter_fits(const struct db_filter *filter, const void *at)
{
	return holds(filter, at) != filter_negates(filter);
}

bool db_filter_fits_item(const struct db_filter *filter, const struct item *item)
{
	const struct field *field = filter_field(filter);
	bool any = false;

	if (is_field_of(item->type, field))
		return db_filter_fits(filter, item_at_const(item, field));
	for (size_t i = 0; i < item->children && !any; i++)
		any = holds(filter, item_at_const(item->child[i], field));
	return any != filter_negates(filter);
}
