#include "samples.h"

static json_t *parse(const char *json)
{
	autofree char *text = xstrdup(json);

	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	return json_loads(text, JSON_DECODE_ANY, NULL);
}

/* All fields at once: what JSON shows, another item takes, secrets and read-only ones too. */
static void test_json_round_trip(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		autoitem struct item *item = item_new(type, "x");
		autoitem struct item *again = item_new(type, "x");
		autojson json_t *json = NULL;
		struct err err = ERR_INIT;

		for (size_t i = 0; i < type->n_fields; i++)
			set_text(item, &type->fields[i], sample_of(&type->fields[i]).text);
		json = item_to_json(item, ITEM_JSON_SECRETS);
		if (item_merge_json(again, json, true, &err) < 0)
			fail_msg("%s: %s", type->name, err.msg);
		assert_true(item_equal(item, again));
		/* and once more changes nothing */
		assert_int_equal(item_merge_json(again, json, true, &err), 0);
		assert_true(item_equal(item, again));
	}
}

static void assert_prints_the_same(const struct item *item, unsigned flags)
{
	autojson json_t *json = item_to_json(item, flags);
	autostrbuf expected = STRBUF_INIT;
	autostrbuf text = STRBUF_INIT;

	json_print(json, false, &expected);
	item_print_json(item, flags, &text);
	assert_string_equal(text.buf, expected.buf);
}

static void fill(struct item *item)
{
	for (size_t i = 0; i < item->type->n_fields; i++)
		set_text(item, &item->type->fields[i], sample_of(&item->type->fields[i]).text);
}

/* The two ways to an item's JSON, byte for byte. */
static void test_print(void **state)
{
	static const double times[] = {0, 1.5, 1795282285, 1795282285.4171062, 1795282285.9999998,
		1795282285.1, 1000000000.0000001, 4102444799.9999995};

	(void)state;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		autoitem struct item *item = item_new(item_types[kind], "x");
		struct item *child = NULL;

		for (unsigned flags = 0; flags < 4; flags++)
			assert_prints_the_same(item, flags);
		fill(item);
		item->uid = xstrdup("0123456789abcdef0123456789abcdef");
		item->version = INT64_MAX;
		for (int i = 0; i < 2 && item->type->child; i++) {
			assert_int_equal(
				item_child_add(item, i ? "eth0" : "eth1", &child, NULL), 0);
			if (i)
				fill(child);
		}
		for (unsigned flags = 0; flags < 4; flags++)
			assert_prints_the_same(item, flags);
		for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
			item->ctime = item->mtime = times[i];
			assert_prints_the_same(item, 0);
		}
	}
}

static void test_print_escapes(void **state)
{
	autoitem struct item *item = item_new(&system_type, "x");

	(void)state;
	((struct system *)item)->comment = xstrdup("a \x7f \x01 \xc3\xa4 / \n\t");
	assert_prints_the_same(item, 0);
}

static void test_secrets(void **state)
{
	autoitem struct item *item = item_new(&settings_type, "settings");
	autojson json_t *shown = NULL;
	autojson json_t *plain = NULL;
	struct settings *settings = (struct settings *)item;

	(void)state;
	settings->default_password_crypted = xstrdup("$6$x");
	shown = item_to_json(item, 0);
	assert_string_equal(json_get_str(shown, "default_password_crypted"), "***");
	assert_int_equal(item_merge_json(item, shown, false, NULL), 0);
	assert_string_equal(settings->default_password_crypted, "$6$x");
	plain = item_to_json(item, ITEM_JSON_PLAIN | ITEM_JSON_SECRETS);
	assert_int_equal(json_object_size(plain), 2);
	assert_string_equal(json_get_str(plain, "default_password_crypted"), "$6$x");
}

