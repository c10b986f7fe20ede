/*
 * What each family of installers wants on its kernel's command line: a table of arguments for each,
 * in order. A new installer is a table and a row in cmdline_families.c.
 */
#ifndef BOOT_CMDLINE_FAMILIES_H
#define BOOT_CMDLINE_FAMILIES_H

#include "model/resolve.h"

/* What an argument's value is made from. */
enum part {
	PART_NONE,
	PART_AUTOINSTALL,
	PART_TREE,
	PART_ISO,    /* the tree's URL, where it is that of an ISO image */
	PART_IMG,    /* where it is that of another image: *.img, *.squashfs */
	PART_FOLDER, /* where it is that of a folder */
	PART_HOSTNAME,
	PART_DOMAIN,
	PART_BOOTIF,
	PART_PROXY,
	PART_SERIAL,
	PART_NFS,     /* the rest of `root` where it is nfs: SERVER:/PATH[,OPTIONS] */
	PART_SAN,     /* `root` where it is iscsi */
	PART_RESCUE,  /* "true" where the rescue system is to start */
	PART_IP,      /* of ip=: "dhcp", or the machine's address (cmdline_static.h) */
	PART_ADDRESS, /* this and the rest only where the address is on the command line */
	PART_NETMASK,
	PART_GATEWAY,
	PART_SERVERS, /* of DNS, with commas */
	PART_SERVER,  /* the first of them */
	PARTS,
};

struct cmdline_arg {
	const char *key;
	const char *before; /* text of the value in front of the part */
	const char *after;
	enum part part;
	enum part only_with; /* a part without which the argument is left out, beside its own */
};

/* The arguments for the chain's distro, by its breed, os_version, kernel and whether the machine is
 * diskless (model/root.h); the last one has no key. An unknown family has none. */
const struct cmdline_arg *cmdline_family(const struct resolved *resolved);
/* True where that family's installer has a rescue system. */
bool cmdline_has_rescue(const struct resolved *resolved);

#endif
