#include "koan-client/bootloader/boot.h"

#include <string.h>

void boot_done(struct boot *boot)
{
	free(boot->what);
	free(boot->kernel.url);
	for (size_t i = 0; i < boot->n_initrds; i++)
		free(boot->initrds[i].url);
	free(boot->initrds);
	strbuf_done(&boot->args);
	*boot = (struct boot)BOOT_INIT;
}

void boot_add_initrd(struct boot *boot, const char *url, const char *sha256)
{
	struct plan_file *file;

	boot->initrds = xreallocarray(boot->initrds, boot->n_initrds + 1, sizeof(*boot->initrds));
	file = &boot->initrds[boot->n_initrds++];
	*file = (struct plan_file){.url = xstrdup(url)};
	snprintf(file->sha256, sizeof(file->sha256), "%s", sha256);
}

void boot_add_args(struct boot *boot, const char *words)
{
	if (!words || !*words)
		return;
	if (boot->args.len)
		strbuf_addc(&boot->args, ' ');
	strbuf_adds(&boot->args, words);
}

bool boot_has_arg(const struct boot *boot, const char *start)
{
	for (const char *at = boot->args.buf; (at = strstr(at, start)); at++)
		if (at == boot->args.buf || at[-1] == ' ')
			return true;
	return false;
}

static bool is_verifiable(const struct plan_file *file)
{
	return file->size && *file->sha256;
}

bool boot_is_verifiable(const struct boot *boot)
{
	for (size_t i = 0; i < boot->n_initrds; i++)
		if (!is_verifiable(&boot->initrds[i]))
			return false;
	return is_verifiable(&boot->kernel);
}
