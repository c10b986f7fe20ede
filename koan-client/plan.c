#include "koan-client/plan.h"

#include "base/json.h"
#include "base/strbuf.h"

#include <string.h>

#define KERNEL_BYTES_MAX (UINT64_C(1) << 30)
#define INITRD_BYTES_MAX (UINT64_C(8) << 30)

/* Where in the answer a reader is: an object and what an error calls it ("initrd[1]."). */
struct at {
	const json_t *object;
	const char *prefix;
};

struct text_member {
	const char *name;
	size_t offset; /* of the char * that receives it */
	const char *(*check)(const char *text);
	bool may_be_empty;
};

static int wrong(const struct at *at, const char *name, const char *why, struct err *err)
{
	autofree char *member = xasprintf("%s%s", at->prefix, name);

	return err_field(err, ERR_INVALID, member, "%s", why);
}

static int get(const struct at *at, const char *name, const json_t **ret, struct err *err)
{
	*ret = json_object_get(at->object, name);
	return *ret ? 0 : wrong(at, name, "is missing", err);
}

/* A string without a NUL byte in it, borrowed. */
static int get_text(const struct at *at, const char *name, const char **ret, struct err *err)
{
	const json_t *value;

	if (get(at, name, &value, err) < 0)
		return -1;
	if (!json_is_string(value))
		return wrong(at, name, "must be a string", err);
	if (strlen(json_string_value(value)) != json_string_length(value))
		return wrong(at, name, "must not have control characters", err);
	*ret = json_string_value(value);
	return 0;
}

static int read_text(
	const struct at *at, const struct text_member *row, void *into, struct err *err)
{
	char **target = (char **)(void *)((char *)into + row->offset);
	const char *text;
	const char *bad = NULL;

	if (get_text(at, row->name, &text, err) < 0)
		return -1;
	if (*text)
		bad = row->check(text);
	else if (!row->may_be_empty)
		bad = "must not be empty";
	if (bad)
		return wrong(at, row->name, bad, err);
	*target = xstrdup(text);
	return 0;
}

static int read_texts(
	const struct at *at, const struct text_member *rows, size_t n, void *into, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (read_text(at, &rows[i], into, err) < 0)
			return -1;
	return 0;
}

static int read_number(const struct at *at, const char *name, uint64_t min, uint64_t max,
	uint64_t *ret, struct err *err)
{
	const json_t *value;
	json_int_t number;

	if (get(at, name, &value, err) < 0)
		return -1;
	number = json_integer_value(value);
	if (!json_is_integer(value) || number < 0 || (uint64_t)number < min ||
		(uint64_t)number > max) {
		autofree char *why = xasprintf("must be a whole number from %llu to %llu",
			(unsigned long long)min, (unsigned long long)max);

		return wrong(at, name, why, err);
	}
	*ret = (uint64_t)number;
	return 0;
}

static int read_flag(const struct at *at, const char *name, bool *ret, struct err *err)
{
	const json_t *value;

	if (get(at, name, &value, err) < 0)
		return -1;
	if (!json_is_boolean(value))
		return wrong(at, name, "must be true or false", err);
	*ret = json_is_true(value);
	return 0;
}

static int get_array(const struct at *at, const char *name, size_t min, size_t max,
	const json_t **ret, struct err *err)
{
	if (get(at, name, ret, err) < 0)
		return -1;
	if (!json_is_array(*ret))
		return wrong(at, name, "must be an array", err);
	if (json_array_size(*ret) < min || json_array_size(*ret) > max) {
		autofree char *why = xasprintf("must have %zu to %zu entries", min, max);

		return wrong(at, name, why, err);
	}
	return 0;
}

static int get_object(
	const struct at *at, const char *name, const char *prefix, struct at *ret, struct err *err)
{
	const json_t *value;

	if (get(at, name, &value, err) < 0)
		return -1;
	if (!json_is_object(value))
		return wrong(at, name, "must be an object", err);
	*ret = (struct at){.object = value, .prefix = prefix};
	return 0;
}

