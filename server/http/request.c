#include "http/route.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

const char *http_method_name(enum http_method method)
{
	static const char *const names[HTTP_METHODS] = {
		[HTTP_GET] = "GET",
		[HTTP_POST] = "POST",
		[HTTP_PUT] = "PUT",
		[HTTP_PATCH] = "PATCH",
		[HTTP_DELETE] = "DELETE",
	};

	return names[method];
}

const char *request_param(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->n_params; i++)
		if (strcmp(request->param[i].name, name) == 0)
			return request->param[i].value;
	assert(false); /* the route's pattern has no such parameter */
	return "";
}

const char *request_header(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++)
		if (strcasecmp(request->header[i].name, name) == 0)
			return request->header[i].value;
	return NULL;
}

int request_number(const struct request *request, const char *name, int64_t *ret, struct err *err)
{
	const struct arg *arg = route_arg(request->route, name);
	const char *text = target_arg(&request->target, name);
	char *end;
	long long number;

	assert(arg && arg->kind == ARG_NUMBER);
	if (!text)
		return 0;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (!*text || *end || errno || number < arg->min || number > arg->max)
		return err_field(err, ERR_INVALID, name,
			"'%.40s' is not a number from %lld to %lld", text, (long long)arg->min,
			(long long)arg->max);
	*ret = number;
	return 0;
}

int request_flag(const struct request *request, const char *name, bool *ret, struct err *err)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{"", true},
		{"1", true},
		{"true", true},
		{"yes", true},
		{"0", false},
		{"false", false},
		{"no", false},
	};
	const char *text = target_arg(&request->target, name);

	if (!text)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(text, words[i].word) == 0) {
			*ret = words[i].value;
			return 0;
		}
	}
	return err_field(err, ERR_INVALID, name, "'%.40s' is not 1 or 0", text);
}

int request_object(const struct request *request, json_t **ret, struct err *err)
{
	if (!json_is_object(request->body))
		return err_set(err, ERR_INVALID, "the body must be a JSON object");
	*ret = request->body;
	return 0;
}

int request_only(json_t *object, const char *const *names, size_t n, struct err *err)
{
	void *at = json_object_iter(object);

	for (; at; at = json_object_iter_next(object, at)) {
		const char *key = json_object_iter_key(at);
		const char *near;
		size_t i = 0;

		while (i < n && strcmp(names[i], key) != 0)
			i++;
		if (i < n)
			continue;
		near = nearest_word(key, names, n);
		return err_field(err, ERR_INVALID, key, "no such member%s%s%s",
			near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	return 0;
}

int request_text(const json_t *object, const char *name, const char **ret, struct err *err)
{
	const json_t *value = json_object_get(object, name);

	if (!value || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return err_field(err, ERR_INVALID, name, "must be text");
	*ret = json_string_value(value);
	return 0;
}
