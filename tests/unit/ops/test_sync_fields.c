/*
 * What a field's row says of publishing (`publishes`) is true: after a change of any field of any
 * type either all is published that a full sync would publish, or the server knows that it is
 * behind.
 */
#include "sync_support.h"
#include "tests/unit/cli/samples.h"

/* Of each type those that many fields matter to. Names say which installer a system gets; all have
 * a fixed address on its command line. */
static const struct target {
	const struct item_type *type;
	const char *name;
} targets[] = {
	{&settings_type, "settings"},
	{&distro_type, "deb"},
	{&distro_type, "suse"},
	{&profile_type, "deb"},
	{&profile_type, "suse"},
	{&image_type, "tool"},
	{&menu_type, "one"},
	{&network_type, "lan"},
	{&group_type, "other"},
	{&repo_type, "other"},
	{&system_type, "deb"},
	{&system_type, "suse"},
	{&system_type, "tool"},
};

static void put_system(struct bench *bench, const char *name, const char *parent, unsigned n)
{
	autofree char *json =
		xasprintf("{%s, 'groups': ['other'],"
			  " 'interfaces': {'eth0': {'mac_address': '52:54:00:00:%02x:07',"
			  " 'ip_address': '10.77.%u.7', 'netmask': '255.255.0.0'},"
			  " 'eth1': {'mac_address': '52:54:00:00:%02x:08',"
			  " 'ip_address': '10.77.%u.8', 'netmask': '255.255.0.0'}}}",
			parent, n, n, n, n);

	bench_put(bench, &system_type, name, json);
}

static void put_distro(struct bench *bench, const char *name, const char *breed)
{
	autofree char *json = xasprintf("{'breed': '%s', 'kernel': '%s/files/linux',"
					" 'initrd': ['%s/files/initrd.gz']}",
		breed, bench->folder, bench->folder);
	autofree char *profile =
		xasprintf("{'distro': '%s', 'menu': 'one', 'repos': ['other']}", name);

	bench_put(bench, &distro_type, name, json);
	bench_put(bench, &profile_type, name, profile);
}

static int setup_estate(void **state)
{
	struct bench *bench;
	autofree char *image = NULL;

	if (bench_setup(state) < 0)
		return -1;
	bench = *state;
	image = xasprintf("{'file': '%s/files/linux', 'image_type': 'direct'}", bench->folder);
	bench_write(bench, "files/linux", "a kernel");
	bench_write(bench, "files/initrd.gz", "an initrd");
	bench_merge(bench, &settings_type, "settings",
		"{'server': '10.77.0.1', 'dhcp_range': '10.77.0.50,10.77.0.99',"
		" 'installer_network': 'static', 'default_password_crypted': '$6$a$b'}");
	bench_put(bench, &menu_type, "one", "{}");
	bench_put(bench, &menu_type, "other", "{}");
	bench_put(bench, &group_type, "other", "{}");
	bench_put(bench, &repo_type, "other", "{'mirror': 'http://192.0.2.1/'}");
	bench_put(bench, &template_type, "other", "{'content': 'x'}");
	bench_put(bench, &network_type, "lan", "{'address': '10.77.0.0/16'}");
	put_distro(bench, "deb", "debian");
	put_distro(bench, "suse", "suse");
	put_distro(bench, "other", "redhat");
	bench_merge(bench, &profile_type, "other", "{'filename': 'other.0', 'dhcp_tag': 'other'}");
	bench_put(bench, &image_type, "tool", image);
	bench_put(bench, &image_type, "other", image);
	put_system(bench, "deb", "'profile': 'deb'", 1);
	put_system(bench, "suse", "'profile': 'suse'", 2);
	put_system(bench, "tool", "'image': 'tool'", 3);
	changed_by_sync(bench);
	return 0;
}

static void compare_with_full(struct bench *bench, const char *what)
{
	struct publish_result result = {.dhcp_main = STRBUF_INIT, .dhcp_hosts = STRBUF_INIT};
	autoclose int current = -1;
	autostrbuf diff = STRBUF_INIT;
	struct sink *sink;
	size_t changed = 0;

	MUST(generation_open(bench->server->tftp_fd, &current, &why));
	sink = sink_compare_new(current);
	MUST(publish_render(bench->server, sink, NULL, &result, &why));
	MUST(sink_compare_end(sink, &changed, &diff, &why));
	sink_compare_free(sink);
	publish_result_done(&result);
	if (changed)
		fail_msg("%s: a full sync would change %zu files:\n%s", what, changed, diff.buf);
}

static void patch_item(
	struct bench *bench, const struct target *target, const json_t *patch, bool *done)
{
	struct edit edit = edit_of(target->type, target->name);
	int result;

	edit.confirm = true;
	if (target->type->kind == ITEM_SETTINGS)
		result = edit_settings(bench->server, &edit, patch, NULL, NULL);
	else
		result = edit_item(bench->server, &edit, EDIT_MERGE, patch, NULL, NULL);
	*done |= result == 0;
}

/* `value` of the field, or of that of the second card. */
static json_t *patch_of(const struct field *field, bool of_card, json_t *value_taken)
{
	return of_card ? json_pack("{s:{s:{s:o}}}", "interfaces", "eth1", field->name, value_taken)
	               : json_pack("{s:o}", field->name, value_taken);
}

/* As it was in the beginning: JSON null where it was not set. */
static json_t *value_of(
	struct bench *bench, const struct target *target, const struct field *field, bool of_card)
{
	autojson json_t *shown = show(bench, target->type, target->name);
	json_t *of =
		of_card ? json_object_get(json_object_get(shown, "interfaces"), "eth1") : shown;
	json_t *value = json_object_get(of, field->name);

	return value ? json_incref(value) : json_null();
}

/* Two samples, then as it was. A value that the installer of one family has no words for is stored
 * and not published: then the server is behind until a sync. */
static bool walk_field(
	struct bench *bench, const struct target *target, const struct field *field, bool of_card)
{
	autojson json_t *was = value_of(bench, target, field, of_card);
	bool done = false;

	for (size_t n = 0; n < 3; n++) {
		autofree char *text = n < 2 ? sample_of(field, n) : NULL;
		autofree char *what = xasprintf("%s '%s', %s, value %zu: %s", target->type->name,
			target->name, field->name, n + 1, text ? text : "as before");
		autojson json_t *patch = NULL;

		if (n < 2 && !text)
			continue;
		patch = patch_of(field, of_card, text ? json_string(text) : json_incref(was));
		patch_item(bench, target, patch, &done);
		if (!publish_is_behind(bench->server))
			compare_with_full(bench, what);
	}
	if (publish_is_behind(bench->server))
		changed_by_sync(bench);
	return done;
}

/* What is not a system's own makes the server behind, whatever its row says that it publishes. */
static bool is_of_interest(const struct target *target, const struct field *field)
{
	return !(field->flags & FIELD_READONLY) &&
	       (target->type->kind == ITEM_SYSTEM || !field->publishes);
}

static void walk_fields(struct bench *bench, const struct target *target,
	const struct item_type *type, size_t *walked)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if (is_of_interest(target, &type->fields[i]))
			*walked +=
				walk_field(bench, target, &type->fields[i], type != target->type);
}

static void test_every_field(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		size_t walked = 0;

		walk_fields(bench, &targets[i], targets[i].type, &walked);
		if (targets[i].type->kind == ITEM_SYSTEM)
			walk_fields(bench, &targets[i], &interface_type, &walked);
		assert_true(walked >= 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_field, setup_estate, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
