#include "boot/grub_file.h"

#include "base/mem.h"

#include <string.h>

/* Where GRUBs look, by the first part of it. Each of these becomes a folder of the published tree;
 * whatever else a file may say does not. */
static const char *const tops[] = {
	"EFI",  /* EFI/BOOT on media of the Red Hat family, EFI/VENDOR where one is installed */
	"boot", /* boot/grub: GRUB's own default, and on media of Debian and Ubuntu */
	"grub", /* Debian's and Ubuntu's for the network (build-efi-images in their packages) */
	"grub2",
	"debian-installer", /* the same for their installer's files: debian-installer/ARCH/grub */
	"ubuntu-installer",
};

/* What a GRUB carries: modules, its early configuration, its prefix */

enum { OBJECT_ELF = 0, OBJECT_PREFIX = 3, OBJECT_HEADER = 8 };

struct object {
	uint32_t type;
	struct image_span content;
};

static bool objects_begin(struct image_span program, struct image_span *ret)
{
	enum { MAGIC = 0x676d696d, OFFSET = 8, SIZE = 16 };
	struct image_span mods;
	size_t offset;

	if (!image_section(program, "mods", &mods) || image_number(mods, 0, 4) != MAGIC)
		return false;
	offset = image_number(mods, OFFSET, 4);
	*ret = image_part(mods, offset, image_number(mods, SIZE, 4) - offset);
	return true;
}

/* Takes the next one off `left`. */
static bool objects_next(struct image_span *left, struct object *ret)
{
	size_t size = image_number(*left, 4, 4);

	if (size < OBJECT_HEADER || size > left->n)
		return false;
	ret->type = image_number(*left, 0, 4);
	ret->content = image_part(*left, OBJECT_HEADER, size - OBJECT_HEADER);
	*left = image_part(*left, size, left->n);
	return true;
}

static bool begins_with(struct image_span bytes, const char *text)
{
	size_t len = strlen(text) + 1;

	return bytes.n >= len && memcmp(bytes.bytes, text, len) == 0;
}

/* A section of an ELF object of 64 bits by its name. */
static struct image_span elf_section(struct image_span elf, const char *name)
{
	enum { SECTIONS = 0x28, SIZE = 64, COUNT = 0x3c, NAMES = 0x3e };
	enum { OFFSET = 0x18, LENGTH = 0x20 };
	size_t table = image_number(elf, SECTIONS, 4);
	size_t of_names = table + (size_t)image_number(elf, NAMES, 2) * SIZE;
	struct image_span names = image_part(elf, image_number(elf, of_names + OFFSET, 4),
		image_number(elf, of_names + LENGTH, 4));

	/* Whatever it says of their number, no more than there is room for. */
	for (size_t i = 0; i < image_number(elf, COUNT, 2); i++) {
		size_t at = table + i * SIZE;

		if (at >= elf.n)
			break;
		if (begins_with(image_part(names, image_number(elf, at, 4), names.n), name))
			return image_part(elf, image_number(elf, at + OFFSET, 4),
				image_number(elf, at + LENGTH, 4));
	}
	return (struct image_span){.n = 0};
}

bool grub_file_has(struct image_span program, const char *module)
{
	struct image_span left;
	struct object object;

	if (!objects_begin(program, &left))
		return false;
	while (objects_next(&left, &object))
		if (object.type == OBJECT_ELF &&
			begins_with(elf_section(object.content, ".modname"), module))
			return true;
	return false;
}

/* "/EFI/BOOT" as a path below the device; false: it may not become one here. */
static bool take_prefix(struct image_span text, char ret[128])
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-/";
	size_t len = strnlen(text.bytes, text.n);

	if (len == text.n || len >= 128)
		return false;
	memcpy(ret, text.bytes, len + 1);
	if (!len)
		return true;
	if (*ret != '/' || ret[len - 1] == '/' || strstr(ret, "//") || ret[strspn(ret, safe)])
		return false;
	memmove(ret, ret + 1, len);
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		if (strcspn(ret, "/") == strlen(tops[i]) &&
			strncmp(ret, tops[i], strlen(tops[i])) == 0)
			return true;
	return false;
}

bool grub_file_read(struct image_span program, struct grub_file *ret)
{
	static const char beside[] = "fw_path";
	struct grub_file found = {.folder = ""};
	struct image_span left;
	struct object object;
	bool has_prefix = false;

	if (!objects_begin(program, &left))
		return false;
	while (objects_next(&left, &object))
		if (object.type == OBJECT_PREFIX)
			has_prefix = take_prefix(object.content, found.folder);
	/* Red Hat's has a variable of that name, which holds the folder that it was loaded from,
	 * and looks there before it looks below its prefix. */
	if (memmem(program.bytes, program.n, beside, sizeof(beside)))
		found.folder[0] = '\0';
	else if (!has_prefix)
		return false;
	found.over_tftp = grub_file_has(program, "tftp") && grub_file_has(program, "efinet");
	*ret = found;
	return true;
}
