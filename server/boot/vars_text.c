#include "boot/vars_text.h"

#include "boot/images.h"

#include <string.h>

static void add_item_name(struct boot_vars *vars, enum item_kind kind, struct strbuf *ret)
{
	const struct item *item = resolved_item(vars->resolved, kind);

	strbuf_adds(ret, item ? item->name : "");
}

static void make_autoinstall_url(struct boot_vars *vars, struct strbuf *ret)
{
	const struct item *item = vars->resolved->item;

	/* A distro only says what its profiles use. */
	if (item->type->kind == ITEM_DISTRO || !*resolved_str(vars->resolved, "autoinstall"))
		return;
	strbuf_addf(ret, "%s/autoinstall/%s/", vars->site->http_base, item->type->name);
	strbuf_add_url(ret, item->name);
}

static void make_distro_name(struct boot_vars *vars, struct strbuf *ret)
{
	add_item_name(vars, ITEM_DISTRO, ret);
}

/* What a name server would take: a system may be called web_7+b, and with more than the 63 bytes
 * that a part of a host name has (RFC 1035, 2.3.4). */
static void add_as_host_name(const char *name, struct strbuf *ret)
{
	enum { MOST = 63 };
	size_t part = 0;

	for (const char *c = name; *c; c++) {
		part = *c == '.' ? 0 : part + 1;
		if (part <= MOST)
			strbuf_addc(ret, *c == '_' || *c == '+' ? '-' : *c);
	}
}

static void make_fqdn(struct boot_vars *vars, struct strbuf *ret)
{
	const struct strv *search = resolved_list(vars->resolved, "name_servers_search");
	const char *name = vars->system ? resolved_str(vars->resolved, "hostname") : "";
	size_t start = ret->len;

	if (!vars->system)
		return;
	add_as_host_name(*name ? name : vars->system->name, ret);
	if (!strchr(ret->buf + start, '.') && search->n)
		strbuf_addf(ret, ".%s", search->v[0]);
}

static void make_domain(struct boot_vars *vars, struct strbuf *ret)
{
	const char *dot = strchr(vars_text(vars, TEXT_FQDN), '.');

	strbuf_adds(ret, dot ? dot + 1 : "");
}

static void make_hostname(struct boot_vars *vars, struct strbuf *ret)
{
	const char *fqdn = vars_text(vars, TEXT_FQDN);

	strbuf_add(ret, fqdn, strcspn(fqdn, "."));
}

static const struct interface *main_interface(const struct boot_vars *vars)
{
	return vars->system ? (const struct interface *)boot_main_interface(vars->system) : NULL;
}

static void make_gateway(struct boot_vars *vars, struct strbuf *ret)
{
	const struct interface *interface = main_interface(vars);

	if (interface && interface->if_gateway && *interface->if_gateway)
		strbuf_adds(ret, interface->if_gateway);
	else if (vars->system)
		strbuf_adds(ret, resolved_str(vars->resolved, "gateway"));
}

static void make_ip_address(struct boot_vars *vars, struct strbuf *ret)
{
	const struct interface *interface = main_interface(vars);

	strbuf_adds(ret, interface && interface->ip_address ? interface->ip_address : "");
}

static void make_mac_address(struct boot_vars *vars, struct strbuf *ret)
{
	const struct interface *interface = main_interface(vars);

	strbuf_adds(ret, interface && interface->mac_address ? interface->mac_address : "");
}

static void make_netmask(struct boot_vars *vars, struct strbuf *ret)
{
	const struct interface *interface = main_interface(vars);

	strbuf_adds(ret, interface && interface->netmask ? interface->netmask : "");
}

static void make_prefix(struct boot_vars *vars, struct strbuf *ret)
{
	boot_add_prefix(vars_text(vars, TEXT_NETMASK), ret);
}

static void make_http_base(struct boot_vars *vars, struct strbuf *ret)
{
	strbuf_adds(ret, vars->site->http_base);
}

static void make_http_server(struct boot_vars *vars, struct strbuf *ret)
{
	const char *slashes = strstr(vars->site->http_base, "://");

	strbuf_adds(ret, slashes ? slashes + 3 : vars->site->http_base);
}

static void make_item_type(struct boot_vars *vars, struct strbuf *ret)
{
	strbuf_adds(ret, vars->resolved->item->type->name);
}

