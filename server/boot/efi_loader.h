/*
 * A distribution's own shim and GRUB. Secure Boot runs only what somebody signed whom the shim
 * trusts, and each vendor's shim trusts its own vendor: Debian's, which this server has, starts no
 * other vendor's kernel. So a distro whose tree has these (efi_loaders) has them published as
 * images/DISTRO/efi/NAME, by their own names, which are what shim looks for; machines that boot the
 * distro get that shim. GRUBs look for grub.cfg in places of their own: there and beside them lies
 * one that leads to the file that all other machines read.
 */
#ifndef BOOT_EFI_LOADER_H
#define BOOT_EFI_LOADER_H

#include "boot/clients.h"
#include "model/resolve.h"
#include "model/types.h"

enum { EFI_SHIM, EFI_GRUB, EFI_LEAST };

/* The distro whose own loaders the machine gets, over TFTP or in an image over HTTP; NULL: it gets
 * this server's. Needs the resolved chain of a system, profile or distro. */
const struct distro *efi_loader_of(const struct resolved *resolved, bool http);
/* The same for whoever names nothing of his own: the distro has some that can boot that way. */
bool efi_loader_can(const struct distro *distro, bool http);

/* How UEFI calls the distro's architecture in names of files: "x64", "aa64"; NULL: none that boots
 * from here. */
const char *efi_loader_arch(const struct distro *distro);
/* The firmware that starts them over TFTP; the one that boots over HTTP gets an image, whatever is
 * in it. */
const struct boot_client *efi_loader_client(const struct distro *distro);
/* The name that the file number `i` of efi_loaders is published by, borrowed; its path appended. */
const char *efi_loader_name(const struct distro *distro, size_t i);
void efi_loader_path(const struct distro *distro, size_t i, struct strbuf *ret);
/* The grub.cfg that its GRUB reads over TFTP. */
void efi_loader_config_path(const struct distro *distro, struct strbuf *ret);

/* What lies there. */
extern const char efi_loader_config[];

/* The names can be published: ERR_INVALID names the field. */
int efi_loader_check(const struct distro *distro, struct err *err);

#endif
