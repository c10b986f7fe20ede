/* The SQL of a query and db_filter_fits_item() agree, on random values of every kind; orders and
 * pages against a plain sort. */
#include "support.h"

enum { SYSTEMS = 40 };

/* The same numbers in every run. */
static uint32_t next_random(void)
{
	static uint32_t seed = 1;

	seed = seed * 1103515245U + 12345U;
	return seed >> 16;
}

static const char *pick(const char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return words[next_random() % n];
}

/* What values are made of and what filters look for; NULL-terminated. */
static const char *const texts[] = {
	"", "a", "A", "ab", "abc", "b", "b*", "[x]", "\xc3\xa4", "10", "9", "x y", "?", NULL};
static const char *const lists[] = {"", "a", "a,b", "abc,10", "[x],b*", "b,\xc3\xa4", NULL};
static const char *const ints[] = {"0", "1", "9", "10", "-5", "1000", "9007199254740993", NULL};
static const char *const bools[] = {"true", "false", NULL};
static const char *const numbers[] = {"", "10", "2.5", "10,2.5", "0.1", "0", "1000", NULL};
static const char *const maps[] = {"", "quiet", "a=1", "a=1 a=2", "a=b b=", "quiet console=tty0",
	"b=x*y 10=1", "a= a=ab quiet", NULL};
static const char *const groups[] = {"", "one", "two", "one,two", "two,one", NULL};
static const char *const wanted_texts[] = {"", "a", "ab", "a*", "*", "?", "[a-b]*", "[^a]*", "b*",
	"[x]", "\xc3\xa4", "10", "9", "zz", "one", "t*", NULL};
static const char *const wanted_numbers[] = {"", "0", "1", "9", "10", "2.5", "0.1", "-5", "1e3",
	"9007199254740992", "9007199254740993", "1*", "*.5", "?", "2.*", NULL};
static const char *const wanted_maps[] = {"", "quiet", "a", "q*", "a=1", "a=2", "a=*", "quiet=1",
	"quiet=*", "b=", "b=x*y", "b=x\\*y", "c=1", "10=1", "=", "=1", "a=a*", NULL};

static const char *const *values_of(const struct field *field)
{
	switch (field->kind) {
	case VALUE_STRING:
	case VALUE_TEXT:
		return texts;
	case VALUE_INT:
		return ints;
	case VALUE_BOOL:
		return bools;
	case VALUE_LIST:
		return field->ref ? groups : lists;
	case VALUE_NUMBERS:
		return numbers;
	case VALUE_MAP:
		return maps;
	}
	return texts;
}

static const char *const *wanted_of(const struct field *field)
{
	switch (field->kind) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_LIST:
		return wanted_texts;
	case VALUE_INT:
	case VALUE_NUMBERS:
		return wanted_numbers;
	case VALUE_BOOL:
		return bools;
	case VALUE_MAP:
		return wanted_maps;
	}
	return wanted_texts;
}

/* The checks of the fields are not asked: any value may be stored. */
static void set_random(struct item *item, const struct field *field, int number)
{
	autofree char *unique = xasprintf("u%d", number);
	const char *text = pick(values_of(field));

	if (field_is_ref(field) || next_random() % 3 == 0)
		return;
	if (field->flags & FIELD_UNIQUE && *text)
		text = unique;
	if (value_ops(field->kind)->from_text(item_at(item, field), text, NULL) < 0)
		fail_msg("%s: '%s'", field->name, text);
}

static struct item *random_system(int number)
{
	autofree char *name = xasprintf("s%d", number);
	struct item *item = make_item(&system_type, name, "{'profile': 'bar'}");

	for (size_t i = 0; i < system_type.n_fields; i++)
		set_random(item, &system_type.fields[i], number);
	for (uint32_t children = next_random() % 3; children; children--) {
		autofree char *child_name = xasprintf("eth%u", children);
		struct item *child = item_new(&interface_type, child_name);

		for (size_t i = 0; i < interface_type.n_fields; i++)
			set_random(child, &interface_type.fields[i], 10 * number + (int)children);
		item_child_add_take(item, child);
	}
	return item;
}

static int collect_setup(void **state)
{
	struct store *store;

	if (store_setup(state) < 0)
		return -1;
	store = *state;
	fill(store);
	must_put(store, &group_type, "one", "{}");
	must_put(store, &group_type, "two", "{}");
	for (int i = 0; i < SYSTEMS; i++) {
		autoitem struct item *item = random_system(i);
		struct err err = ERR_INIT;

		if (db_item_put(store->db, &tester, item, DB_NEW, &err) < 0)
			fail_msg("%s", err.msg);
	}
	return 0;
}

