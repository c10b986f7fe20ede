#include "http/file_answer.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <time.h>

const char *content_type(const char *path)
{
	static const struct {
		const char *ending;
		const char *type;
	} types[] = {
		{".html", "text/html; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".mjs", "text/javascript; charset=utf-8"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
		{".ico", "image/x-icon"},
		{".json", "application/json"},
		{".xml", "application/xml"},
		{".txt", "text/plain; charset=utf-8"},
		{".cfg", "text/plain; charset=utf-8"},
		{".ipxe", "text/plain; charset=utf-8"},
		{".ks", "text/plain; charset=utf-8"},
	};
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t n = strlen(types[i].ending);

		if (len > n && strcasecmp(path + len - n, types[i].ending) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

static bool parse_number(const char **text, uint64_t *ret)
{
	size_t digits = strspn(*text, "0123456789");

	if (digits == 0 || digits > 18)
		return false;
	*ret = strtoull(*text, NULL, 10);
	*text += digits;
	return true;
}

enum range range_parse(const char *text, uint64_t size, uint64_t *offset, uint64_t *length)
{
	uint64_t first, last = size ? size - 1 : 0;

	*offset = 0;
	*length = size;
	if (strncasecmp(text, "bytes=", 6) != 0)
		return RANGE_ALL;
	text += 6;
	if (*text == '-') { /* the last so many bytes */
		text++;
		if (!parse_number(&text, &first) || *text)
			return RANGE_ALL;
		*length = first < size ? first : size;
		*offset = size - *length;
		return *length ? RANGE_PART : RANGE_IMPOSSIBLE;
	}
	if (!parse_number(&text, &first) || *text++ != '-')
		return RANGE_ALL;
	if (*text && (!parse_number(&text, &last) || *text || last < first))
		return RANGE_ALL; /* several ranges, or none that we understand: the whole file */
	if (first >= size)
		return RANGE_IMPOSSIBLE;
	if (last >= size)
		last = size - 1;
	*offset = first;
	*length = last - first + 1;
	return RANGE_PART;
}

struct validators {
	char etag[64];
	char modified[40]; /* IMF-fixdate, RFC 9110, 5.6.7 */
};

static void make_validators(const struct stat *st, struct validators *ret)
{
	struct tm utc;

	snprintf(ret->etag, sizeof(ret->etag), "\"%llx-%llx-%lx\"", (unsigned long long)st->st_ino,
		(unsigned long long)st->st_size,
		(unsigned long)(st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000));
	gmtime_r(&st->st_mtim.tv_sec, &utc);
	strftime(ret->modified, sizeof(ret->modified), "%a, %d %b %Y %H:%M:%S GMT", &utc);
}

static bool is_unchanged(const struct request *request, const struct validators *now)
{
	const char *tag = request_header(request, "If-None-Match");
	const char *since = request_header(request, "If-Modified-Since");

	if (tag)
		return strcmp(tag, "*") == 0 || strstr(tag, now->etag);
	return since && strcmp(since, now->modified) == 0;
}

static int answer_regular(const struct request *request, int fd, const struct stat *st,
	const char *path, struct response *response)
{
	const char *range = request_header(request, "Range");
	const char *condition = request_header(request, "If-Range");
	uint64_t offset = 0, size = (uint64_t)st->st_size, length = size;
	enum range wanted = RANGE_ALL;
	struct validators now;

	make_validators(st, &now);
	response_header(response, "ETag", "%s", now.etag);
	response_header(response, "Last-Modified", "%s", now.modified);
	response_header(response, "Accept-Ranges", "bytes");
	if (is_unchanged(request, &now)) {
		close(fd);
		response->status = 304;
		return 0;
	}
	if (range && (!condition || strcmp(condition, now.etag) == 0 ||
			     strcmp(condition, now.modified) == 0))
		wanted = range_parse(range, size, &offset, &length);
	if (wanted == RANGE_IMPOSSIBLE) {
		close(fd);
		response_text(response, 416, "text/plain", "");
		response_header(response, "Content-Range", "bytes */%" PRIu64, size);
		return 0;
	}
	if (wanted == RANGE_PART) {
		response->status = 206;
		response_header(response, "Content-Range", "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
			offset, offset + length - 1, size);
	}
	response->type = content_type(path);
	response_file_take(response, fd, offset, length);
	return 0;
}

static void add_html(struct strbuf *page, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			strbuf_adds(page, "&lt;");
			break;
		case '>':
			strbuf_adds(page, "&gt;");
			break;
		case '&':
			strbuf_adds(page, "&amp;");
			break;
		case '"':
			strbuf_adds(page, "&quot;");
			break;
		default:
			strbuf_addc(page, *text);
		}
	}
}

/* Hidden names can be fetched (.treeinfo, .disk/info), but are not shown. */
static int read_names(int fd, struct strv *ret, struct err *err)
{
	DIR *folder = fdopendir(fd);
	const struct dirent *entry;

	if (!folder) {
		close(fd);
		return err_sys(err, "cannot read the folder");
	}
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			strv_addf(ret, "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
	closedir(folder);
	strv_sort(ret);
	return 0;
}

static int answer_listing(
	const struct request *request, int fd, struct response *response, struct err *err)
{
	autostrv names = STRV_INIT;
	struct strbuf *page = &response->text;

	if (read_names(fd, &names, err) < 0)
		return -1;
	response->type = "text/html; charset=utf-8";
	strbuf_adds(page, "<!DOCTYPE html>\n<title>");
	add_html(page, request->target.path);
	strbuf_adds(page, "</title>\n<pre>\n<a href=\"../\">../</a>\n");
	strv_for_each (name, &names) {
		size_t len = strlen(name);
		bool folder = name[len - 1] == '/';

		if (folder)
			name[len - 1] = '\0';
		strbuf_adds(page, "<a href=\"");
		strbuf_add_url(page, name);
		strbuf_adds(page, folder ? "/\">" : "\">");
		add_html(page, name);
		strbuf_adds(page, folder ? "/</a>\n" : "</a>\n");
	}
	strbuf_adds(page, "</pre>\n");
	return 0;
}

/* Relative links in the listing need the '/'. */
static int redirect(const struct request *request, int fd, struct response *response)
{
	autostrbuf url = STRBUF_INIT;
	autostrv segments = STRV_INIT;

	close(fd);
	strv_split(&segments, request->target.path, "/");
	strv_for_each (segment, &segments) {
		strbuf_addc(&url, '/');
		strbuf_add_url(&url, segment);
	}
	response_text(response, 301, "text/plain", "");
	response_header(response, "Location", "%s/", url.buf);
	return 0;
}

int file_answer(const struct request *request, int dirfd, const char *path, bool listing,
	struct response *response, struct err *err)
{
	size_t len = strlen(path);
	bool slash = len > 0 && path[len - 1] == '/';
	autofree char *name = len > slash ? xstrndup(path, len - slash) : xstrdup("");
	struct stat st;
	int fd;

	if (!*name) {
		fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) < 0)
			return err_sys(err, "cannot open the folder");
		slash = true;
	} else if (file_open_beneath(dirfd, name, &fd, &st, err) < 0) {
		return -1;
	}
	if (!S_ISDIR(st.st_mode) && !slash)
		return answer_regular(request, fd, &st, name, response);
	if (S_ISDIR(st.st_mode) && listing)
		return slash ? answer_listing(request, fd, response, err)
		             : redirect(request, fd, response);
	close(fd);
	return err_set(err, ERR_NOT_FOUND, "no file '%s'", path);
}
