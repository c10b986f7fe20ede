/*
 * iPXE's scripts (ipxe.org/scripting, ipxe.org/cmd), as far as boot files use them: ${settings},
 * labels, `||`, `&&` and `;`, images, menus.
 */
#include "boot/explain.h"

#include "base/net.h"

#include <string.h>

struct ipxe {
	struct explain *explain;
	const char *url;   /* of the script: others are relative to it */
	struct strv lines; /* trimmed */
	size_t next;
	json_t *settings;
	struct explain_start start;
	struct strv item; /* of the menu: label, title, label, title … */
	bool over;
};

/* ${mac:hexhyp} and the like; what is not known is empty, as in iPXE. */
static void add_setting(const struct ipxe *ipxe, const char *name, struct strbuf *ret)
{
	const struct boot_machine *machine = &ipxe->explain->machine;
	const char *value = json_get_str(ipxe->settings, name);
	char text[MAC_TEXT];
	struct mac mac;

	if (value) {
		strbuf_adds(ret, value);
	} else if (strncmp(name, "mac", 3) == 0 || strncmp(name, "net0/mac", 8) == 0) {
		if (mac_parse(machine->mac, &mac, NULL) < 0)
			return;
		mac_format(&mac, strstr(name, ":hexhyp") ? '-' : ':', text);
		strbuf_adds(ret, text);
	} else if (strcmp(name, "platform") == 0) {
		strbuf_adds(ret, machine->uefi ? "efi" : "pcbios");
	} else if (strcmp(name, "next-server") == 0) {
		strbuf_adds(ret, ipxe->explain->server);
	} else if (strcmp(name, "ip") == 0 || strcmp(name, "net0/ip") == 0) {
		strbuf_adds(ret, machine->address);
	} else if (strcmp(name, "buildarch") == 0) {
		strbuf_adds(ret, machine->arch == 11 || machine->arch == 19 ? "arm64"
				 : !machine->uefi || machine->arch == 6     ? "i386"
									    : "x86_64");
	}
}

static void expand(const struct ipxe *ipxe, const char *line, struct strbuf *ret)
{
	for (const char *c = line; *c;) {
		const char *end = strncmp(c, "${", 2) == 0 ? strchr(c, '}') : NULL;
		autofree char *name = NULL;

		if (!end) {
			strbuf_addc(ret, *c++);
			continue;
		}
		name = xstrndup(c + 2, (size_t)(end - c - 2));
		add_setting(ipxe, name, ret);
		c = end + 1;
	}
}

/* The words behind the options of a command; where there are none "". */
static const char *argument(char *const *word, size_t n, size_t i)
{
	static const char *const with_value[] = {
		"--default", "--timeout", "--drive", "--name", "--filename", "--key", NULL};
	size_t at = 1;

	for (; at < n; at++) {
		const char *name = word[at];

		if (strncmp(name, "--", 2) == 0) {
			for (const char *const *option = with_value; *option; option++)
				at += strcmp(*option, name) == 0;
			continue;
		}
		if (i-- == 0)
			return word[at];
	}
	return "";
}

static const char *option(char *const *word, size_t n, const char *name)
{
	for (size_t i = 1; i + 1 < n; i++)
		if (strcmp(word[i], name) == 0)
			return word[i + 1];
	return NULL;
}

static bool is_there(struct ipxe *ipxe, const char *url, bool *ret, struct err *err)
{
	struct explain_file file;

	if (ipxe->explain->open(ipxe->explain->ctx, url, &file, err) < 0)
		return false;
	*ret = file.found || file.elsewhere;
	explain_file_done(&file);
	return true;
}

/* kernel URL ARGUMENTS: the first image that is loaded is what `boot` starts. */
static int do_kernel(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	const char *name = argument(word, n, 0);
	const char *slash = strrchr(name, '/');
	struct explain_start *start = &ipxe->start;
	size_t at = 1;

	explain_start_done(start);
	*start = (struct explain_start){.kernel = explain_beside(ipxe->url, name)};
	start->what = explain_what(name);
	/* A UEFI program is told its own name first. */
	if (ipxe->explain->machine.uefi)
		strbuf_adds(&start->command_line, slash ? slash + 1 : name);
	while (at < n && word[at] != name)
		at++;
	for (at++; at < n; at++)
		strbuf_addf(
			&start->command_line, "%s%s", start->command_line.len ? " " : "", word[at]);
	if (!is_there(ipxe, start->kernel, ret, err))
		return -1;
	if (!*ret)
		explain_problem(ipxe->explain, "bootwright sync", "%s is needed and not there",
			start->kernel);
	return 0;
}

