/*
 * The part of making a guest that is its own. One that is replaced (--force) goes on until all is
 * there that the new one needs; only its disks that are in the way go after its end.
 */
#include "koan-client/create/creation.h"

#include "koan-client/create/clone.h"
#include "koan-client/disk/disks.h"
#include "koan-client/guest/domain_xml.h"
#include "koan-client/guest/xl_file.h"
#include "koan-client/plan/cache.h"

#include <pthread.h>
#include <string.h>

/* libvirt works on several calls of one connection at once; more threads than this only wait. */
#define WORKERS_MAX 8

static bool clones(const struct creation *c)
{
	return c->plan->image && !c->options->import &&
	       strcmp(c->plan->image->type, "virt-clone") == 0;
}

/* What it is now: files may have been fetched for an hour since it was first looked at. */
static int look_at_old(struct creation *c, struct job *job, struct err *err)
{
	if (!replaced_is(&job->old))
		return 0;
	return replaced_look_again(c->virt, job->guest->name, &job->old, err);
}

static int fill_disk(struct creation *c, struct job *job, struct err *err)
{
	autofree char *cache = cache_folder(c->options->cache_dir);
	autofree char *path = cache_kernel_path(cache, c->plan);

	if (clone_fill(c->virt, path, job->guest, &c->interrupt, err) < 0)
		return err_wrap(err, "disk '%s'", job->guest->disks[0].place.source);
	return 0;
}

static int make_disks(struct creation *c, struct job *job, bool late, struct err *err)
{
	if (disks_make(c->virt, job->guest, late, &job->undo, job->out, err) < 0)
		return -1;
	return clones(c) && job->guest->disks[0].late == late ? fill_disk(c, job, err) : 0;
}

static int make_early_disks(struct creation *c, struct job *job, struct err *err)
{
	return make_disks(c, job, false, err);
}

static void note_domain(struct job *job)
{
	autofree char *title = xasprintf("domain '%s'", job->guest->name);

	if (replaced_is(&job->old))
		undo_add_replaced(&job->undo, &job->old, title);
	else
		undo_add(&job->undo, UNDO_DOMAIN, "", job->guest->uuid, title);
}

static int define(struct creation *c, struct job *job, struct err *err)
{
	autofree char *xml = domain_xml(job->guest, DOMAIN_RUN);
	bool auto_boot = job->guest->auto_boot;

	if (virt_domain_define(c->virt, xml, err) < 0) {
		/* A connection that was lost meanwhile may have obeyed. */
		if (!virt_is_alive(c->virt))
			note_domain(job);
		return -1;
	}
	note_domain(job);
	if (auto_boot == job->old.state.autostart)
		return 0;
	return virt_domain_autostart(c->virt, job->guest->name, auto_boot, err);
}

static int write_xl(struct creation *c, struct job *job, struct err *err)
{
	autofree char *xml = domain_xml(job->guest, DOMAIN_RUN);
	autofree char *title = xasprintf("'" XL_FOLDER "/%s'", job->guest->name);
	autofree char *text = NULL;

	if (!c->options->xl_config)
		return 0;
	if (virt_domain_to_xl(c->virt, xml, &text, err) < 0 ||
		(job->old.xl && xl_file_remove(job->guest->name, err) < 0) ||
		xl_file_write(job->guest->name, text, err) < 0)
		return -1;
	undo_add(&job->undo, UNDO_XL_FILE, "", job->guest->name, title);
	return 0;
}

static int stop_old(struct creation *c, struct job *job, struct err *err)
{
	return replaced_is(&job->old) ? replaced_stop(c->virt, &job->old, err) : 0;
}

static int make_late_disks(struct creation *c, struct job *job, struct err *err)
{
	for (size_t i = 0; i < job->guest->n_disks; i++)
		if (job->guest->disks[i].late)
			replaced_touch(&job->old, job->guest->disks[i].place.source);
	return make_disks(c, job, true, err);
}

