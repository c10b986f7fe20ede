#include "template/utf8.h"

size_t utf8_len_long(const char *s, size_t left)
{
	unsigned char c = (unsigned char)s[0];
	size_t n = c < 0xc2 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 1;

	if (n > left)
		return 1;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 1;
	return n;
}

uint32_t utf8_get_long(const char *s, size_t left)
{
	size_t n = utf8_len(s, left);
	unsigned char c = (unsigned char)s[0];
	uint32_t cp;

	if (n == 1)
		return c;
	cp = c & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		cp = (cp << 6) | ((unsigned char)s[i] & 0x3f);
	return cp;
}

size_t utf8_put(char *out, uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | (cp >> 6));
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | (cp >> 12));
		out[1] = (char)(0x80 | ((cp >> 6) & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (cp >> 18));
	out[1] = (char)(0x80 | ((cp >> 12) & 0x3f));
	out[2] = (char)(0x80 | ((cp >> 6) & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

size_t utf8_count(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; n++)
		i += utf8_len(s + i, len - i);
	return n;
}

size_t utf8_offset(const char *s, size_t len, size_t n)
{
	size_t i = 0;

	while (n-- && i < len)
		i += utf8_len(s + i, len - i);
	return i;
}

uint32_t utf8_upper(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'a' && cp <= 'z' ? cp - 32 : cp;
	if (cp == 0xb5)
		return 0x39c;
	if (cp == 0xff)
		return 0x178;
	if (cp >= 0xe0 && cp <= 0xfe && cp != 0xf7)
		return cp - 32;
	if ((cp >= 0x100 && cp <= 0x137) || (cp >= 0x14a && cp <= 0x177) ||
		(cp >= 0x460 && cp <= 0x481) || (cp >= 0x48a && cp <= 0x4bf))
		return cp & 1 && cp != 0x131 ? cp - 1 : cp == 0x131 ? 'I' : cp;
	if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e))
		return cp & 1 ? cp : cp - 1;
	if (cp == 0x3c2)
		return 0x3a3;
	if ((cp >= 0x3b1 && cp <= 0x3c9) || (cp >= 0x430 && cp <= 0x44f))
		return cp - 32;
	if (cp >= 0x450 && cp <= 0x45f)
		return cp - 80;
	return cp;
}

uint32_t utf8_lower(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	if (cp == 0x178)
		return 0xff;
	if (cp >= 0xc0 && cp <= 0xde && cp != 0xd7)
		return cp + 32;
	if ((cp >= 0x100 && cp <= 0x137 && cp != 0x130) || (cp >= 0x14a && cp <= 0x177) ||
		(cp >= 0x460 && cp <= 0x481) || (cp >= 0x48a && cp <= 0x4bf))
		return cp | 1;
	if ((cp >= 0x139 && cp <= 0x148) || (cp >= 0x179 && cp <= 0x17e))
		return cp & 1 ? cp + 1 : cp;
	if ((cp >= 0x391 && cp <= 0x3a9 && cp != 0x3a2) || (cp >= 0x410 && cp <= 0x42f))
		return cp + 32;
	if (cp >= 0x400 && cp <= 0x40f)
		return cp + 80;
	return cp;
}

bool utf8_is_space_long(uint32_t cp)
{
	return cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
	       cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

bool utf8_is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

bool utf8_is_word(uint32_t cp)
{
	if (cp < 0x80)
		return utf8_is_digit(cp) || cp == '_' || (cp >= 'a' && cp <= 'z') ||
		       (cp >= 'A' && cp <= 'Z');
	if (cp < 0xc0)
		return cp == 0xaa || cp == 0xb2 || cp == 0xb3 || cp == 0xb5 || cp == 0xb9 ||
		       cp == 0xba || (cp >= 0xbc && cp <= 0xbe);
	return cp != 0xd7 && cp != 0xf7 && !(cp >= 0x2000 && cp <= 0x206f) &&
	       !(cp >= 0x20a0 && cp <= 0x2bff) && !(cp >= 0x3000 && cp <= 0x3004) &&
	       !(cp >= 0x3008 && cp <= 0x3020) && !(cp >= 0xe000 && cp <= 0xf8ff) &&
	       !(cp >= 0xff00 && cp <= 0xff0f) && !(cp >= 0x1f000 && cp <= 0x1faff);
}

bool utf8_is_printable(uint32_t cp)
{
	if (cp < 0x7f)
		return cp >= ' ';
	return cp > 0xa0 && cp != 0xad && !(cp >= 0x2000 && cp <= 0x200f) &&
	       !(cp >= 0x2028 && cp <= 0x202f) && !(cp >= 0x205f && cp <= 0x206f) && cp != 0x1680 &&
	       cp != 0x3000 && cp != 0xfeff && !(cp >= 0xd800 && cp <= 0xf8ff) &&
	       !(cp >= 0xfff0 && cp <= 0xfffb) && cp != 0xfffe && cp != 0xffff &&
	       !(cp >= 0xe0000 && cp <= 0xe0fff) && cp < 0xf0000;
}
