#include "base/account.h"

#include "base/mem.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

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

char *account_refused(int number)
{
	struct account self;
	char *text;

	if (number != EACCES && number != EPERM)
		return xstrdup("");
	account_self(&self);
	text = xasprintf(" as the account '%s'", self.name);
	account_done(&self);
	return text;
}

void account_done(struct account *account)
{
	free(account->name);
	account->name = NULL;
}

/* Ambient ones: execve() of a plain program keeps no others. */
static int limit_capabilities(uint64_t wanted, struct err *err)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2];

	for (unsigned i = 0; i < 2; i++) {
		uint32_t half = (uint32_t)(wanted >> (32 * i));

		sets[i] = (struct __user_cap_data_struct){half, half, half};
	}
	if (syscall(SYS_capset, &header, sets) < 0)
		return err_sys(err, "cannot keep the capabilities 0x%" PRIx64, wanted);
	for (unsigned long cap = 0; cap < 64; cap++)
		if ((wanted >> cap & 1) &&
			prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return err_sys(err, "cannot hand on capability %lu", cap);
	return 0;
}

int account_become(const struct account *account, struct err *err)
{
	return account_become_with(account, 0, err);
}

int account_become_with(const struct account *account, uint64_t capabilities, struct err *err)
{
	if (capabilities && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return err_sys(err, "cannot keep capabilities");
	if (setgroups(0, NULL) < 0 || setresgid(account->gid, account->gid, account->gid) < 0 ||
		setresuid(account->uid, account->uid, account->uid) < 0)
		return err_sys(err, "cannot become '%s'", account->name);
	if (capabilities && limit_capabilities(capabilities, err) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, "cannot give up privileges");
	/* A kernel that let us back would make all of this a show. */
	if (account->uid != 0 && setresuid(0, 0, 0) == 0)
		return err_set(
			err, ERR_INTERNAL, "could become root again after '%s'", account->name);
	return 0;
}
