#include "cli/cli.h"
#include "cli/cobbler.h"
#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Splits at blanks; a ' becomes a blank, so that a value can have one. */
static int parse(const char *line, struct cli *ret, struct strv *argv, struct err *err)
{
	strv_add(argv, "bootwright");
	strv_split(argv, line, " ");
	for (size_t i = 0; i < argv->n; i++)
		for (char *p = strchr(argv->v[i], '\''); p; p = strchr(p, '\''))
			*p = ' ';
	return cli_parse((int)argv->n, argv->v, ret, err);
}

/* What a command line comes to: the patch that the server gets. */
static void patches(void **state)
{
	static const struct {
		const char *line;
		const char *patch;
	} rows[] = {
		{"profile add --name=bar --distro=foo --virt-file-size=4 --virt-ram=128",
			"{\"distro\":\"foo\",\"virt_file_size\":\"4\",\"virt_ram\":\"128\"}"},
		{"profile edit --name=bar --virt_ram=1 --virt-ram=2", "{\"virt_ram\":\"2\"}"},
		{"profile edit --name=bar --virt-ram 128 --distro foo",
			"{\"virt_ram\":\"128\",\"distro\":\"foo\"}"},
		{"profile edit bar --kickstart=a.ks --ksmeta=x=1 --kopts=quiet",
			"{\"autoinstall\":\"a.ks\",\"autoinstall_meta\":\"x=1\","
			"\"kernel_options\":\"quiet\"}"},
		{"profile edit bar --virt-ram=<<inherit>>", "{\"virt_ram\":null}"},
		{"profile edit bar --comment=", "{\"comment\":\"\"}"},
		{"profile edit bar --kernel-options=quiet'console=ttyS0",
			"{\"kernel_options\":\"quiet console=ttyS0\"}"},
		{"profile edit bar --in-place --kopts=quiet'!splash'a=b=c",
			"{\"kernel_options\":{\"quiet\":true,\"!quiet\":null,\"!splash\":true,"
			"\"splash\":null,\"a\":\"b=c\",\"!a\":null}}"},
		{"profile edit bar --in-place --kopts=console=tty0'console=ttyS0",
			"{\"kernel_options\":{\"console\":[\"tty0\",\"ttyS0\"],\"!console\":null}"
			"}"},
		{"profile edit bar --in-place --virt-ram=1", "{\"virt_ram\":\"1\"}"},
		{"system add --name=web7 --profile=bar --interface=eth0 --mac-address=aa "
		 "--ip-address=10.0.0.7",
			"{\"profile\":\"bar\",\"interfaces\":{\"eth0\":{\"mac_address\":\"aa\","
			"\"ip_address\":\"10.0.0.7\"}}}"},
		{"system edit web7 --mac=aa --interface=eth0",
			"{\"interfaces\":{\"eth0\":{\"mac_address\":\"aa\"}}}"},
		{"system edit web7 --interface=eth0 --mac=aa --interface=eth1 --ip=10.0.0.8 "
		 "--subnet=255.0.0.0",
			"{\"interfaces\":{\"eth0\":{\"mac_address\":\"aa\"},"
			"\"eth1\":{\"ip_address\":\"10.0.0.8\",\"netmask\":\"255.0.0.0\"}}}"},
		{"system edit web7 --virt-bridge=br0 --interface=eth0 --virt-bridge=br1",
			"{\"virt_bridge\":\"br0\",\"interfaces\":{\"eth0\":{\"virt_bridge\":"
			"\"br1\"}}}"},
		{"system edit web7 --interface=eth0 --hostname=web7.example.org",
			"{\"interfaces\":{\"eth0\":{}},\"hostname\":\"web7.example.org\"}"},
		{"system edit web7 --interface=eth0 --mac=<<inherit>>",
			"{\"interfaces\":{\"eth0\":{\"mac_address\":null}}}"},
		{"system edit web7 --delete-interface=eth1", "{\"interfaces\":{\"eth1\":null}}"},
		{"system edit web7 --interface=eth1 --delete-interface",
			"{\"interfaces\":{\"eth1\":null}}"},
		{"system edit web7 --interface=eth0 --ip=10.0.0.8 --delete_interface=eth1",
			"{\"interfaces\":{\"eth0\":{\"ip_address\":\"10.0.0.8\"},\"eth1\":null}}"},
		{"system find --mac=aa --virt-ram=>=512 --virt-bridge=br0",
			"{\"mac_address\":\"aa\",\"virt_ram\":\">=512\",\"virt_bridge\":\"br0\"}"},
		{"settings edit --server=10.0.0.1 --http-port=8000",
			"{\"server\":\"10.0.0.1\",\"http_port\":\"8000\"}"},
		{"distro find --kernel-size=>1", "{\"kernel_size\":\">1\"}"},
		{"profile find --virt-ram=>=512 --virt-ram=<2048",
			"{\"virt_ram\":[\">=512\",\"<2048\"]}"},
		{"profile find --comment=<<inherit>>", "{\"comment\":\"\"}"},
		{"system edit web7 --interface=eth0 --rename-interface=eth1 --mtu=1400",
			"{\"interfaces\":{\"eth0\":{\"mtu\":\"1400\"}}}"},
		/* Cobbler's other spellings */
		{"profile edit bar --autoinst=a.ks --ks-meta=x=1 --enable-gpxe=1 --kopts_post=y",
			"{\"autoinstall\":\"a.ks\",\"autoinstall_meta\":\"x=1\","
			"\"enable_ipxe\":\"1\",\"kernel_options_post\":\"y\"}"},
		{"system edit web7 --netboot=0 --power-password=x --interface=bond0 --bonding=bond",
			"{\"netboot_enabled\":\"0\",\"power_pass\":\"x\",\"interfaces\":{"
			"\"bond0\":{\"interface_type\":\"bond\"}}}"},
		/* several disks; blanks around a comma are nothing */
		{"profile edit bar --virt-file-size=4,'10", "{\"virt_file_size\":\"4, 10\"}"},
		{"profile edit bar --virt-path=", "{\"virt_path\":\"\"}"},
		{"template add a.ks --content=@/dev/null", "{\"content\":\"\"}"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cli cli = {0};
		struct err err = ERR_INIT;
		autostrv argv = STRV_INIT;
		autojson json_t *wanted = json_parse(rows[i].patch, strlen(rows[i].patch), &err);
		autostrbuf got = STRBUF_INIT;

		assert_non_null(wanted);
		if (parse(rows[i].line, &cli, &argv, &err) < 0)
			fail_msg("%s: %s", rows[i].line, err.msg);
		json_print(cli.patch, false, &got);
		if (!json_equal(wanted, cli.patch))
			fail_msg("%s\n got:    %s\n wanted: %s", rows[i].line, got.buf,
				rows[i].patch);
		cli_done(&cli);
	}
}

/* Mistakes, and what the message must say about them. */
static void errors(void **state)
{
	static const struct {
		const char *line;
		enum err_code code;
		const char *says;
	} rows[] = {
		{"", ERR_USAGE, "bootwright help"},
		{"sytem list", ERR_USAGE, "did you mean 'system list'"},
		{"system lst", ERR_USAGE, "did you mean 'system list'"},
		{"system", ERR_USAGE, "add, edit, copy, rename, remove"},
		{"token", ERR_USAGE, "add, list, revoke"},
		{"interface add", ERR_USAGE, "no command 'interface add'"},
		{"zzzzzzzz", ERR_USAGE, "bootwright help lists them"},
		{"profile edit bar --virt-rma=1", ERR_USAGE, "did you mean '--virt-ram'"},
		{"profile edit bar --nmae=1", ERR_USAGE, "did you mean '--name'"},
		{"profile edit bar --virt-ram", ERR_USAGE, "'--virt-ram' needs a value"},
		{"profile edit bar baz", ERR_USAGE, "unexpected word 'baz'"},
		{"profile list --interface=eth0", ERR_USAGE, "no option '--interface'"},
		{"profile edit bar --mac=aa", ERR_USAGE, "no option '--mac'"},
		{"profile edit bar --in-place --kopts=\"open", ERR_INVALID, "kernel_options"},
		{"system edit web7 --mac=aa", ERR_USAGE, "--interface=eth0"},
		{"system edit web7 --delete-interface", ERR_USAGE, "needs a value"},
		{"system edit web7 --interface=a/b --mac=aa", ERR_INVALID, "--interface"},
		{"system list --output=xml", ERR_USAGE, "text, table or json"},
		{"--output=xml system list", ERR_USAGE, "text, table or json"},
		{"profile edit bar --comment=\xff", ERR_INVALID, "comment: is not UTF-8"},
		{"settings edit --default-password-crypted=@/nonexistent", ERR_NOT_FOUND,
			"default_password_crypted"},
		{"settings edit --default-password-crypted=@/dev/null", ERR_INVALID, "is empty"},
		{"profile edit bar --virt-file-size=4,,5", ERR_INVALID,
			"virt_file_size: '4,,5' has an empty element"},
		{"profile edit bar --virt-file-size=4,'", ERR_INVALID, "has an empty element"},
		{"profile edit bar --name-servers=,10.0.0.1", ERR_INVALID, "has an empty element"},
		{"profile find --comment=\xff", ERR_INVALID, "comment: is not UTF-8"},
		{"profile find --nmae=x", ERR_USAGE, "did you mean '--name'"},
		{"system edit web7 --rename-interface=eth1", ERR_USAGE, "--interface=NAME"},
		{"profile edit bar --mgmt_classes=a", ERR_USAGE,
			"'--mgmt-classes' was left out on purpose: Cobbler has given up"},
		{"profile edit bar --redhat-management-key a", ERR_USAGE, "RHN and Satellite 5"},
		{"import --path=/x --name=y --rsync-flags=z", ERR_USAGE, "--available-as"},
		{"sync --dns", ERR_USAGE, "'--dns' was left out on purpose: sync publishes DHCP"},
		{"sync --verbose", ERR_USAGE, "bootwright event list"},
		{"validateks", ERR_USAGE, "bootwright template check"},
		{"setting report", ERR_USAGE, "bootwright settings report"},
		{"signature report", ERR_USAGE, "your own in signatures below the state folder"},
		{"reposync", ERR_USAGE, "there is no 'reposync', on purpose"},
		{"package add --name=x", ERR_USAGE, "there is no 'package', on purpose"},
		{"system poweron --name=x", ERR_USAGE, "there is no 'poweron', on purpose"},
		{"system lisst web7 x", ERR_USAGE, "did you mean 'system list'"},
		{"profil add", ERR_USAGE, "did you mean 'profile add'"},
		{"revrt 1", ERR_USAGE, "did you mean 'revert'"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cli cli = {0};
		struct err err = ERR_INIT;
		autostrv argv = STRV_INIT;

		if (parse(rows[i].line, &cli, &argv, &err) == 0)
			fail_msg("%s: was accepted", rows[i].line);
		if (err.code != rows[i].code || !strstr(err.msg, rows[i].says))
			fail_msg("%s: %s", rows[i].line, err.msg);
		cli_done(&cli);
	}
}

static void what_all_commands_take(void **state)
{
	static const char *const lines[] = {
		"--socket=/s --output json system report web7",
		"--socket /s system report --output=json --name=web7",
		"system report --name web7 --output=json --socket=/s",
		"systems report web7 --socket /s --output json",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct cli cli = {0};
		struct err err = ERR_INIT;
		autostrv argv = STRV_INIT;

		if (parse(lines[i], &cli, &argv, &err) < 0)
			fail_msg("%s: %s", lines[i], err.msg);
		assert_string_equal(cli.args.socket, "/s");
		assert_int_equal(cli.output, CLI_JSON);
		assert_ptr_equal(cli.type, item_types[ITEM_SYSTEM]);
		assert_string_equal(cli.args.name ? cli.args.name : cli.words.v[0], "web7");
		cli_done(&cli);
	}
}

/* --server is the API before the command, and a field after it where there is such a field. */
static void server_before_and_after(void **state)
{
	struct cli cli = {0};
	struct err err = ERR_INIT;
	autostrv argv = STRV_INIT;

	(void)state;
	assert_int_equal(
		parse("--server=https://a settings edit --server=b", &cli, &argv, &err), 0);
	assert_string_equal(cli.args.server, "https://a");
	assert_string_equal(json_get_str(cli.patch, "server"), "b");
	cli_done(&cli);
}

/* Every field of every type that may be set is an option, in both spellings. */
static void every_field(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		const char *begin = kind == ITEM_SETTINGS    ? "settings edit"
		                    : kind == ITEM_INTERFACE ? "system edit x --interface=eth0"
		                                             : type->name;

		for (size_t i = 0; i < type->n_fields; i++) {
			const struct field *field = &type->fields[i];
			autofree char *line = xasprintf("%s%s --%s=1", begin,
				item_type_is_listed(type) ? " edit x" : "", field->name);
			struct cli cli = {0};
			struct err err = ERR_INIT;
			autostrv argv = STRV_INIT;
			const json_t *at;

			if (parse(line, &cli, &argv, &err) < 0)
				fail_msg("%s: %s", line, err.msg);
			at = kind == ITEM_INTERFACE
			             ? json_object_get(
					       json_object_get(cli.patch, "interfaces"), "eth0")
			             : cli.patch;
			assert_string_equal(json_get_str(at, field->name), "1");
			cli_done(&cli);
		}
	}
}

/* No option is called like one that was left out, and every spelling of Cobbler's is a field's. */
static void left_out_is_not_there(void **state)
{
	const struct command *command;

	(void)state;
	for (size_t i = 0; (command = command_at(i)); i++) {
		for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
			autooption_table table = {0};

			if (!command_is_of(command, item_types[kind]) && kind != ITEM_DISTRO)
				continue;
			option_table_make(command, item_types[kind], &table);
			for (size_t k = 0; k < table.n; k++)
				if (table.row[k].name && left_out_option(table.row[k].name))
					fail_msg("%s: --%s is there", command->words,
						table.row[k].name);
		}
	}
}

