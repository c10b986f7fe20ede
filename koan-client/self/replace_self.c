#include "koan-client/self/replace_self.h"

#include "koan-client/guest/static_network.h"
#include "koan-client/plan/cache.h"
#include "koan-client/self/boot_entry.h"
#include "koan-client/self/embed.h"

#include "base/file.h"
#include "base/log.h"
#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>

enum { KEXEC_SECONDS = 120, NAME_DIGITS = 16 };

struct replacement {
	const struct options *options;
	struct plan *plan;
	struct fetch *fetch;
	FILE *out;
	struct interrupt interrupt;
	char *root; /* "" for "/", else without a slash at its end */
	char *cache;
	char *cmdline;
	char *kernel; /* the copies in /boot, as this system has them */
	char *initrd;
	struct strv made; /* paths that go when a step fails */
	struct boot_loader loader;
};

/* Arguments that are about the machine, not about its installed system. */
static bool is_hardware(const char *word, size_t len)
{
	static const char *const keys[] = {"console", "earlycon", "earlyprintk", "acpi", "pci",
		"noapic", "nolapic", "iommu", "intel_iommu", "amd_iommu", "net.ifnames",
		"biosdevname", "nomodeset"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t n = strlen(keys[i]);

		if (len >= n && strncmp(word, keys[i], n) == 0 && (len == n || word[n] == '='))
			return true;
	}
	return false;
}

static bool has_key(const char *line, const char *word)
{
	size_t n = strcspn(word, "= ");

	for (; *line; line += strcspn(line, " "), line += strspn(line, " "))
		if (strncmp(line, word, n) == 0 && strchr("= ", line[n]))
			return true;
	return false;
}

static void add_hardware(const char *running, const char *plan, struct strbuf *ret)
{
	while (*running) {
		size_t len = strcspn(running, " \n");

		if (is_hardware(running, len) && !has_key(plan, running)) {
			strbuf_addc(ret, ' ');
			strbuf_add(ret, running, len);
		}
		running += len;
		running += strspn(running, " \n");
	}
}

char *replace_self_cmdline(const struct options *options, const struct plan *plan,
	const char *running, struct err *err)
{
	autostrbuf line = STRBUF_INIT;
	autofree char *own = NULL;

	strbuf_adds(&line, plan->kernel_options);
	if (*plan->consoles)
		strbuf_addf(&line, " %s", plan->consoles);
	if (options->static_interface &&
		static_network_add(plan, options->static_interface, &line, err) < 0)
		return NULL;
	own = xstrdup(line.buf);
	if (!options->no_copy_default)
		add_hardware(running, own, &line);
	if (options->kernel_options && *options->kernel_options)
		strbuf_addf(&line, " %s", options->kernel_options);
	return strbuf_take(&line);
}

/* `machine` as uname(2) says it, which has other words than the server for some. */
static bool runs_on(const char *arch, const char *machine)
{
	static const struct {
		const char *arch;
		const char *machine;
	} rows[] = {
		{"amd64", "x86_64"},
		{"i386", "x86_64"},
		{"i386", "i686"},
		{"i386", "i586"},
		{"arm64", "aarch64"},
		{"armhf", "armv7l"},
		{"armhf", "armv8l"},
		{"ppc64el", "ppc64le"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].arch, arch) == 0 && strcmp(rows[i].machine, machine) == 0)
			return true;
	return strcmp(arch, machine) == 0;
}

static int check_plan(struct replacement *r, struct err *err)
{
	struct utsname machine;
	const char *arch = r->plan->arch;

	if (r->plan->image)
		return err_set(err, ERR_INVALID,
			"'%s' is an image for guests; --replace-self needs a distro's kernel",
			r->plan->name);
	if (*r->root || uname(&machine) < 0)
		return 0;
	if (runs_on(arch, machine.machine))
		return 0;
	return err_set(err, ERR_INVALID, "'%s' is for %s, this machine is %s", r->plan->name, arch,
		machine.machine);
}

static int make_cmdline(struct replacement *r, struct err *err)
{
	autofree char *path = xasprintf("%s/proc/cmdline", r->root);
	autostrbuf running = STRBUF_INIT;

	if (r->options->embed && embed_answer(r->fetch, r->options, r->plan, err) < 0)
		return -1;
	if (file_read(AT_FDCWD, path, 64 << 10, &running, NULL) < 0)
		strbuf_reset(&running);
	r->cmdline = replace_self_cmdline(r->options, r->plan, running.buf, err);
	return r->cmdline ? 0 : -1;
}

static int find_loader(struct replacement *r, struct err *err)
{
	if (r->options->kexec) {
		autofree char *kexec = run_find("kexec");

		if (*r->root)
			return err_set(err, ERR_USAGE,
				"--kexec starts this machine, not what is in --root");
		return kexec || r->options->dry_run
		               ? 0
		               : err_set(err, ERR_NOT_FOUND,
					 "program 'kexec' is not installed (package kexec-tools)");
	}
	return boot_loader_find(*r->root ? r->root : "/", &r->loader, err);
}

