#include "koan-client/bootloader/marker.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char *path_of(const struct marker *marker)
{
	return xasprintf("%s/%s", marker->folder, marker->name);
}

int marker_is_set(const struct marker *marker, bool *ret, struct err *err)
{
	autofree char *path = path_of(marker);
	struct stat st;

	*ret = lstat(path, &st) == 0;
	/* Not to know whether a disk is to be kept is no reason to overwrite it. */
	return *ret || errno == ENOENT ? 0 : err_sys(err, "'%s'", path);
}

int marker_set(const struct marker *marker, const char *what, struct err *err)
{
	autofree char *path = path_of(marker);
	autostrbuf text = STRBUF_INIT;
	time_t now = time(NULL);
	struct tm tm;
	char when[32];

	gmtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	strbuf_addf(&text, "%s installer of %s\n", when, what);
	if (file_mkdirs(AT_FDCWD, marker->folder, 0755, err) < 0 ||
		file_publish(AT_FDCWD, path, 0644, text.buf, text.len, err) < 0)
		return err_wrap(err, "cannot note that the installer starts");
	return 0;
}

int marker_clear(const struct marker *marker, bool *was, struct err *err)
{
	autofree char *path = path_of(marker);

	*was = unlink(path) == 0;
	return *was || errno == ENOENT ? 0 : err_sys(err, "'%s'", path);
}
