#include "koan-client/options.h"

#include "koan-client/option_words.h"

#include "base/net.h"
#include "base/strbuf.h"

#include <string.h>

static const char *const list_kinds[] = {"profiles", "systems", "images", "distros"};

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

static int read_hardware(const struct option_words *words, struct options *ret, struct err *err)
{
	autostrbuf names = STRBUF_INIT;

	ret->nic_model = words->net_type;
	ret->machine = words->machine_type;
	if (checked("qemu-net-type", words->net_type, check_model, err) < 0 ||
		checked("qemu-machine-type", words->machine_type, check_model, err) < 0)
		return -1;
	if (words->firmware && !firmware_find(words->firmware, &ret->firmware))
		return bad_option("virt-firmware", words->firmware, "must be bios or uefi", err);
	if (!words->disk_type)
		return 0;
	ret->bus = disk_bus_find(words->disk_type);
	if (ret->bus)
		return 0;
	disk_bus_names(&names);
	return err_set(
		err, ERR_USAGE, "--qemu-disk-type=%.100s: must be %s", words->disk_type, names.buf);
}

static int read_graphics(const struct option_words *words, struct options *ret, struct err *err)
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

static int read_guest(const struct option_words *words, struct options *ret, struct err *err)
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
	if (read_number("count", words->count, 1, GUESTS_MAX, &ret->count, err) < 0 ||
		checked("static-interface", words->static_interface, check_word, err) < 0 ||
		read_hardware(words, ret, err) < 0)
		return -1;
	ret->static_interface = words->static_interface;
	return read_graphics(words, ret, err);
}

int options_read_server(const char *server, const char *port_text, const char *ca_file,
	struct options *ret, struct err *err)
{
	uint64_t port;

	if (!server || !*server)
		return err_set(
			err, ERR_USAGE, "which server? give --server=HOST, or set COBBLER_SERVER");
	if (strncmp(server, "http://", 7) == 0)
		server += 7;
	ret->https = strncmp(server, "https://", 8) == 0;
	server += ret->https ? 8 : 0;
	port = ret->https ? 443 : 80;
	if (ca_file && !ret->https)
		return err_set(err, ERR_USAGE,
			"--ca-file says whom to trust for https; give --server=https://%.200s",
			server);
	ret->ca_file = ca_file;
	if (read_number("port", port_text, 1, 65535, &port, err) < 0)
		return -1;
	if (host_port_parse(server, (unsigned)port, ret->host, &ret->port, err) < 0) {
		err->code = ERR_USAGE;
		return err_wrap(err, "--server");
	}
	if (ret->port == 0)
		return bad_option("server", server, "port 0 is none", err);
	return 0;
}

/* Which actions can do without a name, because the server knows this machine. */
static bool finds_itself(enum koan_action action)
{
	return action == KOAN_REPLACE_SELF || action == KOAN_UPDATE_FILES || action == KOAN_DISPLAY;
}

static int read_item(const struct option_words *words, struct options *ret, struct err *err)
{
	const struct {
		const char *kind;
		const char *name;
	} kinds[] = {
		{"profile", words->profile},
		{"system", words->system},
		{"image", words->image},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!kinds[i].name)
			continue;
		if (ret->item_kind)
			return err_set(err, ERR_USAGE,
				"give one of --profile, --system and --image, not both");
		ret->item_kind = kinds[i].kind;
		ret->item_name = kinds[i].name;
	}
	if (ret->item_kind)
		return checked(ret->item_kind, ret->item_name, check_word, err);
	ret->item_kind = "system";
	if (finds_itself(ret->action))
		return 0;
	return err_set(err, ERR_USAGE,
		"what is to be installed? give --profile=NAME, --system=NAME or --image=NAME; "
		"--list=profiles and so on print the names");
}

static int read_list_kind(const char *value, struct options *ret, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(list_kinds); i++)
		if (strcmp(value, list_kinds[i]) == 0)
			ret->item_kind = list_kinds[i];
	if (!ret->item_kind)
		return bad_option(
			"list", value, "must be profiles, systems, images or distros", err);
	return 0;
}

/* Which one of the things koan does, or an error that shows the way. */
static int read_action(const struct option_words *words, struct options *ret, struct err *err)
{
	const struct {
		bool given;
		enum koan_action action;
	} actions[] = {
		{words->virt, KOAN_VIRT},
		{words->replace_self, KOAN_REPLACE_SELF},
		{words->update_files, KOAN_UPDATE_FILES},
		{words->undo, KOAN_UNDO},
		{words->list != NULL, KOAN_LIST},
		{words->display, KOAN_DISPLAY},
	};
	unsigned given = 0;

	if (words->help || words->man || words->version) {
		ret->action = words->help ? KOAN_HELP : words->man ? KOAN_MAN : KOAN_VERSION;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		given += actions[i].given;
		if (actions[i].given)
			ret->action = actions[i].action;
	}
	if (given == 0)
		return err_set(err, ERR_USAGE,
			"what is to be done? for example: koan --virt --server=HOST "
			"--profile=NAME, or koan --list=profiles --server=HOST; see --help");
	if (given > 1)
		return err_set(err, ERR_USAGE,
			"give one of --virt, --replace-self, --update-files, --undo, --list and "
			"--display");
	if (words->list)
		return read_list_kind(words->list, ret, err);
	return words->undo ? 0 : read_item(words, ret, err);
}