static void tell_entry(const struct replacement *r)
{
	bool once = !r->options->add_reinstall_entry;
	autofree char *unwritable = once ? boot_loader_unwritable(&r->loader) : NULL;

	fprintf(r->out, "entry   '" BOOT_ENTRY_ID "' in %s%s\n", r->loader.file,
		once && !unwritable ? ", for the next start only" : "");
	if (unwritable)
		fprintf(r->out,
			"warning GRUB cannot write on %s: each start is the installer's, until it "
			"has installed or you say: grub-editenv %s unset next_entry\n",
			unwritable, r->loader.grubenv);
}

static void tell_plan(const struct replacement *r)
{
	fprintf(r->out, "kernel  %s\n", r->plan->kernel.url);
	fprintf(r->out, "options %s\n", r->cmdline);
	if (!r->options->kexec)
		tell_entry(r);
}

static int ask(struct replacement *r, struct err *err)
{
	char answer[16] = "";

	tell_plan(r);
	if (r->options->yes || r->options->dry_run || r->options->add_reinstall_entry)
		return 0;
	fprintf(r->out,
		"This machine will be installed anew as %s '%s' %s. What is on its disks may be "
		"lost.\nType 'yes' to go on: ",
		r->plan->kind, r->plan->name,
		r->options->kexec ? "at once" : "when it starts next");
	fflush(r->out);
	if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "yes\n") != 0)
		return err_set(
			err, ERR_DENIED, "nothing was changed; --yes goes on without asking");
	return 0;
}

static int get_files(struct replacement *r, struct err *err)
{
	return cache_fill(r->cache, r->plan, r->fetch, &r->interrupt, err);
}

/* Verified again as it lies in /boot, where the kernel that is started is read from. */
static int verify_copy(const char *from, const char *to, struct err *err)
{
	autoclose int source = open(from, O_RDONLY | O_CLOEXEC);
	autoclose int copy = open(to, O_RDWR | O_CLOEXEC);
	char wanted[SHA256_TEXT];
	char got[SHA256_TEXT];

	if (source < 0 || copy < 0 || fsync(copy) < 0)
		return err_sys(err, "'%s'", to);
	if (sha256_fd(source, wanted, NULL, err) < 0 || sha256_fd(copy, got, NULL, err) < 0)
		return err_wrap(err, "'%s'", to);
	return strcmp(wanted, got) == 0 ? 0 : err_set(err, ERR_IO, "'%s' is damaged", to);
}

/* A copy with a name of its own for each content, so that nothing is overwritten. */
static int copy_to_boot(struct replacement *r, const char *from, const char *sum, const char *what,
	char **ret, struct err *err)
{
	autofree char *path =
		xasprintf("%s/boot/koan-%.*s.%s", r->root, (int)NAME_DIGITS, sum, what);

	/* The same bytes, of a run before: an entry may need them. */
	if (access(path, F_OK) == 0 && verify_copy(from, path, NULL) == 0) {
		*ret = TAKE(path);
		return 0;
	}
	unlink(path);
	strv_add(&r->made, path);
	if (file_copy(AT_FDCWD, from, AT_FDCWD, path, err) < 0 || verify_copy(from, path, err) < 0)
		return err_wrap(err, "'%s'", path);
	*ret = TAKE(path);
	return 0;
}

static int copy_files(struct replacement *r, struct err *err)
{
	autofree char *kernel = cache_kernel_path(r->cache, r->plan);
	autofree char *initrd = cache_initrd_path(r->cache, r->plan);
	const char *initrd_sum = strrchr(initrd, '/') + 1;

	if (r->options->kexec)
		return 0;
	if (strncmp(initrd_sum, "joined-", 7) == 0)
		initrd_sum += 7;
	if (copy_to_boot(r, kernel, r->plan->kernel.sha256, "linux", &r->kernel, err) < 0)
		return -1;
	return copy_to_boot(r, initrd, initrd_sum, "initrd", &r->initrd, err);
}

static int add_entry(struct replacement *r, struct err *err)
{
	autofree char *title = xasprintf("Install %s anew (koan)", r->plan->name);
	autofree char *before = NULL;
	autofree char *kernel = NULL;
	autofree char *initrd = NULL;
	struct boot_entry entry;

	if (r->options->kexec)
		return 0;
	kernel = boot_loader_path(r->root, r->kernel);
	initrd = boot_loader_path(r->root, r->initrd);
	entry = (struct boot_entry){title, kernel, initrd, r->cmdline};
	if (boot_loader_add(&r->loader, &entry, &before, err) < 0)
		return -1;
	if (r->options->add_reinstall_entry || boot_loader_once(&r->loader, err) == 0)
		return 0;
	boot_loader_restore(&r->loader, before);
	return -1;
}

