/*
 * What was said lately, so that a machine that asks every second does not fill the events: a fixed
 * number of slots, whatever the network sends. Thread-safe.
 */
#ifndef OPS_RECENT_H
#define OPS_RECENT_H

#include "base/mem.h"

#include <stdbool.h>

struct recent;

struct recent *recent_new(void);
void recent_free(struct recent *recent);
DEFINE_AUTO(recent, struct recent *, recent_free)

/* True unless it was asked for the same text less than `seconds` ago. Texts that fall into one slot
 * push each other out. */
bool recent_first(struct recent *recent, const char *text, unsigned seconds);

#endif
