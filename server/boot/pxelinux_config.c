#include "boot/pxelinux_config.h"

#include "base/strv.h"

#include <string.h>
#include <strings.h>

void pxelinux_config_done(struct pxelinux_config *config)
{
	for (size_t i = 0; i < config->n; i++) {
		free(config->label[i].name);
		free(config->label[i].title);
		free(config->label[i].kernel);
		free(config->label[i].append);
		free(config->label[i].initrd);
	}
	for (size_t i = 0; i < config->menus; i++)
		free(config->menu[i].title);
	free(config->label);
	free(config->menu);
	free(config->fallback);
	free(config->on_timeout);
}

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

static void add_label(struct pxelinux_config *config, const char *name)
{
	config->label = xreallocarray(config->label, config->n + 1, sizeof(*config->label));
	config->label[config->n++] =
		(struct pxelinux_label){.name = xstrdup(name), .menu = config->open};
}

static void open_menu(struct pxelinux_config *config, const char *title)
{
	config->menu = xreallocarray(config->menu, config->menus + 1, sizeof(*config->menu));
	config->menu[config->menus] =
		(struct pxelinux_menu){.title = xstrdup(title), .above = config->open};
	config->open = config->menus++;
}

static bool is_word(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(word, *words) == 0)
			return true;
	return false;
}

/* Cuts a line after its first word and returns what follows. */
static char *cut_word(char *line)
{
	size_t len = strcspn(line, " \t");
	char *rest = line + len + strspn(line + len, " \t");

	line[len] = '\0';
	return rest;
}

/* MENU WORD …. Before the first label of a menu, LABEL is what the menu above shows of it. */
static void read_menu(struct pxelinux_config *config, char *word)
{
	struct pxelinux_label *label = config->n ? &config->label[config->n - 1] : NULL;
	char *value = cut_word(word);

	if (label && label->menu != config->open)
		label = NULL;
	if (strcasecmp(word, "begin") == 0)
		open_menu(config, value);
	else if (strcasecmp(word, "end") == 0)
		config->open = config->menu[config->open].above;
	else if (strcasecmp(word, "title") == 0)
		set_text(&config->menu[config->open].title, value);
	else if (strcasecmp(word, "label") == 0)
		set_text(label ? &label->title : &config->menu[config->open].title, value);
	else if (strcasecmp(word, "default") == 0 && label && !config->on_timeout)
		set_text(&config->on_timeout, label->name);
}

static void read_option(struct pxelinux_config *config, const char *word, char *value)
{
	static const char *const kernels[] = {
		"kernel", "linux", "boot", "com32", "pxe", "bss", "fdimage", "config", NULL};
	static const char *const sysappends[] = {"ipappend", "sysappend", NULL};
	static const char *const defaults[] = {"default", "ui", NULL};
	struct pxelinux_label *label = config->n ? &config->label[config->n - 1] : NULL;

	if (strcasecmp(word, "label") == 0)
		add_label(config, value);
	else if (strcasecmp(word, "menu") == 0)
		read_menu(config, value);
	else if (is_word(word, defaults))
		set_text(&config->fallback, value);
	else if (strcasecmp(word, "ontimeout") == 0)
		set_text(&config->on_timeout, value);
	else if (label && is_word(word, sysappends))
		label->sysappend = (unsigned)strtoul(value, NULL, 0);
	else if (label && is_word(word, kernels))
		set_text(&label->kernel, value);
	else if (label && strcasecmp(word, "append") == 0)
		set_text(&label->append, value);
	else if (label && strcasecmp(word, "initrd") == 0)
		set_text(&label->initrd, value);
	else if (label && strcasecmp(word, "localboot") == 0)
		label->local = true;
}

void pxelinux_config_read(const char *text, struct pxelinux_config *ret)
{
	autostrv lines = STRV_INIT;

	*ret = (struct pxelinux_config){.n = 0};
	open_menu(ret, "");
	strv_split(&lines, text, "\r\n");
	strv_for_each (line, &lines) {
		char *word = line + strspn(line, " \t");
		char *value;

		if (*word == '#' || !*word)
			continue;
		for (size_t n = strlen(word); n && strchr(" \t", word[n - 1]);)
			word[--n] = '\0';
		value = cut_word(word);
		read_option(ret, word, value);
	}
}

const struct pxelinux_label *pxelinux_label_named(
	const struct pxelinux_config *config, const char *name)
{
	for (size_t i = 0; name && i < config->n; i++)
		if (strcmp(config->label[i].name, name) == 0)
			return &config->label[i];
	return NULL;
}

const struct pxelinux_label *pxelinux_label_shown(
	const struct pxelinux_config *config, const char *title, size_t *menu)
{
	for (size_t i = 0; i < config->n; i++) {
		const struct pxelinux_label *label = &config->label[i];

		if (label->menu == *menu &&
			strcmp(label->title ? label->title : label->name, title) == 0)
			return label;
	}
	for (size_t i = 1; i < config->menus; i++)
		if (config->menu[i].above == *menu && strcmp(config->menu[i].title, title) == 0) {
			*menu = i;
			return NULL;
		}
	return NULL;
}
