/*
 * The tables of the store, made from the item tables. A new field becomes a new column at the next
 * start; anything else is a migration, a row in schema.c. db/schema.sql is a copy for people to
 * read; a test keeps it true.
 */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include "db/store.h"

/* The statements that make a new store, as they stand in db/schema.sql. */
void schema_text(const struct db *db, struct strbuf *ret);
/* Brings the writer's tables up to date, in one transaction. ERR_INVALID: a newer Bootwright's. */
int schema_update(struct db *db, struct err *err);

#endif
