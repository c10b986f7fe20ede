#include "http/exchange.h"

#include "base/log.h"

#include <string.h>
#include <sys/socket.h>
#include <time.h>

static void add_allow(struct response *response, unsigned allowed)
{
	static const char *const names[HTTP_METHODS] = {
		[HTTP_GET] = "GET, HEAD",
		[HTTP_POST] = "POST",
		[HTTP_PUT] = "PUT",
		[HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};
	autostrbuf list = STRBUF_INIT;

	for (size_t i = 0; i < HTTP_METHODS; i++)
		if (allowed & 1u << i)
			strbuf_addf(&list, "%s%s", list.len ? ", " : "", names[i]);
	response_header(response, "Allow", "%s", list.buf);
}

static void log_failure(const struct exchange *x, int status, const struct err *err)
{
	if (status >= 500 && err->code != ERR_BUSY)
		log_warning("http: %.200s: %s", x->raw, err->msg);
	else
		log_debug("http: %.200s: %d %s", x->raw, status, err->msg);
}

static enum MHD_Result refuse(struct exchange *x, struct MHD_Connection *connection, int status,
	unsigned allowed, const struct err *err)
{
	struct response response;

	response_init(&response);
	response_problem(&response, status, err);
	if (status == 405)
		add_allow(&response, allowed);
	if (status == 401)
		response_header(&response, "WWW-Authenticate", "Bearer realm=\"bootwright\"");
	if (status == 503)
		response_header(&response, "Retry-After", "5");
	log_failure(x, status, err);
	conn_deadline(x->conn, CONN_HEAD_SECONDS);
	return send_response(connection, x->listener->kind, &response, true);
}

static enum MHD_Result first_step(struct exchange *x, struct MHD_Connection *connection,
	const char *method, const char *version)
{
	struct err err = ERR_INIT;
	unsigned allowed = 0;
	int status;

	x->begun = true;
	atomic_fetch_add(&x->listener->in_flight, 1);
	status = exchange_admit(x, connection, method, version, &allowed, &err);
	if (status)
		return refuse(x, connection, status, allowed, &err);
	conn_deadline(x->conn, CONN_BODY_SECONDS);
	return MHD_YES;
}

static int handle_with_body(struct exchange *x, struct response *response, struct err *err)
{
	struct request *request = &x->request;
	struct timespec until;
	int result = -1;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	if (sem_timedwait(&x->listener->parsing, &until) < 0)
		return err_set(err, ERR_BUSY, "too many large requests at once; try again");
	request->body = json_parse(x->body.buf, x->body.len, err);
	strbuf_done(&x->body);
	if (request->body)
		result = request->route->handle(request, response, err);
	json_decref(request->body);
	request->body = NULL;
	sem_post(&x->listener->parsing);
	return result;
}

static enum MHD_Result last_step(struct exchange *x, struct MHD_Connection *connection)
{
	struct response response;
	struct err err = ERR_INIT;
	int result;
	bool close;

	response_init(&response);
	if (x->body.len && x->listener->kind == LISTENER_API)
		result = handle_with_body(x, &response, &err);
	else
		result = x->request.route->handle(&x->request, &response, &err);
	if (result < 0) {
		int status = err_http_status(err.code);

		response_problem(&response, status, &err);
		log_failure(x, status, &err);
	}
	if (response.kind == RESPONSE_STREAM)
		conn_no_deadline(x->conn);
	else
		conn_deadline(x->conn,
			CONN_HEAD_SECONDS + (long)(response_size(&response) / CONN_SLOWEST_RATE));
	close = atomic_load(&x->listener->server->stopping) || response.kind == RESPONSE_STREAM;
	return send_response(connection, x->listener->kind, &response, close);
}

/* libmicrohttpd keeps a record for each argument and falls silent where they do not fit. */
static bool has_absurd_query(const char *uri)
{
	size_t n = 0;

	for (; *uri; uri++)
		n += *uri == '&';
	return n > (size_t)2 * GUARD_ARGS_MAX;
}

void *exchange_begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *x = xmalloc(sizeof(*x));
	const union MHD_ConnectionInfo *context =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	x->listener = cls;
	x->conn = context ? context->socket_context : NULL;
	x->uri = uri;
	x->raw = xstrdup(uri);
	x->identity = (struct identity){0};
	x->body = (struct strbuf)STRBUF_INIT;
	x->length = 0;
	x->begun = false;
	x->request.server = x->listener->server;
	x->request.route = NULL;
	x->request.target.path = x->request.target.bytes = NULL;
	x->request.target.n_args = 0;
	x->request.n_params = x->request.n_headers = 0;
	x->request.body = NULL;
	if (x->conn && has_absurd_query(uri))
		shutdown(x->conn->fd, SHUT_RDWR);
	else if (x->conn)
		conn_deadline(x->conn, CONN_HEAD_SECONDS);
	return x;
}

enum MHD_Result exchange_step(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **state)
{
	struct exchange *x = *state;

	(void)cls;
	(void)url;
	if (!x->conn)
		return MHD_NO; /* past the limit, already shut down */
	if (!x->begun)
		return first_step(x, connection, method, version);
	if (*upload_size) {
		/* The guard has bounded the length; this bounds what we trust it for. */
		if (x->body.len + *upload_size > x->length)
			return MHD_NO;
		strbuf_add(&x->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	return last_step(x, connection);
}

void exchange_end(void *cls, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *state;

	(void)cls;
	(void)connection;
	(void)why;
	if (!x)
		return;
	*state = NULL;
	if (x->conn)
		conn_idle(x->conn);
	if (x->begun)
		atomic_fetch_sub(&x->listener->in_flight, 1);
	for (size_t i = 0; i < x->request.n_params; i++) {
		free(x->request.param[i].name);
		free(x->request.param[i].value);
	}
	target_done(&x->request.target);
	identity_done(&x->identity);
	strbuf_done(&x->body);
	free(x->raw);
	free(x);
}
