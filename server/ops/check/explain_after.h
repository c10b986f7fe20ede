/* What belongs to a boot and no loader sees: the answer file, the end of the installation, what has
 * changed since it was published. Parts of explain.c. */
#ifndef OPS_EXPLAIN_AFTER_H
#define OPS_EXPLAIN_AFTER_H

#include "boot/explain.h"
#include "ops/query/chain.h"

struct explain_end {
	struct server *server;
	const struct chain *system; /* NULL: an unknown machine */
	struct explain *walk;       /* over */
};
/* Sets "answer" (the answer file, or null) and "after" (a sentence) of the chain, and adds to its
 * problems. */
int explain_after(const struct explain_end *end, json_t *chain, struct err *err);

struct explain_machine {
	const char *mac;
	const char *system; /* "": an unknown machine */
};
/* Adds what of the machine's boot files differs from what would be published now. */
void explain_stale(struct server *server, const struct explain_machine *machine, json_t *problems);

void explain_add_problem(json_t *problems, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
