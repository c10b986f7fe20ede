#include "base/account.h"

#include "base/mem.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>

int account_find(const char *name, struct account *ret, struct err *err)
{
	struct passwd entry, *found = NULL;
	char strings[4096];

	if (getpwnam_r(name, &entry, strings, sizeof(strings), &found) != 0 || !found)
		return err_set(err, ERR_NOT_FOUND, "there is no account '%s'", name);
	*ret = (struct account){xstrdup(entry.pw_name), entry.pw_uid, entry.pw_gid};
	return 0;
}

void account_self(struct account *ret)
{
	struct passwd entry, *found = NULL;
	char strings[4096];

	getpwuid_r(geteuid(), &entry, strings, sizeof(strings), &found);
	ret->name = found ? xstrdup(entry.pw_name) : xasprintf("uid %u", geteuid());
	ret->uid = geteuid();
	ret->gid = getegid();
}

void account_done(struct account *account)
{
	free(account->name);
	account->name = NULL;
}

int account_become(const struct account *account, struct err *err)
{
	if (setgroups(0, NULL) < 0 || setresgid(account->gid, account->gid, account->gid) < 0 ||
		setresuid(account->uid, account->uid, account->uid) < 0)
		return err_sys(err, "cannot become '%s'", account->name);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, "cannot give up privileges");
	/* A kernel that let us back would make all of this a show. */
	if (account->uid != 0 && setresuid(0, 0, 0) == 0)
		return err_set(
			err, ERR_INTERNAL, "could become root again after '%s'", account->name);
	return 0;
}
