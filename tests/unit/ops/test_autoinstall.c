#include "ops/answer/autoinstall.h"
#include "ops_support.h"

#include <pthread.h>
#include <stdatomic.h>

#define HASH "$y$j9T$saltsaltsalt$0123456789abcdefghijklmnopqrstuvwxyzABCDEF"

/* The distros' files are the bench's own. */
static void put_distro(struct bench *bench, const char *name, const char *more)
{
	autofree char *json = xasprintf("{'kernel': '%s/linux', 'initrd': ['%s/initrd.gz'], %s}",
		bench->folder, bench->folder, more);

	bench_put(bench, &distro_type, name, json);
}

static void put_items(struct bench *bench)
{
	bench_write(bench, "linux", "kernel");
	bench_write(bench, "initrd.gz", "initrd");
	bench_put(bench, &settings_type, "settings",
		"{'server': '10.77.0.1', 'default_password_crypted': '" HASH "'}");
	put_distro(bench, "deb12",
		"'breed': 'debian', 'os_version': 'bookworm', 'tree': '/trees/deb12',"
		"'autoinstall': 'debian12.preseed'");
	put_distro(bench, "mirror",
		"'breed': 'debian', 'os_version': 'bookworm', 'tree': '/trees/mirror',"
		"'autoinstall': 'debian12.preseed', 'autoinstall_meta': 'tree_is_archive=yes'");
	put_distro(bench, "rocky9",
		"'breed': 'redhat', 'os_version': 'rhel9', 'tree': '/trees/rocky9',"
		"'autoinstall': 'rhel.ks'");
	put_distro(bench, "noble",
		"'breed': 'ubuntu', 'os_version': 'noble', 'tree': '/trees/noble',"
		"'autoinstall': 'ubuntu.user-data'");
	bench_put(bench, &profile_type, "deb12", "{'distro': 'deb12'}");
	bench_put(bench, &profile_type, "mirror",
		"{'distro': 'mirror', 'proxy': 'http://proxy.example.org:3128',"
		"'autoinstall_meta': 'packages=vim,less locale=de_DE.UTF-8 keymap=de'}");
	bench_put(bench, &profile_type, "rocky9",
		"{'distro': 'rocky9', 'kernel_options_post': 'console=ttyS0'}");
	bench_put(bench, &profile_type, "noble", "{'distro': 'noble'}");
	bench_put(bench, &system_type, "web7",
		"{'profile': 'deb12', 'hostname': 'web7.example.org', 'interfaces': {'eth0': {"
		"'mac_address': '52:54:00:aa:00:07', 'ip_address': '10.77.0.21'}}}");
	bench_put(bench, &system_type, "db1",
		"{'profile': 'mirror', 'hostname': 'db1.example.org', 'gateway': '10.77.0.1',"
		"'name_servers': ['10.77.0.2', '10.77.0.3'],"
		"'autoinstall_meta': 'install_disk=/dev/nvme0n1', 'interfaces': {'eth0': {"
		"'mac_address': '52:54:00:aa:00:08', 'ip_address': '10.77.0.22',"
		"'netmask': '255.255.255.0', 'static': true}}}");
	bench_put(bench, &system_type, "app3",
		"{'profile': 'rocky9', 'hostname': 'app3.example.org', 'gateway': '10.77.0.1',"
		"'name_servers': ['10.77.0.2'], 'interfaces': {"
		"'eth0': {'mac_address': '52:54:00:aa:00:09', 'ip_address': '10.77.0.23',"
		"'netmask': '255.255.255.0', 'static': true},"
		"'eth1': {'mac_address': '52:54:00:aa:00:0a'}}}");
	bench_put(bench, &system_type, "u5",
		"{'profile': 'noble', 'gateway': '10.77.0.1', 'name_servers': ['10.77.0.2'],"
		"'interfaces': {'eth0': {'mac_address': '52:54:00:aa:00:0b',"
		"'ip_address': '10.77.0.24', 'netmask': '255.255.255.0', 'static': true}}}");
}

static struct answer *must_answer(
	struct bench *bench, const struct item_type *type, const char *name)
{
	struct answer *answer = NULL;

	MUST(autoinstall_answer(bench->server, type, name, &answer, &why));
	return answer;
}

static void fails(struct bench *bench, const struct item_type *type, const char *name,
	enum err_code code, const char *says)
{
	struct answer *answer = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(autoinstall_answer(bench->server, type, name, &answer, &err), -1);
	if (err.code != code || !strstr(err.msg, says))
		fail_msg("error %d '%s' does not say '%s'", (int)err.code, err.msg, says);
	assert_null(answer);
}