static int do_initrd(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	char *url = explain_beside(ipxe->url, argument(word, n, 0));
	bool asked = is_there(ipxe, url, ret, err);

	if (asked && !*ret)
		explain_problem(
			ipxe->explain, "bootwright sync", "%s is needed and not there", url);
	strv_add_take(&ipxe->start.initrds, url);
	return asked ? 0 : -1;
}

static int do_boot(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	(void)word;
	(void)n;
	*ret = ipxe->start.kernel;
	if (!*ret)
		return 0;
	ipxe->over = true;
	return explain_starts(ipxe->explain, &ipxe->start, err);
}

static int do_chain(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	autofree char *url = explain_beside(ipxe->url, argument(word, n, 0));

	if (!is_there(ipxe, url, ret, err))
		return -1;
	if (!*ret) {
		explain_step(ipxe->explain, "file", "%s: not there", url);
		return 0;
	}
	ipxe->over = true;
	return explain_load(ipxe->explain, url, err);
}

static int do_sanboot(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	const char *what = argument(word, n, 0);
	autostart start = {.what = *what ? "san" : "local",
		.note = *what ? NULL : "iPXE starts the first disk of the BIOS"};

	(void)ret;
	ipxe->over = true;
	if (strncmp(what, "http", 4) == 0)
		start.kernel = xstrdup(what);
	else if (*what)
		explain_step(ipxe->explain, "note", "iPXE connects %s", what);
	return explain_starts(ipxe->explain, &start, err);
}

static int do_sanhook(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	(void)ret;
	(void)err;
	explain_step(
		ipxe->explain, "note", "iPXE attaches %s as the first disk", argument(word, n, 0));
	return 0;
}

static int do_exit(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	autostart start = {.what = "local",
		.note = "iPXE gives the firmware back, which goes on with its next boot option"};

	(void)word;
	(void)n;
	(void)ret;
	ipxe->over = true;
	return explain_starts(ipxe->explain, &start, err);
}

/* Our files' label for what could not be loaded, or what this firmware cannot start (memdisk by
 * UEFI): the machine goes on to its disk, which is not what its file is for. */
static void note_failure(struct ipxe *ipxe, const char *label)
{
	if (strcmp(label, "failed") == 0 && !json_array_size(ipxe->explain->problems))
		explain_problem(ipxe->explain, "boot it another way, or let it boot something else",
			"iPXE cannot start what its file names");
}

static int do_goto(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	const char *label = argument(word, n, 0);

	(void)err;
	for (size_t i = 0; i < ipxe->lines.n; i++)
		if (*ipxe->lines.v[i] == ':' && strcmp(ipxe->lines.v[i] + 1, label) == 0) {
			ipxe->next = i;
			note_failure(ipxe, label);
			return 0;
		}
	*ret = false;
	explain_problem(ipxe->explain, "look at the template of iPXE's files",
		"it goes to the label '%s', which is not there", label);
	return 0;
}

static int do_iseq(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	(void)ipxe;
	(void)err;
	*ret = n == 3 && strcmp(word[1], word[2]) == 0;
	return 0;
}

static int do_isset(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	(void)ipxe;
	(void)err;
	(void)word;
	*ret = n > 1;
	return 0;
}

static int do_set(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	autostrbuf value = STRBUF_INIT;

	(void)ret;
	(void)err;
	for (size_t i = 2; i < n; i++)
		strbuf_addf(&value, "%s%s", i > 2 ? " " : "", word[i]);
	if (n > 1 && strncmp(word[1], "210:", 4) == 0)
		snprintf(ipxe->explain->prefix, sizeof(ipxe->explain->prefix), "%s",
			value.buf ? value.buf : "");
	if (n > 1)
		json_set_str(ipxe->settings, word[1], value.buf ? value.buf : "");
	if (n > 1 && strcmp(word[1], "next-server") == 0)
		snprintf(ipxe->explain->server, sizeof(ipxe->explain->server), "%s",
			value.buf ? value.buf : "");
	return 0;
}

static int do_menu(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	(void)word;
	(void)n;
	(void)ret;
	(void)err;
	strv_done(&ipxe->item);
	ipxe->item = (struct strv)STRV_INIT;
	return 0;
}

/* item LABEL TITLE…; those of menus below end in an ellipsis. */
static int do_item(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	const char *label = argument(word, n, 0);
	autostrbuf title = STRBUF_INIT;
	size_t at = 1;

	(void)ret;
	(void)err;
	while (at < n && word[at] != label)
		at++;
	for (at++; at < n; at++)
		if (at + 1 < n || strcmp(word[at], "...") != 0)
			strbuf_addf(&title, "%s%s", title.len ? " " : "", word[at]);
	strv_add(&ipxe->item, label);
	strv_add(&ipxe->item, title.buf ? title.buf : "");
	return 0;
}

