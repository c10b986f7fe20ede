#include "koan-client/guest/guest.h"

#include "koan-client/guest/static_network.h"

#include "base/strbuf.h"

#include <string.h>
#include <sys/stat.h>

int guest_wanted_type(const struct options *options, const struct plan *plan,
	const struct domain_type **ret, struct err *err)
{
	autostrbuf names = STRBUF_INIT;

	*ret = options->type;
	if (options->type_given || strcmp(plan->virt.type, "auto") == 0)
		return 0;
	*ret = domain_type_find(plan->virt.type);
	if (*ret)
		return 0;
	domain_type_names(&names);
	return err_field(err, ERR_INVALID, "virt.type",
		"the server's plan says '%s', koan knows auto, %s; choose one with --virt-type",
		plan->virt.type, names.buf);
}

int guest_wanted_name(
	const struct options *options, const struct plan *plan, const char **ret, struct err *err)
{
	const char *name = options->virt_name ? options->virt_name : plan->name;
	const char *bad = check_guest_name(name);

	if (bad)
		return err_set(err, ERR_INVALID,
			"%s '%s' cannot be a guest's name: it %s; choose one with --virt-name",
			plan->kind, name, bad);
	*ret = name;
	return 0;
}

/* Entry `i`, where the last one counts for the rest. */
static const char *entry(const struct strv *list, size_t i)
{
	return list->n ? list->v[i < list->n ? i : list->n - 1] : "";
}

static const char *disk_format(const struct options *options, const struct plan *plan, size_t i)
{
	const struct strv *list =
		options->disk_drivers.n ? &options->disk_drivers : &plan->virt.disk_driver;
	const char *format = entry(list, i);

	return *format ? format : "raw";
}

static int add_disk(const struct options *options, const struct plan *plan, size_t i, double gib,
	struct guest *ret, struct err *err)
{
	const struct strv *paths = options->paths.n ? &options->paths : &plan->virt.path;
	const char *format = disk_format(options, plan, i);
	struct guest_disk *disk;
	const char *bad = NULL;

	if (gib <= 0)
		return 0;
	if (strcmp(format, "raw") != 0 && strcmp(format, "qcow2") != 0)
		return err_field(err, ERR_INVALID, "virt.disk_driver",
			"'%s' is no format that koan can make; choose raw or qcow2 with "
			"--virt-disk-driver",
			format);
	if (!options->paths.n && *entry(paths, i))
		bad = check_servers_disk_path(entry(paths, i));
	if (bad)
		return err_field(err, ERR_INVALID, "virt.path", "'%s' %s", entry(paths, i), bad);
	disk = &ret->disks[ret->n_disks++];
	disk->wanted = xstrdup(entry(paths, i));
	disk->explicit = options->paths.n > 0;
	disk->size = bytes_from_gib(gib);
	disk->full = options->preallocate;
	disk->existing = options->import;
	disk->format = xstrdup(format);
	return 0;
}

static int add_disks(
	const struct options *options, const struct plan *plan, struct guest *ret, struct err *err)
{
	bool ours = options->n_file_size > 0;
	const double *sizes = ours ? options->file_size : plan->virt.file_size;
	size_t n_sizes = ours ? options->n_file_size : plan->virt.n_file_size;
	size_t n_paths = options->paths.n ? options->paths.n : plan->virt.path.n;
	size_t n = n_sizes > n_paths ? n_sizes : n_paths;

	if (n > 0 && n_sizes == 0)
		return err_field(err, ERR_INVALID, "virt.file_size",
			"there are paths for disks and no size; give --virt-file-size=GIB");
	for (size_t i = 0; i < n; i++)
		if (add_disk(options, plan, i, sizes[i < n_sizes ? i : n_sizes - 1], ret, err) < 0)
			return -1;
	return 0;
}

/* What a machine's configuration stacks on its cards is made by the installed system itself. */
static bool is_network_card(const struct plan_nic *nic)
{
	static const char *const stacked[] = {
		"bond", "bridge", "bonded_bridge_slave", "bmc", "master"};

	for (size_t i = 0; i < ARRAY_SIZE(stacked); i++)
		if (strcmp(nic->type, stacked[i]) == 0)
			return false;
	return strpbrk(nic->name, ".:") == NULL; /* VLANs and aliases: eth0.12, eth0:1 */
}

static int add_nic(const struct options *options, const struct plan *plan,
	const struct plan_nic *from, struct guest *ret, struct err *err)
{
	const char *bridge = entry(&options->bridges, ret->n_nics);
	struct guest_nic *nic = &ret->nics[ret->n_nics];

	if (!*bridge)
		bridge = from && *from->bridge ? from->bridge : plan->virt.bridge;
	if (!*bridge)
		return err_set(err, ERR_INVALID,
			"interface '%s' has no bridge; give --virt-bridge=NAME",
			from ? from->name : "eth0");
	nic->bridge = xstrdup(bridge);
	ret->n_nics++;
	if (!from || !from->has_mac)
		return 0;
	nic->mac = from->mac;
	nic->has_mac = true;
	for (size_t i = 0; i + 1 < ret->n_nics; i++)
		if (ret->nics[i].has_mac && memcmp(&ret->nics[i].mac, &nic->mac, 6) == 0)
			return err_set(err, ERR_INVALID,
				"the server's plan gives two interfaces the same MAC address "
				"('%s')",
				from->name);
	return 0;
}