static int add_name(void *ctx, struct item *item, struct err *err)
{
	(void)err;
	strv_add(ctx, item->name);
	return 0;
}

struct collected {
	struct item *item[SYSTEMS + 2];
	size_t n;
};

static int collect(void *ctx, struct item *item, struct err *err)
{
	struct collected *all = ctx;

	(void)err;
	all->item[all->n++] = item_copy(item);
	return 0;
}

static void collect_all(struct store *store, struct collected *ret)
{
	const struct db_query query = {.type = &system_type};

	assert_int_equal(db_item_list(store->db, &query, collect, ret, NULL), 0);
	assert_int_equal(ret->n, SYSTEMS + 2);
}

static void free_all(struct collected *all)
{
	for (size_t i = 0; i < all->n; i++)
		item_free(all->item[i]);
}

/* How many fit; -1: the filter is refused. */
static int compare_both(
	struct store *store, const struct collected *all, const struct db_filter *filter)
{
	const struct db_query query = {.type = &system_type, .filter = filter, .filters = 1};
	autostrv names = STRV_INIT;
	autostrbuf a = STRBUF_INIT;
	autostrbuf b = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (db_item_list(store->db, &query, add_name, &names, &err) < 0) {
		assert_int_equal(err.code, ERR_INVALID);
		assert_int_equal(db_filter_check(filter, NULL), -1);
		return -1;
	}
	assert_int_equal(db_filter_check(filter, &err), 0);
	strv_join(&names, " ", &a);
	for (size_t i = 0; i < all->n; i++)
		if (db_filter_fits_item(filter, all->item[i]))
			strbuf_addf(&b, "%s%s", b.len ? " " : "", all->item[i]->name);
	if (strcmp(a.buf, b.buf) != 0)
		fail_msg("%s, %d, '%s': SQL finds\n%s\nbut there fit\n%s",
			filter->field ? filter->field->name : "NULL", (int)filter->compare,
			filter->text, a.buf, b.buf);
	return (int)names.n;
}

/* Returns how many of the filters found some but not all. */
static int compare_field(
	struct store *store, const struct collected *all, const struct field *field)
{
	int telling = 0;

	for (const char *const *text = wanted_of(field); *text; text++) {
		for (int compare = DB_EQUAL; compare <= DB_NOT; compare++) {
			const struct db_filter filter = {field, (enum db_compare)compare, *text};
			int n = compare_both(store, all, &filter);

			telling += n > 0 && n < SYSTEMS + 2;
		}
	}
	return telling;
}

