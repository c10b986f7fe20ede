#include "koan-client/create/creation.h"

#include "koan-client/create/unmake.h"
#include "koan-client/disk/disks.h"
#include "koan-client/disk/space.h"
#include "koan-client/guest/bridges.h"
#include "koan-client/guest/capabilities.h"
#include "koan-client/guest/xl_file.h"
#include "koan-client/plan/cache.h"
#include "koan-client/plan/server.h"

#include "base/log.h"

#include <string.h>

/* The kind of guest: as asked, else what the host has. guest_build() complains of an unknown
 * architecture; the test driver runs everything. */
static int choose_type(const struct creation *c, const struct domain_type **ret, struct err *err)
{
	const struct guest_arch *arch = guest_arch_find(c->plan->arch);
	autofree char *capabilities = NULL;

	if (guest_wanted_type(c->options, c->plan, ret, err) < 0)
		return -1;
	if (*ret)
		return 0;
	if (!c->virt || !arch || uri_is_test(virt_uri(c->virt))) {
		*ret = domain_type_at(0);
		return 0;
	}
	if (virt_capabilities(c->virt, &capabilities, err) < 0)
		return -1;
	return capabilities_choose(capabilities, arch->libvirt, ret, err);
}

static char *numbered(const char *base, uint64_t i, bool first_too)
{
	return i == 1 && !first_too ? xstrdup(base)
	                            : xasprintf("%s-%llu", base, (unsigned long long)i);
}

/*
 * A profile or image makes many guests: its name gets a number where it is taken. A name that was
 * asked for is taken as it is, and creation_check() has the say.
 */
static int choose_names(const struct creation *c, struct strv *ret, struct err *err)
{
	bool free_only = !c->options->virt_name && strcmp(c->plan->kind, "system") != 0;
	const char *base;

	if (guest_wanted_name(c->options, c->plan, &base, err) < 0)
		return -1;
	for (uint64_t i = 1; ret->n < c->n && i < 100000; i++) {
		autofree char *name = numbered(base, i, c->options->count > 0);

		if (!free_only || !strv_has(&c->view.names, name))
			strv_add(ret, name);
	}
	if (ret->n == c->n)
		return 0;
	return err_set(err, ERR_CONFLICT, "no free name like '%s'; give --virt-name", base);
}

static void place_files(const struct creation *c, struct guest *guest)
{
	autofree char *cache = cache_folder(c->options->cache_dir);

	if (guest->start == START_CDROM)
		guest->cdrom = cache_kernel_path(cache, c->plan);
	if (guest->start != START_KERNEL)
		return;
	guest->kernel = cache_kernel_path(cache, c->plan);
	guest->initrd = cache_initrd_path(cache, c->plan);
}

/* A disk that would be in two guests. */
static int note_disks(const struct guest *guest, struct strv *seen, struct err *err)
{
	for (size_t i = 0; i < guest->n_disks; i++) {
		const char *source = guest->disks[i].place.source;

		if (strv_has(seen, source))
			return err_set(err, ERR_INVALID,
				"all guests would have the disk '%s'; with --count, --virt-path "
				"must be a folder or a volume group",
				source);
		strv_add(seen, source);
	}
	return 0;
}

/* Guests of profiles are nobody's to the server; but what has a system's address, it takes for that
 * system. An answer that is none does not keep a guest from being made. */
static bool is_of_system(void *ctx, const char *mac)
{
	struct creation *c = ctx;
	autostrbuf text = STRBUF_INIT;
	struct err why = ERR_INIT;

	if (!c->fetch || c->server_is_silent)
		return false;
	if (server_ask(c->fetch, c->options, "mac", mac, NULL, PLAN_BYTES_MAX, &text, &why) == 0)
		return true;
	/* Each question may take half a minute then, and there may be a thousand guests. */
	c->server_is_silent = why.code == ERR_UPSTREAM;
	return false;
}

/* Of another host libvirt knows the pools; what a path is here says nothing about it, but for
 * devices, whose names are the same on most. */
static enum path_fact path_fact(void *ctx, const char *path)
{
	const struct creation *c = ctx;
	enum path_fact here = guest_path_fact(path);

	if (!c->virt || !virt_is_remote(c->virt))
		return here;
	if (virt_pool_is_at(c->virt, path))
		return PATH_FOLDER;
	return here == PATH_BLOCK ? PATH_BLOCK : PATH_NOTHING;
}

static int prepare_guest(struct creation *c, const char *name, const struct domain_type *type,
	const char *images, struct strv *disks, struct guest *guest, struct err *err)
{
	const struct mac_owners owners = {is_of_system, c};
	const struct path_facts facts = {path_fact, c};

	if (guest_build(c->options, c->plan, name, type, guest, err) < 0 ||
		guest_identify(guest, &c->view.macs, &owners, err) < 0 ||
		guest_place_disks(guest, images, &facts, err) < 0 ||
		note_disks(guest, disks, err) < 0 ||
		(c->virt && disks_find(c->virt, guest, err) < 0))
		return -1;
	guest->xl_config = c->options->xl_config;
	place_files(c, guest);
	return 0;
}

int creation_prepare(struct creation *c, struct err *err)
{
	autofree char *images = NULL;
	autostrv names = STRV_INIT;
	autostrv disks = STRV_INIT;
	const struct domain_type *type;

	c->n = c->options->count ? c->options->count : 1;
	c->guests = xcalloc(c->n, sizeof(*c->guests));
	c->jobs = xcalloc(c->n, sizeof(*c->jobs));
	if ((c->virt && virt_look(c->virt, &c->view, err) < 0) ||
		choose_names(c, &names, err) < 0 || choose_type(c, &type, err) < 0 ||
		disks_default_folder(c->virt, &images, err) < 0)
		return -1;
	for (size_t i = 0; i < c->n; i++) {
		c->jobs[i].guest = &c->guests[i];
		if (interrupt_check(&c->interrupt, err) < 0 ||
			prepare_guest(c, names.v[i], type, images, &disks, &c->guests[i], err) < 0)
			return -1;
	}
	return 0;
}

