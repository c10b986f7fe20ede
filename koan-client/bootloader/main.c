/* koan-bootloader: the program that Xen's libxl runs in the host (bootloader=) to learn what kernel
 * a guest starts; it asks a Bootwright or PXE server or a repository, or hands over to pygrub. */

#include "koan-client/bootloader/boot_folder.h"
#include "koan-client/bootloader/pxe.h"
#include "koan-client/bootloader/pygrub.h"
#include "koan-client/plan/server.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define VERSION_TEXT "0.1"
/* xend made its FIFO before it began to read it. */
#define FIFO_TRIES 600
#define FIFO_PAUSE 100 /* milliseconds */
/* What a PV guest's start information has room for (Xen, public/xen.h). */
#define PV_ARGS_MAX 1023

struct loader {
	const struct loader_options *options;
	struct fetch *fetch;
	const struct interrupt *interrupt;
};

static void tell(const struct loader_options *options, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The console is a raw terminal: a new line alone would not go back to the left. */
static const char *line_end(void)
{
	return isatty(STDERR_FILENO) ? "\r\n" : "\n";
}

static void tell(const struct loader_options *options, const char *fmt, ...)
{
	autostrbuf text = STRBUF_INIT;
	va_list ap;

	if (options->quiet)
		return;
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	fprintf(stderr, "koan-bootloader: %s%s", text.buf, line_end());
}

/* A plan's kernel, or an image that is one. */
static int boot_of_plan(const struct plan *plan, struct boot *ret, struct err *err)
{
	ret->local = plan->local_boot;
	ret->what = xasprintf("%s '%s'", plan->kind, plan->name);
	if (ret->local)
		return 0;
	if (plan->image && strcmp(plan->image->type, "direct") != 0)
		return err_set(err, ERR_INVALID,
			"%s '%s' is an image of type '%s', which a guest without firmware cannot "
			"start",
			plan->kind, plan->name, plan->image->type);
	ret->kernel = plan->image ? plan->image->file : plan->kernel;
	ret->kernel.url = xstrdup(ret->kernel.url);
	for (size_t i = 0; i < plan->n_initrds; i++) {
		boot_add_initrd(ret, plan->initrds[i].url, plan->initrds[i].sha256);
		ret->initrds[i].size = plan->initrds[i].size;
	}
	boot_add_args(ret, plan->kernel_options);
	return 0;
}

static int plan_by_mac(const struct loader *loader, struct plan *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	char mac[MAC_TEXT];

	mac_format(&loader->options->mac, ':', mac);
	if (server_ask(loader->fetch, &loader->options->server, "mac", mac, NULL, PLAN_BYTES_MAX,
		    &text, err) < 0 ||
		plan_parse(text.buf, text.len, ret, err) < 0)
		return err_wrap(err, "MAC address %s", mac);
	return 0;
}

static int ask_server(const struct loader *loader, struct boot *ret, struct err *err)
{
	const struct options *server = &loader->options->server;
	autoplan plan = {0};
	int bad = server->item_name ? server_plan(loader->fetch, server, &plan, err)
	                            : plan_by_mac(loader, &plan, err);

	if (bad < 0 || boot_of_plan(&plan, ret, err) < 0)
		return -1;
	return 0;
}

static int ask(const struct loader *loader, struct boot *ret, struct err *err)
{
	const struct loader_options *options = loader->options;

	switch (options->way) {
	case LOADER_SERVER:
		return ask_server(loader, ret, err);
	case LOADER_PXE:
		return pxe_boot(options, loader->fetch, loader->interrupt, ret, err);
	case LOADER_REPOSITORY:
		return repository_boot(
			&options->repository, loader->fetch, loader->interrupt, ret, err);
	case LOADER_DISK:
		ret->what = xstrdup("other-config");
		ret->local = true;
		return 0;
	}
	return 0;
}

/* Status 503 is the word of a server that stops, or of the proxy before one that is away; our own
 * signals have the same class. */
static bool is_away(const struct loader *loader, const struct err *err)
{
	return err->code == ERR_UPSTREAM ||
	       (err->code == ERR_BUSY && !interrupt_pending(loader->interrupt));
}

/* As firmware does that finds no server: the disk is tried, which cannot harm it. */
static int fall_back(const struct loader *loader, struct boot *ret, struct err *err)
{
	if (!loader->options->fallback || !is_away(loader, err))
		return -1;
	log_warning("%s", err->msg);
	boot_done(ret);
	ret->what = xstrdup("no answer");
	ret->local = true;
	return 0;
}

/* What is to start: the disk where a marker says so, else what whoever is asked says. */
static int decide(const struct loader *loader, struct boot *ret, struct err *err)
{
	const struct loader_options *options = loader->options;
	bool had_installer = false;
	const char *bad;

	if (options->once && marker_is_set(&options->marker, &had_installer, err) < 0)
		return -1;
	if (had_installer) {
		ret->local = true;
		ret->what =
			xasprintf("'%s' (its installer has been started; --rearm installs it anew)",
				options->vm);
		return 0;
	}
	if (ask(loader, ret, err) < 0)
		return fall_back(loader, ret, err);
	if (ret->local)
		return 0;
	boot_add_args(ret, options->args);
	/* The guest's only console; a kernel finds it by itself in PV, not in PVH. */
	if (!boot_has_arg(ret, "console="))
		boot_add_args(ret, "console=hvc0");
	bad = check_line(ret->args.buf);
	return bad ? err_set(err, ERR_INVALID, "%s: the kernel's arguments %s", ret->what, bad) : 0;
}

/* Opens what takes the answer. A FIFO is waited for until somebody reads it, or a signal comes. */
static int open_output(const struct loader *loader, int *ret, struct err *err)
{
	const char *path = loader->options->output;
	struct pollfd signals = {.fd = loader->interrupt->fd, .events = POLLIN};
	autoclose int fd = -1;

	if (!path) {
		*ret = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
		return *ret < 0 ? err_sys(err, "standard output") : 0;
	}
	for (int i = 0; fd < 0; i++) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			0600);
		if (fd < 0 && (errno != ENXIO || i == FIFO_TRIES))
			return err_sys(err, "--output=%s", path);
		if (fd < 0 && poll(&signals, 1, FIFO_PAUSE) > 0)
			return interrupt_check(loader->interrupt, err);
	}
	if (fcntl(fd, F_SETFL, 0) < 0)
		return err_sys(err, "--output=%s", path);
	*ret = take_fd(&fd);
	return 0;
}

