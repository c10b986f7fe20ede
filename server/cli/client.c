#include "cli/client.h"

#include "base/file.h"
#include "base/strbuf.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define API_BASE "/api/v1"

enum {
	ANSWER_MAX = 64 << 20, /* bytes; a page of 1,000 systems has about one MiB */
	EVENT_MAX = 1 << 20,
	TOKEN_MAX = 4096,
	CONNECT_SECONDS = 10,
	HURRY_SECONDS = 2,
	ANSWER_SECONDS = 120,
	WORK_SECONDS = 1800, /* applying or exporting 100,000 items takes a while */
};

struct client {
	CURL *curl;
	char *socket; /* NULL: TCP */
	char *base;   /* "http://localhost" */
	char *authorization;
	char *ca_file;
	char *unpublished;
	bool hurry;
};

DEFINE_AUTO(slist, struct curl_slist *, curl_slist_free_all)

/* A token may go in clear where nobody else listens. */
static bool is_loopback(const char *url)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};

	url += strlen("http://");
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		size_t len = strlen(hosts[i]);

		if (strncmp(url, hosts[i], len) == 0 && (!url[len] || strchr(":/", url[len])))
			return true;
	}
	return false;
}

static int read_token(struct client *client, const char *path, struct err *err)
{
	autostrbuf text = STRBUF_INIT;

	if (file_read(AT_FDCWD, path, TOKEN_MAX, &text, err) < 0)
		return err_wrap(err, "token file");
	strbuf_truncate(&text, strcspn(text.buf, "\r\n"));
	if (!text.len || strpbrk(text.buf, " \t"))
		return err_set(err, ERR_INVALID,
			"token file '%s': its first line must be the token and nothing else", path);
	client->authorization = xasprintf("Authorization: Bearer %s", text.buf);
	return 0;
}

static int read_server(struct client *client, const char *server, bool token, struct err *err)
{
	bool tls = strncmp(server, "https://", 8) == 0;
	size_t len = strlen(server);

	if (!tls && strncmp(server, "http://", 7) != 0)
		return err_set(err, ERR_USAGE,
			"server '%s': must be a URL, such as https://boot.example.org:8443",
			server);
	if (!tls && token && !is_loopback(server))
		return err_set(err, ERR_USAGE,
			"server '%s': a token would cross the network in clear; use https://",
			server);
	while (len && server[len - 1] == '/')
		len--;
	client->base = xstrndup(server, len);
	return 0;
}

int client_open(const struct client_options *options, struct client **ret, struct err *err)
{
	AUTO(client) struct client *client = xcalloc(1, sizeof(*client));

	/* Setting up TLS takes longer than everything else a local command does. */
	curl_global_init(options->server ? CURL_GLOBAL_DEFAULT : CURL_GLOBAL_NOTHING);
	client->curl = curl_easy_init();
	if (!client->curl)
		abort(); /* out of memory, as in xmalloc() */
	if (!options->server) {
		client->socket = xstrdup(options->socket);
		client->base = xstrdup("http://localhost");
	} else if (read_server(client, options->server, options->token_file, err) < 0) {
		return -1;
	}
	if (options->token_file && read_token(client, options->token_file, err) < 0)
		return -1;
	client->ca_file = xstrdup_null(options->ca_file);
	client->hurry = options->hurry;
	*ret = TAKE(client);
	return 0;
}

void client_close(struct client *client)
{
	if (!client)
		return;
	curl_easy_cleanup(client->curl);
	curl_global_cleanup();
	free(client->socket);
	free(client->base);
	free(client->authorization);
	free(client->ca_file);
	free(client->unpublished);
	free(client);
}

/* Nobody answered: what the person at the terminal can do about it. */
static int no_answer(struct client *client, CURLcode code, const char *why, struct err *err)
{
	long number = 0;

	curl_easy_getinfo(client->curl, CURLINFO_OS_ERRNO, &number);
	if (code != CURLE_COULDNT_CONNECT)
		return err_set(err, ERR_UPSTREAM, "%s: %s",
			client->socket ? client->socket : client->base,
			*why ? why : curl_easy_strerror(code));
	if (!client->socket)
		return err_set(err, ERR_UPSTREAM,
			"cannot connect to %s: %s; is bootwrightd running there, and listening for "
			"its API on that address (--api-listen)?",
			client->base, *why ? why : strerror((int)number));
	if (number == EACCES || number == EPERM)
		return err_set(err, ERR_DENIED,
			"you may not use the socket %s: become root or a member of its group",
			client->socket);
	return err_set(err, ERR_UPSTREAM,
		"cannot connect to bootwrightd at %s: %s; is it running? --socket or "
		"BOOTWRIGHT_SOCKET names another socket, --server another machine",
		client->socket, number ? strerror((int)number) : why);
}

