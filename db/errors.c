/* What SQLite's result codes mean for people. */
#include "db/store.h"

#include <errno.h>

static bool disk_is_full(sqlite3 *handle)
{
	int number = sqlite3_system_errno(handle);

	return (sqlite3_errcode(handle) & 0xff) == SQLITE_FULL ||
	       ((sqlite3_errcode(handle) & 0xff) == SQLITE_IOERR &&
		       (number == ENOSPC || number == EDQUOT));
}

int store_error(sqlite3 *handle, struct err *err)
{
	const char *path = sqlite3_db_filename(handle, "main");

	if (disk_is_full(handle))
		return err_set(err, ERR_NO_SPACE,
			"the disk that holds '%s' is full; nothing was changed", path);
	switch (sqlite3_errcode(handle) & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_BUSY, "another program has '%s' open and locked", path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(err, ERR_IO,
			"the store '%s' is damaged (%s); put back a backup of it", path,
			sqlite3_errmsg(handle));
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return err_set(err, ERR_IO, "cannot use '%s': %s", path, sqlite3_errmsg(handle));
	default:
		return err_set(
			err, ERR_INTERNAL, "the store '%s': %s", path, sqlite3_errmsg(handle));
	}
}

bool store_error_is_constraint(sqlite3 *handle)
{
	return (sqlite3_errcode(handle) & 0xff) == SQLITE_CONSTRAINT;
}
