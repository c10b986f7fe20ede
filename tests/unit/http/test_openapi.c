/* The API's description: what it must have beyond being a valid OpenAPI document, which a public
 * validator judges (tests/e2e/openapi.sh). */
#include "support.h"

#include "base/json.h"
#include "http/openapi.h"
#include "http/route.h"
#include "model/types.h"

static int setup(void **state)
{
	*state = openapi_document();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	json_decref(*state);
	return 0;
}

/* The member at "a b c": words that object keys do not have blanks in. */
static json_t *at(json_t *value, const char *path)
{
	autostrv words = STRV_INIT;

	strv_split(&words, path, " ");
	strv_for_each (word, &words)
		value = json_object_get(value, word);
	return value;
}

static json_t *schema(void *document, const char *name)
{
	return json_object_get(at(document, "components schemas"), name);
}

static void check_refs(json_t *value, void *document)
{
	const char *ref = json_get_str(value, "$ref");
	const char *key;
	size_t i;
	json_t *inner;

	if (ref) {
		const char *name = strrchr(ref, '/') + 1;

		if (!schema(document, name) &&
			!json_object_get(at(document, "components responses"), name))
			fail_msg("'%s' leads nowhere", ref);
	}
	json_object_foreach (value, key, inner)
		check_refs(inner, document);
	json_array_foreach (value, i, inner)
		check_refs(inner, document);
}

static void references_lead_somewhere(void **state)
{
	check_refs(*state, *state);
}

static void operations_have_names(void **state)
{
	autojson json_t *seen = json_object();
	const char *path, *method;
	json_t *item, *operation;
	size_t n = 0;

	json_object_foreach (at(*state, "paths"), path, item) {
		json_object_foreach (item, method, operation) {
			const char *id = json_get_str(operation, "operationId");

			if (!id || strchr(id, '{') || json_object_get(seen, id))
				fail_msg("%s %s: '%s'", method, path, id ? id : "");
			json_object_set_new(seen, id, json_true());
			assert_non_null(json_get_str(operation, "x-role"));
			n++;
		}
	}
	assert_true(n > 70);
	assert_non_null(json_object_get(seen, "listSystems"));
	assert_non_null(json_object_get(seen, "putSnippet"));
}

/* Every field of every type is there, with all that its row says. */
static void fields_are_described(void **state)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		autofree char *name = openapi_type_name(type, false);
		json_t *properties = json_object_get(schema(*state, name), "properties");

		for (size_t i = 0; i < type->n_fields; i++) {
			const struct field *field = &type->fields[i];
			json_t *member = json_object_get(properties, field->name);
			json_t *items = json_object_get(member, "items");

			if (!member || !json_get_str(member, "description"))
				fail_msg("%s.%s is not described", name, field->name);
			assert_int_equal(json_is_true(json_object_get(member, "readOnly")),
				(field->flags & FIELD_READONLY) != 0);
			assert_int_equal(json_is_true(json_object_get(member, "writeOnly")),
				(field->flags & FIELD_SECRET) != 0);
			assert_int_equal(json_object_get(member, "default") != NULL,
				field->fallback != NULL);
			assert_int_equal(
				json_get_str(member, "x-unit") != NULL, field->unit != NULL);
			assert_int_equal(
				json_get_str(member, "x-reference") != NULL, field->ref != 0);
			assert_int_equal(json_object_get(items ? items : member, "enum") != NULL,
				field->choices != NULL);
			assert_int_equal(json_object_get(items ? items : member, "maximum") != NULL,
				field->max != 0);
		}
	}
}

static void one_field(void **state)
{
	json_t *ram = at(schema(*state, "Profile"), "properties virt_ram");
	json_t *disks = at(schema(*state, "System"), "properties virt_file_size");

	assert_string_equal(json_get_str(ram, "x-unit"), "MiB");
	assert_int_equal(json_integer_value(json_object_get(ram, "default")), 512);
	assert_int_equal(json_integer_value(json_object_get(ram, "minimum")), 16);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(ram, "type"), 0)), "integer");
	assert_int_equal(json_array_size(json_object_get(disks, "default")), 1);
	assert_non_null(at(schema(*state, "SystemResolved"), "properties kernel_sha256"));
	assert_non_null(at(schema(*state, "SystemResolved"), "properties http_port"));
	assert_null(at(schema(*state, "System"), "properties kernel_sha256"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(references_lead_somewhere, setup, teardown),
		cmocka_unit_test_setup_teardown(operations_have_names, setup, teardown),
		cmocka_unit_test_setup_teardown(fields_are_described, setup, teardown),
		cmocka_unit_test_setup_teardown(one_field, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
