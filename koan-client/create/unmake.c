#include "koan-client/create/unmake.h"

#include "koan-client/disk/storage_xml.h"
#include "koan-client/guest/xl_file.h"

#include "base/log.h"

#include <string.h>

/* `ret` is false where there is no domain of that name, or none with koan's mark. */
static int read_mark(struct virt *virt, const char *name, bool *exists, bool *ret,
	struct domain_mark *mark, struct err *err)
{
	autofree char *xml = NULL;
	autofree char *now = NULL;

	*ret = false;
	if (virt_domain_exists(virt, name, exists, err) < 0)
		return -1;
	if (!*exists)
		return 0;
	if (virt_domain_xml(virt, name, true, &xml, err) < 0 ||
		virt_domain_xml(virt, name, false, &now, err) < 0)
		return -1;
	*ret = domain_mark_read(xml, mark);
	domain_xml_disks(now, &mark->disks); /* of one that runs, also what they are layers over */
	return 0;
}

/* A domain that was copied, or whose disk was detached or moved, has the mark of disks that are not
 * its. */
static bool has_disk(const struct domain_mark *mark, size_t i, const char *path)
{
	autofree char *volume = xasprintf("vol=%s/%s", mark->pools.v[i], mark->volumes.v[i]);

	return strv_has(&mark->disks, path) || strv_has(&mark->disks, volume);
}

static int volume_path(
	struct virt *virt, const char *pool, const char *name, char **ret, struct err *err)
{
	autovolumeview volume = {0};
	struct err why = ERR_INIT;

	*ret = NULL;
	if (virt_volume_look(virt, pool, name, &volume, &why) == 0) {
		*ret = TAKE(volume.path);
		return 0;
	}
	if (why.code == ERR_NOT_FOUND) /* somebody removed it, or its pool */
		return 0;
	return err_set(err, why.code, "%s", why.msg);
}

int unmake_disks(
	struct virt *virt, const struct domain_mark *mark, struct strv *ret, struct err *err)
{
	for (size_t i = 0; i < mark->volumes.n; i++) {
		autofree char *path = NULL;

		if (volume_path(virt, mark->pools.v[i], mark->volumes.v[i], &path, err) < 0)
			return -1;
		if (path && has_disk(mark, i, path))
			strv_add(ret, path);
	}
	return 0;
}

/* What a mark says came from us, but a mark can be edited: a disk of another domain stays. */
static int remove_disk(struct virt *virt, const struct host_view *view,
	const struct domain_mark *mark, size_t i, const struct strv *keep, FILE *out,
	struct err *err)
{
	const char *pool = mark->pools.v[i];
	const char *name = mark->volumes.v[i];
	autofree char *path = NULL;

	if (volume_path(virt, pool, name, &path, err) < 0)
		return -1;
	if (!path)
		fprintf(out, "found no disk '%s' in the storage pool '%s'\n", name, pool);
	if (!path || strv_has(keep, path))
		return 0;
	if (host_view_owner(view, path, virt_is_here(virt))) {
		fprintf(out, "left the disk '%s': another domain has it\n", path);
		return 0;
	}
	if (!has_disk(mark, i, path)) {
		fprintf(out, "left the disk '%s': the domain does not have it any more\n", path);
		return 0;
	}
	if (virt_volume_remove(virt, pool, name, err) < 0)
		return -1;
	fprintf(out, "removed the disk '%s'\n", path);
	return 0;
}

int unmake_volumes(struct virt *virt, const struct domain_mark *mark, const struct strv *keep,
	FILE *out, struct err *err)
{
	autoview view = {0};
	int result = 0;

	if (mark->volumes.n && virt_look(virt, &view, err) < 0)
		return -1;
	for (size_t i = mark->volumes.n; i-- > 0;) {
		struct err why = ERR_INIT;

		if (remove_disk(virt, &view, mark, i, keep, out, &why) == 0)
			continue;
		if (result < 0)
			log_warning("%s", why.msg);
		else
			result = err_set(err, why.code, "%s", why.msg);
	}
	return result;
}

