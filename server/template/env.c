/* The engine's door: the cache of parsed templates and the life of a rendering. */
#include "base/mem.h"
#include "template/parser.h"
#include "template/render.h"

#include <pthread.h>
#include <string.h>

#define CACHE_MAX 4096 /* templates; more than any installation has, less than memory */

struct template_env {
	struct template_options options;
	struct template_loader loader;
	struct names *names;
	_Atomic(struct arena_chunk *) spare; /* of the rendering before, if nobody has it */
	pthread_rwlock_t lock;
	struct parsed **cache; /* sorted by the name's length, then by name */
	size_t n;
	size_t alloc;
};

static void parsed_unref(struct parsed *p)
{
	if (p && atomic_fetch_sub(&p->refs, 1) == 1)
		parsed_free(p);
}

struct template_env *template_env_new(
	const struct template_options *options, const struct template_loader *loader)
{
	struct template_env *env = xcalloc(1, sizeof(*env));

	if (options)
		env->options = *options;
	if (loader)
		env->loader = *loader;
	if (!env->options.max_output)
		env->options.max_output = (size_t)4 << 20;
	if (env->options.max_output > TEXT_MAX)
		env->options.max_output = TEXT_MAX;
	if (!env->options.max_steps)
		env->options.max_steps = 10000000;
	if (!env->options.max_depth)
		env->options.max_depth = 64;
	if (!env->options.max_ms)
		env->options.max_ms = 2000;
	env->names = names_new();
	pthread_rwlock_init(&env->lock, NULL);
	return env;
}

void template_env_free(struct template_env *env)
{
	if (!env)
		return;
	for (size_t i = 0; i < env->n; i++)
		parsed_unref(env->cache[i]);
	free(env->cache);
	names_free(env->names);
	arena_drop(env->spare);
	pthread_rwlock_destroy(&env->lock);
	free(env);
}

uint64_t template_stamp(const struct template_env *env, const char *name)
{
	return env->loader.stamp ? env->loader.stamp(env->loader.ctx, name) : 0;
}

/* <0, 0, >0: mostly a comparison of numbers. */
static int order_names(const struct parsed *p, const char *name, size_t len)
{
	if (p->name_len != len)
		return p->name_len < len ? -1 : 1;
	return memcmp(p->name, name, len);
}