static int answer(const struct loader *loader, const struct boot_folder *folder,
	const struct boot *boot, struct err *err)
{
	autofree char *kernel = xasprintf("%s/%s", folder->path, folder->kernel);
	autofree char *ramdisk =
		folder->ramdisk ? xasprintf("%s/%s", folder->path, folder->ramdisk) : NULL;
	const struct boot_output output = {kernel, ramdisk, boot->args.buf};
	autostrbuf text = STRBUF_INIT;
	autoclose int fd = -1;

	if (boot_output_print(loader->options->format, &output, &text, err) < 0 ||
		open_output(loader, &fd, err) < 0)
		return -1;
	if (file_write_fd(fd, text.buf, text.len, err) < 0)
		return err_wrap(err, "--output=%s",
			loader->options->output ? loader->options->output : "-");
	return 0;
}

/* The marker comes first: an installer that may have started must not start again by itself. */
static int mark_and_answer(const struct loader *loader, const struct boot_folder *folder,
	const struct boot *boot, struct err *err)
{
	const struct loader_options *options = loader->options;
	bool was;

	if (interrupt_check(loader->interrupt, err) < 0)
		return -1;
	if (!options->once)
		return answer(loader, folder, boot, err);
	if (marker_set(&options->marker, boot->what, err) < 0)
		return -1;
	if (answer(loader, folder, boot, err) == 0)
		return 0;
	marker_clear(&options->marker, &was, NULL);
	return -1;
}

