#include "koan-client/bootloader/pxe_config.h"

#include "koan-client/checks.h"

#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* Where the reader is. */
struct reading {
	struct pxe_config *config;
	const struct pxe_reader *reader;
	bool in_text; /* between TEXT HELP and ENDTEXT */
	bool located; /* the error says where it is: not again for each file around it */
	unsigned depth;
};

static struct pxe_label *current(const struct reading *r)
{
	return r->config->in_label ? &r->config->labels[r->config->n - 1] : NULL;
}

static void replace(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

/* Cuts the first word off; the rest begins at the next one. */
static char *next_word(char **rest)
{
	char *word = *rest;
	size_t len = strcspn(word, BLANKS);

	*rest = word + len;
	if (**rest)
		*(*rest)++ = '\0';
	*rest += strspn(*rest, BLANKS);
	return word;
}

/* A label or a submenu, in the menu that the text is in. NULL: there are too many. */
static struct pxe_label *add_entry(struct reading *r, enum pxe_kind kind, struct err *err)
{
	struct pxe_config *config = r->config;
	struct pxe_label *entry;

	if (config->n == PXE_CONFIG_LABELS) {
		err_set(err, ERR_TOO_BIG, "more than %d labels", PXE_CONFIG_LABELS);
		return NULL;
	}
	config->labels = xreallocarray(config->labels, config->n + 1, sizeof(*config->labels));
	entry = &config->labels[config->n++];
	*entry = (struct pxe_label){.kind = kind, .menu = config->menu};
	config->in_label = kind != PXE_MENU;
	return entry;
}

/* Without a KERNEL its name is the kernel's. */
static int on_label(struct reading *r, char *value, struct err *err)
{
	const char *name = next_word(&value);
	struct pxe_label *label = add_entry(r, pxe_kind_of(name), err);

	if (!label)
		return -1;
	label->name = xstrdup(name);
	label->file = xstrdup(name);
	return 0;
}

static int begin_menu(struct reading *r, struct err *err)
{
	struct pxe_label *entry = add_entry(r, PXE_MENU, err);

	if (!entry)
		return -1;
	entry->submenu = ++r->config->menus;
	r->config->menu = entry->submenu;
	return 0;
}

/* What stands for the menu that the text is in; NULL for the first menu. */
static struct pxe_label *menu_entry(const struct pxe_config *config)
{
	if (!config->labels || !config->menu)
		return NULL;
	for (size_t i = 0; i < config->n; i++)
		if (config->labels[i].submenu == config->menu)
			return &config->labels[i];
	return NULL;
}

static void end_menu(struct reading *r)
{
	const struct pxe_label *menu = menu_entry(r->config);

	r->config->menu = menu ? menu->menu : 0;
	r->config->in_label = false;
}

/* PXELINUX joins all that makes a command line, so words behind a file are arguments. */
static int set_file(struct reading *r, enum pxe_kind kind, const char *file, const char *words)
{
	struct pxe_label *label = current(r);

	if (!label)
		return 0; /* as PXELINUX does with one before all labels */
	label->kind = kind;
	replace(&label->file, file);
	replace(&label->words, words);
	return 0;
}

static int on_kernel(struct reading *r, char *value, struct err *err)
{
	const char *file = next_word(&value);

	(void)err;
	return set_file(r, pxe_kind_of(file), file, value);
}

static int on_linux(struct reading *r, char *value, struct err *err)
{
	const char *file = next_word(&value);
	bool is_kernel = strcasecmp(file, "memdisk") != 0;

	(void)err;
	/* Whatever its name ends in; but memdisk only looks like a kernel. */
	return set_file(r, is_kernel ? PXE_KERNEL : PXE_OTHER, file, value);
}

static int on_config(struct reading *r, char *value, struct err *err)
{
	const char *file = next_word(&value);

	(void)err;
	return set_file(r, PXE_CONFIG, file, value);
}

static int on_other(struct reading *r, char *value, struct err *err)
{
	const char *file = next_word(&value);
	enum pxe_kind kind = pxe_kind_of(file);

	(void)err;
	return set_file(r, kind == PXE_KERNEL ? PXE_OTHER : kind, file, value);
}

static int on_localboot(struct reading *r, char *value, struct err *err)
{
	(void)err;
	return set_file(r, PXE_LOCAL, value, "");
}

static int on_append(struct reading *r, char *value, struct err *err)
{
	struct pxe_label *label = current(r);

	(void)err;
	replace(label ? &label->append : &r->config->append, value);
	return 0;
}

static int on_initrd(struct reading *r, char *value, struct err *err)
{
	struct pxe_label *label = current(r);

	(void)err;
	if (label)
		replace(&label->initrd, value);
	return 0;
}

static int on_ipappend(struct reading *r, char *value, struct err *err)
{
	struct pxe_label *label = current(r);
	char *end = value;
	unsigned long bits = strtoul(value, &end, 0);

	if (!*value || *value == '-' || *end)
		return err_set(err, ERR_INVALID, "'%.40s' is no number of flags", value);
	if (label)
		label->has_ipappend = true;
	*(label ? &label->ipappend : &r->config->ipappend) = (unsigned)bits;
	return 0;
}

static int on_default(struct reading *r, char *value, struct err *err)
{
	(void)err;
	replace(&r->config->default_words, value);
	return 0;
}

static int on_ontimeout(struct reading *r, char *value, struct err *err)
{
	(void)err;
	replace(&r->config->ontimeout_words, value);
	return 0;
}

static int on_ui(struct reading *r, char *value, struct err *err)
{
	(void)err;
	replace(&r->config->ui_words, value);
	return 0;
}

static int on_prompt(struct reading *r, char *value, struct err *err)
{
	(void)err;
	r->config->prompt = strcmp(value, "0") != 0;
	return 0;
}

static int on_text(struct reading *r, char *value, struct err *err)
{
	(void)value;
	(void)err;
	r->in_text = true;
	return 0;
}

static int on_include(struct reading *r, char *value, struct err *err);

/* MENU INCLUDE with a name behind the file: a submenu. */
static int include_menu(struct reading *r, char *value, struct err *err)
{
	const char *name = value + strcspn(value, BLANKS);

	if (!name[strspn(name, BLANKS)])
		return on_include(r, value, err);
	if (begin_menu(r, err) < 0 || on_include(r, value, err) < 0)
		return -1;
	end_menu(r);
	return 0;
}

/* What MENU says of a label; `default` outside of one is about the submenu. */
static void mark_label(struct reading *r, const char *word)
{
	struct pxe_label *label = current(r);
	struct pxe_label *of = label ? label : menu_entry(r->config);

	if (of && strcasecmp(word, "default") == 0)
		of->menu_default = true;
	if (!label)
		return;
	label->hidden |= strcasecmp(word, "hide") == 0;
	label->disabled |= strcasecmp(word, "disable") == 0 || strcasecmp(word, "disabled") == 0;
	if (strcasecmp(word, "goto") == 0 || strcasecmp(word, "exit") == 0 ||
		strcasecmp(word, "quit") == 0)
		label->kind = PXE_NONE;
}

static int on_menu(struct reading *r, char *value, struct err *err)
{
	const char *word = next_word(&value);

	if (strcasecmp(word, "include") == 0)
		return include_menu(r, value, err);
	if (strcasecmp(word, "begin") == 0)
		return begin_menu(r, err);
	if (strcasecmp(word, "end") == 0)
		end_menu(r);
	else if (strcasecmp(word, "separator") == 0)
		r->config->in_label = false;
	else if (strcasecmp(word, "start") == 0)
		r->config->start = r->config->menu;
	else
		mark_label(r, word);
	return 0;
}

static const struct keyword {
	const char *name;
	int (*set)(struct reading *r, char *value, struct err *err);
	bool for_people; /* in whatever character set */
} keywords[] = {
	{.name = "append", .set = on_append},
	{.name = "boot", .set = on_other},
	{.name = "bss", .set = on_other},
	{.name = "com32", .set = on_other},
	{.name = "config", .set = on_config},
	{.name = "default", .set = on_default},
	{.name = "fdimage", .set = on_other},
	{.name = "include", .set = on_include},
	{.name = "initrd", .set = on_initrd},
	{.name = "ipappend", .set = on_ipappend},
	{.name = "kernel", .set = on_kernel},
	{.name = "label", .set = on_label},
	{.name = "linux", .set = on_linux},
	{.name = "localboot", .set = on_localboot},
	{.name = "menu", .set = on_menu, .for_people = true},
	{.name = "ontimeout", .set = on_ontimeout},
	{.name = "prompt", .set = on_prompt},
	{.name = "pxe", .set = on_other},
	{.name = "sysappend", .set = on_ipappend},
	{.name = "text", .set = on_text, .for_people = true},
	{.name = "ui", .set = on_ui},
};

static int read_line(struct reading *r, char *line, struct err *err)
{
	size_t len = strlen(line);
	const char *word;

	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	for (char *tab = line; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	line += strspn(line, BLANKS);
	if (r->in_text) {
		r->in_text = strncasecmp(line, "endtext", 7) != 0;
		return 0;
	}
	if (!*line || *line == '#')
		return 0;
	word = next_word(&line);
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		const char *bad;

		if (strcasecmp(keywords[i].name, word) != 0)
			continue;
		bad = keywords[i].for_people ? NULL : check_line(line);
		if (bad)
			return err_set(err, ERR_INVALID, "%s %s", keywords[i].name, bad);
		return keywords[i].set(r, line, err);
	}
	return 0;
}

static int read_text(
	struct reading *r, const char *name, const char *text, size_t len, struct err *err)
{
	autofree char *copy = xstrndup(text, len);
	char *rest = copy;
	unsigned number = 0;

	if (len > PXE_CONFIG_BYTES || ++r->config->files > PXE_CONFIG_FILES)
		return err_set(err, ERR_TOO_BIG,
			"%s: a configuration may have %d files of %zu bytes each", name,
			PXE_CONFIG_FILES, PXE_CONFIG_BYTES);
	if (memchr(text, '\0', len))
		return err_set(err, ERR_INVALID, "%s is no text file: it has a NUL byte", name);
	for (char *line; (line = strsep(&rest, "\n"));) {
		number++;
		if (read_line(r, line, err) == 0)
			continue;
		if (!r->located)
			err_wrap(err, "%s line %u", name, number);
		r->located = true;
		return -1;
	}
	r->in_text = false;
	return 0;
}

static int on_include(struct reading *r, char *value, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	const char *path = next_word(&value);
	const char *why = check_word(path);
	int bad;

	if (why)
		return err_set(err, ERR_INVALID, "include: the file's name %s", why);
	if (r->depth == PXE_CONFIG_DEPTH)
		return err_set(
			err, ERR_TOO_BIG, "files include one another %d deep", PXE_CONFIG_DEPTH);
	if (r->reader->read(r->reader->ctx, path, &text, err) < 0)
		return -1;
	r->depth++;
	bad = read_text(r, path, text.buf, text.len, err);
	r->depth--;
	return bad;
}

int pxe_config_read(struct pxe_config *config, const char *name, const char *text, size_t len,
	const struct pxe_reader *reader, struct err *err)
{
	struct reading r = {.config = config, .reader = reader};

	return read_text(&r, name, text, len, err);
}

void pxe_config_done(struct pxe_config *config)
{
	for (size_t i = 0; i < config->n; i++) {
		free(config->labels[i].name);
		free(config->labels[i].file);
		free(config->labels[i].words);
		free(config->labels[i].append);
		free(config->labels[i].initrd);
	}
	free(config->labels);
	free(config->default_words);
	free(config->ontimeout_words);
	free(config->ui_words);
	free(config->append);
	*config = (struct pxe_config){0};
}
