#include "boot/fat.h"

#include "boot/fat_folder.h"

#include <string.h>
#include <strings.h>

enum {
	SECTOR = 512,
	NAME_MAX_LEN = 255,
	ROOT_ENTRIES = 512,
	CLUSTERS_MIN = 4096,  /* with fewer it would be FAT12 */
	CLUSTERS_MAX = 65500, /* with more it would be FAT32 */
	CLUSTER_LARGEST = 32 * 1024,
	FATS = 2,
	END_OF_CHAIN = 0xffff,
};

static struct fat_node *add_node(struct fat *fat, size_t parent, const char *name, size_t len)
{
	struct fat_node *node;

	fat->node = xreallocarray(fat->node, fat->n + 1, sizeof(*fat->node));
	node = &fat->node[fat->n++];
	*node = (struct fat_node){
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
		struct fat_node *node;

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
		struct fat_node *node = &fat->node[i];

		node->clusters = (uint32_t)((node->size + fat->cluster - 1) / fat->cluster);
		node->first = node->clusters ? next : 0;
		next += node->clusters;
	}
}

static uint32_t root_entries(const struct fat *fat)
{
	uint32_t needed = (uint32_t)(fat->node[0].size / FAT_ENTRY);

	needed = (needed + SECTOR / FAT_ENTRY - 1) / (SECTOR / FAT_ENTRY) * (SECTOR / FAT_ENTRY);
	return needed < ROOT_ENTRIES ? ROOT_ENTRIES : needed;
}

static uint32_t fat_sectors(const struct fat *fat)
{
	return ((fat->clusters + 2) * 2 + SECTOR - 1) / SECTOR;
}

static uint32_t head_sectors(const struct fat *fat)
{
	return 1 + FATS * fat_sectors(fat) + root_entries(fat) * FAT_ENTRY / SECTOR;
}

static void fill_boot_sector(const struct fat *fat, char *at)
{
	static const uint8_t jump_and_maker[] = {
		0xeb, 0x3c, 0x90, 'B', 'O', 'O', 'T', 'W', 'R', 'G', 'T'};
	static const char label_and_type[19] = "NO NAME    FAT16   ";
	uint32_t sectors = head_sectors(fat) + fat->clusters * (fat->cluster / SECTOR);

	memcpy(at, jump_and_maker, sizeof(jump_and_maker));
	fat_put16(at + 11, SECTOR);
	at[13] = (char)(fat->cluster / SECTOR);
	fat_put16(at + 14, 1); /* this sector */
	at[16] = FATS;
	fat_put16(at + 17, root_entries(fat));
	fat_put16(at + 19, sectors < 0x10000 ? sectors : 0);
	at[21] = (char)0xf8; /* a fixed disk */
	fat_put16(at + 22, fat_sectors(fat));
	fat_put16(at + 24, 63); /* sectors and heads, for who still counts in them */
	fat_put16(at + 26, 255);
	fat_put32(at + 32, sectors < 0x10000 ? 0 : sectors);
	at[36] = (char)0x80;
	at[38] = 0x29; /* what follows is there */
	fat_put32(at + 39, 0x42570001);
	memcpy(at + 43, label_and_type, sizeof(label_and_type));
	fat_put16(at + 510, 0xaa55);
}

static void fill_table(const struct fat *fat, char *at)
{
	fat_put16(at, 0xfff8);
	fat_put16(at + 2, END_OF_CHAIN);
	for (size_t i = 1; i < fat->n; i++) {
		const struct fat_node *node = &fat->node[i];

		for (uint32_t k = 0; k < node->clusters; k++) {
			uint32_t cluster = node->first + k;

			fat_put16(at + (size_t)2 * cluster,
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
	fat_measure_folders(fat);
	if (choose_cluster(fat, err) < 0)
		return -1;
	place_nodes(fat);
	fat_fill_folders(fat);
	fill_head(fat);
	return 0;
}

uint64_t fat_size(const struct fat *fat)
{
	return fat->head.len + (uint64_t)fat->clusters * fat->cluster;
}

/* Clusters are handed out in the order of the nodes: the last one that begins at or before it. */
static const struct fat_node *node_at(const struct fat *fat, uint32_t cluster)
{
	const struct fat_node *found = NULL;

	for (size_t i = 1; i < fat->n; i++)
		if (fat->node[i].clusters && fat->node[i].first <= cluster)
			found = &fat->node[i];
	return found;
}

struct fat_span fat_at(const struct fat *fat, uint64_t at)
{
	struct fat_span span = {.file = -1, .length = fat_size(fat) - at};
	const struct fat_node *node;
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
