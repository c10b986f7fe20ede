/* Opening the store: its lock, its file, its tables. */
#include "base/file.h"
#include "db/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#define STORE_NAME "bootwright.db"
#define LOCK_NAME  "bootwright.lock"

/* A program that a killed bootwrightd was just starting shares its lock until it is executed: so a
 * moment's patience, which a second bootwrightd waits in vain. */
static int lock_patiently(int fd)
{
	for (int tries = 0; tries < 20; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			return -1;
		nanosleep(&(struct timespec){.tv_nsec = 25000000}, NULL);
	}
	errno = EWOULDBLOCK;
	return -1;
}

/* The lock is on a file of its own: closing any descriptor of the store itself would drop the locks
 * that SQLite holds on it. */
static int lock_folder(struct db *db, const char *folder, struct err *err)
{
	autostrbuf holder = STRBUF_INIT;
	autofree char *pid = xasprintf("%ld\n", (long)getpid());

	db->lock_fd = openat(db->folder_fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (db->lock_fd < 0)
		return err_sys(err, "cannot open '%s/%s'", folder, LOCK_NAME);
	if (lock_patiently(db->lock_fd) < 0) {
		if (errno != EWOULDBLOCK)
			return err_sys(err, "cannot lock '%s/%s'", folder, LOCK_NAME);
		if (file_read(db->folder_fd, LOCK_NAME, 32, &holder, NULL) == 0)
			holder.buf[strcspn(holder.buf, "\n")] = '\0';
		return err_set(err, ERR_BUSY,
			"'%s' is in use by another bootwrightd (process %s); stop that one first",
			folder, holder.buf);
	}
	if (ftruncate(db->lock_fd, 0) < 0 ||
		pwrite(db->lock_fd, pid, strlen(pid), 0) != (ssize_t)strlen(pid))
		return err_sys(err, "cannot write '%s/%s'", folder, LOCK_NAME);
	return 0;
}

/* SQLite would make it with the mode of the umask; it holds password hashes. */
static int make_file(struct db *db, struct err *err)
{
	autoclose int fd =
		openat(db->folder_fd, STORE_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", db->path);
	return 0;
}

static int load_revision(struct db *db, struct err *err)
{
	autonewstmt *stmt = stmt_new(&db->writer, "SELECT max(revision) FROM revisions", err);

	if (!stmt || stmt_step(stmt, err) < 0)
		return -1;
	atomic_store(&db->revision, sqlite3_column_int64(stmt, 0));
	db->age.opened = sqlite3_column_int64(stmt, 0);
	for (size_t i = 0; i < ITEM_KINDS; i++)
		atomic_store(&db->revision_of[i], sqlite3_column_int64(stmt, 0));
	return 0;
}

static int open_all(struct db *db, const char *folder, struct err *err)
{
	if (file_open_dir(AT_FDCWD, folder, &db->folder_fd, err) < 0)
		return -1;
	if (lock_folder(db, folder, err) < 0 || make_file(db, err) < 0)
		return -1;
	if (conn_open(&db->writer, db->path, true, err) < 0)
		return -1;
	if (schema_update(db, err) < 0)
		return err_wrap(err, "'%s'", db->path);
	return load_revision(db, err);
}

/* What one statement may have to undo stays in memory up to 4 MiB, or each one of a large
 * transaction would write a temporary file: SQLite's own limit is the size of a few pages. It wants
 * to know before anything else; where another store is open already, it has been told. */
static void configure(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, 4 << 20);
}

int db_open(const char *folder, struct db **ret, struct err *err)
{
	struct db *db = xcalloc(1, sizeof(*db));

	configure();
	db->path = xasprintf("%s/%s", folder, STORE_NAME);
	db->folder_fd = -1;
	db->lock_fd = -1;
	pthread_mutex_init(&db->writing, NULL);
	pthread_mutex_init(&db->pooling, NULL);
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		type_sql_init(&db->sql[kind], item_types[kind]);
	references_init(db);
	if (open_all(db, folder, err) < 0) {
		db_close(db);
		return -1;
	}
	*ret = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	/* the writer last: it alone may checkpoint */
	while (db->idle) {
		struct conn *conn = db->idle;

		db->idle = conn->next;
		conn_close(conn);
		free(conn);
	}
	conn_close(&db->writer);
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		type_sql_done(&db->sql[kind]);
	references_done(db);
	auto_close(&db->lock_fd);
	auto_close(&db->folder_fd);
	pthread_mutex_destroy(&db->writing);
	pthread_mutex_destroy(&db->pooling);
	free(db->path);
	free(db);
}
