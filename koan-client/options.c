#include "koan-client/options.h"

#include "base/net.h"
#include "base/opt.h"
#include "base/strbuf.h"

#include <string.h>

#define HTTP_PORT 80

/* The command line as it was written. */
struct words {
	bool virt, display, help, version;
	bool nogfx, auto_boot, dry_run, force;
	const char *list, *server, *port, *profile, *system;
	const char *name, *type, *path, *file_size, *driver, *bridge, *ram, *cpus;
	const char *graphics, *kopts, *connect, *cache_dir;
};

#define ROW(member, name, arg, help) OPT(struct words, member, name, arg, help)

static const struct opt table[] = {
	OPT_TITLE("What to do"),
	ROW(virt, "virt", NULL, "Make a guest on this host and start its installation."),
	ROW(list, "list", "KIND",
		"Print the names that the server knows: profiles, systems or distros."),
	ROW(display, "display", NULL, "Print the server's plan for --profile or --system."),
	ROW(help, "help", NULL, "Print this text."),
	ROW(version, "version", NULL, "Print the version."),

	OPT_TITLE("From where"),
	ROW(server, "server", "HOST[:PORT]",
		"The Bootwright server; else COBBLER_SERVER in the environment."),
	ROW(port, "port", "N", "The server's boot port, where --server has none (80)."),
	ROW(profile, "profile", "P", "Install this profile."),
	ROW(system, "system", "S", "Install this system, with its own addresses."),

	OPT_TITLE("The guest; what is not given comes from the server"),
	ROW(name, "virt-name", "N",
		"The guest's name; else the system's, else the profile's, with a number when "
		"that name is taken."),
	ROW(type, "virt-type", "TYPE",
		"kvm, qemu, xenpv, xenpvh, xenhvm, or auto: the best that this host has."),
	ROW(path, "virt-path", "P[,P…]",
		"Where each disk goes: a folder, a file, an LVM volume group (vg0, /dev/vg0, "
		"vg0:name) or a block device. The last one counts for the rest."),
	ROW(file_size, "virt-file-size", "GIB[,GIB…]",
		"Each disk's size in GiB, such as 10 or 4.5; 0 for no disk."),
	ROW(driver, "virt-disk-driver", "FORMAT[,…]", "Each disk's format: raw or qcow2."),
	ROW(bridge, "virt-bridge", "BR[,BR…]",
		"The host's bridge for each network interface. The last one counts for the "
		"rest."),
	ROW(ram, "virt-ram", "MIB", "Memory in MiB."),
	ROW(cpus, "virt-cpus", "N", "Number of virtual CPUs."),
	ROW(auto_boot, "virt-auto-boot", NULL, "Start the guest whenever the host starts."),
	ROW(graphics, "graphics", "KIND", "vnc, spice, sdl or none."),
	ROW(nogfx, "nogfx", NULL,
		"No screen: install on a serial console (same as --graphics=none)."),
	ROW(kopts, "kopts", "OPTIONS", "Words to add at the end of the kernel's command line."),

	OPT_TITLE("How"),
	ROW(connect, "connect", "URI",
		"The hypervisor, such as qemu:///system; else LIBVIRT_DEFAULT_URI in the "
		"environment, else the one that fits --virt-type."),
	ROW(dry_run, "dry-run", NULL,
		"Print the domain's XML. Nothing is fetched, made or changed."),
	ROW(force, "force", NULL,
		"Replace a guest of the same name, and its disks. Without it, what is there is "
		"never touched."),
	ROW(cache_dir, "cache-dir", "DIR",
		"Where verified kernels are kept (/var/cache/koan, or koan/ in the "
		"user's cache folder)."),
};

static const char *const list_kinds[] = {"profiles", "systems", "distros"};

static int bad_option(const char *option, const char *value, const char *why, struct err *err)
{
	return err_set(err, ERR_USAGE, "--%s=%.100s: %s", option, value, why);
}

static int checked(const char *option, const char *value, const char *(*check)(const char *text),
	struct err *err)
{
	const char *bad = value ? check(value) : NULL;

	return bad ? bad_option(option, value, bad, err) : 0;
}

