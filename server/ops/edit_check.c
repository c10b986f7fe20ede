#include "ops/edit_check.h"

#include "base/sha256.h"
#include "model/types.h"
#include "ops/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Opens a file that machines will boot. Not blocking, because it could be a FIFO. What is published
 * is for everybody: this server's own store must not be, and in.tftpd serves nothing else. */
static int open_boot_file(const char *field, const char *path, int *ret, struct err *err)
{
	struct stat st;
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_field(
			err, ERR_INVALID, field, "cannot read '%s': %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_field(err, ERR_INVALID, field, "'%s' is not a file", path);
	if (st.st_size == 0)
		return err_field(err, ERR_INVALID, field, "'%s' is empty", path);
	if (!(st.st_mode & S_IROTH))
		return err_field(err, ERR_INVALID, field,
			"'%s' is not for everybody to read, and what machines boot is; if it may "
			"be: chmod o+r",
			path);
	*ret = take_fd(&fd);
	return 0;
}

static int measure_file(const char *field, const char *path, double *size, char sha256[SHA256_TEXT],
	struct err *err)
{
	autoclose int fd = -1;
	uint64_t bytes;

	if (open_boot_file(field, path, &fd, err) < 0)
		return -1;
	if (sha256_fd(fd, sha256, &bytes, err) < 0)
		return err_wrap(err, "%s: '%s'", field, path);
	*size = (double)bytes;
	return 0;
}

static int measure_kernel(struct distro *distro, struct err *err)
{
	char sha256[SHA256_TEXT];
	double size;

	if (measure_file("kernel", distro->kernel, &size, sha256, err) < 0)
		return -1;
	distro->kernel_size = (struct opt_int){.set = true, .value = (int64_t)size};
	free(distro->kernel_sha256);
	distro->kernel_sha256 = xstrdup(sha256);
	return 0;
}

static int measure_initrds(struct distro *distro, struct err *err)
{
	const struct strv *paths = &distro->initrd.items;
	autofree double *sizes = xcalloc(paths->n, sizeof(double));
	autostrv sums = STRV_INIT;

	for (size_t i = 0; i < paths->n; i++) {
		char sha256[SHA256_TEXT];

		if (measure_file("initrd", paths->v[i], &sizes[i], sha256, err) < 0)
			return -1;
		strv_add(&sums, sha256);
	}
	value_ops(VALUE_NUMBERS)->clear(&distro->initrd_size);
	value_ops(VALUE_LIST)->clear(&distro->initrd_sha256);
	distro->initrd_size =
		(struct opt_numbers){.set = true, .n = paths->n, .value = TAKE(sizes)};
	distro->initrd_sha256 = (struct opt_list){.set = true, .items = sums};
	sums = (struct strv)STRV_INIT;
	return 0;
}

/* At every edit, not only when a path has changed: koan refuses what differs from the sums, so they
 * have to follow a kernel that was put in the place of another. */
static int measure_distro(struct item *item, struct err *err)
{
	struct distro *distro = (struct distro *)item;

	if (measure_kernel(distro, err) < 0)
		return -1;
	return measure_initrds(distro, err);
}

/* A template that was there when it was chosen may be gone now; that is no reason to refuse the
 * change of another field. */
int edit_check_template(
	struct server *server, const struct item *item, const struct item *stored, struct err *err)
{
	const struct field *field = item_field(item->type, "autoinstall");
	autostrv names = STRV_INIT;
	const char *name;
	const char *near;

	if (!field)
		return 0;
	name = *(char *const *)item_at_const(item, field);
	if (!name || !*name ||
		(stored && same_text(name, *(char *const *)item_at_const(stored, field))) ||
		templates_has(server->templates, name))
		return 0;
	template_folder_list(&server->answer_folder, &names);
	if (strv_has(&names, name))
		return err_field(err, ERR_INVALID, "autoinstall",
			"template '%.100s' is there but cannot be opened: it must be readable for "
			"the "
			"account that bootwrightd runs as, and no link that leads out of its "
			"folder",
			name);
	near = nearest_word(name, (const char *const *)names.v, names.n);
	return err_field(err, ERR_INVALID, "autoinstall",
		"no template '%.100s' in the store, %s/kickstarts or %s/kickstarts%s%s%s", name,
		server->config.state_dir, server->config.share_dir, near ? "; did you mean '" : "",
		near ? near : "", near ? "'?" : "");
}

/* Loading the chain finds a cycle, and a reference that leads nowhere. */
static int check_chain(struct server *server, const struct item *item, struct err *err)
{
	AUTO(chain) struct chain *chain = NULL;
	enum item_kind kind;
	const char *name;

	if (!item_parent(item, &kind, &name))
		return 0;
	return chain_of_take(server, item_copy(item), &chain, err);
}

int edit_check(struct server *server, struct item *item, const struct item *stored, bool measured,
	struct err *err)
{
	if (check_chain(server, item, err) < 0 || item_validate(item, err) < 0)
		return -1;
	if (item->type->kind == ITEM_DISTRO && !measured && measure_distro(item, err) < 0)
		return -1;
	return edit_check_template(server, item, stored, err);
}
