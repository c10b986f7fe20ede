/* Looking into values: attributes, elements and slices. */
#include "template/render.h"
#include "template/utf8.h"

#include <string.h>

static bool is_sequence(const struct value *v)
{
	return v->kind == VALUE_LIST || v->kind == VALUE_TUPLE;
}

static struct value method_value(
	struct render *r, const struct builtin *row, const struct value *self)
{
	struct method *m = arena_alloc(&r->arena, sizeof(*m));

	m->row = row;
	m->self = *self;
	return (struct value){.kind = VALUE_METHOD, .method = m};
}

static struct value loop_attr(struct render *r, const struct loop *loop, const char *name)
{
	size_t n = loop->items->n;
	size_t i = loop->index;

	if (!strcmp(name, "index"))
		return value_size(i + 1);
	if (!strcmp(name, "index0"))
		return value_size(i);
	if (!strcmp(name, "revindex"))
		return value_int((int64_t)n - (int64_t)i);
	if (!strcmp(name, "revindex0"))
		return value_int((int64_t)n - (int64_t)i - 1);
	if (!strcmp(name, "first"))
		return value_bool(i == 0);
	if (!strcmp(name, "last"))
		return value_bool(i + 1 >= n);
	if (!strcmp(name, "length"))
		return value_size(n);
	if (!strcmp(name, "depth"))
		return value_size(loop->depth + 1);
	if (!strcmp(name, "depth0"))
		return value_size(loop->depth);
	if (!strcmp(name, "previtem"))
		return i > 0 ? loop->items->v[i - 1]
		             : value_undefined_hint(&r->arena, "there is no previous item");
	if (!strcmp(name, "nextitem"))
		return i + 1 < n ? loop->items->v[i + 1]
		                 : value_undefined_hint(&r->arena, "there is no next item");
	return VALUE_INIT;
}

static struct value macro_attr(struct render *r, const struct macro *m, const char *name)
{
	struct list *list;

	if (!strcmp(name, "name"))
		return value_cstr(m->def->name.s);
	if (!strcmp(name, "catch_varargs"))
		return value_bool(m->def->uses_varargs);
	if (!strcmp(name, "catch_kwargs"))
		return value_bool(m->def->uses_kwargs);
	if (!strcmp(name, "caller"))
		return value_bool(m->def->uses_caller);
	if (strcmp(name, "arguments") != 0)
		return VALUE_INIT;
	list = list_new(&r->arena, m->def->n_params);
	for (const struct macro_param *p = m->def->params; p; p = p->next)
		list_add(list, value_str(p->name.s, p->name.len));
	return value_tuple(list);
}

static struct value block_value(struct render *r, const struct block_entry *entry,
	struct context *context, struct scope *scope)
{
	struct block_ref *ref = arena_alloc(&r->arena, sizeof(*ref));

	*ref = (struct block_ref){.entry = entry, .context = context, .scope = scope};
	return (struct value){.kind = VALUE_BLOCK, .block = ref};
}

static const struct value *module_member(
	struct render *r, const struct module *m, const struct name *name)
{
	return name->s[0] == '_' ? NULL : scope_get_own(r, m->scope, name);
}

/* What is no element but belongs to the kind of value; ABSENT where there is nothing. */
static struct value own_attr(struct render *r, const struct value *of, const struct name *name,
	const struct builtin *method)
{
	const struct value *v = NULL;

	if (method)
		return method_value(r, method, of);
	if (of->kind == VALUE_LOOP)
		return loop_attr(r, of->loop, name->s);
	if (of->kind == VALUE_NAMESPACE)
		v = dict_get_str(of->dict, name->s, name->len);
	else if (of->kind == VALUE_MACRO)
		return macro_attr(r, of->macro, name->s);
	else if (of->kind == VALUE_TUPLE && of->list->label) /* of groupby */
		v = !strcmp(name->s, "grouper") ? &of->list->v[0]
		    : !strcmp(name->s, "list")  ? &of->list->v[1]
		                                : NULL;
	else if (of->kind == VALUE_CYCLER && !strcmp(name->s, "current"))
		v = &of->cycler->items->v[of->cycler->pos];
	if (of->kind == VALUE_SELF) {
		const struct block_entry *entry = context_block(of->context, name);

		return entry ? block_value(r, entry, of->context, of->context->root) : VALUE_INIT;
	}
	if (of->kind == VALUE_BLOCK && !strcmp(name->s, "super"))
		return of->block->entry->super
		               ? block_value(r, of->block->entry->super, of->block->context,
					 of->block->scope)
		               : value_undefined_hint(&r->arena, "there is no parent block");
	return v ? *v : VALUE_INIT;
}

