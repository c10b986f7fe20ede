/*
 * A kernel's arguments in the languages of boot loaders. All take the words of
 * boot_cmdline_words(), which boot_cmdline_check() has seen, and append them with blanks between.
 * ERR_INVALID: the language has no way to say one of them.
 */
#ifndef BOOT_QUOTE_H
#define BOOT_QUOTE_H

#include "base/err.h"
#include "base/strbuf.h"

int quote_pxelinux(const char *words, size_t len, struct strbuf *ret, struct err *err);
int quote_grub(const char *words, size_t len, struct strbuf *ret, struct err *err);
int quote_ipxe(const char *words, size_t len, struct strbuf *ret, struct err *err);

#endif
