/*
 * The template engine: Jinja2 3.1's language for installers' files, without Python and without the
 * power to run anything. A struct template_env holds the options, the way to other templates
 * (include, import, extends) and the parsed templates; it is shared by threads. A rendering has
 * bounds on steps, depth, time and output, and an undefined name is an error with its place.
 * Semantics follow the Jinja documentation (jinja.palletsprojects.com, version 3.1) with
 * StrictUndefined; autoescape is off.
 */
#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Where named templates come from. Called with any thread's stack; must be thread-safe. */
struct template_loader {
	/* A number that changes when the text behind the name changes, 0 where there is none.
	 * Asked at every use, so it must be cheap (one stat). */
	uint64_t (*stamp)(void *ctx, const char *name);
	int (*load)(void *ctx, const char *name, struct strbuf *ret, struct err *err);
	/* The source that a name stands for in this rendering, such as a snippet's override for one
	 * system: what stamp() and load() are asked for, and what errors call it. Appends to `ret`;
	 * `subject` is the variables'. NULL: each name is its own source. */
	void (*resolve)(void *ctx, const void *subject, const char *name, struct strbuf *ret);
	void *ctx;
};

struct template_options {
	bool trim_blocks;   /* the newline after a block tag is removed */
	bool lstrip_blocks; /* blanks before a block tag at the start of a line are removed */
	bool keep_trailing_newline; /* else one newline at the end of the template is dropped */
	size_t max_output;          /* bytes; 0: 4 MiB */
	uint64_t max_steps;         /* nodes evaluated; 0: 10 million */
	unsigned max_depth;         /* nested calls and includes; 0: 64 */
	unsigned max_ms;            /* of the thread's processor time; 0: 2000 */
};

/* The variables of one rendering: the members of `object` (borrowed), then what `get` makes; each
 * may be NULL. `get` returns a new reference, or NULL where the name is not defined; it is asked
 * only for names that the template uses. `names` lists what it knows, for the «did you mean» of an
 * error; it may be NULL. */
struct template_vars {
	json_t *object;
	json_t *(*get)(void *ctx, const char *name);
	void (*names)(void *ctx, struct strv *ret);
	void *ctx;
	const void *subject; /* whom it is rendered for; only the loader's resolve() looks at it */
};
/* Only those of an object. */
struct template_vars template_vars_json(json_t *object);

struct template_env;

struct template_env *template_env_new(
	const struct template_options *options, const struct template_loader *loader);
void template_env_free(struct template_env *env);

/*
 * Renders the template called `name` and appends to `out`; on failure `out` is as it was.
 * `used` may be NULL; else it receives the source of each template that took part, once.
 * Fails with ERR_NOT_FOUND (no such template), ERR_TEMPLATE (syntax, undefined, type: the message
 * begins with "template 'NAME' line N column M: "; for an undefined name, which are near it),
 * ERR_TOO_BIG (a bound).
 */
int template_render(struct template_env *env, const char *name, const struct template_vars *vars,
	struct strbuf *out, struct strv *used, struct err *err);
/* The same for a text that has no stored name; `name` is what errors call it. Not cached. */
int template_render_text(struct template_env *env, const char *name, const char *text, size_t len,
	const struct template_vars *vars, struct strbuf *out, struct err *err);
/* The loader's stamp of a template: for who keeps what was rendered. */
uint64_t template_stamp(const struct template_env *env, const char *name);
/* Whether there is such a template for these variables' subject. */
bool template_exists(
	const struct template_env *env, const char *name, const struct template_vars *vars);
/* Parses only: syntax errors, as template_render() would give them. */
int template_check(
	struct template_env *env, const char *name, const char *text, size_t len, struct err *err);

#endif
