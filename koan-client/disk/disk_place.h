/*
 * Where a disk goes: one line of text (--virt-path, virt_path) to a kind of storage, its pool and
 * its volume. Pure: what is at the path now is an argument. A new kind of storage is a row of the
 * table, and a rule in disk_place_find().
 */
#ifndef KOAN_DISK_PLACE_H
#define KOAN_DISK_PLACE_H

#include "koan-client/disk/disk_url.h"

#include "base/err.h"

#include <stdbool.h>

enum disk_kind {
	DISK_FOLDER,       /* a file named after the guest, in this folder */
	DISK_FILE,         /* this file */
	DISK_VOLUME_GROUP, /* a logical volume, to be made */
	DISK_DEVICE,       /* a block device that exists */
	DISK_VOLUME,       /* a volume of a storage pool that exists */
	DISK_NETWORK,      /* what libvirt reaches over the network */
};

struct disk_kind_row {
	const char *title;
	const char *pool_type;   /* libvirt's; NULL: there is nothing to make */
	const char *source_type; /* disk/@type */
	const char *source_attr; /* disk/source/@… that holds the path; NULL: `url` */
	bool raw_only;
};

enum path_fact { PATH_NOTHING, PATH_FOLDER, PATH_FILE, PATH_BLOCK };

struct disk_place {
	enum disk_kind kind;
	char *pool_path; /* a folder, or /dev/VG; NULL where nothing is made */
	char *pool;      /* the pool's name: DISK_VOLUME; of others once it is known */
	char *volume;    /* its name in the pool; NULL where there is none */
	char *source;    /* the path that the hypervisor opens, or the URL */
	struct disk_url *url;
	bool block; /* DISK_VOLUME: it is a device, not a file */
	bool named; /* the text says the volume's name, too */
};

const struct disk_kind_row *disk_kind_row(enum disk_kind kind);
/* The row by which a domain has the disk: a volume's is that of what it turned out to be. */
const struct disk_kind_row *disk_place_row(const struct disk_place *place);

/*
 * `wanted` passed check_disk_path(); `fact` says what is there on this host. `volume` names the
 * volume where the text does not. ERR_INVALID. Call disk_place_done() on what it fills.
 */
int disk_place_find(const char *wanted, enum path_fact fact, const char *volume,
	struct disk_place *ret, struct err *err);
void disk_place_done(struct disk_place *place);

#endif
