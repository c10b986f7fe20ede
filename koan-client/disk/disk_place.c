#include "koan-client/disk/disk_place.h"

#include "base/mem.h"

#include <string.h>

static const struct disk_kind_row kinds[] = {
	[DISK_FOLDER] =
		{
			.title = "file",
			.pool_type = "dir",
			.source_type = "file",
			.source_attr = "file",
		},
	[DISK_FILE] =
		{
			.title = "file",
			.pool_type = "dir",
			.source_type = "file",
			.source_attr = "file",
		},
	[DISK_VOLUME_GROUP] =
		{
			.title = "logical volume",
			.pool_type = "logical",
			.source_type = "block",
			.source_attr = "dev",
			.raw_only = true,
		},
	[DISK_DEVICE] =
		{
			.title = "block device",
			.source_type = "block",
			.source_attr = "dev",
			.raw_only = true,
		},
	[DISK_VOLUME] =
		{
			.title = "volume",
			.source_type = "file",
			.source_attr = "file",
		},
	[DISK_NETWORK] =
		{
			.title = "network disk",
			.source_type = "network",
			.raw_only = true,
		},
};

const struct disk_kind_row *disk_kind_row(enum disk_kind kind)
{
	return &kinds[kind];
}

const struct disk_kind_row *disk_place_row(const struct disk_place *place)
{
	return &kinds[place->kind == DISK_VOLUME && place->block ? DISK_DEVICE : place->kind];
}

static bool in_dev(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0;
}

/*
 * /dev/vg0 is a folder while the volume group has active volumes and nothing while it has none, so
 * both mean the volume group. Deeper names, and what is a device now, are devices.
 */
static enum disk_kind kind_of(const char *wanted, enum path_fact fact)
{
	if (strncmp(wanted, "vol=", 4) == 0)
		return DISK_VOLUME;
	if (wanted[0] != '/')
		return strstr(wanted, "://") ? DISK_NETWORK : DISK_VOLUME_GROUP;
	if (fact == PATH_BLOCK)
		return DISK_DEVICE;
	if (in_dev(wanted)) {
		bool deep = strchr(wanted + 5, '/') != NULL;

		return !deep && fact != PATH_FILE ? DISK_VOLUME_GROUP : DISK_DEVICE;
	}
	if (fact == PATH_FOLDER || wanted[strlen(wanted) - 1] == '/')
		return DISK_FOLDER;
	return DISK_FILE;
}

static void place_in_group(const char *wanted, const char *volume, struct disk_place *ret)
{
	const char *group = wanted[0] == '/' ? wanted + 5 : wanted;
	size_t len = strcspn(group, ":");

	ret->pool_path = xasprintf("/dev/%.*s", (int)len, group);
	ret->named = group[len] != '\0';
	ret->volume = xstrdup(ret->named ? group + len + 1 : volume);
}

static void place_in_folder(const char *wanted, const char *volume, struct disk_place *ret)
{
	size_t len = strlen(wanted);

	while (len > 1 && wanted[len - 1] == '/')
		len--;
	ret->pool_path = xstrndup(wanted, len);
	ret->volume = xstrdup(volume);
}

static int place_at_file(const char *wanted, struct disk_place *ret, struct err *err)
{
	const char *slash = strrchr(wanted, '/');

	if (slash == wanted)
		return err_set(err, ERR_INVALID,
			"'%s' would be a disk in the root folder; name one below it", wanted);
	ret->named = true;
	ret->pool_path = xstrndup(wanted, (size_t)(slash - wanted));
	ret->volume = xstrdup(slash + 1);
	return 0;
}

static void place_in_pool(const char *wanted, struct disk_place *ret)
{
	const char *slash = strchr(wanted, '/');

	ret->pool = xstrndup(wanted + 4, (size_t)(slash - wanted - 4));
	ret->volume = xstrdup(slash + 1);
	ret->source = xstrdup(wanted);
}

int disk_place_find(const char *wanted, enum path_fact fact, const char *volume,
	struct disk_place *ret, struct err *err)
{
	ret->kind = kind_of(wanted, fact);
	switch (ret->kind) {
	case DISK_FOLDER:
		place_in_folder(wanted, volume, ret);
		break;
	case DISK_FILE:
		if (place_at_file(wanted, ret, err) < 0)
			return -1;
		break;
	case DISK_VOLUME_GROUP:
		place_in_group(wanted, volume, ret);
		break;
	case DISK_VOLUME:
		place_in_pool(wanted, ret);
		return 0;
	case DISK_NETWORK:
		ret->url = disk_url_parse(wanted);
		ret->source = xstrdup(wanted);
		return 0;
	case DISK_DEVICE:
		ret->source = xstrdup(wanted);
		return 0;
	}
	ret->source = xasprintf("%s/%s", ret->pool_path, ret->volume);
	return 0;
}

void disk_place_done(struct disk_place *place)
{
	free(place->pool_path);
	free(place->pool);
	free(place->volume);
	disk_url_free(place->url);
	free(place->source);
	*place = (struct disk_place){0};
}
