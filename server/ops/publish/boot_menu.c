#include "ops/publish/boot_menu.h"

#include "model/types.h"
#include "ops/publish/loaders.h"

#include <string.h>

int menu_chains_load(struct server *server, struct menu_chains *ret, struct err *err)
{
	*ret = (struct menu_chains){.entries = CHAIN_LIST_INIT, .menus = CHAIN_LIST_INIT};
	if (chain_list_add(server, &profile_type, &ret->entries, err) == 0 &&
		chain_list_add(server, &image_type, &ret->entries, err) == 0 &&
		chain_list_add(server, &menu_type, &ret->menus, err) == 0)
		return 0;
	menu_chains_done(ret);
	return -1;
}

void menu_chains_done(struct menu_chains *chains)
{
	chain_list_done(&chains->entries);
	chain_list_done(&chains->menus);
}

bool menu_has_memtest(void)
{
	return loader_find(loader_named("memtest")) && loader_find(loader_named("memtest.efi"));
}

static bool unknown_get(const struct chain *settings, const char *what)
{
	return strcmp(resolved_str(chain_end(settings), "unknown_machines"), what) == 0;
}

bool menu_wanted(const struct boot_format *format, const struct chain *settings)
{
	return format->menu_finds_systems || !unknown_get(settings, "none");
}

int menu_render(struct template_env *env, const struct boot_format *format,
	const struct chain *settings, const struct menu_chains *chains, struct strbuf *ret,
	struct strv *templates, struct err *err)
{
	const struct chain_list *entries = &chains->entries;
	const struct chain_list *menus = &chains->menus;
	autofree const struct resolved **entry =
		xcalloc(entries->n + 1, sizeof(const struct resolved *));
	autofree const struct boot_site **sites =
		xcalloc(entries->n + 1, sizeof(const struct boot_site *));
	autofree const struct menu **menu = xcalloc(menus->n + 1, sizeof(const struct menu *));
	bool shown = unknown_get(settings, "menu");
	struct boot_menu all = {.entry = entry,
		.site = sites,
		.menu = menu,
		.menus = menus->n,
		.settings = chain_end(settings),
		.memtest = shown && menu_has_memtest(),
		.nothing = unknown_get(settings, "none")};

	for (size_t i = 0; i < entries->n; i++)
		if (shown && boot_menu_has(format, chain_end(entries->chain[i]))) {
			entry[all.n] = chain_end(entries->chain[i]);
			sites[all.n++] = &entries->chain[i]->site;
		}
	for (size_t i = 0; i < menus->n; i++)
		menu[i] = (const struct menu *)chain_end(menus->chain[i])->item;
	return boot_menu_render(env, format, &settings->site, &all, ret, templates, err);
}
