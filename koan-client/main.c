/* koan: makes guests on a virtualization host the way a Bootwright server says. */

#include "koan-client/create.h"
#include "koan-client/fetch.h"
#include "koan-client/guest.h"
#include "koan-client/options.h"
#include "koan-client/plan.h"
#include "koan-client/virt.h"

#include "base/strbuf.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define KOAN_VERSION_TEXT "0.1"

/* One answer of the server, checked for its status. */
static int ask(struct fetch *fetch, const struct options *options, size_t max, struct strbuf *ret,
	struct err *err)
{
	autostrbuf url = STRBUF_INIT;
	int status;

	strbuf_addf(&url, strchr(options->host, ':') ? "http://[%s]:%u" : "http://%s:%u",
		options->host, options->port);
	strbuf_addf(&url, "/koan/v1/%s", options->item_kind);
	if (options->item_name) {
		strbuf_addc(&url, '/');
		strbuf_add_url(&url, options->item_name);
	}
	if (fetch_text(fetch, url.buf, max, &status, ret, err) < 0)
		return err_wrap(err, "server");
	if (status == 200)
		return 0;
	return plan_problem(ret->buf, ret->len, status, err);
}

static int list(const struct options *options, struct err *err)
{
	autofetch struct fetch *fetch = fetch_new();
	autostrbuf text = STRBUF_INIT;
	autostrv names = STRV_INIT;

	if (ask(fetch, options, PLAN_LIST_MAX, &text, err) < 0 ||
		plan_list_parse(text.buf, text.len, &names, err) < 0)
		return -1;
	strv_for_each (name, &names)
		puts(name);
	return 0;
}

static int get_plan(
	struct fetch *fetch, const struct options *options, struct plan *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;

	if (ask(fetch, options, PLAN_BYTES_MAX, &text, err) < 0 ||
		plan_parse(text.buf, text.len, ret, err) < 0)
		return err_wrap(err, "%s '%s'", options->item_kind, options->item_name);
	if (strcmp(ret->kind, options->item_kind) != 0 ||
		strcmp(ret->name, options->item_name) != 0)
		return err_set(err, ERR_UPSTREAM,
			"asked for the %s '%s', the server answered with the %s '%s'",
			options->item_kind, options->item_name, ret->kind, ret->name);
	return 0;
}

static int display(const struct options *options, struct err *err)
{
	autofetch struct fetch *fetch = fetch_new();
	autoplan plan = {0};

	if (get_plan(fetch, options, &plan, err) < 0)
		return -1;
	plan_print(&plan, stdout);
	return 0;
}

/* A dry run needs the host only to find out what `auto` is. */
static bool needs_host(
	const struct options *options, const struct domain_type *type, const char *uri)
{
	return !options->dry_run || (!type && !(uri && uri_is_test(uri)));
}

static int virt(const struct options *options, struct err *err)
{
	autofetch struct fetch *fetch = fetch_new();
	autovirt struct virt *host = NULL;
	autoplan plan = {0};
	const struct domain_type *type;
	const char *uri;

	if (get_plan(fetch, options, &plan, err) < 0 ||
		guest_wanted_type(options, &plan, &type, err) < 0)
		return -1;
	uri = create_uri(options, type);
	if (needs_host(options, type, uri) && virt_open(uri, &host, err) < 0)
		return -1;
	if (options->dry_run)
		return create_dry_run(options, &plan, host, stdout, err);
	return create_guest(options, &plan, host, fetch, stdout, err);
}

static int act(const struct options *options, struct err *err)
{
	switch (options->action) {
	case KOAN_VIRT:
		return virt(options, err);
	case KOAN_LIST:
		return list(options, err);
	case KOAN_DISPLAY:
		return display(options, err);
	case KOAN_HELP:
		options_print_help(stdout);
		return 0;
	case KOAN_VERSION:
		puts("koan (Bootwright) " KOAN_VERSION_TEXT);
		return 0;
	}
	return 0;
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
		act(&options, &err) == 0 && flush_output(&err) == 0)
		return 0;
	fprintf(stderr, "koan: %s\n", err.msg);
	return err_exit_status(err.code);
}