static int add_nics(
	const struct options *options, const struct plan *plan, struct guest *ret, struct err *err)
{
	for (size_t i = 0; i < plan->n_nics; i++)
		if (is_network_card(&plan->nics[i]) &&
			add_nic(options, plan, &plan->nics[i], ret, err) < 0)
			return -1;
	return ret->n_nics ? 0 : add_nic(options, plan, NULL, ret, err);
}

static bool has_console(const char *cmdline)
{
	for (const char *at = cmdline; (at = strstr(at, "console=")); at++)
		if (at == cmdline || at[-1] == ' ')
			return true;
	return false;
}

static int command_line(const struct options *options, const struct plan *plan, struct guest *guest,
	struct err *err)
{
	autostrbuf line = STRBUF_INIT;

	strbuf_adds(&line, plan->kernel_options);
	if (options->static_interface &&
		static_network_add(plan, options->static_interface, &line, err) < 0)
		return -1;
	if (options->kernel_options && *options->kernel_options)
		strbuf_addf(&line, "%s%s", line.len ? " " : "", options->kernel_options);
	if (guest->graphics->none && !has_console(line.buf))
		strbuf_addf(&line, "%sconsole=%s", line.len ? " " : "",
			guest->type->console ? guest->type->console : guest->arch->console);
	guest->cmdline = strbuf_take(&line);
	return 0;
}

static enum guest_start wanted_start(
	const struct options *options, const struct plan *plan, const struct domain_type *type)
{
	if (options->import)
		return START_DISK;
	/* The record speaks of a machine with firmware; what has none gets its kernel from koan. */
	if (options->pxe_boot || (plan->virt.pxe_boot && type->firmware))
		return START_NETWORK;
	if (plan->image && strcmp(plan->image->type, "iso") == 0)
		return START_CDROM;
	if (plan->image && strcmp(plan->image->type, "virt-clone") == 0)
		return START_DISK;
	return START_KERNEL;
}

static int choose_start(
	const struct options *options, const struct plan *plan, struct guest *ret, struct err *err)
{
	ret->start = wanted_start(options, plan, ret->type);
	if (ret->start == START_KERNEL && plan->image && strcmp(plan->image->type, "memdisk") == 0)
		return err_set(err, ERR_INVALID,
			"'%s' is an image for PXELINUX's memdisk; start the guest from the network "
			"with --virt-pxe-boot",
			plan->name);
	if (ret->start == START_NETWORK && plan->image &&
		strcmp(plan->image->type, "virt-clone") == 0)
		return err_set(err, ERR_INVALID,
			"'%s' is a disk to copy: the guest starts from it, not from the network "
			"(--virt-pxe-boot, or virt_pxe_boot on the server)",
			plan->name);
	if ((ret->start == START_NETWORK || ret->start == START_CDROM) && !ret->type->firmware)
		return err_set(err, ERR_INVALID,
			"a %s guest has no firmware to boot from %s; choose another --virt-type",
			ret->type->title, ret->start == START_CDROM ? "a CD" : "the network");
	if (ret->start != START_KERNEL && (options->kernel_options || options->static_interface))
		return err_set(err, ERR_INVALID,
			"--kopts and --static-interface are for a kernel that koan starts; '%s' "
			"starts from its %s",
			plan->name,
			ret->start == START_NETWORK ? "network"
			: ret->start == START_CDROM ? "CD"
						    : "disk");
	if (ret->start == START_DISK && ret->n_disks == 0)
		return err_set(err, ERR_INVALID,
			"a guest without disks has nothing to start from; give --virt-file-size "
			"and --virt-path");
	return 0;
}

/* What only QEMU's guests can choose, and the firmware. */
static int choose_hardware(const struct options *options, struct guest *ret, struct err *err)
{
	bool qemu = options->bus || options->nic_model || options->machine;

	if (qemu && !ret->type->qemu)
		return err_set(err, ERR_INVALID,
			"--qemu-disk-type, --qemu-net-type and --qemu-machine-type are for KVM and "
			"QEMU, not for a %s guest",
			ret->type->title);
	if (options->firmware != FIRMWARE_DEFAULT && !ret->type->firmware)
		return err_set(err, ERR_INVALID, "a %s guest has no firmware", ret->type->title);
	if (options->firmware == FIRMWARE_BIOS && ret->arch->firmware)
		return err_set(err, ERR_INVALID, "machines of the architecture '%s' have no BIOS",
			ret->arch->name);
	ret->bus = options->bus;
	ret->nic_model = xstrdup_null(options->nic_model);
	ret->machine = xstrdup_null(options->machine);
	ret->firmware = options->firmware;
	return 0;
}

