#include "koan-client/storage_xml.h"

#include "koan-client/xml.h"

#include <string.h>

char *pool_xml(const char *name, const char *pool_type, const char *path)
{
	xmlNode *pool;
	autoxml xmlDoc *doc = xml_new("pool", &pool);

	xml_attr(pool, "type", pool_type);
	xml_add(pool, "name", name);
	if (strcmp(pool_type, "logical") == 0) /* /dev/vg0: the group's name is its last part */
		xml_add(xml_add(pool, "source", NULL), "name", strrchr(path, '/') + 1);
	xml_add(xml_add(pool, "target", NULL), "path", path);
	return xml_print(doc);
}

char *volume_xml(const char *name, uint64_t bytes, const char *pool_type, const char *format)
{
	xmlNode *volume;
	autoxml xmlDoc *doc = xml_new("volume", &volume);
	bool file = strcmp(pool_type, "dir") == 0;
	xmlNode *target;

	xml_add(volume, "name", name);
	xml_attr(xml_addf(volume, "capacity", "%llu", (unsigned long long)bytes), "unit", "bytes");
	if (file) {
		xml_add(volume, "allocation", "0");
		target = xml_add(volume, "target", NULL);
		xml_attr(xml_add(target, "format", NULL), "type", format);
		if (strcmp(format, "qcow2") == 0) /* libvirt's default is the format of 2009 */
			xml_add(target, "compat", "1.1");
	}
	return xml_print(doc);
}

char *pool_xml_path(const char *xml)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *pool = doc ? xmlDocGetRootElement(doc) : NULL;

	return xml_get_text(xml_child(xml_child(pool, "target"), "path"));
}

static const xmlNode *devices_of(const xmlDoc *doc)
{
	return doc ? xml_child(xmlDocGetRootElement(doc), "devices") : NULL;
}

void domain_xml_macs(const char *xml, struct strv *ret)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *nic = xml_child(devices_of(doc), "interface");

	for (; nic; nic = xml_next(nic)) {
		autofree char *mac = xml_get_attr(xml_child(nic, "mac"), "address");

		if (mac)
			strv_add(ret, mac);
	}
}

static bool source_is(const xmlNode *source, const char *attr, const char *path)
{
	autofree char *value = xml_get_attr(source, attr);

	return value && strcmp(value, path) == 0;
}

bool domain_xml_has_disk(const char *xml, const char *path)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *disk = xml_child(devices_of(doc), "disk");

	for (; disk; disk = xml_next(disk)) {
		const xmlNode *source = xml_child(disk, "source");

		if (source_is(source, "file", path) || source_is(source, "dev", path))
			return true;
	}
	return false;
}