static struct value missing(struct render *r, const struct value *of, const char *name)
{
	bool named = of->kind == VALUE_DICT || of->kind == VALUE_NAMESPACE;

	return value_undefined(&r->arena, name, named ? of->dict : NULL);
}

int rd_get_attr(struct render *r, struct value *of, const struct expr *attr, struct value *ret)
{
	const struct methods *methods = attr->u.attr.methods;
	const struct name *name = &attr->u.attr.name;
	const struct builtin *method = methods ? methods->of[of->kind] : NULL;
	const struct value *v;

	if (of->kind == VALUE_MODULE) {
		v = module_member(r, of->module, name);
		*ret = v ? *v : missing(r, of, name->s);
		return 0;
	}
	if (of->kind == VALUE_UNDEFINED)
		return rd_undefined(r, of);
	if (of->kind == VALUE_DICT && !method) {
		v = dict_get_str(of->dict, name->s, name->len);
		*ret = v ? *v : missing(r, of, name->s);
		return 0;
	}
	*ret = own_attr(r, of, name, method);
	if (ret->kind == VALUE_ABSENT)
		*ret = missing(r, of, name->s);
	return 0;
}

static bool index_of(const struct value *key, size_t n, size_t *ret)
{
	int64_t i = key->kind == VALUE_BOOL ? key->b : key->i;

	if (i < 0)
		i += (int64_t)n;
	*ret = (size_t)i;
	return i >= 0 && (size_t)i < n;
}

static bool string_char(const struct value *s, const struct value *key, struct value *ret)
{
	size_t n = utf8_count(s->s, s->len);
	size_t at;

	if (!index_of(key, n, &at))
		return false;
	if (n != s->len)
		at = utf8_offset(s->s, s->len, at);
	*ret = value_str(s->s + at, utf8_len(s->s + at, s->len - at));
	ret->safe = s->safe;
	return true;
}

static bool get_element(struct value *of, const struct value *key, struct value *ret)
{
	const struct value *v;
	size_t at;

	if (of->kind == VALUE_DICT) {
		v = value_hashable(key) ? dict_get(of->dict, key) : NULL;
		if (v)
			*ret = *v;
		return v != NULL;
	}
	if (key->kind != VALUE_INT && key->kind != VALUE_BOOL)
		return false;
	if (of->kind == VALUE_STRING)
		return string_char(of, key, ret);
	if (of->kind == VALUE_RANGE) {
		if (!index_of(key, of->range->n, &at))
			return false;
		*ret = value_int(of->range->start + (int64_t)at * of->range->step);
		return true;
	}
	if (!is_sequence(of))
		return false;
	list_open(of->list);
	if (!index_of(key, of->list->n, &at))
		return false;
	*ret = of->list->v[at];
	return true;
}

int rd_get_item(struct render *r, struct value *of, const struct value *key, struct value *ret)
{
	struct value self = *of;
	struct value text;

	if (self.kind == VALUE_UNDEFINED)
		return rd_undefined(r, &self);
	if (key->kind == VALUE_UNDEFINED)
		return rd_undefined(r, key);
	if (self.kind == VALUE_STRING && rd_spend(r, self.len / 64) < 0)
		return -1;
	if (get_element(&self, key, ret))
		return 0;
	if (key->kind == VALUE_STRING) {
		char *name = arena_strndup(&r->arena, key->s, key->len);
		struct name n = rd_name(r, name, key->len);

		if (self.kind == VALUE_MODULE) {
			const struct value *member = module_member(r, self.module, &n);

			*ret = member ? *member : VALUE_INIT;
		} else {
			*ret = own_attr(r, &self, &n, method_find(self.kind, name));
		}
		if (ret->kind == VALUE_ABSENT)
			*ret = missing(r, &self, name);
		return 0;
	}
	if (key->kind != VALUE_INT && key->kind != VALUE_BOOL)
		text = value_cstr(value_type_name(key));
	else if (rd_to_str(r, key, &text) < 0)
		return -1;
	*ret = value_undefined(&r->arena, text.s, NULL);
	return 0;
}

