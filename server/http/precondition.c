#include "http/precondition.h"

#include <string.h>

/* One ETag at the start of `text`: "v3" in quotes, perhaps weak. Returns what follows, or NULL. */
static const char *parse_etag(const char *text, int64_t *ret)
{
	char *end;
	long long version;

	if (strncmp(text, "W/", 2) == 0)
		text += 2;
	if (strncmp(text, "\"v", 2) != 0 || text[2] < '0' || text[2] > '9')
		return NULL;
	version = strtoll(text + 2, &end, 10);
	if (*end != '"' || version <= 0)
		return NULL;
	*ret = version;
	return end + 1;
}

static bool is_star(const struct request *request, const char *header)
{
	const char *text = request_header(request, header);

	return text && strcmp(text, "*") == 0;
}

int precondition_version(const struct request *request, int64_t *ret, struct err *err)
{
	const char *match = request_header(request, "If-Match");
	const char *end;

	*ret = DB_ANY;
	if (!match || strcmp(match, "*") == 0)
		return 0;
	end = parse_etag(match, ret);
	if (end && !*end)
		return 0;
	return err_set(err, ERR_STALE,
		"'If-Match: %.60s' is no version of this; write it as \"v3\"", match);
}

bool precondition_wants_any(const struct request *request)
{
	return is_star(request, "If-Match");
}

bool precondition_wants_none(const struct request *request)
{
	return is_star(request, "If-None-Match");
}

/* A list of ETags; those that are not ours stand for nothing that we have. */
bool precondition_has(const struct request *request, int64_t version)
{
	const char *text = request_header(request, "If-None-Match");

	if (version <= 0)
		return false;
	if (precondition_wants_none(request))
		return true;
	while (text && *text) {
		int64_t listed = 0;

		text += strspn(text, " \t,");
		if (parse_etag(text, &listed) && listed == version)
			return true;
		text = strchr(text, ',');
	}
	return false;
}
