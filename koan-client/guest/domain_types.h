/*
 * The kinds of guest that koan makes, one row each, and what an architecture or a graphics choice
 * changes. Everything that differs between the kinds is a column here: domain_xml.c has no `if` on
 * a kind. A new kind of guest is a new row.
 *
 * Source of the words: libvirt's domain XML format, and xl.cfg(5) for Xen's device names.
 */
#ifndef KOAN_DOMAIN_TYPES_H
#define KOAN_DOMAIN_TYPES_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

struct domain_type {
	const char *name;           /* --virt-type= */
	const char *aliases[2];     /* what Cobbler calls it */
	const char *title;          /* for people */
	const char *uri;            /* where it runs when --connect does not say */
	const char *domain;         /* domain/@type */
	const char *os;             /* os/type, as in a host's capabilities */
	const char *machine;        /* os/type/@machine; NULL: the architecture's */
	const char *cpu_mode;       /* cpu/@mode; NULL: libvirt's default */
	const char *disk_bus;       /* target/@bus */
	const char *disk_prefix;    /* target/@dev without its letter */
	const char *raw_driver;     /* driver/@name of a raw disk; NULL: the hypervisor chooses */
	const char *nic_model;      /* NULL: the hypervisor's own */
	const char *console_target; /* console/target/@type */
	unsigned cmdline_max;       /* bytes of the kernel's arguments that reach it; 0: all */
	const char *console;    /* the kernel's console= with --nogfx; NULL: the architecture's */
	const char *bootloader; /* after the installation; NULL: firmware and <boot dev='hd'/> */
	const char *video;      /* NULL: the one that comes with the graphics */
	bool firmware;          /* has one that can be chosen, and boots from a network or a CD */
	bool qemu;              /* takes --qemu-disk-type and so on */
	bool acpi;              /* has ACPI and APIC where the architecture does */
	bool virtio;            /* random numbers and the guest agent's channel by virtio */
};

struct guest_arch {
	const char *name;    /* in a plan */
	const char *libvirt; /* os/type/@arch */
	const char *machine;
	const char *console;
	const char *firmware; /* os/@firmware; NULL: the machine's default */
	bool acpi;
	bool x86;  /* APIC and PAE are features that a guest must be given */
	bool bare; /* QEMU's machine has no USB, and nothing that hangs there, by itself */
};

struct graphics_type {
	const char *name;
	bool none;   /* a serial console instead of a screen */
	bool listen; /* a server that viewers connect to: on the loopback address only */
};

/* Where QEMU's disks hang (--qemu-disk-type). */
struct disk_bus {
	const char *name;       /* target/@bus */
	const char *prefix;     /* target/@dev without its letter */
	const char *machine;    /* the x86 machine that has it; NULL: any */
	const char *controller; /* the controller's model where the default would be an old one */
};

enum firmware { FIRMWARE_DEFAULT, FIRMWARE_BIOS, FIRMWARE_UEFI };

/* NULL where there is no such row. Names are compared as they are written in the tables. */
const struct domain_type *domain_type_find(const char *name);
const struct guest_arch *guest_arch_find(const char *name);
const struct graphics_type *graphics_type_find(const char *name);
const struct disk_bus *disk_bus_find(const char *name);
bool firmware_find(const char *name, enum firmware *ret);

/* Row `i`, in order of preference; NULL past the last. */
const struct domain_type *domain_type_at(size_t i);

/* "kvm, qemu, …": what an error offers. */
void domain_type_names(struct strbuf *ret);
void graphics_type_names(struct strbuf *ret);
void guest_arch_names(struct strbuf *ret);
void disk_bus_names(struct strbuf *ret);

#endif
