/*
 * Files as answers: types, validators (ETag, Last-Modified), one byte range (RFC 9110, 13 and 14),
 * and folders as a plain page of links, which some installers read.
 */
#ifndef HTTP_FILE_ANSWER_H
#define HTTP_FILE_ANSWER_H

#include "http/route.h"

#include <sys/stat.h>

/* The file `path` below the folder `dirfd`; ERR_NOT_FOUND where there is none or where it is a
 * folder and `listing` is false. A folder without '/' at the end is redirected to the one with. */
int file_answer(const struct request *request, int dirfd, const char *path, bool listing,
	struct response *response, struct err *err);

/* What a Range header asks of `size` bytes. */
enum range { RANGE_ALL, RANGE_PART, RANGE_IMPOSSIBLE };
enum range range_parse(const char *text, uint64_t size, uint64_t *offset, uint64_t *length);

/* By the name's ending; static. */
const char *content_type(const char *path);

#endif
