#include "temp_cache.h"

#include "koan-client/plan/cache.h"

#include <dirent.h>
#include <sys/stat.h>

#define TWO_INITRDS                                                                                \
	"[{\"url\": \"http://a/1\", \"size\": 1, \"sha256\": \"" GOOD_SHA256                       \
	"\"}, {\"url\": \"http://a/2\", \"size\": 1, \"sha256\": \"" OTHER_SHA256 "\"}]"

static const struct interrupt no_interrupt = {.fd = -1};

static int fill(const struct temp_cache *cache, struct err *err)
{
	autofetch struct fetch *fetch = fetch_new(NULL, NULL);

	return cache_fill(cache->folder, &cache->plan, fetch, &no_interrupt, err);
}

static size_t count_files(const char *folder)
{
	DIR *list = opendir(folder);
	size_t n = 0;
	const struct dirent *entry;

	assert_non_null(list);
	while ((entry = readdir(list)))
		n += entry->d_name[0] != '.';
	closedir(list);
	return n;
}

static void test_reuses(void **state)
{
	struct temp_cache cache;
	struct err err = ERR_INIT;

	(void)state;
	temp_cache_init(&cache, NULL, NULL);
	if (fill(&cache, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(count_files(cache.folder), 2);
	temp_cache_done(&cache);
}

/* A damaged or cut file is fetched again; here nobody answers. */
static void test_verifies(void **state)
{
	static const char *const damages[] = {"the kernal", "the ker", "", "the kernel and more"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		struct temp_cache cache;
		autofree char *path = NULL;
		struct err err = ERR_INIT;

		temp_cache_init(&cache, NULL, NULL);
		path = cache_kernel_path(cache.folder, &cache.plan);
		assert_int_equal(
			file_replace(AT_FDCWD, path, 0644, damages[i], strlen(damages[i]), NULL),
			0);
		assert_int_equal(fill(&cache, &err), -1);
		assert_contains(err.msg, "kernel: http://127.0.0.1:1/linux");
		assert_int_equal(count_files(cache.folder), 2);
		temp_cache_done(&cache);
	}
}

/* A link in the place of a cached file must not lead koan to read or overwrite something else. */
static void test_refuses_links(void **state)
{
	struct temp_cache cache;
	autofree char *path = NULL;
	struct err err = ERR_INIT;

	(void)state;
	temp_cache_init(&cache, NULL, NULL);
	path = cache_kernel_path(cache.folder, &cache.plan);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	assert_int_equal(fill(&cache, &err), -1);
	assert_contains(err.msg, "no readable file");
	temp_cache_done(&cache);
}

static void test_joins_initrds(void **state)
{
	struct temp_cache cache;
	autofree char *path = NULL;
	autostrbuf joined = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	temp_cache_init(&cache, "initrd", TWO_INITRDS);
	if (fill(&cache, &err) < 0)
		fail_msg("%s", err.msg);
	path = cache_initrd_path(cache.folder, &cache.plan);
	assert_int_equal(file_read(AT_FDCWD, path, 100, &joined, NULL), 0);
	assert_int_equal(joined.len, 16);
	assert_memory_equal(joined.buf, "initrd 0initrd 1", 16);
	assert_int_equal(count_files(cache.folder), 4);
	temp_cache_done(&cache);
}

/* A koan in another container may have our process number. */
static void test_others_parts_stay(void **state)
{
	struct temp_cache cache;
	autofree char *kernel = NULL;
	autofree char *part = NULL;
	struct stat st;

	(void)state;
	temp_cache_init(&cache, NULL, NULL);
	kernel = cache_kernel_path(cache.folder, &cache.plan);
	part = xasprintf(
		"%s/%.16s.%ld.part", cache.folder, cache.plan.kernel.sha256, (long)getpid());
	assert_int_equal(rename(kernel, part), 0);
	assert_int_equal(fill(&cache, NULL), -1);
	assert_int_equal(stat(part, &st), 0);
	temp_cache_done(&cache);
}

static void test_prunes(void **state)
{
	static const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	static const char *const names[] = {
		GOOD_SHA256, "0123456789abcdef.1.part", "." GOOD_SHA256 ".0badcafe", "notes.txt"};
	struct temp_cache cache;
	autofree char *kept = NULL;
	autofree char *half = NULL;
	struct stat st;

	(void)state;
	temp_cache_init(&cache, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		autofree char *path = xasprintf("%s/%s", cache.folder, names[i]);

		assert_int_equal(file_replace(AT_FDCWD, path, 0644, "x", 1, NULL), 0);
		assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
	}
	assert_int_equal(fill(&cache, NULL), 0);
	assert_int_equal(count_files(cache.folder), 3);
	kept = xasprintf("%s/notes.txt", cache.folder);
	assert_int_equal(stat(kept, &st), 0);
	half = xasprintf("%s/%s", cache.folder, names[2]);
	assert_int_equal(stat(half, &st), -1);
	temp_cache_done(&cache);
}

static void test_folders(void **state)
{
	autofree char *absolute = cache_folder("/srv/cache");
	autofree char *relative = cache_folder("cache");

	(void)state;
	assert_string_equal(absolute, "/srv/cache");
	assert_int_equal(relative[0], '/');
	assert_contains(relative, "/cache");
}

/* A file of this host takes the place of a download where it is the right one. */
static void test_adopts(void **state)
{
	static const struct {
		const char *text;
		bool taken;
	} files[] = {{"another k", false}, {"the kernal", false}, {"the kernel", true}};
	struct temp_cache cache;
	autofree char *path = NULL;
	autofree char *ours = NULL;
	bool found;

	(void)state;
	temp_cache_init(&cache, NULL, NULL);
	path = cache_kernel_path(cache.folder, &cache.plan);
	ours = xasprintf("%s.here", path);
	assert_int_equal(
		cache_adopt(cache.folder, "/nowhere", &cache.plan.kernel, &found, NULL), 0);
	assert_false(found);
	assert_int_equal(unlink(path), 0);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		assert_int_equal(file_replace(AT_FDCWD, ours, 0644, files[i].text,
					 strlen(files[i].text), NULL),
			0);
		assert_int_equal(
			cache_adopt(cache.folder, ours, &cache.plan.kernel, &found, NULL), 0);
		assert_int_equal(found, files[i].taken);
		assert_int_equal(access(path, F_OK) == 0, files[i].taken);
	}
	assert_int_equal(unlink(ours), 0);
	assert_int_equal(count_files(cache.folder), 2);
	temp_cache_done(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reuses),
		cmocka_unit_test(test_verifies),
		cmocka_unit_test(test_refuses_links),
		cmocka_unit_test(test_joins_initrds),
		cmocka_unit_test(test_others_parts_stay),
		cmocka_unit_test(test_prunes),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_adopts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
