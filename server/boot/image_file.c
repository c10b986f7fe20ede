#include "boot/image_file.h"

#include <stdlib.h>
#include <string.h>

struct image_span image_part(struct image_span of, size_t at, size_t n)
{
	if (at > of.n)
		at = of.n;
	return (struct image_span){of.bytes + at, n < of.n - at ? n : of.n - at};
}

uint32_t image_number(struct image_span of, size_t at, unsigned size)
{
	uint32_t number = 0;

	if (at > of.n || of.n - at < size)
		return 0;
	for (unsigned i = size; i-- > 0;)
		number = number << 8 | (uint8_t)of.bytes[at + i];
	return number;
}

/* Where the optional header begins; 0: this is no program of UEFI. */
static size_t optional_header(struct image_span program)
{
	size_t pe = image_number(program, 0x3c, 4);

	if (program.n < 64 || memcmp(program.bytes, "MZ", 2) != 0 || pe > program.n - 4 ||
		memcmp(program.bytes + pe, "PE\0\0", 4) != 0)
		return 0;
	return pe + 24;
}

/* A long name stands in the table of strings behind the symbols, and "/26" in the header says
 * where; or it is cut off, where the table was stripped. */
static bool is_named(struct image_span program, struct image_span header, const char *name)
{
	enum { NAME = 8, SYMBOL = 18 };
	size_t coff = optional_header(program) - 20;
	size_t strings = image_number(program, coff + 8, 4) +
	                 (size_t)image_number(program, coff + 12, 4) * SYMBOL;
	char short_name[NAME + 1] = "";
	struct image_span long_name;

	memcpy(short_name, header.bytes, NAME);
	if (*short_name != '/')
		return strncmp(short_name, name, NAME) == 0;
	long_name =
		image_part(program, strings + strtoul(short_name + 1, NULL, 10), strlen(name) + 1);
	return long_name.n == strlen(name) + 1 && memcmp(long_name.bytes, name, long_name.n) == 0;
}

bool image_section(struct image_span program, const char *name, struct image_span *ret)
{
	enum { HEADER = 40, SIZE = 8, RAW_SIZE = 16, RAW = 20 };
	size_t optional = optional_header(program);
	size_t count = optional ? image_number(program, optional - 18, 2) : 0;
	size_t table = optional + image_number(program, optional - 4, 2);

	for (size_t i = 0; i < count; i++) {
		size_t at = table + i * HEADER;
		struct image_span header = image_part(program, at, HEADER);
		uint32_t size = image_number(program, at + SIZE, 4);
		uint32_t raw = image_number(program, at + RAW_SIZE, 4);

		if (header.n < HEADER || !is_named(program, header, name))
			continue;
		*ret = image_part(
			program, image_number(program, at + RAW, 4), size < raw ? size : raw);
		return true;
	}
	return false;
}

/* The entry of the certificates in the table of directories; 0: there is none. */
static size_t certificates_entry(struct image_span program)
{
	enum { PE32 = 0x10b, PE32_PLUS = 0x20b, CERTIFICATES = 4 };
	size_t optional = optional_header(program);
	size_t directories;

	switch (optional ? image_number(program, optional, 2) : 0) {
	case PE32:
		directories = optional + 96;
		break;
	case PE32_PLUS:
		directories = optional + 112;
		break;
	default:
		return 0;
	}
	return image_number(program, directories - 4, 4) > CERTIFICATES
	               ? directories + (size_t)CERTIFICATES * 8
	               : 0;
}

struct image_span image_signatures(struct image_span program)
{
	size_t entry = certificates_entry(program);

	if (!entry)
		return (struct image_span){.n = 0};
	return image_part(
		program, image_number(program, entry, 4), image_number(program, entry + 4, 4));
}

bool image_is_signed(const char *bytes, size_t n)
{
	const struct image_span program = {bytes, n};
	size_t entry = certificates_entry(program);

	return entry && image_number(program, entry + 4, 4) > 0;
}

size_t image_command_line_max(const char *bytes, size_t n)
{
	const struct image_span kernel = {bytes, n};
	enum { MAGIC = 0x202, VERSION = 0x206, COMMAND_LINE_SIZE = 0x238 };

	if (n < COMMAND_LINE_SIZE + 4 || memcmp(bytes + MAGIC, "HdrS", 4) != 0)
		return 0;
	/* The field came with version 2.06; before it were 255 bytes. */
	return image_number(kernel, VERSION, 2) < 0x206
	               ? 255
	               : image_number(kernel, COMMAND_LINE_SIZE, 4);
}
