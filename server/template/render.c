#include "template/render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define STACK_MAX 2500

int(rd_fail)(struct render *r, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(r->err, ERR_TEMPLATE, "template '%.100s' line %u: %s",
		r->from ? r->from->name : "", r->line, what);
}

int(rd_too_big)(struct render *r, const char *what)
{
	return err_set(r->err, ERR_TOO_BIG, "template '%.100s' line %u: %s",
		r->from ? r->from->name : "", r->line, what);
}

static const char *nearest_variable(struct render *r, const char *name, struct strv *names)
{
	if (!r->vars || !r->vars->names)
		return NULL;
	r->vars->names(r->vars->ctx, names);
	return nearest_word(name, (const char *const *)names->v, names->n);
}

/* The member of a dictionary that is nearest to the last part of a dotted name. */
static const char *nearest_member(const struct dict *among, const char *name, struct strv *names)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; i < among->n; i++)
		if (among->v[i].key.kind == VALUE_STRING)
			strv_add_take(names, xstrndup(among->v[i].key.s, among->v[i].key.len));
	return nearest_word(dot ? dot + 1 : name, (const char *const *)names->v, names->n);
}

int(rd_undefined)(struct render *r, const struct value *v)
{
	const struct undefined *u = v->undefined;
	autostrv names = STRV_INIT;
	const char *near;

	if (u->hint)
		return rd_fail(r, "%s", u->hint);
	near = u->among ? nearest_member(u->among, u->name, &names)
	                : nearest_variable(r, u->name, &names);
	if (near)
		return rd_fail(r, "'%.100s' is not defined, did you mean '%.100s'?", u->name, near);
	return rd_fail(r, "'%.100s' is not defined", u->name);
}

int rd_check_size(struct render *r, size_t bytes)
{
	size_t limit = r->options->max_output * 8 + ((size_t)32 << 20);

	if (bytes > limit || r->arena.total > limit - bytes)
		return rd_too_big(r, "the rendering needs too much memory");
	return 0;
}

int rd_spend(struct render *r, size_t steps)
{
	if (steps > r->options->max_steps - r->steps)
		return rd_too_big(r, "the rendering takes too many steps; is a loop too long?");
	r->steps += steps;
	return rd_check_size(r, 0);
}

int rd_enter(struct render *r)
{
	if (rd_spend(r, 1) < 0)
		return -1;
	if (r->stack >= STACK_MAX)
		return rd_too_big(r, "nested too deep");
	r->stack++;
	return 0;
}

void rd_leave(struct render *r)
{
	r->stack--;
}

int rd_enter_call(struct render *r)
{
	if (r->calls >= r->options->max_depth)
		return rd_too_big(r, "macros, includes or loops call each other too deep");
	r->calls++;
	return 0;
}

void rd_leave_call(struct render *r)
{
	r->calls--;
}

char *rd_text(struct render *r, size_t len)
{
	if (rd_check_size(r, len) < 0 || rd_spend(r, len / 64) < 0)
		return NULL;
	return arena_alloc(&r->arena, len + 1);
}

int rd_string(struct render *r, const char *s, size_t len, struct value *ret)
{
	char *copy = rd_text(r, len);

	if (!copy)
		return -1;
	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	*ret = value_str(copy, len);
	return 0;
}

int rd_take(struct render *r, struct strbuf *b, struct value *ret)
{
	return rd_string(r, b->buf, b->len, ret);
}

int rd_fits(struct render *r, const struct strbuf *b)
{
	if (b->len > r->options->max_output)
		return rd_too_big(r, "the text becomes too long");
	return 0;
}
