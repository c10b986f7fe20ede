/*
 * Whom a shim trusts: the certificates that its vendor built into it, in the section .vendor_cert.
 * A program is taken for trusted where its signature names one of them as an issuer; nothing is
 * computed, so this finds out what cannot start, and proves nothing. What a firmware or a machine's
 * owner trusts besides is not known here. Formats: shim's cert.S; UEFI's specification,
 * "EFI_SIGNATURE_LIST"; X.509 (RFC 5280).
 */
#ifndef BOOT_SHIM_FILE_H
#define BOOT_SHIM_FILE_H

#include "base/strbuf.h"
#include "boot/image_file.h"

/* The vendor's certificates of a shim; empty: it has none, or is no shim. */
struct image_span shim_vendor(struct image_span program);
/* False where the program has a signature, and by none whom `vendor` has. Where one of the two is
 * not known, or far larger than any real one, true. */
bool shim_trusts(struct image_span vendor, struct image_span program);
/* Appends the common name of the first issuer in certificates or signatures: "Debian Secure Boot
 * CA"; "somebody" where it cannot be read. */
void shim_add_name(struct image_span certificates, struct strbuf *ret);

#endif
