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
	return r->config->n ? &r->config->labels[r->config->n - 1] : NULL;
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

static int add_label(struct reading *r, char *value, struct err *err)
{
	struct pxe_config *config = r->config;

	if (config->n == PXE_CONFIG_LABELS)
		return err_set(err, ERR_TOO_BIG, "more than %d labels", PXE_CONFIG_LABELS);
	config->labels = xreallocarray(config->labels, config->n + 1, sizeof(*config->labels));
	config->labels[config->n++] = (struct pxe_label){.name = xstrdup(next_word(&value))};
	return 0;
}

static int set_file(struct reading *r, enum pxe_kind kind, const char *value)
{
	struct pxe_label *label = current(r);

	if (!label)
		return 0; /* as PXELINUX does with one before all labels */
	label->kind = kind;
	replace(&label->file, value);
	return 0;
}

static int on_kernel(struct reading *r, char *value, struct err *err)
{
	(void)err;
	return set_file(r, pxe_kind_of(value), value);
}

static int on_linux(struct reading *r, char *value, struct err *err)
{
	(void)err;
	/* Whatever its name ends in; but memdisk only looks like a kernel. */
	return set_file(r, strcasecmp(value, "memdisk") == 0 ? PXE_OTHER : PXE_KERNEL, value);
}

static int on_config(struct reading *r, char *value, struct err *err)
{
	(void)err;
	return set_file(r, PXE_CONFIG, value);
}

static int on_other(struct reading *r, char *value, struct err *err)
{
	enum pxe_kind kind = pxe_kind_of(value);

	(void)err;
	return set_file(r, kind == PXE_KERNEL ? PXE_OTHER : kind, value);
}

static int on_localboot(struct reading *r, char *value, struct err *err)
{
	(void)err;
	return set_file(r, PXE_LOCAL, value);
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
	uint64_t bits;

	if (!parse_number(value, 0, 0xffff, &bits))
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
	(void)err;
	r->in_text = strcasecmp(next_word(&value), "help") == 0;
	return 0;
}

static int on_include(struct reading *r, char *value, struct err *err);

static int on_menu(struct reading *r, char *value, struct err *err)
{
	struct pxe_label *label = current(r);
	const char *word = next_word(&value);

	if (strcasecmp(word, "include") == 0)
		return on_include(r, value, err);
	if (strcasecmp(word, "default") == 0 && label)
		label->menu_default = true;
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
	{.name = "label", .set = add_label},
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