static void make_kernel_cmdline(struct boot_vars *vars, struct strbuf *ret)
{
	const struct strbuf *words = boot_vars_words(vars);

	boot_cmdline_join(words->buf, words->len, ret);
}

/* Double quotes around a value with blanks, as in kernel_cmdline. */
static void make_kernel_cmdline_post(struct boot_vars *vars, struct strbuf *ret)
{
	const struct opt_map *options = resolved_map(vars->resolved, "kernel_options_post");

	for (size_t i = 0; i < options->n; i++) {
		const char *value = options->entry[i].value;

		strbuf_addf(ret, "%s%s", i ? " " : "", options->entry[i].key);
		if (value)
			strbuf_addf(ret, strchr(value, ' ') ? "=\"%s\"" : "=%s", value);
	}
}

/* A guest's kernel lies in a folder of that name in most trees, whoever starts the guest. */
static void make_xen_guest(struct boot_vars *vars, struct strbuf *ret)
{
	const char *type = resolved_str(vars->resolved, "virt_type");
	const char *kernel = vars->distro && vars->distro->kernel ? vars->distro->kernel : "";

	if (strcmp(type, "xenhvm") == 0 || strcmp(type, "xenfv") == 0)
		strbuf_adds(ret, "hvm");
	else if (strncmp(type, "xen", 3) == 0 || strstr(kernel, "/xen/"))
		strbuf_adds(ret, "pv");
}

static void make_serial_console(struct boot_vars *vars, struct strbuf *ret)
{
	boot_serial_console(vars->resolved, ret);
	if (!ret->len && strcmp(vars_text(vars, TEXT_XEN_GUEST), "pv") == 0)
		strbuf_adds(ret, "hvc0");
}

static void make_installed_cmdline(struct boot_vars *vars, struct strbuf *ret)
{
	const struct opt_map *options = resolved_map(vars->resolved, "kernel_options_post");
	const char *console = vars_text(vars, TEXT_SERIAL_CONSOLE);

	strbuf_adds(ret, vars_text(vars, TEXT_KERNEL_CMDLINE_POST));
	for (size_t i = 0; i < options->n; i++)
		if (strcmp(options->entry[i].key, "console") == 0)
			return;
	if (*console)
		strbuf_addf(ret, "%sconsole=tty0 console=%s", ret->len ? " " : "", console);
}

static void make_kernel_path(struct boot_vars *vars, struct strbuf *ret)
{
	if (vars->distro)
		boot_image_path(vars->distro, 0, ret);
}

static void make_kernel_url(struct boot_vars *vars, struct strbuf *ret)
{
	if (!vars->distro)
		return;
	strbuf_addf(ret, "%s/", vars->site->http_base);
	boot_image_path(vars->distro, 0, ret);
}

static void make_name(struct boot_vars *vars, struct strbuf *ret)
{
	strbuf_adds(ret, vars->resolved->item->name);
}

static void make_next_server(struct boot_vars *vars, struct strbuf *ret)
{
	strbuf_adds(ret, vars->site->next_server);
}

static void make_profile_name(struct boot_vars *vars, struct strbuf *ret)
{
	add_item_name(vars, ITEM_PROFILE, ret);
}

/* Where Cobbler's answer files report to, so that templates brought from there go on working. */
static void add_report_url(struct boot_vars *vars, const char *mode, struct strbuf *ret)
{
	if (!vars->system)
		return;
	strbuf_addf(ret, "%s/cblr/svc/op/trig/mode/%s/system/", vars->site->http_base, mode);
	strbuf_add_url(ret, vars->system->name);
}

static void make_report_end_url(struct boot_vars *vars, struct strbuf *ret)
{
	add_report_url(vars, "post", ret);
}

static void make_report_start_url(struct boot_vars *vars, struct strbuf *ret)
{
	add_report_url(vars, "pre", ret);
}

static void make_server(struct boot_vars *vars, struct strbuf *ret)
{
	strbuf_adds(ret, vars->site->host);
}

static void make_system_name(struct boot_vars *vars, struct strbuf *ret)
{
	strbuf_adds(ret, vars->system ? vars->system->name : "");
}

