/* The boot menu of unknown machines, from the store: sync and the boot port render the same. */
#ifndef OPS_BOOT_MENU_H
#define OPS_BOOT_MENU_H

#include "boot/formats.h"
#include "ops/query/chain_list.h"

struct menu_chains {
	struct chain_list entries; /* of profiles, then images */
	struct chain_list menus;
};
int menu_chains_load(struct server *server, struct menu_chains *ret, struct err *err);
void menu_chains_done(struct menu_chains *chains);
static inline void auto_menu_chains(struct menu_chains *chains)
{
	menu_chains_done(chains);
}

/* True where the memory test is installed, so that menus show it. */
bool menu_has_memtest(void);
/* False where unknown_machines of the settings says that there is no such file. */
bool menu_wanted(const struct boot_format *format, const struct chain *settings);
/* As boot_menu_render(), with those of the entries that belong into the format's menu: none where
 * unknown_machines is not "menu". */
int menu_render(struct template_env *env, const struct boot_format *format,
	const struct chain *settings, const struct menu_chains *chains, struct strbuf *ret,
	struct strv *templates, struct err *err);

#endif
