#include "http/file_answer.h"
#include "http/tables.h"
#include "ops/publish/http_image.h"

#include <string.h>

static ssize_t read_image(void *ctx, uint64_t at, char *buf, size_t max)
{
	return http_image_read(ctx, at, buf, max);
}

static void close_image(void *ctx)
{
	http_image_close(ctx);
}

/* Firmware goes by the type before it looks at the name. */
static int answer_ipxe(const struct request *request, struct response *response)
{
	if (file_answer(request, request->server->tftp_fd, "current/ipxe.efi", false, response,
		    NULL) < 0)
		return -1;
	response->type = "application/efi";
	return 0;
}

static int get_image(struct request *request, struct response *response, struct err *err)
{
	const char *name = request_param(request, "name");
	struct http_image *image;

	if (http_image_open(request->server, name, request->address, &image, err) < 0)
		return http_image_is_ipxe(name, err->code) ? answer_ipxe(request, response) : -1;
	response_reader_take(response, "application/vnd.efi-img", http_image_size(image),
		&(struct response_reader){.read = read_image, .done = close_image, .ctx = image});
	return 0;
}

static const struct route rows[] = {
	ROUTE(LISTENER_BOOT, HTTP_GET, "/boot/image/{name}", ROLE_NONE, get_image,
		"A disk image for UEFI that boots over HTTP: shim, GRUB and what the machine that "
		"asks loads (x64.img, aa64.img)."),
};
const struct route_table boot_image_routes = {rows, ARRAY_SIZE(rows)};
