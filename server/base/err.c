#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int http;
	int exit;
	const char *title;
} classes[] = {
	[ERR_NONE] = {200, 0, "no error"},
	[ERR_USAGE] = {400, 2, "usage"},
	[ERR_INVALID] = {400, 1, "invalid value"},
	[ERR_DENIED] = {403, 1, "not allowed"},
	[ERR_NOT_FOUND] = {404, 1, "not found"},
	[ERR_METHOD] = {405, 1, "method not allowed"},
	[ERR_CONFLICT] = {409, 1, "conflict"},
	[ERR_STALE] = {412, 1, "changed meanwhile"},
	[ERR_UNMATCHED] = {428, 1, "precondition required"},
	[ERR_KEY_USED] = {422, 1, "key used before"},
	[ERR_TOO_BIG] = {413, 1, "too large"},
	[ERR_TEMPLATE] = {500, 1, "template error"},
	[ERR_NO_SPACE] = {507, 1, "disk full"},
	[ERR_BUSY] = {503, 1, "busy"},
	[ERR_IO] = {500, 1, "system error"},
	[ERR_UPSTREAM] = {502, 1, "another program failed"},
	[ERR_INTERNAL] = {500, 1, "internal error"},
};

int err_http_status(enum err_code code)
{
	return classes[code].http;
}

enum err_code err_from_http_status(int status)
{
	for (size_t i = 1; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (classes[i].http == status && i != ERR_USAGE)
			return (enum err_code)i;
	return status < 500 ? ERR_INVALID : ERR_UPSTREAM;
}

int err_exit_status(enum err_code code)
{
	return classes[code].exit;
}

const char *err_title(enum err_code code)
{
	return classes[code].title;
}

/* Messages may hold bytes from outside; a control byte must not reach a terminal or a log. */
static void make_printable(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

static void __attribute__((format(printf, 3, 0)))
fill(struct err *err, enum err_code code, const char *fmt, va_list ap)
{
	err->code = code;
	err->field[0] = '\0';
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	make_printable(err->msg);
}

void err_fill(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return;
	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
}

void err_fill_field(struct err *err, enum err_code code, const char *field, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return;
	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	err_prefix(err, "%s", field);
	snprintf(err->field, sizeof(err->field), "%s", field);
}

static enum err_code class_of_errno(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
		return ERR_NO_SPACE;
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_CONFLICT;
	case EAGAIN:
	case EBUSY:
		return ERR_BUSY;
	default:
		return ERR_IO;
	}
}

void err_fill_sys(struct err *err, const char *fmt, ...)
{
	int number = errno;
	va_list ap;
	size_t len;

	if (!err)
		return;
	va_start(ap, fmt);
	fill(err, class_of_errno(number), fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", strerror(number));
}

void err_prefix(struct err *err, const char *fmt, ...)
{
	char was[sizeof(err->msg)];
	va_list ap;
	size_t len;

	if (!err)
		return;
	memcpy(was, err->msg, sizeof(was));
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	make_printable(err->msg);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof(err->msg) - len, ": %s", was);
}
