/*
 * What the server wants done: its JSON answer, checked member by member and turned into a struct.
 * Nothing of an answer is used before all of it was checked; koan trusts a server no further than
 * these types, ranges and character sets. Members that koan does not know are ignored, so that an
 * older koan works with a newer server of the same format.
 */
#ifndef KOAN_PLAN_H
#define KOAN_PLAN_H

#include "base/err.h"
#include "base/net.h"
#include "base/sha256.h"
#include "base/strv.h"

#include "koan-client/checks.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PLAN_FORMAT      1
#define PLAN_BYTES_MAX   ((size_t)256 << 10)
#define PLAN_LIST_MAX    ((size_t)16 << 20)
#define PLAN_INITRDS_MAX 8
#define PLAN_SERVERS_MAX 8

struct plan_file {
	char *url;
	uint64_t size; /* bytes, at least 1 */
	char sha256[SHA256_TEXT];
	bool has_answer; /* of our own making, with an answer file in it: nobody else may read it */
};

struct plan_nic {
	char *name;
	char *type;   /* the server's interface_type: "na", "bond", "bond_slave", … */
	char *bridge; /* "" for the guest's default */
	struct mac mac;
	bool has_mac;
	char *ip_address; /* these are "" where the server has none */
	char *netmask;
	char *gateway;
};

struct plan_virt {
	char *type;   /* "auto" or one that domain_type_find() knows */
	uint64_t ram; /* MiB */
	uint64_t cpus;
	double file_size[GUEST_DISKS]; /* GiB */
	size_t n_file_size;
	struct strv path;        /* "" for the host's default */
	struct strv disk_driver; /* "raw", "qcow2" */
	char *bridge;
	bool auto_boot; /* starts with the host */
	bool pxe_boot;  /* the guest's firmware fetches what it boots */
	char *graphics;
};

/* What a guest boots or copies instead of a distro's kernel. */
struct plan_image {
	char *type; /* "direct" (a kernel), "iso", "virt-clone" (a disk), "memdisk" */
	struct plan_file file;
};

struct plan {
	char *kind; /* "profile", "system", "image" */
	char *name;
	char *profile; /* "" with an image */
	char *distro;
	char *hostname;
	char *breed;
	char *os_version;
	char *arch;
	char *kernel_options;     /* the guest's whole command line, without console= */
	char *consoles;           /* the record's console= arguments, for no guest; may be "" */
	char *autoinstall;        /* URL of the answer file, or "" */
	bool local_boot;          /* the record says that it starts from its disk */
	struct plan_image *image; /* NULL: kernel and initrds */
	struct plan_file kernel;
	struct plan_file *initrds;
	size_t n_initrds;
	struct plan_nic *nics;
	size_t n_nics;
	struct strv name_servers;
	struct plan_virt virt;
};

/* Fills an empty plan from a server's answer. ERR_INVALID names the member; call plan_done() all
 * the same. */
int plan_parse(const char *json, size_t len, struct plan *ret, struct err *err);
void plan_done(struct plan *plan);
/* For people: one line per member. */
void plan_print(const struct plan *plan, FILE *out);

/* The names in {"items": ["name", …]}, in the server's order. */
int plan_list_parse(const char *json, size_t len, struct strv *ret, struct err *err);

/* Fills `err` from a server's error answer: the detail of a problem document (RFC 9457), else the
 * status alone. Always -1. */
int plan_problem(const char *body, size_t len, int status, struct err *err);

static inline void auto_plan(struct plan *plan)
{
	plan_done(plan);
}
#define autoplan AUTO(plan) struct plan

#endif
