#include "koan-client/plan/plan.h"

#include "koan-client/plan/plan_read.h"

#include "base/json.h"
#include "base/strbuf.h"

#include <string.h>

#define KERNEL_BYTES_MAX (UINT64_C(1) << 30)
#define INITRD_BYTES_MAX (UINT64_C(8) << 30)
#define IMAGE_BYTES_MAX  (UINT64_C(1) << 40)

static int read_sizes(const struct plan_at *at, struct plan_virt *virt, struct err *err)
{
	const json_t *array;

	if (plan_get_array(at, "file_size", 0, GUEST_DISKS, &array, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);
		double gib = json_number_value(value);
		const char *bad =
			json_is_number(value) ? check_disk_gib(gib) : "must be a number of GiB";
		autofree char *member = xasprintf("file_size[%zu]", i);

		if (bad)
			return plan_wrong(at, member, bad, err);
		virt->file_size[virt->n_file_size++] = gib;
	}
	return 0;
}

static const struct plan_text virt_texts[] = {
	{"type", offsetof(struct plan_virt, type), check_word, PLAN_FILLED},
	{"bridge", offsetof(struct plan_virt, bridge), check_bridge, PLAN_MAY_BE_EMPTY},
	{"graphics", offsetof(struct plan_virt, graphics), check_word, PLAN_FILLED},
};

static int read_virt(const struct plan_at *root, struct plan_virt *virt, struct err *err)
{
	struct plan_at at;

	if (plan_get_object(root, "virt", "virt.", &at, err) < 0 ||
		plan_read_texts(&at, virt_texts, ARRAY_SIZE(virt_texts), virt, err) < 0 ||
		plan_read_number(&at, "ram", GUEST_RAM_MIN, GUEST_RAM_MIB, &virt->ram, err) < 0 ||
		plan_read_number(&at, "cpus", 1, GUEST_CPUS, &virt->cpus, err) < 0 ||
		read_sizes(&at, virt, err) < 0 ||
		plan_read_strings(&at, "path", GUEST_DISKS, check_disk_path, &virt->path, err) <
			0 ||
		plan_read_strings(
			&at, "disk_driver", GUEST_DISKS, check_word, &virt->disk_driver, err) < 0)
		return -1;
	if (json_object_get(at.object, "pxe_boot") &&
		plan_read_flag(&at, "pxe_boot", &virt->pxe_boot, err) < 0)
		return -1;
	return plan_read_flag(&at, "auto_boot", &virt->auto_boot, err);
}

static const struct plan_text file_texts[] = {
	{"url", offsetof(struct plan_file, url), check_url, PLAN_FILLED},
};

static int read_file(
	const struct plan_at *at, uint64_t max, struct plan_file *file, struct err *err)
{
	const char *sum;
	const char *bad;

	if (plan_read_texts(at, file_texts, ARRAY_SIZE(file_texts), file, err) < 0 ||
		plan_read_number(at, "size", 1, max, &file->size, err) < 0 ||
		plan_get_text(at, "sha256", &sum, err) < 0)
		return -1;
	bad = check_sha256(sum);
	if (bad)
		return plan_wrong(at, "sha256", bad, err);
	memcpy(file->sha256, sum, SHA256_TEXT);
	return 0;
}

static int read_initrds(const struct plan_at *root, struct plan *plan, struct err *err)
{
	const json_t *array;

	if (plan_get_array(root, "initrd", 1, PLAN_INITRDS_MAX, &array, err) < 0)
		return -1;
	plan->initrds = xcalloc(json_array_size(array), sizeof(*plan->initrds));
	for (size_t i = 0; i < json_array_size(array); i++) {
		autofree char *prefix = xasprintf("initrd[%zu].", i);
		struct plan_at at = {.object = json_array_get(array, i), .prefix = prefix};

		if (read_file(&at, INITRD_BYTES_MAX, &plan->initrds[plan->n_initrds++], err) < 0)
			return -1;
	}
	return 0;
}

static const char *check_address(const char *text)
{
	char canonical[46];

	return ip_canonical(text, canonical, NULL) == 0 ? NULL : "must be an IP address, or empty";
}

static const char *check_netmask(const char *text)
{
	unsigned prefix;

	return netmask_parse(text, &prefix, NULL) == 0 ? NULL : "must be a netmask, or empty";
}

