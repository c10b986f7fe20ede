/* The files that a machine keeps of its record (template_files), rendered for koan --update-files.
 */
#include "base/json.h"
#include "boot/vars.h"
#include "ops/publish/netboot.h"

#include <string.h>

static int render_file(struct server *server, struct template_vars *vars,
	const struct map_entry *entry, struct strv *templates, json_t *list, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	json_t *file;

	if (template_render(server->answer_templates, entry->key, vars, &text, templates, err) <
		0) {
		/* The item is there; that its template is not is our own fault, not the client's.
		 */
		if (err && err->code == ERR_NOT_FOUND)
			err->code = ERR_TEMPLATE;
		return -1;
	}
	file = json_object();
	json_set_str(file, "path", entry->value ? entry->value : "");
	json_set_str(file, "content", text.buf);
	json_array_append_new(list, file);
	return 0;
}

static int render_files(struct server *server, const struct chain *chain, const void *arg,
	struct strbuf *text, const char **content_type, struct strv *templates, struct err *err)
{
	const struct resolved *resolved = chain_end(chain);
	const struct opt_map *files = resolved_map(resolved, "template_files");
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(&chain->site, resolved);
	struct template_vars template_vars = boot_vars_template(vars);
	autojson json_t *root = json_object();
	json_t *list = json_array();

	(void)arg;
	template_vars.subject = resolved;
	json_object_set_new(root, "files", list);
	for (size_t i = 0; i < files->n; i++)
		if (render_file(server, &template_vars, &files->entry[i], templates, list, err) < 0)
			return err_wrap(err, "template_files of %s '%s'",
				resolved->item->type->name, resolved->item->name);
	json_print(root, false, text);
	*content_type = "application/json";
	return 0;
}

int netboot_kept_files(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err)
{
	static const struct answer_kind kind = {.name = "kept files", .render = render_files};

	return answer_cached(server, &kind, type, name, ret, err);
}