/* Where nobody knows whether the new guest runs, it may have written to what it was given. */
static void end_unknown_run(const struct creation *c, struct job *job)
{
	for (size_t i = 0; i < job->guest->n_disks; i++) {
		const char *source = job->guest->disks[i].place.source;
		const char *owner = host_view_owner(&c->view, source, virt_is_here(c->virt));

		if (owner && strcmp(owner, job->guest->name) == 0)
			replaced_touch(&job->old, source);
	}
	if (virt_revive(c->virt, NULL) == 0)
		virt_domain_stop(c->virt, job->guest->uuid, NULL);
}

static int start(struct creation *c, struct job *job, struct err *err)
{
	autofree char *xml = NULL;
	int result;

	if (job->guest->start == START_DISK) {
		result = virt_domain_boot(c->virt, job->guest->name, err);
	} else {
		xml = domain_xml(job->guest, DOMAIN_INSTALL);
		result = virt_domain_start(c->virt, xml, job->old.nvram != NULL, err);
	}
	if (result < 0 && replaced_is(&job->old) && !virt_is_alive(c->virt))
		end_unknown_run(c, job);
	return result;
}

static int (*const steps[])(struct creation *c, struct job *job, struct err *err) = {
	look_at_old,
	make_early_disks,
	define,
	write_xl,
	stop_old,
	make_late_disks,
	start,
};

static void run_job(struct creation *c, struct job *job)
{
	job->out = open_memstream(&job->said, &job->said_len);
	if (!job->out)
		abort(); /* out of memory, as in xmalloc() */
	for (size_t i = 0; i < ARRAY_SIZE(steps) && !job->failed; i++)
		job->failed = interrupt_check(&c->interrupt, &job->err) < 0 ||
		              steps[i](c, job, &job->err) < 0;
	if (!job->failed && replaced_is(&job->old))
		replaced_clear(c->virt, &job->old, job->guest, job->out);
	if (job->failed)
		undo_all(&job->undo, c->virt);
	else
		undo_forget(&job->undo);
	fclose(job->out);
	job->out = NULL;
}

struct workers {
	struct creation *c;
	pthread_mutex_t lock;
	size_t next;
	size_t done;
};

static struct job *take_job(struct workers *workers)
{
	struct job *job = NULL;

	pthread_mutex_lock(&workers->lock);
	if (workers->next < workers->c->n)
		job = &workers->c->jobs[workers->next++];
	pthread_mutex_unlock(&workers->lock);
	return job;
}

static void tell(struct workers *workers, struct job *job)
{
	pthread_mutex_lock(&workers->lock);
	workers->done++;
	fputs(job->said, workers->c->out);
	progress_step(workers->c->progress, "guest '%s' %s (%zu of %zu)", job->guest->name,
		job->failed ? "failed" : "is made", workers->done, workers->c->n);
	pthread_mutex_unlock(&workers->lock);
}

static void *work(void *ctx)
{
	struct workers *workers = ctx;
	struct job *job;

	while ((job = take_job(workers))) {
		run_job(workers->c, job);
		tell(workers, job);
	}
	return NULL;
}

size_t creation_run(struct creation *c)
{
	struct workers workers = {.c = c};
	pthread_t threads[WORKERS_MAX];
	size_t n_threads = 0;
	size_t failed = 0;

	pthread_mutex_init(&workers.lock, NULL);
	/* This thread is one of them, and the only one where no other can be had. */
	while (n_threads + 1 < c->n && n_threads + 1 < WORKERS_MAX &&
		pthread_create(&threads[n_threads], NULL, work, &workers) == 0)
		n_threads++;
	work(&workers);
	while (n_threads > 0)
		pthread_join(threads[--n_threads], NULL);
	pthread_mutex_destroy(&workers.lock);
	for (size_t i = 0; i < c->n; i++)
		failed += c->jobs[i].failed;
	return failed;
}
