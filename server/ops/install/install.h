/*
 * Installations: when one begins, when it is over, when it has failed often or long enough. What is
 * over turns the machine's boot files into a local boot: its record, the event that says why and
 * netboot_enabled are one transaction, and the files follow at once, or, where the server died in
 * between or the disk was full, as soon as that can be.
 *
 * The bounds are install_tries and install_hours of the settings, the profile or the system. The
 * last try that is allowed runs to its end, but its machine's files are local from its begin on, so
 * that no loader starts one more. What counts as a try stands in db/db.h. The hours are those that
 * this server measured, plus the time that it did not run, but of that at most an hour for each
 * start: a clock that jumps gives up nothing.
 */
#ifndef OPS_INSTALL_H
#define OPS_INSTALL_H

#include "ops/edit/edit.h"

/* An installer reports its start, or with `end` its end; `address`: from where. After an end the
 * machine boots from its disk (pxe_just_once). ERR_NOT_FOUND. */
int install_report(
	struct server *server, const char *system, bool end, const char *address, struct err *err);

/* Signs of installers (in the order of their tries), and what follows from them. */
int install_signs(
	struct server *server, const struct db_install_sign *sign, size_t n, struct err *err);

/* The system of `edit` installs at its next start, as if it had never tried; with `cancel` it boots
 * from its disk, and what became of its installation is forgotten. `ret` as edit_item(). */
int install_reinstall(
	struct server *server, const struct edit *edit, bool cancel, json_t **ret, struct err *err);

/* {"system", "state": "none|started|finished|gave up", "armed", "tries", "first", "started",
 * "finished", "hours", "why"}; times are null where there is none. */
json_t *install_json(const struct db_install *install);
/* "the installation of 'web7' was given up: …", and what to do about it. */
void install_advice(
	const struct db_install *install, struct strbuf *problem, struct strbuf *advice);

/* At a start, and then every minute with the seconds that have passed: gives up what has come to a
 * bound, publishes what an end could not. */
void install_resume(struct server *server);
void install_tick(struct server *server, double seconds);

#endif
