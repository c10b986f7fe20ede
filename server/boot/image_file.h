/*
 * What the beginning of a file that machines boot says about itself. Formats: PE/COFF (Microsoft's
 * specification, "Attribute Certificate Table"), Linux' x86 boot protocol (its documentation,
 * x86/boot.rst).
 */
#ifndef BOOT_IMAGE_FILE_H
#define BOOT_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* True for a program of UEFI that has a signature; whose it is and whether it is good is not
 * looked at. */
bool image_is_signed(const char *bytes, size_t n);
/* How many bytes of command line an x86 kernel reads; 0: it is none, or does not say. */
size_t image_command_line_max(const char *bytes, size_t n);

#endif
