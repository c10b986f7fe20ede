#include "ops/check/explain_open.h"

#include "base/file.h"
#include "model/types.h"
#include "ops/answer/autoinstall.h"
#include "ops/publish/http_image.h"
#include "ops/publish/netboot.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void not_found(struct explain_file *ret, const struct err *why)
{
	ret->found = false;
	ret->status = err_http_status(why->code);
	snprintf(ret->why, sizeof(ret->why), "%s", why->msg);
}

/* Files */

/* Its beginning, which says what it is; the end of a program of UEFI says who signed it. */
static int read_beginning(int fd, struct strbuf *ret, struct err *err)
{
	enum { PIECE = 1 << 16 };
	size_t max = EXPLAIN_TEXT;

	while (ret->len < max) {
		ssize_t n = pread(fd, strbuf_grow(ret, PIECE), PIECE, (off_t)ret->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot read a published file");
		if (n == 0)
			break;
		strbuf_added(ret, (size_t)n);
		if (memcmp(ret->buf, "MZ", ret->len < 2 ? ret->len : 2) == 0)
			max = EXPLAIN_PROGRAM;
	}
	return 0;
}

/* Kernels are large, and several firmwares boot the same one. */
static int sum_of(struct explain_opener *opener, const char *path, int fd, struct explain_file *ret,
	struct err *err)
{
	json_t *known = json_object_get(opener->sums, path);

	if (known) {
		snprintf(ret->sha256, sizeof(ret->sha256), "%s", json_get_str(known, "sha256"));
		ret->size = (uint64_t)json_integer_value(json_object_get(known, "size"));
		return 0;
	}
	if (sha256_fd(fd, ret->sha256, &ret->size, err) < 0)
		return -1;
	json_object_set_new(opener->sums, path,
		json_pack("{s:s,s:I}", "sha256", ret->sha256, "size", (json_int_t)ret->size));
	return 0;
}

static int open_published(
	struct explain_opener *opener, const char *path, struct explain_file *ret, struct err *err)
{
	autofree char *under = xasprintf("current/%s", path);
	struct err why = ERR_INIT;
	autoclose int fd = -1;
	struct stat st;

	if (strncmp(path, "private", 7) == 0 && (!path[7] || path[7] == '/'))
		err_set(&why, ERR_NOT_FOUND, "no file '%s'", path);
	else if (file_open_beneath(opener->server->tftp_fd, under, &fd, &st, &why) == 0 &&
		 !S_ISREG(st.st_mode))
		err_set(&why, ERR_NOT_FOUND, "'%s' is a folder", path);
	if (why.code != ERR_NONE) {
		not_found(ret, &why);
		return 0;
	}
	ret->found = true;
	ret->status = 200;
	return read_beginning(fd, &ret->text, err) < 0 ? -1 : sum_of(opener, path, fd, ret, err);
}

/* Answers of the boot port */

static void take_answer(struct explain_file *ret, const struct answer *answer)
{
	ret->found = true;
	ret->status = 200;
	ret->size = answer->len;
	sha256_text(answer->text, answer->len, ret->sha256);
	strbuf_add(
		&ret->text, answer->text, answer->len < EXPLAIN_TEXT ? answer->len : EXPLAIN_TEXT);
}

/* boot/FORMAT?mac=MAC */
static int open_boot(
	struct explain_opener *opener, char *path, struct explain_file *ret, struct err *err)
{
	char *query = strchr(path, '?');
	const char *said = query ? strstr(query, "mac=") : NULL;
	autofree char *mac = said ? xstrndup(said + 4, strcspn(said + 4, "&")) : NULL;
	AUTO(answer) struct answer *answer = NULL;
	struct err why = ERR_INIT;

	(void)err;
	if (query)
		*query = '\0';
	if (!mac && strcmp(path, "ipxe") == 0) {
		autostrbuf text = STRBUF_INIT;

		strbuf_adds(&text, NETBOOT_IPXE_FIRST);
		answer = answer_new("", &text);
	} else if (netboot_look(opener->server, path, mac ? mac : "", &answer, &why) < 0) {
		not_found(ret, &why);
		return 0;
	}
	take_answer(ret, answer);
	return 0;
}

/* Of an address, as the boot port's guard does it: "web%2Bdb" is web+db. */
static void undo_percents(char *path)
{
	char *to = path;

	for (const char *c = path; *c; c++) {
		const char digits[] = {
			c[0] == '%' ? c[1] : '\0', c[0] == '%' && c[1] ? c[2] : '\0', '\0'};
		char *end;
		long byte = strtol(digits, &end, 16);

		if (strlen(digits) == 2 && isxdigit((unsigned char)*digits) && !*end && byte) {
			*to++ = (char)byte;
			c += 2;
		} else {
			*to++ = *c;
		}
	}
	*to = '\0';
}

/* autoinstall/KIND/NAME[/PART] */
static int open_autoinstall(
	struct explain_opener *opener, char *path, struct explain_file *ret, struct err *err)
{
	char *name = strchr(path, '/');
	char *part = name ? strchr(name + 1, '/') : NULL;
	bool system = strncmp(path, "system/", 7) == 0;
	AUTO(answer) struct answer *answer = NULL;
	struct err why = ERR_INIT;

	(void)err;
	if (part)
		*part++ = '\0';
	if (name)
		undo_percents(name + 1);
	if (!name || (!system && strncmp(path, "profile/", 8) != 0))
		err_set(&why, ERR_NOT_FOUND, "'%s' is no answer file", path);
	else
		autoinstall_part_answer(opener->server, system ? &system_type : &profile_type,
			name + 1, part ? part : "", &answer, &why);
	if (answer)
		take_answer(ret, answer);
	else
		not_found(ret, &why);
	return 0;
}

/* boot/image/NAME: its sum, as the firmware would have it */
static int open_image(
	struct explain_opener *opener, char *path, struct explain_file *ret, struct err *err)
{
	enum { CHUNK = 1 << 16 };
	AUTO(http_image) struct http_image *image = NULL;
	autofree char *chunk = xmalloc(CHUNK);
	struct err why = ERR_INIT;
	struct sha256 sum;
	ssize_t n;

	if (http_image_look(opener->server, path, opener->mac, &image, &why) < 0) {
		if (http_image_is_ipxe(path, why.code))
			return open_published(opener, "ipxe.efi", ret, err);
		not_found(ret, &why);
		return 0;
	}
	sha256_begin(&sum);
	for (; ret->size < http_image_size(image); ret->size += (uint64_t)n) {
		n = http_image_read(image, ret->size, chunk, CHUNK);
		if (n <= 0)
			return err_set(err, ERR_IO, "the image '%s' cannot be read", path);
		sha256_add(&sum, chunk, (size_t)n);
	}
	sha256_end(&sum, ret->sha256);
	ret->found = true;
	ret->status = 200;
	return 0;
}

/* In an image: its configuration is the machine's, all else is published under the same name. */
static int open_in_image(
	struct explain_opener *opener, const char *path, struct explain_file *ret, struct err *err)
{
	AUTO(answer) struct answer *answer = NULL;
	struct err why = ERR_INIT;

	if (strncmp(path, "EFI/", 4) != 0)
		return open_published(opener, path, ret, err);
	if (netboot_look(opener->server, "grub", opener->mac, &answer, &why) < 0)
		not_found(ret, &why);
	else
		take_answer(ret, answer);
	return 0;
}

static const struct {
	const char *folder;
	int (*open)(struct explain_opener *opener, char *path, struct explain_file *ret,
		struct err *err);
} answers[] = {
	{"boot/image/", open_image},
	{"boot/", open_boot},
	{"autoinstall/", open_autoinstall},
	{"cblr/svc/op/autoinstall/", open_autoinstall},
	{"cblr/svc/op/ks/", open_autoinstall},
};

/* "10.77.0.1:8080" and "[fd77::1]:8080" without the port. */
static size_t host_len(const char *text, size_t len)
{
	const char *end = *text == '[' ? memchr(text, ']', len) : memchr(text, ':', len);

	return end ? (size_t)(end - text) + (*text == '[') : len;
}

static bool is_ours(const struct explain_opener *opener, const char *host, size_t len)
{
	len = host_len(host, len);
	strv_for_each (own, &opener->hosts)
		if (host_len(own, strlen(own)) == len && strncmp(own, host, len) == 0)
			return true;
	return false;
}

int explain_open(void *ctx, const char *url, struct explain_file *ret, struct err *err)
{
	struct explain_opener *opener = ctx;
	const char *host = strstr(url, "://");
	const char *slash = host ? strchr(host + 3, '/') : NULL;
	bool http = strncmp(url, "http:", 5) == 0;
	bool in_image = strncmp(url, "image:", 6) == 0;
	autofree char *path = NULL;

	*ret = (struct explain_file){.text = STRBUF_INIT};
	if (!slash || (!http && !in_image && strncmp(url, "tftp:", 5) != 0) ||
		!is_ours(opener, host + 3, (size_t)(slash - host - 3))) {
		ret->elsewhere = true;
		return 0;
	}
	/* in.tftpd's map and the boot port's guard both take several slashes for one */
	path = xstrdup(slash + strspn(slash, "/"));
	if (in_image)
		return open_in_image(opener, path, ret, err);
	for (size_t i = 0; http && i < ARRAY_SIZE(answers); i++) {
		size_t len = strlen(answers[i].folder);

		if (strncmp(path, answers[i].folder, len) == 0)
			return answers[i].open(opener, path + len, ret, err);
	}
	return open_published(opener, path, ret, err);
}
