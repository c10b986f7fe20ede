#include "koan-client/bootloader/boot_folder.h"

#include "koan-client/plan/cache.h"

#include "base/file.h"
#include "base/log.h"
#include "base/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

int boot_folder_open(const char *path, struct boot_folder *ret, struct err *err)
{
	struct stat st;

	ret->path = xstrdup(path);
	ret->made = lstat(path, &st) < 0 && errno == ENOENT;
	if ((ret->made && file_mkdirs(AT_FDCWD, path, 0700, err) < 0) ||
		file_open_dir(AT_FDCWD, path, &ret->fd, err) < 0)
		return err_wrap(err, "--output-directory=%s", path);
	return 0;
}

static char *new_name(const char *what)
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof(number), 0) < 0)
		number = (uint64_t)getpid();
	return xasprintf("boot_%s.%016llx", what, (unsigned long long)number);
}

/* A file that is being written: one kernel, or initrds one after the other. */
struct target {
	int fd;
	uint64_t size; /* of all that is in it */
	uint64_t max;  /* bytes that may come */
	struct sha256 sum;
	uint64_t came; /* of the file that is being fetched */
};

static int add(void *ctx, const void *bytes, size_t n, struct err *err)
{
	struct target *target = ctx;

	sha256_add(&target->sum, bytes, n);
	target->size += n;
	target->came += n;
	return file_write_fd(target->fd, bytes, n, err);
}

static int check_came(const struct plan_file *file, struct target *target, struct err *err)
{
	char sum[SHA256_TEXT];

	if (target->came == 0)
		return err_set(err, ERR_INVALID, "%s is empty", file->url);
	sha256_end(&target->sum, sum);
	if (*file->sha256 && strcmp(sum, file->sha256) != 0)
		return err_set(err, ERR_INVALID,
			"%s has the SHA-256 %s, its list of checksums says %s", file->url, sum,
			file->sha256);
	return 0;
}

static int fetch_one(const struct plan_file *file, struct target *target, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err)
{
	static const char zeros[4];
	struct fetch_request request = {.url = file->url,
		.sink = add,
		.ctx = target,
		.max = target->max,
		.interrupt = interrupt,
		.tftp = true};
	autostrbuf body = STRBUF_INIT;
	int status;

	/* Archives that the kernel unpacks one after the other begin at multiples of four. */
	if (target->size % 4 && add(target, zeros, 4 - target->size % 4, err) < 0)
		return -1;
	target->came = 0;
	sha256_begin(&target->sum);
	if (fetch_get(fetch, &request, &status, &body, err) < 0)
		return -1;
	if (status != 200)
		return err_set(err, err_from_http_status(status),
			"%s: the server does not have it (status %d)", file->url, status);
	target->max -= target->came;
	return check_came(file, target, err);
}

/* ELF, x86's boot protocol, arm64's header, or compressed: all that libxl may be able to load. */
static int check_kernel(int fd, const char *url, struct err *err)
{
	static const struct {
		off_t at;
		const char *bytes;
		size_t n;
	} marks[] = {
		{0, "\177ELF", 4},
		{0x202, "HdrS", 4},
		{56, "ARM\x64", 4},
		{0, "\x1f\x8b", 2},
		{0,
			"\xfd"
			"7zXZ",
			5},
	};
	char bytes[5];

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (pread(fd, bytes, marks[i].n, marks[i].at) == (ssize_t)marks[i].n &&
			memcmp(bytes, marks[i].bytes, marks[i].n) == 0)
			return 0;
	return err_set(err, ERR_INVALID, "%s is no Linux kernel (neither bzImage nor ELF)", url);
}

