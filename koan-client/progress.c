#include "koan-client/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define MIB (1024.0 * 1024.0)

void progress_init(struct progress *progress, bool on)
{
	*progress = (struct progress){.on = on, .terminal = isatty(STDERR_FILENO) == 1};
}

void progress_step(struct progress *progress, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	if (!progress->on)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "koan: %s\n", text);
}

void progress_bytes(struct progress *progress, const char *what, uint64_t done, uint64_t total)
{
	unsigned tenths = total ? (unsigned)(done * 10 / total) : 0;

	if (what != progress->what)
		progress->tenths = 0;
	progress->what = what;
	if (!progress->on || !total || (tenths <= progress->tenths && !progress->terminal))
		return;
	if (done >= total && progress->tenths >= 10)
		return;
	progress->tenths = tenths;
	fprintf(stderr, "%skoan: %s: %.1f of %.1f MiB%s", progress->terminal ? "\r" : "", what,
		(double)done / MIB, (double)total / MIB,
		progress->terminal && done < total ? "" : "\n");
}
