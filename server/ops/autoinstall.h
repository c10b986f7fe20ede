/* Answer files: rendered from an item's template, cached by the versions of all that went in. */
#ifndef OPS_AUTOINSTALL_H
#define OPS_AUTOINSTALL_H

#include "ops/chain.h"

/* A rendered text that several readers hold; answer_release() gives it back. */
struct answer {
	atomic_int holders;
	const char *type; /* content type */
	size_t len;
	char *text;
};
struct answer *answer_new(const char *type, struct strbuf *text_taken);
void answer_release(struct answer *answer);

struct answers *answers_new(void);
void answers_free(struct answers *answers);
/* What the log and the events were told lately about what clients asked for. */
struct recent *answers_said(struct answers *answers);

/* The answer file of a system or profile. ERR_NOT_FOUND: no such item, or it has no template. */
int autoinstall_answer(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err);

/* For other texts that come from a chain and templates (a boot menu): the same cache. `kind` tells
 * them apart and is a constant; `render` makes the text when it is not there or out of date, and
 * names the templates of `env` that took part. A template's change on disk is seen after 5 ms at
 * the latest. */
int answer_cached(struct server *server, const char *kind, const struct item_type *type,
	const char *name,
	int (*render)(struct server *server, const struct chain *chain, struct strbuf *text,
		const char **content_type, struct strv *templates, struct err *err),
	struct template_env *env, struct answer **ret, struct err *err);

#endif
