/*
 * The image for a machine whose UEFI boots over HTTP (boot/http_image.h), as a stream: nothing is
 * written or kept, its bytes are read from the published files while they are sent. So a thousand
 * machines that start at once cost a thousand times a few hundred KiB, and no disk fills up.
 */
#ifndef OPS_HTTP_IMAGE_H
#define OPS_HTTP_IMAGE_H

#include "ops/server.h"

struct http_image;

/*
 * Opens the image `name` ("x64.img") for the machine at the IP address: with the configuration that
 * it would find over TFTP, or with the menu where nobody knows it. ERR_NOT_FOUND: no such image, or
 * a file that belongs into it is not published; ERR_TOO_BIG: a firmware could not hold it;
 * ERR_CONFLICT: two files' names differ in capital letters only.
 */
int http_image_open(struct server *server, const char *name, const char *ip,
	struct http_image **ret, struct err *err);
/* The same by the machine's MAC address, and nothing is noted of it: for those who only look. */
int http_image_look(struct server *server, const char *name, const char *mac,
	struct http_image **ret, struct err *err);
/* True where the machine gets iPXE instead of an image that could not be made: the menu of many
 * distros is more than a firmware can hold, or FAT takes names of two for the same. iPXE loads only
 * what is chosen. */
bool http_image_is_ipxe(const char *name, enum err_code why);
void http_image_close(struct http_image *image);
uint64_t http_image_size(const struct http_image *image);
/* Bytes from `at` on, at most `max`; how many, -1 where a file cannot be read any more. */
ssize_t http_image_read(const struct http_image *image, uint64_t at, char *buf, size_t max);
DEFINE_AUTO(http_image, struct http_image *, http_image_close)

#endif
