#include "boot/cmdline.h"

#include "boot/cmdline_families.h"
#include "boot/cmdline_static.h"
#include "boot/vars.h"
#include "model/root.h"
#include "model/types.h"

#include <string.h>

/* Bytes of a command line that the kernel keeps, without the NUL: COMMAND_LINE_SIZE in its
 * arch/ARCH/include/…/setup.h. */
static const struct {
	const char *arch;
	size_t max;
} limits[] = {
	{"x86_64", 2047},
	{"i386", 2047},
	{"aarch64", 2047},
	{"armhf", 1023},
	{"ppc64le", 2047},
	{"s390x", 895},
	{"riscv64", 1023},
};
/* Of its own line and of dom0's Xen keeps 1024 bytes with the NUL (MAX_GUEST_CMDLINE of its
 * public/xen.h, xen_commandline_t). */
enum { XEN_MAX = 1023 };

/* An item's own map, where "!key" still stands. */
static const struct opt_map *own_options(const struct item *item)
{
	switch (item->type->kind) {
	case ITEM_SETTINGS:
		return &((const struct settings *)item)->kernel_options;
	case ITEM_DISTRO:
		return &((const struct distro *)item)->kernel_options;
	case ITEM_PROFILE:
		return &((const struct profile *)item)->kernel_options;
	case ITEM_SYSTEM:
		return &((const struct system *)item)->kernel_options;
	case ITEM_IMAGE:
		return &((const struct image *)item)->kernel_options;
	case ITEM_INTERFACE:
	case ITEM_REPO:
	case ITEM_MENU:
	case ITEM_TEMPLATE:
	case ITEM_SNIPPET:
	case ITEM_GROUP:
	case ITEM_NETWORK:
	case ITEM_KINDS:
		break;
	}
	return NULL;
}

static bool is_removed(const struct resolved *resolved, const char *key)
{
	for (; resolved; resolved = resolved->above) {
		const struct opt_map *own = own_options(resolved->item);

		for (size_t i = 0; own && i < own->n; i++)
			if (own->entry[i].key[0] == '!' && strcmp(own->entry[i].key + 1, key) == 0)
				return true;
	}
	return false;
}

static bool is_replaced(const struct opt_map *options, const char *key)
{
	for (size_t i = 0; i < options->n; i++)
		if (strcmp(options->entry[i].key, key) == 0)
			return true;
	return false;
}

struct words {
	const struct boot_cmdline *cmdline;
	const struct opt_map *options;
	const char *part[PARTS]; /* "" where there is none */
	struct strbuf *out;
};

static void add_generated(struct words *words, const struct cmdline_arg *arg)
{
	const char *part = words->part[arg->part];

	if ((arg->part && !*part) || (arg->only_with && !*words->part[arg->only_with]) ||
		is_replaced(words->options, arg->key) ||
		is_removed(words->cmdline->resolved, arg->key))
		return;
	strbuf_adds(words->out, arg->key);
	if (arg->before || arg->part)
		strbuf_addc(words->out, '=');
	strbuf_adds(words->out, arg->before ? arg->before : "");
	strbuf_adds(words->out, part);
	strbuf_adds(words->out, arg->after ? arg->after : "");
	strbuf_addc(words->out, '\0');
}

/* Quotes around a whole value are a habit from files where they are needed; what they hold is
 * meant. */
static void add_value(const char *value, struct strbuf *ret)
{
	size_t len = strlen(value);

	if (len >= 2 && value[0] == '"' && value[len - 1] == '"')
		strbuf_add(ret, value + 1, len - 2);
	else
		strbuf_add(ret, value, len);
}

void boot_cmdline_add_options(const struct opt_map *options, struct strbuf *ret)
{
	for (size_t i = 0; i < options->n; i++) {
		const struct map_entry *entry = &options->entry[i];

		if (entry->key[0] == '!')
			continue;
		strbuf_adds(ret, entry->key);
		if (entry->value) {
			strbuf_addc(ret, '=');
			add_value(entry->value, ret);
		}
		strbuf_addc(ret, '\0');
	}
}

/* "01-52-54-00-aa-00-07", as PXELINUX's IPAPPEND 2 writes it: 01 is Ethernet's hardware type. */
static void bootif(const struct item *item, char ret[3 + 18])
{
	const struct item *card = item->type->kind == ITEM_SYSTEM ? boot_card(item) : NULL;
	const char *mac = card ? ((const struct interface *)card)->mac_address : NULL;

	ret[0] = '\0';
	if (!mac || strlen(mac) != 17)
		return;
	memcpy(ret, "01-", 3);
	memcpy(ret + 3, mac, 18);
	for (char *colon = ret + 3; (colon = strchr(colon, ':'));)
		*colon = '-';
}

