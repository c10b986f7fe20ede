#include "support.h"

#include "koan-client/guest/static_network.h"

static const struct {
	const char *breed;
	const char *version;
	const char *line;
	const char *before; /* on the plan's command line; NULL: nothing */
} rows[] = {
	{"debian", "bookworm",
		" netcfg/disable_autoconfig=true netcfg/get_ipaddress=10.77.0.7"
		" netcfg/get_netmask=255.255.255.0 netcfg/get_gateway=10.77.0.1"
		" netcfg/get_nameservers=10.77.0.2,10.77.0.3 netcfg/confirm_static=true",
		NULL},
	{"redhat", "rhel9",
		" ip=10.77.0.7::10.77.0.1:255.255.255.0:web7.example.org::none"
		" nameserver=10.77.0.2 nameserver=10.77.0.3",
		NULL},
	{"redhat", "centos6",
		" ip=10.77.0.7 netmask=255.255.255.0 gateway=10.77.0.1 dns=10.77.0.2,10.77.0.3",
		NULL},
	{"suse", "sles15",
		" hostip=10.77.0.7 netmask=255.255.255.0 gateway=10.77.0.1 nameserver=10.77.0.2",
		NULL},
	{"other", "", " ip=10.77.0.7::10.77.0.1:255.255.255.0:web7.example.org::none", NULL},
	/* What reads nothing but ip=: as the server would fill it in. */
	{"ubuntu", "noble",
		"ip=10.77.0.7::10.77.0.1:255.255.255.0:web7.example.org::none:10.77.0.2:10.77.0.3 "
		"autoinstall ds=nocloud-net;s=http://10.77.0.1/x/",
		"ip=dhcp autoinstall ds=nocloud-net;s=http://10.77.0.1/x/"},
	{"suse", "sles16",
		"inst.auto=http://10.77.0.1/x "
		"ip=10.77.0.7::10.77.0.1:255.255.255.0:web7.example.org::none:10.77.0.2:10.77.0.3 "
		"rd.neednet=1",
		"inst.auto=http://10.77.0.1/x ip=10.9.9.9::10.9.9.1:255.0.0.0:web7::none "
		"rd.neednet=1"},
	{"redhat", "rhel9",
		"ip=ibft a=1 ip=10.77.0.7::10.77.0.1:255.255.255.0:web7.example.org::none"
		" nameserver=10.77.0.2 nameserver=10.77.0.3",
		"ip=ibft a=1"},
	{"ubuntu", "focal",
		"zip=dhcp xip=a:b netcfg/disable_autoconfig=true netcfg/get_ipaddress=10.77.0.7"
		" netcfg/get_netmask=255.255.255.0 netcfg/get_gateway=10.77.0.1"
		" netcfg/get_nameservers=10.77.0.2,10.77.0.3 netcfg/confirm_static=true",
		"zip=dhcp xip=a:b"},
};

static void set(char **member, const char *text)
{
	free(*member);
	*member = xstrdup(text);
}

static void test_families(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autoplan plan = {0};
		autostrbuf line = STRBUF_INIT;

		load_plan("name_servers", "[\"10.77.0.2\", \"10.77.0.3\"]", &plan);
		set(&plan.breed, rows[i].breed);
		set(&plan.os_version, rows[i].version);
		set(&plan.nics[0].ip_address, "10.77.0.7");
		set(&plan.nics[0].netmask, "255.255.255.0");
		set(&plan.nics[0].gateway, "10.77.0.1");
		strbuf_adds(&line, rows[i].before ? rows[i].before : "");
		assert_int_equal(static_network_add(&plan, "eth0", &line, NULL), 0);
		assert_string_equal(line.buf, rows[i].line);
	}
}

static void test_missing(void **state)
{
	autoplan plan = {0};
	autostrbuf line = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	load_plan(NULL, NULL, &plan);
	assert_int_equal(static_network_add(&plan, "eth9", &line, &err), -1);
	assert_contains(err.msg, "system 'web7' has no interface 'eth9'");
	assert_int_equal(static_network_add(&plan, "eth0", &line, &err), -1);
	assert_contains(err.msg, "--ip-address=");
	set(&plan.nics[0].ip_address, "2001:db8::7");
	set(&plan.nics[0].netmask, "255.255.255.0");
	assert_int_equal(static_network_add(&plan, "eth0", &line, &err), -1);
	assert_contains(err.msg, "IPv6");
	assert_int_equal(line.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
