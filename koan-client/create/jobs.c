/* The part of making a guest that is its own: from the old domain's end to the new one's start. */
#include "koan-client/create/creation.h"

#include "koan-client/create/clone.h"
#include "koan-client/create/unmake.h"
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

static int remove_old(struct creation *c, struct job *job, struct err *err)
{
	bool exists;

	if (!c->options->force)
		return 0;
	if (virt_domain_exists(c->virt, job->guest->name, &exists, err) < 0)
		return -1;
	return exists ? unmake_guest(c->virt, job->guest->name, true, job->out, err) : 0;
}

static int make_disks(struct creation *c, struct job *job, struct err *err)
{
	return disks_make(c->virt, job->guest, c->options->force_path, &job->undo, job->out, err);
}

static int fill_disk(struct creation *c, struct job *job, struct err *err)
{
	autofree char *cache = cache_folder(c->options->cache_dir);
	autofree char *path = cache_kernel_path(cache, c->plan);

	if (!clones(c))
		return 0;
	if (clone_fill(c->virt, path, job->guest, &c->interrupt, err) < 0)
		return err_wrap(err, "disk '%s'", job->guest->disks[0].place.source);
	return 0;
}

static int define(struct creation *c, struct job *job, struct err *err)
{
	autofree char *xml = domain_xml(job->guest, DOMAIN_RUN);
	autofree char *title = xasprintf("domain '%s'", job->guest->name);

	if (virt_domain_define(c->virt, xml, err) < 0) {
		/* A connection that was lost meanwhile may have obeyed. */
		if (!virt_is_alive(c->virt))
			undo_add(&job->undo, UNDO_DOMAIN, "", job->guest->uuid, title);
		return -1;
	}
	undo_add(&job->undo, UNDO_DOMAIN, "", job->guest->uuid, title);
	return job->guest->auto_boot ? virt_domain_autostart(c->virt, job->guest->name, err) : 0;
}

static int write_xl(struct creation *c, struct job *job, struct err *err)
{
	autofree char *xml = domain_xml(job->guest, DOMAIN_RUN);
	autofree char *title = xasprintf("'" XL_FOLDER "/%s'", job->guest->name);
	autofree char *text = NULL;

	if (!c->options->xl_config)
		return 0;
	if (virt_domain_to_xl(c->virt, xml, &text, err) < 0 ||
		xl_file_write(job->guest->name, text, err) < 0)
		return -1;
	undo_add(&job->undo, UNDO_XL_FILE, "", job->guest->name, title);
	return 0;
}

static int start(struct creation *c, struct job *job, struct err *err)
{
	autofree char *xml = NULL;

	if (job->guest->start == START_DISK)
		return virt_domain_boot(c->virt, job->guest->name, err);
	xml = domain_xml(job->guest, DOMAIN_INSTALL);
	return virt_domain_start(c->virt, xml, err);
}

static int (*const steps[])(struct creation *c, struct job *job, struct err *err) = {
	remove_old,
	make_disks,
	fill_disk,
	define,
	write_xl,
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