/* Every line that --help shows as an example is one that can be given. */
static void examples(void **state)
{
	const struct command *command;
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; (command = command_at(i)); i++) {
		autostrv lines = STRV_INIT;

		strv_split(&lines, command->example ? command->example : "", "\n");
		strv_for_each (line, &lines) {
			struct opt_map words = {0};
			struct cli cli = {0};
			autogiven fields = {0};
			struct err err = ERR_INIT;
			autostrv argv = STRV_INIT;
			char *start = strstr(line, "bootwright ");

			assert_non_null(start);
			for (char *p = start; *p; p++) {
				if (*p == ' ' && p[1] && strchr("<>|", p[1])) {
					*p = '\0';
					break;
				}
			}
			/* a map's words are split as a shell splits them */
			assert_int_equal(map_parse(&words, start, &err), 0);
			for (size_t k = 0; k < words.n; k++)
				strv_addf(&argv, "%s%s%s", words.entry[k].key,
					words.entry[k].value ? "=" : "",
					words.entry[k].value ? words.entry[k].value : "");
			map_clear(&words);
			if (cli_parse_given((int)argv.n, argv.v, &cli, &fields, &err) < 0)
				fail_msg("%s: %s", line, err.msg);
			assert_ptr_equal(cli.command, command);
			cli_done(&cli);
			seen++;
		}
	}
	assert_true(seen > 20);
}

static void help_needs_no_server_and_no_values(void **state)
{
	static const char *const lines[] = {"--help", "system --help", "system add --help",
		"help system add", "help", "nonsense --help", "--version"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct cli cli = {0};
		struct err err = ERR_INIT;
		autostrv argv = STRV_INIT;

		if (parse(lines[i], &cli, &argv, &err) < 0)
			fail_msg("%s: %s", lines[i], err.msg);
		assert_true(cli.args.help || cli.args.version || cli.command->local);
		cli_done(&cli);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patches),
		cmocka_unit_test(errors),
		cmocka_unit_test(what_all_commands_take),
		cmocka_unit_test(server_before_and_after),
		cmocka_unit_test(every_field),
		cmocka_unit_test(left_out_is_not_there),
		cmocka_unit_test(examples),
		cmocka_unit_test(help_needs_no_server_and_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
