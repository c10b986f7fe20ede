/* Which label of a PXELINUX configuration starts, and what it is. */
#include "koan-client/bootloader/pxe_config.h"

#include <string.h>
#include <strings.h>

/* A file's name without its folder, such as "chain.c32". */
static bool is_module(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');

	return strcasecmp(slash ? slash + 1 : file, name) == 0;
}

static bool is_menu(const char *file)
{
	return is_module(file, "menu.c32") || is_module(file, "vesamenu.c32");
}

static bool ends_in(const char *file, const char *end)
{
	size_t len = strlen(file);

	return len > strlen(end) && strcasecmp(file + len - strlen(end), end) == 0;
}

enum pxe_kind pxe_kind_of(const char *file)
{
	static const char *const endings[] = {
		".c32", ".0", ".bin", ".bs", ".bss", ".com", ".cbt", ".img"};

	if (is_module(file, "chain.c32") || is_module(file, "localboot.c32"))
		return PXE_LOCAL;
	if (is_menu(file))
		return PXE_CONFIG;
	if (is_module(file, "memdisk"))
		return PXE_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (ends_in(file, endings[i]))
			return PXE_OTHER;
	return PXE_KERNEL;
}

static bool has_name(const struct pxe_label *label)
{
	return label->name && !label->disabled;
}

/* By its name; PXELINUX does not look at the case, but two labels may differ in it only. */
static const struct pxe_label *find(const struct pxe_config *config, const char *name)
{
	for (size_t i = 0; i < config->n; i++)
		if (has_name(&config->labels[i]) && strcmp(config->labels[i].name, name) == 0)
			return &config->labels[i];
	for (size_t i = 0; i < config->n; i++)
		if (has_name(&config->labels[i]) && strcasecmp(config->labels[i].name, name) == 0)
			return &config->labels[i];
	return NULL;
}

static int no_label(const struct pxe_config *config, const char *name, struct err *err)
{
	autostrv names = STRV_INIT;
	autostrbuf all = STRBUF_INIT;

	for (size_t i = 0; i < config->n && names.n < 20; i++)
		if (has_name(&config->labels[i]))
			strv_add(&names, config->labels[i].name);
	strv_join(&names, ", ", &all);
	if (name)
		return err_set(err, ERR_NOT_FOUND, "no label '%.60s'; there are: %.300s", name,
			all.len ? all.buf : "none");
	return err_set(err, ERR_NOT_FOUND,
		"nothing in it starts by itself; give --label=NAME, one of: %.300s",
		all.len ? all.buf : "none");
}

/* Appends the words but for initrd=, which is for the loader; the first of those counts (measured:
 * PXELINUX 6.04). */
static void add_words(const char *text, struct pxe_entry *ret, char **initrd)
{
	while (*text) {
		size_t gap = strspn(text, " ");
		size_t len = strcspn(text + gap, " ");

		if (strncasecmp(text + gap, "initrd=", 7) == 0) {
			if (!*initrd)
				*initrd = xstrndup(text + gap + 7, len - 7);
		} else if (len) {
			if (ret->args.len)
				strbuf_addf(&ret->args, "%*s", gap ? (int)gap : 1, "");
			strbuf_add(&ret->args, text + gap, len);
		}
		text += gap + len;
	}
}

static int check_kernel(const struct pxe_entry *entry, struct err *err)
{
	return *entry->file ? 0 : err_set(err, ERR_INVALID, "it names no kernel");
}

/* `label` is NULL for a kernel that no label names. */
static int take_kernel(const struct pxe_config *config, const struct pxe_label *label,
	const char *more, struct pxe_entry *ret, struct err *err)
{
	const char *append = label && label->append ? label->append : config->append;
	autofree char *initrd = NULL;

	if (label && label->words)
		add_words(label->words, ret, &initrd);
	if (append && strcmp(append, "-") != 0)
		add_words(append, ret, &initrd);
	if (label && label->initrd && !initrd) /* an argument behind those of APPEND */
		initrd = xstrdup(label->initrd);
	if (more)
		add_words(more, ret, &initrd);
	if (initrd)
		strv_split(&ret->initrds, initrd, ",");
	return check_kernel(ret, err);
}

/* The files that a menu shows in place of this one. */
static int take_files(const char *words, struct pxe_entry *ret, struct err *err)
{
	strv_split(&ret->files, words ? words : "", " ");
	if (ret->files.n == 0)
		return err_set(err, ERR_INVALID, "it shows the same menu again");
	return 0;
}

/* CONFIG FILE [FOLDER], where the folder may also be APPEND's; or a menu with its files. */
static int take_config(const struct pxe_label *label, struct pxe_entry *ret, struct err *err)
{
	autofree char *words = xasprintf("%s %s", label->words ? label->words : "",
		label->append && strcmp(label->append, "-") != 0 ? label->append : "");
	autostrv folders = STRV_INIT;

	if (is_menu(label->file))
		return take_files(words, ret, err);
	strv_split(&folders, words, " ");
	if (folders.n)
		ret->folder = xstrdup(folders.v[0]);
	return take_files(label->file, ret, err);
}

