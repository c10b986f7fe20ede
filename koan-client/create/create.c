#include "koan-client/create/creation.h"

#include "koan-client/create/boot_files.h"
#include "koan-client/create/clone.h"
#include "koan-client/disk/disks.h"
#include "koan-client/disk/space.h"
#include "koan-client/guest/domain_xml.h"
#include "koan-client/guest/xl_file.h"
#include "koan-client/plan/cache.h"

#include "base/log.h"

#include <string.h>

const char *create_uri(const struct options *options, const struct domain_type *type)
{
	const char *environment = getenv("LIBVIRT_DEFAULT_URI");

	if (options->connect)
		return options->connect;
	if (environment && *environment)
		return environment;
	return type ? type->uri : NULL;
}

static bool needs_files(const struct creation *c)
{
	const struct guest *guest = &c->guests[0];
	bool clone = c->plan->image && strcmp(c->plan->image->type, "virt-clone") == 0;

	return guest->kernel || guest->cdrom ||
	       (clone && guest->start == START_DISK && !c->options->import);
}

static int get_files(struct creation *c, struct err *err)
{
	autofree char *cache = cache_folder(c->options->cache_dir);

	if (!needs_files(c))
		return 0;
	progress_step(c->progress, "fetching what is not in '%s'", cache);
	return cache_fill(cache, c->plan, c->fetch, &c->interrupt, err);
}

/* What a disk is copied from says how big it must be at least. */
static int look_at_image(struct creation *c, struct err *err)
{
	autofree char *cache = cache_folder(c->options->cache_dir);
	autofree char *path = cache_kernel_path(cache, c->plan);

	if (!needs_files(c) || c->guests[0].start != START_DISK)
		return 0;
	for (size_t i = 0; i < c->n; i++)
		if (clone_look(path, &c->guests[i], err) < 0)
			return err_wrap(err, "image '%s'", c->plan->name);
	return space_check(c->virt, c->guests, c->n, c->options->overcommit, err);
}

/* What a plain user has fetched lies in a home that the system's QEMU may not enter. */
static int send_files(struct creation *c, struct err *err)
{
	if (!virt_is_remote(c->virt) && !virt_opens_as_another(c->virt))
		return 0;
	progress_step(c->progress, "sending the boot files to '%s'", virt_uri(c->virt));
	return boot_files_send(c->virt, c->guests, c->n, &c->shared, &c->interrupt, err);
}

static int make_pools(struct creation *c, struct err *err)
{
	if (disks_pools(c->virt, c->guests, c->n, &c->shared, err) < 0)
		return -1;
	return space_check_groups(c->virt, c->guests, c->n, err);
}

static int (*const steps[])(struct creation *c, struct err *err) = {
	creation_prepare,
	creation_check,
	get_files,
	look_at_image,
	send_files,
	make_pools,
	creation_check_again,
};

static int run_steps(struct creation *c, struct err *err)
{
	if (interrupt_begin(&c->interrupt, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (interrupt_check(&c->interrupt, err) < 0 || steps[i](c, err) < 0)
			return -1;
	return 0;
}

/* One guest's error is the run's; of several, each is told and the run says how many. */
static int collect_errors(const struct creation *c, size_t failed, struct err *err)
{
	if (failed == 0)
		return 0;
	if (!c->options->count) {
		if (err)
			*err = c->jobs[0].err;
		return -1;
	}
	for (size_t i = 0; i < c->n; i++)
		if (c->jobs[i].failed)
			log_error("guest '%s': %s", c->guests[i].name, c->jobs[i].err.msg);
	return err_set(err, ERR_UPSTREAM, "%zu of %zu guests could not be made", failed, c->n);
}

static int run(struct creation *c, struct err *err)
{
	size_t failed;
	int result;

	if (run_steps(c, err) < 0) {
		undo_all(&c->shared, c->virt);
		return -1;
	}
	failed = creation_run(c);
	result = collect_errors(c, failed, err);
	if (failed == c->n) {
		undo_all(&c->shared, c->virt);
		return -1;
	}
	undo_forget(&c->shared);
	creation_report(c);
	return creation_wait(c, result < 0 ? NULL : err) < 0 ? -1 : result;
}

static void creation_done(struct creation *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->guests)
			guest_done(&c->guests[i]);
		if (c->jobs) {
			replaced_done(&c->jobs[i].old);
			free(c->jobs[i].said);
		}
	}
	free(c->guests);
	free(c->jobs);
	host_view_done(&c->view);
	if (c->interrupt.fd >= 0)
		close(c->interrupt.fd);
}

int create_guest(const struct options *options, const struct plan *plan, struct virt *virt,
	struct fetch *fetch, struct progress *progress, FILE *out, struct err *err)
{
	struct creation c = {
		.options = options,
		.plan = plan,
		.virt = virt,
		.fetch = fetch,
		.progress = progress,
		.out = out,
		.interrupt = {.fd = -1},
	};
	int result = run(&c, err);

	creation_done(&c);
	return result;
}

static int print_one(const struct creation *c, const struct guest *guest, struct err *err)
{
	autofree char *xml = domain_xml(guest, DOMAIN_INSTALL);
	autofree char *native = NULL;

	if (c->options->format == FORMAT_XL &&
		(xl_check(guest, err) < 0 || virt_domain_to_xl(c->virt, xml, &native, err) < 0))
		return -1;
	fputs(native ? native : xml, c->out);
	return 0;
}

int create_print(const struct options *options, const struct plan *plan, struct virt *virt,
	FILE *out, struct err *err)
{
	struct creation c = {
		.options = options,
		.plan = plan,
		.virt = virt,
		.out = out,
		.interrupt = {.fd = -1},
	};
	int result = creation_prepare(&c, err);

	for (size_t i = 0; result == 0 && i < c.n; i++)
		result = print_one(&c, &c.guests[i], err);
	creation_done(&c);
	return result;
}