/* A comma-separated list with at most one entry per disk; empty entries keep their place. */
static int read_list(const char *option, const char *value, size_t max,
	const char *(*check)(const char *text), struct strv *ret, struct err *err)
{
	while (value) {
		size_t len = strcspn(value, ",");
		autofree char *part = xstrndup(value, len);
		const char *bad = *part ? check(part) : NULL;

		if (ret->n == max)
			bad = "has too many entries";
		if (bad)
			return bad_option(option, part, bad, err);
		strv_add(ret, part);
		value = value[len] ? value + len + 1 : NULL;
	}
	return 0;
}

static const char *check_gib_text(const char *text)
{
	double gib;

	return parse_decimal(text, &gib) ? check_disk_gib(gib)
	                                 : "must be a number of GiB, such as 10 or 4.5";
}

static int read_sizes(const char *value, struct options *ret, struct err *err)
{
	autostrv parts = STRV_INIT;

	if (read_list("virt-file-size", value, GUEST_DISKS, check_gib_text, &parts, err) < 0)
		return -1;
	for (size_t i = 0; i < parts.n; i++)
		if (!parse_decimal(parts.v[i], &ret->file_size[ret->n_file_size++]))
			return bad_option("virt-file-size", value, "has an empty entry", err);
	return 0;
}

static const char *check_driver(const char *text)
{
	return strcmp(text, "raw") == 0 || strcmp(text, "qcow2") == 0 ? NULL
	                                                              : "must be raw or qcow2";
}

static int read_number(const char *option, const char *value, uint64_t min, uint64_t max,
	uint64_t *ret, struct err *err)
{
	if (!value || parse_number(value, min, max, ret))
		return 0;
	return err_set(err, ERR_USAGE, "--%s=%.100s: must be a whole number from %llu to %llu",
		option, value, (unsigned long long)min, (unsigned long long)max);
}

static int read_type(const char *value, struct options *ret, struct err *err)
{
	autostrbuf names = STRBUF_INIT;

	ret->type_given = value != NULL;
	if (!value || strcmp(value, "auto") == 0)
		return 0;
	ret->type = domain_type_find(value);
	if (ret->type)
		return 0;
	domain_type_names(&names);
	return err_set(err, ERR_USAGE, "--virt-type=%.100s: must be auto, %s", value, names.buf);
}

static int read_graphics(const struct words *words, struct options *ret, struct err *err)
{
	const char *name = words->nogfx ? "none" : words->graphics;
	autostrbuf names = STRBUF_INIT;

	if (words->nogfx && words->graphics && strcmp(words->graphics, "none") != 0)
		return err_set(err, ERR_USAGE,
			"--nogfx and --graphics=%.100s contradict each other", words->graphics);
	if (!name)
		return 0;
	ret->graphics = graphics_type_find(name);
	if (ret->graphics)
		return 0;
	graphics_type_names(&names);
	return err_set(err, ERR_USAGE, "--graphics=%.100s: must be %s", name, names.buf);
}

static int read_guest(const struct words *words, struct options *ret, struct err *err)
{
	ret->virt_name = words->name;
	ret->kernel_options = words->kopts;
	if (checked("virt-name", words->name, check_guest_name, err) < 0 ||
		checked("kopts", words->kopts, check_line, err) < 0 ||
		read_type(words->type, ret, err) < 0 ||
		read_list("virt-path", words->path, GUEST_DISKS, check_disk_path, &ret->paths,
			err) < 0 ||
		read_sizes(words->file_size, ret, err) < 0 ||
		read_list("virt-disk-driver", words->driver, GUEST_DISKS, check_driver,
			&ret->disk_drivers, err) < 0 ||
		read_list("virt-bridge", words->bridge, GUEST_NICS, check_bridge, &ret->bridges,
			err) < 0 ||
		read_number("virt-ram", words->ram, GUEST_RAM_MIN, GUEST_RAM_MIB, &ret->ram, err) <
			0 ||
		read_number("virt-cpus", words->cpus, 1, GUEST_CPUS, &ret->cpus, err) < 0)
		return -1;
	return read_graphics(words, ret, err);
}