static int take_label(const struct pxe_config *config, const struct pxe_label *label,
	const char *more, struct pxe_entry *ret, struct err *err)
{
	ret->kind = label->kind;
	ret->label = xstrdup(label->name);
	ret->file = xstrdup_null(label->file);
	ret->ipappend = label->has_ipappend ? label->ipappend : config->ipappend;
	switch (label->kind) {
	case PXE_LOCAL:
		return 0;
	case PXE_KERNEL:
		return take_kernel(config, label, more, ret, err);
	case PXE_CONFIG:
		return take_config(label, ret, err);
	case PXE_OTHER:
		return err_set(err, ERR_INVALID,
			"'%.100s' is a program for a machine's firmware; a guest can start a Linux "
			"kernel, or from its disk",
			label->file);
	case PXE_NONE:
	case PXE_MENU:
		return err_set(err, ERR_INVALID, "it starts nothing");
	}
	return 0;
}

/* DEFAULT and ONTIMEOUT: a label or a kernel, with arguments. */
static int take_words(
	const struct pxe_config *config, const char *words, struct pxe_entry *ret, struct err *err)
{
	size_t len = strcspn(words, " ");
	autofree char *name = xstrndup(words, len);
	const char *more = words + len + strspn(words + len, " ");
	const struct pxe_label *label = find(config, name);

	if (label)
		return take_label(config, label, more, ret, err);
	ret->kind = pxe_kind_of(name);
	/* Without a folder or an ending it was meant to be a label. */
	if (ret->kind != PXE_KERNEL || (config->n && !strpbrk(name, "/.")))
		return no_label(config, name, err);
	ret->file = TAKE(name);
	ret->ipappend = config->ipappend;
	return take_kernel(config, NULL, more, ret, err);
}

static bool is_in(const struct pxe_label *label, size_t menu)
{
	return label->menu == menu && label->kind != PXE_NONE && !label->hidden && !label->disabled;
}

/* The last one with MENU DEFAULT, else the first; of a submenu its own. NULL: there is none. */
static const struct pxe_label *default_of(const struct pxe_config *config, size_t menu)
{
	const struct pxe_label *found;

	do {
		found = NULL;
		for (size_t i = 0; i < config->n; i++)
			if (is_in(&config->labels[i], menu) &&
				(!found || config->labels[i].menu_default))
				found = &config->labels[i];
		menu = found ? found->submenu : 0; /* a greater number: this ends */
	} while (menu);
	return found;
}

/* The words of UI or DEFAULT where they are a menu, else NULL. */
static const char *menu_words(const struct pxe_config *config)
{
	const char *words = config->ui_words ? config->ui_words : config->default_words;
	autofree char *name = words ? xstrndup(words, strcspn(words, " ")) : NULL;

	return name && is_menu(name) ? words : NULL;
}

/* The files that a menu shows in place of the one that it stands in, or NULL. */
static const char *menu_files(const char *menu)
{
	const char *files = menu + strcspn(menu, " ");

	files += strspn(files, " ");
	return *files ? files : NULL;
}

/* Where UI names the menu, DEFAULT is for the label that it begins with. */
static const struct pxe_label *beside_ui(const struct pxe_config *config)
{
	const char *words = config->ui_words ? config->default_words : NULL;
	autofree char *name = words ? xstrndup(words, strcspn(words, " ")) : NULL;
	const struct pxe_label *label = name ? find(config, name) : NULL;

	return label && !label->hidden ? label : NULL;
}

static int choose_in_menu(
	const struct pxe_config *config, const char *menu, struct pxe_entry *ret, struct err *err)
{
	const struct pxe_label *label = beside_ui(config);

	if (menu_files(menu)) {
		ret->kind = PXE_CONFIG;
		return take_files(menu_files(menu), ret, err);
	}
	if (!label)
		label = default_of(config, config->start);
	return label ? take_label(config, label, NULL, ret, err) : no_label(config, NULL, err);
}

static int choose(
	const struct pxe_config *config, const char *name, struct pxe_entry *ret, struct err *err)
{
	const struct pxe_label *label = name ? find(config, name) : NULL;
	const char *menu = menu_words(config);

	if (label)
		return take_label(config, label, NULL, ret, err);
	if (name && !(menu && menu_files(menu)))
		return no_label(config, name, err);
	if (config->ontimeout_words && (menu || config->prompt || !config->default_words))
		return take_words(config, config->ontimeout_words, ret, err);
	if (menu)
		return choose_in_menu(config, menu, ret, err);
	if (config->default_words)
		return take_words(config, config->default_words, ret, err);
	label = default_of(config, 0);
	return label && label->menu_default ? take_label(config, label, NULL, ret, err)
	                                    : no_label(config, NULL, err);
}

int pxe_config_choose(
	const struct pxe_config *config, const char *label, struct pxe_entry *ret, struct err *err)
{
	*ret = (struct pxe_entry){.args = STRBUF_INIT};
	if (choose(config, label, ret, err) == 0)
		return 0;
	return ret->label ? err_wrap(err, "label '%.60s'", ret->label) : -1;
}

void pxe_entry_done(struct pxe_entry *entry)
{
	free(entry->label);
	free(entry->file);
	free(entry->folder);
	strv_done(&entry->files);
	strv_done(&entry->initrds);
	strbuf_done(&entry->args);
	*entry = (struct pxe_entry){.args = STRBUF_INIT};
}
