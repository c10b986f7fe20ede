#include "base/file.h"
#include "http/file_answer.h"
#include "http/tables.h"

#include <string.h>

/* The page's own files, and nothing else that may lie in the folder. */
static bool is_page_file(const char *path)
{
	static const char *const endings[] = {".html", ".css", ".js", ".svg", ".png", ".ico"};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < ARRAY_SIZE(endings); i++)
		if (strcmp(dot, endings[i]) == 0)
			return path[0] != '.' && !strstr(path, "/.");
	return false;
}

static int page_file(
	const struct request *request, const char *path, struct response *response, struct err *err)
{
	autoclose int web = -1;

	if (!is_page_file(path))
		return err_set(err, ERR_NOT_FOUND, "there is nothing at '/%.200s'", path);
	if (file_open_dir(request->server->share_fd, "web", &web, err) < 0)
		return err_wrap(err, "the page is not installed");
	response_header(response, "Content-Security-Policy",
		"default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
	response_header(response, "Referrer-Policy", "no-referrer");
	response_header(response, "Cache-Control", "no-cache");
	return file_answer(request, web, path, false, response, err);
}

static int get_page(struct request *request, struct response *response, struct err *err)
{
	return page_file(request, "index.html", response, err);
}

static int get_page_file(struct request *request, struct response *response, struct err *err)
{
	return page_file(request, request_param(request, "file"), response, err);
}

static const struct route rows[] = {
	ROUTE(LISTENER_API, HTTP_GET, "/", ROLE_NONE, get_page, "The status page."),
	ROUTE(LISTENER_API, HTTP_GET, "/{file...}", ROLE_NONE, get_page_file,
		"The page's scripts and styles."),
};
const struct route_table page_routes = {rows, ARRAY_SIZE(rows)};
