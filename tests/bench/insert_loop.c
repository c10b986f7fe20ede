/*
 * The yardstick of adding systems: a bare loop that inserts as many rows, with the same indexes and
 * as durable as the server's store: a system, its network card, and the revision that says so.
 * Prints the seconds. Usage: insert_loop FILE SYSTEMS SYSTEMS-OF-A-TRANSACTION
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char schema[] =
	"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	"CREATE TABLE systems (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, uid TEXT NOT "
	"NULL UNIQUE,"
	" version INTEGER, ctime REAL, mtime REAL, profile TEXT, hostname TEXT) STRICT;"
	"CREATE INDEX systems_profile ON systems (profile);"
	"CREATE TABLE interfaces (system INTEGER REFERENCES systems, name TEXT, mac TEXT UNIQUE,"
	" ip TEXT UNIQUE, netmask TEXT, UNIQUE (system, name)) STRICT;"
	"CREATE TABLE revisions (revision INTEGER PRIMARY KEY AUTOINCREMENT, time REAL, who TEXT,"
	" action TEXT, type TEXT, uid TEXT, name TEXT, after TEXT) STRICT;"
	"CREATE INDEX revisions_item ON revisions (type, uid);";

enum { SYSTEM, CARD, REVISION, STATEMENTS };
static const char *const insert[STATEMENTS] = {
	[SYSTEM] =
		"INSERT INTO systems VALUES (?1, printf('m%06d', ?1), printf('%032x', ?1), 1, 1.5,"
		" 1.5, 'bench', printf('m%06d.example.org', ?1))",
	[CARD] = "INSERT INTO interfaces VALUES (?1, 'eth0', printf('52:54:00:%06x', ?1),"
		 " printf('10.80.%d', ?1), '255.0.0.0')",
	[REVISION] = "INSERT INTO revisions VALUES (NULL, 1.5, 'root', 'add', 'system',"
		     " printf('%032x', ?1), printf('m%06d', ?1), printf('%300d', ?1))",
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(sqlite3 *db, int result)
{
	if (result == SQLITE_OK || result == SQLITE_DONE)
		return;
	fprintf(stderr, "insert_loop: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	must(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static void insert_all(sqlite3 *db, sqlite3_stmt *const *statement, long n, long batch)
{
	for (long i = 1; i <= n; i++) {
		if ((i - 1) % batch == 0)
			run(db, "BEGIN IMMEDIATE");
		for (size_t s = 0; s < STATEMENTS; s++) {
			must(db, sqlite3_bind_int64(statement[s], 1, i));
			must(db, sqlite3_step(statement[s]));
			must(db, sqlite3_reset(statement[s]));
		}
		if (i % batch == 0 || i == n)
			run(db, "COMMIT");
	}
}

int main(int argc, char *argv[])
{
	sqlite3_stmt *statement[STATEMENTS];
	sqlite3 *db;
	double start;

	if (argc != 4) {
		fprintf(stderr, "usage: insert_loop FILE SYSTEMS SYSTEMS-OF-A-TRANSACTION\n");
		return 2;
	}
	must(NULL, sqlite3_open(argv[1], &db));
	run(db, schema);
	for (size_t s = 0; s < STATEMENTS; s++)
		must(db, sqlite3_prepare_v2(db, insert[s], -1, &statement[s], NULL));
	start = seconds();
	insert_all(db, statement, strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
	printf("%.6f\n", seconds() - start);
	for (size_t s = 0; s < STATEMENTS; s++)
		sqlite3_finalize(statement[s]);
	return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