/* A device may also be named in full. */
void boot_serial_console(const struct resolved *resolved, struct strbuf *ret)
{
	const char *device = resolved_str(resolved, "serial_device");
	const char *rate = resolved_str(resolved, "serial_baud_rate");

	if (!*device)
		return;
	if (device[strspn(device, "0123456789")] == '\0')
		strbuf_adds(ret, "ttyS");
	strbuf_adds(ret, device);
	if (*rate)
		strbuf_addf(ret, ",%s", rate);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* Which of the three a tree is; the others stay "". */
static void sort_tree(const char *tree, const char *part[PARTS])
{
	bool image = ends_with(tree, ".img") || ends_with(tree, ".squashfs");
	bool iso = ends_with(tree, ".iso");

	part[PART_TREE] = tree;
	part[PART_ISO] = iso ? tree : "";
	part[PART_IMG] = image ? tree : "";
	part[PART_FOLDER] = iso || image ? "" : tree;
}

static void add_root(const struct boot_cmdline *cmdline, const char *part[PARTS])
{
	const char *root = resolved_str(cmdline->resolved, "root");

	part[PART_NFS] = root_nfs(root);
	part[PART_SAN] = root_kind(root) == ROOT_ISCSI ? root : "";
	part[PART_RESCUE] = cmdline->rescue ? "true" : "";
}

void boot_cmdline_words(const struct boot_cmdline *cmdline, struct strbuf *ret)
{
	static const struct cmdline_arg console = {.key = "console", .part = PART_SERIAL};
	char interface[3 + 18];
	struct cmdline_static address;
	autostrbuf serial = STRBUF_INIT;
	struct words words = {
		.cmdline = cmdline,
		.options = resolved_map(cmdline->resolved, "kernel_options"),
		.part = {[PART_NONE] = "",
			[PART_AUTOINSTALL] = cmdline->autoinstall_url,
			[PART_HOSTNAME] = cmdline->hostname,
			[PART_DOMAIN] = cmdline->domain,
			[PART_BOOTIF] = interface,
			[PART_PROXY] = resolved_str(cmdline->resolved, "proxy")},
		.out = ret,
	};

	sort_tree(cmdline->tree_url, words.part);
	add_root(cmdline, words.part);
	cmdline_static_make(cmdline->resolved, cmdline->hostname, &address, words.part);
	bootif(cmdline->resolved->item, interface);
	boot_serial_console(cmdline->resolved, &serial);
	words.part[PART_SERIAL] = serial.buf;
	for (const struct cmdline_arg *arg = cmdline_family(cmdline->resolved); arg->key; arg++)
		add_generated(&words, arg);
	add_generated(&words, &console);
	boot_cmdline_add_options(words.options, ret);
	cmdline_static_done(&address);
}

void boot_cmdline_join(const char *words, size_t len, struct strbuf *ret)
{
	const char *end = words + len;

	for (const char *word = words; word < end; word += strlen(word) + 1) {
		const char *equals = strchr(word, '=');

		if (word > words)
			strbuf_addc(ret, ' ');
		if (!strchr(word, ' ')) {
			strbuf_adds(ret, word);
		} else if (equals) {
			strbuf_add(ret, word, (size_t)(equals + 1 - word));
			strbuf_addf(ret, "\"%s\"", equals + 1);
		} else {
			strbuf_addf(ret, "\"%s\"", word);
		}
	}
}

void boot_cmdline_add(const struct boot_cmdline *cmdline, struct strbuf *ret)
{
	autostrbuf words = STRBUF_INIT;

	boot_cmdline_words(cmdline, &words);
	boot_cmdline_join(words.buf, words.len, ret);
}

static size_t limit_of(const char *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (strcmp(limits[i].arch, arch) == 0)
			return limits[i].max;
	return 1023;
}

static int check_words(const char *words, size_t len, struct err *err)
{
	for (const char *word = words; word < words + len; word += strlen(word) + 1) {
		for (const char *c = word; *c; c++)
			if ((unsigned char)*c < 0x20 || *c == 0x7f)
				return err_field(err, ERR_INVALID, "kernel_options",
					"'%.60s' holds a control character", word);
		if (strchr(word, '"'))
			return err_field(err, ERR_INVALID, "kernel_options",
				"'%.60s' holds a double quote, which the kernel's command line has "
				"no way to say",
				word);
	}
	return 0;
}

int boot_cmdline_check(const struct resolved *resolved, const struct cmdline_reader *reader,
	const char *words, size_t len, struct err *err)
{
	const char *arch = resolved_str(resolved, "arch");
	autostrbuf line = STRBUF_INIT;

	if (check_words(words, len, err) < 0)
		return -1;
	boot_cmdline_join(words, len, &line);
	if (reader->is_xen && line.len > XEN_MAX)
		return err_field(err, ERR_INVALID, "kernel_options",
			"the line has %zu bytes, and Xen reads %d of its own and of dom0's; "
			"shorten it",
			line.len, XEN_MAX);
	if (line.len + reader->beside > limit_of(arch))
		return err_field(err, ERR_INVALID, "kernel_options",
			"the kernel's command line has %zu bytes, with the %zu that the boot "
			"loader adds, and a kernel for %s reads %zu; move settings to the answer "
			"file",
			line.len + reader->beside, reader->beside, arch, limit_of(arch));
	return 0;
}