static int read_wait(const struct option_words *words, struct options *ret, struct err *err)
{
	ret->wait = words->wait || words->vm_poll;
	ret->noreboot = words->noreboot;
	if (words->wait && strcmp(words->wait, "-1") != 0 &&
		read_number("wait", words->wait, 1, 100000, &ret->wait_minutes, err) < 0)
		return -1;
	if (words->noreboot && !ret->wait)
		return err_set(err, ERR_USAGE,
			"--noreboot is for --wait: without it, koan does not stay to start the "
			"guest");
	return 0;
}

static int read_format(const struct option_words *words, struct options *ret, struct err *err)
{
	ret->dry_run = words->dry_run;
	if (words->dry_run && ret->action == KOAN_VIRT)
		ret->format = FORMAT_XML;
	if (!words->format)
		return 0;
	if (strcmp(words->format, "xml") != 0 && strcmp(words->format, "xl") != 0)
		return bad_option("format", words->format, "must be xml or xl", err);
	ret->format = strcmp(words->format, "xl") == 0 ? FORMAT_XL : FORMAT_XML;
	return 0;
}

/* Words that make no sense together, so that none is silently ignored. */
static int check_together(
	const struct option_words *words, const struct options *options, struct err *err)
{
	const struct {
		bool bad;
		const char *why;
	} rules[] = {
		{options->count && options->item_kind && strcmp(options->item_kind, "system") == 0,
			"--count is for --profile and --image: a system has one set of addresses"},
		{words->import && words->pxe_boot,
			"--import and --virt-pxe-boot contradict each other"},
		{(words->import || words->pxe_boot) &&
				(words->kopts || words->static_interface || words->embed),
			"--kopts, --static-interface and --embed are for a kernel that koan "
			"starts, not for --import and --virt-pxe-boot"},
		{words->kexec && words->add_reinstall_entry,
			"--kexec and --add-reinstall-entry contradict each other"},
		{(words->kexec || words->add_reinstall_entry || words->no_copy_default) &&
				!words->replace_self,
			"--kexec, --add-reinstall-entry and --no-copy-default are for "
			"--replace-self"},
		{words->format && !words->virt,
			"--format is for --virt; what others would do, --dry-run says"},
		{words->root && !words->replace_self && !words->update_files,
			"--root is for --replace-self and --update-files"},
		{words->summary && !words->virt && !words->update_files,
			"--summary is for --virt and --update-files"},
		{words->undo && !words->name, "--undo needs --virt-name=NAME, as koan made it"},
		{words->image && (words->replace_self || words->update_files),
			"an image is for guests; give --profile or --system"},
		{words->static_interface && !words->system && !words->replace_self,
			"--static-interface needs --system: only a system has addresses"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].bad)
			return err_set(err, ERR_USAGE, "%s", rules[i].why);
	return 0;
}

static void read_flags(const struct option_words *words, struct options *ret)
{
	ret->auto_boot = words->auto_boot;
	ret->pxe_boot = words->pxe_boot;
	ret->import = words->import;
	ret->preallocate = words->preallocate;
	ret->overcommit = words->overcommit;
	ret->force = words->force;
	ret->force_path = words->force_path;
	ret->remote = words->remote;
	ret->progress = words->progress;
	ret->summary = words->summary;
	ret->xl_config = words->xl_config;
	ret->kexec = words->kexec;
	ret->add_reinstall_entry = words->add_reinstall_entry;
	ret->no_copy_default = words->no_copy_default;
	ret->embed = words->embed;
	ret->yes = words->yes;
	ret->connect = words->connect;
	ret->cache_dir = words->cache_dir;
	ret->root = words->root ? words->root : "/";
}

int options_parse(int argc, char *const argv[], const char *fallback_server, struct options *ret,
	struct err *err)
{
	struct option_words words = {0};

	if (option_words_parse(argc, argv, &words, err) < 0 || read_action(&words, ret, err) < 0)
		return -1;
	if (words.help || words.man || words.version)
		return 0;
	read_flags(&words, ret);
	if (checked("connect", words.connect, check_word, err) < 0 ||
		checked("cache-dir", words.cache_dir, check_word, err) < 0 ||
		checked("ca-file", words.ca_file, check_word, err) < 0 ||
		checked("root", words.root, check_word, err) < 0 ||
		(ret->action != KOAN_UNDO &&
			options_read_server(words.server ? words.server : fallback_server,
				words.port, words.ca_file, ret, err) < 0) ||
		read_guest(&words, ret, err) < 0 || read_wait(&words, ret, err) < 0 ||
		read_format(&words, ret, err) < 0)
		return -1;
	return check_together(&words, ret, err);
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
	      "  koan --virt --server=boot.example.org --system=web7 --dry-run\n"
	      "  koan --undo --virt-name=lady\n"
	      "\nBehind each option stands what became of it since Cobbler's koan.\n",
		out);
	option_words_print_help(out);
	fputs("\nkoan exits with 0 when all is done, 2 when the command line is wrong, else 1. "
	      "When "
	      "a step\nfails, what the earlier ones made is removed again.\n",
		out);
}
