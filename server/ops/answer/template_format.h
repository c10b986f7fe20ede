/*
 * Whether a rendered answer file has the form that its installer reads, as far as it can be told
 * without the installer: by the ending of its template's name. It finds what is broken, not what
 * is unwise; an unknown ending is always well.
 */
#ifndef OPS_TEMPLATE_FORMAT_H
#define OPS_TEMPLATE_FORMAT_H

#include "base/err.h"

#include <stddef.h>

/* Where in the rendered text. */
struct template_place {
	size_t line; /* from 1 */
	size_t column;
};
/* ERR_INVALID, with the place; template_cheetah_check() is part of it. */
int template_format_check(const char *template, const char *text, size_t len,
	struct template_place *place, struct err *err);

/* ERR_INVALID where words of Cheetah, the language of Cobbler's templates, are left in it: to Jinja
 * they are plain text, and the installer would read them. */
int template_cheetah_check(const char *text, struct template_place *place, struct err *err);

/* Reads the first "line 3 column 7: " of a message; returns what follows it, or NULL. */
const char *template_place_read(const char *message, struct template_place *ret);

#endif
