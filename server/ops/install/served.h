/*
 * What was served to each system over HTTP. A request only counts in memory, in a shard of its own
 * lock. One transaction writes what is new every few seconds, and every minute how often the rest
 * was asked for: a crash loses no more than those. What machines ask for are also signs of their
 * installations (install.h), which are taken then.
 */
#ifndef OPS_SERVED_H
#define OPS_SERVED_H

#include "ops/answer/answer.h"

struct served;

struct served *served_new(void);
/* What was not flushed is lost. */
void served_free(struct served *served);

struct served_answer {
	const char *system;
	const char *what; /* db_served's */
	const struct answer *answer;
	const char *address; /* of who got it */
	enum install_sign sign;
};
/* An answer was made for a system. True where a flush should not wait: memory is bounded, and what
 * finds no room is not recorded. */
bool served_note(struct server *server, const struct served_answer *served);
/* Writes what was noted: with `all` everything, else only answers that were not noted lately. */
void served_flush(struct server *server, bool all);
/* An installation of the system begins or ends with the next write: what was noted until now is no
 * sign of one that comes after it. */
void served_forget_signs(struct server *server, const char *system);
/* {"items": [{"what", "sha256", "size", "first", "last", "times", "address"}], "next"}, what was
 * served last first, up to this moment; with `after` (a "next") only what comes after that.
 * ERR_NOT_FOUND: no such system. */
int served_list(struct server *server, const char *system, int64_t after, size_t limit,
	json_t **ret, struct err *err);

#endif
