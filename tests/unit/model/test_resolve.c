#include "samples.h"

#include "model/resolve.h"

static struct fallbacks *fallbacks;

static int setup(void **state)
{
	(void)state;
	fallbacks = fallbacks_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fallbacks_free(fallbacks);
	return 0;
}

static bool has(const struct resolved *resolved, const struct field *field, const struct item *item)
{
	const struct resolved_value *value = resolved_get(resolved, field->name);

	return value && value->at &&
	       value_ops(field->kind)->equal(value->at, item_at_const(item, field));
}

static const struct item *origin(const struct resolved *resolved, const struct field *field)
{
	const struct resolved_value *value = resolved_get(resolved, field->name);

	return value ? value->origin : NULL;
}

/* A field of an upper type as seen from an item below it: inherited, overridden, cleared. */
static void walk(
	const struct item_type *upper, const struct field *field, const struct item_type *lower)
{
	const struct field *own = item_field(lower, field->name);
	autoitem struct item *above = item_new(upper, "above");
	autoitem struct item *below = item_new(lower, "below");
	autoresolved struct resolved *top = NULL;
	autoresolved struct resolved *inherited = NULL;
	autoresolved struct resolved *overridden = NULL;
	autoresolved struct resolved *cleared = NULL;
	bool inherits = field->flags & FIELD_INHERIT;

	set_text(above, field, field->kind == VALUE_MAP ? "x=/z" : sample_of(field).text);
	top = resolve(fallbacks, NULL, above);
	assert_true(has(top, field, above));
	inherited = resolve(fallbacks, top, below);
	assert_int_equal(has(inherited, field, above), inherits);
	assert_ptr_equal(origin(inherited, field), inherits ? above : NULL);
	if (!own)
		return;
	assert_int_equal(own->kind, field->kind);
	set_text(below, own, sample_of(own).other);
	overridden = resolve(fallbacks, top, below);
	assert_true(has(overridden, own, below));
	assert_ptr_equal(origin(overridden, own), below);
	value_ops(own->kind)->clear(item_at(below, own));
	cleared = resolve(fallbacks, top, below);
	assert_int_equal(has(cleared, field, above), inherits);
}

static void test_every_field(void **state)
{
	static const enum item_kind order[] = {
		ITEM_SETTINGS, ITEM_DISTRO, ITEM_PROFILE, ITEM_SYSTEM};

	(void)state;
	for (size_t upper = 0; upper < ARRAY_SIZE(order); upper++)
		for (size_t lower = upper + 1; lower < ARRAY_SIZE(order); lower++)
			for (size_t i = 0; i < item_types[order[upper]]->n_fields; i++)
				walk(item_types[order[upper]], &item_types[order[upper]]->fields[i],
					item_types[order[lower]]);
}

/* Where nobody says anything, the field's default holds, and the origin says so. */
static void test_fallbacks(void **state)
{
	autoitem struct item *system = item_new(&system_type, "x");
	autoresolved struct resolved *resolved = resolve(fallbacks, NULL, system);

	(void)state;
	assert_int_equal(resolved_int(resolved, "virt_ram"), 512);
	assert_true(resolved_bool(resolved, "netboot_enabled"));
	assert_string_equal(resolved_str(resolved, "virt_bridge"), "virbr0");
	assert_int_equal(resolved_numbers(resolved, "virt_file_size")->n, 1);
	assert_int_equal(resolved_list(resolved, "name_servers")->n, 0);
	assert_int_equal(resolved_map(resolved, "kernel_options")->n, 0);
	assert_string_equal(resolved_str(resolved, "comment"), "");
	assert_string_equal(resolved_str(resolved, "no_such_field"), "");
	assert_int_equal(resolved_int(resolved, "comment"), 0); /* another kind */
	assert_null(resolved_get(resolved, "no_such_field"));
	assert_null(resolved_get(resolved, "virt_ram")->origin);
}

