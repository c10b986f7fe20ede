/*
 * Requests that are sent again because their answer was lost: the header Idempotency-Key (the
 * IETF's draft-ietf-httpapi-idempotency-key-header), 1 to 255 visible ASCII characters that the
 * client makes up anew for each thing that it wants done once.
 *
 * A write keeps the key, who sent it and the SHA-256 of what was asked (method, target,
 * preconditions, body) with its revision, in the same transaction. The same request with the same
 * key by the same caller, up to 24 hours later and also after a restart, then does nothing: its
 * answer is made again from that revision, with the header Idempotency-Replayed: true. Another
 * request with the key is refused (422). Of two at once one writes; the other, when it fails, finds
 * the key and answers the same.
 *
 * Limits: what left no revision (a failure, a dry run, a write that changed nothing) is done again,
 * which is harmless: every write of the API sets a state. Tasks (import, sync) keep their keys in
 * memory, as long as the server lives and lists the task. Tokens keep none: they are shown once,
 * and making one twice is a conflict. After 24 hours a key should not be used again; it would not
 * be kept a second time.
 */
#ifndef HTTP_REPEAT_H
#define HTTP_REPEAT_H

#include "http/route.h"

enum { REPEAT_KEY_MAX = 255, REPEAT_SECONDS = 24 * 3600 };

/* Reads the key into request->repeat; `target` as it was sent. ERR_INVALID: no such key. */
int repeat_begin(
	struct request *request, const char *target, const struct strbuf *body, struct err *err);
/* Runs the route's handler, or makes its earlier answer again. */
int repeat_handle(struct request *request, struct response *response, struct err *err);

/* What the first request left: the revisions of its transaction, oldest first. */
struct repeated {
	struct db_revision *revision;
	size_t n;
};
/* For a row's `again`: an item (201 where it was made, else 200), a removal, … */
int repeat_item(struct request *request, const struct repeated *repeated, struct response *response,
	struct err *err);
int repeat_removal(struct request *request, const struct repeated *repeated,
	struct response *response, struct err *err);

/* The keys of tasks, of one listener. */
struct task_keys;
struct task_keys *task_keys_new(void);
void task_keys_free(struct task_keys *keys);
/*
 * The task that the request's key has started, 0 where there is none: then the keys stay locked
 * until task_keys_end() tells which task was started, or 0. ERR_KEY_USED.
 */
int task_keys_begin(struct request *request, int64_t *ret, struct err *err);
void task_keys_end(struct request *request, int64_t task);

#endif
