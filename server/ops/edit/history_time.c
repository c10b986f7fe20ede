/* Points in time as people write them (history.h). */
#include "ops/edit/history.h"

#include <string.h>
#include <time.h>

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789.") == strlen(text);
}

/* "Z", "+01:00", "-0530": seconds east of Greenwich. `text` may be "": local time. */
static bool parse_offset(const char *text, bool *local, long *ret)
{
	struct tm offset = {.tm_hour = 0};
	const char *end;

	*local = !*text;
	*ret = 0;
	if (*local || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	end = strptime(text + 1, "%H:%M", &offset);
	if (!end)
		end = strptime(text + 1, "%H%M", &offset);
	*ret = (offset.tm_hour * 3600L + offset.tm_min * 60L) * (*text == '-' ? -1 : 1);
	return end && !*end;
}

/* The time of day after a date: "T08:00", "T08:00:30.5"; returns what follows, NULL: no time. */
static const char *parse_clock(const char *text, struct tm *tm, double *fraction)
{
	const char *end;

	if (*text != 'T' && *text != 't' && *text != ' ')
		return *text ? NULL : text;
	end = strptime(text + 1, "%H:%M", tm);
	if (end && *end == ':')
		end = strptime(end + 1, "%S", tm);
	if (end && *end == '.') {
		char *after;

		*fraction = strtod(end, &after);
		end = after;
	}
	return end;
}

/* RFC 3339, or ISO 8601 with less: a date alone is its beginning. */
static bool parse_date(const char *text, double *ret)
{
	struct tm tm = {.tm_isdst = -1};
	double fraction = 0;
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	bool local;
	long offset;
	time_t seconds;

	if (!end)
		return false;
	end = parse_clock(end, &tm, &fraction);
	if (!end || !parse_offset(end, &local, &offset))
		return false;
	seconds = local ? mktime(&tm) : timegm(&tm) - offset;
	*ret = (double)seconds + fraction;
	return true;
}

int history_time(const char *text, double *ret, struct err *err)
{
	const char *number = *text == '@' ? text + 1 : text;
	char *end = NULL;
	double seconds = is_number(number) ? strtod(number, &end) : 0;

	if (end && !*end) {
		*ret = seconds;
		return 0;
	}
	if (!end && parse_date(text, ret))
		return 0;
	return err_set(err, ERR_INVALID,
		"'%.60s' is no time: write 2026-11-21, 2026-11-21T08:00:00Z, or seconds since 1970",
		text);
}

/* A number without '@' or fraction is a revision, unless no store could have got that far. */
int history_revision(struct server *server, const char *text, int64_t *ret, struct err *err)
{
	enum { DIGITS_MAX = 9 }; /* ten are seconds since 2001 */
	double time;

	if (*text && strlen(text) <= DIGITS_MAX && strspn(text, "0123456789") == strlen(text)) {
		*ret = strtoll(text, NULL, 10);
		if (*ret > 0)
			return 0;
		return err_set(err, ERR_INVALID, "revisions count from 1");
	}
	if (history_time(text, &time, err) < 0)
		return err_wrap(err, "no revision");
	if (db_revision_at(server->db, time, ret, err) < 0)
		return -1;
	if (*ret > 0)
		return 0;
	return err_set(err, ERR_NOT_FOUND, "there was nothing yet at '%.60s'", text);
}
