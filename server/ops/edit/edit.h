/* Changing items: everything that the API's PUT, PATCH, DELETE, copy and rename mean. */
#ifndef OPS_EDIT_H
#define OPS_EDIT_H

#include "ops/server.h"

enum edit_how {
	EDIT_CREATE,  /* ERR_CONFLICT where it exists */
	EDIT_REPLACE, /* make it or replace it: PUT */
	EDIT_MERGE,   /* change what is there, RFC 7396: PATCH; ERR_NOT_FOUND where it is not */
};

struct edit {
	const struct db_author *author;
	const struct item_type *type;
	const char *name;
	int64_t expect; /* a version (If-Match), or DB_ANY */
	bool trusted;   /* may set read-only fields: import */
	bool confirm;   /* may change what is protected */
	/* NULL: do it. Else nothing is stored or published, and this receives the unified diff of
	 * the files that would be published (sync_preview() in sync.h). */
	struct strbuf *preview;
	/* NULL, or receives why what is stored now could not be published. */
	struct err *unpublished;
};

/*
 * Checks and stores. Beyond the fields' own checks: no cycle among profiles or menus; a distro's
 * kernel and initrds must be there, and what is named is measured (size, sha256; see
 * edit_check.h), an image's file must be there;
 * an answer template must exist, in the store or as a file; what is written into the store must
 * parse. A system that is stored as `protected` changes only with `confirm` (ERR_CONFLICT says
 * so). `ret` may be NULL; else the item as it is stored, or would be, as JSON without secrets. A
 * change that another's write overtook is made again from what is stored now, unless `expect` names
 * a version. Afterwards changed boot files are published (sync.h); a failure of that is an event
 * and `unpublished`, and the change stands.
 */
int edit_item(struct server *server, const struct edit *edit, enum edit_how how, const json_t *body,
	json_t **ret, struct err *err);
/* ERR_CONFLICT names what still uses it; also who uses a stored template, unless a file of that
 * name stands behind it. */
int edit_delete(struct server *server, const struct edit *edit, struct err *err);
/* The same with all that inherits from it, in one transaction; what only names it (a profile its
 * repos and menu, a system its groups) loses the reference and stays. `ret` (may be NULL): what
 * went, as [{"type", "name"}], the item itself last. */
int edit_delete_tree(struct server *server, const struct edit *edit, json_t **ret, struct err *err);
/* `body`: {"name": new, …} plus members to change, such as a copy's MAC addresses (a copy's
 * interfaces lose theirs). */
int edit_copy(struct server *server, const struct edit *edit, const json_t *body, json_t **ret,
	struct err *err);
int edit_rename(struct server *server, const struct edit *edit, const char *new_name, json_t **ret,
	struct err *err);
/* Settings are one item that always exists. */
int edit_settings(struct server *server, const struct edit *edit, const json_t *patch, json_t **ret,
	struct err *err);

#endif