static int start_kernel(const struct loader *loader, const struct boot *boot, struct err *err)
{
	const struct loader_options *options = loader->options;
	AUTO(boot_folder) struct boot_folder folder = BOOT_FOLDER_INIT;

	tell(options, "%s: %s", boot->what, boot->kernel.url);
	if (boot->args.len > PV_ARGS_MAX)
		log_warning("the kernel's arguments have %zu bytes; a PV guest sees the first %d",
			boot->args.len, PV_ARGS_MAX);
	if (boot_folder_open(
		    options->output_directory ? options->output_directory : LOADER_OUTPUT_DIR,
		    &folder, err) < 0 ||
		boot_folder_fill(&folder, boot, options, loader->fetch, loader->interrupt, err) <
			0 ||
		mark_and_answer(loader, &folder, boot, err) < 0)
		return err_wrap(err, "%s", boot->what);
	boot_folder_hand_over(&folder);
	return 0;
}

static void print_boot(const struct boot *boot)
{
	printf("%s\n", boot->what);
	if (boot->local) {
		puts("local boot, by pygrub");
		return;
	}
	printf("kernel %s\n", boot->kernel.url);
	for (size_t i = 0; i < boot->n_initrds; i++)
		printf("ramdisk %s\n", boot->initrds[i].url);
	printf("args %s\n", boot->args.buf);
}

static int start(const struct loader *loader, struct boot *boot, struct err *err)
{
	if (decide(loader, boot, err) < 0)
		return -1;
	if (loader->options->dry_run) {
		print_boot(boot);
		return 0;
	}
	if (!boot->local)
		return start_kernel(loader, boot, err);
	tell(loader->options, "%s: starting from the disk", boot->what);
	return pygrub_become(loader->options, err);
}

static int boot(const struct loader_options *options, struct err *err)
{
	autofetch struct fetch *fetch = fetch_new(options->server.ca_file, NULL);
	struct interrupt interrupt;
	autoboot boot = BOOT_INIT;
	struct loader loader = {options, fetch, &interrupt};
	int bad;

	if (interrupt_begin(&interrupt, err) < 0)
		return -1;
	bad = start(&loader, &boot, err);
	close(interrupt.fd);
	return bad;
}

static int rearm(const struct loader_options *options, struct err *err)
{
	bool was;

	if (marker_clear(&options->marker, &was, err) < 0)
		return -1;
	tell(options,
		was ? "'%s' is installed anew at its next start"
		    : "'%s' has had no installer; its next start is one anyway",
		options->vm);
	return 0;
}

static int act(const struct loader_options *options, struct err *err)
{
	switch (options->action) {
	case LOADER_BOOT:
		return boot(options, err);
	case LOADER_REARM:
		return rearm(options, err);
	case LOADER_HELP:
		loader_options_print_help(stdout);
		return 0;
	case LOADER_MAN:
		loader_options_print_man(stdout);
		return 0;
	case LOADER_VERSION:
		puts("koan-bootloader (Bootwright) " VERSION_TEXT);
		return 0;
	}
	return 0;
}

int main(int argc, char *argv[])
{
	AUTO(loader_options) struct loader_options options = {0};
	struct err err = ERR_INIT;

	/* A console or a FIFO that is closed must not keep files from being removed. */
	signal(SIGPIPE, SIG_IGN);
	umask(022);
	if (loader_options_parse(argc, argv, getenv("COBBLER_SERVER"), &options, &err) == 0 &&
		act(&options, &err) == 0) {
		if (fflush(stdout) == 0 && !ferror(stdout))
			return 0;
		err_fill_sys(&err, "standard output");
	}
	fprintf(stderr, "koan-bootloader: %s%s", err.msg, line_end());
	return err_exit_status(err.code);
}
