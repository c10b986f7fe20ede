#include "samples.h"

static bool same(const struct field *field, const struct item *a, const struct item *b)
{
	return value_ops(field->kind)->equal(item_at_const(a, field), item_at_const(b, field));
}

/* Text and JSON, out and in again, give the same value. */
static void round_trip(const struct item_type *type, const struct field *field)
{
	const struct sample sample = sample_of(field);
	const char *const texts[] = {sample.text, sample.other};
	const struct value_ops *ops = value_ops(field->kind);

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autoitem struct item *item = item_new(type, "x");
		autoitem struct item *again = item_new(type, "x");
		autostrbuf text = STRBUF_INIT;
		autojson json_t *json = NULL;

		set_text(item, field, texts[i]);
		assert_true(ops->is_set(item_at(item, field)));
		ops->to_text(item_at(item, field), &text);
		set_text(again, field, text.buf);
		if (!same(field, item, again))
			fail_msg("%s.%s: text '%s'", type->name, field->name, text.buf);
		json = ops->to_json(item_at(item, field));
		ops->clear(item_at(again, field));
		assert_int_equal(field_set_json(field, item_at(again, field), json, NULL), 0);
		if (!same(field, item, again))
			fail_msg("%s.%s: JSON of '%s'", type->name, field->name, text.buf);
	}
}

static void test_round_trip(void **state)
{
	(void)state;
	for_each_field(round_trip);
}

/* Unset, an own empty value and null are told apart as the item's documents say. */
static void clear_and_empty(const struct item_type *type, const struct field *field)
{
	static const char *const unset[] = {"null", "\"<<inherit>>\""};
	const struct value_ops *ops = value_ops(field->kind);
	autoitem struct item *item = item_new(type, "x");
	void *at = item_at(item, field);

	assert_false(ops->is_set(at));
	for (size_t i = 0; i < ARRAY_SIZE(unset); i++) {
		autojson json_t *json = json_parse(unset[i], strlen(unset[i]), NULL);

		set_text(item, field, sample_of(field).text);
		assert_int_equal(field_set_json(field, at, json, NULL), 0);
		assert_false(ops->is_set(at));
	}
	set_text(item, field, sample_of(field).text);
	set_text(item, field, "<<inherit>>");
	assert_false(ops->is_set(at));
	if (field->kind == VALUE_INT || field->kind == VALUE_BOOL)
		return;
	if (field->kind == VALUE_STRING && field->choices) {
		assert_int_equal(field_set_text(field, at, "", NULL), -1);
		return;
	}
	set_text(item, field, "");
	assert_true(ops->is_set(at));
}

static void test_clear(void **state)
{
	(void)state;
	for_each_field(clear_and_empty);
}

/* A wrong value leaves the old one and the error names the field. */
static void refuse(const struct item_type *type, const struct field *field)
{
	autoitem struct item *item = item_new(type, "x");
	autoitem struct item *before = NULL;
	autofree char *member = xasprintf("%s: ", field->name);

	set_text(item, field, sample_of(field).text);
	before = item_copy(item);
	for (const char *const *text = wrong_json(field->kind); *text; text++) {
		autojson json_t *json = json_loads(*text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		struct err err = ERR_INIT;

		assert_non_null(json);
		if (field_set_json(field, item_at(item, field), json, &err) == 0)
			fail_msg("%s.%s takes %s", type->name, field->name, *text);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, field->name);
		assert_true(strncmp(err.msg, member, strlen(member)) == 0);
		assert_true(item_equal(item, before));
	}
}

static void test_refuse(void **state)
{
	(void)state;
	for_each_field(refuse);
}

/* The number just inside each end of a range, and just outside. */
static void range(const struct item_type *type, const struct field *field)
{
	const struct {
		int64_t value;
		int result;
	} rows[] = {{field->min, 0}, {field->max, 0}, {field->min - 1, -1}, {field->max + 1, -1}};

	if (!field->max)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autoitem struct item *item = item_new(type, "x");
		autojson json_t *json = json_integer(rows[i].value);
		struct err err = ERR_INIT;

		assert_int_equal(
			field_set_json(field, item_at(item, field), json, &err), rows[i].result);
		if (rows[i].result < 0)
			assert_string_equal(err.field, field->name);
	}
}

static void test_ranges(void **state)
{
	(void)state;
	for_each_field(range);
}

/* What has a row must have what the documents are made of. */
static void complete(const struct item_type *type, const struct field *field)
{
	assert_non_null(field->help);
	assert_int_not_equal(*field->help, 0);
	assert_ptr_equal(item_field(type, field->name), field);
	if (field->alias)
		assert_ptr_equal(item_field(type, field->alias), field);
	if (field->flags & (FIELD_UNIQUE | FIELD_PARENT))
		assert_int_equal(field->kind, VALUE_STRING);
	if (field->ref)
		assert_true(field_is_ref(field) || field_is_ref_list(field));
}

static void test_rows_are_complete(void **state)
{
	(void)state;
	for_each_field(complete);
}

static void test_spelling(void **state)
{
	static const struct {
		const char *text;
		const char *field; /* NULL: none */
	} rows[] = {
		{"virt_ram", "virt_ram"},
		{"virt-ram", "virt_ram"},
		{"kopts", "kernel_options"},
		{"kopts-post", "kernel_options_post"},
		{"virtram", NULL},
		{"virt_ram_", NULL},
		{"", NULL},
		{"netboot", "netboot_enabled"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct field *field = item_field(&system_type, rows[i].text);

		if (rows[i].field)
			assert_string_equal(field->name, rows[i].field);
		else
			assert_null(field);
	}
}

/* RFC 7396 inside a map. */
static void test_map_merge(void **state)
{
	static const struct {
		const char *patch;
		const char *text;
	} rows[] = {
		{"{\"a\": \"1\", \"q\": true}", "a=1 q"},
		{"{\"b\": \"2\"}", "a=1 q b=2"},
		{"{\"a\": null}", "q b=2"},
		{"{\"b\": [\"3\", \"4\"], \"n\": 5}", "q b=3 b=4 n=5"},
		{"{}", "q b=3 b=4 n=5"},
		{"\"c=6\"", "c=6"},
		{"{\"c\": []}", ""},
	};
	const struct field *field = item_field(&profile_type, "kernel_options");
	autoitem struct item *item = item_new(&profile_type, "x");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autojson json_t *patch = json_parse(rows[i].patch, strlen(rows[i].patch), NULL);
		autostrbuf text = STRBUF_INIT;

		assert_int_equal(field_set_json(field, item_at(item, field), patch, NULL), 0);
		value_ops(VALUE_MAP)->to_text(item_at(item, field), &text);
		assert_string_equal(text.buf, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_rows_are_complete),
		cmocka_unit_test(test_spelling),
		cmocka_unit_test(test_map_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
