#include "koan-client/disk/blank.h"

#include "base/mem.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <string.h>

DEFINE_AUTO(probe, blkid_probe, blkid_free_probe)
#define autoprobe AUTO(probe)

static char *describe(blkid_probe probe)
{
	const char *type = NULL;
	const char *table = NULL;

	blkid_probe_lookup_value(probe, "TYPE", &type, NULL);
	blkid_probe_lookup_value(probe, "PTTYPE", &table, NULL);
	if (type)
		return xasprintf("a file system or label (%s)", type);
	return table ? xasprintf("a partition table (%s)", table) : xstrdup("something");
}

int blank_find(int fd, char **ret, struct err *err)
{
	autoprobe blkid_probe probe = blkid_new_probe();
	int found;

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) < 0)
		return err_sys(err, "cannot be looked at");
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE);
	blkid_probe_enable_partitions(probe, 1);
	/* A second GPT at the end counts, too, where the first was overwritten. */
	blkid_probe_set_partitions_flags(probe, BLKID_PARTS_FORCE_GPT);
	errno = 0;
	found = blkid_do_safeprobe(probe);
	if (found == -1 && errno)
		return err_sys(err, "cannot be looked at");
	/* -2 is more than one: several signatures that contradict each other. */
	*ret = found == 1 || found == -1 ? NULL
	       : found == 0              ? describe(probe)
	                                 : xstrdup("several file systems or labels");
	return 0;
}