static bool says(struct bench *bench, const char *system, const char *text)
{
	struct answer *answer = must_answer(bench, &system_type, system);
	bool found = strstr(answer->text, text);

	answer_release(answer);
	return found;
}

/* The parts of an answer, where they come from and what they are. */
static void parts_and_types(void **state)
{
	static const struct {
		const char *name;
		const char *part;
		const char *type;
		const char *holds;
	} rows[] = {
		{"u5", "", "text/cloud-config", "autoinstall:"},
		{"u5", "user-data", "text/cloud-config", "autoinstall:"},
		{"u5", "meta-data", "text/yaml", "instance-id: \"u5\"\n"},
		{"u5", "vendor-data", "text/cloud-config", "#cloud-config\n"},
		{"u5", "network-config", "text/yaml", "52:54:00:aa:00:0b"},
		{"web7", "", "text/plain", "d-i "},
		{"web7", "user-data", "text/plain", "d-i "},
		{"web7", "late.sh", "text/x-shellscript", "#!/bin/sh\n"},
		{"app3", "", "text/plain", "%packages\n"},
	};
	struct bench *bench = *state;

	put_items(bench);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct answer *answer = NULL;

		MUST(autoinstall_part_answer(
			bench->server, &system_type, rows[i].name, rows[i].part, &answer, &why));
		if (!strstr(answer->text, rows[i].holds) ||
			strncmp(answer->type, rows[i].type, strlen(rows[i].type)) != 0)
			fail_msg("%s/%s: %s\n%s", rows[i].name, rows[i].part, answer->type,
				answer->text);
		answer_release(answer);
	}
}

static void no_such_part(void **state)
{
	struct bench *bench = *state;
	struct answer *answer = NULL;
	struct err err = ERR_INIT;

	put_items(bench);
	assert_int_equal(autoinstall_part_answer(bench->server, &system_type, "web7",
				 "../../etc/passwd", &answer, &err),
		-1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	err.code = ERR_NONE;
	assert_int_equal(autoinstall_part_answer(
				 bench->server, &system_type, "app3", "late.sh", &answer, &err),
		-1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "rhel.late.sh"));
	assert_null(answer);
}

/* One's own template brings its own parts. */
static void own_parts(void **state)
{
	struct bench *bench = *state;
	struct answer *answer = NULL;

	put_items(bench);
	bench_write(bench, "state/kickstarts/my/seed.yaml", "main {{ name }}");
	bench_write(bench, "state/kickstarts/my/seed.meta-data", "own {{ name }}");
	bench_merge(bench, &system_type, "web7", "{'autoinstall': 'my/seed.yaml'}");
	MUST(autoinstall_part_answer(
		bench->server, &system_type, "web7", "meta-data", &answer, &why));
	assert_string_equal(answer->text, "own web7");
	answer_release(answer);
	MUST(autoinstall_part_answer(
		bench->server, &system_type, "web7", "user-data", &answer, &why));
	assert_string_equal(answer->text, "main web7");
	answer_release(answer);
}

/* A repository's change is a change of the answers of those who use it. */
static void a_changed_repo_is_seen(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_put(bench, &repo_type, "tools",
		"{'breed': 'yum', 'mirror': 'http://one.example.org/'}");
	bench_merge(bench, &profile_type, "rocky9", "{'repos': ['tools']}");
	assert_true(says(bench, "app3", "--baseurl=\"http://one.example.org/\""));
	bench_merge(bench, &repo_type, "tools", "{'mirror': '/trees/two'}");
	assert_true(says(bench, "app3", "--baseurl=\"http://10.77.0.1/trees/two\""));
}

static void the_same_again_is_the_same_object(void **state)
{
	struct bench *bench = *state;
	struct answer *first;
	struct answer *again;

	put_items(bench);
	first = must_answer(bench, &system_type, "web7");
	again = must_answer(bench, &system_type, "web7");
	assert_ptr_equal(first, again);
	answer_release(again);

	/* another machine's change costs this one nothing */
	bench_merge(bench, &system_type, "db1", "{'comment': 'x'}");
	again = must_answer(bench, &system_type, "web7");
	assert_ptr_equal(first, again);
	answer_release(again);
	answer_release(first);
}

