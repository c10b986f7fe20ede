/* What the API's handlers share. */
#ifndef HTTP_API_H
#define HTTP_API_H

#include "http/route.h"
#include "ops/edit/edit.h"
#include "ops/query/query.h"

/* The type that {type} in the path names by its plural; ERR_NOT_FOUND. */
int api_find_type(const struct request *request, const struct item_type **ret, struct err *err);

/* What every item has and no table of fields, for filters and documents: the name, … */
enum { API_HEAD_FILTERS = 5 };
extern const struct api_head {
	const char *name;
	const char *type; /* JSON's word */
	const char *help;
} api_head_filters[API_HEAD_FILTERS];

/* Reading: ?resolved, ?explain, ?secrets, ?as_of, ?fields, as far as the route's row has them. */

struct api_read {
	struct query_options options; /* points to `fields` */
	struct strv fields;
};
void auto_api_read(struct api_read *read);
/* ERR_DENIED: secrets without the role for them. */
int api_read_begin(const struct request *request, struct api_read *ret, struct err *err);
/* ?as_of as a revision; 0: now. */
int api_as_of(const struct request *request, int64_t *ret, struct err *err);

/* Answers with one item, as the request wants it. */
int api_get(struct request *request, const struct item_type *type, const char *name,
	struct response *response, struct err *err);

/* Writing. */

struct api_write {
	struct edit edit;
	bool dry_run;
	struct strbuf diff;     /* of a dry run */
	struct err unpublished; /* why what is stored is not published; ERR_NONE: it is */
};
void auto_api_write(struct api_write *write);
/* Reads ?dry_run, ?confirm and If-Match into `ret`, whose edit points into it. `type` NULL: the
 * path's. `If-Match: *` wants the item to be there (ERR_STALE). */
int api_write_begin(const struct request *request, const struct item_type *type, const char *name,
	struct api_write *ret, struct err *err);
/* Why what a write has stored could not be published, as a header; nothing where it was. */
#define HEADER_UNPUBLISHED "Bootwright-Unpublished"
void api_say_unpublished(const struct err *why, struct response *response);
/* The answer to a write: an item with its ETag, or what a dry run has found, and that header. Takes
 * the item. */
void api_write_answer_take(
	struct api_write *write, int status, json_t *item, struct response *response);
/* An item with its ETag. */
void api_item_take(struct response *response, int status, json_t *item);
/* The same for one that was made: 201 and its Location. */
void api_created_take(struct response *response, const struct item_type *type, json_t *item);

/* For the documents: what ARGS() of routes that read and write have in common. */
#define ARGS_RESOLVE                                                                               \
	FLAG("resolved", "with all that is inherited"),                                            \
		FLAG("explain", "with where each value comes from, and what it overrides")
#define ARGS_READ                                                                                  \
	FLAG("secrets", "show secrets in clear: role admin"),                                      \
		TEXT("as_of", "as it was: a revision's number, or a time (RFC 3339)"),             \
		TEXT("fields", "only these members, separated by commas")
#define ARGS_DRY_RUN                                                                               \
	FLAG("dry_run", "store nothing; the answer says which published files would change")
#define ARGS_CONFIRM FLAG("confirm", "change also what is protected")

#endif