/* A list of strings, each checked; `check` NULL takes any clean line. */
static int read_strings(const struct at *at, const char *name,
	const char *(*check)(const char *text), struct strv *ret, struct err *err)
{
	const json_t *array;

	if (get_array(at, name, 0, GUEST_DISKS, &array, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);
		const char *text = json_string_value(value);
		const char *bad = NULL;
		autofree char *member = xasprintf("%s[%zu]", name, i);

		if (!text || strlen(text) != json_string_length(value))
			bad = "must be a string";
		else if (*text)
			bad = check(text);
		if (bad)
			return wrong(at, member, bad, err);
		strv_add(ret, text);
	}
	return 0;
}

static int read_sizes(const struct at *at, struct plan_virt *virt, struct err *err)
{
	const json_t *array;

	if (get_array(at, "file_size", 0, GUEST_DISKS, &array, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *value = json_array_get(array, i);
		double gib = json_number_value(value);
		const char *bad =
			json_is_number(value) ? check_disk_gib(gib) : "must be a number of GiB";
		autofree char *member = xasprintf("file_size[%zu]", i);

		if (bad)
			return wrong(at, member, bad, err);
		virt->file_size[virt->n_file_size++] = gib;
	}
	return 0;
}

static const struct text_member virt_texts[] = {
	{"type", offsetof(struct plan_virt, type), check_word, false},
	{"bridge", offsetof(struct plan_virt, bridge), check_bridge, true},
	{"graphics", offsetof(struct plan_virt, graphics), check_word, false},
};

static int read_virt(const struct at *root, struct plan_virt *virt, struct err *err)
{
	struct at at;

	if (get_object(root, "virt", "virt.", &at, err) < 0 ||
		read_texts(&at, virt_texts, ARRAY_SIZE(virt_texts), virt, err) < 0 ||
		read_number(&at, "ram", GUEST_RAM_MIN, GUEST_RAM_MIB, &virt->ram, err) < 0 ||
		read_number(&at, "cpus", 1, GUEST_CPUS, &virt->cpus, err) < 0 ||
		read_sizes(&at, virt, err) < 0 ||
		read_strings(&at, "path", check_disk_path, &virt->path, err) < 0 ||
		read_strings(&at, "disk_driver", check_word, &virt->disk_driver, err) < 0)
		return -1;
	return read_flag(&at, "auto_boot", &virt->auto_boot, err);
}

static const struct text_member file_texts[] = {
	{"url", offsetof(struct plan_file, url), check_url, false},
};

static int read_file(const struct at *at, uint64_t max, struct plan_file *file, struct err *err)
{
	const char *sum;
	const char *bad;

	if (read_texts(at, file_texts, ARRAY_SIZE(file_texts), file, err) < 0 ||
		read_number(at, "size", 1, max, &file->size, err) < 0 ||
		get_text(at, "sha256", &sum, err) < 0)
		return -1;
	bad = check_sha256(sum);
	if (bad)
		return wrong(at, "sha256", bad, err);
	memcpy(file->sha256, sum, SHA256_TEXT);
	return 0;
}

static int read_initrds(const struct at *root, struct plan *plan, struct err *err)
{
	const json_t *array;

	if (get_array(root, "initrd", 1, PLAN_INITRDS_MAX, &array, err) < 0)
		return -1;
	plan->initrds = xcalloc(json_array_size(array), sizeof(*plan->initrds));
	for (size_t i = 0; i < json_array_size(array); i++) {
		autofree char *prefix = xasprintf("initrd[%zu].", i);
		struct at at = {.object = json_array_get(array, i), .prefix = prefix};

		if (read_file(&at, INITRD_BYTES_MAX, &plan->initrds[plan->n_initrds++], err) < 0)
			return -1;
	}
	return 0;
}

static const struct text_member nic_texts[] = {
	{"name", offsetof(struct plan_nic, name), check_word, false},
	{"interface_type", offsetof(struct plan_nic, type), check_word, true},
	{"virt_bridge", offsetof(struct plan_nic, bridge), check_bridge, true},
};

static int read_nic(const struct at *at, struct plan_nic *nic, struct err *err)
{
	const char *mac;

	if (read_texts(at, nic_texts, ARRAY_SIZE(nic_texts), nic, err) < 0 ||
		get_text(at, "mac_address", &mac, err) < 0)
		return -1;
	nic->has_mac = *mac != '\0';
	if (nic->has_mac && (mac_parse(mac, &nic->mac, NULL) < 0 || !mac_is_unicast(&nic->mac)))
		return wrong(
			at, "mac_address", "must be a MAC address of one station, or empty", err);
	return 0;
}

static int read_nics(const struct at *root, struct plan *plan, struct err *err)
{
	const json_t *array;

	if (get_array(root, "interfaces", 0, GUEST_NICS, &array, err) < 0)
		return -1;
	plan->nics = xcalloc(json_array_size(array) + 1, sizeof(*plan->nics));
	for (size_t i = 0; i < json_array_size(array); i++) {
		autofree char *prefix = xasprintf("interfaces[%zu].", i);
		struct at at = {.object = json_array_get(array, i), .prefix = prefix};

		if (read_nic(&at, &plan->nics[plan->n_nics++], err) < 0)
			return -1;
	}
	return 0;
}

static const char *check_kind(const char *text)
{
	if (strcmp(text, "profile") == 0 || strcmp(text, "system") == 0)
		return NULL;
	return "must be \"profile\" or \"system\"";
}

static const struct text_member plan_texts[] = {
	{"kind", offsetof(struct plan, kind), check_kind, false},
	{"name", offsetof(struct plan, name), check_word, false},
	{"profile", offsetof(struct plan, profile), check_word, false},
	{"distro", offsetof(struct plan, distro), check_word, false},
	{"hostname", offsetof(struct plan, hostname), check_word, true},
	{"breed", offsetof(struct plan, breed), check_word, true},
	{"os_version", offsetof(struct plan, os_version), check_word, true},
	{"arch", offsetof(struct plan, arch), check_word, false},
	{"kernel_options", offsetof(struct plan, kernel_options), check_line, true},
	{"autoinstall", offsetof(struct plan, autoinstall), check_url, true},
};

static int read_plan(const json_t *json, struct plan *plan, struct err *err)
{
	struct at root = {.object = json, .prefix = ""};
	struct at kernel;
	uint64_t format;

	if (read_number(&root, "format", 0, UINT32_MAX, &format, err) < 0)
		return -1;
	if (format != PLAN_FORMAT)
		return err_field(err, ERR_INVALID, "format",
			"the server's plan has format %llu, this koan reads %d; use the koan of "
			"the server's version",
			(unsigned long long)format, PLAN_FORMAT);
	if (read_texts(&root, plan_texts, ARRAY_SIZE(plan_texts), plan, err) < 0 ||
		get_object(&root, "kernel", "kernel.", &kernel, err) < 0 ||
		read_file(&kernel, KERNEL_BYTES_MAX, &plan->kernel, err) < 0 ||
		read_initrds(&root, plan, err) < 0 || read_virt(&root, &plan->virt, err) < 0)
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

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(plan_texts); i++)
		free(*(char **)(void *)((char *)plan + plan_texts[i].offset));
	for (size_t i = 0; i < ARRAY_SIZE(virt_texts); i++)
		free(*(char **)(void *)((char *)&plan->virt + virt_texts[i].offset));
	for (size_t i = 0; i < plan->n_nics; i++)
		for (size_t j = 0; j < ARRAY_SIZE(nic_texts); j++)
			free(*(char **)(void *)((char *)&plan->nics[i] + nic_texts[j].offset));
	for (size_t i = 0; i < plan->n_initrds; i++)
		file_done(&plan->initrds[i]);
	file_done(&plan->kernel);
	strv_done(&plan->virt.path);
	strv_done(&plan->virt.disk_driver);
	free(plan->initrds);
	free(plan->nics);
	*plan = (struct plan){0};
}

static int read_list(const json_t *json, struct strv *ret, struct err *err)
{
	struct at root = {.object = json, .prefix = ""};
	const json_t *array;

	if (get_array(&root, "items", 0, SIZE_MAX, &array, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));
		const char *bad = name ? check_word(name) : "must be a string";
		autofree char *member = xasprintf("items[%zu]", i);

		if (bad)
			return wrong(&root, member, bad, err);
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
