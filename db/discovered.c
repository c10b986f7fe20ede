/*
 * Machines that booted and that no system has. The network writes here, so room is bounded, and
 * nobody can push out what somebody else has told of: who asks over HTTP has so many entries for
 * himself, all of those together have one part of the room and machines with a lease the other.
 */
#include "db/store.h"

enum {
	OF_ONE_ASKER = 16,
	ONLY_ASKED = DISCOVERED_MAX / 2, /* without a lease */
	WITH_LEASE = DISCOVERED_MAX - ONLY_ASKED,
	/* what comes again within this time is the same start of the machine */
	SAME_START_SECONDS = 60,
};

static void bind_seen(sqlite3_stmt *stmt, const struct db_discovered *seen, double now)
{
	stmt_bind_text(stmt, 1, seen->mac);
	stmt_bind_text(stmt, 2, seen->address ? seen->address : "");
	stmt_bind_text(stmt, 3, seen->hostname ? seen->hostname : "");
	stmt_bind_text(stmt, 4, seen->loader ? seen->loader : "");
	stmt_bind_text(stmt, 5, seen->firmware ? seen->firmware : "");
	stmt_bind_text(stmt, 6, seen->client_id ? seen->client_id : "");
	stmt_bind_text(stmt, 7, seen->asker ? seen->asker : "");
	stmt_bind_real(stmt, 8, seen->lease);
	stmt_bind_real(stmt, 9, now);
	stmt_bind_int(stmt, 10, SAME_START_SECONDS);
}

/* What one source does not know leaves what the other one said. A lease that is known already is no
 * sign of life. */
static int put_seen(struct db *db, const struct db_discovered *seen, struct err *err)
{
	static const char sql[] =
		"INSERT INTO discovered (mac, address, hostname, loader, firmware, client_id, "
		"asker,"
		" lease, first, last, times)"
		" SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 1 WHERE NOT EXISTS"
		" (SELECT 1 FROM interfaces WHERE mac_address = ?1 AND mac_address <> '')"
		" ON CONFLICT (mac) DO UPDATE SET"
		" address = iif(?2 <> '', ?2, address),"
		" hostname = iif(?3 <> '', ?3, hostname),"
		" loader = iif(?4 <> '', ?4, loader),"
		" firmware = iif(?5 <> '', ?5, firmware),"
		" client_id = iif(?6 <> '', ?6, client_id),"
		" asker = iif(?7 <> '', ?7, asker),"
		" lease = iif(?8 <> 0, ?8, lease),"
		" times = times + (abs(?9 - last) >= ?10),"
		" last = ?9"
		" WHERE ?8 = 0 OR ?8 <> lease";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	bind_seen(stmt, seen, db->now);
	return stmt_run(stmt, err);
}

/* `sql` removes what is over ?1 entries, of ?2 where it says so, seen at ?3: what a clock that was
 * set back since has left in the future goes first, not what comes now. */
static int trim(struct db *db, const char *sql, int most, const char *asker, struct err *err)
{
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_int(stmt, 1, most);
	if (asker)
		stmt_bind_text(stmt, 2, asker);
	stmt_bind_real(stmt, 3, db->now);
	return stmt_run(stmt, err);
}

static int trim_askers(struct db *db, const struct db_discovered *seen, size_t n, struct err *err)
{
	static const char sql[] = "DELETE FROM discovered WHERE mac IN (SELECT mac FROM discovered"
				  " WHERE asker = ?2 AND lease = 0 ORDER BY last > ?3, last DESC, "
				  "mac LIMIT -1 OFFSET ?1)";

	for (size_t i = 0; i < n; i++)
		if (seen[i].asker && *seen[i].asker &&
			trim(db, sql, OF_ONE_ASKER, seen[i].asker, err) < 0)
			return -1;
	return 0;
}

/* Of machines with a lease, those that have also asked for a boot file stay longest: a flood of
 * DHCP requests makes none of them. */
static int trim_all(struct db *db, struct err *err)
{
	static const char asked[] =
		"DELETE FROM discovered WHERE mac IN (SELECT mac FROM discovered"
		" WHERE lease = 0 ORDER BY last > ?3, last DESC, mac LIMIT -1 OFFSET ?1)";
	static const char leased[] =
		"DELETE FROM discovered WHERE mac IN (SELECT mac FROM discovered"
		" WHERE lease <> 0 ORDER BY loader <> '' DESC, last > ?3, last DESC, mac"
		" LIMIT -1 OFFSET ?1)";

	return trim(db, asked, ONLY_ASKED, NULL, err) < 0 ? -1
	                                                  : trim(db, leased, WITH_LEASE, NULL, err);
}

