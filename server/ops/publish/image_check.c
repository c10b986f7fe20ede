#include "ops/publish/image_check.h"

#include "base/file.h"
#include "boot/images.h"
#include "ops/answer/answer.h"
#include "ops/recent.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	SUMS_MAX = 16 << 20,
	SAY_AGAIN = 3600,
	/* A file can be written again without its time moving on, where that is this young. */
	YOUNG_SECONDS = 2,
};

static struct db_file file_of(const struct stat *st)
{
	return (struct db_file){
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = st->st_size,
		.mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	};
}

/* The file system's clock may be a moment ahead of time(). */
static bool is_settled(const struct stat *before, const struct stat *after)
{
	const struct db_file was = file_of(before), is = file_of(after);
	time_t age = time(NULL) - after->st_mtim.tv_sec;

	return was.size == is.size && was.mtime == is.mtime &&
	       (age > YOUNG_SECONDS || age < -YOUNG_SECONDS);
}

int image_sum(struct server *server, int fd, char ret[SHA256_TEXT], struct err *err)
{
	autofree char *known = NULL;
	struct stat before, after;
	struct db_file file;

	if (fstat(fd, &before) < 0)
		return err_sys(err, "cannot read");
	file = file_of(&before);
	if (db_file_sum_get(server->db, &file, &known, err) < 0)
		return -1;
	if (known) {
		snprintf(ret, SHA256_TEXT, "%s", known);
		return 0;
	}
	if (sha256_fd(fd, ret, NULL, err) < 0)
		return -1;
	/* without room for it, the next one reads the file again */
	if (fstat(fd, &after) == 0 && is_settled(&before, &after) && !db_is_preview(server->db))
		db_file_sum_put(server->db, &file, ret, NULL);
	return 0;
}

/* What is on record of a distro's file; a hypervisor has neither. */

static double size_on_record(const struct distro *distro, size_t i)
{
	if (i == 0)
		return distro->kernel_size.set ? (double)distro->kernel_size.value : -1;
	return i <= distro->initrd_size.n ? distro->initrd_size.value[i - 1] : -1;
}

static const char *sum_on_record(const struct distro *distro, size_t i)
{
	const struct strv *initrds = &distro->initrd_sha256.items;

	if (i == 0)
		return distro->kernel_sha256;
	return i <= initrds->n ? initrds->v[i - 1] : NULL;
}

static int differs(const struct distro *distro, const char *what, const char *source,
	const char *how, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		"%s '%s' is not the one on record: %s; put the old one back, or if this one is to "
		"be booted: bootwright distro edit --name=%s --kernel=%s",
		what, source, how, distro->item.name, distro->kernel);
}

static int check_sum(struct server *server, const struct distro *distro, size_t i, const char *what,
	const char *source, struct err *err)
{
	const char *wanted = sum_on_record(distro, i);
	autofree char *how = NULL;
	autoclose int fd = -1;
	char sum[SHA256_TEXT];

	if (!wanted || !*wanted)
		return 0;
	fd = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, "%s '%s'", what, source);
	if (image_sum(server, fd, sum, err) < 0)
		return err_wrap(err, "%s '%s'", what, source);
	if (strcmp(sum, wanted) == 0)
		return 0;
	how = xasprintf("its SHA-256 is %s, and %s is on record", sum, wanted);
	return differs(distro, what, source, how, err);
}

int image_check(struct server *server, const struct distro *distro, size_t i, struct err *err)
{
	const char *source = boot_image_source(distro, i);
	const char *what = i == 0 ? "kernel" : i < boot_images(distro) ? "initrd" : "hypervisor";
	double size = size_on_record(distro, i);
	struct stat st;

	if (stat(source, &st) < 0)
		return err_set(err, ERR_NOT_FOUND,
			"%s '%s' is gone; put it back, import the tree again, or remove the distro",
			what, source);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INVALID, "%s '%s' is no regular file", what, source);
	if (size >= 0 && ((double)st.st_size < size - 0.5 || (double)st.st_size > size + 0.5)) {
		autofree char *how = xasprintf(
			"it has %lld bytes, and %.0f are on record", (long long)st.st_size, size);

		return differs(distro, what, source, how, err);
	}
	return check_sum(server, distro, i, what, source, err);
}

static int check_distro(void *ctx, struct item *item, struct err *err)
{
	const struct distro *distro = (const struct distro *)item;

	for (size_t i = 0; i < boot_files(distro); i++)
		if (image_check(ctx, distro, i, err) < 0)
			return err_wrap(err, "distro '%s'", item->name);
	return 0;
}

int images_check(struct server *server, struct err *err)
{
	const struct db_query all = {.type = &distro_type};

	return db_item_list(server->db, &all, check_distro, server, err);
}

/* What is published */

/* The sum that a line gives the path; NULL: none. */
static const char *find_sum(const struct strbuf *sums, const char *path)
{
	autofree char *end = xasprintf("  %s\n", path);
	const char *at = sums->buf;

	for (; (at = strstr(at, end)); at++)
		if (at - sums->buf >= SHA256_TEXT - 1)
			return at - (SHA256_TEXT - 1);
	return NULL;
}

static int changed(struct server *server, const char *path, struct err *err)
{
	autofree char *said = xasprintf("changed %s", path);

	err_set(err, ERR_CONFLICT,
		"'%s' is not what was published: its bytes have changed since; bootwright sync "
		"says which file of which distro that is",
		path);
	if (recent_first(answers_said(server->answers), said, SAY_AGAIN))
		server_event(server, "error", path, "",
			"it was asked for and is not served: its bytes are not those that were "
			"published; bootwright sync says what to do");
	return -1;
}

int image_check_published(
	struct server *server, int generation, const char *path, int fd, struct err *err)
{
	autostrbuf sums = STRBUF_INIT;
	char sum[SHA256_TEXT];
	const char *wanted;

	if (file_read(generation, IMAGE_SUMS, SUMS_MAX, &sums, NULL) < 0)
		return 0; /* an older version's generation */
	wanted = find_sum(&sums, path);
	if (!wanted)
		return 0;
	if (image_sum(server, fd, sum, err) < 0)
		return err_wrap(err, "'%s'", path);
	return strncmp(sum, wanted, SHA256_TEXT - 1) == 0 ? 0 : changed(server, path, err);
}
