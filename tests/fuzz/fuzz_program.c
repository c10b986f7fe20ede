/* Programs of UEFI that a tree brings: what a GRUB and a shim say of themselves, and who signed a
 * kernel. The bytes are the program and, for one shim, the kernel that it would start. */
#include "base/mem.h"
#include "boot/grub_file.h"
#include "boot/shim_file.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	autofree char *copy = xmemdup(bytes, n + !n);
	const struct image_span program = {copy, n};
	struct image_span vendor = shim_vendor(program);
	autostrbuf name = STRBUF_INIT;
	struct grub_file grub;

	/* What is published for it lies below one of a few folders. */
	if (grub_file_read(program, &grub) &&
		(*grub.folder == '/' || strstr(grub.folder, "..") || strchr(grub.folder, '(')))
		abort();
	grub_file_has(program, "tftp");
	shim_trusts(vendor, program);
	shim_trusts(program, program);
	shim_add_name(program, &name);
	image_is_signed(copy, n);
	image_command_line_max(copy, n);
	return 0;
}
