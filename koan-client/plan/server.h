/* What koan asks of the server, over HTTP: plans, lists, files. Every answer has been checked. */
#ifndef KOAN_SERVER_H
#define KOAN_SERVER_H

#include "koan-client/options.h"
#include "koan-client/plan/fetch.h"
#include "koan-client/plan/plan.h"

/* The plan of the item that the options name, else of the system with one of this machine's MAC
 * addresses. ERR_UPSTREAM, ERR_INVALID (an answer that is wrong), ERR_NOT_FOUND. */
int server_plan(
	struct fetch *fetch, const struct options *options, struct plan *ret, struct err *err);
/* The names of the options' kind. */
int server_list(
	struct fetch *fetch, const struct options *options, struct strv *ret, struct err *err);
/* The raw answer below /koan/v1/KIND/NAME/; `what` NULL: the plan itself. */
int server_ask(struct fetch *fetch, const struct options *options, const char *kind,
	const char *name, const char *what, size_t max, struct strbuf *ret, struct err *err);
/* The MAC addresses of this machine's network cards, as text. */
void server_own_macs(struct strv *ret);

#endif
