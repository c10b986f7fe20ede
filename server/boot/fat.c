#include "boot/fat.h"

#include "base/strbuf.h"

#include <string.h>
#include <strings.h>

enum {
	SECTOR = 512,
	ENTRY = 32,     /* bytes of a directory entry */
	LONG_PART = 13, /* characters in an entry of a long name */
	NAME_MAX_LEN = 255,
	ROOT_ENTRIES = 512,
	CLUSTERS_MIN = 4096,  /* with fewer it would be FAT12 */
	CLUSTERS_MAX = 65500, /* with more it would be FAT32 */
	CLUSTER_LARGEST = 32 * 1024,
	FATS = 2,
	FIRST_DAY = 0x21, /* 1980-01-01 */
	ATTR_FOLDER = 0x10,
	ATTR_ARCHIVE = 0x20,
	ATTR_LONG = 0x0f,
	END_OF_CHAIN = 0xffff,
};

struct node {
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
	struct node *node; /* 0 is the root; a folder stands before what is in it */
	size_t n;
	int64_t files;
	uint32_t cluster; /* bytes */
	uint32_t clusters;
	struct strbuf head; /* all that stands before the first cluster */
};

static struct node *add_node(struct fat *fat, size_t parent, const char *name, size_t len)
{
	struct node *node;

	fat->node = xreallocarray(fat->node, fat->n + 1, sizeof(*fat->node));
	node = &fat->node[fat->n++];
	*node = (struct node){
		.name = xstrndup(name, len), .parent = parent, .file = -1, .entries = STRBUF_INIT};
	return node;
}

struct fat *fat_new(void)
{
	struct fat *fat = xcalloc(1, sizeof(*fat));

	fat->head = (struct strbuf)STRBUF_INIT;
	add_node(fat, 0, "", 0)->folder = true;
	return fat;
}

void fat_free(struct fat *fat)
{
	if (!fat)
		return;
	for (size_t i = 0; i < fat->n; i++) {
		free(fat->node[i].name);
		strbuf_done(&fat->node[i].entries);
	}
	free(fat->node);
	strbuf_done(&fat->head);
	free(fat);
}

static int check_name(const char *name, size_t len, struct err *err)
{
	bool good = len > 0 && len <= NAME_MAX_LEN && name[len - 1] != '.' && name[len - 1] != ' ';

	for (size_t i = 0; i < len; i++)
		good &= name[i] > ' ' - 1 && name[i] < 0x7f && !strchr("\"*:<>?\\|", name[i]);
	if (good)
		return 0;
	return err_set(err, ERR_INVALID, "'%.*s' is no name that FAT can have", (int)len, name);
}

/* The node of that name in the folder, or 0. FAT does not tell capital letters from small ones. */
static size_t find(const struct fat *fat, size_t parent, const char *name, size_t len)
{
	for (size_t i = 1; i < fat->n; i++)
		if (fat->node[i].parent == parent &&
			strncasecmp(fat->node[i].name, name, len) == 0 && !fat->node[i].name[len])
			return i;
	return 0;
}

int fat_add(struct fat *fat, const char *path, uint64_t size, struct err *err)
{
	size_t parent = 0;

	for (const char *name = path;; name++) {
		size_t len = strcspn(name, "/");
		bool folder = name[len] == '/';
		size_t there = find(fat, parent, name, len);
		struct node *node;

		if (check_name(name, len, err) < 0)
			return err_wrap(err, "'%s'", path);
		if (there && (!folder || !fat->node[there].folder ||
				     strncmp(fat->node[there].name, name, len) != 0))
			return err_set(err, ERR_CONFLICT,
				"'%s' and '%s' are the same to FAT, which does not tell capital "
				"letters from small ones",
				path, fat->node[there].name);
		if (!there) {
			there = fat->n;
			node = add_node(fat, parent, name, len);
			node->folder = folder;
			if (!folder) {
				node->size = size;
				node->file = fat->files++;
				return 0;
			}
		}
		parent = there;
		name += len;
	}
}

/* Directories */

static void put16(char *at, uint32_t value)
{
	at[0] = (char)(value & 0xff);
	at[1] = (char)(value >> 8 & 0xff);
}

