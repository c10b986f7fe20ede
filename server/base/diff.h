/* The difference of two texts as people read it: unified, three lines of context. */
#ifndef BASE_DIFF_H
#define BASE_DIFF_H

#include "base/strbuf.h"

struct diff_text {
	const char *name; /* in the heading; NULL: there is no such file ("/dev/null") */
	const char *bytes;
	size_t len;
};

/*
 * Appends the unified diff of two texts; nothing where they are equal. Texts that are not text, or
 * so large or so different that comparing them line by line would take long, get one line that says
 * they differ.
 */
void diff_unified(
	const struct diff_text *before, const struct diff_text *after, struct strbuf *ret);

#endif