/* An own empty value is a value. */
static void test_empty_overrides(void **state)
{
	autoitem struct item *profile = item_new(&profile_type, "p");
	autoitem struct item *system = item_new(&system_type, "s");
	autoresolved struct resolved *above = NULL;
	autoresolved struct resolved *end = NULL;

	(void)state;
	set_text(profile, item_field(&profile_type, "autoinstall"), "a.ks");
	set_text(profile, item_field(&profile_type, "name_servers"), "10.0.0.1");
	set_text(system, item_field(&system_type, "autoinstall"), "");
	set_text(system, item_field(&system_type, "name_servers"), "");
	above = resolve(fallbacks, NULL, profile);
	end = resolve(fallbacks, above, system);
	assert_string_equal(resolved_str(end, "autoinstall"), "");
	assert_int_equal(resolved_list(end, "name_servers")->n, 0);
	assert_ptr_equal(resolved_get(end, "autoinstall")->origin, system);
}

/* settings → distro → profile → sub-profile → system, a map that grows and shrinks on the way. */
static void test_chain_and_explain(void **state)
{
	static const struct {
		const struct item_type *type;
		const char *options;
		const char *ram; /* NULL: unset */
	} rows[] = {
		{&settings_type, "console=tty0 quiet", "600"},
		{&distro_type, "url=x", NULL},
		{&profile_type, "console=ttyS0 console=tty1", "700"},
		{&profile_type, "!quiet", NULL},
		{&system_type, "url=y last", "800"},
	};
	struct item *item[ARRAY_SIZE(rows)];
	struct resolved *resolved[ARRAY_SIZE(rows)];
	const size_t last = ARRAY_SIZE(rows) - 1;
	autostrbuf text = STRBUF_INIT;
	autostrbuf explained = STRBUF_INIT;
	autojson json_t *json = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *name = xasprintf("i%zu", i);

		item[i] = item_new(rows[i].type, name);
		set_text(item[i], item_field(rows[i].type, "kernel_options"), rows[i].options);
		if (rows[i].ram)
			set_text(item[i], item_field(rows[i].type, "virt_ram"), rows[i].ram);
		resolved[i] = resolve(fallbacks, i ? resolved[i - 1] : NULL, item[i]);
	}
	value_ops(VALUE_MAP)->to_text(resolved_map(resolved[last], "kernel_options"), &text);
	assert_string_equal(text.buf, "console=ttyS0 console=tty1 url=y last");
	assert_ptr_equal(resolved_item(resolved[last], ITEM_PROFILE), item[3]);
	assert_ptr_equal(resolved_item(resolved[last], ITEM_DISTRO), item[1]);
	assert_null(resolved_item(resolved[1], ITEM_SYSTEM));
	json = resolved_to_json(resolved[last], 0, true);
	json_print(
		json_object_get(json_object_get(json, "origins"), "virt_ram"), false, &explained);
	assert_string_equal(explained.buf, "{\"from\":\"system i4\",\"overrides\":["
					   "{\"from\":\"profile i2\",\"value\":700},"
					   "{\"from\":\"settings i0\",\"value\":600}]}");
	for (size_t i = ARRAY_SIZE(rows); i-- > 0;) {
		resolved_free(resolved[i]);
		item_free(item[i]);
	}
}

/* No secret is shown, inherited or not, as a value or as what was overridden. */
static void test_secrets(void **state)
{
	autoitem struct item *settings = item_new(&settings_type, "settings");
	autoitem struct item *system = item_new(&system_type, "x");
	autoresolved struct resolved *top = NULL;
	autoresolved struct resolved *end = NULL;
	autojson json_t *json = NULL;
	autostrbuf text = STRBUF_INIT;

	(void)state;
	set_text(settings, item_field(&settings_type, "default_password_crypted"), "$6$geheim");
	top = resolve(fallbacks, NULL, settings);
	end = resolve(fallbacks, top, system);
	json = resolved_to_json(end, 0, true);
	json_print(json, false, &text);
	assert_null(strstr(text.buf, "geheim"));
	assert_non_null(strstr(text.buf, "\"default_password_crypted\":\"***\""));
	assert_string_equal(resolved_str(end, "default_password_crypted"), "$6$geheim");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_fallbacks),
		cmocka_unit_test(test_empty_overrides),
		cmocka_unit_test(test_chain_and_explain),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
