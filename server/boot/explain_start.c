/* What the walk ends with: a kernel and its files, or a disk. */
#include "boot/explain.h"

#include "boot/image_file.h"

#include <string.h>

void explain_start_done(struct explain_start *start)
{
	free(start->kernel);
	strv_done(&start->initrds);
	free(start->hypervisor);
	strbuf_done(&start->hypervisor_arguments);
	strbuf_done(&start->command_line);
}

static const struct {
	const char *what;
	const char *text;
} sentences[] = {
	{"linux", "Linux starts"},
	{"xen", "Xen starts, with Linux as its first domain"},
	{"memdisk", "memdisk starts the image in memory"},
	{"memtest", "the memory test starts"},
	{"san", "iPXE starts from the disk or image as if it were local"},
	{"local", "the machine boots from its own disk"},
};

static const char *sentence_of(const char *what)
{
	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++)
		if (strcmp(sentences[i].what, what) == 0)
			return sentences[i].text;
	return what;
}

const char *explain_what(const char *kernel)
{
	static const char *const others[] = {"memdisk", "memtest"};
	const char *slash = strrchr(kernel, '/');
	const char *name = slash ? slash + 1 : kernel;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(others[i], name) == 0)
			return others[i];
	return "linux";
}

static json_t *file_json(const char *url, const struct explain_file *file)
{
	json_t *object = json_object();

	json_set_str(object, "url", url);
	json_object_set_new(object, "found", json_boolean(file->found));
	if (file->found) {
		json_object_set_new(object, "size", json_integer((json_int_t)file->size));
		json_set_str(object, "sha256", file->sha256);
	}
	return object;
}

/* Under Secure Boot only a signed kernel is run, whoever loads it. */
static void check_kernel(
	struct explain *explain, const struct explain_start *start, const struct explain_file *file)
{
	size_t max = image_command_line_max(file->text.buf ? file->text.buf : "", file->text.len);

	if (strcmp(start->what, "linux") == 0)
		explain_may_run(explain, start->kernel, file);
	if (max && start->command_line.len > max)
		explain_problem(explain, "shorten its kernel_options",
			"the command line has %zu bytes, and this kernel reads %zu",
			start->command_line.len, max);
}

static int fetch_into(struct explain *explain, const char *url, json_t *start, const char *key,
	struct explain_file *file, struct err *err)
{
	json_t *object;

	if (explain_fetch(explain, url, EXPLAIN_NEEDED, file, err) < 0)
		return -1;
	object = file_json(url, file);
	if (json_is_array(json_object_get(start, key)))
		json_array_append_new(json_object_get(start, key), object);
	else
		json_object_set_new(start, key, object);
	return 0;
}

static int fetch_all(
	struct explain *explain, const struct explain_start *start, json_t *object, struct err *err)
{
	autofile kernel = {.text = STRBUF_INIT};
	autofile hypervisor = {.text = STRBUF_INIT};

	if (start->hypervisor &&
		fetch_into(explain, start->hypervisor, object, "hypervisor", &hypervisor, err) < 0)
		return -1;
	if (start->kernel) {
		if (fetch_into(explain, start->kernel, object, "kernel", &kernel, err) < 0)
			return -1;
		check_kernel(explain, start, &kernel);
	}
	strv_for_each (url, &start->initrds) {
		autofile initrd = {.text = STRBUF_INIT};

		if (fetch_into(explain, url, object, "initrds", &initrd, err) < 0)
			return -1;
	}
	return 0;
}

int explain_starts(struct explain *explain, const struct explain_start *start, struct err *err)
{
	autojson json_t *object = json_pack("{s:s,s:[]}", "what", start->what, "initrds");
	const char *line = start->command_line.buf ? start->command_line.buf : "";
	json_t *step;

	if (fetch_all(explain, start, object, err) < 0)
		return -1;
	if (start->kernel)
		json_set_str(object, "command_line", line);
	if (start->hypervisor)
		json_set_str(object, "hypervisor_arguments",
			start->hypervisor_arguments.buf ? start->hypervisor_arguments.buf : "");
	if (start->note)
		json_set_str(object, "note", start->note);
	step = explain_step(explain, "start", "%s%s%s%s%s", sentence_of(start->what),
		start->kernel ? ": " : "", start->kernel ? line : "", start->note ? "; " : "",
		start->note ? start->note : "");
	(void)step;
	explain->start = TAKE(object);
	return 0;
}
