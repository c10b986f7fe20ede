#include "http/exchange.h"

#include "base/log.h"
#include "http/repeat.h"

#include <malloc.h>
#include <string.h>
#include <time.h>

enum { TARGET_KEPT = 1024 /* bytes that an idle connection holds for its next target */ };

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
	const char *target = x->conn->target.buf;

	if (err_http_status(err->code) >= 500 && err->code != ERR_BUSY)
		log_warning("http: %.200s: %s", target, err->msg);
	else
		log_debug("http: %.200s: %d %s", target, status, err->msg);
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

static struct exchange *exchange_new(struct listener *listener, struct conn *conn)
{
	struct exchange *x = xmalloc(sizeof(*x));

	/* Not zeroed as a whole: the arrays of headers and arguments are large, and have counts. */
	x->listener = listener;
	x->conn = conn;
	x->identity = (struct identity){0};
	x->body = (struct strbuf)STRBUF_INIT;
	x->length = 0;
	x->large = false;
	x->request.server = listener->server;
	x->request.route = NULL;
	x->request.target.path = x->request.target.bytes = NULL;
	x->request.target.n_args = 0;
	x->request.n_params = x->request.n_headers = 0;
	x->request.body = NULL;
	x->request.author = (struct db_author){.who = NULL};
	x->request.repeat.key = NULL;
	x->request.task_keys = listener->task_keys;
	atomic_fetch_add(&listener->in_flight, 1);
	return x;
}

static enum MHD_Result first_step(struct exchange *x, struct MHD_Connection *connection,
	const char *method, const char *version)
{
	struct err err = ERR_INIT;
	unsigned allowed = 0;
	int status = exchange_admit(x, connection, method, version, &allowed, &err);

	if (status)
		return refuse(x, connection, status, allowed, &err);
	conn_deadline(x->conn, CONN_BODY_SECONDS + (long)(x->length / BODY_RATE));
	return MHD_YES;
}

static int handle_with_body(struct exchange *x, struct response *response, struct err *err)
{
	struct request *request = &x->request;
	bool counts = x->body.len > BODY_SMALL && !x->large; /* a large one was counted */
	struct timespec until;
	int result = -1;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 10;
	if (counts && sem_clockwait(&x->listener->parsing, CLOCK_MONOTONIC, &until) < 0)
		return err_set(err, ERR_BUSY, "too many large requests at once; try again");
	request->body = json_parse(x->body.buf, x->body.len, err);
	strbuf_done(&x->body);
	if (request->body)
		result = repeat_handle(request, response, err);
	json_decref(request->body);
	request->body = NULL;
	if (counts)
		sem_post(&x->listener->parsing);
	return result;
}

static int handle(struct exchange *x, struct response *response, struct err *err)
{
	if (x->listener->kind == LISTENER_BOOT)
		return x->request.route->handle(&x->request, response, err);
	if (repeat_begin(&x->request, x->conn->target.buf, &x->body, err) < 0)
		return -1;
	return x->body.len ? handle_with_body(x, response, err)
	                   : repeat_handle(&x->request, response, err);
}

static enum MHD_Result last_step(struct exchange *x, struct MHD_Connection *connection)
{
	struct response response;
	struct err err = ERR_INIT;
	int result;
	bool close;

	response_init(&response);
	conn_no_deadline(x->conn); /* it is ours to be quick now */
	result = handle(x, &response, &err);
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

/*
 * libmicrohttpd splits the query, too, with a record for each argument, and falls silent or crashes
 * where they do not fit its memory. The guard splits its own copy; here the library's is made into
 * one single argument. `uri` points into the connection's buffer, which is not constant.
 */
static void join_arguments(const char *uri)
{
	char *p;

	memcpy(&p, &uri, sizeof(p));
	while ((p = strchr(p, '&')))
		*p = '_';
}

static struct conn *conn_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *context =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return context ? context->socket_context : NULL;
}

/* A request that fails before its header is whole has a beginning only, no end: what is kept of it
 * belongs to the connection. */
void *exchange_begin(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct conn *conn = conn_of(connection);

	(void)cls;
	if (!conn)
		return NULL;
	strbuf_reset(&conn->target);
	strbuf_adds(&conn->target, uri);
	conn->target_at = uri;
	join_arguments(uri);
	conn_deadline(conn, CONN_HEAD_SECONDS);
	return NULL;
}

enum MHD_Result exchange_step(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **state)
{
	struct exchange *x = *state;

	(void)url;
	if (!x) {
		struct conn *conn = conn_of(connection);

		if (!conn)
			return MHD_NO; /* past the limit, already shut down */
		*state = x = exchange_new(cls, conn);
		return first_step(x, connection, method, version);
	}
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
	if (x->conn->target.alloc > TARGET_KEPT)
		strbuf_done(&x->conn->target);
	conn_idle(x->conn);
	atomic_fetch_sub(&x->listener->in_flight, 1);
	for (size_t i = 0; i < x->request.n_params; i++) {
		free(x->request.param[i].name);
		free(x->request.param[i].value);
	}
	target_done(&x->request.target);
	identity_done(&x->identity);
	strbuf_done(&x->body);
	if (x->large) {
		malloc_trim(0); /* else glibc keeps what 100,000 items took: hundreds of MiB */
		sem_post(&x->listener->large);
	}
	free(x);
}
