#include "http/exchange.h"

#include <string.h>

enum { READER_BLOCK = 128 * 1024 };

uint64_t response_size(const struct response *response)
{
	switch (response->kind) {
	case RESPONSE_TEXT:
		return response->text.len;
	case RESPONSE_ANSWER:
		return response->answer->len;
	case RESPONSE_FILE:
	case RESPONSE_READER:
		return response->size;
	case RESPONSE_STREAM:
		return 0;
	}
	return 0;
}

static void release(void *answer)
{
	answer_release(answer);
}

static ssize_t read_reader(void *cls, uint64_t position, char *buf, size_t max)
{
	struct response_reader *reader = cls;
	ssize_t n = reader->read(reader->ctx, position, buf, max);

	return n < 0 ? (ssize_t)MHD_CONTENT_READER_END_WITH_ERROR : n;
}

static void free_reader(void *cls)
{
	struct response_reader *reader = cls;

	if (reader->done)
		reader->done(reader->ctx);
	free(reader);
}

static ssize_t read_stream(void *cls, uint64_t position, char *buf, size_t max)
{
	struct response_stream *stream = cls;
	ssize_t n = stream->read(stream->ctx, buf, max);

	(void)position;
	return n < 0 ? (ssize_t)MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void free_stream(void *cls)
{
	struct response_stream *stream = cls;

	if (stream->done)
		stream->done(stream->ctx);
	free(stream);
}

static struct MHD_Response *from_reader(struct response *response)
{
	struct response_reader *reader = xmemdup(&response->reader, sizeof(*reader));
	struct MHD_Response *made = MHD_create_response_from_callback(
		response->size, READER_BLOCK, read_reader, reader, free_reader);

	response->reader = (struct response_reader){0};
	if (!made)
		free_reader(reader);
	return made;
}

static struct MHD_Response *from_text(struct response *response)
{
	size_t len = response->text.len;
	char *text = strbuf_take(&response->text);
	struct MHD_Response *made =
		MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);

	if (!made)
		free(text);
	return made;
}

/* Hands what the response owns over to libmicrohttpd. */
static struct MHD_Response *make(struct response *response)
{
	struct MHD_Response *made = NULL;
	struct response_stream *stream;

	switch (response->kind) {
	case RESPONSE_TEXT:
		return from_text(response);
	case RESPONSE_ANSWER:
		made = MHD_create_response_from_buffer_with_free_callback_cls(
			response->answer->len, response->answer->text, release, response->answer);
		if (made)
			response->answer = NULL;
		return made;
	case RESPONSE_FILE:
		made = MHD_create_response_from_fd_at_offset64(
			response->size, response->fd, response->offset);
		if (made)
			response->fd = -1;
		return made;
	case RESPONSE_READER:
		return from_reader(response);
	case RESPONSE_STREAM:
		stream = xmemdup(&response->stream, sizeof(*stream));
		response->stream = (struct response_stream){0};
		made = MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, 4096, read_stream, stream, free_stream);
		if (!made)
			free_stream(stream);
		return made;
	}
	return made;
}

static void add_headers(struct MHD_Response *made, enum listener_kind kind,
	const struct response *response, bool close)
{
	bool caching = false;

	if (response->type)
		MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, response->type);
	for (size_t i = 0; i < response->n_headers; i++) {
		MHD_add_response_header(made, response->header[i].name, response->header[i].value);
		caching |= strcmp(response->header[i].name, "Cache-Control") == 0;
	}
	if (kind == LISTENER_API) {
		MHD_add_response_header(made, "X-Content-Type-Options", "nosniff");
		if (!caching)
			MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	}
	if (close)
		MHD_add_response_header(made, MHD_HTTP_HEADER_CONNECTION, "close");
}

enum MHD_Result send_response(struct MHD_Connection *connection, enum listener_kind kind,
	struct response *response, bool close)
{
	struct MHD_Response *made = make(response);
	enum MHD_Result result = MHD_NO;

	if (made) {
		add_headers(made, kind, response, close);
		result = MHD_queue_response(connection, (unsigned)response->status, made);
		MHD_destroy_response(made);
	}
	response_done(response);
	return result;
}
