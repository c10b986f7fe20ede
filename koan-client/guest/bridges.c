#include "koan-client/guest/bridges.h"

#include "base/strbuf.h"

#include <dirent.h>
#include <sys/stat.h>

#define INTERFACES "/sys/class/net"

static bool exists(const char *interface, const char *attribute)
{
	autofree char *path = xasprintf(INTERFACES "/%s/%s", interface, attribute);
	struct stat st;

	return stat(path, &st) == 0;
}

static void list_bridges(struct strbuf *ret)
{
	autostrv names = STRV_INIT;
	DIR *list = opendir(INTERFACES);
	const struct dirent *entry;

	while (list && (entry = readdir(list)))
		if (exists(entry->d_name, "bridge"))
			strv_add(&names, entry->d_name);
	if (list)
		closedir(list);
	strv_sort(&names);
	strv_join(&names, ", ", ret);
}

int bridges_check(const struct guest *guest, struct err *err)
{
	for (size_t i = 0; i < guest->n_nics; i++) {
		autostrbuf names = STRBUF_INIT;

		if (exists(guest->nics[i].bridge, ""))
			continue;
		list_bridges(&names);
		return err_set(err, ERR_NOT_FOUND,
			"there is no bridge '%s' on this host (there %s%s); choose one with "
			"--virt-bridge",
			guest->nics[i].bridge, names.len ? "is: " : "is none", names.buf);
	}
	return 0;
}
