/* Writes: one transaction each, of one item or of a hundred thousand. */
#include "db/store.h"

#include <string.h>

static const struct item_type *type_of(const struct db_write *write)
{
	return write->put ? write->put->type : write->type;
}

static const char *name_of(const struct db_write *write)
{
	return write->put ? write->put->name : write->name;
}

static int by_name(const void *a, const void *b)
{
	const struct db_write *x = *(const struct db_write *const *)a;
	const struct db_write *y = *(const struct db_write *const *)b;
	enum item_kind kind = type_of(x)->kind;

	if (kind != type_of(y)->kind)
		return kind < type_of(y)->kind ? -1 : 1;
	return strcmp(name_of(x), name_of(y));
}

/* In which order two writes of one item would count, nobody can tell. */
static int check_twice(const struct db_write *write, size_t n, struct err *err)
{
	autofree const struct db_write **sorted = xcalloc(n, sizeof(struct db_write *));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &write[i];
	qsort(sorted, n, sizeof(struct db_write *), by_name);
	for (size_t i = 1; i < n; i++)
		if (by_name(&sorted[i - 1], &sorted[i]) == 0)
			return err_set(err, ERR_INVALID,
				"%s '%s' comes twice; once is enough, with all that it shall be",
				type_of(sorted[i])->name, name_of(sorted[i]));
	return 0;
}

/* What removals take away first is free for the items that are put; what those let go of can be
 * removed at last. */
enum step { REMOVE_BEGIN, PUT_BEGIN, PUT_END, REMOVE_END, STEPS };

static int take_step(struct db *db, const struct db_author *author, const struct db_write *write,
	struct pending *pending, enum step step, struct err *err)
{
	switch (step) {
	case REMOVE_BEGIN:
		return write->put ? 0 : remove_begin(db, author, write, err);
	case PUT_BEGIN:
		return write->put ? put_begin(db, author, pending, write->expect, err) : 0;
	case PUT_END:
		return write->put ? put_end(db, pending, err) : 0;
	case REMOVE_END:
		return write->put ? 0 : remove_end(db, write, err);
	case STEPS:
		break;
	}
	return 0;
}

/* "system 'web7': …" where the message does not begin with that itself. */
static int wrap_item(const struct db_write *write, struct err *err)
{
	autofree char *item = xasprintf("%s '%s'", type_of(write)->name, name_of(write));

	if (err && strncmp(err->msg, item, strlen(item)) == 0)
		return -1;
	return err_wrap(err, "%s", item);
}

static int write_steps(struct db *db, const struct db_author *author, const struct db_write *write,
	struct pending *pending, size_t n, struct err *err)
{
	for (enum step step = 0; step < STEPS; step++)
		for (size_t i = 0; i < n; i++)
			if (take_step(db, author, &write[i], &pending[i], step, err) < 0)
				return n == 1 ? -1 : wrap_item(&write[i], err);
	return 0;
}

int db_write_all(struct db *db, const struct db_author *author, struct db_write *write, size_t n,
	struct err *err)
{
	autofree struct pending *pending = NULL;

	if (n == 0)
		return 0;
	if (check_twice(write, n, err) < 0)
		return -1;
	pending = xcalloc(n, sizeof(*pending));
	for (size_t i = 0; i < n; i++)
		pending[i].item = write[i].put;
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, write_steps(db, author, write, pending, n, err), err);
}

int db_item_put(struct db *db, const struct db_author *author, struct item *item, int64_t expect,
	struct err *err)
{
	struct db_write write = {.put = item, .expect = expect};

	return db_write_all(db, author, &write, 1, err);
}

int db_item_put_all(struct db *db, const struct db_author *author, struct item **items, size_t n,
	struct err *err)
{
	autofree struct db_write *write = xcalloc(n ? n : 1, sizeof(*write));

	for (size_t i = 0; i < n; i++)
		write[i] = (struct db_write){.put = items[i], .expect = DB_ANY};
	return db_write_all(db, author, write, n, err);
}

int db_item_delete(struct db *db, const struct db_author *author, const struct item_type *type,
	const char *name, int64_t expect, struct err *err)
{
	struct db_write write = {.type = type, .name = name, .expect = expect};

	return db_write_all(db, author, &write, 1, err);
}