/* Each item of the chain counts. */
static void changes_are_seen(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_write(
		bench, "state/kickstarts/mine", "{{ a }} {{ b }} {{ c }} {{ d }} {{ hostname }}");
	bench_merge(bench, &settings_type, "settings", "{'autoinstall_meta': 'a=1 b=1 c=1 d=1'}");
	bench_merge(bench, &system_type, "web7", "{'autoinstall': 'mine'}");
	assert_true(says(bench, "web7", "1 1 1 1 web7"));
	bench_merge(bench, &settings_type, "settings", "{'autoinstall_meta': {'a': '2'}}");
	assert_true(says(bench, "web7", "2 1 1 1 web7"));
	bench_merge(bench, &distro_type, "deb12", "{'autoinstall_meta': 'b=2'}");
	assert_true(says(bench, "web7", "2 2 1 1 web7"));
	bench_merge(bench, &profile_type, "deb12", "{'autoinstall_meta': 'c=2'}");
	assert_true(says(bench, "web7", "2 2 2 1 web7"));
	bench_merge(bench, &system_type, "web7", "{'autoinstall_meta': 'd=2'}");
	assert_true(says(bench, "web7", "2 2 2 2 web7"));
}

static void must_say(struct bench *bench, const char *text)
{
	if (!says(bench, "web7", text))
		fail_msg("'%s' is not what the next request gets", text);
}

static void a_changed_template_is_seen(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_write(bench, "state/kickstarts/mine", "one {% include 'snippets/mine' %}");
	bench_write(bench, "state/kickstarts/snippets/mine", "two");
	bench_merge(bench, &system_type, "web7", "{'autoinstall': 'mine'}");
	assert_true(says(bench, "web7", "one two"));
	bench_write(bench, "state/kickstarts/snippets/mine", "three");
	must_say(bench, "one three");
	bench_write(bench, "state/kickstarts/mine", "four");
	must_say(bench, "four");
}

static int count_event(void *ctx, const struct db_event *event, struct err *err)
{
	json_int_t *n = ctx;

	(void)err;
	*n += strcmp(event->kind, "error") == 0;
	return 0;
}

static json_int_t events(struct bench *bench)
{
	json_int_t n = 0;

	MUST(db_event_list(bench->server->db, -1, 1000, count_event, &n, &why));
	return n;
}

static void errors_name_template_and_line(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_write(bench, "state/kickstarts/bad", "fine\n{{ no_such_thing }}\n");
	bench_merge(bench, &system_type, "web7", "{'autoinstall': 'bad'}");
	fails(bench, &system_type, "web7", ERR_TEMPLATE,
		"template 'bad' line 2 column 4: 'no_such");
	fails(bench, &system_type, "web7", ERR_TEMPLATE, "system 'web7'");
	assert_int_equal(events(bench), 1); /* once, however often it is asked for */
	assert_int_equal(bench_remove(bench, "state/kickstarts/bad"), 0);
	fails(bench, &system_type, "web7", ERR_TEMPLATE, "'bad'");
	fails(bench, &system_type, "nobody", ERR_NOT_FOUND, "nobody");
	put_distro(bench, "bare", "'breed': 'debian'");
	bench_put(bench, &profile_type, "bare", "{'distro': 'bare'}");
	fails(bench, &profile_type, "bare", ERR_NOT_FOUND,
		"bootwright profile edit --name=bare --autoinstall=");
}

static void no_password_is_refused(void **state)
{
	static const char *const profiles[] = {"deb12", "rocky9", "noble"};
	struct bench *bench = *state;

	put_items(bench);
	bench_merge(bench, &settings_type, "settings", "{'default_password_crypted': null}");
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		fails(bench, &profile_type, profiles[i], ERR_TEMPLATE,
			"bootwright settings edit --default-password-crypted=");
}

/* A key is as good as a password; what is no key is not. */
static void a_way_to_log_in_is_needed(void **state)
{
	static const char *const systems[] = {"web7", "app3", "u5"};
	struct bench *bench = *state;

	put_items(bench);
	bench_merge(bench, &settings_type, "settings", "{'default_password_crypted': null}");
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		fails(bench, &system_type, systems[i], ERR_TEMPLATE, "ssh_key=");
		bench_merge(bench, &system_type, systems[i],
			"{'autoinstall_meta': {'ssh_key': 'ssh-ed25519 AAAA me'}}");
		assert_true(says(bench, systems[i], systems[i]));
		bench_merge(bench, &system_type, systems[i],
			"{'autoinstall_meta': {'ssh_key': 'END'}}");
		fails(bench, &system_type, systems[i], ERR_TEMPLATE, "'END'");
	}
}

