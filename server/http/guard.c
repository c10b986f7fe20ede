#include "http/guard.h"

#include "base/mem.h"
#include "base/net.h"

#include <string.h>
#include <strings.h>

/* Fills `err` and is worth the status. */
#define REFUSE(err, status, ...) (err_fill(err, ERR_INVALID, __VA_ARGS__), (status))

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* token of RFC 9110, 5.6.2. */
static bool is_token(const char *text)
{
	static const char bytes[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return *text && text[strspn(text, bytes)] == '\0';
}

static bool is_field_value(const char *text)
{
	for (; *text; text++)
		if (is_control((unsigned char)*text) && *text != '\t')
			return false;
	return true;
}

static int check_host(
	const struct guard_rules *rules, const char *value, const char **ret, struct err *err)
{
	char host[256];
	unsigned port;

	if (host_port_parse(value, 0, host, &port, NULL) < 0 || strchr(value, ' '))
		return REFUSE(err, 400, "'Host: %.100s' is no host", value);
	if (rules->host_is_ours && !rules->host_is_ours(rules->ctx, host))
		return REFUSE(err, 400,
			"this server is not called '%.100s'; use its address, or set 'server' to "
			"that name",
			host);
	*ret = value;
	return 0;
}

static int check_length(size_t max, const char *value, size_t *ret, struct err *err)
{
	size_t digits = strspn(value, "0123456789");

	if (digits == 0 || value[digits])
		return REFUSE(err, 400, "'Content-Length: %.40s' is no number", value);
	/* 18 digits fit into 64 bits. */
	if (digits > 18 || strtoull(value, NULL, 10) > max) {
		err_set(err, ERR_TOO_BIG, "the body is larger than %zu bytes", max);
		return 413;
	}
	*ret = (size_t)strtoull(value, NULL, 10);
	return 0;
}

struct seen {
	const char *host;
	const char *length;
	bool encoding;
};

static int look_at(const struct header *header, struct seen *seen, struct err *err)
{
	if (!is_token(header->name))
		return REFUSE(err, 400, "'%.40s' is no header name", header->name);
	if (!is_field_value(header->value))
		return REFUSE(err, 400, "header '%.40s' has control bytes", header->name);
	if (strcasecmp(header->name, "Host") == 0) {
		if (seen->host)
			return REFUSE(err, 400, "more than one Host header");
		seen->host = header->value;
	} else if (strcasecmp(header->name, "Content-Length") == 0) {
		if (seen->length)
			return REFUSE(err, 400, "more than one Content-Length header");
		seen->length = header->value;
	} else if (strcasecmp(header->name, "Transfer-Encoding") == 0) {
		seen->encoding = true;
	}
	return 0;
}

static int check_seen(const struct guard_rules *rules, bool host_needed, const struct seen *seen,
	struct guarded *ret, struct err *err)
{
	int status = 0;

	*ret = (struct guarded){0};
	if (seen->encoding && seen->length)
		return REFUSE(err, 400, "both Transfer-Encoding and Content-Length");
	if (seen->encoding)
		return REFUSE(err, 501, "Transfer-Encoding is not supported; send Content-Length");
	if (!seen->host && host_needed)
		return REFUSE(err, 400, "no Host header");
	if (seen->length)
		status = check_length(rules->max_body, seen->length, &ret->length, err);
	if (status == 0 && seen->host)
		status = check_host(rules, seen->host, &ret->host, err);
	return status;
}

int guard_headers(const struct guard_rules *rules, const char *version, const struct header *header,
	size_t n, struct guarded *ret, struct err *err)
{
	bool old = strcmp(version, "HTTP/1.0") == 0;
	struct seen seen = {0};

	if (!old && strcmp(version, "HTTP/1.1") != 0)
		return REFUSE(err, 505, "'%.20s' is not HTTP/1.1 or HTTP/1.0", version);
	if (n > GUARD_HEADERS_MAX)
		return REFUSE(err, 431, "more than %d headers", GUARD_HEADERS_MAX);
	for (size_t i = 0; i < n; i++) {
		int status = look_at(&header[i], &seen, err);

		if (status)
			return status;
	}
	/* Firmware that speaks HTTP/1.0 need not send a Host; a browser, which rebinding is about,
	 * always does. */
	return check_seen(rules, !old || rules->host_is_ours, &seen, ret, err);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes `len` bytes to `to` and ends them with NUL; returns how many, or -1 for what is refused:
 * a broken escape, a control byte, and in a path an encoded slash or any backslash. */
static ptrdiff_t decode(const char *from, size_t len, bool in_path, char *to)
{
	char *out = to;

	for (size_t i = 0; i < len; i++) {
		char c = from[i];
		bool encoded = c == '%';

		if (encoded) {
			int high = i + 2 < len ? hex_digit(from[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(from[i + 2]) : -1;

			if (low < 0)
				return -1;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && !in_path) {
			c = ' ';
		} else if (c == ' ' || c == '#') {
			return -1;
		}
		if (is_control((unsigned char)c) ||
			(in_path && (c == '\\' || (encoded && c == '/'))))
			return -1;
		*out++ = c;
	}
	*out = '\0';
	return out - to;
}

static int decode_path(const char *raw, size_t len, struct target *ret, struct err *err)
{
	char *out;

	ret->path = xmalloc(len + 1);
	out = ret->path;
	for (size_t i = 0; i < len;) {
		size_t segment = strcspn(raw + i + 1, "/?");
		ptrdiff_t n;

		*out = '/';
		n = decode(raw + i + 1, segment, true, out + 1);
		if (n < 0)
			return REFUSE(
				err, 400, "the path '%.100s' has bytes that no name has", raw);
		if (strcmp(out + 1, ".") == 0 || strcmp(out + 1, "..") == 0)
			return REFUSE(err, 400, "the path '%.100s' has a '..' or '.'", raw);
		i += segment + 1;
		/* "//grubx64.efi", as shim asks: an empty segment is dropped, but for the last. */
		if (n > 0 || i >= len)
			out += n + 1;
	}
	*out = '\0';
	return 0;
}

static int decode_query(const char *raw, struct target *ret, struct err *err)
{
	char *out = ret->bytes = xmalloc(strlen(raw) + (size_t)2 * GUARD_ARGS_MAX + 2);

	for (const char *p = raw; *p;) {
		size_t len = strcspn(p, "&");
		const char *equals = memchr(p, '=', len);
		size_t name_len = equals ? (size_t)(equals - p) : len;
		struct target_arg *arg = &ret->arg[ret->n_args];
		ptrdiff_t n;

		if (len > 0 && ret->n_args == GUARD_ARGS_MAX)
			return REFUSE(err, 400, "more than %d arguments", GUARD_ARGS_MAX);
		if (len > 0) {
			arg->name = out;
			n = decode(p, name_len, false, out);
			out += n < 0 ? 0 : n + 1;
			arg->value = out;
			if (n >= 0 && equals)
				n = decode(equals + 1, len - name_len - 1, false, out);
			else
				*out = '\0';
			if (n < 0)
				return REFUSE(
					err, 400, "the argument '%.100s' is not encoded well", p);
			out += strlen(out) + 1;
			ret->n_args++;
		}
		p += len + (p[len] == '&');
	}
	return 0;
}

/* Where the path of "http://HOST/path" begins, if HOST is the Host header; else NULL. */
static const char *after_authority(const char *raw, const char *host)
{
	size_t len = host ? strlen(host) : 0;

	if (strncasecmp(raw, "http://", 7) != 0 || !len || strncasecmp(raw + 7, host, len) != 0 ||
		raw[7 + len] != '/')
		return NULL;
	return raw + 7 + len;
}

int guard_target(const char *raw, const char *host, struct target *ret, struct err *err)
{
	size_t path_len;
	int status;

	ret->path = ret->bytes = NULL;
	ret->n_args = 0;
	if (strnlen(raw, GUARD_TARGET_MAX + 1) > GUARD_TARGET_MAX) {
		err_set(err, ERR_TOO_BIG, "the address is longer than %d bytes", GUARD_TARGET_MAX);
		return 414;
	}
	if (raw[0] != '/') {
		const char *path = after_authority(raw, host);

		if (!path)
			return REFUSE(err, 400, "'%.100s' is no path on this server", raw);
		raw = path;
	}
	path_len = strcspn(raw, "?");
	status = decode_path(raw, path_len, ret, err);
	if (status == 0 && raw[path_len])
		status = decode_query(raw + path_len + 1, ret, err);
	return status;
}

void target_done(struct target *target)
{
	free(target->path);
	free(target->bytes);
	target->path = target->bytes = NULL;
	target->n_args = 0;
}

const char *target_arg(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->n_args; i++)
		if (strcmp(target->arg[i].name, name) == 0)
			return target->arg[i].value;
	return NULL;
}
