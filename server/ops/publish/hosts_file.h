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
#include "ops/publish/sync.h"

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

/* What a generation has: no DHCP, what a version before these published, or the folder. */
enum hosts_kind { HOSTS_NONE, HOSTS_ONE_FILE, HOSTS_FOLDER };
enum hosts_kind hosts_files_kind(int generation);
/* Calls `tell` for each file that would become another by having `lines` in place of all that there
 * is for the cards `macs`, as below; its text is NULL where no line is left. */
int hosts_files_change(int generation, const struct strv *macs, const struct strv *lines,
	sync_file_fn *tell, void *ctx, struct err *err);

/* Appends `was` with `lines` (in any order, without newline) in place of all that it has for the
 * cards `macs` and for those that `lines` are of. */
void hosts_file_replace(const struct strbuf *was, const struct strv *macs, const struct strv *lines,
	struct strbuf *ret);

#endif
