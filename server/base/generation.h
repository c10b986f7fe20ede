/*
 * A published tree that is always whole: ROOT/gen/N holds one generation, the link ROOT/current
 * (relative, "gen/N") says which one counts, and switching it is one rename(2). A new generation is
 * made aside as gen/.new-N, brought to the disk by one syncfs(2), named and switched to. The one
 * before stays for generation_switch(); of older ones as many as the caller wants.
 *
 *	generation_begin(rootfd, &generation, err);
 *	… make files below generation.fd …
 *	generation_publish(&generation, &keep, err);
 *	generation_done(&generation);     removes what was not published
 *
 * One process at a time may do this to a root; the caller sees to that.
 */
#ifndef BASE_GENERATION_H
#define BASE_GENERATION_H

#include "base/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct generation {
	int root; /* borrowed */
	int fd;   /* its folder; -1: none begun */
	uint64_t number;
	bool published;
};

/* Begins the next one, with an empty folder. */
int generation_begin(int root, struct generation *ret, struct err *err);
/* Which generations stay beside the new one and the one before it. */
struct generation_keep {
	size_t count;   /* at most, the newest */
	double seconds; /* that were made within */
};
/*
 * Makes it the one that counts. On failure (ERR_NO_SPACE …) the one before still does. Afterwards
 * what is not kept has been moved to ROOT/.old-N, for generation_trash_empty().
 */
int generation_publish(
	struct generation *generation, const struct generation_keep *keep, struct err *err);
/* Removes it where it was not published. */
void generation_done(struct generation *generation);

/* The number of the one that counts; 0: none was ever published. */
int generation_current(int root, uint64_t *ret, struct err *err);
/* Opens its folder; ERR_NOT_FOUND where there is none. */
int generation_open(int root, int *ret, struct err *err);
/* The numbers of all that are there, the newest first: n of them, yours. */
int generation_list(int root, uint64_t **ret, size_t *n, struct err *err);
/* Opens the folder of one; ERR_NOT_FOUND names those that are there. */
int generation_open_number(int root, uint64_t number, int *ret, struct err *err);
/* Makes another one count again. ERR_NOT_FOUND as above. */
int generation_switch(int root, uint64_t number, struct err *err);
/* At start: moves to ROOT/.old-N what an interrupted process left behind, for
 * generation_trash_empty(). With `keep_newer`, after generation_switch(), those above the one that
 * counts are no such thing. */
int generation_clean(int root, bool keep_newer, struct err *err);

/* Removes old generations in a thread of its own, because tens of thousands of files take a while
 * and nobody should wait for that. */
struct generation_trash {
	pthread_t thread;
	bool running;
	int root;
};
/* Begins, where nothing is being removed already; `root` must stay open until it is done. */
void generation_trash_empty(struct generation_trash *trash, int root);
/* Waits until it is done. */
void generation_trash_wait(struct generation_trash *trash);

#endif