static void test_both_agree(void **state)
{
	static const char *const heads[] = {"name", "uid", "version", "ctime", "mtime"};
	struct store *store = *state;
	struct collected all = {.n = 0};

	collect_all(store, &all);
	for (size_t i = 0; i < system_type.n_fields; i++) {
		const struct field *field = &system_type.fields[i];

		if (compare_field(store, &all, field) < 1 && !field_is_ref(field))
			fail_msg("no filter on %s told anything", field->name);
	}
	for (size_t i = 0; i < interface_type.n_fields; i++)
		if (compare_field(store, &all, &interface_type.fields[i]) < 1)
			fail_msg("no filter on %s told anything", interface_type.fields[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		assert_non_null(db_head_field(heads[i]));
		compare_field(store, &all, db_head_field(heads[i]));
	}
	compare_both(store, &all, &(struct db_filter){NULL, DB_GLOB, "s1*"});
	assert_null(db_head_field("profile"));
	free_all(&all);
}

/* Times and versions of two stored items, found exactly. */
static void test_heads(void **state)
{
	struct store *store = *state;
	autoitem struct item *item = must_get(store, &system_type, "s7");
	autofree char *time = xasprintf("%.17g", item->mtime);
	struct collected all = {.n = 0};
	const struct {
		struct db_filter filter;
		int n;
	} rows[] = {
		{{db_head_field("mtime"), DB_EQUAL, time}, 1},
		{{db_head_field("mtime"), DB_GREATER, time}, SYSTEMS - 8},
		{{db_head_field("ctime"), DB_LESS, "1000000000"}, 0},
		{{db_head_field("uid"), DB_EQUAL, item->uid}, 1},
		{{db_head_field("version"), DB_EQUAL, "1"}, SYSTEMS + 2},
		{{db_head_field("name"), DB_EQUAL, "s7"}, 1},
		{{db_head_field("name"), DB_NOT, ""}, SYSTEMS + 2},
	};

	collect_all(store, &all);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(compare_both(store, &all, &rows[i].filter), rows[i].n);
	free_all(&all);
}

static int compare_text(const struct field *field, const void *a, const void *b)
{
	const char *x =
		field->kind == VALUE_TEXT ? ((const struct opt_text *)a)->text : *(char *const *)a;
	const char *y =
		field->kind == VALUE_TEXT ? ((const struct opt_text *)b)->text : *(char *const *)b;

	if (!x || !y)
		return (x != NULL) - (y != NULL);
	return strcmp(x, y);
}

static int64_t number_of(const struct field *field, const void *at)
{
	if (field == db_head_field("version"))
		return *(const int64_t *)at;
	if (field->kind == VALUE_BOOL)
		return ((const struct opt_bool *)at)->set ? ((const struct opt_bool *)at)->value
		                                          : -1;
	return ((const struct opt_int *)at)->set ? ((const struct opt_int *)at)->value : INT64_MIN;
}

static const struct field *sorting_by;

static int in_order(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;
	const void *p = item_at_const(x, sorting_by);
	const void *q = item_at_const(y, sorting_by);
	int64_t i;
	int64_t j;
	int order;

	if (sorting_by->kind == VALUE_STRING) {
		order = compare_text(sorting_by, p, q);
	} else {
		i = number_of(sorting_by, p);
		j = number_of(sorting_by, q);
		order = (i > j) - (i < j);
	}
	return order ? order : strcmp(x->name, y->name);
}

static char *value_text(const struct item *item, const struct field *field)
{
	const void *at = item_at_const(item, field);
	autostrbuf text = STRBUF_INIT;

	if (field == db_head_field("version"))
		return xasprintf("%lld", (long long)item->version);
	if (!value_ops(field->kind)->is_set(at))
		return NULL;
	value_ops(field->kind)->to_text(at, &text);
	return strbuf_take(&text);
}

static const char *name_of(const struct db_query *query)
{
	return query->sort ? query->sort->name : "nothing";
}

/* `seen` of all have come before; returns how many come now. */
static size_t compare_page(
	struct store *store, const struct collected *all, const struct db_query *query, size_t seen)
{
	struct collected page = {.n = 0};
	struct err err = ERR_INIT;

	if (db_item_list(store->db, query, collect, &page, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < page.n; i++) {
		size_t at = seen + i < all->n ? seen + i : all->n - 1;
		const struct item *wanted = all->item[query->descending ? all->n - 1 - at : at];

		if (seen + i >= all->n || !item_equal(page.item[i], wanted))
			fail_msg("by %s%s, at %zu after %s (%s): %s, not %s", name_of(query),
				query->descending ? " down" : "", seen + i, query->after,
				query->after_value, page.item[i]->name, wanted->name);
		item_free(page.item[i]);
	}
	return page.n;
}

/* Page after page, against the sorted array; nothing comes after the last one. */
static void walk_pages(struct store *store, const struct collected *all, struct db_query *query)
{
	size_t seen = 0;
	size_t n;

	query->after = query->after_value = NULL;
	do {
		autofree char *value = NULL;
		const struct item *last;

		if (seen > 0) {
			last = all->item[query->descending ? all->n - seen : seen - 1];
			query->after = last->name;
			query->after_value = value =
				query->sort ? value_text(last, query->sort) : NULL;
		}
		n = compare_page(store, all, query, seen);
		seen += n;
	} while (n > 0);
	assert_int_equal(seen, all->n);
}

static void test_order(void **state)
{
	static const char *const names[] = {NULL, "name", "version", "hostname", "comment",
		"virt_ram", "netboot_enabled", "profile"};
	struct store *store = *state;
	struct db_query query = {.type = &system_type};
	struct collected all = {.n = 0};

	collect_all(store, &all);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *name = names[i];

		query.sort = !name                 ? NULL
		             : db_head_field(name) ? db_head_field(name)
		                                   : item_field(&system_type, name);
		sorting_by = query.sort ? query.sort : db_head_field("name");
		qsort(all.item, all.n, sizeof(all.item[0]), in_order);
		for (size_t limit = 1; limit <= 64; limit *= 4) {
			query.limit = limit;
			query.descending = false;
			walk_pages(store, &all, &query);
			query.descending = true;
			walk_pages(store, &all, &query);
		}
	}
	free_all(&all);
}

static void test_no_order(void **state)
{
	static const char *const names[] = {"groups", "virt_file_size", "kernel_options"};
	struct store *store = *state;
	struct db_query query = {.type = &system_type};
	struct err err = ERR_INIT;

	for (size_t i = 0; i <= ARRAY_SIZE(names); i++) {
		query.sort = i < ARRAY_SIZE(names) ? item_field(&system_type, names[i])
		                                   : item_field(&interface_type, "mtu");
		assert_int_equal(db_item_list(store->db, &query, add_name, NULL, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, query.sort->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_both_agree, collect_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_heads, collect_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_order, collect_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_no_order, collect_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
