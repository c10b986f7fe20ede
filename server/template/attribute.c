#include "template/attribute.h"

#include "template/literal.h"

#include <string.h>

static int follow(struct render *r, const char *part, size_t len, struct value *item)
{
	struct value key = value_str(part, len);
	struct value next;
	bool digits = len > 0;

	for (size_t i = 0; i < len; i++)
		digits = digits && part[i] >= '0' && part[i] <= '9';
	if (digits) {
		int64_t n;

		if (!literal_int(part, len, 10, &n))
			return rd_fail(r, "number does not fit in 64 bits");
		key = value_int(n);
	}
	if (rd_get_item(r, item, &key, &next) < 0)
		return -1;
	*item = next;
	return 0;
}

/* The usual path: a name without dots that a dict has. */
static bool is_member(const struct value *path, const struct value *item, struct value *ret)
{
	const struct value *v;

	if (item->kind != VALUE_DICT || !path->len || (path->s[0] >= '0' && path->s[0] <= '9') ||
		memchr(path->s, '.', path->len))
		return false;
	v = dict_get(item->dict, path);
	if (v)
		*ret = *v;
	return v != NULL;
}

int attribute_get(struct render *r, const struct value *path, struct value item, struct value *ret)
{
	const char *end;

	*ret = item;
	if (path->kind == VALUE_ABSENT || path->kind == VALUE_NONE)
		return 0;
	if (path->kind != VALUE_STRING)
		return rd_get_item(r, &item, path, ret);
	if (is_member(path, &item, ret))
		return 0;
	end = path->s + path->len;
	for (const char *p = path->s;;) {
		const char *dot = memchr(p, '.', (size_t)(end - p));

		if (follow(r, p, (size_t)((dot ? dot : end) - p), ret) < 0)
			return -1;
		if (!dot)
			return 0;
		p = dot + 1;
	}
}

int attribute_key(struct render *r, const struct value *path, struct value item, bool ignore_case,
	struct value *ret)
{
	struct call call = {.name = "lower", .args = ret, .n = 1};

	if (attribute_get(r, path, item, ret) < 0)
		return -1;
	if (!ignore_case || ret->kind != VALUE_STRING)
		return 0;
	return rd_call_filter(r, "lower", &call, ret);
}

/* One run [from, middle) and one [middle, to), each in order, into `out`. */
static int merge(struct render *r, const struct sort_item *v, size_t from, size_t middle, size_t to,
	bool reverse, struct sort_item *out)
{
	size_t a = from;
	size_t b = middle;

	for (size_t i = from; i < to; i++) {
		int order = 0;

		if (a < middle && b < to && rd_order(r, &v[a].key, &v[b].key, &order) < 0)
			return -1;
		if (b >= to || (a < middle && (reverse ? order >= 0 : order <= 0)))
			out[i] = v[a++];
		else
			out[i] = v[b++];
	}
	return 0;
}

int sort_items(struct render *r, struct sort_item *v, size_t n, bool reverse)
{
	struct sort_item *other;

	if (n < 2)
		return 0;
	if (rd_check_size(r, n * sizeof(*v)) < 0)
		return -1;
	other = arena_alloc(&r->arena, n * sizeof(*v));
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t i = 0; i < n; i += 2 * width) {
			size_t middle = i + width < n ? i + width : n;
			size_t end = i + 2 * width < n ? i + 2 * width : n;

			if (merge(r, v, i, middle, end, reverse, other) < 0)
				return -1;
		}
		memcpy(v, other, n * sizeof(*v));
	}
	return 0;
}
