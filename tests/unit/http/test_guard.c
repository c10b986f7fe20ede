#include "support.h"

#include "base/strbuf.h"
#include "http/guard.h"

static const struct target_row {
	const char *raw;
	int status;
	const char *path;  /* when the status is 0 */
	const char *query; /* "name=value;…" */
} targets[] = {
	{"/", 0, "/", ""},
	{"/a", 0, "/a", ""},
	{"/a/", 0, "/a/", ""},
	{"//grubx64.efi", 0, "/grubx64.efi", ""},
	{"/a//b///c", 0, "/a/b/c", ""},
	{"/a//", 0, "/a/", ""},
	{"//", 0, "/", ""},
	{"/a%20b", 0, "/a b", ""},
	{"/a+b", 0, "/a+b", ""},
	{"/%61%62", 0, "/ab", ""},
	{"/pxelinux.cfg/01-aa-bb", 0, "/pxelinux.cfg/01-aa-bb", ""},
	{"/..a/b..", 0, "/..a/b..", ""},
	{"/.treeinfo", 0, "/.treeinfo", ""},
	{"/a?", 0, "/a", ""},
	{"/a?b", 0, "/a", "b=;"},
	{"/a?b=", 0, "/a", "b=;"},
	{"/a?b=c", 0, "/a", "b=c;"},
	{"/a?b=c&d=e", 0, "/a", "b=c;d=e;"},
	{"/a?&&b=c&", 0, "/a", "b=c;"},
	{"/a?b=c=d", 0, "/a", "b=c=d;"},
	{"/a?b=c+d%2Be", 0, "/a", "b=c d+e;"},
	{"/a?b=%2f/?", 0, "/a", "b=//?;"},
	{"/a?b=52%3A54%3a00", 0, "/a", "b=52:54:00;"},
	{"/a?b=\\", 0, "/a", "b=\\;"},
	{"http://here:80/a?b=c", 0, "/a", "b=c;"},
	{"HTTP://HERE:80/a", 0, "/a", ""},
	{"http://there:80/a", 400, NULL, NULL},
	{"http://here:80", 400, NULL, NULL},
	{"http://here:801/a", 400, NULL, NULL},
	{"https://here:80/a", 400, NULL, NULL},
	{"", 400, NULL, NULL},
	{"*", 400, NULL, NULL},
	{"a/b", 400, NULL, NULL},
	{"here:80", 400, NULL, NULL},
	{"/..", 400, NULL, NULL},
	{"/.", 400, NULL, NULL},
	{"/a/../b", 400, NULL, NULL},
	{"/a/./b", 400, NULL, NULL},
	{"/a/%2e%2e/b", 400, NULL, NULL},
	{"/a/.%2E/b", 400, NULL, NULL},
	{"/a/%2e", 400, NULL, NULL},
	{"/a%2fb", 400, NULL, NULL},
	{"/a%2Fb", 400, NULL, NULL},
	{"/%2e%2e%2f", 400, NULL, NULL},
	{"/a\\b", 400, NULL, NULL},
	{"/a%5cb", 400, NULL, NULL},
	{"/a%00", 400, NULL, NULL},
	{"/a%00b", 400, NULL, NULL},
	{"/a%0ab", 400, NULL, NULL},
	{"/a%7f", 400, NULL, NULL},
	{"/a\x01", 400, NULL, NULL},
	{"/a b", 400, NULL, NULL},
	{"/a#b", 400, NULL, NULL},
	{"/a%", 400, NULL, NULL},
	{"/a%2", 400, NULL, NULL},
	{"/a%zz", 400, NULL, NULL},
	{"/a%%2f", 400, NULL, NULL},
	{"/a%2%66", 400, NULL, NULL},
	{"/a%/2f", 400, NULL, NULL},
	{"/a?%", 400, NULL, NULL},
	{"/a?b=%0", 400, NULL, NULL},
	{"/a?b=%zz", 400, NULL, NULL},
	{"/a?%00=b", 400, NULL, NULL},
	{"/a?b=%0d%0ac", 400, NULL, NULL},
	{"/a?b=c d", 400, NULL, NULL},
};

