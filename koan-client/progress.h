/* --progress: how far koan is, on standard error. A terminal gets one line that changes, anything
 * else a line for each tenth. */
#ifndef KOAN_PROGRESS_H
#define KOAN_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	bool terminal;
	const char *what; /* under way; borrowed, and only compared */
	unsigned tenths;  /* of it, as told last */
};

void progress_init(struct progress *progress, bool on);
/* The next step begins. */
void progress_step(struct progress *progress, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Bytes of one file; the line ends when all have come. */
void progress_bytes(struct progress *progress, const char *what, uint64_t done, uint64_t total);

#endif