/* Where the name is, or would be inserted. */
static size_t cache_find(const struct template_env *env, const char *name, size_t len, bool *found)
{
	size_t low = 0;
	size_t high = env->n;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int c = order_names(env->cache[middle], name, len);

		if (c == 0) {
			*found = true;
			return middle;
		}
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct parsed *cache_get(struct template_env *env, const char *name, uint64_t stamp)
{
	struct parsed *p = NULL;
	bool found;
	size_t i;

	pthread_rwlock_rdlock(&env->lock);
	i = cache_find(env, name, strlen(name), &found);
	if (found && env->cache[i]->stamp == stamp) {
		p = env->cache[i];
		atomic_fetch_add(&p->refs, 1);
	}
	pthread_rwlock_unlock(&env->lock);
	return p;
}

static void cache_put(struct template_env *env, struct parsed *p)
{
	bool found;
	size_t i;

	atomic_fetch_add(&p->refs, 1);
	pthread_rwlock_wrlock(&env->lock);
	if (env->n >= CACHE_MAX) { /* names that nobody uses any more: start afresh */
		for (i = 0; i < env->n; i++)
			parsed_unref(env->cache[i]);
		env->n = 0;
	}
	i = cache_find(env, p->name, p->name_len, &found);
	if (found) {
		parsed_unref(env->cache[i]);
	} else {
		if (env->n == env->alloc) {
			env->alloc = env->alloc ? env->alloc * 2 : 16;
			env->cache = xreallocarray(env->cache, env->alloc, sizeof(struct parsed *));
		}
		memmove(env->cache + i + 1, env->cache + i, (env->n - i) * sizeof(struct parsed *));
		env->n++;
	}
	env->cache[i] = p;
	pthread_rwlock_unlock(&env->lock);
}

/* What the loader knows the name by, for these variables; `room` may hold it. */
static const char *source_of(const struct template_env *env, const struct template_vars *vars,
	const char *name, struct strbuf *room)
{
	if (!env->loader.resolve)
		return name;
	env->loader.resolve(env->loader.ctx, vars ? vars->subject : NULL, name, room);
	return room->buf;
}

bool template_exists(
	const struct template_env *env, const char *name, const struct template_vars *vars)
{
	autostrbuf room = STRBUF_INIT;

	return template_stamp(env, source_of(env, vars, name, &room)) != 0;
}

/* A new reference in *ret and 1; 0 where there is no such template; -1. */
static int env_load(
	struct template_env *env, const char *name, struct parsed **ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	uint64_t stamp = template_stamp(env, name);
	struct parsed *p;

	if (!stamp)
		return 0;
	p = cache_get(env, name, stamp);
	if (!p) {
		if (env->loader.load(env->loader.ctx, name, &text, err) < 0)
			return err_wrap(err, "template '%.100s'", name);
		p = parser_parse(env->names, &env->options, name, text.buf, text.len, err);
		if (!p)
			return -1;
		p->stamp = stamp;
		cache_put(env, p);
	}
	*ret = p;
	return 1;
}

static void hold_template(struct render *r, struct parsed *p)
{
	if (r->n_used == r->alloc_used) {
		r->alloc_used = r->alloc_used ? r->alloc_used * 2 : 8;
		r->used = arena_regrow(
			&r->arena, r->used, r->n_used, r->alloc_used, sizeof(struct parsed *));
	}
	r->used[r->n_used++] = p;
	variables_fit(r, p->ids_end);
}

struct name rd_name(const struct render *r, const char *s, size_t len)
{
	uint32_t id = names_find(r->env->names, s, len);

	return (struct name){.s = s, .len = (uint32_t)len, .id = id};
}

int rd_load(struct render *r, const char *name, const struct parsed **ret)
{
	autostrbuf room = STRBUF_INIT;
	const char *source = source_of(r->env, r->vars, name, &room);
	size_t len = strlen(source);
	struct parsed *p;
	int found;

	/* One rendering sees one version, also when the file changes under it. */
	for (size_t i = 0; i < r->n_used; i++) {
		if (!order_names(r->used[i], source, len)) {
			*ret = r->used[i];
			return 1;
		}
	}
	found = env_load(r->env, source, &p, r->err);
	if (found > 0) {
		hold_template(r, p);
		*ret = p;
	}
	return found;
}

static void render_done(struct render *r)
{
	variables_done(r);
	for (size_t i = 0; i < r->n_used; i++)
		parsed_unref(r->used[i]);
	arena_drop(atomic_exchange(&r->env->spare, arena_end(&r->arena)));
}

/* Takes over the reference to `p`. */
static int render_parsed(struct template_env *env, struct parsed *p,
	const struct template_vars *vars, struct strbuf *out, struct strv *used, struct err *err)
{
	struct err local = ERR_INIT;
	struct render r = {
		.env = env,
		.options = &env->options,
		.vars = vars,
		.err = err ? err : &local,
		.arena = arena_begin(atomic_exchange(&env->spare, NULL)),
		.out = out,
		.start = out->len,
		.limit = out->len + env->options.max_output,
		.pause = env->options.max_steps < STEPS_PER_LOOK ? env->options.max_steps
	                                                         : STEPS_PER_LOOK,
	};
	size_t before = out->len;
	struct scope *root;
	int status;

	hold_template(&r, p);
	root = scope_new_root(&r, NULL, false);
	status = rd_exec_template(&r, root->context, p);
	if (status < 0)
		strbuf_truncate(out, before);
	else if (used)
		for (size_t i = 0; i < r.n_used; i++)
			strv_add(used, r.used[i]->name);
	render_done(&r);
	return status;
}

int template_render(struct template_env *env, const char *name, const struct template_vars *vars,
	struct strbuf *out, struct strv *used, struct err *err)
{
	autostrbuf room = STRBUF_INIT;
	struct parsed *p;
	int found = env_load(env, source_of(env, vars, name, &room), &p, err);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "there is no template '%.100s'", name);
	return render_parsed(env, p, vars, out, used, err);
}

int template_render_text(struct template_env *env, const char *name, const char *text, size_t len,
	const struct template_vars *vars, struct strbuf *out, struct err *err)
{
	struct parsed *p = parser_parse(env->names, &env->options, name, text, len, err);

	return p ? render_parsed(env, p, vars, out, NULL, err) : -1;
}

int template_check(
	struct template_env *env, const char *name, const char *text, size_t len, struct err *err)
{
	struct parsed *p = parser_parse(env->names, &env->options, name, text, len, err);

	if (!p)
		return -1;
	parsed_unref(p);
	return 0;
}

struct template_vars template_vars_json(json_t *object)
{
	return (struct template_vars){.object = object};
}
