/* Everything that must hold before a request's body is read. */
#include "http/exchange.h"

#include "base/net.h"
#include "http/api.h"
#include "model/types.h"

#include <string.h>
#include <strings.h>

struct head {
	struct request *request;
	const char *end; /* of what has been looked at */
	bool broken;
};

bool exchange_library_is_lenient(void)
{
	return strcmp(MHD_get_version(), "0.9.77") < 0;
}

static enum MHD_Result look_at(void *cls, enum MHD_ValueKind kind, const char *name,
	size_t name_len, const char *value, size_t value_len)
{
	struct head *head = cls;
	struct request *request = head->request;

	(void)kind;
	if (!value)
		value = name + name_len;
	if (name != head->end + 2 || strlen(name) != name_len || strlen(value) != value_len)
		head->broken = true;
	head->end = value + value_len;
	if (request->n_headers < GUARD_HEADERS_MAX)
		request->header[request->n_headers] = (struct header){name, value};
	request->n_headers++;
	return MHD_YES;
}

static bool read_head(struct exchange *x, struct MHD_Connection *connection, const char *version)
{
	struct head head = {.request = &x->request, .end = version + strlen(version)};
	static const char line_end[2];

	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, look_at, &head);
	if (!exchange_library_is_lenient())
		return true;
	return !head.broken && x->conn->target_at + strlen(x->conn->target.buf) + 1 == version &&
	       memcmp(head.end, line_end, sizeof(line_end)) == 0;
}

/* Against DNS rebinding: a page of another site that had its name point here still sends that
 * name. */
static bool host_is_ours(void *ctx, const char *host)
{
	const struct listener *listener = ctx;
	struct item *item = NULL;
	const struct settings *settings;
	uint32_t address;
	bool same;

	/* A name may begin with "127.", too. */
	if (strcasecmp(host, "localhost") == 0 ||
		(ip4_parse(host, &address, NULL) == 0 && address >> 24 == 127) ||
		strcmp(host, "::1") == 0 || strcasecmp(host, listener->host) == 0)
		return true;
	if (db_item_get(listener->server->db, &settings_type, "settings", &item, NULL) < 0)
		return false;
	settings = (const struct settings *)item;
	same = settings->server && strcasecmp(host, settings->server) == 0;
	item_free(item);
	return same;
}

static int guard(
	struct exchange *x, struct MHD_Connection *connection, const char *version, struct err *err)
{
	struct listener *listener = x->listener;
	bool api = listener->kind == LISTENER_API;
	struct guard_rules rules = {
		.max_body = api ? BODY_MAX_ANY : BODY_MAX_BOOT,
		.host_is_ours = api && !listener->is_unix ? host_is_ours : NULL,
		.ctx = listener,
	};
	struct guarded guarded;
	int status;

	if (!read_head(x, connection, version)) {
		err_set(err, ERR_INVALID,
			"the lines of the request's head do not end in CR LF, are "
			"folded, or have NUL bytes");
		return 400;
	}
	status = guard_headers(
		&rules, version, x->request.header, x->request.n_headers, &guarded, err);
	if (status)
		return status;
	x->length = guarded.length;
	return guard_target(x->conn->target.buf, guarded.host, &x->request.target, err);
}

static int find_method(const char *name, enum http_method *ret)
{
	static const struct {
		const char *name;
		enum http_method method;
	} methods[] = {
		{"GET", HTTP_GET},
		{"HEAD", HTTP_GET},
		{"POST", HTTP_POST},
		{"PUT", HTTP_PUT},
		{"PATCH", HTTP_PATCH},
		{"DELETE", HTTP_DELETE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strcmp(methods[i].name, name) == 0) {
			*ret = methods[i].method;
			return 0;
		}
	}
	return -1;
}

static void take_params(struct request *request, const struct route_params *params)
{
	for (size_t i = 0; i < params->n; i++) {
		const struct route_param *param = &params->param[i];

		request->param[i] = (struct request_param){
			.name = xstrndup(param->name, param->name_len),
			.value = xstrndup(param->value, param->value_len),
		};
	}
	request->n_params = params->n;
}

static int route(struct exchange *x, const char *method, unsigned *allowed, struct err *err)
{
	struct request *request = &x->request;
	struct route_params params = {.n = 0};

	if (find_method(method, &request->method) < 0) {
		err_set(err, ERR_INVALID, "the method '%.20s' is not supported", method);
		return 501;
	}
	request->is_head = strcmp(method, "HEAD") == 0;
	request->route = route_find(
		x->listener->kind, request->method, request->target.path, &params, allowed);
	take_params(request, &params);
	if (request->route)
		return 0;
	if (*allowed)
		err_set(err, ERR_METHOD, "'%.200s' does not take the method %s",
			request->target.path, method);
	else
		err_set(err, ERR_NOT_FOUND, "there is nothing at '%.200s'", request->target.path);
	return err_http_status(err->code);
}

