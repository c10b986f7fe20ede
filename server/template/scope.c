#include "template/render.h"

#include <string.h>

#define FIRST_NAMES 256 /* most renderings need no more */

struct json_ref {
	struct json_ref *older;
	json_t *json;
};

void variables_fit(struct render *r, size_t n)
{
	size_t had = r->variables.n;

	if (n <= had)
		return;
	if (n < FIRST_NAMES)
		n = FIRST_NAMES;
	if (n < had * 2) /* so that many templates grow it a few times only */
		n = had * 2;
	r->variables.v = arena_regrow(&r->arena, r->variables.v, had, n, sizeof(*r->variables.v));
	r->variables.homes =
		arena_regrow(&r->arena, r->variables.homes, had, n, sizeof(*r->variables.homes));
	r->variables.known = arena_regrow(&r->arena, r->variables.known, had, n, 1);
	memset(r->variables.known + had, 0, n - had);
	r->variables.n = n;
}

void variables_done(struct render *r)
{
	for (struct json_ref *ref = r->variables.refs; ref; ref = ref->older)
		json_decref(ref->json);
}

struct scope *scope_new(struct render *r, struct scope *parent)
{
	struct scope *s = arena_alloc(&r->arena, sizeof(*s));

	s->parent = parent;
	s->context = parent ? parent->context : NULL;
	s->isolated = parent && parent->isolated;
	s->v = s->first;
	s->n = 0;
	s->alloc = ARRAY_SIZE(s->first);
	s->held = 0;
	return s;
}

struct scope *scope_new_root(struct render *r, struct scope *parent, bool isolated)
{
	struct scope *s = scope_new(r, parent);

	s->context = arena_zalloc(&r->arena, sizeof(*s->context));
	s->context->root = s;
	s->isolated |= isolated;
	return s;
}

static uint64_t bit_of(const struct name *name)
{
	return (uint64_t)1 << (name->id & 63);
}

static bool holds_at(const struct scope *s, const struct name *name, size_t at)
{
	return at < s->n && name_is(s->v[at].name, name);
}

/* Of a name that some scope has held. */
static inline struct value *get_own(struct render *r, struct scope *s, const struct name *name)
{
	const struct home *home = &r->variables.homes[name->id];

	if (!(s->held & bit_of(name)))
		return NULL;
	if (home->scope == s && holds_at(s, name, home->at))
		return &s->v[home->at].value;
	for (size_t i = 0; i < s->n; i++)
		if (name_is(s->v[i].name, name))
			return &s->v[i].value;
	return NULL;
}

struct value *scope_get_own(struct render *r, struct scope *s, const struct name *name)
{
	return r->variables.known[name->id] & KNOWN_BOUND ? get_own(r, s, name) : NULL;
}

static bool replace(struct render *r, struct scope *s, const struct name *name, struct value v)
{
	struct value *there = scope_get_own(r, s, name);

	if (there)
		*there = v;
	return there != NULL;
}

static void grow(struct render *r, struct scope *s)
{
	s->alloc *= 2;
	s->v = arena_regrow(&r->arena, s->v, s->n, s->alloc, sizeof(*s->v));
}

void scope_set(struct render *r, struct scope *s, const struct name *name, struct value v)
{
	if (s->held & bit_of(name) && replace(r, s, name, v))
		return;
	if (s->n == s->alloc)
		grow(r, s);
	r->variables.homes[name->id] = (struct home){s, s->n};
	r->variables.known[name->id] |= KNOWN_BOUND;
	s->held |= bit_of(name);
	s->v[s->n++] = (struct binding){.name = name, .value = v};
}

/* A variable that is made when it is asked for. */
static json_t *made_variable(struct render *r, const struct name *name)
{
	json_t *json = r->vars->get(r->vars->ctx, name->s);
	struct json_ref *ref;

	if (!json)
		return NULL;
	ref = arena_alloc(&r->arena, sizeof(*ref));
	*ref = (struct json_ref){r->variables.refs, json};
	r->variables.refs = ref;
	return json;
}

void scope_ask(struct render *r, const struct name *name)
{
	const struct template_vars *vars = r->vars;
	json_t *json = NULL;

	if (vars && vars->object)
		json = json_object_getn(vars->object, name->s, name->len);
	if (!json && vars && vars->get)
		json = made_variable(r, name);
	r->variables.known[name->id] |= KNOWN_ASKED;
	r->variables.v[name->id] = json ? value_json(&r->arena, json) : VALUE_INIT;
}

const struct value *scope_find_bound(struct render *r, struct scope *s, const struct name *name)
{
	for (; s; s = s->parent) {
		const struct value *v = get_own(r, s, name);

		if (v)
			return v;
	}
	return NULL;
}

static bool lookup_global(const struct scope *s, const struct name *name, struct value *ret)
{
	if (name->id == NAME_SELF) {
		*ret = (struct value){.kind = VALUE_SELF};
		ret->context = s->context;
		return true;
	}
	if (name->id < NAME_FUNCTIONS || name->id >= NAME_FUNCTIONS + functions_n)
		return false;
	*ret = (struct value){
		.kind = VALUE_FUNCTION,
		.function = &functions_all[name->id - NAME_FUNCTIONS],
	};
	return true;
}

void scope_peek_global(
	struct render *r, struct scope *s, const struct name *name, struct value *ret)
{
	if (!lookup_global(s, name, ret))
		*ret = (struct value){.kind = VALUE_UNDEFINED, .undefined = &r->nothing};
}

void scope_lookup(struct render *r, struct scope *s, const struct name *name, struct value *ret)
{
	scope_peek(r, s, name, ret);
	if (ret->kind != VALUE_UNDEFINED || ret->undefined != &r->nothing)
		return;
	*ret = value_undefined(&r->arena, name->s, NULL);
	ret->undefined->scope = s;
}
