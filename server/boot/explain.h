/*
 * A boot, walked as a machine's firmware and loaders would walk it: DHCP's answer, every file that
 * is fetched, the configuration that is read in its loader's own language, and what is started with
 * which command line. It reads what is published, not what would be, so that it finds what is
 * broken. Nothing here opens a file: whoever explains says through `open` what an address gives.
 *
 * The walk leaves JSON behind (the API's answer): steps in their order, what is started, problems.
 */
#ifndef BOOT_EXPLAIN_H
#define BOOT_EXPLAIN_H

#include "base/err.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stdint.h>

/* The machine, as DHCP and the loaders see it. */
struct boot_machine {
	const char *mac; /* canonical: "52:54:00:aa:00:07" */
	int arch;        /* DHCP's option 93 */
	bool uefi;
	bool http; /* its firmware boots over HTTP */
	bool ipxe; /* its network card's own ROM is iPXE */
	bool secure_boot;
	const char *address; /* IPv4, where it is known; else "" */
	const char *lent_to; /* who has its fixed one from dnsmasq at present; NULL, "": nobody */
};

/* What an address gives. */
struct explain_file {
	bool found;
	bool elsewhere; /* of another server: not looked at */
	uint64_t size;
	char sha256[SHA256_TEXT];
	struct strbuf
		text;  /* its beginning: EXPLAIN_TEXT bytes at most; of a program of UEFI all */
	int status;    /* HTTP's; 0: not over HTTP */
	char why[512]; /* where it is not found */
};
enum { EXPLAIN_TEXT = 1 << 20, EXPLAIN_PROGRAM = 64 << 20 };
void explain_file_done(struct explain_file *file);
static inline void auto_explain_file(struct explain_file *file)
{
	explain_file_done(file);
}
#define autofile AUTO(explain_file) struct explain_file

struct explain {
	struct boot_machine machine;
	/* dnsmasq's files as they are published; NULL: none are. `network`: the tag of the
	 * machine's network in them; NULL: the one of the settings. */
	const char *dhcp_conf;
	const char *dhcp_hosts;
	const char *network;
	/* What somebody else's DHCP server is to say, where none of ours answers: "pxelinux.0" and
	 * so on; NULL: nothing. Both by option 175. */
	const char *other_file;
	const char *other_ipxe;
	const char *next_server; /* ours, for that */
	/* What somebody chooses in the menus that are shown: titles, "Rescue>Rescue with web"; what
	 * of it is left. NULL: nobody touches a key. */
	const char *choose;
	/* The shim and GRUB of the distro's own that the machine may get (efi_loader.h), and what
	 * that GRUB reads first: as they are published. NULL: none. */
	const char *own_shim;
	const char *own_grub;
	const char *own_config;
	int (*open)(void *ctx, const char *url, struct explain_file *ret, struct err *err);
	void *ctx;
	/* From here on of the walk. */
	char address[64];      /* that DHCP gives; "" */
	char server[64];       /* who has the files, as DHCP said */
	char prefix[256];      /* DHCP's option 210; "" */
	struct strbuf program; /* of UEFI, that runs */
	struct strbuf vendor;  /* whom shim trusts (shim_file.h); empty: not known */
	bool is_ipxe;          /* iPXE has taken over */
	bool proxy;            /* the address comes from another server */
	unsigned depth;
	unsigned budget; /* commands that may still be run */
	json_t *steps;
	json_t *problems;
	json_t *start; /* NULL: nothing yet */
};

/* Walks. The machine, dnsmasq's files and `open` are set; afterwards steps, problems and start are
 * there, to be freed by explain_done(). -1 only where `open` fails for other reasons than that
 * nothing is there. */
int explain_run(struct explain *explain, struct err *err);
void explain_done(struct explain *explain);

/* For the loaders' own files. All append to the walk. */

/* A step: its kind ("dhcp", "file", "config", "run", "note") and a sentence. Borrowed. */
json_t *explain_step(struct explain *explain, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void explain_problem(struct explain *explain, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Fetches; a step says so. `needed`: it is a problem where it is not there. */
enum explain_need { EXPLAIN_OPTIONAL, EXPLAIN_NEEDED };
int explain_fetch(struct explain *explain, const char *url, enum explain_need need,
	struct explain_file *ret, struct err *err);
/* "tftp://SERVER/path": yours. */
char *explain_tftp(const struct explain *explain, const char *path);
/* What is fetched by name in the folder of `url`: yours. An absolute path or URL stays. */
char *explain_beside(const char *url, const char *name);

/* A menu: the title that somebody chooses there, yours; NULL: nobody does. */
char *explain_choice(struct explain *explain);
/* It has no such entry; NULL: it waits, and nobody has said for what. */
void explain_no_entry(struct explain *explain, const char *title);

/* Loads and runs whatever lies at the address: a loader, or an iPXE script. */
int explain_load(struct explain *explain, const char *url, struct err *err);
/* False where the machine's firmware would certainly not run a file under Secure Boot, which is
 * noted as a problem; so is a file that shim does not trust, though the machine may. */
bool explain_may_run(struct explain *explain, const char *url, const struct explain_file *file);

/* True where the address is that of the published file; `path` may be NULL. */
bool explain_is_at(const char *url, const char *path);

/* The loaders, by what they are called with: their own address. */
int explain_pxelinux(struct explain *explain, const char *url, struct err *err);
int explain_grub(struct explain *explain, const char *url, struct err *err);
int explain_ipxe(
	struct explain *explain, const char *url, const struct strbuf *script, struct err *err);
/* DHCP's answer: *ret is the address of the boot file, yours, or NULL. */
int explain_dhcp(struct explain *explain, char **ret, struct err *err);

/* What is started in the end. */
struct explain_start {
	const char *what; /* "linux", "xen", "memdisk", "memtest", "san", "local" */
	char *kernel;     /* URLs, yours */
	struct strv initrds;
	char *hypervisor;
	struct strbuf hypervisor_arguments;
	struct strbuf command_line; /* as the kernel gets it */
	const char *note;           /* NULL: none */
};
void explain_start_done(struct explain_start *start);
static inline void auto_explain_start(struct explain_start *start)
{
	explain_start_done(start);
}
#define autostart AUTO(explain_start) struct explain_start
/* What a program is that a loader starts like a kernel, by its name. */
const char *explain_what(const char *kernel);
/* Fetches what is started, checks it, and ends the walk. */
int explain_starts(struct explain *explain, const struct explain_start *start, struct err *err);
static inline bool explain_is_over(const struct explain *explain)
{
	return explain->start != NULL;
}

#endif
