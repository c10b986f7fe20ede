#include "koan-client/guest/domain_xml.h"

#include "koan-client/xml.h"

#include <string.h>

/* The mark that koan knows its guests by, with the volumes that go when the guest goes. */
static void add_metadata(xmlNode *domain, const struct guest *guest)
{
	xmlNode *mark = xml_add(xml_add(domain, "metadata", NULL), "guest", NULL);
	xmlNs *ns = xmlNewNs(mark, (const xmlChar *)KOAN_XML_NAMESPACE, (const xmlChar *)"koan");

	xmlSetNs(mark, ns);
	xml_attr(mark, "server", guest->server);
	xml_attr(mark, "profile", *guest->profile ? guest->profile : NULL);
	if (strcmp(guest->item_kind, "profile") != 0)
		xml_attr(mark, guest->item_kind, guest->item);
	xml_attr(mark, "xl", guest->xl_config ? "yes" : NULL);
	xml_attr(mark, "run", *guest->run ? guest->run : NULL);
	for (size_t i = 0; i < guest->n_disks; i++) {
		xmlNode *disk;

		if (!guest->disks[i].made)
			continue;
		disk = xml_add(mark, "disk", NULL);
		xml_attr(disk, "pool", guest->disks[i].place.pool);
		xml_attr(disk, "volume", guest->disks[i].place.volume);
	}
}

static const char *machine_of(const struct guest *guest)
{
	if (guest->machine)
		return guest->machine;
	if (guest->type->machine)
		return guest->type->machine;
	return guest->arch->x86 && guest->bus && guest->bus->machine ? guest->bus->machine
	                                                             : guest->arch->machine;
}

/* An architecture's firmware goes with its own machine, not with Xen's. */
static const char *firmware_of(const struct guest *guest)
{
	if (guest->firmware == FIRMWARE_UEFI)
		return "efi";
	return guest->type->machine ? NULL : guest->arch->firmware;
}

/* Where libvirt has one with Secure Boot for an architecture, it comes first, and refuses the
 * kernels of installers: what has signed them only their shim knows. */
static void add_firmware(xmlNode *os, const struct guest *guest)
{
	xmlNode *feature;

	xml_attr(os, "firmware", firmware_of(guest));
	if (!guest->arch->firmware || !firmware_of(guest))
		return;
	feature = xml_add(xml_add(os, "firmware", NULL), "feature", NULL);
	xml_attr(xml_attr(feature, "enabled", "no"), "name", "secure-boot");
}

static void add_boot(xmlNode *os, const char *dev)
{
	xml_attr(xml_add(os, "boot", NULL), "dev", dev);
}

static void add_start(xmlNode *os, const struct guest *guest)
{
	switch (guest->start) {
	case START_KERNEL:
		xml_add(os, "kernel", guest->kernel);
		if (guest->initrd)
			xml_add(os, "initrd", guest->initrd);
		if (*guest->cmdline)
			xml_add(os, "cmdline", guest->cmdline);
		return;
	case START_NETWORK:
		add_boot(os, "network");
		return;
	case START_CDROM:
		add_boot(os, "cdrom");
		return;
	case START_DISK:
		return;
	}
}

static bool starts_from_disk(const struct guest *guest, enum domain_phase phase)
{
	return phase == DOMAIN_RUN || guest->start == START_DISK;
}