/* Start, stop and step as Python clamps them to n elements. */
static int slice_bounds(struct render *r, const struct value parts[3], int64_t n, int64_t ret[3])
{
	int64_t step;

	for (size_t i = 0; i < 3; i++) {
		if (parts[i].kind == VALUE_UNDEFINED)
			return rd_undefined(r, &parts[i]);
		if (parts[i].kind != VALUE_NONE && parts[i].kind != VALUE_INT &&
			parts[i].kind != VALUE_BOOL)
			return rd_fail(
				r, "a slice needs integers, not %s", value_type_name(&parts[i]));
	}
	step = parts[2].kind == VALUE_NONE  ? 1
	       : parts[2].kind == VALUE_INT ? parts[2].i
	                                    : parts[2].b;
	if (!step)
		return rd_fail(r, "the step of a slice cannot be 0");
	ret[2] = step < -n - 1 ? -n - 1 : step > n + 1 ? n + 1 : step;
	for (size_t i = 0; i < 2; i++) {
		bool at_start = (i == 0) == (step > 0);
		int64_t low = step > 0 ? 0 : -1;
		int64_t high = step > 0 ? n : n - 1;
		int64_t v = parts[i].kind == VALUE_INT ? parts[i].i : parts[i].b;

		if (parts[i].kind == VALUE_NONE) {
			ret[i] = at_start ? low : high;
			continue;
		}
		if (v < 0)
			v = v < -n ? low : v + n;
		ret[i] = v < low ? low : v > high ? high : v;
	}
	return 0;
}

static int slice_string(
	struct render *r, const struct value *s, const int64_t b[3], struct value *ret)
{
	struct list *chars;
	autostrbuf out = STRBUF_INIT;

	if (b[2] == 1) { /* the usual one needs no list of characters */
		size_t from = utf8_offset(s->s, s->len, (size_t)b[0]);
		size_t to = utf8_offset(s->s, s->len, (size_t)b[1]);

		*ret = value_str(s->s + from, to > from ? to - from : 0);
		ret->safe = s->safe;
		return rd_spend(r, s->len / 64);
	}
	if (rd_items(r, s, &chars) < 0)
		return -1;
	for (int64_t i = b[0]; b[2] > 0 ? i < b[1] : i > b[1]; i += b[2]) {
		if (rd_tick(r) < 0)
			return -1;
		strbuf_add(&out, chars->v[i].s, chars->v[i].len);
	}
	if (rd_take(r, &out, ret) < 0)
		return -1;
	ret->safe = s->safe;
	return 0;
}

int rd_get_slice(struct render *r, struct value *of, const struct value parts[3], struct value *ret)
{
	struct list *items;
	struct list *list;
	int64_t b[3];
	size_t n;

	if (of->kind == VALUE_UNDEFINED)
		return rd_undefined(r, of);
	if (of->kind != VALUE_STRING && of->kind != VALUE_RANGE && !is_sequence(of)) {
		*ret = value_undefined(&r->arena, "slice", NULL);
		return 0;
	}
	if (rd_length(r, of, &n) < 0 || slice_bounds(r, parts, (int64_t)n, b) < 0)
		return -1;
	if (of->kind == VALUE_STRING)
		return slice_string(r, of, b, ret);
	if (rd_items(r, of, &items) < 0)
		return -1;
	list = list_new(&r->arena, 0);
	for (int64_t i = b[0]; b[2] > 0 ? i < b[1] : i > b[1]; i += b[2]) {
		if (rd_tick(r) < 0)
			return -1;
		list_add(list, items->v[i]);
	}
	*ret = (struct value){
		.kind = of->kind == VALUE_RANGE ? VALUE_LIST : of->kind, .list = list};
	return rd_spend(r, list->n);
}
