#include "koan-client/disk/storage_xml.h"

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

char *volume_xml(
	const char *name, uint64_t bytes, const char *pool_type, const char *format, bool full)
{
	xmlNode *volume;
	autoxml xmlDoc *doc = xml_new("volume", &volume);
	bool file = strcmp(pool_type, "dir") == 0;
	xmlNode *target;

	xml_add(volume, "name", name);
	xml_attr(xml_addf(volume, "capacity", "%llu", (unsigned long long)bytes), "unit", "bytes");
	if (file) {
		xml_addf(volume, "allocation", "%llu", full ? (unsigned long long)bytes : 0ULL);
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

char *volume_xml_format(const char *xml)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *volume = doc ? xmlDocGetRootElement(doc) : NULL;

	return xml_get_attr(xml_child(xml_child(volume, "target"), "format"), "type");
}

char *volume_xml_below(const char *xml)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *volume = doc ? xmlDocGetRootElement(doc) : NULL;

	return xml_get_text(xml_child(xml_child(volume, "backingStore"), "path"));
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

static void add_source(const xmlNode *source, struct strv *ret)
{
	autofree char *file = xml_get_attr(source, "file");
	autofree char *dev = xml_get_attr(source, "dev");
	autofree char *pool = xml_get_attr(source, "pool");
	autofree char *volume = xml_get_attr(source, "volume");
	autofree char *protocol = xml_get_attr(source, "protocol");
	autofree char *name = xml_get_attr(source, "name");
	autofree char *host = xml_get_attr(xml_child(source, "host"), "name");

	if (file || dev)
		strv_add(ret, file ? file : dev);
	else if (pool && volume)
		strv_addf(ret, "vol=%s/%s", pool, volume);
	else if (protocol && host)
		strv_addf(ret, "%s://%s/%s", protocol, host, name ? name : "");
}

void domain_xml_disks(const char *xml, struct strv *ret)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *disk = xml_child(devices_of(doc), "disk");

	for (; disk; disk = xml_next(disk)) {
		autofree char *device = xml_get_attr(disk, "device");

		/* Guests may share a CD. */
		if (device && strcmp(device, "cdrom") == 0)
			continue;
		add_source(xml_child(disk, "source"), ret);
		/* What a guest's disk is a layer over is the guest's, too. */
		for (const xmlNode *below = xml_child(disk, "backingStore"); below;
			below = xml_child(below, "backingStore"))
			add_source(xml_child(below, "source"), ret);
	}
}

static bool is_qcow2(const xmlNode *disk)
{
	autofree char *format = xml_get_attr(xml_child(disk, "driver"), "type");

	return format && strcmp(format, "qcow2") == 0;
}

void domain_xml_unlayered(const char *xml, struct strv *ret)
{
	autoxml xmlDoc *doc = xml_parse(xml, NULL);
	const xmlNode *disk = xml_child(devices_of(doc), "disk");

	for (; disk; disk = xml_next(disk))
		if (is_qcow2(disk) && !xml_child(disk, "backingStore"))
			add_source(xml_child(disk, "source"), ret);
}