/* What goes with every request. */
static void prepare(struct client *client, const char *path, char why[CURL_ERROR_SIZE])
{
	autofree char *url = xasprintf("%s" API_BASE "%s", client->base, path);
	CURL *curl = client->curl;

	curl_easy_reset(curl); /* keeps the connection */
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (client->socket) {
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	}
	if (client->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, client->ca_file);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "bootwright");
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
}

/* Where an answer goes. */
struct answer {
	struct strbuf *text;
	FILE *out; /* a good answer's bytes; NULL: to `text`, as an error's */
	CURL *curl;
	int out_errno; /* why `out` did not take them; 0: it did */
};

static size_t collect(char *bytes, size_t size, size_t n, void *ctx)
{
	struct answer *answer = ctx;
	long status = 0;

	n *= size;
	curl_easy_getinfo(answer->curl, CURLINFO_RESPONSE_CODE, &status);
	if (answer->out && status == 200) {
		if (fwrite(bytes, 1, n, answer->out) == n)
			return n;
		answer->out_errno = errno ? errno : EIO;
		return 0;
	}
	if (answer->text->len + n > ANSWER_MAX)
		return 0;
	strbuf_add(answer->text, bytes, n);
	return n;
}

static void add_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (!longer)
		abort();
	*list = longer;
}

static struct curl_slist *request_headers(
	const struct client *client, const struct client_request *request)
{
	AUTO(slist) struct curl_slist *headers = NULL;

	if (request->body || request->text) {
		add_header(&headers, "Content-Type: application/json");
		add_header(&headers, "Expect:"); /* do not wait to be asked for the body */
	}
	if (request->create)
		add_header(&headers, "If-None-Match: *");
	if (request->version) {
		autofree char *match =
			xasprintf("If-Match: \"v%lld\"", (long long)request->version);

		add_header(&headers, match);
	}
	if (client->authorization)
		add_header(&headers, client->authorization);
	return TAKE(headers);
}

static long answer_seconds(const struct client *client, const struct client_request *request)
{
	if (client->hurry)
		return HURRY_SECONDS;
	return request->long_work ? WORK_SECONDS : ANSWER_SECONDS;
}

static void add_body(CURL *curl, const struct strbuf *text)
{
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)text->len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text->buf); /* not copied */
}

static int check_performed(struct client *client, CURLcode code, const struct answer *answer,
	const char *why, struct err *err)
{
	if (code == CURLE_OK)
		return 0;
	if (answer->out_errno) {
		errno = answer->out_errno;
		return err_sys(err, "standard output");
	}
	if (code == CURLE_WRITE_ERROR)
		return err_set(err, ERR_TOO_BIG, "the server's answer has more than %d MiB",
			ANSWER_MAX >> 20);
	return no_answer(client, code, why, err);
}

/* Sends the request; the answer's bytes go where `answer` says. */
static int perform(struct client *client, const struct client_request *request, long *status,
	struct answer *answer, struct err *err)
{
	AUTO(slist) struct curl_slist *headers = request_headers(client, request);
	autostrbuf body = STRBUF_INIT;
	char why[CURL_ERROR_SIZE] = "";
	CURLcode code;

	prepare(client, request->path, why);
	answer->curl = client->curl;
	curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, answer_seconds(client, request));
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
	if (request->body)
		json_print(request->body, false, &body);
	if (request->body || request->text)
		add_body(client->curl, request->text ? request->text : &body);
	code = curl_easy_perform(client->curl);
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, status);
	curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, NULL);
	return check_performed(client, code, answer, why, err);
}

/* {"type", "name"} of the one item among many that is at fault, unless the text says it. */
static void wrap_item(const json_t *item, struct err *err)
{
	const char *type = json_get_str(item, "type");
	const char *name = json_get_str(item, "name");
	autofree char *text = NULL;

	if (!type || !name)
		return;
	text = xasprintf("%s '%s'", type, name);
	if (err && !strstr(err->msg, text))
		err_wrap(err, "%s", text);
}

/* An error's document: {"title", "status", "detail", "field"}. */
static int problem(
	const struct client *client, long status, const struct strbuf *answer, struct err *err)
{
	struct err ignored;
	autojson json_t *document = json_parse(answer->buf, answer->len, &ignored);
	const char *detail = json_get_str(document, "detail");
	const char *field = json_get_str(document, "field");
	enum err_code code = err_from_http_status((int)status);

	if (!detail)
		detail = json_get_str(document, "title");
	if (status == 401)
		return err_set(err, ERR_DENIED,
			"the server wants a token: --token-file=FILE or BOOTWRIGHT_TOKEN_FILE");
	if (!detail)
		return err_set(err, ERR_UPSTREAM,
			"%s answers with status %ld and no explanation; is that bootwrightd's API?",
			client->socket ? client->socket : client->base, status);
	err_set(err, code, "%s", detail);
	wrap_item(json_object_get(document, "item"), err);
	if (field && err)
		snprintf(err->field, sizeof(err->field), "%s", field);
	return -1;
}