static const struct plan_text nic_texts[] = {
	{"name", offsetof(struct plan_nic, name), check_word, PLAN_FILLED},
	{"interface_type", offsetof(struct plan_nic, type), check_word, PLAN_MAY_BE_EMPTY},
	{"virt_bridge", offsetof(struct plan_nic, bridge), check_bridge, PLAN_MAY_BE_EMPTY},
	{"ip_address", offsetof(struct plan_nic, ip_address), check_address, PLAN_OPTIONAL},
	{"netmask", offsetof(struct plan_nic, netmask), check_netmask, PLAN_OPTIONAL},
	{"gateway", offsetof(struct plan_nic, gateway), check_address, PLAN_OPTIONAL},
};

static int read_nic(const struct plan_at *at, struct plan_nic *nic, struct err *err)
{
	const char *mac;

	if (plan_read_texts(at, nic_texts, ARRAY_SIZE(nic_texts), nic, err) < 0 ||
		plan_get_text(at, "mac_address", &mac, err) < 0)
		return -1;
	nic->has_mac = *mac != '\0';
	if (nic->has_mac && (mac_parse(mac, &nic->mac, NULL) < 0 || !mac_is_unicast(&nic->mac)))
		return plan_wrong(
			at, "mac_address", "must be a MAC address of one station, or empty", err);
	return 0;
}

static int read_nics(const struct plan_at *root, struct plan *plan, struct err *err)
{
	const json_t *array;

	if (plan_get_array(root, "interfaces", 0, GUEST_NICS, &array, err) < 0)
		return -1;
	plan->nics = xcalloc(json_array_size(array) + 1, sizeof(*plan->nics));
	for (size_t i = 0; i < json_array_size(array); i++) {
		autofree char *prefix = xasprintf("interfaces[%zu].", i);
		struct plan_at at = {.object = json_array_get(array, i), .prefix = prefix};

		if (read_nic(&at, &plan->nics[plan->n_nics++], err) < 0)
			return -1;
	}
	return 0;
}

static const char *check_kind(const char *text)
{
	if (strcmp(text, "profile") == 0 || strcmp(text, "system") == 0 ||
		strcmp(text, "image") == 0)
		return NULL;
	return "must be \"profile\", \"system\" or \"image\"";
}

static const struct plan_text plan_texts[] = {
	{"kind", offsetof(struct plan, kind), check_kind, PLAN_FILLED},
	{"name", offsetof(struct plan, name), check_word, PLAN_FILLED},
	{"profile", offsetof(struct plan, profile), check_word, PLAN_MAY_BE_EMPTY},
	{"distro", offsetof(struct plan, distro), check_word, PLAN_MAY_BE_EMPTY},
	{"hostname", offsetof(struct plan, hostname), check_word, PLAN_MAY_BE_EMPTY},
	{"breed", offsetof(struct plan, breed), check_word, PLAN_MAY_BE_EMPTY},
	{"os_version", offsetof(struct plan, os_version), check_word, PLAN_MAY_BE_EMPTY},
	{"arch", offsetof(struct plan, arch), check_word, PLAN_FILLED},
	{"kernel_options", offsetof(struct plan, kernel_options), check_line, PLAN_MAY_BE_EMPTY},
	{"consoles", offsetof(struct plan, consoles), check_line, PLAN_OPTIONAL},
	{"autoinstall", offsetof(struct plan, autoinstall), check_url, PLAN_MAY_BE_EMPTY},
};

static const char *check_image_type(const char *text)
{
	static const char *const types[] = {"direct", "iso", "virt-clone", "memdisk"};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(text, types[i]) == 0)
			return NULL;
	return "must be direct, iso, virt-clone or memdisk";
}

static const struct plan_text image_texts[] = {
	{"type", offsetof(struct plan_image, type), check_image_type, PLAN_FILLED},
};

static int read_image(const struct plan_at *root, struct plan *plan, struct err *err)
{
	struct plan_at at;

	if (plan_get_object(root, "image", "image.", &at, err) < 0)
		return -1;
	plan->image = xcalloc(1, sizeof(*plan->image));
	if (plan_read_texts(&at, image_texts, ARRAY_SIZE(image_texts), plan->image, err) < 0)
		return -1;
	return read_file(&at, IMAGE_BYTES_MAX, &plan->image->file, err);
}

/* What is booted first: an image, else a distro's kernel and initrds. */
static int read_files(const struct plan_at *root, struct plan *plan, struct err *err)
{
	struct plan_at kernel;

	if (strcmp(plan->kind, "image") == 0 || json_object_get(root->object, "image"))
		return read_image(root, plan, err);
	if (!*plan->profile)
		return plan_wrong(root, "profile", "must not be empty", err);
	if (plan_get_object(root, "kernel", "kernel.", &kernel, err) < 0 ||
		read_file(&kernel, KERNEL_BYTES_MAX, &plan->kernel, err) < 0)
		return -1;
	return read_initrds(root, plan, err);
}