/* What is the guest's own as long as it is there will be nobody's. */
static int tell(struct virt *virt, const char *name, const struct domain_mark *mark,
	const struct strv *disks, FILE *out, struct err *err)
{
	autoview view = {0};

	if (virt_look(virt, &view, err) < 0)
		return -1;
	for (size_t i = 0; i < view.disks.n; i++)
		if (strcmp(view.owners.v[i], name) == 0)
			*view.disks.v[i] = '\0';
	fprintf(out, "would remove the domain '%s'\n", name);
	if (mark->xl && virt_is_here(virt))
		fprintf(out, "would remove '" XL_FOLDER "/%s'\n", name);
	strv_for_each (disk, disks)
		if (!host_view_owner(&view, disk, virt_is_here(virt)))
			fprintf(out, "would remove the disk '%s'\n", disk);
	return 0;
}

int unmake_guest(struct virt *virt, const char *name, bool dry_run,
	const struct interrupt *interrupt, FILE *out, struct err *err)
{
	autostrv keep = STRV_INIT;
	autostrv disks = STRV_INIT;
	automark mark = {0};
	bool exists;
	bool marked;

	if (read_mark(virt, name, &exists, &marked, &mark, err) < 0)
		return -1;
	if (!exists)
		return err_set(
			err, ERR_NOT_FOUND, "there is no domain '%s' at %s", name, virt_uri(virt));
	if (!marked)
		return err_set(err, ERR_CONFLICT,
			"koan did not make the domain '%s'; if it is to go, remove it with: virsh "
			"--connect %s undefine %s",
			name, virt_uri(virt), name);
	/* The mark goes with the domain: disks that could not be found now would never be. */
	if (unmake_disks(virt, &mark, &disks, err) < 0)
		return -1;
	if (dry_run)
		return tell(virt, name, &mark, &disks, out, err);
	if (interrupt_check(interrupt, err) < 0 || virt_domain_remove(virt, name, err) < 0)
		return -1;
	fprintf(out, "removed the domain '%s'\n", name);
	if (mark.xl && virt_is_here(virt) && xl_file_remove(name, err) < 0)
		return -1;
	return unmake_volumes(virt, &mark, &keep, out, err);
}

/* What goes wrong with one of several is told, and the others go. */
static int unmake_numbered(const struct options *options, struct virt *virt,
	const struct interrupt *interrupt, FILE *out, size_t *found, size_t *failed,
	struct err *err)
{
	for (uint64_t i = 1; i <= options->count; i++) {
		autofree char *name =
			xasprintf("%s-%llu", options->virt_name, (unsigned long long)i);
		struct err why = ERR_INIT;
		bool exists;

		if (interrupt_check(interrupt, err) < 0 ||
			virt_domain_exists(virt, name, &exists, err) < 0)
			return -1;
		if (!exists)
			continue;
		++*found;
		if (unmake_guest(virt, name, options->dry_run, interrupt, out, &why) == 0)
			continue;
		++*failed;
		log_error("guest '%s': %s", name, why.msg);
	}
	return 0;
}

static int unmake(const struct options *options, struct virt *virt,
	const struct interrupt *interrupt, FILE *out, struct err *err)
{
	size_t found = 0;
	size_t failed = 0;

	if (!options->count)
		return unmake_guest(
			virt, options->virt_name, options->dry_run, interrupt, out, err);
	if (unmake_numbered(options, virt, interrupt, out, &found, &failed, err) < 0)
		return -1;
	if (failed)
		return err_set(
			err, ERR_CONFLICT, "%zu of %zu guests could not be removed", failed, found);
	return found ? 0
	             : err_set(err, ERR_NOT_FOUND, "there is no domain '%s-1' to '%s-%llu' at %s",
			       options->virt_name, options->virt_name,
			       (unsigned long long)options->count, virt_uri(virt));
}

int unmake_all(const struct options *options, struct virt *virt, FILE *out, struct err *err)
{
	struct interrupt interrupt;
	int result;

	/* A guest that is half gone would leave disks that nothing names any more. */
	if (interrupt_begin(&interrupt, err) < 0)
		return -1;
	result = unmake(options, virt, &interrupt, out, err);
	close(interrupt.fd);
	return result;
}