/* The terminal gets it: without control characters, whoever answers. */
static void note_unpublished(struct client *client)
{
	struct curl_header *header;

	if (curl_easy_header(client->curl, "Bootwright-Unpublished", 0, CURLH_HEADER, -1,
		    &header) != CURLHE_OK)
		return;
	free(client->unpublished);
	client->unpublished = xstrdup(header->value);
	for (char *c = client->unpublished; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = ' ';
}

const char *client_unpublished(const struct client *client)
{
	return client ? client->unpublished : NULL;
}

int client_ask(
	struct client *client, const struct client_request *request, json_t **ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	struct answer answer = {.text = &text};
	autojson json_t *value = NULL;
	long status = 0;

	if (perform(client, request, &status, &answer, err) < 0)
		return -1;
	if (status < 200 || status > 299)
		return problem(client, status, &text, err);
	note_unpublished(client);
	value = text.len ? json_parse(text.buf, text.len, err) : json_null();
	if (!value)
		return err_wrap(err, "the server's answer");
	if (ret)
		*ret = TAKE(value);
	return 0;
}

int client_get(struct client *client, const char *path, json_t **ret, struct err *err)
{
	struct client_request request = {.method = "GET", .path = path};

	return client_ask(client, &request, ret, err);
}

int client_save(struct client *client, const char *path, FILE *out, struct err *err)
{
	struct client_request request = {.method = "GET", .path = path, .long_work = true};
	autostrbuf text = STRBUF_INIT;
	struct answer answer = {.text = &text, .out = out};
	long status = 0;

	if (perform(client, &request, &status, &answer, err) < 0)
		return -1;
	return status == 200 ? 0 : problem(client, status, &text, err);
}

/* A stream under way. */
struct stream {
	struct client *client;
	struct strbuf line;
	struct strbuf event; /* the kind of the event whose data follow */
	int (*each)(void *ctx, const char *event, const json_t *item, struct err *err);
	void *ctx;
	struct err *err;
	bool failed;
};

static const char *value_of_line(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0 || line[len] != ':')
		return NULL;
	return line + len + 1 + (line[len + 1] == ' ');
}

static int take_line(struct stream *stream)
{
	const char *event = value_of_line(stream->line.buf, "event");
	const char *text = value_of_line(stream->line.buf, "data");
	autojson json_t *item = NULL;

	if (event || !stream->line.len) /* an empty line ends an event */
		strbuf_reset(&stream->event);
	if (event)
		strbuf_adds(&stream->event, event);
	if (!text)
		return 0;
	item = json_parse(text, strlen(text), stream->err);
	if (!item)
		return err_wrap(stream->err, "the server's event");
	return stream->each(stream->ctx, stream->event.buf, item, stream->err);
}

static size_t receive_lines(char *bytes, size_t size, size_t n, void *ctx)
{
	struct stream *stream = ctx;

	n *= size;
	for (size_t i = 0; i < n && !stream->failed; i++) {
		if (bytes[i] == '\n') {
			stream->failed = take_line(stream) < 0;
			strbuf_reset(&stream->line);
		} else if (bytes[i] != '\r') {
			strbuf_addc(&stream->line, bytes[i]);
			if (stream->line.len > EVENT_MAX)
				stream->failed =
					err_set(stream->err, ERR_TOO_BIG,
						"an event has more than %d bytes", EVENT_MAX) < 0;
		}
	}
	return stream->failed ? 0 : n;
}

int client_follow(struct client *client, const char *path,
	int (*each)(void *ctx, const char *event, const json_t *item, struct err *err), void *ctx,
	struct err *err)
{
	struct stream stream = {.client = client,
		.line = STRBUF_INIT,
		.event = STRBUF_INIT,
		.each = each,
		.ctx = ctx,
		.err = err};
	AUTO(slist) struct curl_slist *headers = NULL;
	char why[CURL_ERROR_SIZE] = "";
	CURLcode code;

	prepare(client, path, why);
	add_header(&headers, "Accept: text/event-stream");
	if (client->authorization)
		add_header(&headers, client->authorization);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(client->curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, receive_lines);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &stream);
	code = curl_easy_perform(client->curl);
	curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, NULL);
	strbuf_done(&stream.line);
	strbuf_done(&stream.event);
	if (stream.failed)
		return -1;
	return code == CURLE_OK ? 0 : no_answer(client, code, why, err);
}