static void make_tree_url(struct boot_vars *vars, struct strbuf *ret)
{
	const char *tree = resolved_str(vars->resolved, "tree");

	if (*tree != '/') {
		strbuf_adds(ret, tree);
		return;
	}
	strbuf_adds(ret, vars->site->http_base);
	while (*tree) {
		size_t len = strcspn(tree + 1, "/");
		autofree char *component = xstrndup(tree + 1, len);

		strbuf_addc(ret, '/');
		strbuf_add_url(ret, component);
		tree += 1 + len;
	}
}

static void make_tree_host(struct boot_vars *vars, struct strbuf *ret)
{
	const char *slashes = strstr(vars_text(vars, TEXT_TREE_URL), "://");

	if (slashes)
		strbuf_add(ret, slashes + 3, strcspn(slashes + 3, "/"));
}

static void make_tree_dir(struct boot_vars *vars, struct strbuf *ret)
{
	const char *slashes = strstr(vars_text(vars, TEXT_TREE_URL), "://");

	if (slashes)
		strbuf_adds(ret, slashes + 3 + strcspn(slashes + 3, "/"));
}

/* By name, for the search; each at the place of its number. */
static const struct {
	const char *name;
	void (*make)(struct boot_vars *vars, struct strbuf *ret);
} texts[TEXTS] = {
	[TEXT_AUTOINSTALL_URL] = {"autoinstall_url", make_autoinstall_url},
	[TEXT_DISTRO_NAME] = {"distro_name", make_distro_name},
	[TEXT_DOMAIN] = {"domain", make_domain},
	[TEXT_FQDN] = {"fqdn", make_fqdn},
	[TEXT_GATEWAY] = {"gateway", make_gateway},
	[TEXT_HOSTNAME] = {"hostname", make_hostname},
	[TEXT_HTTP_BASE] = {"http_base", make_http_base},
	[TEXT_HTTP_SERVER] = {"http_server", make_http_server},
	[TEXT_INSTALLED_CMDLINE] = {"installed_cmdline", make_installed_cmdline},
	[TEXT_IP_ADDRESS] = {"ip_address", make_ip_address},
	[TEXT_ITEM_TYPE] = {"item_type", make_item_type},
	[TEXT_KERNEL_CMDLINE] = {"kernel_cmdline", make_kernel_cmdline},
	[TEXT_KERNEL_CMDLINE_POST] = {"kernel_cmdline_post", make_kernel_cmdline_post},
	[TEXT_KERNEL_PATH] = {"kernel_path", make_kernel_path},
	[TEXT_KERNEL_URL] = {"kernel_url", make_kernel_url},
	[TEXT_MAC_ADDRESS] = {"mac_address", make_mac_address},
	[TEXT_NAME] = {"name", make_name},
	[TEXT_NETMASK] = {"netmask", make_netmask},
	[TEXT_NEXT_SERVER] = {"next_server", make_next_server},
	[TEXT_PREFIX] = {"prefix", make_prefix},
	[TEXT_PROFILE_NAME] = {"profile_name", make_profile_name},
	[TEXT_REPORT_END_URL] = {"report_end_url", make_report_end_url},
	[TEXT_REPORT_START_URL] = {"report_start_url", make_report_start_url},
	[TEXT_SERIAL_CONSOLE] = {"serial_console", make_serial_console},
	[TEXT_SERVER] = {"server", make_server},
	[TEXT_SYSTEM_NAME] = {"system_name", make_system_name},
	[TEXT_TREE] = {"tree", make_tree_url}, /* Cobbler's name: the field is a path here */
	[TEXT_TREE_DIR] = {"tree_dir", make_tree_dir},
	[TEXT_TREE_HOST] = {"tree_host", make_tree_host},
	[TEXT_TREE_URL] = {"tree_url", make_tree_url},
	[TEXT_XEN_GUEST] = {"xen_guest", make_xen_guest},
};

const char *vars_text(struct boot_vars *vars, enum vars_text which)
{
	if (!vars->made[which]) {
		struct strbuf made = STRBUF_INIT;

		texts[which].make(vars, &made);
		vars->made[which] = strbuf_take(&made);
	}
	return vars->made[which];
}

int vars_text_find(const char *name)
{
	int low = 0;
	int high = TEXTS;

	while (low < high) {
		int middle = low + (high - low) / 2;
		int order = strcmp(texts[middle].name, name);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

const char *vars_text_name(enum vars_text which)
{
	return texts[which].name;
}