static void targets_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		const struct target_row *row = &targets[i];
		autofree char *raw = xstrdup(row->raw); /* its end is the end of its memory */
		autostrbuf query = STRBUF_INIT;
		struct err err = ERR_INIT;
		struct target target;
		int status = guard_target(raw, "here:80", &target, &err);

		if (status != row->status)
			fail_msg("'%s': %d, not %d (%s)", row->raw, status, row->status, err.msg);
		if (status == 0) {
			assert_string_equal(target.path, row->path);
			for (size_t k = 0; k < target.n_args; k++)
				strbuf_addf(
					&query, "%s=%s;", target.arg[k].name, target.arg[k].value);
			assert_string_equal(query.buf, row->query);
		} else {
			assert_true(err.msg[0]);
		}
		target_done(&target);
	}
}

static int status_of(const char *raw)
{
	struct target target;
	int status = guard_target(raw, NULL, &target, NULL);

	target_done(&target);
	return status;
}

static void targets_have_bounds(void **state)
{
	autostrbuf raw = STRBUF_INIT;

	(void)state;
	strbuf_addc(&raw, '/');
	while (raw.len < GUARD_TARGET_MAX)
		strbuf_addc(&raw, 'a');
	assert_int_equal(status_of(raw.buf), 0);
	strbuf_addc(&raw, 'a');
	assert_int_equal(status_of(raw.buf), 414);

	strbuf_reset(&raw);
	strbuf_adds(&raw, "/?");
	for (size_t i = 0; i < GUARD_ARGS_MAX; i++)
		strbuf_adds(&raw, "&a");
	assert_int_equal(status_of(raw.buf), 0);
	strbuf_adds(&raw, "&a");
	assert_int_equal(status_of(raw.buf), 400);
}

static bool host_is_bw(void *ctx, const char *host)
{
	(void)ctx;
	return strcmp(host, "bw") == 0;
}

