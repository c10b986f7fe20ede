#include "../model/samples.h"
#include "support.h"

/* The least that an item of the type needs to be stored. */
static const char *const minimum[ITEM_KINDS] = {
	[ITEM_SETTINGS] = "{}",
	[ITEM_DISTRO] = "{'kernel': '/k', 'initrd': ['/i']}",
	[ITEM_PROFILE] = "{'distro': 'one'}",
	[ITEM_SYSTEM] = "{'profile': 'one'}",
	[ITEM_INTERFACE] = "{}",
	[ITEM_IMAGE] = "{'file': '/f'}",
	[ITEM_REPO] = "{'mirror': 'http://192.0.2.1/'}",
	[ITEM_MENU] = "{}",
	[ITEM_TEMPLATE] = "{}",
	[ITEM_SNIPPET] = "{}",
	[ITEM_GROUP] = "{}",
	[ITEM_NETWORK] = "{'address': '10.77.0.0/24'}",
};

static void put_and_compare(struct store *store, struct item *item)
{
	autoitem struct item *got = NULL;
	struct err err = ERR_INIT;

	if (db_item_put(store->db, &tester, item, DB_ANY, &err) < 0)
		fail_msg("%s", err.msg);
	got = must_get(store, item->type, item->name);
	if (!item_equal(item, got))
		fail_msg("%s '%s' comes back otherwise", item->type->name, item->name);
}

/* `holder` is the item that is stored, `item` the one with the field: the same, or its child. */
static void walk(struct store *store, struct item *holder, struct item *item)
{
	for (size_t i = 0; i < item->type->n_fields; i++) {
		const struct field *field = &item->type->fields[i];
		const struct value_ops *ops = value_ops(field->kind);
		autoitem struct item *before = item_copy(item);

		set_text(item, field, sample_of(field).text);
		put_and_compare(store, holder);
		set_text(item, field, sample_of(field).other);
		put_and_compare(store, holder);
		if (field->kind != VALUE_INT && field->kind != VALUE_BOOL && !field_is_ref(field) &&
			!(field->kind == VALUE_STRING && field->choices)) {
			set_text(item, field, ""); /* an own empty value is not the same as none */
			put_and_compare(store, holder);
		}
		ops->clear(item_at(item, field));
		if (!(field->flags & FIELD_PARENT))
			put_and_compare(store, holder);
		ops->copy(item_at(item, field), item_at(before, field));
	}
}

/* What references lead to. */
static void put_targets(struct store *store)
{
	static const enum item_kind kinds[] = {
		ITEM_DISTRO, ITEM_PROFILE, ITEM_IMAGE, ITEM_REPO, ITEM_MENU, ITEM_GROUP};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		must_put(store, item_types[kinds[i]], "one", minimum[kinds[i]]);
		must_put(store, item_types[kinds[i]], "two", minimum[kinds[i]]);
	}
}

static void test_every_field(void **state)
{
	struct store *store = *state;

	put_targets(store);
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		autoitem struct item *item = NULL;
		struct item *child = NULL;

		if (kind == ITEM_INTERFACE)
			continue;
		item = make_item(type, "walked", minimum[kind]);
		walk(store, item, item);
		if (!type->child)
			continue;
		assert_int_equal(item_child_add(item, "eth0", &child, NULL), 0);
		walk(store, item, child);
	}
}

static void test_all_at_once(void **state)
{
	struct store *store = *state;
	autoitem struct item *item = make_item(&system_type, "full", "{}");
	struct item *child = NULL;

	put_targets(store);
	for (size_t i = 0; i < system_type.n_fields; i++)
		set_text(item, &system_type.fields[i], sample_of(&system_type.fields[i]).text);
	assert_int_equal(item_child_add(item, "eth0", &child, NULL), 0);
	for (size_t i = 0; i < interface_type.n_fields; i++)
		set_text(child, &interface_type.fields[i],
			sample_of(&interface_type.fields[i]).text);
	put_and_compare(store, item);
	assert_int_equal(item->version, 1);
	put_and_compare(store, item);
	assert_int_equal(item->version, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_field, store_setup, store_teardown),
		cmocka_unit_test_setup_teardown(test_all_at_once, store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
