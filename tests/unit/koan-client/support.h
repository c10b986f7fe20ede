/* What the tests of koan share: cmocka with the headers that it wants, and a good plan to spoil. */
#ifndef TEST_KOAN_SUPPORT_H
#define TEST_KOAN_SUPPORT_H

/* cmocka.h needs what stands before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "koan-client/plan/plan.h"

#include <string.h>

#define GOOD_SHA256  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER_SHA256 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static const char good_plan[] =
	"{\"format\": 1, \"kind\": \"system\", \"name\": \"web7\", \"profile\": \"bar\","
	" \"distro\": \"foo\", \"hostname\": \"web7.example.org\", \"breed\": \"debian\","
	" \"os_version\": \"bookworm\", \"arch\": \"x86_64\","
	" \"kernel\": {\"url\": \"http://10.77.0.1/images/foo/linux\", \"size\": 8190000,"
	"  \"sha256\": \"" GOOD_SHA256 "\"},"
	" \"initrd\": [{\"url\": \"http://10.77.0.1/images/foo/initrd.gz\", \"size\": 1,"
	"  \"sha256\": \"" OTHER_SHA256 "\"}],"
	" \"kernel_options\": \"auto=true priority=critical\","
	" \"virt\": {\"type\": \"auto\", \"ram\": 1024, \"cpus\": 2, \"file_size\": [4],"
	"  \"path\": [], \"disk_driver\": [\"raw\"], \"bridge\": \"virbr0\","
	"  \"auto_boot\": false, \"graphics\": \"vnc\"},"
	" \"interfaces\": [{\"name\": \"eth0\", \"mac_address\": \"52:54:00:aa:00:01\","
	"  \"virt_bridge\": \"br0\", \"interface_type\": \"na\"}],"
	" \"autoinstall\": \"http://10.77.0.1/autoinstall/system/web7\","
	" \"something_new\": {\"a\": [1]}}";

/* One step of a path: a key, or a number into an array. */
static inline json_t *step_into(json_t *value, const char *key)
{
	if (json_is_array(value))
		return json_array_get(value, (size_t)strtoul(key, NULL, 10));
	return json_object_get(value, key);
}

/*
 * The good plan with the value at `path` ("virt.ram", "initrd.0.size") replaced by the JSON text
 * `value`, or removed where that is NULL; yours to free.
 */
static inline char *spoiled_plan(const char *path, const char *value)
{
	autojson json_t *root = json_loads(good_plan, 0, NULL);
	json_t *at = root;
	autostrv steps = STRV_INIT;
	autostrbuf text = STRBUF_INIT;
	const char *last;

	assert_non_null(root);
	strv_split(&steps, path, ".");
	for (size_t i = 0; i + 1 < steps.n; i++)
		at = step_into(at, steps.v[i]);
	assert_non_null(at);
	last = steps.n ? steps.v[steps.n - 1] : "";
	if (!value)
		json_object_del(at, last);
	else if (json_is_array(at))
		json_array_set_new(at, (size_t)strtoul(last, NULL, 10),
			json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_set_new(
			at, last, json_loads(value, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
	json_print(root, false, &text);
	return strbuf_take(&text);
}

/* The good plan, changed; a NULL path changes nothing. */
static inline void load_plan(const char *path, const char *value, struct plan *ret)
{
	autofree char *text = path ? spoiled_plan(path, value) : xstrdup(good_plan);
	struct err err = ERR_INIT;

	if (plan_parse(text, strlen(text), ret, &err) < 0)
		fail_msg("%s", err.msg);
}

static inline void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not have \"%s\"", text, part);
}

#endif
