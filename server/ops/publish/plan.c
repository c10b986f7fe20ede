/* koan's plan, format 1: what a guest is made of, as the koan of the same version reads it
 * (koan-client/plan/plan.h). */
#include "base/json.h"
#include "base/sha256.h"
#include "boot/cmdline.h"
#include "boot/images.h"
#include "boot/vars.h"
#include "model/types.h"
#include "ops/publish/netboot.h"

#include <fcntl.h>
#include <string.h>

enum { PLAN_FORMAT = 1 };

static void add_str(json_t *object, const char *key, const struct resolved *resolved)
{
	json_set_str(object, key, resolved_str(resolved, key));
}

static int add_words(json_t *plan, const char *key, const struct resolved *resolved,
	const struct strbuf *words, struct err *err)
{
	const struct cmdline_reader reader = {.beside = 0};
	autostrbuf text = STRBUF_INIT;

	if (boot_cmdline_check(resolved, &reader, words->buf, words->len, err) < 0)
		return -1;
	boot_cmdline_join(words->buf, words->len, &text);
	json_set_str(plan, key, text.buf);
	return 0;
}

/* A console of the machine's is none of a guest's: koan adds what fits the domain. The machine that
 * koan installs anew has it. */
static int add_kernel_options(
	json_t *plan, struct boot_vars *vars, const struct resolved *resolved, struct err *err)
{
	const struct boot_cmdline cmdline = boot_vars_cmdline(vars);
	autostrbuf all = STRBUF_INIT;
	autostrbuf words = STRBUF_INIT;
	autostrbuf consoles = STRBUF_INIT;

	boot_cmdline_words(&cmdline, &all);
	for (size_t at = 0; at < all.len; at += strlen(all.buf + at) + 1) {
		bool is_console = strncmp(all.buf + at, "console=", 8) == 0;

		strbuf_add(is_console ? &consoles : &words, all.buf + at, strlen(all.buf + at) + 1);
	}
	if (add_words(plan, "kernel_options", resolved, &words, err) < 0)
		return -1;
	return add_words(plan, "consoles", resolved, &consoles, err);
}

static json_t *file_json(const char *url, int64_t size, const char *sha256)
{
	json_t *file = json_object();

	json_set_str(file, "url", url);
	json_object_set_new(file, "size", json_integer(size));
	json_set_str(file, "sha256", sha256);
	return file;
}

static int add_files(
	json_t *plan, struct boot_vars *vars, const struct distro *distro, struct err *err)
{
	struct template_vars get = boot_vars_template(vars);
	autojson json_t *urls = get.get(get.ctx, "initrd_urls");
	const struct strv *sums = &distro->initrd_sha256.items;
	json_t *initrds = json_array();

	json_object_set_new(plan, "initrd", initrds);
	if (!distro->kernel_sha256 || sums->n != distro->initrd.items.n ||
		distro->initrd_size.n != sums->n)
		return err_set(err, ERR_INVALID,
			"distro '%s' has no checksums on record; measure its files with: "
			"bootwright distro edit --name=%s --kernel=%s",
			distro->item.name, distro->item.name, distro->kernel);
	json_object_set_new(plan, "kernel",
		file_json(boot_vars_text(vars, "kernel_url"), distro->kernel_size.value,
			distro->kernel_sha256));
	for (size_t i = 0; i < sums->n; i++)
		json_array_append_new(
			initrds, file_json(json_string_value(json_array_get(urls, i)),
					 (int64_t)distro->initrd_size.value[i], sums->v[i]));
	return 0;
}

/*
 * An image's file is measured when the plan is made, and again when the item has changed: the
 * answer is kept. koan refuses a file that was replaced behind our back.
 */
static int add_image(json_t *plan, struct boot_vars *vars, const struct resolved *resolved,
	const struct image *image, struct err *err)
{
	autofree char *base = xasprintf("%s/", boot_vars_text(vars, "http_base"));
	autoclose int fd = open(image->file, O_RDONLY | O_CLOEXEC);
	autostrbuf url = STRBUF_INIT;
	char sum[SHA256_TEXT];
	uint64_t size;
	json_t *object;

	if (fd < 0)
		return err_sys(err, "image '%s': '%s'", image->item.name, image->file);
	if (sha256_fd(fd, sum, &size, err) < 0)
		return err_wrap(err, "image '%s': '%s'", image->item.name, image->file);
	strbuf_adds(&url, base);
	boot_disk_path(image, &url);
	object = file_json(url.buf, (int64_t)size, sum);
	json_set_str(object, "type", resolved_str(resolved, "image_type"));
	json_object_set_new(plan, "image", object);
	return 0;
}

static void add_member(json_t *object, const char *key, const char *field_name,
	const struct resolved *resolved, json_t *fallback)
{
	const struct resolved_value *value = resolved_get(resolved, field_name);

	if (value && value->at)
		json_object_set_new(object, key, value_ops(value->field->kind)->to_json(value->at));
	else
		json_object_set(object, key, fallback);
	json_decref(fallback);
}

