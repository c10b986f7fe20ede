/*
 * Trying templates. What is rendered may hold secrets, such as the root password's hash; the role
 * is that of who may store a template, since machines, and so he, can fetch what it renders to.
 */
#include "base/json.h"
#include "http/tables.h"
#include "model/types.h"
#include "ops/answer/template_try.h"

enum { BODY_MAX_TEMPLATE = 2 << 20 }; /* a template of 1 MiB in JSON's strings */

/* "system" or "profile": for whom. */
static int read_item(const json_t *body, struct template_try *try, struct err *err)
{
	const char *system = NULL;
	const char *profile = NULL;

	if (request_text(body, "system", &system, err) < 0 ||
		request_text(body, "profile", &profile, err) < 0)
		return -1;
	if (system && profile)
		return err_field(
			err, ERR_INVALID, "profile", "give a system or a profile, not both");
	try->item = system ? system : profile;
	if (try->item)
		try->type = system ? &system_type : &profile_type;
	return 0;
}

static int read_vars(const json_t *body, json_t **ret, struct err *err)
{
	json_t *vars = json_object_get(body, "vars");

	if (vars && !json_is_object(vars))
		return err_field(err, ERR_INVALID, "vars", "must be an object");
	*ret = vars;
	return 0;
}

static int post_render(struct request *request, struct response *response, struct err *err)
{
	static const char *const members[] = {"name", "text", "system", "profile", "vars"};
	struct template_try try = {.type = NULL};
	autostrbuf text = STRBUF_INIT;
	autostrv used = STRV_INIT;
	json_t *body, *answer, *templates;

	if (request_object(request, &body, err) < 0 ||
		request_only(body, members, ARRAY_SIZE(members), err) < 0 ||
		request_text(body, "name", &try.name, err) < 0 ||
		request_text(body, "text", &try.text, err) < 0 || read_item(body, &try, err) < 0 ||
		read_vars(body, &try.vars, err) < 0)
		return -1;
	if (try.text && !try.name)
		return err_field(err, ERR_INVALID, "name", "is missing: what errors call the text");
	if (template_try(request->server, &try, &text, &used, err) < 0)
		return -1;
	templates = json_array();
	strv_for_each (source, &used)
		json_array_append_new(templates, json_string(source));
	answer = json_pack("{s:o}", "templates", templates);
	json_set_str(answer, "text", text.buf);
	response_json_take(response, 200, answer);
	return 0;
}

static int read_names(const json_t *body, struct strv *ret, struct err *err)
{
	const json_t *names = json_object_get(body, "names");
	size_t i;
	json_t *name;

	if (names && !json_is_array(names))
		return err_field(err, ERR_INVALID, "names", "must be a list of names");
	json_array_foreach (json_mutable(names), i, name) {
		if (!json_is_string(name))
			return err_field(err, ERR_INVALID, "names", "must be a list of names");
		strv_add(ret, json_string_value(name));
	}
	return 0;
}

static int post_check(struct request *request, struct response *response, struct err *err)
{
	static const char *const members[] = {"names"};
	autostrv names = STRV_INIT;
	json_t *answer;

	if (request->body && (!json_is_object(request->body) ||
				     request_only(request->body, members, 1, err) < 0))
		return json_is_object(request->body)
		               ? -1
		               : err_set(err, ERR_INVALID, "the body must be a JSON object");
	if (read_names(request->body, &names, err) < 0 ||
		template_check_all(request->server, &names, &answer, err) < 0)
		return -1;
	response_json_take(response, 200, answer);
	return 0;
}

static int post_diff(struct request *request, struct response *response, struct err *err)
{
	static const char *const members[] = {"name", "text"};
	const char *name = NULL;
	const char *text = NULL;
	json_t *body, *answer;

	if (request_object(request, &body, err) < 0 ||
		request_only(body, members, ARRAY_SIZE(members), err) < 0 ||
		request_text(body, "name", &name, err) < 0 ||
		request_text(body, "text", &text, err) < 0)
		return -1;
	if (!name)
		return err_field(err, ERR_INVALID, "name", "is missing");
	if (template_diff(request->server, name, text, &answer, err) < 0)
		return -1;
	response_json_take(response, 200, answer);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_POST, "/api/v1/templates:render", ROLE_OPERATE, post_render,
		"renderTemplate",
		"What a template, or a text, renders to for a system or profile; nothing is "
		"stored.",
		.body = "TemplateTry", .answer = "TemplateText", .max_body = BODY_MAX_TEMPLATE),
	API_ROUTE(HTTP_POST, "/api/v1/templates:check", ROLE_OPERATE, post_check, "checkTemplates",
		"Lints templates and snippets: their syntax, and what the items that use them get.",
		.body = "TemplateNames", .answer = "TemplateProblemList", .flags = ROUTE_BODY_FREE),
	API_ROUTE(HTTP_POST, "/api/v1/templates:diff", ROLE_OPERATE, post_diff, "diffTemplate",
		"What a text in a template's place would change for the items that use it; without "
		"one, how the template differs from the file that it stands before.",
		.body = "TemplateDiff", .answer = "TemplateDifference",
		.max_body = BODY_MAX_TEMPLATE),
};
const struct route_table api_template_routes = {rows, ARRAY_SIZE(rows)};
