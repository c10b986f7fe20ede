#include "koan-client/plan/plan.h"

#include "base/strbuf.h"

#include <string.h>

static void line(FILE *out, const char *name, const char *text)
{
	fprintf(out, "%-16s: %s\n", name, *text ? text : "-");
}

static void print_file(FILE *out, const char *name, const struct plan_file *file)
{
	fprintf(out, "%-16s: %s (%llu bytes, sha256 %s)\n", name, file->url,
		(unsigned long long)file->size, file->sha256);
}

static void print_virt(FILE *out, const struct plan_virt *virt)
{
	autostrbuf text = STRBUF_INIT;

	line(out, "virt_type", virt->type);
	fprintf(out, "%-16s: %llu MiB\n", "virt_ram", (unsigned long long)virt->ram);
	fprintf(out, "%-16s: %llu\n", "virt_cpus", (unsigned long long)virt->cpus);
	for (size_t i = 0; i < virt->n_file_size; i++)
		strbuf_addf(&text, "%s%g", i ? ", " : "", virt->file_size[i]);
	fprintf(out, "%-16s: %s GiB\n", "virt_file_size", text.len ? text.buf : "0");
	strbuf_reset(&text);
	strv_join(&virt->path, ", ", &text);
	line(out, "virt_path", text.buf);
	strbuf_reset(&text);
	strv_join(&virt->disk_driver, ", ", &text);
	line(out, "virt_disk_driver", text.buf);
	line(out, "virt_bridge", virt->bridge);
	line(out, "virt_auto_boot", virt->auto_boot ? "yes" : "no");
	line(out, "virt_graphics", virt->graphics);
	line(out, "virt_pxe_boot", virt->pxe_boot ? "yes" : "no");
}

static void print_nic(FILE *out, const struct plan_nic *nic)
{
	char mac[MAC_TEXT] = "picked by koan";
	bool typed = *nic->type && strcmp(nic->type, "na") != 0;

	if (nic->has_mac)
		mac_format(&nic->mac, ':', mac);
	fprintf(out, "%-16s: %s, MAC %s%s%s%s%s%s%s\n", "interface", nic->name, mac,
		*nic->bridge ? ", bridge " : "", nic->bridge, typed ? ", type " : "",
		typed ? nic->type : "", *nic->ip_address ? ", " : "", nic->ip_address);
}

void plan_print(const struct plan *plan, FILE *out)
{
	line(out, plan->kind, plan->name);
	if (strcmp(plan->kind, "system") == 0)
		line(out, "profile", plan->profile);
	if (!plan->image)
		line(out, "distro", plan->distro);
	line(out, "hostname", plan->hostname);
	line(out, "breed", plan->breed);
	line(out, "os_version", plan->os_version);
	line(out, "arch", plan->arch);
	if (plan->image) {
		line(out, "image_type", plan->image->type);
		print_file(out, "file", &plan->image->file);
	} else {
		print_file(out, "kernel", &plan->kernel);
	}
	for (size_t i = 0; i < plan->n_initrds; i++)
		print_file(out, "initrd", &plan->initrds[i]);
	line(out, "kernel_options", plan->kernel_options);
	line(out, "consoles", plan->consoles);
	line(out, "autoinstall", plan->autoinstall);
	print_virt(out, &plan->virt);
	for (size_t i = 0; i < plan->n_nics; i++)
		print_nic(out, &plan->nics[i]);
}
