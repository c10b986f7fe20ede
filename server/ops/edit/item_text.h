/*
 * Items as canonical text: JSON with its members sorted and only what is set, indented by two, with
 * a newline at the end. The same item always gives the same bytes. Maps keep their order, which
 * means something.
 */
#ifndef OPS_ITEM_TEXT_H
#define OPS_ITEM_TEXT_H

#include "base/json.h"
#include "model/item.h"

/* `flags` as for item_to_json(); ITEM_JSON_PLAIN is implied. */
void item_text(const struct item *item, unsigned flags, struct strbuf *ret);
/* The same, each line but the first after `indent`, without a newline at the end: as a part of a
 * document. */
void item_text_inside(
	const struct item *item, unsigned flags, const char *indent, struct strbuf *ret);
/* Appends the unified diff of two items' texts, where a text of several lines is an array of them;
 * either may be NULL. Secrets are masked; one that
 * differs is said to. */
void item_diff(const struct item *before, const struct item *after, struct strbuf *ret);

#endif
