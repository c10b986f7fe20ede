/* Values as a whole: whether they are true, how long they are, and what a loop over them sees. */
#include "template/render.h"
#include "template/utf8.h"

static bool has_list(const struct value *v)
{
	return v->kind == VALUE_LIST || v->kind == VALUE_TUPLE || v->kind == VALUE_VIEW;
}

int rd_truth_of(struct render *r, const struct value *v, bool *ret)
{
	size_t n;

	switch (v->kind) {
	case VALUE_UNDEFINED:
		*ret = false;
		return value_is_lenient(v) ? 0 : rd_undefined(r, v);
	case VALUE_ABSENT:
	case VALUE_NONE:
		*ret = false;
		return 0;
	case VALUE_BOOL:
		*ret = v->b;
		return 0;
	case VALUE_INT:
		*ret = v->i != 0;
		return 0;
	case VALUE_FLOAT:
		*ret = v->f != 0;
		return 0;
	case VALUE_STRING:
		*ret = v->len != 0;
		return 0;
	case VALUE_LIST:
	case VALUE_TUPLE:
	case VALUE_DICT:
	case VALUE_VIEW:
	case VALUE_RANGE:
		if (rd_length(r, v, &n) < 0)
			return -1;
		*ret = n != 0;
		return 0;
	case VALUE_ITERATOR:
	case VALUE_NAMESPACE:
	case VALUE_LOOP:
	case VALUE_MACRO:
	case VALUE_METHOD:
	case VALUE_FUNCTION:
	case VALUE_MODULE:
	case VALUE_BLOCK:
	case VALUE_SELF:
	case VALUE_CYCLER:
	case VALUE_JOINER:
		break;
	}
	*ret = true;
	return 0;
}

int rd_length(struct render *r, const struct value *v, size_t *ret)
{
	*ret = 0;
	if (v->kind == VALUE_UNDEFINED)
		return value_is_lenient(v) ? 0 : rd_undefined(r, v);
	if (v->kind == VALUE_STRING) {
		*ret = utf8_count(v->s, v->len);
		return rd_spend(r, v->len / 64);
	}
	if (has_list(v)) {
		*ret = v->list->json ? json_array_size(v->list->json) : v->list->n;
	} else if (v->kind == VALUE_DICT) {
		*ret = v->dict->json ? json_object_size(v->dict->json) : v->dict->n;
	} else if (v->kind == VALUE_RANGE) {
		*ret = v->range->n;
	} else if (v->kind == VALUE_LOOP) {
		*ret = v->loop->items->n;
	} else if (v->kind == VALUE_ITERATOR) {
		return rd_fail(r, "what '%s' gives has no length; add |list", v->list->label);
	} else {
		return rd_fail(r, "a %s has no length", value_type_name(v));
	}
	return 0;
}

bool rd_can_iterate(const struct value *v)
{
	return has_list(v) || v->kind == VALUE_ITERATOR || v->kind == VALUE_STRING ||
	       v->kind == VALUE_DICT || v->kind == VALUE_RANGE || v->kind == VALUE_LOOP;
}

static int range_items(struct render *r, const struct range *range, struct list **ret)
{
	if (rd_check_size(r, range->n * sizeof(struct value)) < 0)
		return -1;
	*ret = list_new(&r->arena, range->n);
	for (size_t i = 0; i < range->n; i++) {
		if (rd_tick(r) < 0)
			return -1;
		list_add(*ret, value_int(range->start + (int64_t)i * range->step));
	}
	return rd_spend(r, range->n);
}

static int string_items(struct render *r, const struct value *s, struct list **ret)
{
	size_t n = utf8_count(s->s, s->len);

	if (rd_check_size(r, n * sizeof(struct value)) < 0 || rd_spend(r, n) < 0)
		return -1;
	*ret = list_new(&r->arena, n);
	for (size_t i = 0; i < s->len;) {
		size_t width = utf8_len(s->s + i, s->len - i);

		if (rd_tick(r) < 0)
			return -1;
		list_add(*ret, value_str(s->s + i, width));
		i += width;
	}
	return 0;
}

static int dict_keys(struct render *r, struct dict *dict, struct list **ret)
{
	dict_open(dict);
	if (rd_spend(r, dict->n) < 0)
		return -1;
	*ret = list_new(&r->arena, dict->n);
	for (size_t i = 0; i < dict->n; i++)
		list_add(*ret, dict->v[i].key);
	return 0;
}

int rd_items(struct render *r, const struct value *v, struct list **ret)
{
	struct list *list;

	if (v->kind == VALUE_UNDEFINED) {
		*ret = list_new(&r->arena, 0);
		return value_is_lenient(v) ? 0 : rd_undefined(r, v);
	}
	if (v->kind == VALUE_STRING)
		return string_items(r, v, ret);
	if (v->kind == VALUE_DICT)
		return dict_keys(r, v->dict, ret);
	if (v->kind == VALUE_RANGE)
		return range_items(r, v->range, ret);
	if (!has_list(v) && v->kind != VALUE_ITERATOR)
		return rd_fail(r, "a %s cannot be looped over", value_type_name(v));
	list = v->list;
	list_open(list);
	if (v->kind == VALUE_ITERATOR) { /* give what is left, once */
		*ret = list_new(&r->arena, 0);
		(*ret)->v = list->v ? list->v + list->pos : NULL;
		(*ret)->n = (*ret)->alloc = list->n - list->pos;
		list->pos = list->n;
		list = *ret;
	}
	*ret = list;
	return rd_spend(r, list->n);
}
