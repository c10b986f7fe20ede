#include "koan-client/bootloader/repository.h"

#include <string.h>
#include <sys/utsname.h>

#define SUMS_BYTES ((size_t)16 << 20)

struct place {
	const char *kernel;
	const char *initrd;
};

/* %A is the architecture, %R the release. The names of architectures: x86_64's, i386's, arm64's. */
struct repository_family {
	const char *name;
	const char *archs[3];
	struct place places[3];   /* for Xen first; the last one has no kernel */
	const char *sums[3];      /* files with checksums, the first that there is */
	const char *sums_base;    /* what their paths are relative to */
	const char *const *words; /* of the kernel, with the repository behind */
	bool needs_release;
};

/* Anaconda of RHEL 9 and Fedora 34 knows only the second. */
static const char *const rhlike_words[] = {"method=", "inst.repo=", NULL};
static const char *const sleslike_words[] = {"install=", NULL};
static const char *const no_words[] = {NULL};

static const struct repository_family families[] = {
	{
		.name = "rhlike",
		.archs = {"x86_64", "i386", "aarch64"},
		.places = {{"images/xen/vmlinuz", "images/xen/initrd.img"},
			{"images/pxeboot/vmlinuz", "images/pxeboot/initrd.img"}},
		.sums = {".treeinfo", "treeinfo"},
		.sums_base = "",
		.words = rhlike_words,
	},
	{
		.name = "debianlike",
		.archs = {"amd64", "i386", "arm64"},
		.places = {{"dists/%R/main/installer-%A/current/images/netboot/xen/vmlinuz",
				   "dists/%R/main/installer-%A/current/images/netboot/xen/"
				   "initrd.gz"},
			{"dists/%R/main/installer-%A/current/images/netboot/"
			 "debian-installer/%A/linux",
				"dists/%R/main/installer-%A/current/images/netboot/"
				"debian-installer/%A/initrd.gz"}},
		.sums = {"dists/%R/main/installer-%A/current/images/SHA256SUMS"},
		.sums_base = "dists/%R/main/installer-%A/current/images/",
		.words = no_words,
		.needs_release = true,
	},
	{
		.name = "sleslike",
		.archs = {"x86_64", "i386", "aarch64"},
		.places = {{"boot/%A/vmlinuz-xen", "boot/%A/initrd-xen"},
			{"boot/%A/loader/linux", "boot/%A/loader/initrd"}},
		.sums = {"CHECKSUMS", "content"},
		.sums_base = "",
		.words = sleslike_words,
	},
};

static const struct {
	const char *name;
	size_t column;
} archs[] = {
	{"x86_64", 0},
	{"amd64", 0},
	{"x86-64", 0},
	{"i386", 1},
	{"i486", 1},
	{"i586", 1},
	{"i686", 1},
	{"x86", 1},
	{"aarch64", 2},
	{"arm64", 2},
};

const struct repository_family *repository_family_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (strcmp(families[i].name, name) == 0)
			return &families[i];
	return NULL;
}

void repository_family_names(struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		strbuf_addf(ret, "%s%s", i ? ", " : "", families[i].name);
}

bool repository_family_needs_release(const struct repository_family *family)
{
	return family->needs_release;
}

static const char *arch_name(const struct repository *repository)
{
	const char *given = repository->arch;
	struct utsname host;

	if (!given)
		given = uname(&host) == 0 ? host.machine : "x86_64";
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
		if (strcmp(archs[i].name, given) == 0)
			return repository->family->archs[archs[i].column];
	return repository->arch; /* as it is in the repository; NULL only on an unknown host */
}

/* A path with %A and %R filled in, yours to free. */
static char *expand(const struct repository *repository, const char *path)
{
	const char *arch = arch_name(repository);
	autostrbuf text = STRBUF_INIT;

	for (; *path; path++) {
		if (*path != '%')
			strbuf_addc(&text, *path);
		else if (*++path == 'A')
			strbuf_add_url(&text, arch ? arch : "");
		else
			strbuf_add_url(&text, repository->release ? repository->release : "");
	}
	return strbuf_take(&text);
}

static char *url_of(const struct repository *repository, const char *path)
{
	size_t len = strlen(repository->url);

	while (len && repository->url[len - 1] == '/')
		len--;
	return xasprintf("%.*s/%s", (int)len, repository->url, path);
}

static bool is_sum(const char *word, size_t len)
{
	return len == SHA256_TEXT - 1 && strspn(word, "0123456789abcdef") >= len;
}

