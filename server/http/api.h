/* What the API's handlers share. */
#ifndef HTTP_API_H
#define HTTP_API_H

#include "http/route.h"
#include "ops/query.h"

/* ?resolved, ?explain, ?secrets; ERR_DENIED: secrets without the role for them. */
int api_query_options(const struct request *request, struct query_options *ret, struct err *err);
/* The version that If-Match asks for, DB_ANY without one. */
int api_expected(const struct request *request, int64_t *ret, struct err *err);
/* An item with its ETag. */
void api_item_take(struct response *response, int status, json_t *item);

#endif
