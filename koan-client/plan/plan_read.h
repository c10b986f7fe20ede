/*
 * Members of a server's answer, read with their checks. Each returns -1 with ERR_INVALID, which
 * names the member by its whole path ("initrd[1].size: must be …").
 */
#ifndef KOAN_PLAN_READ_H
#define KOAN_PLAN_READ_H

#include "base/err.h"
#include "base/json.h"
#include "base/strv.h"

#include <stdint.h>

/* Where in the answer a reader is: an object and what an error calls it ("initrd[1]."). */
struct plan_at {
	const json_t *object;
	const char *prefix;
};

enum plan_need {
	PLAN_FILLED,
	PLAN_MAY_BE_EMPTY,
	PLAN_OPTIONAL, /* an older server does not send it; then it is "" */
};

struct plan_text {
	const char *name;
	size_t offset; /* of the char * that receives it */
	const char *(*check)(const char *text);
	enum plan_need need;
};

int plan_wrong(const struct plan_at *at, const char *name, const char *why, struct err *err);
int plan_get(const struct plan_at *at, const char *name, const json_t **ret, struct err *err);
/* A string without a NUL byte in it, borrowed. */
int plan_get_text(const struct plan_at *at, const char *name, const char **ret, struct err *err);
int plan_get_array(const struct plan_at *at, const char *name, size_t min, size_t max,
	const json_t **ret, struct err *err);
/* `prefix` is borrowed. */
int plan_get_object(const struct plan_at *at, const char *name, const char *prefix,
	struct plan_at *ret, struct err *err);
/* Into the struct at `into`; yours to free. */
int plan_read_texts(const struct plan_at *at, const struct plan_text *rows, size_t n, void *into,
	struct err *err);
int plan_read_number(const struct plan_at *at, const char *name, uint64_t min, uint64_t max,
	uint64_t *ret, struct err *err);
int plan_read_flag(const struct plan_at *at, const char *name, bool *ret, struct err *err);
/* A list of strings, each "" or checked. */
int plan_read_strings(const struct plan_at *at, const char *name, size_t max,
	const char *(*check)(const char *text), struct strv *ret, struct err *err);

#endif
