/* A cache folder with a plan's files in it, so that nothing needs a server. */
#ifndef TEST_KOAN_TEMP_CACHE_H
#define TEST_KOAN_TEMP_CACHE_H

#include "support.h"

#include "base/file.h"

#include <fcntl.h>

struct temp_cache {
	char folder[64];
	struct plan plan;
};

static inline void temp_cache_put(
	const struct temp_cache *cache, const char *text, struct plan_file *file)
{
	autofree char *path = NULL;

	file->size = strlen(text);
	sha256_text(text, strlen(text), file->sha256);
	path = xasprintf("%s/%s", cache->folder, file->sha256);
	assert_int_equal(file_replace(AT_FDCWD, path, 0644, text, strlen(text), NULL), 0);
}

/* The good plan changed as in load_plan(), with a kernel and an initrd of a few bytes. Nothing
 * listens at its URLs, so a fetch fails. */
static inline void temp_cache_init(struct temp_cache *cache, const char *path, const char *value)
{
	*cache = (struct temp_cache){.folder = "/tmp/koan-cache-XXXXXX"};
	assert_non_null(mkdtemp(cache->folder));
	load_plan(path, value, &cache->plan);
	free(cache->plan.kernel.url);
	cache->plan.kernel.url = xstrdup("http://127.0.0.1:1/linux");
	temp_cache_put(cache, "the kernel", &cache->plan.kernel);
	for (size_t i = 0; i < cache->plan.n_initrds; i++) {
		autofree char *text = xasprintf("initrd %zu", i);

		free(cache->plan.initrds[i].url);
		cache->plan.initrds[i].url = xstrdup("http://127.0.0.1:1/initrd");
		temp_cache_put(cache, text, &cache->plan.initrds[i]);
	}
}

static inline void temp_cache_done(struct temp_cache *cache)
{
	plan_done(&cache->plan);
	assert_int_equal(file_remove_tree(AT_FDCWD, cache->folder, NULL), 0);
}

#endif
