/*
 * What a file that machines boot says about itself. Formats: PE/COFF (Microsoft's
 * specification, "Attribute Certificate Table"), Linux' x86 boot protocol (its documentation,
 * x86/boot.rst).
 */
#ifndef BOOT_IMAGE_FILE_H
#define BOOT_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Some of a file's bytes; borrowed. */
struct image_span {
	const char *bytes;
	size_t n;
};
/* Those from `at` on, as many as there are of `n`. */
struct image_span image_part(struct image_span of, size_t at, size_t n);
/* The little-endian number of `size` bytes at `at`; 0 past the end. */
uint32_t image_number(struct image_span of, size_t at, unsigned size);

/* The section of a program of UEFI by its name; false: there is none. */
bool image_section(struct image_span program, const char *name, struct image_span *ret);
/* Its signatures, with all the certificates in them; empty where it has none. */
struct image_span image_signatures(struct image_span program);

/* True for a program of UEFI that has a signature; whose it is and whether it is good is not
 * looked at. */
bool image_is_signed(const char *bytes, size_t n);
/* How many bytes of command line an x86 kernel reads; 0: it is none, or does not say. */
size_t image_command_line_max(const char *bytes, size_t n);

#endif
