#include "koan-client/create.h"

#include "koan-client/bridges.h"
#include "koan-client/cache.h"
#include "koan-client/capabilities.h"
#include "koan-client/disks.h"
#include "koan-client/domain_xml.h"
#include "koan-client/guest.h"
#include "koan-client/undo.h"

#include <string.h>

struct creation {
	const struct options *options;
	const struct plan *plan;
	struct virt *virt;
	struct fetch *fetch;
	FILE *out;
	struct interrupt interrupt;
	struct undo undo;
	struct guest guest;
};

const char *create_uri(const struct options *options, const struct domain_type *type)
{
	const char *environment = getenv("LIBVIRT_DEFAULT_URI");

	if (options->connect)
		return options->connect;
	if (environment && *environment)
		return environment;
	return type ? type->uri : NULL;
}

/* The kind of guest: as asked, else what the host has. guest_build() complains of an unknown
 * architecture; the test driver runs everything. */
static int choose_type(const struct options *options, const struct plan *plan, struct virt *virt,
	const struct domain_type **ret, struct err *err)
{
	const struct guest_arch *arch = guest_arch_find(plan->arch);
	autofree char *capabilities = NULL;

	if (guest_wanted_type(options, plan, ret, err) < 0)
		return -1;
	if (*ret)
		return 0;
	if (!virt || !arch || uri_is_test(virt_uri(virt))) {
		*ret = domain_type_at(0);
		return 0;
	}
	if (virt_capabilities(virt, &capabilities, err) < 0)
		return -1;
	return capabilities_choose(capabilities, arch->libvirt, ret, err);
}

/* A profile makes many guests: its name gets a number where it is taken. A name that was asked for
 * is taken as it is: check_host() has the say. */
static int choose_name(const struct creation *c, char **ret, struct err *err)
{
	bool numbered = c->virt && !c->options->virt_name && strcmp(c->plan->kind, "profile") == 0;
	const char *base;

	if (guest_wanted_name(c->options, c->plan, &base, err) < 0)
		return -1;
	for (unsigned i = 1; i < 10000; i++) {
		autofree char *name = i == 1 ? xstrdup(base) : xasprintf("%s-%u", base, i);
		bool exists = false;

		if (numbered && virt_domain_exists(c->virt, name, &exists, err) < 0)
			return -1;
		if (!exists) {
			*ret = TAKE(name);
			return 0;
		}
	}
	return err_set(err, ERR_CONFLICT, "no free name like '%s'; give --virt-name", base);
}

/* Fills in the guest, down to the paths of what will be made. Looks only. */
static int prepare(struct creation *c, struct err *err)
{
	autofree char *name = NULL;
	autofree char *images = NULL;
	autofree char *cache = cache_folder(c->options->cache_dir);
	autostrv macs = STRV_INIT;
	const struct domain_type *type;

	if (choose_name(c, &name, err) < 0 ||
		choose_type(c->options, c->plan, c->virt, &type, err) < 0 ||
		guest_build(c->options, c->plan, name, type, &c->guest, err) < 0 ||
		(c->virt && virt_macs(c->virt, &macs, err) < 0) ||
		guest_identify(&c->guest, &macs, err) < 0 ||
		disks_default_folder(c->virt, &images, err) < 0)
		return -1;
	c->guest.kernel = cache_kernel_path(cache, c->plan);
	c->guest.initrd = cache_initrd_path(cache, c->plan);
	return guest_place_disks(&c->guest, images, err);
}

static int check_host(struct creation *c, struct err *err)
{
	bool exists;

	if (uri_is_remote(virt_uri(c->virt)))
		return err_set(err, ERR_INVALID,
			"'%s' is another host, and the kernel has to be on it; run koan there",
			virt_uri(c->virt));
	if (virt_domain_exists(c->virt, c->guest.name, &exists, err) < 0)
		return -1;
	if (exists && !c->options->force)
		return err_set(err, ERR_CONFLICT,
			"there is a domain '%s' already; choose another name with --virt-name, or "
			"--force to replace it",
			c->guest.name);
	if (virt_is_here(c->virt) && bridges_check(&c->guest, err) < 0)
		return -1;
	return disks_check(c->virt, &c->guest, c->options->force, err);
}

static int get_files(struct creation *c, struct err *err)
{
	autofree char *cache = cache_folder(c->options->cache_dir);

	return cache_fill(cache, c->plan, c->fetch, &c->interrupt, err);
}