/* Makes a file in the folder; its name stays, so that boot_folder_done() removes it. */
static int make_file(
	struct boot_folder *folder, const char *what, char **name, int *ret, struct err *err)
{
	*name = new_name(what);
	*ret = openat(folder->fd, *name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *ret < 0 ? err_sys(err, "'%s/%s'", folder->path, *name) : 0;
}

static int fill_directly(struct boot_folder *folder, const struct boot *boot, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err)
{
	autoclose int kernel = -1;
	autoclose int ramdisk = -1;
	struct target target = {.max = BOOT_KERNEL_MAX};

	if (make_file(folder, "kernel", &folder->kernel, &kernel, err) < 0)
		return -1;
	target.fd = kernel;
	if (fetch_one(&boot->kernel, &target, fetch, interrupt, err) < 0 ||
		check_kernel(kernel, boot->kernel.url, err) < 0)
		return err_wrap(err, "kernel");
	if (boot->n_initrds == 0)
		return 0;
	if (make_file(folder, "ramdisk", &folder->ramdisk, &ramdisk, err) < 0)
		return -1;
	target = (struct target){.fd = ramdisk, .max = BOOT_INITRD_MAX};
	for (size_t i = 0; i < boot->n_initrds; i++)
		if (fetch_one(&boot->initrds[i], &target, fetch, interrupt, err) < 0)
			return err_wrap(err, "initrd");
	return 0;
}

/* Looks among the files that lie ready on this host; a file of another size is not even read. */
static int adopt(const struct loader_options *options, const char *named,
	const struct plan_file *file, struct err *err)
{
	autostrv names = STRV_INIT;
	bool found = false;

	if (named && cache_adopt(options->cache_dir, named, file, &found, err) < 0)
		return -1;
	if (found || file_list(AT_FDCWD, options->kernel_dir, &names, NULL) < 0)
		return 0;
	for (size_t i = 0; i < names.n && !found; i++) {
		autofree char *path = xasprintf("%s/%s", options->kernel_dir, names.v[i]);

		if (cache_adopt(options->cache_dir, path, file, &found, err) < 0)
			return -1;
		if (found && options->verbose)
			log_info("%s is what the server means", path);
	}
	return 0;
}

static int place(struct boot_folder *folder, const char *path, const char *what, char **name,
	struct err *err)
{
	enum file_how how;

	*name = new_name(what);
	if (file_place(AT_FDCWD, path, folder->fd, *name, &how, err) < 0)
		return err_wrap(err, "'%s/%s'", folder->path, *name);
	return 0;
}

static int fill_from_cache(struct boot_folder *folder, const struct boot *boot,
	const struct loader_options *options, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err)
{
	const struct plan plan = {
		.kernel = boot->kernel, .initrds = boot->initrds, .n_initrds = boot->n_initrds};
	autofree char *kernel = cache_kernel_path(options->cache_dir, &plan);
	autofree char *initrd = cache_initrd_path(options->cache_dir, &plan);

	if (adopt(options, options->kernel, &boot->kernel, err) < 0)
		return -1;
	for (size_t i = 0; i < boot->n_initrds; i++)
		if (adopt(options, options->ramdisk, &boot->initrds[i], err) < 0)
			return -1;
	if (cache_fill(options->cache_dir, &plan, fetch, interrupt, err) < 0 ||
		place(folder, kernel, "kernel", &folder->kernel, err) < 0 ||
		(initrd && place(folder, initrd, "ramdisk", &folder->ramdisk, err) < 0))
		return -1;
	return 0;
}

int boot_folder_fill(struct boot_folder *folder, const struct boot *boot,
	const struct loader_options *options, struct fetch *fetch,
	const struct interrupt *interrupt, struct err *err)
{
	if (boot_is_verifiable(boot))
		return fill_from_cache(folder, boot, options, fetch, interrupt, err);
	return fill_directly(folder, boot, fetch, interrupt, err);
}

static void drop(const struct boot_folder *folder, char **name)
{
	if (*name)
		unlinkat(folder->fd, *name, 0);
	free(*name);
	*name = NULL;
}

void boot_folder_hand_over(struct boot_folder *folder)
{
	free(folder->kernel);
	free(folder->ramdisk);
	folder->kernel = NULL;
	folder->ramdisk = NULL;
	folder->made = false;
}

void boot_folder_done(struct boot_folder *folder)
{
	drop(folder, &folder->kernel);
	drop(folder, &folder->ramdisk);
	if (folder->fd >= 0)
		close(folder->fd);
	if (folder->made)
		rmdir(folder->path);
	free(folder->path);
	*folder = (struct boot_folder)BOOT_FOLDER_INIT;
}
