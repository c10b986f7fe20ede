/*
 * A request target and a header line, as any bytes: refused, or a path that leads nowhere else.
 * The first line is the target, the others are headers "name:value".
 */
#include "http/guard.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_path(const char *path)
{
	assert(path[0] == '/');
	for (const char *p = path; *p; p++) {
		size_t len = strcspn(p + 1, "/");

		assert(*p == '/');
		assert(len > 0 || p[1] == '\0');
		assert(!(len == 1 && p[1] == '.') && !(len == 2 && p[1] == '.' && p[2] == '.'));
		for (size_t i = 1; i <= len; i++)
			assert((unsigned char)p[i] >= 0x20 && p[i] != 0x7f && p[i] != '\\');
		p += len;
	}
}

static size_t read_headers(char *rest, struct header *ret, size_t max)
{
	size_t n = 0;

	for (char *line; n < max && (line = strsep(&rest, "\n"));) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = '\0';
		ret[n++] = (struct header){line, colon + 1};
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const struct guard_rules rules = {.max_body = 4096};
	autofree char *text = xstrndup((const char *)bytes, n);
	struct header header[GUARD_HEADERS_MAX + 2];
	struct guarded guarded = {0};
	struct target target;
	char *rest = text;
	const char *raw = strsep(&rest, "\n");
	size_t headers = rest ? read_headers(rest, header, ARRAY_SIZE(header)) : 0;

	if (guard_headers(&rules, "HTTP/1.1", header, headers, &guarded, NULL) == 0) {
		assert(guarded.host);
		assert(guarded.length <= rules.max_body);
	}
	if (guard_target(raw, guarded.host ? guarded.host : "here", &target, NULL) == 0) {
		check_path(target.path);
		assert(target.n_args <= GUARD_ARGS_MAX);
		for (size_t i = 0; i < target.n_args; i++)
			assert(strlen(target.arg[i].name) + strlen(target.arg[i].value) <= n);
	}
	target_done(&target);
	return 0;
}
