#include "boot/fat_folder.h"

#include <string.h>

enum {
	LONG_PART = 13,   /* characters in an entry of a long name */
	FIRST_DAY = 0x21, /* 1980-01-01 */
	ATTR_FOLDER = 0x10,
	ATTR_ARCHIVE = 0x20,
	ATTR_LONG = 0x0f,
};

void fat_put16(char *at, uint32_t value)
{
	at[0] = (char)(value & 0xff);
	at[1] = (char)(value >> 8 & 0xff);
}

void fat_put32(char *at, uint32_t value)
{
	fat_put16(at, value & 0xffff);
	fat_put16(at + 2, value >> 16);
}

static size_t long_entries(const char *name)
{
	return (strlen(name) + LONG_PART - 1) / LONG_PART;
}

/* The short name that each long one must have: "BW000012". Nobody asks for it. */
static void short_name(size_t number, char ret[11])
{
	char text[16];

	memset(ret, ' ', 11);
	snprintf(text, sizeof(text), "BW%06u", (unsigned)(number % 1000000));
	memcpy(ret, text, 8);
}

static uint8_t checksum(const char name[11])
{
	unsigned sum = 0;

	for (size_t i = 0; i < 11; i++)
		sum = ((sum & 1 ? 0x80 : 0) + (sum >> 1) + (uint8_t)name[i]) & 0xff;
	return (uint8_t)sum;
}

/* The `part`th piece (from 1) of a long name, in 16-bit characters; they stand last piece first. */
static void add_long(struct strbuf *to, const char *name, size_t part, uint8_t sum)
{
	static const uint8_t place[LONG_PART] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
	size_t len = strlen(name);
	char entry[FAT_ENTRY] = {0};

	entry[0] = (char)(part | (part == long_entries(name) ? 0x40u : 0));
	entry[11] = ATTR_LONG;
	entry[13] = (char)sum;
	for (size_t i = 0; i < LONG_PART; i++) {
		size_t at = (part - 1) * LONG_PART + i;

		fat_put16(entry + place[i], at < len ? (uint8_t)name[at] : at == len ? 0 : 0xffff);
	}
	strbuf_add(to, entry, FAT_ENTRY);
}

static void add_short(struct strbuf *to, const char name[11], const struct fat_node *node)
{
	char entry[FAT_ENTRY] = {0};

	memcpy(entry, name, 11);
	entry[11] = node->folder ? ATTR_FOLDER : ATTR_ARCHIVE;
	fat_put16(entry + 16, FIRST_DAY);
	fat_put16(entry + 18, FIRST_DAY);
	fat_put16(entry + 24, FIRST_DAY);
	fat_put16(entry + 26, node->first);
	fat_put32(entry + 28, node->folder ? 0 : (uint32_t)node->size);
	strbuf_add(to, entry, FAT_ENTRY);
}

static void add_entry(struct fat *fat, size_t number)
{
	const struct fat_node *node = &fat->node[number];
	struct strbuf *to = &fat->node[node->parent].entries;
	char name[11];

	short_name(number, name);
	for (size_t part = long_entries(node->name); part > 0; part--)
		add_long(to, node->name, part, checksum(name));
	add_short(to, name, node);
}

/* "." and "..", which the root has not. */
static void begin_folder(struct fat *fat, size_t number)
{
	struct fat_node *node = &fat->node[number];
	const struct fat_node *parent = &fat->node[node->parent];

	if (number == 0)
		return;
	add_short(&node->entries, ".          ", node);
	add_short(&node->entries, "..         ", parent);
}

void fat_measure_folders(struct fat *fat)
{
	for (size_t i = 0; i < fat->n; i++) {
		if (fat->node[i].folder)
			fat->node[i].size = i == 0 ? 0 : (uint64_t)2 * FAT_ENTRY;
		if (i > 0)
			fat->node[fat->node[i].parent].size +=
				(1 + long_entries(fat->node[i].name)) * FAT_ENTRY;
	}
}

void fat_fill_folders(struct fat *fat)
{
	for (size_t i = 0; i < fat->n; i++)
		if (fat->node[i].folder)
			begin_folder(fat, i);
	for (size_t i = 1; i < fat->n; i++)
		add_entry(fat, i);
}
