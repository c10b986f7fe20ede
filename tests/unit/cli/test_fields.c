/* Every field of every type: the text on a command line → the patch for the server → the item →
 * JSON → the text that report prints is the same. */
#include "cli/cli.h"
#include "cli/out.h"
#include "tests/unit/cli/samples.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The command line that edits an item of the type, or a child of a system. */
static void begin(const struct item_type *type, struct strv *argv)
{
	bool child = type->kind == ITEM_INTERFACE;

	strv_add(argv, "bootwright");
	strv_add(argv, child ? "system" : type->name);
	strv_add(argv, "edit");
	if (type->kind != ITEM_SETTINGS)
		strv_add(argv, "x");
	if (child)
		strv_add(argv, "--interface=eth0");
}

/* The object that the fields of the type are in. */
static const json_t *object_of(const struct item_type *type, const json_t *json)
{
	return type->kind == ITEM_INTERFACE
	               ? json_object_get(json_object_get(json, "interfaces"), "eth0")
	               : json;
}

/* Gives the option and merges what it comes to into the item; returns what report prints. */
static void give(const struct item_type *type, struct item *item, const struct field *field,
	const char *option, struct strbuf *ret)
{
	struct cli cli = {0};
	struct err err = ERR_INIT;
	autostrv argv = STRV_INIT;
	autojson json_t *json = NULL;
	const json_t *value;

	begin(type, &argv);
	strv_add(&argv, option);
	if (cli_parse((int)argv.n, argv.v, &cli, &err) < 0 ||
		item_merge_json(item, cli.patch, true, &err) < 0)
		fail_msg("%s %s: %s", type->name, option, err.msg);
	json = item_to_json(item, ITEM_JSON_SECRETS);
	value = json_object_get(object_of(type, json), field->name);
	if (value)
		out_value(value, ret);
	cli_done(&cli);
}

/* The item that the fields are in: an interface's is its system. */
static struct item *whole_item(const struct item_type *type)
{
	if (type->kind == ITEM_INTERFACE)
		return item_new(item_types[ITEM_SYSTEM], "x");
	return item_new(type, type->kind == ITEM_SETTINGS ? type->name : "x");
}

static void there_and_back(void **state)
{
	size_t seen = 0;

	(void)state;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		for (size_t i = 0; i < 2 * type->n_fields; i++) {
			const struct field *field = &type->fields[i / 2];
			autofree char *sample = sample_of(field, i % 2);
			autofree char *option = NULL;
			autoitem struct item *item = whole_item(type);
			autostrbuf got = STRBUF_INIT;
			autostrbuf unset = STRBUF_INIT;

			if (!sample && i % 2 == 0)
				fail_msg("no sample fits %s.%s: add one to samples.h", type->name,
					field->name);
			if (!sample)
				continue;
			option = xasprintf("--%s=%s", field->name, sample);
			give(type, item, field, option, &got);
			if (strcmp(got.buf, sample) != 0)
				fail_msg("%s %s comes back as '%s'", type->name, option, got.buf);
			free(option);
			option = xasprintf("--%s=<<inherit>>", field->name);
			give(type, item, field, option, &unset);
			assert_string_equal(unset.buf, "");
			seen++;
		}
	}
	assert_true(seen > 300);
}

/* What a field refuses, it refuses with its name, and the item stays as it was. */
static void wrong_values(void **state)
{
	size_t seen = 0;

	(void)state;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		for (size_t i = 0; i < type->n_fields; i++) {
			const struct field *field = &type->fields[i];
			const char *wrong = sample_wrong(field);
			autoitem struct item *item = whole_item(type);
			autofree char *option = NULL;
			autostrv argv = STRV_INIT;
			struct cli cli = {0};
			struct err err = ERR_INIT;

			if (!wrong) {
				fail_msg("%s.%s takes any text", type->name, field->name);
				continue;
			}
			option = xasprintf("--%s=%s", field->name, wrong);
			begin(type, &argv);
			strv_add(&argv, option);
			if (cli_parse((int)argv.n, argv.v, &cli, &err) == 0 &&
				item_merge_json(item, cli.patch, true, &err) == 0)
				fail_msg("%s %s was accepted", type->name, option);
			assert_string_equal(err.field, field->name);
			assert_non_null(strstr(err.msg, field->name));
			cli_done(&cli);
			seen++;
		}
	}
	assert_true(seen > 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(wrong_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
