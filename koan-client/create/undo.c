#include "koan-client/create/undo.h"

#include "koan-client/create/replace.h"
#include "koan-client/guest/xl_file.h"

#include "base/log.h"

#include <string.h>

/* How many disks domains have below a pool's folder. */
static int count_users(struct virt *virt, const char *pool, size_t *ret, struct err *err)
{
	autofree char *path = NULL;
	autoview view = {0};

	*ret = 0;
	if (virt_pool_path(virt, pool, &path, err) < 0 || virt_look(virt, &view, err) < 0)
		return -1;
	strv_for_each (disk, &view.disks)
		*ret += path && strncmp(disk, path, strlen(path)) == 0 && disk[strlen(path)] == '/';
	return 0;
}

static int remove_pool(struct virt *virt, const struct undo_step *step, bool built, struct err *err)
{
	size_t users;

	if (count_users(virt, step->name, &users, err) < 0)
		return -1;
	if (users > step->users)
		return err_set(err, ERR_CONFLICT, "another guest has a disk in it by now");
	return virt_pool_remove(virt, step->name, built, err);
}

static int revert_pool(struct virt *virt, const struct undo_step *step, struct err *err)
{
	return remove_pool(virt, step, false, err);
}

static int revert_pool_folder(struct virt *virt, const struct undo_step *step, struct err *err)
{
	return remove_pool(virt, step, true, err);
}

/* To stop it, libvirt deactivates every volume of the group that nobody has open (vgchange -an),
 * and guests that are off would not start any more. */
static int revert_group_pool(struct virt *virt, const struct undo_step *step, struct err *err)
{
	size_t n;

	if (virt_pool_volumes(virt, step->name, &n, err) < 0)
		return -1;
	if (n == 0)
		return virt_pool_remove(virt, step->name, false, err);
	return err_set(err, ERR_CONFLICT,
		"it stays for the next guest, for without it libvirt would deactivate the group's "
		"other volumes");
}

static int revert_volume(struct virt *virt, const struct undo_step *step, struct err *err)
{
	return virt_volume_remove(virt, step->owner, step->name, err);
}

static int revert_domain(struct virt *virt, const struct undo_step *step, struct err *err)
{
	return virt_domain_remove(virt, step->name, err);
}

static int revert_xl_file(struct virt *virt, const struct undo_step *step, struct err *err)
{
	(void)virt;
	return xl_file_remove(step->name, err);
}

static int revert_replaced(struct virt *virt, const struct undo_step *step, struct err *err)
{
	return replaced_bring_back(virt, step->replaced, err);
}

/* `command`: virsh's words for it, before the owner and the name; NULL: virsh has none. */
static const struct {
	int (*revert)(struct virt *virt, const struct undo_step *step, struct err *err);
	const char *command;
} kinds[] = {
	[UNDO_POOL] = {revert_pool, "pool-destroy"},
	[UNDO_GROUP_POOL] = {revert_group_pool, NULL},
	[UNDO_POOL_FOLDER] = {revert_pool_folder, "pool-destroy"},
	[UNDO_VOLUME] = {revert_volume, "vol-delete --pool"},
	[UNDO_DOMAIN] = {revert_domain, "undefine"},
	[UNDO_XL_FILE] = {revert_xl_file, NULL},
	[UNDO_REPLACED] = {revert_replaced, NULL},
};

void undo_add(struct undo *undo, enum undo_kind kind, const char *owner, const char *name,
	const char *title)
{
	undo->steps = xreallocarray(undo->steps, undo->n + 1, sizeof(*undo->steps));
	undo->steps[undo->n++] = (struct undo_step){.kind = kind,
		.owner = xstrdup(owner),
		.name = xstrdup(name),
		.title = xstrdup(title)};
}

void undo_add_pool(struct undo *undo, struct virt *virt, enum undo_kind kind, const char *name,
	const char *title)
{
	undo_add(undo, kind, "", name, title);
	count_users(virt, name, &undo->steps[undo->n - 1].users, NULL);
}

void undo_add_replaced(struct undo *undo, const struct replaced *old, const char *title)
{
	undo_add(undo, UNDO_REPLACED, "", "", title);
	undo->steps[undo->n - 1].replaced = old;
}

static void revert(struct virt *virt, const struct undo_step *step)
{
	const char *command = kinds[step->kind].command;
	bool back = step->kind == UNDO_REPLACED;
	struct err err = ERR_INIT;

	if (kinds[step->kind].revert(virt, step, &err) == 0)
		log_info("%s %s %s", back ? "brought" : "removed", step->title,
			back ? "back" : "again");
	else if (back)
		log_error("%s could not be brought back: %s", step->title, err.msg);
	else if (command && err.code != ERR_CONFLICT)
		log_warning("%s is left behind: %s; remove it with: virsh --connect %s %s %s%s%s",
			step->title, err.msg, virt_uri(virt), command, step->owner,
			*step->owner ? " " : "", step->name);
	else
		log_warning("%s is left behind: %s", step->title, err.msg);
}

void undo_all(struct undo *undo, struct virt *virt)
{
	if (undo->n)
		virt_revive(virt, NULL);
	for (size_t i = undo->n; i-- > 0;)
		revert(virt, &undo->steps[i]);
	undo_forget(undo);
}

void undo_forget(struct undo *undo)
{
	for (size_t i = 0; i < undo->n; i++) {
		free(undo->steps[i].owner);
		free(undo->steps[i].name);
		free(undo->steps[i].title);
	}
	free(undo->steps);
	*undo = (struct undo){0};
}