static int read_server(
	const struct words *words, const char *fallback, struct options *ret, struct err *err)
{
	const char *server = words->server ? words->server : fallback;
	uint64_t port = HTTP_PORT;

	if (!server || !*server)
		return err_set(
			err, ERR_USAGE, "which server? give --server=HOST, or set COBBLER_SERVER");
	if (read_number("port", words->port, 1, 65535, &port, err) < 0)
		return -1;
	if (host_port_parse(server, (unsigned)port, ret->host, &ret->port, err) < 0) {
		err->code = ERR_USAGE;
		return err_wrap(err, "--server");
	}
	if (ret->port == 0)
		return bad_option("server", server, "port 0 is none", err);
	return 0;
}

static int read_item(const struct words *words, struct options *ret, struct err *err)
{
	if (words->profile && words->system)
		return err_set(err, ERR_USAGE, "give --profile or --system, not both");
	if (!words->profile && !words->system)
		return err_set(err, ERR_USAGE,
			"what is to be installed? give --profile=NAME or --system=NAME; "
			"--list=profiles and --list=systems print the names");
	ret->item_kind = words->profile ? "profile" : "system";
	ret->item_name = words->profile ? words->profile : words->system;
	return checked(ret->item_kind, ret->item_name, check_word, err);
}

static int read_list_kind(const char *value, struct options *ret, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(list_kinds); i++)
		if (strcmp(value, list_kinds[i]) == 0)
			ret->item_kind = list_kinds[i];
	if (!ret->item_kind)
		return bad_option("list", value, "must be profiles, systems or distros", err);
	return 0;
}

/* Which one of the things koan does, or an error that shows the way. */
static int read_action(const struct words *words, struct options *ret, struct err *err)
{
	int given = words->virt + words->display + (words->list != NULL);

	if (words->help || words->version) {
		ret->action = words->help ? KOAN_HELP : KOAN_VERSION;
		return 0;
	}
	if (given == 0)
		return err_set(err, ERR_USAGE,
			"what is to be done? for example: koan --virt --server=HOST "
			"--profile=NAME, or koan --list=profiles --server=HOST; see --help");
	if (given > 1)
		return err_set(err, ERR_USAGE, "give one of --virt, --list and --display");
	ret->action = words->virt ? KOAN_VIRT : words->display ? KOAN_DISPLAY : KOAN_LIST;
	if (words->list)
		return read_list_kind(words->list, ret, err);
	return read_item(words, ret, err);
}

int options_parse(int argc, char *const argv[], const char *fallback_server, struct options *ret,
	struct err *err)
{
	struct words words = {0};

	if (opt_parse(table, ARRAY_SIZE(table), argc, argv, &words, NULL, err) < 0 ||
		read_action(&words, ret, err) < 0)
		return -1;
	if (ret->action == KOAN_HELP || ret->action == KOAN_VERSION)
		return 0;
	ret->auto_boot = words.auto_boot;
	ret->dry_run = words.dry_run;
	ret->force = words.force;
	ret->connect = words.connect;
	ret->cache_dir = words.cache_dir;
	if (checked("connect", words.connect, check_word, err) < 0 ||
		checked("cache-dir", words.cache_dir, check_word, err) < 0 ||
		read_server(&words, fallback_server, ret, err) < 0)
		return -1;
	return read_guest(&words, ret, err);
}

void options_done(struct options *options)
{
	strv_done(&options->paths);
	strv_done(&options->disk_drivers);
	strv_done(&options->bridges);
}

void options_print_help(FILE *out)
{
	fputs("koan makes guests on this virtualization host the way a Bootwright server says.\n\n"
	      "  koan --list=profiles --server=boot.example.org\n"
	      "  koan --virt --server=boot.example.org --profile=bar --virt-name=lady --nogfx\n"
	      "  koan --virt --server=boot.example.org --system=web7 --dry-run\n",
		out);
	opt_print_help(table, ARRAY_SIZE(table), out);
	fputs("\nkoan exits with 0 when all is done, 2 when the command line is wrong, else 1. "
	      "When "
	      "a step\nfails, what the earlier ones made is removed again.\n",
		out);
}