static const char *label_of(const struct ipxe *ipxe, const char *title)
{
	for (size_t i = 0; i + 1 < ipxe->item.n; i += 2)
		if (strcmp(ipxe->item.v[i + 1], title) == 0)
			return ipxe->item.v[i];
	return NULL;
}

/* choose --default LABEL --timeout MS SETTING */
static int do_choose(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	const char *label = option(word, n, "--default");
	const char *timeout = option(word, n, "--timeout");
	autofree char *choice = explain_choice(ipxe->explain);

	(void)err;
	explain_step(ipxe->explain, "config",
		"a menu of %zu entries; unless somebody chooses, '%s' is started after %ld seconds",
		ipxe->item.n / 2, label ? label : "nothing",
		timeout ? strtol(timeout, NULL, 10) / 1000 : 0);
	if (choice) {
		label = label_of(ipxe, choice);
		if (label)
			explain_step(ipxe->explain, "config", "somebody chooses '%s'", choice);
		else
			explain_no_entry(ipxe->explain, choice);
		ipxe->over = !label;
	}
	*ret = label;
	if (label)
		json_set_str(ipxe->settings, argument(word, n, 0), label);
	return 0;
}

static int do_echo(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;

	(void)ret;
	(void)err;
	for (size_t i = 1; i < n; i++)
		strbuf_addf(&text, "%s%s", i > 1 ? " " : "", word[i]);
	explain_step(ipxe->explain, "note", "iPXE shows: %s", text.buf ? text.buf : "");
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err);
} commands[] = {
	{"kernel", do_kernel},
	{"initrd", do_initrd},
	{"boot", do_boot},
	{"chain", do_chain},
	{"sanboot", do_sanboot},
	{"sanhook", do_sanhook},
	{"exit", do_exit},
	{"goto", do_goto},
	{"iseq", do_iseq},
	{"isset", do_isset},
	{"set", do_set},
	{"menu", do_menu},
	{"item", do_item},
	{"choose", do_choose},
	{"echo", do_echo},
};

/* What is not known here (sleep, ifopen) succeeds. */
static int run_words(struct ipxe *ipxe, char *const *word, size_t n, bool *ret, struct err *err)
{
	*ret = true;
	for (size_t i = 0; n && i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, word[0]) == 0)
			return commands[i].run(ipxe, word, n, ret, err);
	return 0;
}

static bool is_end(const char *word)
{
	return strcmp(word, "||") == 0 || strcmp(word, "&&") == 0 || strcmp(word, ";") == 0;
}

/* A command and what is joined to it: each is run where the one before it allows that. */
static int run_line(struct ipxe *ipxe, const char *line, bool *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	autostrv words = STRV_INIT;
	const char *before = ";";

	expand(ipxe, line, &text);
	strv_split(&words, text.buf ? text.buf : "", " \t");
	*ret = true;
	for (size_t i = 0; i <= words.n && !ipxe->over; i++) {
		size_t first = i;

		while (i < words.n && !is_end(words.v[i]))
			i++;
		if ((strcmp(before, ";") == 0 || *ret == (strcmp(before, "&&") == 0)) &&
			run_words(ipxe, words.v + first, i - first, ret, err) < 0)
			return -1;
		before = i < words.n ? words.v[i] : ";";
		if (i == words.n)
			break;
	}
	return 0;
}

static void read_lines(struct ipxe *ipxe, const char *text)
{
	autostrv lines = STRV_INIT;

	strv_split(&lines, text, "\r\n");
	strv_for_each (line, &lines)
		strv_add(&ipxe->lines, line + strspn(line, " \t"));
}

/* A command that fails ends the script, and with it iPXE. */
static int run_script(struct ipxe *ipxe, struct err *err)
{
	struct explain *explain = ipxe->explain;
	bool went_well = true;

	while (ipxe->next < ipxe->lines.n && went_well && !ipxe->over) {
		const char *line = ipxe->lines.v[ipxe->next++];

		if (!explain->budget) {
			explain_problem(explain, "look at the template of iPXE's files",
				"its script does not come to an end");
			return 0;
		}
		explain->budget--;
		if (*line != '#' && *line != ':' && run_line(ipxe, line, &went_well, err) < 0)
			return -1;
	}
	if (!ipxe->over && !explain_is_over(explain))
		explain_problem(explain, "look at the template of iPXE's files",
			"its script ends without starting anything");
	return 0;
}

int explain_ipxe(
	struct explain *explain, const char *url, const struct strbuf *script, struct err *err)
{
	struct ipxe ipxe = {.explain = explain, .url = url, .settings = json_object()};
	int result;

	read_lines(&ipxe, script->buf ? script->buf : "");
	result = run_script(&ipxe, err);
	strv_done(&ipxe.lines);
	strv_done(&ipxe.item);
	explain_start_done(&ipxe.start);
	json_decref(ipxe.settings);
	return result;
}
