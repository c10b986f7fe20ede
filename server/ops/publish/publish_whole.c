/* Whether somebody has been at what is published (publish.h). */
#include "ops/publish/publish.h"

#include "base/file.h"
#include "base/generation.h"
#include "ops/publish/image_check.h"
#include "ops/publish/loaders.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* "SUM  images/DISTRO/NAME" */
static bool is_as_published(struct server *server, int generation, const char *line)
{
	enum { SUM = SHA256_TEXT - 1 };
	autoclose int fd = -1;
	char sum[SHA256_TEXT];
	struct stat st;

	return strlen(line) > SUM + 2 &&
	       file_open_beneath(generation, line + SUM + 2, &fd, &st, NULL) == 0 &&
	       image_sum(server, fd, sum, NULL) == 0 && strncmp(line, sum, SUM) == 0;
}

static bool images_are_whole(struct server *server, int generation)
{
	enum { SUMS_MAX = 16 << 20 };
	autostrbuf sums = STRBUF_INIT;
	autostrv lines = STRV_INIT;

	if (file_read(generation, IMAGE_SUMS, SUMS_MAX, &sums, NULL) < 0)
		return true; /* an older version's generation, or there is no distro */
	strv_split(&lines, sums.buf ? sums.buf : "", "\n");
	strv_for_each (line, &lines)
		if (!is_as_published(server, generation, line))
			return false;
	return true;
}

/* A loader at the top has a name there that leads through `current`; others are in its folders. */
static bool loaders_are_whole(const struct server *server, int generation)
{
	for (size_t i = 0; i < n_loaders; i++) {
		const char *name = loaders_all[i].name;
		const char *source = loader_find(&loaders_all[i]);
		struct stat installed;
		struct stat published;

		if (source && stat(source, &installed) == 0 &&
			(fstatat(strchr(name, '/') ? generation : server->tftp_fd, name, &published,
				 0) < 0 ||
				published.st_size != installed.st_size))
			return false;
	}
	return true;
}

bool publish_is_whole(struct server *server)
{
	autoclose int generation = -1;

	return generation_open(server->tftp_fd, &generation, NULL) == 0 &&
	       images_are_whole(server, generation) && loaders_are_whole(server, generation);
}
