#include "samples.h"

/* Text of each kind, as people write it, and as it is written back; NULL: refused. */
static void test_text(void **state)
{
	static const struct {
		enum value_kind kind;
		const char *in;
		const char *out;
	} rows[] = {
		{VALUE_STRING, "", ""},
		{VALUE_STRING, " x ", " x "},
		{VALUE_STRING, "a\tb", NULL},
		{VALUE_STRING, "a\x7f", NULL},
		{VALUE_INT, "-5", "-5"},
		{VALUE_INT, "007", "7"},
		{VALUE_INT, "", NULL},
		{VALUE_INT, " 1", NULL},
		{VALUE_INT, "1 ", NULL},
		{VALUE_INT, "1.0", NULL},
		{VALUE_INT, "9223372036854775808", NULL},
		{VALUE_BOOL, "YES", "true"},
		{VALUE_BOOL, "off", "false"},
		{VALUE_BOOL, "2", NULL},
		{VALUE_BOOL, "", NULL},
		{VALUE_LIST, "a b,c, d", "a,b,c,d"},
		{VALUE_LIST, "", ""},
		{VALUE_LIST, "a\nb", NULL},
		{VALUE_NUMBERS, "1, 2.50", "1,2.5"},
		{VALUE_NUMBERS, "", ""},
		{VALUE_NUMBERS, "1e5", NULL},
		{VALUE_NUMBERS, "-1", NULL},
		{VALUE_NUMBERS, "inf", NULL},
		{VALUE_NUMBERS, "1.2.3", NULL},
		{VALUE_NUMBERS, ".", NULL},
		{VALUE_MAP, "a=1 b", "a=1 b"},
		{VALUE_MAP, "a=1  b=2 a=3", "a=1 a=3 b=2"}, /* a key's values stand together */
		{VALUE_MAP, "t='a b'", "t='a b'"},
		{VALUE_MAP, "t=\"it's\"", "t='it'\\''s'"},
		{VALUE_MAP, "a=x=y", "a=x=y"},
		{VALUE_MAP, "a=", "a="},
		{VALUE_MAP, "", ""},
		{VALUE_MAP, "=1", NULL},
		{VALUE_MAP, "!", NULL},
		{VALUE_MAP, "!gone", "!gone"},
		{VALUE_MAP, "a='open", NULL},
		{VALUE_MAP, "'a b'=1", NULL},
		{VALUE_MAP, "\"\"", NULL},
		{VALUE_MAP, "a=1\nb=2", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value_ops *ops = value_ops(rows[i].kind);
		union {
			char *string;
			struct opt_int number;
			struct opt_bool boolean;
			struct opt_list list;
			struct opt_numbers numbers;
			struct opt_map map;
		} value;
		autostrbuf out = STRBUF_INIT;
		struct err err = ERR_INIT;
		int result;

		memset(&value, 0, sizeof(value));
		result = ops->from_text(&value, rows[i].in, &err);
		if (result < 0 && rows[i].out)
			fail_msg("'%s': %s", rows[i].in, err.msg);
		if (result == 0 && !rows[i].out)
			fail_msg("'%s' is taken", rows[i].in);
		assert_int_equal(ops->is_set(&value), result == 0);
		if (rows[i].out) {
			ops->to_text(&value, &out);
			assert_string_equal(out.buf, rows[i].out);
		}
		ops->clear(&value);
		assert_false(ops->is_set(&value));
	}
}

static void test_map_inherits(void **state)
{
	static const struct {
		const char *below;
		const char *own;
		const char *merged;
	} rows[] = {
		{"a=1 b=2", "", "a=1 b=2"},
		{"", "a=1", "a=1"},
		{"a=1 b=2", "a=3", "a=3 b=2"},
		{"a=1 b=2", "!a", "b=2"},
		{"a=1 a=2 b", "!a c", "b c"},
		{"a=1 b=2", "c=3 a=4 a=5", "a=4 a=5 b=2 c=3"},
		{"console=tty0 console=ttyS0", "quiet", "console=tty0 console=ttyS0 quiet"},
		{"console=tty0 console=ttyS0", "console=hvc0", "console=hvc0"},
		{"a=1", "!a !b", ""},
		{"a=1", "!a a=2", "a=2"},
		{"quiet", "!quie", "quiet"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct opt_map below = {.set = false};
		struct opt_map own = {.set = false};
		struct opt_map merged = {.set = false};
		autostrbuf text = STRBUF_INIT;

		assert_int_equal(map_parse(&below, rows[i].below, NULL), 0);
		assert_int_equal(map_parse(&own, rows[i].own, NULL), 0);
		map_merge(&below, &own, &merged);
		value_ops(VALUE_MAP)->to_text(&merged, &text);
		assert_string_equal(text.buf, rows[i].merged);
		map_clear(&below);
		map_clear(&own);
		map_clear(&merged);
	}
}

/* Copies are equal and their own. */
static void test_copy(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		autoitem struct item *item = item_new(item_types[kind], "x");
		struct item *copy;

		for (size_t i = 0; i < item->type->n_fields; i++)
			set_text(item, &item->type->fields[i],
				sample_of(&item->type->fields[i]).text);
		copy = item_copy(item);
		assert_true(item_equal(item, copy));
		for (size_t i = 0; i < item->type->n_fields; i++) {
			const struct field *field = &item->type->fields[i];

			set_text(copy, field, sample_of(field).other);
			assert_false(item_equal(item, copy));
			set_text(copy, field, sample_of(field).text);
			assert_true(item_equal(item, copy));
			value_ops(field->kind)->clear(item_at(copy, field));
			assert_false(item_equal(item, copy));
			set_text(copy, field, sample_of(field).text);
		}
		item_free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_map_inherits),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
