/*
 * A boot, walked through files of any bytes: dnsmasq's, PXELINUX's, GRUB's, iPXE's. It comes to an
 * end, and what it says is whole. The first byte is the machine; then come, each ended by a NUL
 * byte, dnsmasq.conf, the fixed addresses, and each file in the order in which it is fetched: "-"
 * is one that is not there. The last one is what every further name gives.
 */
#include "base/mem.h"
#include "boot/explain.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The first byte. */
enum {
	ARCH = 0x07,
	IPXE = 0x08,
	SECURE_BOOT = 0x10,
	NETWORK = 0x20,
	OTHER_SERVER = 0x40,
	CHOOSE = 0x80
};

static const struct {
	int arch;
	bool uefi, http;
	const char *file; /* of another server */
} machines[] = {
	{0, false, false, "pxelinux.0"},
	{7, true, false, "grubx64.efi"},
	{16, true, true, "http://10.77.0.1/boot/image/x64.img"},
	{16, true, true, "http://10.77.0.1/http-boot/netgrubx64.efi"},
	{11, true, false, "shimaa64.efi"},
	{19, true, true, "http://10.77.0.1/ipxe-arm64.efi"},
	{6, true, false, "ipxe-i386.efi"},
	{0, false, false, "undionly.kpxe"},
};

struct files {
	struct strv parts;
	size_t next;
	size_t fetched;
};

static const char *next_part(struct files *files)
{
	if (!files->parts.n)
		return "";
	return files->parts.v[files->next + 1 < files->parts.n ? files->next++ : files->next];
}

static int open_next(void *ctx, const char *url, struct explain_file *ret, struct err *err)
{
	struct files *files = ctx;
	const char *text = next_part(files);

	(void)err;
	assert(*url);
	assert(++files->fetched < 100000);
	*ret = (struct explain_file){.found = strcmp(text, "-") != 0, .text = STRBUF_INIT};
	if (ret->found)
		strbuf_adds(&ret->text, text);
	return 0;
}

static void check_list(const json_t *list, const char *a, const char *b)
{
	size_t i;
	json_t *entry;

	assert(json_is_array(list));
	json_array_foreach (json_mutable(list), i, entry)
		assert(json_get_str(entry, a) && json_get_str(entry, b));
}

static void check_walk(const struct explain *explain)
{
	autostrbuf text = STRBUF_INIT;

	check_list(explain->steps, "kind", "text");
	check_list(explain->problems, "problem", "advice");
	assert(!explain->start || json_get_str(explain->start, "what"));
	json_print(explain->steps, false, &text);
	assert(text.len);
}

static void split(const uint8_t *bytes, size_t n, struct strv *ret)
{
	for (size_t at = 0; at < n;) {
		const uint8_t *end = memchr(bytes + at, '\0', n - at);
		size_t len = end ? (size_t)(end - bytes) - at : n - at;

		strv_add_take(ret, xstrndup((const char *)bytes + at, len));
		at += len + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct files files = {.parts = STRV_INIT};
	unsigned bits = n ? bytes[0] : 0;
	struct explain explain = {
		.machine = {.mac = "52:54:00:aa:00:07",
			.arch = machines[bits & ARCH].arch,
			.uefi = machines[bits & ARCH].uefi,
			.http = machines[bits & ARCH].http,
			.ipxe = bits & IPXE,
			.secure_boot = bits & SECURE_BOOT,
			.address = ""},
		.network = bits & NETWORK ? "bw-net-office" : NULL,
		.other_file = machines[bits & ARCH].file,
		.other_ipxe = "http://10.77.0.1/boot/ipxe",
		.next_server = "10.77.0.1",
		.choose = bits & CHOOSE ? "a>b>c" : NULL,
		.open = open_next,
		.ctx = &files,
	};

	split(bytes + (n > 0), n ? n - 1 : 0, &files.parts);
	if (!(bits & OTHER_SERVER)) {
		explain.dhcp_conf = next_part(&files);
		explain.dhcp_hosts = next_part(&files);
	}
	if (explain_run(&explain, &(struct err){0}) == 0)
		check_walk(&explain);
	explain_done(&explain);
	strv_done(&files.parts);
	return 0;
}
