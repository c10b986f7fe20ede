/*
 * The guest that is to be: the server's plan and the command line brought together, in the units
 * that libvirt takes. guest_build() is pure; the steps after it fill in what only the host knows
 * (the disks' places, random addresses, the files' paths). domain_xml() turns it into XML.
 */
#ifndef KOAN_GUEST_H
#define KOAN_GUEST_H

#include "base/net.h"

#include "koan-client/disk/disk_place.h"
#include "koan-client/guest/domain_types.h"
#include "koan-client/options.h"
#include "koan-client/plan/plan.h"

struct guest_disk {
	char *wanted;  /* where, as given; "" for the host's default */
	bool explicit; /* given on the command line, not by the server */
	bool full;     /* has its whole size at once */
	bool existing; /* is there and stays as it is */
	bool made;     /* koan makes its volume, in this run */
	bool taken;    /* something is in its place, which goes (--force-path) */
	bool late;     /* only when the guest that is replaced has ended: its disk is in the way */
	uint64_t size; /* bytes */
	char *format;  /* "raw", "qcow2" */
	struct disk_place place;
};

struct guest_nic {
	char *bridge;
	struct mac mac;
	bool has_mac;
};

/* What the guest starts from first; after that it starts from its disk. */
enum guest_start {
	START_KERNEL,  /* kernel, and initrd unless that is NULL */
	START_NETWORK, /* what its firmware finds on the network */
	START_CDROM,
	START_DISK, /* nothing is installed */
};

struct guest {
	char *name;
	char uuid[37];
	char run[37]; /* of koan that replaced another guest, whose UUID this one has; or "" */
	const struct domain_type *type;
	const struct guest_arch *arch;
	const struct graphics_type *graphics;
	const struct disk_bus *bus; /* NULL: the type's; so are the next two */
	char *nic_model;
	char *machine;
	enum firmware firmware;
	enum guest_start start;
	uint64_t ram; /* MiB */
	uint64_t cpus;
	bool auto_boot;
	bool xl_config; /* has a file in /etc/xen */
	char *cmdline;
	char *kernel; /* paths on the hypervisor's host */
	char *initrd;
	char *cdrom;
	struct guest_disk disks[GUEST_DISKS];
	size_t n_disks;
	struct guest_nic nics[GUEST_NICS];
	size_t n_nics;
	char *server; /* HOST:PORT, for the record */
	char *item;   /* what the server calls it, and its kind */
	const char *item_kind;
	char *profile; /* "" with an image */
};

/* The row that the command line, else the plan asks for; NULL in `ret` is auto. ERR_INVALID. */
int guest_wanted_type(const struct options *options, const struct plan *plan,
	const struct domain_type **ret, struct err *err);
/* --virt-name, else the system's or profile's name; borrowed. ERR_INVALID: it cannot be one. */
int guest_wanted_name(
	const struct options *options, const struct plan *plan, const char **ret, struct err *err);
/* Fills an empty guest. Call guest_done() all the same. */
int guest_build(const struct options *options, const struct plan *plan, const char *name,
	const struct domain_type *type, struct guest *ret, struct err *err);
/* Who else may have a MAC address; `is_taken` is NULL where nobody can be asked. */
struct mac_owners {
	bool (*is_taken)(void *ctx, const char *mac);
	void *ctx;
};
/* Gives it a random UUID, and random MAC addresses (00:16:3e:…, Xen's range) that neither `used`
 * nor the owners have to the interfaces without one; `used` gets all of the guest's. ERR_CONFLICT:
 * each one is said to be taken. */
int guest_identify(
	struct guest *guest, struct strv *used, const struct mac_owners *owners, struct err *err);
/* Who says what is at a path of the hypervisor's host. */
struct path_facts {
	enum path_fact (*look)(void *ctx, const char *path);
	void *ctx;
};
/* What is there on this host. */
enum path_fact guest_path_fact(const char *path);
/* Finds every disk's place by what is there, on this host where `facts` is NULL; "" goes to
 * `default_folder`. Nothing is made. */
int guest_place_disks(struct guest *guest, const char *default_folder,
	const struct path_facts *facts, struct err *err);
void guest_done(struct guest *guest);

static inline void auto_guest(struct guest *guest)
{
	guest_done(guest);
}
#define autoguest AUTO(guest) struct guest

#endif
