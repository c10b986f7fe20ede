#include "koan-client/guest/domain_mark.h"

#include "koan-client/disk/storage_xml.h"
#include "koan-client/guest/domain_xml.h"
#include "koan-client/xml.h"

#include <string.h>

static bool is_ours(const xmlNode *element)
{
	return element->ns && element->ns->href &&
	       strcmp((const char *)element->ns->href, KOAN_XML_NAMESPACE) == 0;
}

bool domain_mark_read(const char *xml, struct domain_mark *ret)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	const xmlNode *mark = xml_child(xml_child(root, "metadata"), "guest");
	autofree char *xl = NULL;

	while (mark && !is_ours(mark))
		mark = xml_next(mark);
	if (!mark)
		return false;
	domain_xml_disks(xml, &ret->disks);
	xl = xml_get_attr(mark, "xl");
	ret->run = xml_get_attr(mark, "run");
	ret->xl = xl && strcmp(xl, "yes") == 0;
	for (const xmlNode *disk = xml_child(mark, "disk"); disk; disk = xml_next(disk)) {
		autofree char *pool = xml_get_attr(disk, "pool");
		autofree char *volume = xml_get_attr(disk, "volume");

		if (!pool || !volume)
			continue;
		strv_add(&ret->pools, pool);
		strv_add(&ret->volumes, volume);
	}
	return true;
}

void domain_mark_done(struct domain_mark *mark)
{
	strv_done(&mark->pools);
	strv_done(&mark->volumes);
	strv_done(&mark->disks);
	free(mark->run);
}

char *domain_nvram_read(const char *xml)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	const xmlNode *os = xml_child(root, "os");
	const xmlNode *nvram = xml_child(os, "nvram");
	autofree char *name = xml_get_text(xml_child(root, "name"));
	autofree char *file = xml_get_attr(xml_child(nvram, "source"), "file");
	autofree char *text = xml_get_text(nvram);
	autofree char *firmware = xml_get_attr(os, "firmware");

	if (file || (text && *text))
		return file ? TAKE(file) : TAKE(text);
	/* Until it runs, libvirt 9.0 does not say what it chooses. */
	if (!name || !firmware || strcmp(firmware, "efi") != 0)
		return NULL;
	return xasprintf("/var/lib/libvirt/qemu/nvram/%s_VARS.fd", name);
}
