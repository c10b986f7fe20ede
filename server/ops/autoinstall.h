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

/* A sort of text that is made from a chain and templates, and kept in the cache. */
struct answer_kind {
	const char *name; /* tells sorts apart, with `arg` */
	const void *arg;  /* for render() */
	/* Made from more than its chain (a menu): any write to the store makes it anew. */
	bool whole;
	/* Names the templates of the environment that took part. `content_type` is plain text
	 * unless set. */
	int (*render)(struct server *server, const struct chain *chain, const void *arg,
		struct strbuf *text, const char **content_type, struct strv *templates,
		struct err *err);
};
/* The text for an item: from the cache while nothing that went into it has changed. A template's
 * change on disk is seen after 5 ms at the latest. `env` may be NULL where none is used. */
int answer_cached(struct server *server, const struct answer_kind *kind,
	const struct item_type *type, const char *name, struct template_env *env,
	struct answer **ret, struct err *err);

#endif
