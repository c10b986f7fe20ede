#include "template/render.h"

#include <string.h>

#define FETCHED_SIZE 128

struct scope *scope_new(struct render *r, struct scope *parent)
{
	struct scope *s = arena_zalloc(&r->arena, sizeof(*s));

	s->parent = parent;
	s->context = parent ? parent->context : NULL;
	return s;
}

struct scope *scope_new_root(struct render *r, struct scope *parent, bool isolated)
{
	struct scope *s = scope_new(r, parent);

	s->context = arena_zalloc(&r->arena, sizeof(*s->context));
	s->context->root = s;
	s->isolated = isolated;
	return s;
}

static uint64_t bit_of(const struct name *name)
{
	return (uint64_t)1 << (name->hash & 63);
}

struct value *scope_get_own(struct scope *s, const struct name *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (name_is(&s->v[i].name, name))
			return &s->v[i].value;
	return NULL;
}

void scope_set(struct render *r, struct scope *s, const struct name *name, struct value v)
{
	struct value *there = scope_get_own(s, name);

	r->bound |= bit_of(name);
	if (there) {
		*there = v;
		return;
	}
	if (s->n == s->alloc) {
		s->alloc = s->alloc ? s->alloc * 2 : 4;
		s->v = arena_regrow(&r->arena, s->v, s->n, s->alloc, sizeof(*s->v));
	}
	s->v[s->n++] = (struct binding){.name = *name, .value = v};
}

static uint32_t *fetched_slot(struct render *r, const struct name *name)
{
	size_t i = name->hash & (r->fetched.size - 1);

	while (r->fetched.index[i] && !name_is(&r->fetched.v[r->fetched.index[i] - 1].name, name))
		i = (i + 1) & (r->fetched.size - 1);
	return &r->fetched.index[i];
}

static void fetched_grow(struct render *r)
{
	size_t size = r->fetched.size ? r->fetched.size * 2 : FETCHED_SIZE;

	r->fetched.v = arena_regrow(
		&r->arena, r->fetched.v, r->fetched.n, size / 2, sizeof(*r->fetched.v));
	r->fetched.size = size;
	r->fetched.index = arena_zalloc(&r->arena, size * sizeof(*r->fetched.index));
	for (size_t i = 0; i < r->fetched.n; i++)
		*fetched_slot(r, &r->fetched.v[i].name) = (uint32_t)i + 1;
}

/* Keeps the reference until the rendering ends: strings are borrowed from it. */
static void hold(struct render *r, json_t *json)
{
	if (r->fetched.n_refs == r->fetched.alloc_refs) {
		r->fetched.alloc_refs = r->fetched.alloc_refs ? r->fetched.alloc_refs * 2 : 32;
		r->fetched.refs = arena_regrow(&r->arena, r->fetched.refs, r->fetched.n_refs,
			r->fetched.alloc_refs, sizeof(json_t *));
	}
	r->fetched.refs[r->fetched.n_refs++] = json;
}

/* A variable is asked for once; ABSENT where there is none. */
static struct value fetch(struct render *r, const struct name *name)
{
	struct value v = VALUE_INIT;
	uint32_t *slot;
	json_t *json;

	if (r->fetched.n * 2 >= r->fetched.size)
		fetched_grow(r);
	slot = fetched_slot(r, name);
	if (*slot)
		return r->fetched.v[*slot - 1].value;
	json = r->vars && r->vars->get ? r->vars->get(r->vars->ctx, name->s) : NULL;
	if (json) {
		hold(r, json);
		v = value_json(&r->arena, json);
	}
	r->fetched.v[r->fetched.n++] = (struct binding){.name = *name, .value = v};
	*slot = (uint32_t)r->fetched.n;
	return v;
}

static bool lookup_global(const struct scope *s, const struct name *name, struct value *ret)
{
	const struct builtin *function = function_find(name->s);

	if (function) {
		*ret = (struct value){.kind = VALUE_FUNCTION, .function = function};
		return true;
	}
	if (!strcmp(name->s, "self")) {
		*ret = (struct value){.kind = VALUE_SELF};
		ret->context = s->context;
		return true;
	}
	return false;
}

static struct value undefined_name(struct render *r, struct scope *s, const struct name *name)
{
	struct value v = value_undefined(&r->arena, name->s, NULL);

	v.undefined->scope = s;
	return v;
}

static const struct value *find_in_scopes(struct scope *s, const struct name *name)
{
	for (; s; s = s->parent) {
		const struct value *v = scope_get_own(s, name);

		if (v)
			return v;
	}
	return NULL;
}

void scope_lookup(struct render *r, struct scope *s, const struct name *name, struct value *ret)
{
	/* Most names are variables, which no scope has ever held. */
	const struct value *v = r->bound & bit_of(name) ? find_in_scopes(s, name) : NULL;
	const struct scope *outermost = s;

	if (v) {
		*ret = *v;
		return;
	}
	while (outermost->parent)
		outermost = outermost->parent;
	if (!outermost->isolated) {
		*ret = fetch(r, name);
		if (ret->kind != VALUE_ABSENT)
			return;
	}
	if (!lookup_global(s, name, ret))
		*ret = undefined_name(r, s, name);
}
