#include "template/render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TRACE_MAX 3

/* How we came to the place of the message: "included from 'main' line 3, called from …". */
static void add_trace(const struct render *r, struct strbuf *ret)
{
	const struct frame *f = r->caller;

	for (size_t n = 0; f && n < TRACE_MAX; f = f->outer, n++)
		strbuf_addf(ret, "%s%s from '%.100s' line %u", ret->len ? ", " : "", f->how,
			f->from ? f->from->name : "", f->at.line);
	if (f)
		strbuf_adds(ret, ", …");
}

static int fail_at(const struct render *r, enum err_code code, const char *where, struct place at,
	const char *what, const struct strbuf *trace)
{
	return err_set(r->err, code, "template '%.100s' " PLACE_FORMAT ": %s%s%s%s", where,
		PLACE_ARGS(at), what, trace->len ? " (" : "", trace->buf, trace->len ? ")" : "");
}

static int fail_here(const struct render *r, enum err_code code, const char *what)
{
	autostrbuf trace = STRBUF_INIT;

	add_trace(r, &trace);
	return fail_at(r, code, r->from ? r->from->name : "", r->at, what, &trace);
}

int(rd_fail)(struct render *r, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return fail_here(r, ERR_TEMPLATE, what);
}

int(rd_too_big)(struct render *r, const char *what)
{
	return fail_here(r, ERR_TOO_BIG, what);
}

void rd_trace(struct render *r)
{
	const struct frame here = {r->caller, "included", r->from, r->at};
	autostrbuf trace = STRBUF_INIT;
	struct err inner = *r->err;

	r->caller = &here;
	add_trace(r, &trace);
	r->caller = here.outer;
	err_set(r->err, inner.code, "%s (%s)", inner.msg, trace.buf);
}

static void variable_names(const struct template_vars *vars, struct strv *ret)
{
	const char *key;
	json_t *member;

	json_object_foreach (vars->object, key, member)
		strv_add(ret, key);
	if (vars->names)
		vars->names(vars->ctx, ret);
}

/* What the scopes around a name hold, and the variables. */
static void visible_names(struct render *r, const struct scope *s, struct strv *ret)
{
	for (;; s = s->parent) {
		for (size_t i = 0; i < s->n; i++)
			strv_add(ret, s->v[i].name->s);
		if (!s->parent)
			break;
	}
	if (!s->isolated && r->vars)
		variable_names(r->vars, ret);
	for (const struct builtin *f = functions_all; f->name; f++)
		strv_add(ret, f->name);
}

static void member_names(const struct dict *among, struct strv *ret)
{
	for (size_t i = 0; i < among->n; i++)
		if (among->v[i].key.kind == VALUE_STRING)
			strv_add_take(ret, xstrndup(among->v[i].key.s, among->v[i].key.len));
}

/* "'host.nam' is not defined, did you mean 'name'?": the name is nearest to the last part. */
static void describe_undefined(struct render *r, const struct undefined *u, struct strbuf *ret)
{
	autostrv names = STRV_INIT;
	const char *dot = u->among ? strrchr(u->name, '.') : NULL;
	const char *near;

	if (u->among)
		member_names(u->among, &names);
	else if (u->scope)
		visible_names(r, u->scope, &names);
	near = nearest_word(dot ? dot + 1 : u->name, (const char *const *)names.v, names.n);
	strbuf_addf(ret, "'%.100s' is not defined", u->name);
	if (near)
		strbuf_addf(ret, ", did you mean '%.100s'?", near);
}

int(rd_undefined)(struct render *r, const struct value *v)
{
	const struct undefined *u = v->undefined;
	const char *here = r->from ? r->from->name : "";
	const char *where = u->where ? u->where : here;
	struct place at = u->where ? u->at : r->at;
	autostrbuf what = STRBUF_INIT;
	autostrbuf trace = STRBUF_INIT;

	if (u->hint)
		strbuf_adds(&what, u->hint);
	else
		describe_undefined(r, u, &what);
	if (at.line != r->at.line || strcmp(where, here) != 0)
		strbuf_addf(&trace, "used in '%.100s' line %u", here, r->at.line);
	add_trace(r, &trace);
	return fail_at(r, ERR_TEMPLATE, where, at, what.buf, &trace);
}

int rd_check_size(struct render *r, size_t bytes)
{
	size_t limit = r->options->max_output * 8 + ((size_t)32 << 20);

	if (bytes > limit || r->arena.total > limit - bytes)
		return rd_too_big(r, "the rendering needs too much memory");
	return 0;
}

/* Time that others take from the machine does not count: what rendered yesterday does today. */
static int64_t processor_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int check_time(struct render *r)
{
	int64_t now = processor_time();
	char what[100];

	if (!r->deadline) /* small renderings never get here, and never ask for the time */
		r->deadline = now + (int64_t)r->options->max_ms * 1000000;
	if (now <= r->deadline)
		return 0;
	snprintf(what, sizeof(what), "the rendering takes more than %u ms of processor time",
		r->options->max_ms);
	return rd_too_big(r, what);
}

int rd_look(struct render *r)
{
	uint64_t max = r->options->max_steps;

	if (r->steps > max)
		return rd_too_big(r, "the rendering takes too many steps; is a loop too long?");
	if (rd_check_size(r, 0) < 0)
		return -1;
	r->pause = max - r->steps > STEPS_PER_LOOK ? r->steps + STEPS_PER_LOOK : max;
	return check_time(r);
}

int rd_enter_call(struct render *r, const char *how, struct frame *ret)
{
	if (r->calls >= r->options->max_depth)
		return rd_too_big(r, "macros, includes or loops call each other too deep");
	r->calls++;
	*ret = (struct frame){r->caller, how, r->from, r->at};
	r->caller = ret;
	return 0;
}

void rd_leave_call(struct render *r, const struct frame *frame)
{
	r->calls--;
	r->caller = frame->outer;
	r->from = frame->from;
	r->at = frame->at;
}

char *rd_text(struct render *r, size_t len)
{
	if (len > r->options->max_output)
		return (void)rd_too_big(r, "the text becomes too long"), NULL;
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

int rd_cut(struct render *r, size_t from, struct value *ret)
{
	int status = rd_string(r, r->out->buf + from, r->out->len - from, ret);

	strbuf_truncate(r->out, from);
	return status;
}

static int check_length(struct render *r, size_t len)
{
	return len > r->options->max_output ? rd_too_big(r, "the text becomes too long") : 0;
}

int rd_fits(struct render *r, const struct strbuf *b)
{
	return check_length(r, b->len - (b == r->out ? r->start : 0));
}

int rd_fits_since(struct render *r, size_t from)
{
	return check_length(r, r->out->len - from);
}

struct capture rd_capture(struct render *r)
{
	struct capture outer = {r->start, r->limit, r->muted};

	r->start = r->out->len;
	r->limit = r->start + r->options->max_output;
	r->muted = false;
	return outer;
}

int rd_captured(struct render *r, struct capture outer, struct value *ret)
{
	size_t from = r->start;

	r->start = outer.start;
	r->limit = outer.limit;
	r->muted = outer.muted;
	return rd_cut(r, from, ret);
}

int rd_output_too_long(struct render *r)
{
	return rd_too_big(r, "the output becomes too long");
}
