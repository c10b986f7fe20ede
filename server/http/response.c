#include "http/response.h"

#include "model/item.h"

#include <assert.h>
#include <string.h>

void response_init(struct response *response)
{
	response->status = 200;
	response->kind = RESPONSE_TEXT;
	response->type = NULL;
	response->text = (struct strbuf)STRBUF_INIT;
	response->answer = NULL;
	response->fd = -1;
	response->reader = (struct response_reader){0};
	response->stream = (struct response_stream){0};
	response->n_headers = 0;
}

void response_done(struct response *response)
{
	strbuf_done(&response->text);
	if (response->answer)
		answer_release(response->answer);
	if (response->fd >= 0)
		close(response->fd);
	if (response->reader.done)
		response->reader.done(response->reader.ctx);
	if (response->stream.done)
		response->stream.done(response->stream.ctx);
	for (size_t i = 0; i < response->n_headers; i++)
		free(response->header[i].value);
	response_init(response);
}

void response_text(struct response *response, int status, const char *type, const char *text)
{
	response->status = status;
	response->kind = RESPONSE_TEXT;
	response->type = type;
	strbuf_adds(&response->text, text);
}

void response_json_text_take(struct response *response, int status, struct strbuf *text)
{
	response->status = status;
	response->kind = RESPONSE_TEXT;
	response->type = "application/json";
	strbuf_done(&response->text);
	response->text = *text;
	*text = (struct strbuf)STRBUF_INIT;
	strbuf_addc(&response->text, '\n');
}

void response_json_take(struct response *response, int status, json_t *value)
{
	autostrbuf text = STRBUF_INIT;

	json_print(value, false, &text);
	json_decref(value);
	response_json_text_take(response, status, &text);
}

void response_answer_take(struct response *response, struct answer *answer)
{
	response->kind = RESPONSE_ANSWER;
	response->type = answer->type;
	response->answer = answer;
}

void response_file_take(struct response *response, int fd, uint64_t offset, uint64_t size)
{
	response->kind = RESPONSE_FILE;
	response->fd = fd;
	response->offset = offset;
	response->size = size;
}

void response_reader_take(struct response *response, const char *type, uint64_t size,
	const struct response_reader *reader)
{
	response->kind = RESPONSE_READER;
	response->type = type;
	response->size = size;
	response->reader = *reader;
}

void response_stream_take(
	struct response *response, const char *type, const struct response_stream *stream)
{
	response->kind = RESPONSE_STREAM;
	response->type = type;
	response->stream = *stream;
}

/* An error of a write of several names the item as "system 'web7': …" (db.h). */
static void add_item(json_t *problem, const char *msg)
{
	size_t word = strcspn(msg, " ");
	autofree char *type_name = xstrndup(msg, word);
	const struct item_type *type = item_type_find(type_name);
	const char *name, *end;
	json_t *item;

	if (!type || strcmp(type->name, type_name) != 0 || strncmp(msg + word, " '", 2) != 0)
		return;
	name = msg + word + 2;
	end = strstr(name, "': ");
	if (!end)
		return;
	item = json_pack("{s:s,s:s%}", "type", type->name, "name", name, (size_t)(end - name));
	if (item)
		json_object_set_new(problem, "item", item);
}

void response_problem(struct response *response, int status, const struct err *err)
{
	json_t *problem = json_object();

	response_done(response);
	json_set_str(problem, "type", "about:blank");
	json_set_str(problem, "title", err_title(err->code));
	json_object_set_new(problem, "status", json_integer(status));
	json_set_str(problem, "detail", err->msg);
	if (err->field[0])
		json_set_str(problem, "field", err->field);
	add_item(problem, err->msg);
	response_json_take(response, status, problem);
	response->type = "application/problem+json";
}

void response_header(struct response *response, const char *name, const char *fmt, ...)
{
	autostrbuf value = STRBUF_INIT;
	va_list ap;

	assert(response->n_headers < RESPONSE_HEADERS_MAX);
	va_start(ap, fmt);
	strbuf_vaddf(&value, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.buf[i] < 0x20 || value.buf[i] == 0x7f)
			return;
	response->header[response->n_headers++] =
		(struct response_header){.name = name, .value = strbuf_take(&value)};
}
