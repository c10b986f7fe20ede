#include "ops/answer/autoinstall_parts.h"

#include "ops/publish/ustar.h"

#include <string.h>

struct autoinstall_part {
	const char *name;
	const char *otherwise; /* the template for those that bring none of their own; NULL: none */
	int (*render)(struct autoinstall_render *render, struct err *err); /* NULL: one template */
	const char *type; /* its content type; NULL: by the template's name */
};

/* By how a template's name ends. */
static const struct {
	const char *ending;
	const char *type;
} types[] = {
	{".ign", "application/json"},
	{".json", "application/json"},
	{".meta-data", "text/yaml; charset=utf-8"},
	{".network-config", "text/yaml; charset=utf-8"},
	{".sh", "text/x-shellscript; charset=utf-8"},
	{".user-data", "text/cloud-config; charset=utf-8"},
	{".vendor-data", "text/cloud-config; charset=utf-8"},
	{".xml", "application/xml"},
};

/* FAI's configuration space (fai-guide, "the configuration space"), of one class. */
static const struct {
	const char *path;
	const char *part;
	unsigned mode;
} fai_members[] = {
	{"class/50-bootwright", "classes.sh", 0755},
	{"class/BOOTWRIGHT.var", "variables", 0644},
	{"debconf/BOOTWRIGHT", "debconf", 0644},
	{"disk_config/BOOTWRIGHT", "disk-config", 0644},
	{"disk_config/BOOTWRIGHT_EFI", "disk-config-efi", 0644},
	{"hooks/faiend.BOOTWRIGHT.sh", "end.sh", 0755},
	{"hooks/partition.BOOTWRIGHT.sh", "start.sh", 0755},
	{"package_config/BOOTWRIGHT", "packages", 0644},
	{"scripts/BOOTWRIGHT/10-base", "base.sh", 0755},
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static const char *type_of(const char *template)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (ends_with(template, types[i].ending))
			return types[i].type;
	return NULL;
}

/* "linux/ubuntu.user-data" and "meta-data": "linux/ubuntu.meta-data". */
static char *part_template(const char *main, const char *part)
{
	const char *slash = strrchr(main, '/');
	const char *dot = strrchr(slash ? slash : main, '.');
	int stem = dot ? (int)(dot - main) : (int)strlen(main);

	return xasprintf("%.*s.%s", stem, main, part);
}

static int render_named(struct autoinstall_render *render, const char *template, struct err *err)
{
	if (template_render(
		    render->env, template, &render->vars, render->text, render->used, err) == 0)
		return 0;
	/* The item is there; that its template is not is our own fault, not the client's. */
	if (err && err->code == ERR_NOT_FOUND)
		err->code = ERR_TEMPLATE;
	return -1;
}

static int render_fai(struct autoinstall_render *render, struct err *err)
{
	struct strbuf *tar = render->text;
	autostrbuf text = STRBUF_INIT;

	render->text = &text;
	for (size_t i = 0; i < ARRAY_SIZE(fai_members); i++) {
		autofree char *template = part_template(render->main, fai_members[i].part);

		strbuf_reset(&text);
		if (!template_exists(render->env, template, &render->vars))
			continue;
		if (render_named(render, template, err) < 0) {
			render->text = tar;
			return -1;
		}
		ustar_add(tar, fai_members[i].path, fai_members[i].mode, text.buf, text.len);
	}
	ustar_end(tar);
	render->text = tar;
	return 0;
}

static const struct autoinstall_part parts[] = {
	{.name = ""},
	{.name = "user-data", .otherwise = ""}, /* whatever the template is called */
	{.name = "meta-data", .otherwise = "nocloud.meta-data"},
	{.name = "vendor-data", .otherwise = "nocloud.vendor-data"},
	{.name = "network-config", .otherwise = "nocloud.network-config"},
	{.name = "late.sh"},
	{.name = "live.ign"},
	{.name = "config.tar", .render = render_fai, .type = "application/x-tar"},
	{.name = "classes.sh"},
	{.name = "variables"},
	{.name = "disk-config"},
	{.name = "disk-config-efi"},
	{.name = "packages"},
	{.name = "base.sh"},
	{.name = "start.sh"},
	{.name = "end.sh"},
};

const struct autoinstall_part *autoinstall_part_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strcmp(parts[i].name, name) == 0)
			return &parts[i];
	return NULL;
}

int autoinstall_part_render(const struct autoinstall_part *part, struct autoinstall_render *render,
	const char **content_type, struct err *err)
{
	autofree char *template =
		*part->name ? part_template(render->main, part->name) : xstrdup(render->main);
	const char *name = template;
	const char *type;

	if (*part->name && !part->render && !template_exists(render->env, template, &render->vars))
		name = part->otherwise;
	if (!name)
		return err_set(err, ERR_NOT_FOUND, "template '%s' has no part '%s' (no '%s')",
			render->main, part->name, template);
	if (!*name)
		name = render->main;
	type = part->type ? part->type : type_of(name);
	if (type)
		*content_type = type;
	return part->render ? part->render(render, err) : render_named(render, name, err);
}
