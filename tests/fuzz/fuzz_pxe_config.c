/*
 * A configuration file of a PXE server's, as any bytes: it is refused, or what it starts has names
 * that become URLs of known schemes below the server's folder, and arguments that are one line.
 * What follows a NUL byte is the text of every file that is included.
 */
#include "koan-client/bootloader/boot_output.h"
#include "koan-client/bootloader/other_config.h"
#include "koan-client/bootloader/pxe.h"
#include "koan-client/bootloader/pxe_config.h"
#include "koan-client/bootloader/repository.h"
#include "koan-client/checks.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define BASE "http://10.77.0.1/pxe/"

static int read_included(void *ctx, const char *path, struct strbuf *ret, struct err *err)
{
	(void)err;
	assert(strlen(path) <= 4096);
	strbuf_adds(ret, ctx);
	return 0;
}

static void check_name(const char *name)
{
	autofree char *url = NULL;

	if (pxe_url(BASE, name, &url, NULL) < 0)
		return;
	assert(!pxe_check_url(url));
	assert(strstr(name, "://") || !strstr(url, "/../"));
}

static void check_entry(const struct pxe_entry *entry)
{
	static const enum boot_format formats[] = {BOOT_SXP, BOOT_SIMPLE, BOOT_SIMPLE0};

	strv_for_each (name, &entry->initrds)
		check_name(name);
	strv_for_each (name, &entry->files)
		check_name(name);
	if (entry->folder)
		check_name(entry->folder);
	if (entry->kind != PXE_KERNEL)
		return;
	check_name(entry->file);
	assert(!strpbrk(entry->args.buf, "\n\r\t\033"));
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct boot_output output = {"/k", NULL, entry->args.buf};
		autostrbuf text = STRBUF_INIT;

		if (boot_output_print(formats[i], &output, &text, NULL) == 0)
			assert(text.len > entry->args.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	autofree char *text = xstrndup((const char *)bytes, n);
	size_t len = strlen(text);
	size_t rest = n > len ? len + 1 : n; /* behind the NUL byte */
	autofree char *included = xstrndup((const char *)bytes + rest, n - rest);
	struct pxe_reader reader = {read_included, included};
	AUTO(pxe_config) struct pxe_config config = {0};
	AUTO(pxe_entry) struct pxe_entry entry = {.args = STRBUF_INIT};
	AUTO(pxe_entry) struct pxe_entry labelled = {.args = STRBUF_INIT};
	struct other_config other = {0};
	char sum[SHA256_TEXT];

	other_config_parse((const char *)bytes, n, &other, &(struct err){0});
	other_config_done(&other);
	repository_sum(text, "images/pxeboot/vmlinuz", sum);
	assert(!*sum || !check_sha256(sum));
	if (pxe_config_read(&config, "fuzz", text, len, &reader, NULL) < 0)
		return 0;
	if (pxe_config_choose(&config, NULL, &entry, NULL) == 0)
		check_entry(&entry);
	if (config.n && pxe_config_choose(&config, config.labels[0].name, &labelled, NULL) == 0)
		check_entry(&labelled);
	return 0;
}
