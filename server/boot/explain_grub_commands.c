/* Commands of GRUB, as far as boot files have them; version 2.06 was watched. */
#include "boot/explain_grub.h"

#include "boot/grub_file.h"

#include <string.h>

/* The address of what GRUB calls "(tftp,10.77.0.1)/x", or "/x" below $root; NULL: of a disk. */
static char *url_of(const struct grub *grub, const char *path)
{
	autofree char *whole = *path == '('
	                               ? xstrdup(path)
	                               : xasprintf("(%s)/%s", grub_variable(&grub->script, "root"),
						 path + strspn(path, "/"));
	size_t device = strcspn(whole, ")");
	size_t comma = strcspn(whole, ",");

	if (comma > device || !whole[device])
		return NULL;
	return xasprintf("%.*s://%.*s/%s", (int)(comma - 1), whole + 1, (int)(device - comma - 1),
		whole + comma + 1, whole + device + 1 + strspn(whole + device + 1, "/"));
}

static int fetch(struct grub *grub, const char *path, enum explain_need need,
	struct explain_file *ret, struct err *err)
{
	autofree char *url = url_of(grub, path);
	bool cannot = (grub->kind == GRUB_SIGNED || grub->kind == GRUB_DISTRO) && !grub->has_http;

	if (url && cannot && strncmp(url, "http:", 5) == 0) {
		explain_step(grub->explain, "note", "GRUB has no HTTP: it does not get %s", url);
		return 0;
	}
	if (url)
		return explain_fetch(grub->explain, url, need, ret, err);
	explain_step(grub->explain, "note", "GRUB looks for %s on the machine's own disks", path);
	return 0;
}

/* Loading */

/* As GRUB's own grub_create_loader_cmdline() writes them. */
static void add_argument(struct strbuf *line, const char *word)
{
	bool blank = strchr(word, ' ');

	if (line->len)
		strbuf_addc(line, ' ');
	if (blank)
		strbuf_addc(line, '"');
	for (; *word; word++) {
		if (strchr("\\'\"", *word))
			strbuf_addc(line, '\\');
		strbuf_addc(line, *word);
	}
	if (blank)
		strbuf_addc(line, '"');
}

static void add_arguments(struct strbuf *line, const struct strv *words, size_t from)
{
	for (size_t i = from; i < words->n; i++)
		add_argument(line, words->v[i]);
}

/* The first word that is no option of the command itself. */
static size_t first_file(const struct strv *words)
{
	size_t i = 1;

	while (i < words->n && strncmp(words->v[i], "--", 2) == 0)
		i++;
	return i;
}

static int do_linux(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	size_t at = first_file(words);

	(void)err;
	*ret = at < words->n;
	if (!*ret)
		return 0;
	explain_start_done(&grub->start);
	grub->start = (struct explain_start){.what = "linux"};
	grub->start.kernel = url_of(grub, words->v[at]);
	strbuf_addf(&grub->start.command_line, "BOOT_IMAGE=%s", words->v[at]);
	add_arguments(&grub->start.command_line, words, at + 1);
	return 0;
}

static int do_initrd(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	(void)ret;
	(void)err;
	for (size_t i = first_file(words); i < words->n; i++) {
		char *url = url_of(grub, words->v[i]);

		if (url)
			strv_add_take(&grub->start.initrds, url);
	}
	return 0;
}

static int do_multiboot(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	size_t at = first_file(words);

	(void)err;
	*ret = at < words->n;
	if (!*ret)
		return 0;
	explain_start_done(&grub->start);
	grub->start = (struct explain_start){.what = "xen"};
	grub->start.hypervisor = url_of(grub, words->v[at]);
	add_arguments(&grub->start.hypervisor_arguments, words, at + 1);
	return 0;
}

/* The first module is the kernel. */
static int do_module(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	size_t at = first_file(words);

	if (grub->start.kernel)
		return do_initrd(grub, words, ret, err);
	*ret = at < words->n;
	if (!*ret)
		return 0;
	grub->start.kernel = url_of(grub, words->v[at]);
	add_arguments(&grub->start.command_line, words, at + 1);
	return 0;
}

static bool is_built_in(const struct grub *grub, const char *name)
{
	const struct strbuf *program = &grub->explain->program;

	return grub_file_has((struct image_span){program->buf, program->len}, name);
}

/* The signed GRUB has most modules in itself; these it has not, but for some distributions' own,
 * for which no modules are published. The command succeeds even where there is none. Without HTTP,
 * TFTP goes on. */
