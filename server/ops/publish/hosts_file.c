#include "ops/publish/hosts_file.h"

#include "base/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { HOSTS_MAX = 64 << 20 };

static size_t hex_digit(char c)
{
	return (size_t)(c >= 'a' ? c - 'a' + 10 : c - '0') & 15;
}

size_t hosts_file_of(const char *mac)
{
	size_t len = strcspn(mac, ",");

	return len < 2 ? 0 : hex_digit(mac[len - 2]) << 4 | hex_digit(mac[len - 1]);
}

void hosts_file_name(size_t file, char ret[HOSTS_FILE_NAME])
{
	static const char digits[] = "0123456789abcdef";

	ret[0] = digits[file >> 4 & 15];
	ret[1] = digits[file & 15];
	ret[2] = '\0';
}

static char *path_of(size_t file)
{
	char name[HOSTS_FILE_NAME];

	hosts_file_name(file, name);
	return xasprintf(DHCP_HOSTS "/%s", name);
}

/* What a card's lines begin with: with the comma none of them begins another's. */
static void collect_keys(const struct strv *macs, const struct strv *lines, struct strv *ret)
{
	strv_for_each (mac, macs)
		strv_addf(ret, "%s,", mac);
	strv_for_each (line, lines)
		strv_addf(ret, "%.*s,", (int)strcspn(line, ","), line);
	strv_sort(ret);
}

static size_t line_end(const struct strbuf *text, size_t at)
{
	const char *newline = memchr(text->buf + at, '\n', text->len - at);

	return newline ? (size_t)(newline - text->buf) + 1 : text->len;
}

/* Where the first line begins that does not come before the key; `from` begins a line. */
static size_t find(const struct strbuf *text, size_t from, const char *key)
{
	size_t low = from;
	size_t high = text->len;

	while (low < high) {
		size_t line = low + (high - low) / 2;

		while (line > low && text->buf[line - 1] != '\n')
			line--;
		if (strncmp(text->buf + line, key, strlen(key)) < 0)
			low = line_end(text, line);
		else
			high = line;
	}
	return low;
}

static size_t after(const struct strbuf *text, size_t at, const char *key)
{
	while (at < text->len && strncmp(text->buf + at, key, strlen(key)) == 0)
		at = line_end(text, at);
	return at;
}

void hosts_file_replace(const struct strbuf *was, const struct strv *macs, const struct strv *lines,
	struct strbuf *ret)
{
	autostrv keys = STRV_INIT;
	autostrv sorted = STRV_INIT; /* each once */
	const char *last = "";
	size_t from = 0;

	collect_keys(macs, lines, &keys);
	strv_for_each (line, lines)
		if (!strv_has(&sorted, line))
			strv_add(&sorted, line);
	strv_sort(&sorted);
	strbuf_grow(ret, was->len + 1);
	strv_for_each (key, &keys) {
		size_t at = find(was, from, key);

		if (strcmp(key, last) == 0)
			continue;
		last = key;
		strbuf_add(ret, was->buf + from, at - from);
		if (ret->len && ret->buf[ret->len - 1] != '\n')
			strbuf_addc(ret, '\n');
		strv_for_each (line, &sorted)
			if (strncmp(line, key, strlen(key)) == 0)
				strbuf_addf(ret, "%s\n", line);
		from = after(was, at, key);
	}
	strbuf_add(ret, was->buf + from, was->len - from);
}

void hosts_files_read(int generation, struct strbuf *ret)
{
	if (file_read(generation, DHCP_HOSTS, HOSTS_MAX, ret, NULL) == 0)
		return;
	strbuf_reset(ret);
	for (size_t i = 0; i < HOSTS_FILES; i++) {
		autofree char *path = path_of(i);
		autostrbuf text = STRBUF_INIT;

		if (file_read(generation, path, HOSTS_MAX, &text, NULL) == 0)
			strbuf_add(ret, text.buf, text.len);
	}
}

static void take_those_of(size_t file, const struct strv *from, struct strv *ret)
{
	strv_for_each (text, from)
		if (hosts_file_of(text) == file)
			strv_add(ret, text);
}

static int change_file(int generation, size_t file, const struct strv *all_macs,
	const struct strv *all_lines, sync_file_fn *tell, void *ctx, struct err *err)
{
	autofree char *path = path_of(file);
	autostrv macs = STRV_INIT;
	autostrv lines = STRV_INIT;
	autostrbuf was = STRBUF_INIT;
	autostrbuf is = STRBUF_INIT;
	struct err missing = ERR_INIT;

	take_those_of(file, all_macs, &macs);
	take_those_of(file, all_lines, &lines);
	if (!macs.n && !lines.n)
		return 0;
	if (file_read(generation, path, HOSTS_MAX, &was, &missing) < 0) {
		if (missing.code != ERR_NOT_FOUND)
			return err_set(err, missing.code, "%s", missing.msg);
		strbuf_adds(&was, DHCP_HOSTS_HEAD);
	}
	hosts_file_replace(&was, &macs, &lines, &is);
	if (is.len == was.len && memcmp(is.buf, was.buf, is.len) == 0)
		return 0;
	return tell(ctx, path, is.len > strlen(DHCP_HOSTS_HEAD) ? &is : NULL, err);
}

int hosts_files_change(int generation, const struct strv *macs, const struct strv *lines,
	sync_file_fn *tell, void *ctx, struct err *err)
{
	for (size_t i = 0; i < HOSTS_FILES; i++)
		if (change_file(generation, i, macs, lines, tell, ctx, err) < 0)
			return -1;
	return 0;
}

enum hosts_kind hosts_files_kind(int generation)
{
	struct stat st;

	if (fstatat(generation, DHCP_HOSTS, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return HOSTS_NONE;
	return S_ISDIR(st.st_mode) ? HOSTS_FOLDER : HOSTS_ONE_FILE;
}
