/*
 * Trying templates before machines meet them: what one renders to, what is wrong with any, what a
 * change would change. The same variables, sources and bounds as for the answers that are served;
 * nothing is kept. What is rendered may hold secrets (the root password's hash).
 */
#ifndef OPS_TEMPLATE_TRY_H
#define OPS_TEMPLATE_TRY_H

#include "ops/query/chain.h"

/* How many items are rendered for one check or difference; what is left is counted. */
enum { TEMPLATE_TRY_ITEMS = 2000 };

/* One rendering. */
struct template_try {
	const struct item_type *type; /* for a system, profile or distro; NULL: for nobody */
	const char *item;
	const char *name; /* the template; NULL: the item's own */
	const char *text; /* instead of the template's; NULL: as it is */
	json_t *vars;     /* an object: before the item's variables, or all there are; NULL: none */
};
/* Appends what is rendered; `used` (may be NULL) gets the sources that took part. Errors are those
 * of chain_load() and template_render(). */
int template_try(struct server *server, const struct template_try *try, struct strbuf *ret,
	struct strv *used, struct err *err);
/* The same with the parts that many renderings share: a chain, and an environment of
 * template_try_env(). `name` must not be NULL. */
int template_try_chain(struct template_env *env, const struct chain *chain,
	const struct template_try *try, struct strbuf *ret, struct strv *used, struct err *err);

/* The server's templates with another text for one source; all are borrowed. */
struct template_overlay {
	struct template_loader below;
	const char *source;
	const char *text;
};
struct template_env *template_try_env(struct template_overlay *overlay);

/* Calls `each` for the profiles and then the systems that have a template, at most
 * TEMPLATE_TRY_ITEMS of them, until it fails; *left counts the rest. An item whose chain is broken
 * is left out. */
int template_try_items(struct server *server,
	int (*each)(void *ctx, const struct chain *chain, const char *template, struct err *err),
	void *ctx, size_t *left, struct err *err);

/*
 * Lints the templates and snippets called `names`, or all: syntax; undefined variables and other
 * failures in what the items that use them render to; the form of what is rendered, by its kind
 * (template_format.h). {"items": [{"template", "line", "column", "message", "type", "item"}],
 * "templates": how many, "renderings": how many, "left": how many items were not tried}; a template
 * is reported once, type and item are of the rendering that showed it. ERR_NOT_FOUND: a name.
 */
int template_check_all(
	struct server *server, const struct strv *names, json_t **ret, struct err *err);

/*
 * What a text would change: {"diff": unified, "using": items that use it, "changed": how many of
 * them would get other bytes, "left": how many were not tried}. `text` NULL: between the template
 * and the one that it stands before (a stored one before a file, the administrator's file before
 * the shipped one); the numbers are 0.
 */
int template_diff(
	struct server *server, const char *name, const char *text, json_t **ret, struct err *err);

#endif
