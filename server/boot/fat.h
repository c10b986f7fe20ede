/*
 * A FAT16 file system that is never written: from the names and sizes of its files comes what
 * stands at each of its bytes, so that it can be sent straight from the files themselves. No
 * partition table. Source: Microsoft's "FAT: General Overview of On-Disk Format", 1.03; the UEFI
 * specification, 13.3, takes it. All names are long ones; times are FAT's first day, so that the
 * same files make the same image.
 */
#ifndef BOOT_FAT_H
#define BOOT_FAT_H

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct fat;

struct fat *fat_new(void);
void fat_free(struct fat *fat);
DEFINE_AUTO(fat, struct fat *, fat_free)

/* Adds a file of `size` bytes, numbered from 0 in the order of the calls; its folders are made.
 * ERR_INVALID: FAT cannot say the name; ERR_CONFLICT: it is there, perhaps in other letters. */
int fat_add(struct fat *fat, const char *path, uint64_t size, struct err *err);
/* Gives every byte its place, once all are added. ERR_TOO_BIG: more than 2 GiB. */
int fat_layout(struct fat *fat, struct err *err);
uint64_t fat_size(const struct fat *fat);

/* `length` bytes that stand together: of `bytes`, or else of the file from `offset`, or zeros. */
struct fat_span {
	const char *bytes;
	int64_t file; /* -1: none */
	uint64_t offset;
	uint64_t length;
};
/* What begins at byte `at`, which is below fat_size(). */
struct fat_span fat_at(const struct fat *fat, uint64_t at);

#endif