static void put32(char *at, uint32_t value)
{
	put16(at, value & 0xffff);
	put16(at + 2, value >> 16);
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
	char entry[ENTRY] = {0};

	entry[0] = (char)(part | (part == long_entries(name) ? 0x40u : 0));
	entry[11] = ATTR_LONG;
	entry[13] = (char)sum;
	for (size_t i = 0; i < LONG_PART; i++) {
		size_t at = (part - 1) * LONG_PART + i;

		put16(entry + place[i], at < len ? (uint8_t)name[at] : at == len ? 0 : 0xffff);
	}
	strbuf_add(to, entry, ENTRY);
}

static void add_short(struct strbuf *to, const char name[11], const struct node *node)
{
	char entry[ENTRY] = {0};

	memcpy(entry, name, 11);
	entry[11] = node->folder ? ATTR_FOLDER : ATTR_ARCHIVE;
	put16(entry + 16, FIRST_DAY);
	put16(entry + 18, FIRST_DAY);
	put16(entry + 24, FIRST_DAY);
	put16(entry + 26, node->first);
	put32(entry + 28, node->folder ? 0 : (uint32_t)node->size);
	strbuf_add(to, entry, ENTRY);
}

static void add_entry(struct fat *fat, size_t number)
{
	const struct node *node = &fat->node[number];
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
	struct node *node = &fat->node[number];
	const struct node *parent = &fat->node[node->parent];

	if (number == 0)
		return;
	add_short(&node->entries, ".          ", node);
	add_short(&node->entries, "..         ", parent);
}

static void measure_folders(struct fat *fat)
{
	for (size_t i = 0; i < fat->n; i++) {
		if (fat->node[i].folder)
			fat->node[i].size = i == 0 ? 0 : (uint64_t)2 * ENTRY;
		if (i > 0)
			fat->node[fat->node[i].parent].size +=
				(1 + long_entries(fat->node[i].name)) * ENTRY;
	}
}

/* Layout */

static uint64_t clusters_of(const struct fat *fat, uint32_t cluster)
{
	uint64_t sum = 0;

	for (size_t i = 1; i < fat->n; i++)
		sum += (fat->node[i].size + cluster - 1) / cluster;
	return sum;
}

/* The largest that makes it FAT16: loaders read one cluster after the other. */
static int choose_cluster(struct fat *fat, struct err *err)
{
	uint64_t wanted;

	fat->cluster = CLUSTER_LARGEST;
	while ((wanted = clusters_of(fat, fat->cluster)) < CLUSTERS_MIN && fat->cluster > SECTOR)
		fat->cluster /= 2;
	if (wanted > CLUSTERS_MAX)
		return err_set(err, ERR_TOO_BIG,
			"the image would have %llu MiB, and FAT16 ends at "
			"2 GiB",
			(unsigned long long)(wanted * fat->cluster >> 20));
	fat->clusters = wanted < CLUSTERS_MIN ? CLUSTERS_MIN : (uint32_t)wanted;
	return 0;
}

static void place_nodes(struct fat *fat)
{
	uint32_t next = 2; /* the first cluster's number */

	for (size_t i = 1; i < fat->n; i++) {
		struct node *node = &fat->node[i];

		node->clusters = (uint32_t)((node->size + fat->cluster - 1) / fat->cluster);
		node->first = node->clusters ? next : 0;
		next += node->clusters;
	}
}

static uint32_t root_entries(const struct fat *fat)
{
	uint32_t needed = (uint32_t)(fat->node[0].size / ENTRY);

	needed = (needed + SECTOR / ENTRY - 1) / (SECTOR / ENTRY) * (SECTOR / ENTRY);
	return needed < ROOT_ENTRIES ? ROOT_ENTRIES : needed;
}

static uint32_t fat_sectors(const struct fat *fat)
{
	return ((fat->clusters + 2) * 2 + SECTOR - 1) / SECTOR;
}

static uint32_t head_sectors(const struct fat *fat)
{
	return 1 + FATS * fat_sectors(fat) + root_entries(fat) * ENTRY / SECTOR;
}

