/*
 * Do machines get an answer file? A template may name what nobody defined; its author learns that
 * here, and not from a machine that waits at a question.
 */
#ifndef OPS_CHECK_ANSWERS_H
#define OPS_CHECK_ANSWERS_H

#include "ops/server.h"

/* True where the answer file of a profile, or of a system that names a template itself, cannot be
 * rendered: `problem` and `advice` say it of the first, and how many more there are. At most
 * CHECK_ANSWERS profiles and as many such systems are tried; `template check` tries all systems. */
enum { CHECK_ANSWERS = 200 };
bool answers_fail(struct server *server, struct strbuf *problem, struct strbuf *advice);

#endif
