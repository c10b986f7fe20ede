/*
 * Patterns of signatures: text with {names} in it, for finding values in a line of a file and for
 * putting them into a path. No regular expressions: a pattern takes time linear in the line.
 */
#ifndef OPS_PATTERN_H
#define OPS_PATTERN_H

#include "base/strbuf.h"
#include "model/value.h"

#include <stdbool.h>

/*
 * Looks for the pattern in each line of `text`. A blank stands for one or more blanks; {name} for
 * the bytes up to the first place where the text after it matches, at least one, or up to the end
 * of the line. A pattern that begins with text may begin anywhere in the line. The values of the
 * first line that matches are added to `found`, but for names that it has already. Returns whether
 * a line matched.
 */
bool pattern_match(const char *pattern, const char *text, struct opt_map *found);

/* Appends `pattern` with every {name} replaced by its value. Where a name has none, `ret` is left
 * as it was and false returned; `missing` (may be NULL) then points at its "{name". */
bool pattern_expand(const char *pattern, const struct opt_map *values, struct strbuf *ret,
	const char **missing);

#endif