static void fill_boot_sector(const struct fat *fat, char *at)
{
	uint32_t sectors = head_sectors(fat) + fat->clusters * (fat->cluster / SECTOR);

	memcpy(at,
		"\xeb\x3c\x90"
		"BOOTWRGT",
		11);
	put16(at + 11, SECTOR);
	at[13] = (char)(fat->cluster / SECTOR);
	put16(at + 14, 1); /* this sector */
	at[16] = FATS;
	put16(at + 17, root_entries(fat));
	put16(at + 19, sectors < 0x10000 ? sectors : 0);
	at[21] = (char)0xf8; /* a fixed disk */
	put16(at + 22, fat_sectors(fat));
	put16(at + 24, 63); /* sectors and heads, for who still counts in them */
	put16(at + 26, 255);
	put32(at + 32, sectors < 0x10000 ? 0 : sectors);
	at[36] = (char)0x80;
	at[38] = 0x29; /* what follows is there */
	put32(at + 39, 0x42570001);
	memcpy(at + 43, "NO NAME    FAT16   ", 19);
	put16(at + 510, 0xaa55);
}

static void fill_table(const struct fat *fat, char *at)
{
	put16(at, 0xfff8);
	put16(at + 2, END_OF_CHAIN);
	for (size_t i = 1; i < fat->n; i++) {
		const struct node *node = &fat->node[i];

		for (uint32_t k = 0; k < node->clusters; k++) {
			uint32_t cluster = node->first + k;

			put16(at + (size_t)2 * cluster,
				k + 1 < node->clusters ? cluster + 1 : END_OF_CHAIN);
		}
	}
}

static void fill_head(struct fat *fat)
{
	size_t size = (size_t)head_sectors(fat) * SECTOR;
	size_t table = (size_t)fat_sectors(fat) * SECTOR;
	const struct strbuf *root = &fat->node[0].entries;
	char *at = strbuf_grow(&fat->head, size);

	memset(at, 0, size);
	fill_boot_sector(fat, at);
	for (size_t i = 0; i < FATS; i++)
		fill_table(fat, at + SECTOR + i * table);
	if (root->len)
		memcpy(at + SECTOR + FATS * table, root->buf, root->len);
	strbuf_added(&fat->head, size);
}

int fat_layout(struct fat *fat, struct err *err)
{
	for (size_t i = 1; i < fat->n; i++)
		if (fat->node[i].size > UINT32_MAX)
			return err_set(
				err, ERR_TOO_BIG, "'%s' has more than 4 GiB", fat->node[i].name);
	measure_folders(fat);
	if (choose_cluster(fat, err) < 0)
		return -1;
	place_nodes(fat);
	for (size_t i = 0; i < fat->n; i++)
		if (fat->node[i].folder)
			begin_folder(fat, i);
	for (size_t i = 1; i < fat->n; i++)
		add_entry(fat, i);
	fill_head(fat);
	return 0;
}

uint64_t fat_size(const struct fat *fat)
{
	return fat->head.len + (uint64_t)fat->clusters * fat->cluster;
}

/* Clusters are handed out in the order of the nodes: the last one that begins at or before it. */
static const struct node *node_at(const struct fat *fat, uint32_t cluster)
{
	const struct node *found = NULL;

	for (size_t i = 1; i < fat->n; i++)
		if (fat->node[i].clusters && fat->node[i].first <= cluster)
			found = &fat->node[i];
	return found;
}

struct fat_span fat_at(const struct fat *fat, uint64_t at)
{
	struct fat_span span = {.file = -1, .length = fat_size(fat) - at};
	const struct node *node;
	uint64_t begin;

	if (at < fat->head.len) {
		span.bytes = fat->head.buf + at;
		span.length = fat->head.len - at;
		return span;
	}
	at -= fat->head.len;
	node = node_at(fat, (uint32_t)(at / fat->cluster) + 2);
	if (!node)
		return span;
	begin = (uint64_t)(node->first - 2) * fat->cluster;
	if (at - begin < node->size) {
		span.bytes = node->folder ? node->entries.buf + (at - begin) : NULL;
		span.file = node->file;
		span.offset = at - begin;
		span.length = node->size - span.offset;
	} else if (at - begin < (uint64_t)node->clusters * fat->cluster) {
		span.length = (uint64_t)node->clusters * fat->cluster - (at - begin);
	}
	return span;
}
