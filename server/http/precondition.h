/*
 * Conditional requests (RFC 9110, 13): an item's ETag is "vN" for its version N, which its name
 * never has twice. An ETag stands for the item itself, not for what it inherits.
 */
#ifndef HTTP_PRECONDITION_H
#define HTTP_PRECONDITION_H

#include "http/request.h"

/* The version that If-Match asks for, DB_ANY without one or for "*". ERR_STALE: it is no version.
 */
int precondition_version(const struct request *request, int64_t *ret, struct err *err);
/* If-Match: * */
bool precondition_wants_any(const struct request *request);
/* If-None-Match: * */
bool precondition_wants_none(const struct request *request);
/* True where If-None-Match names this version: 304 is the answer to a GET. */
bool precondition_has(const struct request *request, int64_t version);

#endif
