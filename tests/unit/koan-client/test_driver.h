/* koan run on libvirt's test driver, from inside one connection, with a cache that needs no server.
 */
#ifndef TEST_KOAN_DRIVER_H
#define TEST_KOAN_DRIVER_H

#include "temp_cache.h"

#include "koan-client/create/create.h"

#include <stdio.h>

struct fixture {
	struct temp_cache cache;
	struct virt *virt;
	struct fetch *fetch;
	struct progress progress;
	char *printed;
};

static inline int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct err err = ERR_INIT;

	temp_cache_init(&f->cache, NULL, NULL);
	if (virt_open("test:///default", &f->virt, &err) < 0)
		fail_msg("%s", err.msg);
	f->fetch = fetch_new(NULL, NULL);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	virt_close(f->virt);
	fetch_free(f->fetch);
	temp_cache_done(&f->cache);
	free(f->printed);
	free(f);
	return 0;
}

/* koan with these options, parted by blanks; what it prints goes to f->printed. */
static inline int koan(struct fixture *f, const char *line, struct err *err)
{
	autooptions options = {0};
	autostrv argv = STRV_INIT;
	size_t size;
	FILE *out;
	int result;

	free(f->printed);
	f->printed = NULL;
	out = open_memstream(&f->printed, &size);
	strv_add(&argv, "koan");
	strv_split(&argv, "--virt --server=h", " ");
	strv_addf(&argv, "--%s=%s", f->cache.plan.kind, f->cache.plan.name);
	strv_addf(&argv, "--cache-dir=%s", f->cache.folder);
	strv_split(&argv, line, " ");
	if (options_parse((int)argv.n, argv.v, NULL, &options, err) < 0)
		fail_msg("%s", err->msg);
	result = create_guest(&options, &f->cache.plan, f->virt, f->fetch, &f->progress, out, err);
	fclose(out);
	return result;
}

static inline void must(struct fixture *f, const char *line)
{
	struct err err = ERR_INIT;

	if (koan(f, line, &err) < 0)
		fail_msg("koan %s: %s", line, err.msg);
}

static inline bool has_domain(struct fixture *f, const char *name)
{
	bool exists;

	assert_int_equal(virt_domain_exists(f->virt, name, &exists, NULL), 0);
	return exists;
}

static inline bool has_volume(struct fixture *f, const char *pool, const char *name)
{
	bool exists = false;

	return virt_volume_exists(f->virt, pool, name, &exists, NULL) == 0 && exists;
}

static inline bool has_pool(struct fixture *f, const char *name)
{
	autofree char *path = NULL;

	assert_int_equal(virt_pool_path(f->virt, name, &path, NULL), 0);
	return path != NULL;
}

#endif
