/*
 * A thin layer on libxml2, so that the callers read like the document they build or read. Text and
 * attribute values are escaped by the library, always.
 */
#ifndef KOAN_XML_H
#define KOAN_XML_H

#include "base/err.h"
#include "base/mem.h"

#include <libxml/tree.h>

DEFINE_AUTO(xml, xmlDoc *, xmlFreeDoc)
#define autoxml AUTO(xml)

/* A document with the root element `name`; the root goes to `root`. Free with xmlFreeDoc(). */
xmlDoc *xml_new(const char *name, xmlNode **root);
/* A child element, with text unless that is NULL. */
xmlNode *xml_add(xmlNode *parent, const char *name, const char *text);
xmlNode *xml_addf(xmlNode *parent, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Sets an attribute and returns the element; a NULL value sets none. */
xmlNode *xml_attr(xmlNode *element, const char *name, const char *value);
xmlNode *xml_attrf(xmlNode *element, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The document without its declaration, indented, ending in a newline; yours to free. */
char *xml_print(xmlDoc *doc);

/* Parses a document; no network, no entities, no file. NULL: ERR_UPSTREAM. */
xmlDoc *xml_parse(const char *text, struct err *err);
/* The first child element of that name, and the next sibling of the same name. */
const xmlNode *xml_child(const xmlNode *parent, const char *name);
const xmlNode *xml_next(const xmlNode *element);
/* An attribute's value or an element's text; NULL where there is none; yours to free. */
char *xml_get_attr(const xmlNode *element, const char *name);
char *xml_get_text(const xmlNode *element);

#endif
