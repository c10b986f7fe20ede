/* DHCP's answer, read from dnsmasq's lines, where the walk through a boot begins. */
#include "explain_support.h"

static const struct explain_case cases[] = {
	{.name = "proxy",
		.network = "bw-net-office",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "tftp://10.78.0.1/pxelinux.0"},
	{.name = "proxy: GRUB cannot work",
		.machine = {.arch = 7, .uefi = true},
		.network = "bw-net-office",
		.hosts = MAC ",set:bw-file-2\n",
		.files = {LOADERS, GRUB_CFG},
		.problem = "beside another DHCP server GRUB cannot work"},
	{.name = "proxy: no path prefix",
		.network = "bw-net-office",
		.hosts = MAC ",set:bw-file-1\n",
		.files = {"lpxelinux.0", "", "pxelinux.0", "", "ldlinux.c32", "", PXE_FILE,
			"DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.conf = CONF "pxe-service=tag:bw-net-office,tag:bw-file-1,0,\"Bootwright\","
			     "lpxelinux.0,10.78.0.1\n",
		.what = "local",
		.step = "tftp://10.78.0.1/pxelinux.cfg/01-52-54-00-aa-00-07"},
	{.name = "proxy: no loader",
		.machine = {.arch = 7, .uefi = true},
		.network = "bw-net-office",
		.files = {LOADERS},
		.problem = "that works beside another DHCP server"},
	{.name = "IPv6: shim and GRUB over TFTP",
		.machine = {.arch = 7, .uefi = true},
		.network = "bw-net-six",
		.hosts = MAC ",10.77.0.21,[fd77::21],web7\n",
		.files = {LOADERS, GRUB_CFG, GRUB_FILE,
			"menuentry a {\nlinux /images/d/linux a\n}\n"},
		.what = "linux",
		.command_line = "BOOT_IMAGE=/images/d/linux a",
		.step = "DHCPv6: dnsmasq gives fd77::21 and the file tftp://[fd77::1]/shimx64.efi "
			"from [fd77::1]"},
	{.name = "IPv6 over HTTP: iPXE",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.network = "bw-net-six",
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nexit\n"},
		.what = "local",
		.step = "http://[fd77::1]:8080/boot/ipxe"},
	{.name = "IPv6 over HTTP: nobody calls himself HTTPClient",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.network = "six",
		.conf = "dhcp-range=set:six,fd77::100,fd77::1ff,64,3600\n"
			"dhcp-option=tag:six,option6:bootfile-url,http://[fd77::1]:8080/boot/"
			"ipxe\n",
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nexit\n"},
		.problem = "has no option 16 HTTPClient"},
	{.name = "IPv6 over HTTP: our own GRUB",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.network = "six",
		.conf = "dhcp-range=set:six,fd77::100,fd77::1ff,64,3600\n"
			"dhcp-option=tag:six,option6:16,bw,HTTPClient\n"
			"dhcp-option=tag:six,option6:bootfile-url,"
			"http://[fd77::1]/http-boot/netgrubx64.efi\n",
		.files = {"http-boot/netgrubx64.efi", "", GRUB_CFG, GRUB_FILE,
			"menuentry a {\nlinux /images/d/linux a\n}\n", "images/d/linux", "k"},
		.problem = "where only IPv6 is there it finds none"},
	{.name = "IPv6: only a fixed address",
		.machine = {.arch = 7, .uefi = true},
		.network = "six",
		.conf = "dhcp-range=set:six,fd77::,static,64,3600\n"
			"dhcp-option=tag:six,option6:bootfile-url,tftp://[fd77::1]/x.efi\n",
		.hosts = MAC ",[fd77::21],web7\n",
		.files = {"x.efi", ""},
		.step = "DHCPv6: dnsmasq gives fd77::21 and",
		.problem = "lends fd77::21 once"},
	{.name = "IPv6: BIOS has no such thing",
		.network = "bw-net-six",
		.files = {LOADERS},
		.problem = "no boot loader is published for architecture 0"},
	{.name = "a network that is not served",
		.network = "bw-net-nosuch",
		.files = {LOADERS},
		.problem = "serves no network"},
	{.name = "only fixed addresses",
		.conf = "dhcp-range=10.77.0.0,static,255.255.255.0\ndhcp-match=set:b,93,0\n"
			"dhcp-boot=tag:b,pxelinux.0\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.problem = "has no address for this machine"},
	{.name = "a fixed address of another network, where there are no others",
		.conf = "dhcp-range=10.78.0.0,static,255.255.255.0\ndhcp-match=set:b,93,0\n"
			"dhcp-boot=tag:b,pxelinux.0\n",
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "fixed address 10.77.0.21 is not in this network",
		.problem = "has no address for this machine"},
	{.name = "where there are",
		.conf = "dhcp-range=10.78.0.50,10.78.0.99,255.255.255.0,1h\n"
			"dhcp-match=set:b,93,0\ndhcp-boot=tag:b,pxelinux.0\n",
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "DHCP: dnsmasq gives an address and"},
	{.name = "a fixed address that another card has still",
		.machine = {.lent_to = "52:54:00:aa:00:99"},
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "10.77.0.21 is lent to 52:54:00:aa:00:99: until that ends dnsmasq gives"},
	{.name = "where there are no others",
		.conf = "dhcp-range=10.77.0.0,static,255.255.255.0\ndhcp-match=set:b,93,0\n"
			"dhcp-boot=tag:b,pxelinux.0\n",
		.machine = {.lent_to = "52:54:00:aa:00:99"},
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.problem = "has no address for this machine"},
	{.name = "which this one has itself",
		.machine = {.lent_to = MAC},
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "DHCP: dnsmasq gives 10.77.0.21 and"},
	{.name = "IPv6: a fixed address of another network",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.network = "bw-net-six",
		.hosts = MAC ",[fd78::21],web7\n",
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nexit\n"},
		.what = "local",
		.step = "fixed address fd78::21 is not in this network"},
	{.name = "an architecture without a loader",
		.machine = {.arch = 11, .uefi = true},
		.files = {LOADERS},
		.problem = "no boot loader is published for architecture 11"},
	{.name = "PXE firmware that gets a URL",
		.conf = "dhcp-range=10.77.0.50,10.77.0.99\ndhcp-match=set:b,option:client-arch,0\n"
			"dhcp-boot=tag:b,http://10.77.0.1/images/d/linux\n",
		.files = {LOADERS},
		.problem = "PXE firmware knows only TFTP"},
};

static void test_cases(void **state)
{
	(void)state;
	run_cases(cases, ARRAY_SIZE(cases));
}

/* Another server is told what `bootwright dhcp show` prints. */
static void test_other_server(void **state)
{
	static const char *const files[] = {
		LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n", NULL};
	union {
		const char *const *file;
		void *ctx;
	} ctx = {.file = files};
	struct explain explain = {.machine = {.mac = MAC, .address = ""},
		.other_file = "pxelinux.0",
		.next_server = "10.77.0.1",
		.open = open_case,
		.ctx = ctx.ctx};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(explain_run(&explain, &err), 0);
	assert_string_equal(json_get_str(explain.start, "what"), "local");
	assert_true(says(explain.steps, "text", "another server answers"));
	explain_done(&explain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_other_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
