#include "base/file.h"
#include "base/generation.h"
#include "http/file_answer.h"
#include "http/tables.h"
#include "ops/install/discovery.h"
#include "ops/publish/image_check.h"
#include "ops/publish/netboot.h"

#include <string.h>

/* The folder itself is opened first, so that no link in one tree leads into another or into the
 * store. */
static int open_tree(struct server *server, const char *name, int *ret, struct err *err)
{
	autoclose int trees = -1;
	struct stat st;

	if (file_open_dir(server->state_fd, "trees", &trees, err) < 0 ||
		file_open_beneath(trees, name, ret, &st, err) < 0)
		return err_set(err, ERR_NOT_FOUND, "there is no tree '%s'", name);
	return 0;
}

static int tree_file(
	const struct request *request, const char *path, struct response *response, struct err *err)
{
	const char *name = request_param(request, "name");
	autoclose int tree = -1;

	if (open_tree(request->server, name, &tree, err) < 0)
		return -1;
	if (file_answer(request, tree, path, true, response, err) < 0)
		return err->code == ERR_NOT_FOUND ? err_wrap(err, "tree '%s'", name) : -1;
	return 0;
}

static int get_tree_file(struct request *request, struct response *response, struct err *err)
{
	return tree_file(request, request_param(request, "file"), response, err);
}

static int get_tree(struct request *request, struct response *response, struct err *err)
{
	return tree_file(request, "", response, err);
}

/* A kernel or initrd is served as it was published, or not at all. */
static int get_image(
	struct request *request, const char *file, struct response *response, struct err *err)
{
	struct server *server = request->server;
	autoclose int generation = -1;

	if (generation_open(server->tftp_fd, &generation, err) < 0 ||
		file_answer(request, generation, file, false, response, err) < 0)
		return -1;
	if (response->kind != RESPONSE_FILE)
		return 0;
	return image_check_published(server, generation, file, response->fd, err);
}

static int answer_published(
	struct request *request, const char *file, struct response *response, struct err *err)
{
	autofree char *path = NULL;

	if (strncmp(file, "images/", 7) == 0)
		return get_image(request, file, response, err);
	path = xasprintf("current/%s", file);
	return file_answer(request, request->server->tftp_fd, path, false, response, err);
}

/* What is published for TFTP, but for the DHCP server's files. */
static int get_published(struct request *request, struct response *response, struct err *err)
{
	const char *file = request_param(request, "file");

	if (strncmp(file, "private", 7) == 0 && (!file[7] || file[7] == '/'))
		return err_set(err, ERR_NOT_FOUND, "no file '%s'", file);
	if (answer_published(request, file, response, err) == 0) {
		if (response->status == 200 && !request->is_head)
			netboot_note_file(request->server, file, request->address);
		return 0;
	}
	if (err->code != ERR_NOT_FOUND)
		return -1;
	if (!request->is_head)
		discovery_asked_file(request->server, file, request->address);
	if (strncmp(file, "api/", 4) == 0)
		return err_set(err, ERR_NOT_FOUND,
			"the API is not on this port, which is for machines that boot, but where "
			"bootwrightd's --api-listen says: on port 8080, if nothing else is set");
	return err_set(err, ERR_NOT_FOUND, "'%s' is not published", file);
}

static const struct route rows[] = {
	ROUTE(LISTENER_BOOT, HTTP_GET, "/trees/{name}/", ROLE_NONE, get_tree,
		"Lists an imported tree."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/trees/{name}/{file...}", ROLE_NONE, get_tree_file,
		"A file of an imported tree, or the list of a folder."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/cblr/links/{name}/", ROLE_NONE, get_tree,
		"Cobbler's address of a tree."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/cblr/links/{name}/{file...}", ROLE_NONE, get_tree_file,
		"Cobbler's address of a tree's file."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/{file...}", ROLE_NONE, get_published,
		"A published file: loaders, menus, kernels, initrds."),
};
const struct route_table boot_file_routes = {rows, ARRAY_SIZE(rows)};