static json_t *virt_json(const struct resolved *resolved)
{
	json_t *virt = json_object();

	add_member(virt, "type", "virt_type", resolved, json_string("auto"));
	add_member(virt, "ram", "virt_ram", resolved, json_integer(512));
	add_member(virt, "cpus", "virt_cpus", resolved, json_integer(1));
	add_member(virt, "file_size", "virt_file_size", resolved, json_array());
	add_member(virt, "path", "virt_path", resolved, json_array());
	add_member(virt, "disk_driver", "virt_disk_driver", resolved, json_array());
	add_member(virt, "bridge", "virt_bridge", resolved, json_string(""));
	add_member(virt, "auto_boot", "virt_auto_boot", resolved, json_false());
	add_member(virt, "graphics", "virt_graphics", resolved, json_string("vnc"));
	add_member(virt, "pxe_boot", "virt_pxe_boot", resolved, json_false());
	return virt;
}

static void add_text(json_t *object, const char *key, const char *text)
{
	json_set_str(object, key, text ? text : "");
}

/* An image says only how many cards a guest of it has. */
static json_t *cards_json(const struct image *image)
{
	int64_t n = image->network_count.set ? image->network_count.value : 1;
	json_t *list = json_array();

	for (int64_t i = 0; i < n; i++) {
		autofree char *name = xasprintf("eth%lld", (long long)i);
		json_t *object = json_object();

		json_set_str(object, "name", name);
		json_set_str(object, "mac_address", "");
		json_set_str(object, "virt_bridge", "");
		json_set_str(object, "interface_type", "na");
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *interfaces_json(const struct resolved *resolved)
{
	const struct item *item = resolved->item;
	json_t *list = json_array();

	for (size_t i = 0; i < item->children; i++) {
		const struct interface *interface = (const struct interface *)item->child[i];
		json_t *object = json_object();
		const char *gateway = interface->if_gateway;
		const char *type = interface->interface_type;

		json_set_str(object, "name", interface->item.name);
		add_text(object, "mac_address", interface->mac_address);
		add_text(object, "virt_bridge", interface->virt_bridge);
		json_set_str(object, "interface_type", type ? type : "na");
		add_text(object, "ip_address", interface->ip_address);
		add_text(object, "netmask", interface->netmask);
		add_text(object, "gateway",
			gateway && *gateway ? gateway : resolved_str(resolved, "gateway"));
		json_array_append_new(list, object);
	}
	return list;
}

/* What is booted first: an image's file, else the distro's kernel and initrds. */
static int add_boot(
	json_t *plan, struct boot_vars *vars, const struct resolved *resolved, struct err *err)
{
	const struct item *image = resolved_item(resolved, ITEM_IMAGE);
	const struct item *profile = resolved_item(resolved, ITEM_PROFILE);
	const struct item *distro = resolved_item(resolved, ITEM_DISTRO);

	json_set_str(plan, "profile", profile ? profile->name : "");
	json_set_str(plan, "distro", distro ? distro->name : "");
	if (image)
		return add_image(plan, vars, resolved, (const struct image *)image, err);
	if (!profile || !distro)
		return err_set(err, ERR_INVALID, "%s '%s' has no distro to install",
			resolved->item->type->name, resolved->item->name);
	return add_files(plan, vars, (const struct distro *)distro, err);
}

static json_t *servers_json(const struct resolved *resolved)
{
	json_t *list = json_array();

	strv_for_each (server, resolved_list(resolved, "name_servers"))
		json_array_append_new(list, json_string(server));
	return list;
}

static int render_plan(struct server *server, const struct chain *chain, const void *arg,
	struct strbuf *text, const char **content_type, struct strv *templates, struct err *err)
{
	const struct resolved *resolved = chain_end(chain);
	const struct item *item = resolved->item;
	AUTO(boot_vars) struct boot_vars *vars = boot_vars_new(&chain->site, resolved);
	autojson json_t *plan = json_object();

	(void)server;
	(void)arg;
	(void)templates;
	json_object_set_new(plan, "format", json_integer(PLAN_FORMAT));
	json_set_str(plan, "kind", item->type->name);
	json_set_str(plan, "name", item->name);
	json_set_str(plan, "hostname", boot_vars_text(vars, "fqdn"));
	add_str(plan, "breed", resolved);
	add_str(plan, "os_version", resolved);
	add_str(plan, "arch", resolved);
	if (add_boot(plan, vars, resolved, err) < 0 ||
		add_kernel_options(plan, vars, resolved, err) < 0)
		return -1;
	json_object_set_new(plan, "virt", virt_json(resolved));
	json_object_set_new(plan, "interfaces",
		item->type->kind == ITEM_IMAGE ? cards_json((const struct image *)item)
					       : interfaces_json(resolved));
	json_object_set_new(plan, "name_servers", servers_json(resolved));
	json_set_str(plan, "autoinstall", boot_vars_text(vars, "autoinstall_url"));
	json_object_set_new(plan, "netboot_enabled",
		json_boolean(item->type->kind != ITEM_SYSTEM ||
			     resolved_bool(resolved, "netboot_enabled")));
	json_print(plan, false, text);
	*content_type = "application/json";
	return 0;
}

int netboot_plan(struct server *server, const struct item_type *type, const char *name,
	struct answer **ret, struct err *err)
{
	static const struct answer_kind kind = {.name = "plan", .render = render_plan};

	return answer_cached(server, &kind, type, name, ret, err);
}