static void a_deleted_system_is_forgotten(void **state)
{
	const struct edit edit = {
		.author = &tester, .type = &system_type, .name = "web7", .expect = DB_ANY};
	struct bench *bench = *state;

	put_items(bench);
	assert_true(says(bench, "web7", "web7"));
	MUST(edit_delete(bench->server, &edit, &why));
	fails(bench, &system_type, "web7", ERR_NOT_FOUND, "web7");
}

/* Answers of 1 MiB: the cache must let go of the oldest, never of one that is held. */
static void the_cache_is_bounded(void **state)
{
	struct bench *bench = *state;
	struct answer *first;
	struct answer *again;

	put_items(bench);
	bench_write(bench, "state/kickstarts/big", "{{ name }}{{ 'x' * 1048576 }}");
	for (int i = 0; i < 200; i++) {
		autofree char *name = xasprintf("big%d", i);

		bench_put(bench, &profile_type, name, "{'distro': 'deb12', 'autoinstall': 'big'}");
	}
	first = must_answer(bench, &profile_type, "big0");
	for (int i = 1; i < 200; i++) {
		autofree char *name = xasprintf("big%d", i);

		answer_release(must_answer(bench, &profile_type, name));
	}
	assert_memory_equal(first->text, "big0x", 5);
	again = must_answer(bench, &profile_type, "big0");
	assert_ptr_not_equal(first, again);
	answer_release(again);
	answer_release(first);
	first = must_answer(bench, &profile_type, "big199");
	again = must_answer(bench, &profile_type, "big199");
	assert_ptr_equal(first, again);
	answer_release(again);
	answer_release(first);
}

/* Variables that templates written for Cobbler use. */
static void names_from_cobbler(void **state)
{
	struct bench *bench = *state;

	put_items(bench);
	bench_write(bench, "state/kickstarts/mine",
		"{{ name }} {{ hostname }} {{ http_server }} {{ server }} {{ next_server }} "
		"{{ tree }} {{ profile_name }} {{ breed }} {{ default_password_crypted }}");
	bench_merge(bench, &system_type, "web7", "{'autoinstall': 'mine'}");
	assert_true(says(bench, "web7",
		"web7 web7 10.77.0.1 10.77.0.1 10.77.0.1 http://10.77.0.1/trees/deb12 deb12 "
		"debian " HASH));
}

struct crowd {
	struct bench *bench;
	atomic_bool done;
	atomic_int wrong;
};

/* Asks for web7 until it is told to stop; what it gets is whole, whatever changes meanwhile. */
static void *ask(void *ctx)
{
	struct crowd *crowd = ctx;

	while (!atomic_load(&crowd->done)) {
		struct answer *answer = NULL;

		if (autoinstall_answer(crowd->bench->server, &system_type, "web7", &answer, NULL) <
				0 ||
			!strstr(answer->text, "web7") || strlen(answer->text) != answer->len)
			atomic_fetch_add(&crowd->wrong, 1);
		answer_release(answer);
	}
	return NULL;
}

static void many_ask_while_things_change(void **state)
{
	struct bench *bench = *state;
	struct crowd crowd = {.bench = bench};
	pthread_t thread[4];

	put_items(bench);
	bench_write(bench, "state/kickstarts/mine", "{{ name }} {{ n }}");
	bench_merge(bench, &system_type, "web7",
		"{'autoinstall': 'mine', "
		"'autoinstall_meta': 'n=0'}");
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, ask, &crowd), 0);
	for (int i = 1; i <= 50; i++) {
		autofree char *json = xasprintf("{'autoinstall_meta': 'n=%d'}", i);
		autofree char *template = xasprintf("{{ name }} {{ n }} %d", i);

		bench_merge(bench, &system_type, "web7", json);
		bench_write(bench, "state/kickstarts/mine", template);
	}
	atomic_store(&crowd.done, true);
	for (size_t i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(atomic_load(&crowd.wrong), 0);
	must_say(bench, "web7 50 50");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parts_and_types),
		TEST(no_such_part),
		TEST(own_parts),
		TEST(a_changed_repo_is_seen),
		TEST(a_way_to_log_in_is_needed),
		TEST(the_same_again_is_the_same_object),
		TEST(changes_are_seen),
		TEST(a_changed_template_is_seen),
		TEST(errors_name_template_and_line),
		TEST(no_password_is_refused),
		TEST(a_deleted_system_is_forgotten),
		TEST(the_cache_is_bounded),
		TEST(names_from_cobbler),
		TEST(many_ask_while_things_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
