#include "support.h"

#include "koan-client/guest/capabilities.h"

#define GUEST(os, arch, kinds)                                                                     \
	"<guest><os_type>" os "</os_type><arch name='" arch "'><wordsize>64</wordsize>" kinds      \
	"</arch></guest>"
#define HOST(guests) "<capabilities><host/>" guests "</capabilities>"
#define QEMU_ONLY    "<domain type='qemu'/>"
#define WITH_KVM     "<domain type='qemu'/><domain type='kvm'/>"
#define XEN          "<domain type='xen'/>"

static const struct {
	const char *xml;
	const char *arch;
	const char *type; /* NULL: none */
} hosts[] = {
	{HOST(GUEST("hvm", "x86_64", WITH_KVM)), "x86_64", "kvm"},
	{HOST(GUEST("hvm", "x86_64", QEMU_ONLY)), "x86_64", "qemu"},
	{HOST(GUEST("hvm", "i686", QEMU_ONLY) GUEST("hvm", "x86_64", WITH_KVM)), "i686", "qemu"},
	{HOST(GUEST("hvm", "x86_64", WITH_KVM)), "aarch64", NULL},
	{HOST(GUEST("xen", "x86_64", XEN) GUEST("hvm", "x86_64", XEN)), "x86_64", "xenpv"},
	{HOST(GUEST("xenpvh", "x86_64", XEN) GUEST("hvm", "x86_64", XEN)), "x86_64", "xenpvh"},
	{HOST(GUEST("hvm", "x86_64", XEN)), "x86_64", "xenhvm"},
	{HOST(GUEST("exe", "x86_64", "<domain type='lxc'/>")), "x86_64", NULL},
	{HOST(""), "x86_64", NULL},
	{"<capabilities/>", "x86_64", NULL},
	{"<guest/>", "x86_64", NULL},
	{"not XML", "x86_64", NULL},
};

static void test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		const struct domain_type *type = NULL;
		struct err err = ERR_INIT;
		int bad = capabilities_choose(hosts[i].xml, hosts[i].arch, &type, &err);

		assert_int_equal(bad, hosts[i].type ? 0 : -1);
		if (hosts[i].type)
			assert_string_equal(type->name, hosts[i].type);
		else
			assert_true(err.msg[0] != '\0');
	}
}

static void test_says_what_there_is(void **state)
{
	const struct domain_type *type;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		capabilities_choose(HOST(GUEST("hvm", "x86_64", WITH_KVM)), "aarch64", &type, &err),
		-1);
	assert_contains(err.msg, "'aarch64' (it offers qemu x86_64)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_says_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