/* koan-0123456789abcdef.linux or .initrd, as copy_to_boot() names them. */
static bool is_copy(const char *name)
{
	static const char start[] = "koan-";

	if (strncmp(name, start, strlen(start)) != 0)
		return false;
	name += strlen(start);
	if (strspn(name, "0123456789abcdef") != NAME_DIGITS)
		return false;
	name += NAME_DIGITS;
	return strcmp(name, ".linux") == 0 || strcmp(name, ".initrd") == 0;
}

/* What the entry named before: /boot is small, and an initrd may have an answer file in it. */
static void drop_old_copies(const struct replacement *r)
{
	autofree char *boot = xasprintf("%s/boot", r->root);
	autostrv names = STRV_INIT;

	if (file_list(AT_FDCWD, boot, &names, NULL) < 0)
		return;
	strv_for_each (name, &names) {
		autofree char *path = xasprintf("%s/%s", boot, name);

		if (is_copy(name) && strcmp(path, r->kernel) != 0 && strcmp(path, r->initrd) != 0 &&
			unlink(path) < 0)
			log_warning("'%s' is left behind: %s", path, strerror(errno));
	}
}

static int load_kernel(struct replacement *r, struct err *err)
{
	autofree char *kernel = cache_kernel_path(r->cache, r->plan);
	autofree char *initrd_path = cache_initrd_path(r->cache, r->plan);
	autofree char *initrd = xasprintf("--initrd=%s", initrd_path);
	autofree char *line = xasprintf("--command-line=%s", r->cmdline);
	/* By kexec_file_load(2) where there is one: with Secure Boot the kernel takes no other, and
	 * not each kexec-tools tries it by itself. */
	const char *const load[] = {
		"kexec", "--kexec-syscall-auto", "--load", kernel, initrd, line, NULL};
	const char *const go[] = {"systemctl", "kexec", NULL};
	const char *const jump[] = {"kexec", "--exec", NULL};

	if (!r->options->kexec)
		return 0;
	if (run_checked(load, KEXEC_SECONDS, NULL, err) < 0)
		return err_wrap(err, "the installer's kernel cannot be loaded");
	fputs("the installer starts now\n", r->out);
	fflush(r->out);
	/* systemd stops the services and unmounts first; without it, the kernel is jumped to. */
	sync();
	if (run_checked(go, KEXEC_SECONDS, NULL, NULL) == 0)
		return 0;
	return run_checked(jump, KEXEC_SECONDS, NULL, err);
}

static int (*const looks[])(struct replacement *r, struct err *err) = {
	check_plan, make_cmdline, find_loader, ask};
static int (*const steps[])(struct replacement *r, struct err *err) = {
	get_files, copy_files, add_entry, load_kernel};

static int run_looks(struct replacement *r, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++)
		if (looks[i](r, err) < 0)
			return -1;
	return 0;
}

static int run_steps(struct replacement *r, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (interrupt_check(&r->interrupt, err) < 0 || steps[i](r, err) < 0)
			return -1;
	return 0;
}

static void take_back(struct replacement *r)
{
	for (size_t i = r->made.n; i-- > 0;)
		unlink(r->made.v[i]);
}

static void replacement_done(struct replacement *r)
{
	free(r->root);
	free(r->cache);
	free(r->cmdline);
	free(r->kernel);
	free(r->initrd);
	strv_done(&r->made);
	boot_loader_done(&r->loader);
	if (r->interrupt.fd >= 0)
		close(r->interrupt.fd);
}

static int replace(struct replacement *r, struct err *err)
{
	if (run_looks(r, err) < 0)
		return -1;
	if (r->options->dry_run)
		return 0;
	if (interrupt_begin(&r->interrupt, err) < 0)
		return -1;
	if (run_steps(r, err) < 0) {
		take_back(r);
		return -1;
	}
	if (r->options->kexec)
		return 0;
	drop_old_copies(r);
	fprintf(r->out,
		r->options->add_reinstall_entry
			? "the boot menu has the entry now; start it once with: grub-reboot %s\n"
			: "the next start installs this machine anew (entry '%s'): reboot\n",
		BOOT_ENTRY_ID);
	return 0;
}

int replace_self(const struct options *options, struct plan *plan, struct fetch *fetch, FILE *out,
	struct err *err)
{
	size_t len = strlen(options->root);
	struct replacement r = {
		.options = options,
		.plan = plan,
		.fetch = fetch,
		.out = out,
		.interrupt = {.fd = -1},
		.cache = cache_folder(options->cache_dir),
	};
	int result;

	while (len > 0 && options->root[len - 1] == '/')
		len--;
	r.root = xstrndup(options->root, len);
	result = replace(&r, err);
	replacement_done(&r);
	return result;
}
