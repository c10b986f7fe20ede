#include "base/sha256.h"
#include "http/auth.h"
#include "http/tables.h"
#include "model/field.h"

#include <sys/random.h>
#include <time.h>

enum { TOKEN_BYTES = 32 /* 256 bits */, DAY = 24 * 3600 };

static int list_tokens(struct request *request, struct response *response, struct err *err)
{
	json_t *items;

	if (db_token_list(request->server->db, &items, err) < 0)
		return -1;
	response_json_take(response, 200, json_pack("{s:o}", "items", items));
	return 0;
}

static int make_token(struct strbuf *ret, struct err *err)
{
	unsigned char bytes[TOKEN_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return err_sys(err, "cannot get random bytes");
	strbuf_adds(ret, "bw_");
	strbuf_add_hex(ret, bytes, sizeof(bytes));
	return 0;
}

/* {"name", "role", "days"}: the token itself is shown this once. */
static int read_token(
	json_t *body, const char **name, enum role *role, double *expires, struct err *err)
{
	static const char *const members[] = {"name", "role", "days"};
	const json_t *days = json_object_get(body, "days");
	autofree char *canonical = NULL;
	const char *word = NULL;

	if (request_only(body, members, ARRAY_SIZE(members), err) < 0 ||
		request_text(body, "name", name, err) < 0 ||
		request_text(body, "role", &word, err) < 0)
		return -1;
	if (!*name)
		return err_field(err, ERR_INVALID, "name", "is missing: who will use the token");
	if (check_item_name(*name, &canonical, err) < 0)
		return err_wrap(err, "name");
	*role = word ? role_find(word) : ROLE_NONE;
	if (*role == ROLE_NONE)
		return err_field(err, ERR_INVALID, "role", "must be 'read', 'operate' or 'admin'");
	*expires = 0;
	if (days && (!json_is_number(days) || json_number_value(days) <= 0))
		return err_field(err, ERR_INVALID, "days", "must be a number above 0");
	if (days)
		*expires = (double)time(NULL) + json_number_value(days) * DAY;
	return 0;
}

static int post_token(struct request *request, struct response *response, struct err *err)
{
	autostrbuf token = STRBUF_INIT;
	char sum[SHA256_TEXT];
	const char *name = NULL;
	enum role role;
	double expires;
	json_t *body;

	if (request_object(request, &body, err) < 0 ||
		read_token(body, &name, &role, &expires, err) < 0 || make_token(&token, err) < 0)
		return -1;
	sha256_text(token.buf, token.len, sum);
	if (db_token_add(request->server->db, name, sum, role, expires, err) < 0)
		return -1;
	response_json_take(response, 201,
		json_pack("{s:s,s:s,s:o,s:s}", "name", name, "role", role_name(role), "expires",
			expires > 0 ? json_real(expires) : json_null(), "token", token.buf));
	return 0;
}

static int delete_token(struct request *request, struct response *response, struct err *err)
{
	if (db_token_revoke(request->server->db, request_param(request, "name"), err) < 0)
		return -1;
	response->status = 204;
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/tokens", ROLE_ADMIN, list_tokens, "listTokens",
		"Who has a token; the tokens themselves are not kept.", .answer = "TokenList"),
	API_ROUTE(HTTP_POST, "/api/v1/tokens", ROLE_ADMIN, post_token, "createToken",
		"Makes a token of 256 bits, which is shown this once: only its SHA-256 is kept.",
		.body = "NewToken", .answer = "MadeToken", .status = 201),
	API_ROUTE(HTTP_DELETE, "/api/v1/tokens/{name}", ROLE_ADMIN, delete_token, "revokeToken",
		"Revokes a token.", .status = 204),
};
const struct route_table api_token_routes = {rows, ARRAY_SIZE(rows)};
