/* Reading items for people and programs. */
#ifndef OPS_QUERY_H
#define OPS_QUERY_H

#include "ops/server.h"

struct query_options {
	bool resolved;             /* with everything inherited */
	bool explain;              /* and where each value comes from */
	bool secrets;              /* in clear */
	int64_t as_of;             /* a revision; 0: now. Not with `resolved`. */
	const struct strv *fields; /* only these members (and the name); NULL: all */
};

/* An answer: JSON, made as text, because a page has a thousand items. */
struct query_text {
	struct strbuf text;
	int64_t version; /* of the one item; 0: with what it inherits, or as it was */
	char *next;      /* of a page; NULL: it is the last */
};
#define QUERY_TEXT_INIT                                                                            \
	{                                                                                          \
		.text = STRBUF_INIT                                                                \
	}
void query_text_done(struct query_text *text);
static inline void auto_query_text(struct query_text *text)
{
	query_text_done(text);
}

/* `ret` is empty before. */
int query_item(struct server *server, const struct item_type *type, const char *name,
	const struct query_options *options, struct query_text *ret, struct err *err);

struct query_list {
	const struct item_type *type;
	const char *after; /* the "next" of the page before; NULL: the first page */
	size_t limit;      /* 0: the default of 1000 */
	const char *sort;  /* a field's name, "-" before it for descending order; NULL: the name */
	/* n pairs: a field's name (or "name", "uid", "version", "ctime", "mtime") and what it must
	 * be: "x", "web*", ">=512", "<…", "!x"; "" where it is unset or empty, "!" where it is not.
	 * With `resolved` the filters look at what an item comes to. A secret is found by "" and
	 * "!" only, unless options.secrets, and gives no order. */
	const char *const *name;
	const char *const *value;
	size_t n;
	struct query_options options;
};
/* {"items": […], "next": "…" (opaque) or null}. ERR_INVALID names an unknown field. */
int query_items(struct server *server, const struct query_list *query, struct query_text *ret,
	struct err *err);
/* {"version": …, "revision": …, "published": {…} or null, "counts": {"distros": …}, "services": …}
 */
int query_status(struct server *server, json_t **ret, struct err *err);

#endif
