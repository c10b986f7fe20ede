/*
 * How long ago something was written, by time that passed: the clock on the wall can be set. Now
 * and then a write leaves a mark, the revision until then and the time that had passed.
 */
#include "db/store.h"

#include <time.h>

enum { MARK_SECONDS = 3600 };

/* Also while the machine slept. */
static double passed(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void age_mark(struct db *db)
{
	struct age *age = &db->age;
	double now = passed();

	if (age->n && now - age->mark[(age->n - 1) % AGE_MARKS].passed < MARK_SECONDS)
		return;
	age->mark[age->n++ % AGE_MARKS] = (struct age_mark){db->last, now};
}

static bool is_older(const struct db *db, const struct db_revision *revision, double seconds)
{
	const struct age *age = &db->age;
	double then = passed() - seconds;

	if (revision->revision <= age->opened)
		return revision->time < store_now() - seconds;
	for (size_t i = 0; i < AGE_MARKS && i < age->n; i++)
		if (age->mark[i].revision >= revision->revision && age->mark[i].passed <= then)
			return true;
	return false;
}

bool db_revision_is_older(struct db *db, const struct db_revision *revision, double seconds)
{
	bool result;

	pthread_mutex_lock(&db->writing);
	result = is_older(db, revision, seconds);
	pthread_mutex_unlock(&db->writing);
	return result;
}
