/*
 * Machines that boot here and that no system has: who asks the boot port for a boot file with a MAC
 * address that is nobody's, and who gets an address of dnsmasq (machines that load PXELINUX or GRUB
 * over TFTP ask for nothing over HTTP, but have a lease). A thread writes what was seen, some of it
 * at a time; the store bounds how much is kept (db_discovered_add()). A MAC address that becomes a
 * system's is in no list any more.
 */
#ifndef OPS_DISCOVERY_H
#define OPS_DISCOVERY_H

#include "ops/server.h"

struct discovery;

/* Starts the thread; without it nothing is recorded. ERR_INTERNAL. */
int discovery_start(struct server *server, struct err *err);
/* Ends it; what was seen is written first. NULL is fine. */
void discovery_stop(struct discovery *discovery);

/* A machine with this canonical MAC address asked for a boot file of this format ("ipxe"), from
 * this IP address ("" unknown). Cheap, and never waits; without the thread it does nothing. */
void discovery_asked(
	struct server *server, const char *mac, const char *address, const char *format);
/* The same for one that asks for a published file that is not there: by what systems' own are
 * called. */
void discovery_asked_file(struct server *server, const char *path, const char *address);
/* The loader of a machine that has just asked says what it runs on: "efi", "x86_64". NULL, and
 * words that are none, are left out; so is who has not asked. */
void discovery_runs_on(
	struct server *server, const char *mac, const char *platform, const char *arch);

/* Reads the lease file, where it has changed, and writes what was seen: what the thread does. */
int discovery_write(struct server *server, struct err *err);

#endif
