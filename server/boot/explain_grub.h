/* GRUB's commands: explain_grub.c's other half. */
#ifndef BOOT_EXPLAIN_GRUB_H
#define BOOT_EXPLAIN_GRUB_H

#include "boot/explain.h"
#include "boot/grub_script.h"

enum grub_kind {
	GRUB_SIGNED, /* over TFTP */
	GRUB_DISTRO, /* the same, a distribution's own */
	GRUB_OWN,    /* over HTTP */
	GRUB_IMAGE,  /* in a disk image */
};

struct grub {
	struct explain *explain;
	enum grub_kind kind;
	const char *url; /* of GRUB itself */
	bool has_http;   /* the signed one has loaded the module */
	struct grub_script script;
	struct explain_start start;
	char *said; /* by the last echo */
	unsigned depth;
	bool in_submenu; /* it waits for somebody */
};

/* For struct grub_script; `ctx` is the struct grub. */
int grub_command(void *ctx, const struct strv *words, bool *ret, struct err *err);
/* Starts what has been loaded; *ret: there was something. */
int grub_boot(struct grub *grub, bool *ret, struct err *err);
/* Runs a configuration that has been fetched, with its menu. */
int grub_run_config(struct grub *grub, const char *text, struct err *err);
/* Fetches one and runs it; *ret: it was there. */
int grub_configfile(struct grub *grub, const char *path, bool *ret, struct err *err);

#endif
