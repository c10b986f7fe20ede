#include "koan-client/xml.h"

#include "base/strbuf.h"

#include <libxml/parser.h>
#include <libxml/xmlsave.h>
#include <string.h>

static const xmlChar *chars(const char *s)
{
	return (const xmlChar *)s;
}

xmlDoc *xml_new(const char *name, xmlNode **root)
{
	xmlDoc *doc = xmlNewDoc(chars("1.0"));

	*root = xmlNewNode(NULL, chars(name));
	xmlDocSetRootElement(doc, *root);
	return doc;
}

xmlNode *xml_add(xmlNode *parent, const char *name, const char *text)
{
	/* xmlNewChild() would read '&' in the text as an entity; this one escapes it. */
	return text ? xmlNewTextChild(parent, NULL, chars(name), chars(text))
	            : xmlNewChild(parent, NULL, chars(name), NULL);
}

xmlNode *xml_addf(xmlNode *parent, const char *name, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	return xml_add(parent, name, text.buf);
}

xmlNode *xml_attr(xmlNode *element, const char *name, const char *value)
{
	if (value)
		xmlSetProp(element, chars(name), chars(value));
	return element;
}

xmlNode *xml_attrf(xmlNode *element, const char *name, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	return xml_attr(element, name, text.buf);
}

static int append(void *ctx, const char *bytes, int len)
{
	strbuf_add(ctx, bytes, (size_t)len);
	return len;
}

char *xml_print(xmlDoc *doc)
{
	autostrbuf text = STRBUF_INIT;
	xmlSaveCtxt *save =
		xmlSaveToIO(append, NULL, &text, "UTF-8", XML_SAVE_FORMAT | XML_SAVE_NO_DECL);

	xmlSaveDoc(save, doc);
	xmlSaveClose(save);
	return strbuf_take(&text);
}

xmlDoc *xml_parse(const char *text, struct err *err)
{
	xmlDoc *doc = xmlReadMemory(text, (int)strnlen(text, 64 << 20), NULL, "UTF-8",
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

	if (!doc)
		err_set(err, ERR_UPSTREAM, "libvirt answered with XML that cannot be read");
	return doc;
}

static const xmlNode *named(const xmlNode *node, const xmlChar *name)
{
	while (node && (node->type != XML_ELEMENT_NODE || !xmlStrEqual(node->name, name)))
		node = node->next;
	return node;
}

const xmlNode *xml_child(const xmlNode *parent, const char *name)
{
	return parent ? named(parent->children, chars(name)) : NULL;
}

const xmlNode *xml_next(const xmlNode *element)
{
	return named(element->next, element->name);
}

char *xml_get_attr(const xmlNode *element, const char *name)
{
	return element ? (char *)xmlGetProp(element, chars(name)) : NULL;
}

char *xml_get_text(const xmlNode *element)
{
	return element ? (char *)xmlNodeGetContent(element) : NULL;
}
