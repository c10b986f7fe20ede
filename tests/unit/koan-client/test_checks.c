#include "support.h"

#include "koan-client/checks.h"

#include <math.h>

#define HUNDRED                                                                                    \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaa"                                                                                     \
	"aaaaaaaa"

static const struct {
	const char *(*check)(const char *text);
	const char *text;
	bool good;
} texts[] = {
	{check_guest_name, "web7", true},
	{check_guest_name, "a.b_c+d-9", true},
	{check_guest_name, HUNDRED, true},
	{check_guest_name, HUNDRED "a", false},
	{check_guest_name, "", false},
	{check_guest_name, ".hidden", false},
	{check_guest_name, "-option", false},
	{check_guest_name, "..", false},
	{check_guest_name, "a/b", false},
	{check_guest_name, "a b", false},
	{check_guest_name, "a\nb", false},
	{check_guest_name, "a'b", false},
	{check_guest_name, "a<b", false},
	{check_guest_name, "a:b", false},
	{check_guest_name, "\xc3\xa4", false},

	{check_bridge, "br0", true},
	{check_bridge, "xenbr0.12", true},
	{check_bridge, "a-bridge-of-15b", true},
	{check_bridge, "a-bridge-of-16by", false},
	{check_bridge, "", false},
	{check_bridge, "..", false},
	{check_bridge, "br/0", false},
	{check_bridge, "br@0", false}, /* which libvirt's schema refuses */
	{check_bridge, "br 0", false},

	{check_disk_path, "/srv/images", true},
	{check_disk_path, "/srv/images/", true},
	{check_disk_path, "/srv/my images/a.qcow2", true},
	{check_disk_path, "/srv/..a", true},
	{check_disk_path, "vg0", true},
	{check_disk_path, "vg0:root", true},
	{check_disk_path, "/dev/vg0", true},
	{check_disk_path, "", false},
	{check_disk_path, "/", false},
	{check_disk_path, "//", false},
	{check_disk_path, "/srv//images", false},
	{check_disk_path, "/srv/../etc", false},
	{check_disk_path, "/srv/..", false},
	{check_disk_path, "/srv/./a", false},
	{check_disk_path, "srv/images", false},
	{check_disk_path, "../images", false},
	{check_disk_path, "vg0:", false},
	{check_disk_path, "vg0:..", false},
	{check_disk_path, "vg0:a:b", false},
	{check_disk_path, "-vg", false},
	{check_disk_path, "/srv/a\nb", false},
	{check_disk_path, "/srv/\x1b[2J", false},

	{check_url, "http://10.0.0.1/a", true},
	{check_url, "https://[::1]:8443/a?b=c&d=%20", true},
	{check_url, "http://", false},
	{check_url, "http:///etc/passwd", false},
	{check_url, "file:///etc/passwd", false},
	{check_url, "ftp://host/a", false},
	{check_url, "HTTP://host/a", false},
	{check_url, "http://host/a b", false},
	{check_url, "http://host/a\r\nHost: b", false},
	{check_url, "//host/a", false},
	{check_url, "", false},

	{check_line, "", true},
	{check_line, "a & <b> \"c\" 'd'", true},
	{check_line, "gr\xc3\xbc\xc3\x9f", true},
	{check_line, "a\tb", false},
	{check_line, "a\x7f", false},
	{check_line, "\xff", false},
	{check_line,
		"\xc2\x9b"
		"2J",
		false},
	{check_line, "\xef\xbf\xbf", false},
	{check_word, "a", true},
	{check_word, "", false},

	{check_sha256, GOOD_SHA256, true},
	{check_sha256, "", false},
	{check_sha256, "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", false},
	{check_sha256, "../3456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false},
	{check_sha256, GOOD_SHA256 "0", false},
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *bad = texts[i].check(texts[i].text);

		if (texts[i].good != !bad)
			fail_msg("row %zu, \"%s\": %s", i, texts[i].text, bad ? bad : "accepted");
	}
}

static const struct {
	const char *text;
	bool good;
	double value;
} decimals[] = {
	{"4", true, 4},
	{"4.5", true, 4.5},
	{"0.25", true, 0.25},
	{"0", true, 0},
	{"", false, 0},
	{".5", false, 0},
	{"5.", false, 0},
	{"-1", false, 0},
	{"+1", false, 0},
	{"1e3", false, 0},
	{"inf", false, 0},
	{"nan", false, 0},
	{"0x10", false, 0},
	{"4,5", false, 0},
	{" 4", false, 0},
	{"9999999999999999999999999", false, 0},
};

static void test_decimals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(decimals); i++) {
		double value = 0;

		assert_int_equal(parse_decimal(decimals[i].text, &value), decimals[i].good);
		assert_true(value - decimals[i].value < 1e-9 && decimals[i].value - value < 1e-9);
	}
}

static const struct {
	const char *text;
	bool good;
} numbers[] = {
	{"1", true},
	{"100", true},
	{"0", false},
	{"101", false},
	{"", false},
	{"1 ", false},
	{"-1", false},
	{"1.0", false},
	{"99999999999999999999999", false},
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		uint64_t value;

		assert_int_equal(parse_number(numbers[i].text, 1, 100, &value), numbers[i].good);
	}
}

static const struct {
	double gib;
	uint64_t bytes;
} sizes[] = {
	{4, UINT64_C(4) << 30},
	{4.5, UINT64_C(4831838208)},
	{0.1, UINT64_C(107374592)}, /* the next multiple of 512 */
	{65536, UINT64_C(65536) << 30},
};

static void test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_null(check_disk_gib(sizes[i].gib));
		assert_int_equal(bytes_from_gib(sizes[i].gib), sizes[i].bytes);
	}
	assert_non_null(check_disk_gib(-1));
	assert_non_null(check_disk_gib(65537));
	assert_non_null(check_disk_gib((double)INFINITY));
	assert_non_null(check_disk_gib((double)NAN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
