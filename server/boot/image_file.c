#include "boot/image_file.h"

#include <stdint.h>
#include <string.h>

/* Little-endian; 0 past the end. */
static uint32_t number_at(const char *bytes, size_t n, size_t at, unsigned size)
{
	uint32_t number = 0;

	if (at > n || n - at < size)
		return 0;
	for (unsigned i = size; i-- > 0;)
		number = number << 8 | (uint8_t)bytes[at + i];
	return number;
}

bool image_is_signed(const char *bytes, size_t n)
{
	enum { PE32 = 0x10b, PE32_PLUS = 0x20b, CERTIFICATES = 4 };
	size_t pe = number_at(bytes, n, 0x3c, 4);
	size_t optional = pe + 24;
	size_t directories;

	if (n < 64 || memcmp(bytes, "MZ", 2) != 0 || pe > n - 4 ||
		memcmp(bytes + pe, "PE\0\0", 4) != 0)
		return false;
	switch (number_at(bytes, n, optional, 2)) {
	case PE32:
		directories = optional + 96;
		break;
	case PE32_PLUS:
		directories = optional + 112;
		break;
	default:
		return false;
	}
	return number_at(bytes, n, directories - 4, 4) > CERTIFICATES &&
	       number_at(bytes, n, directories + (size_t)CERTIFICATES * 8 + 4, 4) > 0;
}

size_t image_command_line_max(const char *bytes, size_t n)
{
	enum { MAGIC = 0x202, VERSION = 0x206, COMMAND_LINE_SIZE = 0x238 };

	if (n < COMMAND_LINE_SIZE + 4 || memcmp(bytes + MAGIC, "HdrS", 4) != 0)
		return 0;
	/* The field came with version 2.06; before it were 255 bytes. */
	return number_at(bytes, n, VERSION, 2) < 0x206 ? 255
	                                               : number_at(bytes, n, COMMAND_LINE_SIZE, 4);
}
