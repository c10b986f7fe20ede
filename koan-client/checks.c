#include "koan-client/checks.h"

#include "koan-client/disk/disk_url.h"

#include "base/net.h"
#include "base/sha256.h"

#include <libxml/xmlstring.h>
#include <math.h>
#include <string.h>

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static bool only(const char *text, const char *accepted)
{
	return text[strspn(text, accepted)] == '\0';
}

const char *check_guest_name(const char *text)
{
	if (!*text)
		return "must not be empty";
	if (strlen(text) > 100)
		return "must be at most 100 bytes long";
	if (!strchr(ALNUM, text[0]))
		return "must start with a letter or a digit";
	if (!only(text, ALNUM "._+-"))
		return "may only have letters, digits, '.', '_', '+' and '-'";
	return NULL;
}

const char *check_bridge(const char *text)
{
	if (!*text || strlen(text) > 15)
		return "must be an interface name of 1 to 15 bytes";
	if (!only(text, ALNUM "._-") || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
		return "may only have letters, digits, '.', '_' and '-'";
	return NULL;
}

const char *check_line(const char *text)
{
	if (strlen(text) > 4096)
		return "must be at most 4096 bytes long";
	if (!xmlCheckUTF8((const unsigned char *)text))
		return "must be UTF-8";
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		/* C0, DEL and C1: the last (U+0080 to U+009F) still steer some terminals. */
		if (*p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0))
			return "must not have control characters";
		/* U+FFFE and U+FFFF, which XML 1.0 has no place for. */
		if (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe)
			return "must not have the noncharacters U+FFFE and U+FFFF";
	}
	return NULL;
}

const char *check_word(const char *text)
{
	if (!*text)
		return "must not be empty";
	if (strlen(text) > 255)
		return "must be at most 255 bytes long";
	return check_line(text);
}

/* `vg0` or `vg0:volume`, in LVM's character set (lvm(8)). */
static const char *check_volume_group(const char *text)
{
	const char *colon = strchr(text, ':');

	if (strlen(text) > 200)
		return "must be at most 200 bytes long";
	if (!only(text, ALNUM "._+-:") || text[0] == '-' || text[0] == '.' || text[0] == ':')
		return "must be an absolute path, or an LVM volume group such as vg0 or vg0:volume";
	if (colon && (!strchr(ALNUM "_+", colon[1]) || !colon[1] || strchr(colon + 1, ':')))
		return "must be VOLUMEGROUP or VOLUMEGROUP:VOLUME";
	return NULL;
}

/* `vol=POOL/NAME`, virt-install's words for a volume that exists. */
static const char *check_volume(const char *text)
{
	const char *slash = strchr(text, '/');

	if (!slash || slash == text || !slash[1] || strchr(slash + 1, '/') || slash[1] == '.')
		return "must be vol=POOL/NAME";
	return NULL;
}

const char *check_model(const char *text)
{
	if (!*text || strlen(text) > 64 || !strchr(ALNUM, text[0]) || !only(text, ALNUM "._-"))
		return "may only have letters, digits, '.', '_' and '-', up to 64";
	return NULL;
}

const char *check_disk_path(const char *text)
{
	const char *bad = check_word(text);
	const char *part = text;

	if (bad)
		return bad;
	if (strncmp(text, "vol=", 4) == 0)
		return check_volume(text + 4);
	if (text[0] != '/' && strstr(text, "://"))
		return disk_url_check(text);
	if (text[0] != '/')
		return check_volume_group(text);
	if (!text[1])
		return "must be a folder below '/'";
	while (*part) {
		size_t len = strcspn(part + 1, "/");

		if (len == 0 && part[1])
			return "must not have '//' in it";
		if ((len == 1 && part[1] == '.') || (len == 2 && part[1] == '.' && part[2] == '.'))
			return "must not have '.' or '..' in it";
		part += 1 + len;
	}
	return NULL;
}

static bool is_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || !path[len]);
}

const char *check_servers_disk_path(const char *text)
{
	static const char *const system[] = {"/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64",
		"/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var/cache", "/var/lib",
		"/var/log", "/var/mail", "/var/run", "/var/spool"};
	const char *bad = check_disk_path(text);
	bool images = is_in(text, "/var/lib/libvirt") || is_in(text, "/var/lib/xen");

	if (bad)
		return bad;
	for (size_t i = 0; i < sizeof(system) / sizeof(*system); i++)
		if (is_in(text, system[i]) && !images)
			return "is in a folder of this host's system, where the server may not put "
			       "a disk; name a path yourself with --virt-path";
	if (strstr(text, "/."))
		return "is in a hidden folder, where the server may not put a disk; name a path "
		       "yourself with --virt-path";
	return NULL;
}

const char *check_url(const char *text)
{
	const char *bad = check_line(text);
	const char *rest;

	if (bad)
		return bad;
	if (strncmp(text, "http://", 7) == 0)
		rest = text + 7;
	else if (strncmp(text, "https://", 8) == 0)
		rest = text + 8;
	else
		return "must start with http:// or https://";
	if (!strchr(ALNUM "[", *rest) || !*rest)
		return "must name a server";
	if (strpbrk(rest, " \"<>\\^`{|}"))
		return "has characters that must be percent-encoded";
	return NULL;
}

const char *check_sha256(const char *text)
{
	if (strlen(text) != SHA256_TEXT - 1 || !only(text, "0123456789abcdef"))
		return "must be 64 lower-case hex digits";
	return NULL;
}

const char *check_disk_gib(double gib)
{
	if (isfinite(gib) && gib >= 0 && gib <= DISK_GIB_MAX)
		return NULL;
	return "must be a number of GiB from 0 to 65536";
}

uint64_t bytes_from_gib(double gib)
{
	double sectors = ceil(gib * 2097152.0); /* of 512 bytes, in a GiB */

	return (uint64_t)sectors * 512;
}

bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text || strlen(text) > 18 || !only(text, "0123456789"))
		return false;
	for (; *text; text++)
		value = value * 10 + (uint64_t)(*text - '0');
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

bool parse_decimal(const char *text, double *ret)
{
	/* strtod() would follow the locale and take "inf" and "0x1p9". */
	double value = 0;
	double unit = 1;
	const char *p = text;

	if (strlen(text) > 18)
		return false;
	for (; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (*p - '0');
	if (p == text)
		return false;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++)
			value += (*p - '0') * (unit /= 10);
	if (*p || p[-1] == '.')
		return false;
	*ret = value;
	return true;
}