enum { HEADERS = 4 };
static const struct head_row {
	const char *what;
	const char *version;
	struct header header[HEADERS];
	int status;
	bool any_host; /* as on the boot port */
	size_t length;
} heads[] = {
	{"plain", "HTTP/1.1", {{"Host", "bw"}}, 0, false, 0},
	{"port", "HTTP/1.1", {{"host", "bw:8080"}}, 0, false, 0},
	{"length", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "12"}}, 0, false, 12},
	{"at the limit", "HTTP/1.1", {{"Host", "bw"}, {"content-length", "1000"}}, 0, false, 1000},
	{"no host", "HTTP/1.1", {{"X", "y"}}, 400, false, 0},
	{"no host, boot", "HTTP/1.1", {{"X", "y"}}, 400, true, 0},
	{"no host, 1.0", "HTTP/1.0", {{"X", "y"}}, 400, false, 0},
	{"no host, 1.0, boot", "HTTP/1.0", {{"X", "y"}}, 0, true, 0},
	{"two hosts", "HTTP/1.1", {{"Host", "bw"}, {"HOST", "bw"}}, 400, true, 0},
	{"another host", "HTTP/1.1", {{"Host", "evil.example"}}, 400, false, 0},
	{"another host, boot", "HTTP/1.1", {{"Host", "any.example"}}, 0, true, 0},
	{"address", "HTTP/1.1", {{"Host", "[2001:db8::1]:80"}}, 0, true, 0},
	{"empty host", "HTTP/1.1", {{"Host", ""}}, 400, true, 0},
	{"user in host", "HTTP/1.1", {{"Host", "a@bw"}}, 400, true, 0},
	{"path in host", "HTTP/1.1", {{"Host", "bw/x"}}, 400, true, 0},
	{"two in host", "HTTP/1.1", {{"Host", "bw, bw"}}, 400, true, 0},
	{"both", "HTTP/1.1",
		{{"Host", "bw"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "1"}}, 400,
		false, 0},
	{"chunked", "HTTP/1.1", {{"Host", "bw"}, {"Transfer-Encoding", "chunked"}}, 501, false, 0},
	{"identity", "HTTP/1.1", {{"Host", "bw"}, {"transfer-encoding", "identity"}}, 501, false,
		0},
	{"two lengths", "HTTP/1.1",
		{{"Host", "bw"}, {"Content-Length", "1"}, {"Content-Length", "1"}}, 400, false, 0},
	{"negative", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "-1"}}, 400, false, 0},
	{"signed", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "+1"}}, 400, false, 0},
	{"hex", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "0x1"}}, 400, false, 0},
	{"two numbers", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "1, 1"}}, 400, false, 0},
	{"empty length", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", ""}}, 400, false, 0},
	{"too large", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "1001"}}, 413, false, 0},
	{"2^64", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "18446744073709551616"}}, 413,
		false, 0},
	{"2^64 - 1", "HTTP/1.1", {{"Host", "bw"}, {"Content-Length", "18446744073709551615"}}, 413,
		false, 0},
	{"name with a blank", "HTTP/1.1", {{"Host", "bw"}, {"X ", "y"}}, 400, false, 0},
	{"empty name", "HTTP/1.1", {{"Host", "bw"}, {"", "y"}}, 400, false, 0},
	{"CR in a value", "HTTP/1.1", {{"Host", "bw"}, {"X", "y\rHost: z"}}, 400, false, 0},
	{"tab in a value", "HTTP/1.1", {{"Host", "bw"}, {"X", "a\tb"}}, 0, false, 0},
	{"UTF-8 in a value", "HTTP/1.1", {{"Host", "bw"}, {"X", "\xc3\xa4"}}, 0, false, 0},
	{"HTTP/0.9", "HTTP/0.9", {{"Host", "bw"}}, 505, false, 0},
	{"HTTP/2.0", "HTTP/2.0", {{"Host", "bw"}}, 505, false, 0},
	{"no version", "", {{"Host", "bw"}}, 505, false, 0},
};

static void heads_are_guarded(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		const struct head_row *row = &heads[i];
		struct guard_rules rules = {
			.max_body = 1000,
			.host_is_ours = row->any_host ? NULL : host_is_bw,
		};
		struct guarded guarded = {0};
		struct err err = ERR_INIT;
		size_t n = 0;
		int status;

		while (n < HEADERS && row->header[n].name)
			n++;
		status = guard_headers(&rules, row->version, row->header, n, &guarded, &err);
		if (status != row->status)
			fail_msg("%s: %d, not %d (%s)", row->what, status, row->status, err.msg);
		if (status == 0)
			assert_int_equal(guarded.length, row->length);
	}
}

static void headers_have_a_bound(void **state)
{
	struct header header[GUARD_HEADERS_MAX + 1];
	struct guard_rules rules = {.max_body = 0};
	struct guarded guarded;

	(void)state;
	header[0] = (struct header){"Host", "bw"};
	for (size_t i = 1; i < ARRAY_SIZE(header); i++)
		header[i] = (struct header){"X", "y"};
	assert_int_equal(
		guard_headers(&rules, "HTTP/1.1", header, GUARD_HEADERS_MAX, &guarded, NULL), 0);
	assert_int_equal(
		guard_headers(&rules, "HTTP/1.1", header, GUARD_HEADERS_MAX + 1, &guarded, NULL),
		431);
}

static void arguments_are_found(void **state)
{
	struct target target;

	(void)state;
	assert_int_equal(guard_target("/?a=1&b=2&a=3", NULL, &target, NULL), 0);
	assert_string_equal(target_arg(&target, "a"), "1");
	assert_string_equal(target_arg(&target, "b"), "2");
	assert_null(target_arg(&target, "c"));
	target_done(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_taken_apart),
		cmocka_unit_test(targets_have_bounds),
		cmocka_unit_test(heads_are_guarded),
		cmocka_unit_test(headers_have_a_bound),
		cmocka_unit_test(arguments_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
