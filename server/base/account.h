/* The account that a daemon runs as, and the way down to it from root. */
#ifndef BASE_ACCOUNT_H
#define BASE_ACCOUNT_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

struct account {
	char *name;
	uid_t uid;
	gid_t gid;
};

/* By name. ERR_NOT_FOUND. */
int account_find(const char *name, struct account *ret, struct err *err);
/* The one this process runs as. */
void account_self(struct account *ret);
/* " as the account 'NAME'", where `number` is the errno of a refusal, else "": root, who asks, may
 * read what the server may not. */
char *account_refused(int number);
void account_done(struct account *account);
/*
 * For good: the account's user and its own group, no other groups, no capabilities, and no way for
 * this process or what it runs to get any back. Call it before there are threads.
 */
int account_become(const struct account *account, struct err *err);
/* The same, but these capabilities (1 << CAP_… each) stay, also for what this process runs. */
int account_become_with(const struct account *account, uint64_t capabilities, struct err *err);

#endif
