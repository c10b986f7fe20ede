/*
 * Tells whether anything below some folders has changed, by one number that rises when it has. The
 * number is exact: inotify(7) queues its event before the write(2) or rename(2) that caused it
 * returns, so whoever asks after a change has been made sees it. Asking costs one ioctl(2) while
 * nothing changes. A folder may be missing and come later, be a symbolic link, be moved away and
 * replaced; folders in it are found as they come.
 *
 * Where inotify cannot tell (a network's file system, another machine's change, no watches left)
 * each question looks at every file's inode, size and times: slower, and blind to two changes of
 * the same size within one tick of the clock. Not seen at all: a write through mmap(2) before the
 * file is closed, and a file system mounted over a folder.
 */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct watch;

struct watch *watch_new(void);
void watch_free(struct watch *watch);
DEFINE_AUTO(watch, struct watch *, watch_free)

/* Watches the folder `name` in the folder `dirfd`, which is borrowed and must stay open. Before the
 * first question, by one thread. */
void watch_add(struct watch *watch, int dirfd, const char *name);

/* Never 0. Thread-safe. */
uint64_t watch_generation(struct watch *watch);
/* False where it has to look at every file. */
bool watch_is_exact(struct watch *watch);

#endif
