#include "koan-client/create/creation.h"

static void print_parts(const struct guest *guest, FILE *out)
{
	char mac[MAC_TEXT];

	for (size_t i = 0; i < guest->n_disks; i++) {
		const struct guest_disk *disk = &guest->disks[i];

		fprintf(out, "  disk     %s", disk->place.source);
		if (disk->made)
			fprintf(out, ", %g GiB, %s", (double)disk->size / (1 << 30), disk->format);
		fputc('\n', out);
	}
	for (size_t i = 0; i < guest->n_nics; i++) {
		mac_format(&guest->nics[i].mac, ':', mac);
		fprintf(out, "  network  %s on %s\n", mac, guest->nics[i].bridge);
	}
}

static void print_guest(const struct guest *guest, FILE *out)
{
	fprintf(out, "guest '%s' %s (%s, %llu MiB, %llu CPU%s)\n", guest->name,
		guest->start == START_DISK ? "runs" : "is being installed", guest->type->title,
		(unsigned long long)guest->ram, (unsigned long long)guest->cpus,
		guest->cpus == 1 ? "" : "s");
	print_parts(guest, out);
}

static void print_hints(const struct creation *c)
{
	const struct guest *guest = &c->guests[0];
	const char *name = c->n > 1 ? "NAME" : guest->name;

	fprintf(c->out, "watch it with     virsh --connect %s %s %s\n", virt_uri(c->virt),
		guest->graphics->none ? "console" : "domdisplay", name);
	if (guest->start == START_DISK || (c->options->wait && !c->options->noreboot))
		return;
	fprintf(c->out,
		"When the installation is finished, the guest stops instead of rebooting. It then "
		"boots from its own disk:\n"
		"start it with     virsh --connect %s start %s\n",
		virt_uri(c->virt), name);
}

void creation_report(const struct creation *c)
{
	size_t made = 0;
	size_t disks = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (c->jobs[i].failed)
			continue;
		made++;
		for (size_t j = 0; j < c->guests[i].n_disks; j++)
			disks += c->guests[i].disks[j].made;
		print_guest(&c->guests[i], c->out);
	}
	if (made)
		print_hints(c);
	if (c->options->summary)
		fprintf(c->out,
			"summary: %zu of %zu guests made, %zu disks made, %.1f MiB fetched\n", made,
			c->n, disks, (double)fetch_bytes(c->fetch) / (1 << 20));
}
