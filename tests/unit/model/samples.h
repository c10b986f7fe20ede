/* For every field a value that it takes, made from its row, so that a new field is tested without a
 * new line here. */
#ifndef TESTS_MODEL_SAMPLES_H
#define TESTS_MODEL_SAMPLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>

#include "base/json.h"
#include "model/root.h"
#include "model/types.h"

#include <stdio.h>
#include <string.h>

struct sample {
	const char *text;  /* what a person may write */
	const char *other; /* another value, canonical */
};

static const struct {
	int (*check)(const char *text, char **ret, struct err *err);
	struct sample sample;
} samples_by_check[] = {
	{check_mac, {"52-54-00-AA-BB-01", "52:54:00:aa:bb:02"}},
	{check_ip, {"192.0.2.1", "2001:db8::1"}},
	{check_ip6, {"2001:DB8::1", "2001:db8::2"}},
	{check_route4, {"10.0.0.0/8:192.0.2.1", "172.16.0.0/12:192.0.2.2"}},
	{check_route6, {"2001:DB8:1::/48=2001:db8::1", "2001:db8:2::/48=2001:db8::2"}},
	{check_ip4, {"192.0.2.1", "192.0.2.2"}},
	{check_netmask, {"24", "255.255.0.0"}},
	{check_host, {"host.example.org", "192.0.2.9"}},
	{check_path, {"/srv/linux-6.1", "/boot/other"}},
	{check_title, {"Tools & 'rescue' {1}", "x"}},
	{check_virt_path, {"/srv/images", "vg0:root"}},
	{check_url, {"http://192.0.2.1/pub/linux", "nfs://192.0.2.1/srv"}},
	{check_url_or_path, {"http://192.0.2.1/tree", "/trees/foo"}},
	{check_template_name, {"sub/debian12.preseed", "other.ks"}},
	{check_word, {"a_word-1.2", "other"}},
	{check_serial_device, {"1", "hvc0"}},
	{check_password_hash, {"$y$j9T$abc/.", "$6$def"}},
	{check_network, {"2001:DB8::/32", "10.77.0.0/24"}},
	{check_address_range, {"192.0.2.10-192.0.2.20", "192.0.2.30-192.0.2.40"}},
	{check_dhcp_range, {"192.0.2.10,192.0.2.20", "192.0.2.30,192.0.2.40"}},
	{check_interface_name, {"br0", "bond0.100"}},
	{check_gpg_key, {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n"
			 "-----END PGP PUBLIC KEY BLOCK-----\n",
				"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMF\n"
				"-----END PGP PUBLIC KEY BLOCK-----\n"}},
	{check_root,
		{"nfs:10.77.0.1:/srv/root", "iscsi:10.77.0.1:::1:iqn.2026-01.org.example:web7"}},
	{check_sha256, {"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
			       "0000000000000000000000000000000000000000000000000000000000000000"}},
};

static inline struct sample sample_of_string(const struct field *field)
{
	if (field->choices)
		return (struct sample){field->choices[0], field->choices[1]};
	if (field->ref)
		return (struct sample){"one", "two"};
	for (size_t i = 0; i < ARRAY_SIZE(samples_by_check); i++)
		if (samples_by_check[i].check == field->check)
			return samples_by_check[i].sample;
	if (field->check)
		fail_msg("add a sample for the check of field %s", field->name);
	return (struct sample){"any 'text' with \"quotes\", \\ and \xc3\xa4", ""};
}

static inline struct sample sample_of_int(const struct field *field)
{
	static char text[2][24]; /* of one field at a time */

	snprintf(text[0], sizeof(text[0]), "%lld", (long long)field->min + (field->max > 2));
	snprintf(text[1], sizeof(text[1]), "%lld", field->max ? (long long)field->max : 1000);
	return (struct sample){text[0], text[1]};
}

static inline struct sample sample_of(const struct field *field)
{
	switch (field->kind) {
	case VALUE_STRING:
	case VALUE_LIST:
		if (field_is_ref_list(field))
			return (struct sample){"one two", "two"};
		if (field->kind == VALUE_LIST && !field->check && !field->choices)
			return (struct sample){"any words", "x,y,z"};
		return sample_of_string(field);
	case VALUE_TEXT:
		if (field->check)
			return sample_of_string(field);
		return (struct sample){"one\n\ttwo {{ three }}\n", "other\r\n"};
	case VALUE_INT:
		return sample_of_int(field);
	case VALUE_BOOL:
		return (struct sample){"yes", "false"};
	case VALUE_NUMBERS:
		return (struct sample){"10, 2.5", "7"};
	case VALUE_MAP:
		if (field->check == check_path)
			return (struct sample){"a=/etc/a !noisy 'b=/etc/a b'", "x=/y"};
		return (struct sample){"console=tty0 console=ttyS0,115200 quiet !noisy e= "
				       "'t=a b' q=\"it's\"",
			"x=y"};
	}
	return (struct sample){NULL, NULL};
}

/* A JSON value that no field of the kind takes. */
static inline const char *const *wrong_json(enum value_kind kind)
{
	static const char *const wrong[][8] = {
		[VALUE_STRING] = {"1", "1.5", "true", "[]", "{}", "\"a\\nb\"", "\"a\\u0000b\""},
		[VALUE_TEXT] = {"1", "1.5", "true", "[]", "{}", "\"a\\u0000b\"", "\"a\\u0001b\""},
		[VALUE_INT] = {"1.5", "true", "[]", "{}", "\"x\"", "\"\"",
			"\"99999999999999999999\""},
		[VALUE_BOOL] = {"2", "1.0", "[]", "{}", "\"perhaps\"", "\"\""},
		[VALUE_LIST] = {"1", "true", "{}", "[1]", "[\"a\", null]", "\"a\\tb\"",
			"[\"a\\nb\"]"},
		[VALUE_NUMBERS] = {"true", "{}", "[\"x\"]", "[1, null]", "\"many\"", "\"nan\"",
			"\"0x10\""},
		[VALUE_MAP] = {"1", "true", "[]", "{\"a\": {}}", "{\"a\": false}", "\"'open\"",
			"{\"a b\": \"c\"}"},
	};

	return wrong[kind];
}

static inline void set_text(struct item *item, const struct field *field, const char *text)
{
	struct err err = ERR_INIT;

	if (field_set_text(field, item_at(item, field), text, &err) < 0)
		fail_msg("%s %s='%s': %s", item->type->name, field->name, text, err.msg);
}

/* Calls `each` for every field of every type. */
static inline void for_each_field(
	void (*each)(const struct item_type *type, const struct field *field))
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		for (size_t i = 0; i < item_types[kind]->n_fields; i++)
			each(item_types[kind], &item_types[kind]->fields[i]);
}

#endif
