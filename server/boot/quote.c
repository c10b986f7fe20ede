#include "boot/quote.h"

#include "base/strv.h"
#include "boot/cmdline.h"

#include <string.h>

/* APPEND takes the rest of the line as it stands. */
int quote_pxelinux(const char *words, size_t len, struct strbuf *ret, struct err *err)
{
	(void)err;
	boot_cmdline_join(words, len, ret);
	return 0;
}

/* Nothing in a word of these means anything to GRUB's parser. */
#define GRUB_PLAIN                                                                                 \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"                                     \
	"0123456789._+-/:@%=,"

/*
 * Each word in single quotes where it needs any. A word with a blank gets no double quotes from us:
 * GRUB's `linux` puts them around such a word itself. It also puts a backslash before a quote and a
 * backslash (grub_create_loader_cmdline()), which no kernel takes away again: refused, not changed.
 */
int quote_grub(const char *words, size_t len, struct strbuf *ret, struct err *err)
{
	size_t start = ret->len;

	for (const char *word = words; word < words + len; word += strlen(word) + 1) {
		const char *quote = word[strspn(word, GRUB_PLAIN)] ? "'" : "";

		if (strpbrk(word, "\\'")) {
			strbuf_truncate(ret, start);
			return err_field(err, ERR_INVALID, "kernel_options",
				"GRUB would put a backslash before each \\ and ' in '%.60s'; "
				"remove them, or grub from boot_loaders",
				word);
		}
		strbuf_addf(ret, "%s%s%s%s", word > words ? " " : "", quote, word, quote);
	}
	return 0;
}

/* iPXE's core/exec.c: split at blanks, no quotes; these words end a command. */
static bool ipxe_ends_command(const char *token)
{
	static const char *const ends[] = {"||", "&&", ";"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (strcmp(token, ends[i]) == 0)
			return true;
	return token[0] == '#';
}

/*
 * iPXE knows no quoting: it expands ${…}, splits at blanks, and hands the words on with one blank
 * between. What would come out differently is refused, not changed.
 */
int quote_ipxe(const char *words, size_t len, struct strbuf *ret, struct err *err)
{
	autostrbuf line = STRBUF_INIT;
	autostrv tokens = STRV_INIT;
	const char *expands;

	boot_cmdline_join(words, len, &line);
	strv_split(&tokens, line.buf, " ");
	for (size_t i = 0; i < tokens.n; i++)
		if (ipxe_ends_command(tokens.v[i]))
			return err_field(err, ERR_INVALID, "kernel_options",
				"iPXE takes the word '%.60s' for the end of its command; remove "
				"it, or ipxe from boot_loaders",
				tokens.v[i]);
	expands = strstr(line.buf, "${");
	if (expands && strchr(expands, '}'))
		return err_field(err, ERR_INVALID, "kernel_options",
			"iPXE would replace '%.60s'; remove it, or ipxe from boot_loaders",
			expands);
	if (strstr(line.buf, "  "))
		return err_field(err, ERR_INVALID, "kernel_options",
			"iPXE would make one blank of two in a value; remove one, or ipxe from "
			"boot_loaders");
	strbuf_add(ret, line.buf, line.len);
	return 0;
}
