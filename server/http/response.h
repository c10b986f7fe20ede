/*
 * What a handler answers. It fills an empty response, or returns -1 with a struct err, which
 * becomes a problem document (RFC 9457). The response owns what is put into it.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/json.h"
#include "base/strbuf.h"
#include "ops/answer/autoinstall.h"

enum { RESPONSE_HEADERS_MAX = 10 };

enum response_kind {
	RESPONSE_TEXT,   /* `text`, perhaps empty */
	RESPONSE_ANSWER, /* `answer`, shared with others */
	RESPONSE_FILE,   /* `size` bytes of `fd` from `offset` */
	RESPONSE_READER, /* `size` bytes of `reader` */
	RESPONSE_STREAM, /* bytes as they come; API only: it blocks a thread */
};

struct response_stream {
	/* Waits for bytes and puts at most `max` into `buf`; returns how many, -1 at the end. */
	ssize_t (*read)(void *ctx, char *buf, size_t max);
	void (*done)(void *ctx);
	void *ctx;
};

/* Bytes that can be had from anywhere, at once. */
struct response_reader {
	/* At most `max` bytes from `at`; how many, -1 where they cannot be had. */
	ssize_t (*read)(void *ctx, uint64_t at, char *buf, size_t max);
	void (*done)(void *ctx);
	void *ctx;
};

struct response_header {
	const char *name;
	char *value;
};

struct response {
	int status;
	enum response_kind kind;
	const char *type; /* static */
	struct strbuf text;
	struct answer *answer;
	int fd;
	uint64_t offset;
	uint64_t size;
	struct response_reader reader;
	struct response_stream stream;
	struct response_header header[RESPONSE_HEADERS_MAX];
	size_t n_headers;
};

void response_init(struct response *response);
void response_done(struct response *response);

/* `type` is static text. */
void response_text(struct response *response, int status, const char *type, const char *text);
/* Takes the text, which is JSON. */
void response_json_text_take(struct response *response, int status, struct strbuf *text);
/* Takes the value, also an error's NULL. */
void response_json_take(struct response *response, int status, json_t *value);
void response_answer_take(struct response *response, struct answer *answer);
void response_file_take(struct response *response, int fd, uint64_t offset, uint64_t size);
void response_reader_take(struct response *response, const char *type, uint64_t size,
	const struct response_reader *reader);
void response_stream_take(
	struct response *response, const char *type, const struct response_stream *stream);
/* The problem document of an error, instead of whatever was there. */
void response_problem(struct response *response, int status, const struct err *err);
/* Adds a header; a value with control bytes is left out. */
void response_header(struct response *response, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
