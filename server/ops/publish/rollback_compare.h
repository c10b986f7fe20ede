/* What a rollback would publish, beside what is published: rollback.c's dry run. */
#ifndef OPS_ROLLBACK_COMPARE_H
#define OPS_ROLLBACK_COMPARE_H

#include "ops/server.h"

/* Two generations that are open: the published one, and the older one and its number. */
struct rollback_pair {
	int from;
	int to;
	uint64_t number;
};
/* How many files differ, and the unified diff, appended. `local`: MAC addresses of machines that do
 * not go back; their files count as they would be written. The publisher's lock is held. */
int rollback_compare(struct server *server, const struct rollback_pair *pair,
	const struct strv *local, size_t *changed, struct strbuf *diff, struct err *err);

#endif
