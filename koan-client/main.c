/* koan: makes guests on a virtualization host the way a Bootwright server says, and installs the
 * machine it runs on. */

#include "koan-client/create/create.h"
#include "koan-client/create/unmake.h"
#include "koan-client/guest/guest.h"
#include "koan-client/plan/server.h"
#include "koan-client/self/embed.h"
#include "koan-client/self/replace_self.h"
#include "koan-client/self/update_files.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define KOAN_VERSION_TEXT "0.1"

struct koan {
	const struct options *options;
	struct fetch *fetch;
	struct progress *progress;
};

static int list(const struct koan *koan, struct err *err)
{
	autostrv names = STRV_INIT;

	if (server_list(koan->fetch, koan->options, &names, err) < 0)
		return -1;
	strv_for_each (name, &names)
		puts(name);
	return 0;
}

static int display(const struct koan *koan, struct err *err)
{
	autoplan plan = {0};

	if (server_plan(koan->fetch, koan->options, &plan, err) < 0)
		return -1;
	plan_print(&plan, stdout);
	return 0;
}

static bool names_a_volume(const struct strv *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		if (strncmp(paths->v[i], "vol=", 4) == 0)
			return true;
	return false;
}

/* What is only printed needs the host to find out what `auto` is, where a volume is, and for
 * libvirt's own conversion. */
static bool needs_host(const struct options *options, const struct plan *plan,
	const struct domain_type *type, const char *uri)
{
	if (options->format != FORMAT_XML)
		return true;
	if (names_a_volume(options->paths.n ? &options->paths : &plan->virt.path))
		return true;
	return !type && !(uri && uri_is_test(uri));
}

static int connect_to(
	const struct options *options, const char *uri, struct virt **ret, struct err *err)
{
	if (virt_open(uri, ret, err) < 0)
		return -1;
	if (options->remote)
		virt_set_remote(*ret);
	return 0;
}

static int virt(const struct koan *koan, struct err *err)
{
	const struct options *options = koan->options;
	autovirt struct virt *host = NULL;
	autoplan plan = {0};
	const struct domain_type *type;
	const char *uri;

	if (server_plan(koan->fetch, options, &plan, err) < 0 ||
		guest_wanted_type(options, &plan, &type, err) < 0)
		return -1;
	uri = create_uri(options, type);
	if (needs_host(options, &plan, type, uri) && connect_to(options, uri, &host, err) < 0)
		return -1;
	if (options->embed && embed_answer(koan->fetch, options, &plan, err) < 0)
		return -1;
	if (options->format != FORMAT_NONE)
		return create_print(options, &plan, host, stdout, err);
	return create_guest(options, &plan, host, koan->fetch, koan->progress, stdout, err);
}

static int undo(const struct koan *koan, struct err *err)
{
	const struct options *options = koan->options;
	autovirt struct virt *host = NULL;

	if (connect_to(options, create_uri(options, options->type), &host, err) < 0)
		return -1;
	return unmake_all(options, host, stdout, err);
}

static int replace(const struct koan *koan, struct err *err)
{
	autoplan plan = {0};

	if (server_plan(koan->fetch, koan->options, &plan, err) < 0)
		return -1;
	return replace_self(koan->options, &plan, koan->fetch, stdout, err);
}

static int update(const struct koan *koan, struct err *err)
{
	autoplan plan = {0};

	if (server_plan(koan->fetch, koan->options, &plan, err) < 0)
		return -1;
	return update_files(koan->options, &plan, koan->fetch, stdout, err);
}

static int act(const struct koan *koan, struct err *err)
{
	switch (koan->options->action) {
	case KOAN_VIRT:
		return virt(koan, err);
	case KOAN_REPLACE_SELF:
		return replace(koan, err);
	case KOAN_UPDATE_FILES:
		return update(koan, err);
	case KOAN_UNDO:
		return undo(koan, err);
	case KOAN_LIST:
		return list(koan, err);
	case KOAN_DISPLAY:
		return display(koan, err);
	case KOAN_HELP:
		options_print_help(stdout);
		return 0;
	case KOAN_MAN:
		options_print_man(stdout);
		return 0;
	case KOAN_VERSION:
		puts("koan (Bootwright) " KOAN_VERSION_TEXT);
		return 0;
	}
	return 0;
}

static int run(const struct options *options, struct err *err)
{
	struct progress progress;
	autofetch struct fetch *fetch = fetch_new(options->ca_file, &progress);

	progress_init(&progress, options->progress);
	return act(&(struct koan){options, fetch, &progress}, err);
}

static int flush_output(struct err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_sys(err, "standard output");
}

int main(int argc, char *argv[])
{
	autooptions options = {0};
	struct err err = ERR_INIT;

	/* A reader of our output that goes away must not keep a failed step from being undone. */
	signal(SIGPIPE, SIG_IGN);
	/* The hypervisor runs as another user and must be able to read the cached kernels. */
	umask(022);
	if (options_parse(argc, argv, getenv("COBBLER_SERVER"), &options, &err) == 0 &&
		run(&options, &err) == 0 && flush_output(&err) == 0)
		return 0;
	fflush(stdout);
	fprintf(stderr, "koan: %s\n", err.msg);
	return err_exit_status(err.code);
}