static int remove_old_domain(struct creation *c, struct err *err)
{
	bool exists;

	if (!c->options->force)
		return 0;
	if (virt_domain_exists(c->virt, c->guest.name, &exists, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (virt_domain_remove(c->virt, c->guest.name, err) < 0)
		return -1;
	fprintf(c->out, "removed the old domain '%s' (--force)\n", c->guest.name);
	return 0;
}

static int make_disks(struct creation *c, struct err *err)
{
	return disks_make(c->virt, &c->guest, c->options->force, &c->undo, c->out, err);
}

static int define_guest(struct creation *c, struct err *err)
{
	autofree char *xml = domain_xml(&c->guest, DOMAIN_RUN);
	autofree char *title = xasprintf("domain '%s'", c->guest.name);

	if (virt_domain_define(c->virt, xml, err) < 0)
		return -1;
	undo_add(&c->undo, UNDO_DOMAIN, "", c->guest.uuid, title);
	return c->guest.auto_boot ? virt_domain_autostart(c->virt, c->guest.name, err) : 0;
}

static int start_guest(struct creation *c, struct err *err)
{
	autofree char *xml = domain_xml(&c->guest, DOMAIN_INSTALL);

	return virt_domain_start(c->virt, xml, err);
}

static int (*const steps[])(struct creation *c, struct err *err) = {
	prepare,
	check_host,
	get_files,
	remove_old_domain,
	make_disks,
	define_guest,
	start_guest,
};

static int run_steps(struct creation *c, struct err *err)
{
	if (interrupt_begin(&c->interrupt, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (interrupt_check(&c->interrupt, err) < 0 || steps[i](c, err) < 0)
			return -1;
	return 0;
}

static void print_parts(const struct guest *guest, FILE *out)
{
	char mac[MAC_TEXT];

	for (size_t i = 0; i < guest->n_disks; i++) {
		const struct guest_disk *disk = &guest->disks[i];

		fprintf(out, "  disk     %s", disk->place.source);
		if (disk_kind_row(disk->place.kind)->pool_type)
			fprintf(out, ", %g GiB, %s", (double)disk->size / (1 << 30), disk->format);
		fputc('\n', out);
	}
	for (size_t i = 0; i < guest->n_nics; i++) {
		mac_format(&guest->nics[i].mac, ':', mac);
		fprintf(out, "  network  %s on %s\n", mac, guest->nics[i].bridge);
	}
}

static void report(const struct creation *c)
{
	const struct guest *guest = &c->guest;

	fprintf(c->out, "guest '%s' is being installed (%s, %llu MiB, %llu CPU%s)\n", guest->name,
		guest->type->title, (unsigned long long)guest->ram, (unsigned long long)guest->cpus,
		guest->cpus == 1 ? "" : "s");
	print_parts(guest, c->out);
	fprintf(c->out,
		"watch it with     virsh --connect %s %s %s\n"
		"When the installation is finished, the guest stops instead of rebooting. It then "
		"boots from its own disk:\n"
		"start it with     virsh --connect %s start %s\n",
		virt_uri(c->virt), guest->graphics->none ? "console" : "domdisplay", guest->name,
		virt_uri(c->virt), guest->name);
}

int create_guest(const struct options *options, const struct plan *plan, struct virt *virt,
	struct fetch *fetch, FILE *out, struct err *err)
{
	struct creation c = {
		.options = options,
		.plan = plan,
		.virt = virt,
		.fetch = fetch,
		.out = out,
		.interrupt = {.fd = -1},
	};
	int result = run_steps(&c, err);

	if (result == 0) {
		undo_forget(&c.undo);
		report(&c);
	} else {
		undo_all(&c.undo, virt);
	}
	guest_done(&c.guest);
	if (c.interrupt.fd >= 0)
		close(c.interrupt.fd);
	return result;
}

int create_dry_run(const struct options *options, const struct plan *plan, struct virt *virt,
	FILE *out, struct err *err)
{
	struct creation c = {.options = options, .plan = plan, .virt = virt, .out = out};
	int result = prepare(&c, err);

	if (result == 0) {
		autofree char *xml = domain_xml(&c.guest, DOMAIN_INSTALL);

		fputs(xml, out);
	}
	guest_done(&c.guest);
	return result;
}
