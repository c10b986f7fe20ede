/*
 * The text of dnsmasq's file of fixed addresses (dhcp-hostsfile): lines in byte order, each a MAC
 * address, a comma and what that card gets. A change of some cards is made in the text as it is:
 * with a hundred thousand lines, taking them apart costs more than all else in such a change.
 */
#ifndef OPS_HOSTS_FILE_H
#define OPS_HOSTS_FILE_H

#include "base/strbuf.h"
#include "base/strv.h"

/* Appends `was` with `lines` (in any order, without newline) in place of all that it has for the
 * cards `macs` and for those that `lines` are of. */
void hosts_file_replace(const struct strbuf *was, const struct strv *macs, const struct strv *lines,
	struct strbuf *ret);

#endif