static int choose_graphics(
	const struct options *options, const struct plan *plan, struct guest *ret, struct err *err)
{
	autostrbuf names = STRBUF_INIT;

	ret->graphics =
		options->graphics ? options->graphics : graphics_type_find(plan->virt.graphics);
	if (ret->graphics)
		return 0;
	graphics_type_names(&names);
	return err_field(err, ERR_INVALID, "virt.graphics",
		"the server's plan says '%s', koan knows %s; choose one with --graphics",
		plan->virt.graphics, names.buf);
}

static int choose_arch(const struct plan *plan, struct guest *ret, struct err *err)
{
	autostrbuf names = STRBUF_INIT;

	ret->arch = guest_arch_find(plan->arch);
	if (ret->arch)
		return 0;
	guest_arch_names(&names);
	return err_field(err, ERR_INVALID, "arch",
		"koan makes no guests of the architecture '%s', only %s", plan->arch, names.buf);
}

int guest_build(const struct options *options, const struct plan *plan, const char *name,
	const struct domain_type *type, struct guest *ret, struct err *err)
{
	ret->name = xstrdup(name);
	ret->type = type;
	ret->ram = options->ram ? options->ram : plan->virt.ram;
	ret->cpus = options->cpus ? options->cpus : plan->virt.cpus;
	ret->auto_boot = options->auto_boot || plan->virt.auto_boot;
	ret->server = xasprintf(
		strchr(options->host, ':') ? "[%s]:%u" : "%s:%u", options->host, options->port);
	ret->profile = xstrdup(plan->profile);
	ret->item = xstrdup(plan->name);
	ret->item_kind = strcmp(plan->kind, "system") == 0  ? "system"
	                 : strcmp(plan->kind, "image") == 0 ? "image"
	                                                    : "profile";
	if (choose_arch(plan, ret, err) < 0 || choose_graphics(options, plan, ret, err) < 0 ||
		choose_hardware(options, ret, err) < 0 || add_disks(options, plan, ret, err) < 0 ||
		add_nics(options, plan, ret, err) < 0 || choose_start(options, plan, ret, err) < 0)
		return -1;
	return command_line(options, plan, ret, err);
}

enum path_fact guest_path_fact(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return PATH_NOTHING;
	if (S_ISDIR(st.st_mode))
		return PATH_FOLDER;
	return S_ISBLK(st.st_mode) ? PATH_BLOCK : PATH_FILE;
}

static enum path_fact look_at(const struct path_facts *facts, const char *path)
{
	return facts ? facts->look(facts->ctx, path) : guest_path_fact(path);
}

static int place_disk(struct guest *guest, size_t i, const char *default_folder,
	const struct path_facts *facts, struct err *err)
{
	struct guest_disk *disk = &guest->disks[i];
	autofree char *volume = xasprintf("%s-disk%zu", guest->name, i);
	/* The default is a folder, even before it is made. */
	const char *wanted = *disk->wanted ? disk->wanted : default_folder;
	enum path_fact fact = *disk->wanted ? look_at(facts, wanted) : PATH_FOLDER;

	if (disk_place_find(wanted, fact, volume, &disk->place, err) < 0)
		return -1;
	if (disk_kind_row(disk->place.kind)->raw_only && strcmp(disk->format, "raw") != 0)
		return err_set(err, ERR_INVALID,
			"'%s' is a %s, which cannot hold the format %s; use "
			"--virt-disk-driver=raw",
			disk->place.source, disk_kind_row(disk->place.kind)->title, disk->format);
	for (size_t j = 0; j < i; j++)
		if (strcmp(guest->disks[j].place.source, disk->place.source) == 0)
			return err_set(err, ERR_INVALID,
				"two disks would be '%s'; give each its own --virt-path",
				disk->place.source);
	return 0;
}

int guest_place_disks(struct guest *guest, const char *default_folder,
	const struct path_facts *facts, struct err *err)
{
	for (size_t i = 0; i < guest->n_disks; i++)
		if (place_disk(guest, i, default_folder, facts, err) < 0)
			return err_wrap(err, "disk %zu", i);
	return 0;
}

void guest_done(struct guest *guest)
{
	for (size_t i = 0; i < guest->n_disks; i++) {
		free(guest->disks[i].wanted);
		free(guest->disks[i].format);
		disk_place_done(&guest->disks[i].place);
	}
	for (size_t i = 0; i < guest->n_nics; i++)
		free(guest->nics[i].bridge);
	free(guest->name);
	free(guest->nic_model);
	free(guest->machine);
	free(guest->cmdline);
	free(guest->kernel);
	free(guest->initrd);
	free(guest->cdrom);
	free(guest->server);
	free(guest->item);
	free(guest->profile);
	*guest = (struct guest){0};
}