static int identify(struct exchange *x, struct MHD_Connection *connection, struct err *err)
{
	struct listener *listener = x->listener;
	const union MHD_ConnectionInfo *fd;

	if (listener->kind == LISTENER_BOOT) {
		x->identity.who = xstrdup("installer");
		return 0;
	}
	if (!listener->is_unix)
		return auth_token(listener->server->db,
			request_header(&x->request, "Authorization"), x->conn->loopback,
			&x->identity, err);
	fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	return auth_peer(fd ? fd->connect_fd : -1, listener->group, &x->identity, err);
}

/* 0, or the status that refuses. */
static int authorize(struct exchange *x, struct MHD_Connection *connection, struct err *err)
{
	struct request *request = &x->request;

	if (identify(x, connection, err) < 0)
		return err->code == ERR_DENIED ? 401 : err_http_status(err->code);
	request->role = x->identity.role;
	request->author.who = x->identity.who;
	request->author.from = x->listener->is_unix ? "socket" : x->conn->address;
	request->address = x->conn->address;
	if (request->role >= request->route->role)
		return 0;
	err_set(err, ERR_DENIED, "this needs the role '%s', and '%s' has '%s'",
		role_name(request->route->role), x->identity.who, role_name(request->role));
	return x->listener->is_unix || request_header(request, "Authorization") ? 403 : 401;
}

/* A form of a web page cannot send these types to another site unasked. */
static int check_type(const struct exchange *x, struct err *err)
{
	const char *type = request_header(&x->request, "Content-Type");
	size_t len = type ? strcspn(type, "; \t") : 0;

	if (x->listener->kind == LISTENER_BOOT || x->length == 0 || !type ||
		(len == 16 && strncasecmp(type, "application/json", len) == 0) ||
		(len == 28 && strncasecmp(type, "application/merge-patch+json", len) == 0))
		return 0;
	err_set(err, ERR_INVALID,
		"the body's type is '%.60s'; send JSON, as 'Content-Type: application/json'", type);
	return 415;
}

/* A page of another site may not ask, not even for what it cannot read: checks and streams cost
 * this server something. Following a link from there to our page is not asking. */
static int check_site(const struct exchange *x, struct err *err)
{
	const char *site = request_header(&x->request, "Sec-Fetch-Site");
	const char *mode = request_header(&x->request, "Sec-Fetch-Mode");

	if (x->listener->kind == LISTENER_BOOT || !site || strcasecmp(site, "same-origin") == 0 ||
		strcasecmp(site, "none") == 0 ||
		(x->request.route->role == ROLE_NONE && mode && strcasecmp(mode, "navigate") == 0))
		return 0;
	err_set(err, ERR_DENIED, "a page of another site asks for this");
	return 403;
}

/* An item of a type that has text of many lines is larger than others. */
static bool has_text(const struct request *request)
{
	const struct item_type *type;

	if (!strstr(request->route->pattern, "{type}") || api_find_type(request, &type, NULL) < 0)
		return false;
	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].kind == VALUE_TEXT)
			return true;
	return false;
}

static size_t most(const struct request *request)
{
	if (request->route->max_body)
		return request->route->max_body;
	return has_text(request) ? BODY_MAX_TEXT : BODY_MAX_API;
}

/* Who may not is refused before any of it is read; one large body at a time is held in memory. */
static int check_length(struct exchange *x, struct err *err)
{
	size_t max = most(&x->request);

	if (x->listener->kind == LISTENER_BOOT || x->length == 0)
		return 0;
	if (x->length > max) {
		err_set(err, ERR_TOO_BIG,
			"the body of %zu bytes is larger than the %zu that are taken here",
			x->length, max);
		return 413;
	}
	if (x->length <= BODY_MAX_API)
		return 0;
	if (sem_trywait(&x->listener->large) < 0) {
		err_set(err, ERR_BUSY, "another large request is under way; try again");
		return 503;
	}
	x->large = true;
	return 0;
}

static int check_args(struct exchange *x, struct err *err)
{
	return request_check_args(&x->request, err) < 0 ? err_http_status(err->code) : 0;
}

int exchange_admit(struct exchange *x, struct MHD_Connection *connection, const char *method,
	const char *version, unsigned *allowed, struct err *err)
{
	int status;

	if (atomic_load(&x->listener->server->stopping)) {
		err_set(err, ERR_BUSY, "the server is stopping");
		return 503;
	}
	status = guard(x, connection, version, err);
	if (status == 0)
		status = route(x, method, allowed, err);
	if (status == 0)
		status = check_site(x, err);
	if (status == 0)
		status = authorize(x, connection, err);
	if (status == 0)
		status = check_type(x, err);
	if (status == 0)
		status = check_args(x, err);
	return status ? status : check_length(x, err);
}
