#include "koan-client/guest/capabilities.h"

#include "koan-client/xml.h"

#include "base/strbuf.h"
#include "base/strv.h"

#include <string.h>

static bool same(char *owned, const char *wanted)
{
	autofree char *text = owned;

	return text && strcmp(text, wanted) == 0;
}

/* One <guest>: an OS type, an architecture, and the kinds of domain for it. */
static bool guest_fits(const xmlNode *guest, const char *arch, const struct domain_type *type)
{
	const xmlNode *host = xml_child(guest, "arch");

	if (!same(xml_get_text(xml_child(guest, "os_type")), type->os) ||
		!same(xml_get_attr(host, "name"), arch))
		return false;
	for (const xmlNode *kind = xml_child(host, "domain"); kind; kind = xml_next(kind))
		if (same(xml_get_attr(kind, "type"), type->domain))
			return true;
	return false;
}

static bool host_fits(const xmlNode *root, const char *arch, const struct domain_type *type)
{
	for (const xmlNode *guest = xml_child(root, "guest"); guest; guest = xml_next(guest))
		if (guest_fits(guest, arch, type))
			return true;
	return false;
}

static void list_offers(const xmlNode *root, struct strbuf *ret)
{
	autostrv offers = STRV_INIT;

	for (const xmlNode *guest = xml_child(root, "guest"); guest; guest = xml_next(guest)) {
		const xmlNode *host = xml_child(guest, "arch");
		autofree char *arch = xml_get_attr(host, "name");
		autofree char *kind = xml_get_attr(xml_child(host, "domain"), "type");
		autofree char *offer = xasprintf("%s %s", kind ? kind : "?", arch ? arch : "?");

		if (!strv_has(&offers, offer))
			strv_add(&offers, offer);
	}
	strv_join(&offers, ", ", ret);
}

int capabilities_choose(
	const char *xml, const char *arch, const struct domain_type **ret, struct err *err)
{
	autoxml xmlDoc *doc = xml_parse(xml, err);
	autostrbuf offers = STRBUF_INIT;
	const struct domain_type *type;
	const xmlNode *root;

	if (!doc)
		return -1;
	root = xmlDocGetRootElement(doc);
	for (size_t i = 0; (type = domain_type_at(i)); i++)
		if (host_fits(root, arch, type)) {
			*ret = type;
			return 0;
		}
	list_offers(root, &offers);
	return err_set(err, ERR_NOT_FOUND,
		"this host runs no guests of the architecture '%s' (it offers %s); choose another "
		"host with --connect",
		arch, offers.len ? offers.buf : "nothing");
}
