/*
 * Enough of GRUB's script language (its manual, "Writing GRUB configuration files directly") to run
 * the files that are published: commands, quoting, variables, if, for, menu entries. Commands
 * themselves are the caller's.
 */
#ifndef BOOT_GRUB_SCRIPT_H
#define BOOT_GRUB_SCRIPT_H

#include "base/err.h"
#include "base/json.h"
#include "base/strv.h"

#include <stdbool.h>

/* One of the menu: its body is run like a script. */
struct grub_entry {
	char *title;
	char *id;
	char *body;
	bool submenu;
};

struct grub_script {
	json_t *variables; /* name → text */
	struct grub_entry *entry;
	size_t entries;
	bool over; /* no more commands: the machine has gone elsewhere */
	/* Runs a command that is not the language's own. *ret: whether it succeeded. */
	int (*command)(void *ctx, const struct strv *words, bool *ret, struct err *err);
	void *ctx;
	unsigned left; /* commands that may still be run */
};

void grub_script_init(struct grub_script *script);
void grub_script_done(struct grub_script *script);
const char *grub_variable(const struct grub_script *script, const char *name);
void grub_set(struct grub_script *script, const char *name, const char *value);
/* ERR_INVALID: it is no such script, with the line; else what a command fails with. */
int grub_script_run(struct grub_script *script, const char *text, struct err *err);
/* Forgets the menu's entries: a configuration that is run next has its own. */
void grub_script_forget(struct grub_script *script);

#endif