static void test_refused(void **state)
{
	static const struct {
		const struct item_type *type;
		const char *json;
		enum err_code code;
		const char *field;
		const char *msg;
	} rows[] = {
		{&system_type, "[]", ERR_INVALID, "", "a system is a JSON object"},
		{&system_type, "'x'", ERR_INVALID, "", "a system is a JSON object"},
		{&system_type, "{'proflie': 'x'}", ERR_INVALID, "proflie",
			"systems have no field 'proflie'; did you mean 'profile'?"},
		{&system_type, "{'zzzzzzzzzz': 1}", ERR_INVALID, "zzzzzzzzzz",
			"systems have no field 'zzzzzzzzzz'"},
		{&system_type, "{'virt_ram': 'much'}", ERR_INVALID, "virt_ram",
			"virt_ram: 'much' is not a whole number"},
		{&system_type, "{'virt_ram': 15}", ERR_INVALID, "virt_ram",
			"virt_ram: 15 is out of range: 16 to 67108864 MiB"},
		{&system_type, "{'virt_ram': 99999999}", ERR_INVALID, "virt_ram",
			"virt_ram: 99999999 is out of range: 16 to 67108864 MiB"},
		{&system_type, "{'virt_type': 'kvn'}", ERR_INVALID, "virt_type",
			"virt_type: 'kvn' is none of auto, qemu, kvm, xenpv, xenpvh, xenhvm, "
			"xenfv, xen"},
		{&system_type, "{'virt_graphics': ''}", ERR_INVALID, "virt_graphics",
			"virt_graphics: '' is none of vnc, spice, sdl, none"},
		{&system_type, "{'profile': 'a/b'}", ERR_INVALID, "profile",
			"profile: 'a/b' is not a name: letters, digits and . _ + - only, a letter "
			"or digit first"},
		{&system_type, "{'name': 'other'}", ERR_INVALID, "name",
			"name: is not 'x'; rename the system instead"},
		{&system_type, "{'name': 7}", ERR_INVALID, "name",
			"name: is not 'x'; rename the system instead"},
		{&system_type, "{'interfaces': []}", ERR_INVALID, "interfaces",
			"interfaces: must be an object keyed by name"},
		{&system_type, "{'interfaces': {'eth0': 1}}", ERR_INVALID, "interfaces",
			"interfaces: 'eth0' must be an object or null"},
		{&system_type, "{'interfaces': {'a b': {}}}", ERR_INVALID, "",
			"interfaces: 'a b' is not an interface name, such as eth0 or bond0.100"},
		{&system_type, "{'interfaces': {'eth0': {'mac': '52:54:00'}}}", ERR_INVALID,
			"mac_address", NULL},
		{&system_type, "{'interfaces': {'eth0': {'macc': ''}}}", ERR_INVALID, "macc",
			"interface 'eth0': interfaces have no field 'macc'; did you mean "
			"'mac'?"},
		{&distro_type, "{'kernel_size': 7}", ERR_INVALID, "kernel_size",
			"kernel_size: is written by the server and cannot be set"},
		{&profile_type, "{'distro': {'a': 1}}", ERR_INVALID, "distro",
			"distro: must be a string, not an object"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autoitem struct item *item = item_new(rows[i].type, "x");
		autojson json_t *json = parse(rows[i].json);
		struct err err = ERR_INIT;

		assert_non_null(json);
		assert_int_equal(item_merge_json(item, json, false, &err), -1);
		assert_int_equal(err.code, rows[i].code);
		assert_string_equal(err.field, rows[i].field);
		if (rows[i].msg)
			assert_string_equal(err.msg, rows[i].msg);
	}
}

/* 255 bytes in option 119: 39, and 36 for each of the others, whose "net" is a pointer. */
#define DOMAIN(n) "'department-" n ".subsidiary" n ".example" n ".net'"
#define DOMAINS                                                                                    \
	DOMAIN("1")                                                                                \
	", " DOMAIN("2") ", " DOMAIN("3") ", " DOMAIN("4") ", " DOMAIN("5") ", " DOMAIN(           \
		"6") ", " DOMAIN("7")

static void test_validate(void **state)
{
	static const struct {
		const struct item_type *type;
		const char *name;
		const char *json;
		const char *field; /* NULL: it is valid */
	} rows[] = {
		{&system_type, "x", "{'profile': 'a'}", NULL},
		{&system_type, "x", "{}", "profile"},
		{&system_type, "x", "{'profile': ''}", "profile"},
		{&system_type, "a/b", "{'profile': 'a'}", ""},
		{&profile_type, "x", "{'distro': 'a'}", NULL},
		{&profile_type, "x", "{'parent': 'a'}", NULL},
		{&profile_type, "x", "{'parent': 'a', 'distro': ''}", NULL},
		{&profile_type, "x", "{'parent': 'a', 'distro': 'b'}", "distro"},
		{&profile_type, "x", "{}", "distro"},
		{&profile_type, "x", "{'parent': 'x'}", "parent"},
		{&distro_type, "x", "{'kernel': '/k', 'initrd': ['/i']}", NULL},
		{&distro_type, "x", "{'kernel': '/k'}", "initrd"},
		{&distro_type, "x", "{'initrd': ['/i']}", "kernel"},
		{&distro_type, "x", "{'kernel': '/k', 'initrd': []}", "initrd"},
		{&settings_type, "settings", "{}", NULL},
		{&settings_type, "settings", "{'dhcp_netmask': '255.255.255.0'}", NULL},
		{&settings_type, "settings", "{'dhcp_range': '10.0.0.5,10.0.1.9'}", NULL},
		{&settings_type, "settings",
			"{'dhcp_range': '10.0.0.5,10.0.1.9', 'dhcp_netmask': '255.255.254.0'}",
			NULL},
		{&settings_type, "settings",
			"{'dhcp_range': '10.0.0.5,10.0.1.9', 'dhcp_netmask': '255.255.255.0'}",
			"dhcp_netmask"},
		{&settings_type, "settings", "{'name_servers_search': [" DOMAINS "]}", NULL},
		{&settings_type, "settings", "{'name_servers_search': [" DOMAINS ", 'c.org']}",
			"name_servers_search"},
		{&settings_type, "settings",
			"{'name_servers_search': [" DOMAINS ", 'c.org'], 'manage_dhcp': false}",
			NULL},
		{&network_type, "x",
			"{'address': '10.77.0.0/24', 'name_servers_search': [" DOMAINS
			", 'c.org']}",
			"name_servers_search"},
		{&network_type, "x",
			"{'address': 'fd77::/64', 'name_servers_search': [" DOMAINS ", 'c.org']}",
			NULL},
		{&network_type, "x", "{'address': 'fd77::/64'}", NULL},
		{&network_type, "x", "{'address': 'fd77::/120'}", NULL},
		{&network_type, "x", "{'address': 'fd77::/56'}", "address"},
		{&network_type, "x", "{'address': 'fd77::/56', 'dhcp_mode': 'none'}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autoitem struct item *item = item_new(rows[i].type, rows[i].name);
		autojson json_t *json = parse(rows[i].json);
		struct err err = ERR_INIT;

		assert_int_equal(item_merge_json(item, json, false, &err), 0);
		assert_int_equal(item_validate(item, &err), rows[i].field ? -1 : 0);
		if (rows[i].field)
			assert_string_equal(err.field, rows[i].field);
	}
}

static void test_children(void **state)
{
	static const struct {
		const char *patch;
		const char *names; /* afterwards */
	} rows[] = {
		{"{'interfaces': {'eth1': {}, 'eth0': {'mtu': 1500}, 'a': {}}}", "a eth0 eth1"},
		{"{'interfaces': {'eth1': null, 'none': null}}", "a eth0"},
		{"{'interfaces': {'eth0': {'mtu': null, 'static': true}}}", "a eth0"},
		{"{'interfaces': {}}", "a eth0"},
		{"{'interfaces': null}", ""},
	};
	autoitem struct item *item = item_new(&system_type, "x");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autojson json_t *patch = parse(rows[i].patch);
		autostrbuf names = STRBUF_INIT;

		assert_int_equal(item_merge_json(item, patch, false, NULL), 0);
		for (size_t n = 0; n < item->children; n++)
			strbuf_addf(&names, "%s%s", n ? " " : "", item->child[n]->name);
		assert_string_equal(names.buf, rows[i].names);
		if (i == 2)
			assert_true(((struct interface *)item_child(item, "eth0"))
					    ->static_address.value);
	}
}

static void test_many_children(void **state)
{
	autoitem struct item *item = item_new(&system_type, "x");
	struct item *child = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 256; i++) {
		autofree char *name = xasprintf("eth%d", i);

		assert_int_equal(item_child_add(item, name, &child, &err), 0);
	}
	assert_int_equal(item_child_add(item, "eth256", &child, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
}

static void test_types(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];

		assert_int_equal(type->kind, kind);
		assert_ptr_equal(item_type_find(type->name), type);
		assert_ptr_equal(item_type_find(type->plural), type);
	}
	assert_null(item_type_find("nothing"));
	assert_true(item_type_is_listed(&system_type));
	assert_false(item_type_is_listed(&interface_type));
	assert_false(item_type_is_listed(&settings_type));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_round_trip),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_escapes),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_validate),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_many_children),
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
