#include "samples.h"

#include "model/root.h"

#define HEX_64 "00000000000000000000000000000000000000000000000000000000000000ab"

typedef int check(const char *text, char **ret, struct err *err);

/* `canonical` NULL: refused; "": taken as it is. */
#define ARMOR_END   "-----END PGP PUBLIC KEY BLOCK-----"
#define ARMOR(body) "-----BEGIN PGP PUBLIC KEY BLOCK-----\n" body ARMOR_END "\n"

static const struct {
	check *check;
	const char *text;
	const char *canonical;
} rows[] = {
	{check_item_name, "web7", ""},
	{check_item_name, "a.b_c+d-e", ""},
	{check_item_name, "7", ""},
	{check_item_name, "", NULL},
	{check_item_name, ".", NULL},
	{check_item_name, "..", NULL},
	{check_item_name, "a/b", NULL},
	{check_item_name, "-a", NULL},
	{check_item_name, "a b", NULL},
	{check_item_name, "a\nb", NULL},
	{check_item_name, "a'b", NULL},
	{check_item_name, "a\"b", NULL},
	{check_item_name, "\xc3\xa4", NULL},
	{check_title, "Tools -x", ""},
	{check_title, "-x", NULL},
	{check_title, " x", NULL},
	{check_title, "a && b", NULL},
	{check_interface_name, "bond0.100", ""},
	{check_interface_name, "eth0:1", ""},
	{check_interface_name, "an-interface-with-a-long-name", NULL},
	{check_interface_name, "", NULL},
	{check_interface_name, "a b", NULL},
	{check_mac, "52:54:00:aa:00:01", "52:54:00:aa:00:01"},
	{check_mac, "52-54-00-AA-00-01", "52:54:00:aa:00:01"},
	{check_mac, "5254.00aa.0001", "52:54:00:aa:00:01"},
	{check_mac, "525400AA0001", "52:54:00:aa:00:01"},
	{check_mac, "52:54:00:aa:00", NULL},
	{check_mac, "52:54:00:aa:00:01:02", NULL},
	{check_mac, "52:54-00:aa:00:01", NULL},
	{check_mac, "52:54:00:aa:00:0g", NULL},
	{check_mac, "01:00:5e:00:00:01", NULL},
	{check_mac, "ff:ff:ff:ff:ff:ff", NULL},
	{check_mac, "00:00:00:00:00:00", NULL},
	{check_ip, "192.0.2.1", "192.0.2.1"},
	{check_ip, "2001:DB8:0:0::1", "2001:db8::1"},
	{check_ip, "192.0.2.256", NULL},
	{check_ip, "192.0.2", NULL},
	{check_ip, "host", NULL},
	{check_ip4, "10.0.0.1", "10.0.0.1"},
	{check_ip4, "::1", NULL},
	{check_ip4, "10.0.0.1 ", NULL},
	{check_netmask, "255.255.255.0", "255.255.255.0"},
	{check_netmask, "24", "255.255.255.0"},
	{check_netmask, "0", "0.0.0.0"},
	{check_netmask, "32", "255.255.255.255"},
	{check_netmask, "33", NULL},
	{check_netmask, "255.0.255.0", NULL},
	{check_root, "", ""},
	{check_root, "initrd", ""},
	{check_root, "disk", NULL},
	{check_root, "/dev/sda1", NULL},
	{check_root, "nfs:10.77.0.1:/srv/root", ""},
	{check_root, "nfs:files.example.org:/srv/root-7,vers=3,tcp", ""},
	{check_root, "nfs:10.77.0.1:/", ""},
	{check_root, "nfs:10.77.0.1:srv", NULL},
	{check_root, "nfs:/srv/root", NULL},
	{check_root, "nfs::/srv/root", NULL},
	{check_root, "nfs:fd77::1:/srv/root", NULL},
	{check_root, "nfs:10.77.0.1:/srv/a b", NULL},
	{check_root, "nfs:10.77.0.1:/srv/a;halt", NULL},
	{check_root, "nfs:10.77.0.1:/srv/${net0/ip}", NULL},
	{check_root, "nfs:10.77.0.1:/srv/a\nb", NULL},
	{check_root, "iscsi:10.77.0.1:::1:iqn.2026-01.org.example:web7", ""},
	{check_root, "iscsi:san.example.org:6:3261:0-1-2-ff:iqn.2026-01.org.example:a.b-c", ""},
	{check_root, "iscsi:10.77.0.1::::eui.02004567a425678d", ""},
	{check_root, "iscsi:10.77.0.1:::1:", NULL},
	{check_root, "iscsi:10.77.0.1:::1", NULL},
	{check_root, "iscsi:10.77.0.1", NULL},
	{check_root, "iscsi:", NULL},
	{check_root, "iscsi::::1:iqn.2026-01.org.example:web7", NULL},
	{check_root, "iscsi:10.77.0.1:17::1:iqn.2026-01.org.example:web7", NULL},
	{check_root, "iscsi:10.77.0.1::0:1:iqn.2026-01.org.example:web7", NULL},
	{check_root, "iscsi:10.77.0.1::65536:1:iqn.2026-01.org.example:web7", NULL},
	{check_root, "iscsi:10.77.0.1:::1-2-3-4-5:iqn.2026-01.org.example:web7", NULL},
	{check_root, "iscsi:10.77.0.1:::1-:iqn.2026-01.org.example:web7", NULL},
	{check_root, "iscsi:10.77.0.1:::xyz:iqn.2026-01.org.example:web7", NULL},
	{check_root, "iscsi:10.77.0.1:::1:web7", NULL},
	{check_root, "iscsi:10.77.0.1:::1:iqn.a b", NULL},
	{check_root, "iscsi:10.77.0.1:::1:iqn.a||shell", NULL},
	{check_root, "iscsi:user:secret@10.77.0.1:::1:iqn.2026-01.org.example:web7", NULL},
	{check_host, "host.example.org", ""},
	{check_host, "host_name;", NULL},
	{check_host, "a b", NULL},
	{check_host, "2001:db8::1", ""},
	{check_host, "a.example.org.", ""},
	{check_host, "a..b", NULL},
	{check_host, ".", NULL},
	{check_host, "a-label-of-sixty-four-bytes-is-one-byte-longer-than-DNS-can-take", NULL},
	{check_path, "/boot/vmlinuz-6.1 (old)", ""},
	{check_path, "boot/vmlinuz", NULL},
	{check_path, "/boot/../etc/shadow", NULL},
	{check_path, "/boot//x", NULL},
	{check_path, "/", NULL},
	{check_virt_path, "vg0", ""},
	{check_virt_path, "/srv/images/", ""},
	{check_virt_path, "/srv//", NULL},
	{check_virt_path, "/", NULL},
	{check_virt_path, "/srv/../x", NULL},
	{check_virt_path, "vg 0", NULL},
	{check_url_or_path, "http://192.0.2.1/x", ""},
	{check_url_or_path, "nfs:host:/x", ""},
	{check_url_or_path, "/trees/foo", ""},
	{check_url_or_path, "file:///etc/passwd", NULL},
	{check_url_or_path, "http://a/b c", NULL},
	{check_url_or_path, "http://a/'x", NULL},
	{check_url_or_path, "foo", NULL},
	{check_template_name, "debian12.preseed", ""},
	{check_template_name, "sub/x.ks", ""},
	{check_template_name, "/etc/passwd", NULL},
	{check_template_name, "../x", NULL},
	{check_word, "a:b/c@d%e=f", ""},
	{check_word, "a,b", NULL},
	{check_word, "a b", NULL},
	{check_serial_device, "0", ""},
	{check_serial_device, "ttyAMA0", ""},
	{check_serial_device, "hvc0", ""},
	{check_serial_device, "banana", NULL},
	{check_serial_device, "1000", NULL},
	{check_serial_device, "ttyS0,9600", NULL},
	{check_serial_device, "-1", NULL},
	{check_password_hash, "$6$salt$hash./", ""},
	{check_password_hash, "secret", NULL},
	{check_password_hash, "$6$a b", NULL},
	{check_dhcp_range, "10.0.0.1,10.0.0.9", ""},
	{check_dhcp_range, "10.0.0.9,10.0.0.1", NULL},
	{check_dhcp_range, "10.0.0.9", NULL},
	{check_dhcp_range, "10.0.0.1,x", NULL},
	{check_sha256, HEX_64, ""},
	{check_sha256, HEX_64 "0", NULL},
	{check_sha256, "0", NULL},
	{check_gpg_key, ARMOR("Comment: x\n\nmDME+/=\n=abcd\n"), ""},
	{check_gpg_key, " \n-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmD\r\n" ARMOR_END "  ",
		ARMOR("\nmD\n")},
	{check_gpg_key, ARMOR("\nEND\n$(reboot)\n"), NULL},
	{check_gpg_key, ARMOR("\nmD\n") ARMOR("\nmD\n"), NULL},
	{check_gpg_key, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmD\n", NULL},
	{check_gpg_key, "mD", NULL},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *canonical = NULL;
		struct err err = ERR_INIT;
		int result = rows[i].check(rows[i].text, &canonical, &err);

		if (result == 0 && !rows[i].canonical)
			fail_msg("row %zu: '%s' is taken", i, rows[i].text);
		if (result < 0 && rows[i].canonical)
			fail_msg("row %zu: '%s': %s", i, rows[i].text, err.msg);
		if (result < 0) {
			assert_int_equal(err.code, ERR_INVALID);
			assert_true(strlen(err.msg) > 10);
			assert_null(canonical);
		} else if (*rows[i].canonical) {
			assert_string_equal(canonical, rows[i].canonical);
		}
	}
}

/* A text of 300 and of 100,000 bytes is no name, path or address, and its error is short. */
static void test_long(void **state)
{
	static const size_t lengths[] = {300, 100000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t n = 0; n < ARRAY_SIZE(lengths); n++) {
			autofree char *text = xmalloc(lengths[n] + 1);
			autofree char *canonical = NULL;
			struct err err = ERR_INIT;

			memset(text, '7', lengths[n]);
			text[lengths[n]] = '\0';
			if (rows[i].check == check_word || rows[i].check == check_virt_path)
				continue;
			assert_int_equal(rows[i].check(text, &canonical, &err), -1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
