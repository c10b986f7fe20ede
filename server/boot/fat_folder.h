/* What is inside a struct fat (fat.h), and its folders' entries. */
#ifndef BOOT_FAT_FOLDER_H
#define BOOT_FAT_FOLDER_H

#include "base/strbuf.h"
#include "boot/fat.h"

#include <stdbool.h>

#define FAT_ENTRY 32 /* bytes of a folder's entry */

struct fat_node {
	char *name;
	size_t parent;
	bool folder;
	int64_t file;  /* its number, or -1 */
	uint64_t size; /* of a folder: of its entries */
	uint32_t first;
	uint32_t clusters;
	struct strbuf entries;
};

struct fat {
	struct fat_node *node; /* 0 is the root; a folder stands before what is in it */
	size_t n;
	int64_t files;
	uint32_t cluster; /* bytes */
	uint32_t clusters;
	struct strbuf head; /* all that stands before the first cluster */
};

/* Little-endian, as all of FAT. */
void fat_put16(char *at, uint32_t value);
void fat_put32(char *at, uint32_t value);

/* How many bytes of entries each folder will have: its node's `size`. */
void fat_measure_folders(struct fat *fat);
/* Fills the folders' entries, once every node has its first cluster. */
void fat_fill_folders(struct fat *fat);

#endif
