#include "koan-client/guest/xl_file.h"

#include "koan-client/guest/guest.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define XL_BYTES_MAX ((size_t)1 << 20)

static char *path_of(const char *name)
{
	return xasprintf(XL_FOLDER "/%s", name);
}

static int check_text(const char *what, const char *text, struct err *err)
{
	if (!text || (!strchr(text, '\\') && !(strchr(text, '\'') && strchr(text, '"'))))
		return 0;
	return err_set(err, ERR_INVALID,
		"the %s has a backslash or both kinds of quotes, which xl would misread: %.200s",
		what, text);
}

int xl_check(const struct guest *guest, struct err *err)
{
	if (strcmp(guest->type->domain, "xen") != 0)
		return err_set(err, ERR_INVALID,
			"an xl configuration is for Xen, not for a %s guest", guest->type->title);
	/* libvirt 9.0 writes it only where the path of its image is given. */
	if (guest->firmware == FIRMWARE_UEFI)
		return err_set(err, ERR_INVALID,
			"libvirt's conversion to an xl configuration leaves UEFI out, and the "
			"guest would have a BIOS; make it without --xl-config and --format=xl");
	if (check_text("kernel's command line", guest->cmdline, err) < 0 ||
		check_text("kernel's path", guest->kernel, err) < 0 ||
		check_text("CD's path", guest->cdrom, err) < 0)
		return -1;
	for (size_t i = 0; i < guest->n_disks; i++)
		if (check_text("disk's path", guest->disks[i].place.source, err) < 0)
			return -1;
	return 0;
}

int xl_file_check(const char *name, struct err *err)
{
	autofree char *path = path_of(name);
	struct stat st;

	if (lstat(path, &st) < 0 && errno == ENOENT)
		return 0;
	return err_set(err, ERR_CONFLICT,
		"'%s' is there already; remove it, or choose another --virt-name", path);
}

int xl_file_write(const char *name, const char *text, struct err *err)
{
	autofree char *path = path_of(name);

	if (file_mkdirs(AT_FDCWD, XL_FOLDER, 0755, err) < 0)
		return err_wrap(err, XL_FOLDER);
	/* xl's files may hold a VNC password. */
	if (file_write_new(AT_FDCWD, path, 0600, text, strlen(text), err) < 0)
		return err_wrap(err, "'%s'", path);
	return 0;
}

int xl_file_read(const char *name, char **ret, struct err *err)
{
	autofree char *path = path_of(name);
	autostrbuf text = STRBUF_INIT;

	*ret = NULL;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	if (file_read(AT_FDCWD, path, XL_BYTES_MAX, &text, err) < 0)
		return -1;
	*ret = strbuf_take(&text);
	return 0;
}

int xl_file_replace(const char *name, const char *text, struct err *err)
{
	autofree char *path = path_of(name);

	return file_replace(AT_FDCWD, path, 0600, text, strlen(text), err);
}

int xl_file_remove(const char *name, struct err *err)
{
	autofree char *path = path_of(name);

	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(err, "'%s' cannot be removed", path);
	return 0;
}
