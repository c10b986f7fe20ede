/*
 * Renders one answer file for N systems, as often as asked, and prints the processor's seconds of
 * the fastest round and the bytes: the same work as render.py does. Neither looks whether the files
 * of the templates have changed, and to both the systems' names and addresses are given: making
 * these texts is not counted.
 *
 * usage: render FOLDER TEMPLATE VARIABLES.json SYSTEMS ROUNDS
 */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "template/template.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>

DEFINE_AUTO(template_env, struct template_env *, template_env_free)

static uint64_t stamp(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return 1;
}

static int load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	return file_read(*(const int *)ctx, name, 1 << 20, ret, err);
}

static double used(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct machine {
	json_t *name;
	json_t *address;
};

static struct machine *machines_new(long n)
{
	struct machine *v = xcalloc((size_t)n, sizeof(*v));

	for (long i = 0; i < n; i++) {
		v[i].name = json_sprintf("m%05ld", i);
		v[i].address = json_sprintf("10.80.%ld.%ld", i / 256 % 256, i % 256);
	}
	return v;
}

static void machines_free(struct machine *v, long n)
{
	for (long i = 0; i < n; i++) {
		json_decref(v[i].name);
		json_decref(v[i].address);
	}
	free(v);
}

/* A system's own variables among those that all have. */
static void set_variables(json_t *vars, const struct machine *machine)
{
	json_object_set(vars, "name", machine->name);
	json_object_set(vars, "hostname", machine->name);
	json_object_set(vars, "ip_address", machine->address);
}

/* How many bytes the files of all systems have; -1 on failure. */
static long render_all(struct template_env *env, const char *name, json_t *variables,
	const struct machine *machines, long n, struct err *err)
{
	const struct template_vars vars = template_vars_json(variables);
	autostrbuf out = STRBUF_INIT;
	long bytes = 0;

	for (long i = 0; i < n; i++) {
		set_variables(variables, &machines[i]);
		strbuf_reset(&out);
		if (template_render(env, name, &vars, &out, NULL, err) < 0)
			return -1;
		bytes += (long)out.len;
	}
	return bytes;
}

static int run(const struct template_loader *loader, char **argv, struct err *err)
{
	const struct template_options options = {
		.trim_blocks = true, .lstrip_blocks = true, .keep_trailing_newline = true};
	AUTO(template_env) struct template_env *env = template_env_new(&options, loader);
	autojson json_t *variables = NULL;
	const long n = strtol(argv[4], NULL, 10);
	autostrbuf text = STRBUF_INIT;
	struct machine *machines;
	double best = 1e9;
	long bytes = 0;

	if (file_read(AT_FDCWD, argv[3], 1 << 20, &text, err) < 0)
		return -1;
	variables = json_parse(text.buf, text.len, err);
	if (!variables)
		return -1;
	machines = machines_new(n);
	for (long i = strtol(argv[5], NULL, 10); i > 0 && bytes >= 0; i--) {
		double start = used();

		bytes = render_all(env, argv[2], variables, machines, n, err);
		if (used() - start < best)
			best = used() - start;
	}
	machines_free(machines, n);
	if (bytes < 0)
		return -1;
	printf("%.6f %ld\n", best, bytes);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	autoclose int folder = -1;
	const struct template_loader loader = {.stamp = stamp, .load = load, .ctx = &folder};

	if (argc != 6) {
		fprintf(stderr, "usage: render FOLDER TEMPLATE VARIABLES.json SYSTEMS ROUNDS\n");
		return 2;
	}
	if (file_open_dir(AT_FDCWD, argv[1], &folder, &err) < 0 || run(&loader, argv, &err) < 0) {
		fprintf(stderr, "render: %s\n", err.msg);
		return 1;
	}
	return 0;
}
