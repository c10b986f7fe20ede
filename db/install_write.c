/* Installations: signs and ends, a transaction each. */
#include "db/store.h"

#include "model/types.h"

#include <string.h>

static bool is_under_way(const struct db_install *install)
{
	return strcmp(install->state, INSTALL_STARTED) == 0;
}

static void set_text(char **text, const char *to)
{
	free(*text);
	*text = xstrdup(to);
}

/* The first try of an installation. */
static void begin(struct db_install *install, double now)
{
	set_text(&install->state, INSTALL_STARTED);
	set_text(&install->why, "");
	install->first = now;
	install->finished = 0;
	install->age = 0;
	install->tried = 0;
	install->tries = 0;
}

static bool begins_try(const struct db_install *install, enum install_sign sign)
{
	if (sign > install->sign)
		return false;
	return sign == INSTALL_REPORTED || install->age - install->tried >= INSTALL_TRY_SECONDS;
}

/* False where the sign says nothing new. */
static bool take_sign(struct db_install *install, enum install_sign sign, double now)
{
	bool first = !is_under_way(install);

	if (first) {
		/* a machine that is out of it, or that boots from its disk */
		if (!install->armed && sign != INSTALL_REPORTED)
			return false;
		begin(install, now);
	}
	if (first || begins_try(install, sign)) {
		install->tries++;
		install->tried = install->age;
		install->started = now;
	} else if (sign <= install->sign) {
		return false;
	}
	install->sign = sign;
	return true;
}

/* What was given up stays so, whatever still runs there; a report of its end is another matter. */
static bool is_given_up(const struct db_install *install)
{
	return strcmp(install->state, INSTALL_GAVE_UP) == 0 && !install->armed;
}

static int add_sign(
	struct db *db, const struct db_install_sign *sign, struct strv *ret, struct err *err)
{
	struct db_install install;
	int found = install_load(&db->writer, sign->system, &install, err);
	int result = 0;

	if (found < 0)
		return -1;
	if (!found && sign->sign == INSTALL_REPORTED)
		result = err_set(err, ERR_NOT_FOUND, "no system '%.100s'", sign->system);
	if (found && !is_given_up(&install) && take_sign(&install, sign->sign, db->now)) {
		result = install_store(db, &install, err);
		if (ret)
			strv_add(ret, sign->system);
	}
	db_install_done(&install);
	return result;
}

static int add_signs(struct db *db, const struct db_install_sign *sign, size_t n, struct strv *ret,
	struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (add_sign(db, &sign[i], ret, err) < 0)
			return -1;
	return 0;
}

int db_install_signs(struct db *db, const struct db_install_sign *sign, size_t n, struct strv *ret,
	struct err *err)
{
	if (write_begin(db, err) < 0)
		return -1;
	return write_end(db, add_signs(db, sign, n, ret, err), err);
}

/* Turns netboot_enabled off; `after` stays NULL where it was. */
static int put_local(struct db *db, const struct db_author *author, const char *name,
	struct item **before, struct item **after, struct err *err)
{
	autoitem struct item *was = load_expected(db, &system_type, name, DB_ANY, err);
	autoitem struct item *is = was ? item_copy(was) : NULL;
	struct pending pending = {.item = is};

	if (!was)
		return -1;
	((struct system *)is)->netboot_enabled = (struct opt_bool){.set = true, .value = false};
	if (put_begin(db, author, &pending, DB_ANY, err) < 0 || put_end(db, &pending, err) < 0)
		return -1;
	if (!pending.row)
		return 0;
	*before = TAKE(was);
	*after = TAKE(is);
	return 0;
}

static void set_end(struct db_install *install, const struct db_install_end *end, double now)
{
	if (!end->state)
		return;
	set_text(&install->state, end->state);
	set_text(&install->why, end->why);
	install->finished = now;
	if (strcmp(end->state, INSTALL_FINISHED) == 0) {
		install->tries = 0;
		install->sign = INSTALL_NO_SIGN;
	}
}

static int end_loaded(struct db *db, const struct db_author *author,
	const struct db_install_end *end, struct db_install *install, struct item **before,
	struct item **after, struct err *err)
{
	if (end->boot_from_disk && put_local(db, author, end->system, before, after, err) < 0)
		return -1;
	set_end(install, end, db->now);
	install->unpublished |= *after != NULL;
	if (install_store(db, install, err) < 0)
		return -1;
	return end->event ? event_add(db, end->event, err) : 0;
}

static int end_install(struct db *db, const struct db_author *author,
	const struct db_install_end *end, struct item **before, struct item **after, bool *done,
	struct err *err)
{
	struct db_install install;
	int found = install_load(&db->writer, end->system, &install, err);
	int result = 0;

	if (found < 0)
		return -1;
	*done = !end->if_under_way || is_under_way(&install);
	if (!found)
		result = err_set(err, ERR_NOT_FOUND, "no system '%.100s'", end->system);
	else if (*done)
		result = end_loaded(db, author, end, &install, before, after, err);
	db_install_done(&install);
	return result;
}

int db_install_end(struct db *db, const struct db_author *author, const struct db_install_end *end,
	struct item **before, struct item **after, bool *done, struct err *err)
{
	autoitem struct item *was = NULL;
	autoitem struct item *is = NULL;
	bool is_done = false;

	if (write_begin(db, err) < 0 ||
		write_end(db, end_install(db, author, end, &was, &is, &is_done, err), err) < 0)
		return -1;
	*before = TAKE(was);
	*after = TAKE(is);
	if (done)
		*done = is_done;
	return 0;
}
