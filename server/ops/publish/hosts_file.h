/*
 * dnsmasq's files of fixed addresses (dhcp-hostsfile, which may be a folder): lines in byte order,
 * each a MAC address, a comma and what that card gets. A card's lines are in the file that is named
 * after the last byte of its address, so that a change of one among a hundred thousand writes a few
 * hundred lines. A file without lines is not there.
 */
#ifndef OPS_HOSTS_FILE_H
#define OPS_HOSTS_FILE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/strv.h"

#include <stdbool.h>

#define DHCP_HOSTS      "private/dhcp-hosts" /* the folder */
#define DHCP_HOSTS_HEAD "# Written by Bootwright: fixed addresses\n"

enum { HOSTS_FILES = 256, HOSTS_FILE_NAME = 3 };
/* The file of a card, by its address or by a line of it. */
size_t hosts_file_of(const char *mac);
/* "07" */
void hosts_file_name(size_t file, char ret[HOSTS_FILE_NAME]);

/* Appends all that a generation's folder of them holds, file after file; nothing where there is
 * none. What was published before there were several is one file. */
void hosts_files_read(int generation, struct strbuf *ret);

/* Writes the files anew that have something for the cards `macs` or get some of `lines`, as below.
 * `changed`: any differs from what it was. `more`: how many more there are than were. */
int hosts_files_replace(int generation, const struct strv *macs, const struct strv *lines,
	bool *changed, long *more, struct err *err);

/* Appends `was` with `lines` (in any order, without newline) in place of all that it has for the
 * cards `macs` and for those that `lines` are of. */
void hosts_file_replace(const struct strbuf *was, const struct strv *macs, const struct strv *lines,
	struct strbuf *ret);

#endif