static int do_insmod(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	static const char *const outside[] = {"http", "multiboot", "multiboot2"};
	const char *name = words->n > 1 ? words->v[1] : "";
	autofile file = {.text = STRBUF_INIT};

	if (is_built_in(grub, name)) {
		grub->has_http |= strcmp(name, outside[0]) == 0;
		return 0;
	}
	for (size_t i = 0; grub->kind != GRUB_OWN && i < ARRAY_SIZE(outside); i++) {
		autofree char *path =
			xasprintf("%s/%s-efi/%s.mod", grub_variable(&grub->script, "prefix"),
				grub_variable(&grub->script, "grub_cpu"), name);

		if (strcmp(name, outside[i]) != 0)
			continue;
		if (grub->explain->machine.secure_boot) {
			explain_problem(grub->explain, "switch Secure Boot off on this machine",
				"Secure Boot is on: the signed GRUB refuses the module %s", name);
			*ret = false;
			return 0;
		}
		if (fetch(grub, path,
			    i == 0 || grub->kind == GRUB_DISTRO ? EXPLAIN_OPTIONAL : EXPLAIN_NEEDED,
			    &file, err) < 0)
			return -1;
		grub->has_http |= i == 0 && file.found;
	}
	return 0;
}

/* Ends */

static int ends_locally(struct grub *grub, const char *note, struct err *err)
{
	autostart start = {.what = "local", .note = note};

	grub->script.over = true;
	return explain_starts(grub->explain, &start, err);
}

static int do_search(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	(void)words;
	(void)ret;
	return ends_locally(grub,
		"GRUB looks for the boot loader of an installed system on its disks; where there "
		"is none, the firmware goes on with its next boot option",
		err);
}

static int do_exit(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	(void)words;
	(void)ret;
	return ends_locally(grub, "the firmware goes on with its next boot option", err);
}

static int do_chainloader(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	size_t at = first_file(words);
	autofree char *url = at < words->n ? url_of(grub, words->v[at]) : NULL;

	(void)ret;
	if (!url)
		return ends_locally(grub, "GRUB starts the boot loader on its disk", err);
	grub->script.over = true;
	return explain_load(grub->explain, url, err);
}

int grub_boot(struct grub *grub, bool *ret, struct err *err)
{
	*ret = grub->start.kernel || grub->start.hypervisor;
	if (!*ret)
		return 0;
	grub->script.over = true;
	return explain_starts(grub->explain, &grub->start, err);
}

static int do_boot(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	(void)words;
	return grub_boot(grub, ret, err);
}

/* Others */

static int do_echo(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;

	(void)ret;
	(void)err;
	for (size_t i = 1; i < words->n; i++)
		strbuf_addf(&text, "%s%s", i > 1 ? " " : "", words->v[i]);
	explain_step(grub->explain, "note", "GRUB shows: %s", text.buf ? text.buf : "");
	free(grub->said);
	grub->said = xstrdup(text.buf ? text.buf : "");
	return 0;
}

/* Where the firmware has loaded GRUB over HTTP, this is how it gets to know its network. */
static int do_net_bootp(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	(void)words;
	(void)ret;
	(void)err;
	grub_set(&grub->script, "net_efinet0_dhcp_mac", grub->explain->machine.mac);
	grub_set(&grub->script, "net_efinet0_dhcp_ip", grub->explain->machine.address);
	return 0;
}

/* Where there is no such file, GRUB goes on with the next command. */
int grub_configfile(struct grub *grub, const char *path, bool *ret, struct err *err)
{
	autofile file = {.text = STRBUF_INIT};

	if (fetch(grub, path, EXPLAIN_OPTIONAL, &file, err) < 0)
		return -1;
	*ret = file.found;
	return file.found ? grub_run_config(grub, file.text.buf, err) : 0;
}

static int do_configfile(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	return words->n > 1 ? grub_configfile(grub, words->v[1], ret, err) : 0;
}

/* Only patterns that are what they look for. */
static int do_regexp(struct grub *grub, const struct strv *words, bool *ret, struct err *err)
{
	(void)grub;
	(void)err;
	*ret = words->n == 3 && strstr(words->v[2], words->v[1]);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct grub *grub, const struct strv *words, bool *ret, struct err *err);
} commands[] = {
	{"configfile", do_configfile},
	{"normal", do_configfile},
	{"source", do_configfile},
	{"linux", do_linux},
	{"linuxefi", do_linux},
	{"initrd", do_initrd},
	{"initrdefi", do_initrd},
	{"multiboot", do_multiboot},
	{"multiboot2", do_multiboot},
	{"module", do_module},
	{"module2", do_module},
	{"insmod", do_insmod},
	{"search", do_search},
	{"chainloader", do_chainloader},
	{"boot", do_boot},
	{"exit", do_exit},
	{"echo", do_echo},
	{"net_bootp", do_net_bootp},
	{"regexp", do_regexp},
};

int grub_command(void *ctx, const struct strv *words, bool *ret, struct err *err)
{
	struct grub *grub = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, words->v[0]) == 0)
			return commands[i].run(grub, words, ret, err);
	return 0; /* terminals, sleep: they change nothing of where this leads */
}
