/*
 * From Cheetah, the language of Cobbler's answer files, to Jinja. What has no like there is kept as
 * a Jinja comment and marked, so that a person can finish the work; the rest renders as Cobbler
 * rendered it, line ends included (with trim_blocks and lstrip_blocks, as templates are rendered
 * here). Cobbler echoes a placeholder of which it knows nothing, and so leaves the shell's
 * variables alone: a name that the text's own shell code sets stays as it is, and one in capitals
 * stays where no variable of that name is defined. Language: cheetahtemplate.org/users_guide (3.x),
 * with Cobbler's SNIPPET, getVar and varExists.
 */
#ifndef TEMPLATE_CHEETAH_H
#define TEMPLATE_CHEETAH_H

#include "base/strbuf.h"

/* A place that needs a person. */
struct cheetah_mark {
	size_t line; /* of the Cheetah text, from 1 */
	char *message;
};
struct cheetah_marks {
	struct cheetah_mark *v;
	size_t n, alloc;
};
void cheetah_marks_done(struct cheetah_marks *marks);
static inline void auto_cheetah_marks(struct cheetah_marks *marks)
{
	cheetah_marks_done(marks);
}

/* Appends the Jinja text. Any bytes are a Cheetah text: this cannot fail. `marks` begins zeroed and
 * is in the order of lines. */
void cheetah_convert(const char *text, size_t len, struct strbuf *ret, struct cheetah_marks *marks);

#endif
