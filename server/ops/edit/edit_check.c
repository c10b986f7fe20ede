#include "ops/edit/edit_check.h"

#include "base/account.h"
#include "base/sha256.h"
#include "model/types.h"
#include "ops/edit/edit_changes.h"
#include "ops/publish/efi_loaders.h"
#include "ops/query/chain.h"

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

	if (fd < 0 || fstat(fd, &st) < 0) {
		const int number = errno;
		autofree char *as = account_refused(number);

		return err_field(err, ERR_INVALID, field, "cannot read '%s'%s: %s", path, as,
			strerror(number));
	}
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

static int check_readable(const char *field, const char *path, struct err *err)
{
	autoclose int fd = -1;

	return path && *path ? open_boot_file(field, path, &fd, err) : 0;
}

static int measure_distro(struct distro *distro, struct err *err)
{
	if (measure_kernel(distro, err) < 0)
		return -1;
	return measure_initrds(distro, err);
}

/* The disk that koan clones is on the virtualization host, not here. */
static int check_image(const struct image *image, struct err *err)
{
	if (image->image_type && strcmp(image->image_type, "virt-clone") == 0)
		return 0;
	return check_readable("file", image->file, err);
}

/* What is stored already is no reason to refuse the change of another field. */
static int check_content(
	struct server *server, const struct item *item, const struct item *stored, struct err *err)
{
	const struct field *field = item_field(item->type, "content");
	const struct opt_text *text = item_at_const(item, field);
	const struct opt_text *was = stored ? item_at_const(stored, field) : NULL;

	if (!text->text || (was && same_text(text->text, was->text)) ||
		template_check(server->answer_templates, item->name, text->text, strlen(text->text),
			err) == 0)
		return 0;
	if (err) {
		err->code = ERR_INVALID;
		snprintf(err->field, sizeof(err->field), "%s", field->name);
	}
	return err_wrap(err, "%s", field->name);
}

static bool same_paths(const struct strv *a, const struct strv *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

static bool is_on_record(const struct distro *distro)
{
	return distro->kernel_sha256 && distro->initrd_sha256.items.n == distro->initrd.items.n;
}

/* Another file in the place of one on record is not taken for it because of some other field's
 * change: sync and koan refuse it until somebody names its path again. */
static bool has_to_measure(
	const struct distro *distro, const struct distro *stored, enum edit_measure measure)
{
	switch (measure) {
	case MEASURE_CHANGED:
		break;
	case MEASURE_ALWAYS:
		return true;
	case MEASURE_NEVER:
		return false;
	}
	return !stored || !is_on_record(distro) || !same_text(distro->kernel, stored->kernel) ||
	       !same_paths(&distro->initrd.items, &stored->initrd.items);
}

/* The loaders' files start Xen by multiboot, which is there on x86 only. */
static int check_hypervisor(const struct distro *distro, struct err *err)
{
	const char *arch = distro->arch ? distro->arch : "x86_64";

	if (distro->hypervisor && *distro->hypervisor && strcmp(arch, "x86_64") != 0 &&
		strcmp(arch, "i386") != 0)
		return err_field(err, ERR_INVALID, "hypervisor",
			"Xen on %s cannot be started from the network, only on x86_64; take it "
			"out: --hypervisor=",
			arch);
	return check_readable("hypervisor", distro->hypervisor, err);
}

static int check_distro(struct distro *distro, const struct distro *stored,
	enum edit_measure measure, struct err *err)
{
	if (check_hypervisor(distro, err) < 0)
		return -1;
	strv_for_each (path, &distro->efi_loaders.items)
		if (check_readable("efi_loaders", path, err) < 0)
			return -1;
	if (efi_loaders_measure(distro, err) < 0)
		return -1;
	if (has_to_measure(distro, stored, measure))
		return measure_distro(distro, err);
	if (check_readable("kernel", distro->kernel, err) < 0)
		return -1;
	strv_for_each (path, &distro->initrd.items)
		if (check_readable("initrd", path, err) < 0)
			return -1;
	return 0;
}

int edit_check_item(struct server *server, struct item *item, const struct item *stored,
	enum edit_measure measure, struct err *err)
{
	if (item_validate(item, err) < 0)
		return -1;
	if (item->type->kind == ITEM_DISTRO)
		return check_distro(
			(struct distro *)item, (const struct distro *)stored, measure, err);
	if (item->type->kind == ITEM_IMAGE)
		return check_image((const struct image *)item, err);
	if (item->type->kind == ITEM_TEMPLATE || item->type->kind == ITEM_SNIPPET)
		return check_content(server, item, stored, err);
	return 0;
}

static bool is_protected(const struct item *item)
{
	return item->type->kind == ITEM_SYSTEM && ((const struct system *)item)->protected.value;
}

int edit_check_protected(
	const struct item *stored, const struct item *item, bool confirm, struct err *err)
{
	if (!stored || confirm || !is_protected(stored) || (item && item_equal(stored, item)))
		return 0;
	return err_set(err, ERR_CONFLICT,
		"%s '%s' is protected; to %s it all the same, add --confirm (?confirm=1 in a URL)",
		stored->type->name, stored->name, item ? "change" : "remove");
}