static void add_os(xmlNode *domain, const struct guest *guest, enum domain_phase phase)
{
	const struct domain_type *type = guest->type;
	bool disk = starts_from_disk(guest, phase);
	xmlNode *os;
	xmlNode *kind;

	if (disk && type->bootloader)
		xml_add(domain, "bootloader", type->bootloader);
	os = xml_add(domain, "os", NULL);
	add_firmware(os, guest);
	kind = xml_add(os, "type", type->os);
	xml_attr(kind, "arch", guest->arch->libvirt);
	xml_attr(kind, "machine", machine_of(guest));
	if (disk && !type->bootloader)
		add_boot(os, "hd");
	if (!disk)
		add_start(os, guest);
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

static void add_lifecycle(xmlNode *domain, const struct guest *guest, enum domain_phase phase)
{
	xml_add(domain, "on_poweroff", "destroy");
	/* The installer's last act is a reboot: were it obeyed, the installation would start over,
	 * because a restarted guest keeps the configuration that it was started with. */
	xml_add(domain, "on_reboot", starts_from_disk(guest, phase) ? "restart" : "destroy");
	xml_add(domain, "on_crash", "destroy");
}

static void add_driver(xmlNode *node, const struct domain_type *type, const struct guest_disk *disk)
{
	const char *name = strcmp(disk->format, "raw") == 0 ? type->raw_driver : "qemu";

	if (name)
		xml_attr(xml_attr(xml_add(node, "driver", NULL), "name", name), "type",
			disk->format);
}

static void add_network_source(xmlNode *source, const struct disk_url *url)
{
	xmlNode *host;

	xml_attr(xml_attr(source, "protocol", url->protocol->name), "name",
		*url->name ? url->name : NULL);
	host = xml_attr(xml_add(source, "host", NULL), "name", url->host);
	xml_attrf(host, "port", "%u", url->port);
	if (url->user) {
		xmlNode *auth = xml_attr(xml_add(source, "auth", NULL), "username", url->user);
		xmlNode *secret = xml_add(auth, "secret", NULL);

		xml_attr(xml_attr(secret, "type", url->protocol->secret), "uuid", url->secret);
	}
}

static void add_target(xmlNode *disk, const struct guest *guest, size_t i)
{
	const char *prefix = guest->bus ? guest->bus->prefix : guest->type->disk_prefix;
	const char *bus = guest->bus ? guest->bus->name : guest->type->disk_bus;
	xmlNode *target = xml_add(disk, "target", NULL);

	xml_attrf(target, "dev", "%s%c", prefix, (int)('a' + i));
	xml_attr(target, "bus", bus);
}

static void add_disk(xmlNode *devices, const struct guest *guest, size_t i)
{
	const struct guest_disk *disk = &guest->disks[i];
	const struct disk_kind_row *row = disk_place_row(&disk->place);
	xmlNode *node = xml_add(devices, "disk", NULL);
	xmlNode *source;

	xml_attr(xml_attr(node, "type", row->source_type), "device", "disk");
	add_driver(node, guest->type, disk);
	source = xml_add(node, "source", NULL);
	if (row->source_attr)
		xml_attr(source, row->source_attr, disk->place.source);
	else
		add_network_source(source, disk->place.url);
	add_target(node, guest, i);
}

/* On a bus that the machine has; behind the disks where they hang there too. Xen gives QEMU the
 * first four of xvd as hda to hdd (xen-vbd-interface(7)): with hda beside xvda, it does not start.
 */
static void add_cdrom(xmlNode *devices, const struct guest *guest)
{
	bool ide = strcmp(machine_of(guest), "pc") == 0 || strcmp(machine_of(guest), "xenfv") == 0;
	const char *prefix = ide ? "hd" : "sd";
	const char *disks = guest->bus ? guest->bus->prefix : guest->type->disk_prefix;
	bool beside = strcmp(prefix, disks) == 0 || (ide && strcmp(disks, "xvd") == 0);
	size_t i = beside ? guest->n_disks : 0;
	xmlNode *node = xml_attr(xml_add(devices, "disk", NULL), "type", "file");
	xmlNode *target;

	xml_attr(node, "device", "cdrom");
	xml_attr(xml_attr(xml_add(node, "driver", NULL), "name", "qemu"), "type", "raw");
	xml_attr(xml_add(node, "source", NULL), "file", guest->cdrom);
	target = xml_add(node, "target", NULL);
	xml_attrf(target, "dev", "%s%c", prefix, (int)('a' + i));
	xml_attr(target, "bus", ide ? "ide" : guest->arch->x86 ? "sata" : "scsi");
	xml_add(node, "readonly", NULL);
}

static bool is_bare(const struct guest *guest)
{
	return guest->arch->bare && guest->type->qemu;
}

/* ARM's UEFI has no driver for the old card that libvirt would choose for a CD. */
static const char *scsi_model(const struct guest *guest, bool cdrom)
{
	if (guest->bus && guest->bus->controller)
		return guest->bus->controller;
	return cdrom && is_bare(guest) ? "virtio-scsi" : NULL;
}

static void add_controller(xmlNode *devices, const char *type, const char *model)
{
	xmlNode *node = xml_attr(xml_add(devices, "controller", NULL), "type", type);

	xml_attr(xml_attr(node, "index", "0"), "model", model);
}

static void add_disks(xmlNode *devices, const struct guest *guest, enum domain_phase phase)
{
	bool cdrom = guest->start == START_CDROM && phase == DOMAIN_INSTALL;

	for (size_t i = 0; i < guest->n_disks; i++)
		add_disk(devices, guest, i);
	if (cdrom)
		add_cdrom(devices, guest);
	if (scsi_model(guest, cdrom))
		add_controller(devices, "scsi", scsi_model(guest, cdrom));
}

/* Where a screen would have no keyboard, or a USB disk no place. */
static void add_usb(xmlNode *devices, const struct guest *guest)
{
	bool screen = !guest->graphics->none;
	bool disks = guest->bus && strcmp(guest->bus->name, "usb") == 0;

	if (!is_bare(guest) || !(screen || disks))
		return;
	add_controller(devices, "usb", "qemu-xhci");
	if (!screen)
		return;
	xml_attr(xml_attr(xml_add(devices, "input", NULL), "type", "tablet"), "bus", "usb");
	xml_attr(xml_attr(xml_add(devices, "input", NULL), "type", "keyboard"), "bus", "usb");
}

static void add_nic(xmlNode *devices, const struct guest *guest, size_t i)
{
	xmlNode *node = xml_attr(xml_add(devices, "interface", NULL), "type", "bridge");
	char mac[MAC_TEXT];

	mac_format(&guest->nics[i].mac, ':', mac);
	xml_attr(xml_add(node, "mac", NULL), "address", mac);
	xml_attr(xml_add(node, "source", NULL), "bridge", guest->nics[i].bridge);
	if (guest->nic_model || guest->type->nic_model)
		xml_attr(xml_add(node, "model", NULL), "type",
			guest->nic_model ? guest->nic_model : guest->type->nic_model);
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
			is_bare(guest) ? "virtio" : guest->type->video);
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
	add_lifecycle(domain, guest, phase);
	devices = xml_add(domain, "devices", NULL);
	add_disks(devices, guest, phase);
	add_usb(devices, guest);
	for (size_t i = 0; i < guest->n_nics; i++)
		add_nic(devices, guest, i);
	add_console(devices, guest->type);
	add_graphics(devices, guest);
	if (guest->type->virtio)
		add_virtio(devices);
	return xml_print(doc);
}
