/*
 * A server's plan, as any bytes: it is refused, or it becomes a guest of every kind, whose XML can
 * be read again. Anything else is a crash.
 */
#include "koan-client/guest/domain_xml.h"
#include "koan-client/guest/guest.h"
#include "koan-client/plan/plan.h"
#include "koan-client/xml.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void make_guest(const struct plan *plan, const struct domain_type *type)
{
	static const struct options options = {.host = "10.77.0.1", .port = 80};
	autoguest guest = {0};

	if (guest_build(&options, plan, "fuzz", type, &guest, NULL) < 0 ||
		guest_place_disks(&guest, "/var/lib/libvirt/images", NULL, NULL) < 0)
		return;
	guest.kernel = xstrdup("/kernel");
	guest.initrd = xstrdup("/initrd");
	for (int phase = DOMAIN_INSTALL; phase <= DOMAIN_RUN; phase++) {
		autofree char *xml = domain_xml(&guest, (enum domain_phase)phase);
		autoxml xmlDoc *doc = xml_parse(xml, NULL);

		assert(doc);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *text = (const char *)bytes;
	const struct domain_type *type;
	autoplan plan = {0};
	autostrv names = STRV_INIT;
	struct err err = ERR_INIT;

	plan_list_parse(text, n, &names, NULL);
	plan_problem(text, n, 500, &err);
	if (plan_parse(text, n, &plan, &err) < 0)
		return 0;
	for (size_t i = 0; (type = domain_type_at(i)); i++)
		make_guest(&plan, type);
	return 0;
}