static int read_name_servers(const struct plan_at *root, struct plan *plan, struct err *err)
{
	if (!json_object_get(root->object, "name_servers"))
		return 0;
	return plan_read_strings(
		root, "name_servers", PLAN_SERVERS_MAX, check_address, &plan->name_servers, err);
}

/* An older server does not say. */
static int read_netboot(const struct plan_at *root, struct plan *plan, struct err *err)
{
	bool enabled = true;

	if (json_object_get(root->object, "netboot_enabled") &&
		plan_read_flag(root, "netboot_enabled", &enabled, err) < 0)
		return -1;
	plan->local_boot = !enabled;
	return 0;
}

static int read_plan(const json_t *json, struct plan *plan, struct err *err)
{
	struct plan_at root = {.object = json, .prefix = ""};
	uint64_t format;

	if (plan_read_number(&root, "format", 0, UINT32_MAX, &format, err) < 0)
		return -1;
	if (format != PLAN_FORMAT)
		return err_field(err, ERR_INVALID, "format",
			"the server's plan has format %llu, this koan reads %d; use the koan of "
			"the server's version",
			(unsigned long long)format, PLAN_FORMAT);
	if (plan_read_texts(&root, plan_texts, ARRAY_SIZE(plan_texts), plan, err) < 0 ||
		read_files(&root, plan, err) < 0 || read_virt(&root, &plan->virt, err) < 0 ||
		read_name_servers(&root, plan, err) < 0 || read_netboot(&root, plan, err) < 0)
		return -1;
	return read_nics(&root, plan, err);
}

static json_t *parse_object(const char *text, size_t len, struct err *err)
{
	autojson json_t *json = json_parse(text, len, err);

	if (!json)
		return NULL;
	if (!json_is_object(json)) {
		err_set(err, ERR_INVALID, "must be a JSON object");
		return NULL;
	}
	return TAKE(json);
}

int plan_parse(const char *text, size_t len, struct plan *ret, struct err *err)
{
	autojson json_t *json = parse_object(text, len, err);

	if (!json || read_plan(json, ret, err) < 0)
		return err_wrap(err, "the server's plan");
	return 0;
}

static void file_done(struct plan_file *file)
{
	free(file->url);
}

static void texts_done(const struct plan_text *rows, size_t n, void *of)
{
	for (size_t i = 0; i < n; i++)
		free(*(char **)(void *)((char *)of + rows[i].offset));
}

void plan_done(struct plan *plan)
{
	texts_done(plan_texts, ARRAY_SIZE(plan_texts), plan);
	texts_done(virt_texts, ARRAY_SIZE(virt_texts), &plan->virt);
	for (size_t i = 0; i < plan->n_nics; i++)
		texts_done(nic_texts, ARRAY_SIZE(nic_texts), &plan->nics[i]);
	for (size_t i = 0; i < plan->n_initrds; i++)
		file_done(&plan->initrds[i]);
	if (plan->image) {
		texts_done(image_texts, ARRAY_SIZE(image_texts), plan->image);
		file_done(&plan->image->file);
	}
	file_done(&plan->kernel);
	strv_done(&plan->virt.path);
	strv_done(&plan->virt.disk_driver);
	strv_done(&plan->name_servers);
	free(plan->image);
	free(plan->initrds);
	free(plan->nics);
	*plan = (struct plan){0};
}

static int read_list(const json_t *json, struct strv *ret, struct err *err)
{
	struct plan_at root = {.object = json, .prefix = ""};
	const json_t *array;

	if (plan_get_array(&root, "items", 0, SIZE_MAX, &array, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));
		const char *bad = name ? check_word(name) : "must be a string";
		autofree char *member = xasprintf("items[%zu]", i);

		if (bad)
			return plan_wrong(&root, member, bad, err);
		strv_add(ret, name);
	}
	return 0;
}

int plan_list_parse(const char *text, size_t len, struct strv *ret, struct err *err)
{
	autojson json_t *json = parse_object(text, len, err);

	if (!json || read_list(json, ret, err) < 0)
		return err_wrap(err, "the server's list");
	return 0;
}

int plan_problem(const char *body, size_t len, int status, struct err *err)
{
	autojson json_t *json = parse_object(body, len, NULL);
	const char *detail = json_get_str(json, "detail");
	enum err_code code = err_from_http_status(status);

	if (!detail || check_line(detail))
		detail = json_get_str(json, "title");
	if (!detail || check_line(detail))
		return err_set(err, code, "the server answered with HTTP status %d", status);
	return err_set(err, code, "the server says: %s", detail);
}