/* Of one line: sets what it finds. */
static void look_at_line(const char *line, size_t n, const char *path, char sum[SHA256_TEXT])
{
	const char *end = line + n;
	const char *found = NULL;
	bool is_path = false;

	while (line < end) {
		size_t len = strcspn(line, " \t\r\n=:*");

		if (len > (size_t)(end - line))
			len = (size_t)(end - line);
		if (is_sum(line, len))
			found = line;
		else if (len > 2 && strncmp(line, "./", 2) == 0)
			is_path |= len - 2 == strlen(path) && strncmp(line + 2, path, len - 2) == 0;
		else
			is_path |= len == strlen(path) && strncmp(line, path, len) == 0;
		line += len + (line + len < end);
	}
	if (found && is_path)
		snprintf(sum, SHA256_TEXT, "%.64s", found);
}

void repository_sum(const char *text, const char *path, char ret[SHA256_TEXT])
{
	ret[0] = '\0';
	while (*text && !*ret) {
		size_t len = strcspn(text, "\n");

		look_at_line(text, len, path, ret);
		text += len + (text[len] != '\0');
	}
}

/* The text of the first file of checksums that there is; "" where there is none. */
static int read_sums(const struct repository *repository, struct fetch *fetch,
	const struct interrupt *interrupt, struct strbuf *ret, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(repository->family->sums); i++) {
		autofree char *path = NULL;
		autofree char *url = NULL;
		struct fetch_request request;
		int status;

		if (!repository->family->sums[i])
			return 0;
		path = expand(repository, repository->family->sums[i]);
		url = url_of(repository, path);
		request = (struct fetch_request){.url = url,
			.sink = fetch_into_memory,
			.ctx = ret,
			.max = SUMS_BYTES,
			.seconds = 120,
			.interrupt = interrupt};
		if (fetch_get(fetch, &request, &status, ret, err) < 0)
			return -1;
		if (status == 200)
			return 0;
		strbuf_reset(ret);
		if (status != 404 && status != 403 && status != 410)
			return err_set(err, err_from_http_status(status),
				"%s: the server answered with HTTP status %d", url, status);
	}
	return 0;
}

static int exists(struct fetch *fetch, const char *url, const struct interrupt *interrupt,
	bool *ret, struct err *err)
{
	struct fetch_request request = {
		.url = url, .head = true, .seconds = 60, .interrupt = interrupt};
	autostrbuf body = STRBUF_INIT;
	int status;

	if (fetch_get(fetch, &request, &status, &body, err) < 0)
		return -1;
	*ret = status == 200;
	if (*ret || status == 404 || status == 403 || status == 410)
		return 0;
	return err_set(err, err_from_http_status(status),
		"%s: the server answered with HTTP status %d", url, status);
}

/* The checksums' paths are relative to their own folder. */
static void find_sum(const struct repository *repository, const char *sums, const char *path,
	char ret[SHA256_TEXT])
{
	autofree char *base = expand(repository, repository->family->sums_base);
	size_t len = strlen(base);

	repository_sum(sums, strncmp(path, base, len) == 0 ? path + len : path, ret);
}

static void add_words(const struct repository *repository, struct boot *boot)
{
	autofree char *url = url_of(repository, "");

	for (const char *const *word = repository->family->words; *word; word++) {
		autofree char *arg = xasprintf("%s%s", *word, url);

		boot_add_args(boot, arg);
	}
}

int repository_boot(const struct repository *repository, struct fetch *fetch,
	const struct interrupt *interrupt, struct boot *ret, struct err *err)
{
	autostrbuf sums = STRBUF_INIT;
	autofree char *kernel = NULL;
	char sum[SHA256_TEXT];

	if (read_sums(repository, fetch, interrupt, &sums, err) < 0)
		return err_wrap(err, "repository");
	for (const struct place *place = repository->family->places; place->kernel; place++) {
		autofree char *kernel_path = expand(repository, place->kernel);
		autofree char *initrd_path = expand(repository, place->initrd);
		autofree char *initrd = url_of(repository, initrd_path);
		bool there;

		free(kernel);
		kernel = url_of(repository, kernel_path);
		if (exists(fetch, kernel, interrupt, &there, err) < 0)
			return err_wrap(err, "repository");
		if (!there)
			continue;
		ret->what = xasprintf("repository %s", repository->url);
		find_sum(repository, sums.buf, kernel_path, ret->kernel.sha256);
		find_sum(repository, sums.buf, initrd_path, sum);
		ret->kernel.url = TAKE(kernel);
		boot_add_initrd(ret, initrd, sum);
		add_words(repository, ret);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND,
		"no installer's kernel in the repository, at last looked for at %s; is it a "
		"repository of the family '%s'?",
		kernel, repository->family->name);
}