static int forget_known(struct db *db, struct err *err)
{
	static const char sql[] = "DELETE FROM discovered WHERE EXISTS (SELECT 1 FROM interfaces i"
				  " WHERE i.mac_address = discovered.mac AND i.mac_address <> '')";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	return stmt ? stmt_run(stmt, err) : -1;
}

static int add_seen(struct db *db, const struct db_discovered *seen, size_t n, struct err *err)
{
	if (forget_known(db, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (put_seen(db, &seen[i], err) < 0)
			return -1;
	return trim_askers(db, seen, n, err) < 0 ? -1 : trim_all(db, err);
}

int db_discovered_add(struct db *db, const struct db_discovered *seen, size_t n, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, add_seen(db, seen, n, err), err);
}

static int list_rows(sqlite3_stmt *stmt,
	int (*each)(void *ctx, const struct db_discovered *machine, struct err *err), void *ctx,
	struct err *err)
{
	int row;

	while ((row = stmt_step(stmt, err)) > 0) {
		const struct db_discovered machine = {
			.mac = stmt_text(stmt, 0),
			.address = stmt_text(stmt, 1),
			.hostname = stmt_text(stmt, 2),
			.loader = stmt_text(stmt, 3),
			.firmware = stmt_text(stmt, 4),
			.client_id = stmt_text(stmt, 5),
			.lease = sqlite3_column_double(stmt, 6),
			.first = sqlite3_column_double(stmt, 7),
			.last = sqlite3_column_double(stmt, 8),
			.times = sqlite3_column_int64(stmt, 9),
		};

		if (each(ctx, &machine, err) < 0)
			return -1;
	}
	return row;
}

static int list_from(struct conn *conn, const struct db_discovered_query *query,
	int (*each)(void *ctx, const struct db_discovered *machine, struct err *err), void *ctx,
	struct err *err)
{
	/* one whose MAC address is a system's by now is not shown; it goes with the next write */
	static const char sql[] =
		"SELECT mac, address, hostname, loader, firmware, client_id, lease, first, last,"
		" times FROM discovered WHERE mac > ?1"
		" AND (?2 IS NULL OR mac GLOB ?2) AND (?3 IS NULL OR address GLOB ?3)"
		" AND (?4 IS NULL OR hostname GLOB ?4) AND last >= ?5"
		" AND NOT EXISTS (SELECT 1 FROM interfaces i"
		"  WHERE i.mac_address = discovered.mac AND i.mac_address <> '')"
		" ORDER BY mac LIMIT ?6";
	autostmt *stmt = stmt_get(conn, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, query->after ? query->after : "");
	stmt_bind_text(stmt, 2, query->mac);
	stmt_bind_text(stmt, 3, query->address);
	stmt_bind_text(stmt, 4, query->hostname);
	stmt_bind_real(stmt, 5, query->since);
	stmt_bind_int(stmt, 6, query->limit ? (int64_t)query->limit : -1);
	return list_rows(stmt, each, ctx, err);
}

int db_discovered_list(struct db *db, const struct db_discovered_query *query,
	int (*each)(void *ctx, const struct db_discovered *machine, struct err *err), void *ctx,
	struct err *err)
{
	struct conn *conn = reader_take(db, err);
	int result;

	if (!conn)
		return -1;
	result = list_from(conn, query, each, ctx, err);
	reader_give(db, conn);
	return result;
}

static int remove_one(struct db *db, const char *mac, struct err *err)
{
	static const char sql[] = "DELETE FROM discovered WHERE mac = ?1";
	autostmt *stmt = stmt_get(&db->writer, sql, err);

	if (!stmt)
		return -1;
	stmt_bind_text(stmt, 1, mac);
	if (stmt_run(stmt, err) < 0)
		return -1;
	if (!sqlite3_changes(db->writer.handle))
		return err_set(
			err, ERR_NOT_FOUND, "no machine with MAC address %s was discovered", mac);
	return 0;
}

int db_discovered_remove(struct db *db, const char *mac, struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, remove_one(db, mac, err), err);
}
