/*
 * What koan accepts in text that comes from a server or a command line and ends in a file name, an
 * XML document or a guest's command line. Each check returns NULL for good text, else what is wrong
 * with it, to be read after the name of the member or option ("virt.path[0]: must be …").
 */
#ifndef KOAN_CHECKS_H
#define KOAN_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

/* Limits of a guest; generous, and far from where arithmetic could overflow. */
#define GUEST_DISKS   16
#define GUEST_NICS    64
#define GUEST_CPUS    1024
#define GUEST_RAM_MIB (UINT64_C(16) << 20)
#define GUEST_RAM_MIN 4
#define DISK_GIB_MAX  65536

/* A guest's name, which is also part of its disks' file names. */
const char *check_guest_name(const char *text);
/* A network interface of the host, by Linux' rules: up to 15 bytes. */
const char *check_bridge(const char *text);
/* Where a disk goes: an absolute path without "//", "." or "..", a volume group `vg0` or
 * `vg0:volume`, a volume that exists (`vol=POOL/NAME`) or a network disk's URL (disk_url.h). */
const char *check_disk_path(const char *text);
/* The same of a path that only the server names. The guest fills that file, so it must not be where
 * this host looks for programs and their configuration. */
const char *check_servers_disk_path(const char *text);
/* An absolute http or https URL, without blanks. */
const char *check_url(const char *text);
/* One line of UTF-8 that XML can hold, up to 4 096 bytes: no control characters. */
const char *check_line(const char *text);
/* As check_line(), and not empty, up to 255 bytes. */
const char *check_word(const char *text);
/* The name of a machine or a network card's model, as QEMU has them. */
const char *check_model(const char *text);
/* 64 lower-case hex digits. */
const char *check_sha256(const char *text);

/* A disk's size in GiB, fractions allowed; 0 means no disk. */
const char *check_disk_gib(double gib);
/* GiB to whole bytes, a multiple of 512. */
uint64_t bytes_from_gib(double gib);

/* A whole decimal number from `min` to `max` and nothing else. */
bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
/* A plain decimal number such as 4.5: no sign, no exponent, no "inf". */
bool parse_decimal(const char *text, double *ret);

#endif
