#include "koan-client/domain_xml.h"

#include "koan-client/xml.h"

#include <string.h>

static void add_metadata(xmlNode *domain, const struct guest *guest)
{
	xmlNode *mark = xml_add(xml_add(domain, "metadata", NULL), "guest", NULL);

	xmlSetNs(
		mark, xmlNewNs(mark, (const xmlChar *)KOAN_XML_NAMESPACE, (const xmlChar *)"koan"));
	xml_attr(mark, "server", guest->server);
	xml_attr(mark, "profile", guest->profile);
	xml_attr(mark, "system", *guest->system ? guest->system : NULL);
}

static void add_os(xmlNode *domain, const struct guest *guest, enum domain_phase phase)
{
	const struct domain_type *type = guest->type;
	xmlNode *os;
	xmlNode *kind;

	if (phase == DOMAIN_RUN && type->bootloader)
		xml_add(domain, "bootloader", type->bootloader);
	os = xml_add(domain, "os", NULL);
	/* An architecture's firmware goes with its own machine, not with Xen's. */
	if (!type->machine)
		xml_attr(os, "firmware", guest->arch->firmware);
	kind = xml_add(os, "type", type->os);
	xml_attr(kind, "arch", guest->arch->libvirt);
	xml_attr(kind, "machine", type->machine ? type->machine : guest->arch->machine);
	if (phase == DOMAIN_INSTALL) {
		xml_add(os, "kernel", guest->kernel);
		xml_add(os, "initrd", guest->initrd);
		xml_add(os, "cmdline", guest->cmdline);
	} else if (!type->bootloader) {
		xml_attr(xml_add(os, "boot", NULL), "dev", "hd");
	}
}

static void add_features(xmlNode *domain, const struct guest *guest)
{
	if (guest->type->acpi && guest->arch->acpi) {
		xmlNode *features = xml_add(domain, "features", NULL);

		xml_add(features, "acpi", NULL);
		if (guest->arch->x86) {
			xml_add(features, "apic", NULL);
			xml_add(features, "pae", NULL);
		}
	}
	if (guest->type->cpu_mode)
		xml_attr(xml_add(domain, "cpu", NULL), "mode", guest->type->cpu_mode);
	xml_attr(xml_add(domain, "clock", NULL), "offset", "utc");
}

static void add_lifecycle(xmlNode *domain, enum domain_phase phase)
{
	xml_add(domain, "on_poweroff", "destroy");
	/* The installer's last act is a reboot: were it obeyed, the installation would start over,
	 * because a restarted guest keeps the configuration that it was started with. */
	xml_add(domain, "on_reboot", phase == DOMAIN_INSTALL ? "destroy" : "restart");
	xml_add(domain, "on_crash", "destroy");
}

static void add_driver(xmlNode *node, const struct domain_type *type, const struct guest_disk *disk)
{
	const char *name = strcmp(disk->format, "raw") == 0 ? type->raw_driver : "qemu";

	if (name)
		xml_attr(xml_attr(xml_add(node, "driver", NULL), "name", name), "type",
			disk->format);
}

static void add_disk(xmlNode *devices, const struct guest *guest, size_t i)
{
	const struct guest_disk *disk = &guest->disks[i];
	const struct disk_kind_row *row = disk_kind_row(disk->place.kind);
	char target[] = {(char)('a' + i), '\0'};
	autofree char *dev = xasprintf("%s%s", guest->type->disk_prefix, target);
	xmlNode *node = xml_add(devices, "disk", NULL);
	xmlNode *part;

	xml_attr(xml_attr(node, "type", row->source_type), "device", "disk");
	add_driver(node, guest->type, disk);
	xml_attr(xml_add(node, "source", NULL), row->source_attr, disk->place.source);
	part = xml_add(node, "target", NULL);
	xml_attr(xml_attr(part, "dev", dev), "bus", guest->type->disk_bus);
}

static void add_nic(xmlNode *devices, const struct guest *guest, size_t i)
{
	xmlNode *node = xml_attr(xml_add(devices, "interface", NULL), "type", "bridge");
	char mac[MAC_TEXT];

	mac_format(&guest->nics[i].mac, ':', mac);
	xml_attr(xml_add(node, "mac", NULL), "address", mac);
	xml_attr(xml_add(node, "source", NULL), "bridge", guest->nics[i].bridge);
	if (guest->type->nic_model)
		xml_attr(xml_add(node, "model", NULL), "type", guest->type->nic_model);
}

static void add_console(xmlNode *devices, const struct domain_type *type)
{
	xmlNode *node = xml_attr(xml_add(devices, "console", NULL), "type", "pty");

	node = xml_add(node, "target", NULL);
	xml_attr(xml_attr(node, "type", type->console_target), "port", "0");
}

static void add_graphics(xmlNode *devices, const struct guest *guest)
{
	xmlNode *node;

	if (guest->graphics->none)
		return;
	node = xml_attr(xml_add(devices, "graphics", NULL), "type", guest->graphics->name);
	if (guest->graphics->listen)
		xml_attr(xml_attr(node, "autoport", "yes"), "listen", "127.0.0.1");
	if (guest->type->video)
		xml_attr(xml_add(xml_add(devices, "video", NULL), "model", NULL), "type",
			guest->type->video);
}

static void add_virtio(xmlNode *devices)
{
	xmlNode *channel = xml_attr(xml_add(devices, "channel", NULL), "type", "unix");
	xmlNode *rng = xml_attr(xml_add(devices, "rng", NULL), "model", "virtio");
	xmlNode *target = xml_add(channel, "target", NULL);

	xml_attr(xml_attr(target, "type", "virtio"), "name", "org.qemu.guest_agent.0");
	xml_attr(xml_add(rng, "backend", "/dev/urandom"), "model", "random");
}

char *domain_xml(const struct guest *guest, enum domain_phase phase)
{
	xmlNode *domain;
	autoxml xmlDoc *doc = xml_new("domain", &domain);
	xmlNode *devices;

	xml_attr(domain, "type", guest->type->domain);
	xml_add(domain, "name", guest->name);
	xml_add(domain, "uuid", guest->uuid);
	add_metadata(domain, guest);
	xml_attr(xml_addf(domain, "memory", "%llu", (unsigned long long)guest->ram), "unit", "MiB");
	xml_addf(domain, "vcpu", "%llu", (unsigned long long)guest->cpus);
	add_os(domain, guest, phase);
	add_features(domain, guest);
	add_lifecycle(domain, phase);
	devices = xml_add(domain, "devices", NULL);
	for (size_t i = 0; i < guest->n_disks; i++)
		add_disk(devices, guest, i);
	for (size_t i = 0; i < guest->n_nics; i++)
		add_nic(devices, guest, i);
	add_console(devices, guest->type);
	add_graphics(devices, guest);
	if (guest->type->virtio)
		add_virtio(devices);
	return xml_print(doc);
}
