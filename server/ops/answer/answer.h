/*
 * Answers to machines: texts that are made from an item's chain and from templates, and are kept
 * as long as nothing that went into them has changed. Whether anything has is seen by the very next
 * request: a change of a template on disk, of one in the store, of an item of the chain.
 */
#ifndef OPS_ANSWER_H
#define OPS_ANSWER_H

#include "base/sha256.h"
#include "ops/query/chain.h"

/* A text that several readers hold; answer_release() gives it back. */
struct answer {
	atomic_int holders;
	const char *type; /* content type */
	size_t len;
	char *text;
	char *item;               /* the name of the item that it was made for; NULL: none */
	char sha256[SHA256_TEXT]; /* of the text */
};
struct answer *answer_new(const char *type, struct strbuf *text_taken);
struct answer *answer_hold(struct answer *answer);
void answer_release(struct answer *answer);
DEFINE_AUTO(answer, struct answer *, answer_release)

struct answers *answers_new(void);
void answers_free(struct answers *answers);
/* What the log and the events were told lately about what clients asked for. */
struct recent *answers_said(struct answers *answers);

/* A sort of text that is kept. */
struct answer_kind {
	const char *name; /* tells sorts apart, with `arg` */
	const void *arg;  /* for render() */
	/* Made from more than its chain (a menu): any write to the store makes it anew. */
	bool whole;
	/* Items are asked for by something else, such as an address: the name of the one that has
	 * it, the caller's to free, or NULL where none has. No function: by their names. */
	int (*find)(struct server *server, const char *key, char **ret, struct err *err);
	/* `content_type` is plain text unless set. `templates` may be NULL; else it receives the
	 * sources of the templates that took part. */
	int (*render)(struct server *server, const struct chain *chain, const void *arg,
		struct strbuf *text, const char **content_type, struct strv *templates,
		struct err *err);
};
/* The text for the item that has this key: from the cache while it is good. NULL: kind->find()
 * finds none. A failure is not kept. */
int answer_cached(struct server *server, const struct answer_kind *kind,
	const struct item_type *type, const char *key, struct answer **ret, struct err *err);

#endif