static int check_xl(const struct creation *c, const struct job *job, struct err *err)
{
	const struct guest *guest = job->guest;

	if (xl_check(guest, err) < 0)
		return -1;
	if (!virt_is_here(c->virt))
		return err_set(err, ERR_INVALID,
			"--xl-config writes to this host, and '%s' is another; use --format=xl "
			"there",
			virt_uri(c->virt));
	if (xl_check(guest, err) < 0)
		return -1;
	return job->old.xl ? 0 : xl_file_check(guest->name, err);
}

/* The name is free, or --force says whose it may be; `freed` gets that one's disks. */
static int check_name(struct creation *c, struct job *job, struct strv *freed, struct err *err)
{
	autofree char *cache = cache_folder(c->options->cache_dir);
	struct guest *guest = job->guest;

	if (!strv_has(&c->view.names, guest->name))
		return 0;
	if (!c->options->force)
		return err_set(err, ERR_CONFLICT,
			"there is a domain '%s' already; choose another name with --virt-name, or "
			"--force to replace it",
			guest->name);
	if (replaced_look(c->virt, guest->name, cache, &job->old, err) < 0)
		return -1;
	if (replaced_is(&job->old)) {
		memcpy(guest->run, guest->uuid, sizeof(guest->run));
		memcpy(guest->uuid, job->old.state.uuid, sizeof(guest->uuid));
	}
	return unmake_disks(c->virt, &job->old.mark, freed, err);
}

static int check_guest(struct creation *c, struct job *job, struct err *err)
{
	struct guest *guest = job->guest;
	autostrv freed = STRV_INIT;
	const struct disk_rules rules = {
		.view = &c->view,
		.freed = &freed,
		.force = c->options->force,
		.force_path = c->options->force_path,
	};

	if (check_name(c, job, &freed, err) < 0)
		return -1;
	if (c->options->xl_config && check_xl(c, job, err) < 0)
		return -1;
	if (virt_is_here(c->virt) && bridges_check(guest, err) < 0)
		return -1;
	return disks_check(c->virt, guest, &rules, err);
}

static bool is_given(const struct guest_disk *disk)
{
	return disk->taken || disk->existing || !disk_kind_row(disk->place.kind)->pool_type;
}

static bool has_given(const struct guest *guest)
{
	for (size_t i = 0; i < guest->n_disks; i++)
		if (is_given(&guest->disks[i]))
			return true;
	return false;
}

int creation_check_again(struct creation *c, struct err *err)
{
	autoview now = {0};
	const struct disk_rules rules = {.view = &now, .force = c->options->force};
	bool any = false;

	for (size_t i = 0; i < c->n; i++)
		any |= has_given(&c->guests[i]);
	if (any && virt_look(c->virt, &now, err) < 0)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		if (disks_check_owners(c->virt, &c->guests[i], &rules, err) < 0)
			return c->n > 1 ? err_wrap(err, "guest '%s'", c->guests[i].name) : -1;
	return 0;
}

/* No error: one of the two may be the old one, which is never started again. */
static void tell_shared_macs(const struct creation *c, const struct guest *guest)
{
	for (size_t i = 0; i < guest->n_nics; i++) {
		const char *owner;
		char mac[MAC_TEXT];

		mac_format(&guest->nics[i].mac, ':', mac);
		owner = host_view_mac_owner(&c->view, mac);
		if (owner && strcmp(owner, guest->name) != 0)
			log_warning("the domain '%s' has the MAC address %s of '%s', too; only one "
				    "of them may run at a time",
				owner, mac, guest->name);
	}
}

/* Linux has room for 2,047 bytes (COMMAND_LINE_SIZE of x86, arm64 and powerpc), Xen may have less;
 * the rest is cut off, and an installer that misses its arguments only asks questions. */
static void tell_long_cmdline(const struct guest *guest)
{
	size_t max = guest->type->cmdline_max ? guest->type->cmdline_max : 2047;

	if (guest->start == START_KERNEL && strlen(guest->cmdline) > max)
		log_warning("the kernel's arguments have %zu bytes; that of a %s guest sees the "
			    "first %zu",
			strlen(guest->cmdline), guest->type->title, max);
}

/* There must be room for both: an old guest's disks do not count as free. */
static int check_space(const struct creation *c, struct err *err)
{
	struct err why = ERR_INIT;

	if (space_check(c->virt, c->guests, c->n, c->options->overcommit, &why) == 0)
		return 0;
	for (size_t i = 0; why.code == ERR_NO_SPACE && i < c->n; i++)
		if (c->jobs[i].old.mark.volumes.n)
			return err_set(err, why.code,
				"%.300s; the disks of the old guest stay until the new one runs, "
				"to remove them before: koan --undo --virt-name=%s",
				why.msg, c->guests[i].name);
	return err_set(err, why.code, "%s", why.msg);
}

int creation_check(struct creation *c, struct err *err)
{
	for (size_t i = 0; i < c->n; i++)
		if (check_guest(c, &c->jobs[i], err) < 0)
			return c->n > 1 ? err_wrap(err, "guest '%s'", c->guests[i].name) : -1;
	for (size_t i = 0; i < c->n; i++)
		tell_shared_macs(c, &c->guests[i]);
	tell_long_cmdline(&c->guests[0]);
	return check_space(c, err);
}
