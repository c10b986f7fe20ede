#include "koan-client/create/replace.h"

#include "koan-client/create/unmake.h"
#include "koan-client/disk/storage_xml.h"
#include "koan-client/guest/xl_file.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Of UEFI's variables; OVMF's are 528 KiB, ARM's 64 MiB. */
#define VARS_MAX ((size_t)64 << 20)

static const char *xml_of(const struct replaced *old)
{
	return old->state.next ? old->state.next : old->state.now;
}

bool replaced_is(const struct replaced *old)
{
	return old->state.uuid[0] != '\0';
}

static int refuse_saved(struct virt *virt, const char *name, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		"the memory of the domain '%s' is saved on its host, and koan could not bring that "
		"back; start the domain, or drop it with: virsh --connect %s managedsave-remove %s",
		name, virt_uri(virt), name);
}

/* Both are files that the next guest's would replace. */
static int read_files(struct virt *virt, const char *name, struct replaced *ret, struct err *err)
{
	struct err why = ERR_INIT;

	if (!virt_is_here(virt))
		return 0;
	if (ret->mark.xl && xl_file_read(name, &ret->xl, err) < 0)
		return -1;
	ret->nvram = domain_nvram_read(xml_of(ret));
	if (!ret->nvram || file_read(AT_FDCWD, ret->nvram, VARS_MAX, &ret->vars, &why) == 0)
		return 0;
	if (access(ret->nvram, F_OK) < 0 && errno == ENOENT) { /* it has never been started */
		free(TAKE(ret->nvram));
		return 0;
	}
	return err_set(err, why.code, "the UEFI variables of '%s': %s", name, why.msg);
}

int replaced_look(struct virt *virt, const char *name, const char *folder, struct replaced *ret,
	struct err *err)
{
	ret->name = xstrdup(name);
	ret->folder = xstrdup(folder);
	if (virt_domain_state(virt, name, &ret->state, err) < 0)
		return -1;
	if (!replaced_is(ret))
		return 0;
	if (ret->state.saved)
		return refuse_saved(virt, name, err);
	domain_mark_read(xml_of(ret), &ret->mark);
	if (ret->state.now)
		domain_xml_disks(ret->state.now, &ret->mark.disks);
	return read_files(virt, name, ret, err);
}

void replaced_done(struct replaced *old)
{
	domain_state_done(&old->state);
	domain_mark_done(&old->mark);
	free(old->name);
	free(old->folder);
	free(old->xl);
	free(old->nvram);
	free(old->touched);
	strbuf_done(&old->vars);
	*old = (struct replaced){0};
}

int replaced_look_again(struct virt *virt, const char *name, struct replaced *old, struct err *err)
{
	struct replaced now = {0};
	int result = replaced_look(virt, name, old->folder, &now, err);

	if (result == 0 && replaced_is(&now) && strcmp(now.state.uuid, old->state.uuid) != 0)
		result = err_set(err, ERR_CONFLICT,
			"the domain '%s' was replaced by somebody else meanwhile", name);
	replaced_done(result < 0 ? &now : old);
	if (result == 0)
		*old = now;
	return result;
}

void replaced_touch(struct replaced *old, const char *source)
{
	free(old->touched);
	old->touched = xstrdup(source);
}

int replaced_stop(struct virt *virt, struct replaced *old, struct err *err)
{
	old->stopped = true;
	return virt_domain_stop(virt, old->state.uuid, err);
}

/* Its definition must not be lost with koan's memory. */
static int save_xml(struct virt *virt, const struct replaced *old, struct err *err)
{
	autofree char *path = xasprintf("%s/%s.old.xml", old->folder, old->name);
	autofree char *why = xstrdup(err->msg);
	const char *xml = xml_of(old);

	if (file_replace(AT_FDCWD, path, 0600, xml, strlen(xml), NULL) < 0)
		return -1;
	return err_set(err, err->code, "%.250s; define it yourself: virsh --connect %s define %s",
		why, virt_uri(virt), path);
}

/* The file of UEFI variables of what is defined now; NULL: none, or it is not on this host. */
static char *nvram_now(struct virt *virt, const struct replaced *old)
{
	struct domain_state now = {0};
	char *path = NULL;

	if (virt_is_here(virt) && virt_domain_state(virt, old->state.uuid, &now, NULL) == 0 &&
		now.next)
		path = domain_nvram_read(now.next);
	domain_state_done(&now);
	return path;
}

/* A file that only one of the two guests has. */
static void remove_stray(const char *path, const char *others)
{
	struct err err = ERR_INIT;

	if (!path || (others && strcmp(path, others) == 0))
		return;
	if (unlink(path) == 0 || errno == ENOENT)
		return;
	err_sys(&err, "'%s' is left behind", path);
	log_warning("%s", err.msg);
}

/* Before it is started again. The variables of one that never ended are its own affair. */
static int bring_files_back(struct virt *virt, const struct replaced *old, struct err *err)
{
	autofree char *news = nvram_now(virt, old);

	remove_stray(news, old->nvram);
	if (old->xl && xl_file_replace(old->name, old->xl, err) < 0)
		return -1;
	if (!old->nvram || !old->stopped)
		return 0;
	return file_replace(AT_FDCWD, old->nvram, 0600, old->vars.buf, old->vars.len, err);
}

int replaced_bring_back(struct virt *virt, const struct replaced *old, struct err *err)
{
	struct err why = ERR_INIT;

	if (bring_files_back(virt, old, &why) < 0)
		log_warning("a file of the domain's: %s", why.msg);
	if (virt_domain_bring_back(virt, &old->state, !old->touched, err) < 0)
		return save_xml(virt, old, err);
	if (old->touched && old->state.now)
		log_warning(
			"it is not started again: its disk '%s' is not what it was", old->touched);
	return 0;
}

/* A disk that the new guest was given, however it is named, stays. */
static void clear_disks(
	struct virt *virt, const struct replaced *old, const struct guest *guest, FILE *out)
{
	autostrv keep = STRV_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < guest->n_disks; i++)
		strv_add(&keep, guest->disks[i].place.source);
	if (unmake_volumes(virt, &old->mark, &keep, out, &err) < 0)
		log_warning(
			"a disk of the old guest '%s' is left behind: %s", guest->name, err.msg);
}

void replaced_clear(
	struct virt *virt, const struct replaced *old, const struct guest *guest, FILE *out)
{
	autofree char *news = nvram_now(virt, old);
	struct err err = ERR_INIT;

	fprintf(out, "replaced the domain '%s'\n", guest->name);
	virt_domain_forget_past(virt, old->state.uuid);
	clear_disks(virt, old, guest, out);
	remove_stray(old->nvram, news);
	if (old->xl && !guest->xl_config && xl_file_remove(guest->name, &err) < 0)
		log_warning("%s", err.msg);
}
