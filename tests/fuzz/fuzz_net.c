/* Any text as an address: what is taken is written in one form, which is taken again as the same.
 */
#include "base/lease.h"
#include "base/mem.h"
#include "base/net.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void try_mac(const char *text)
{
	struct mac mac;
	struct mac again;
	char canonical[MAC_TEXT];

	if (mac_parse(text, &mac, NULL) < 0)
		return;
	mac_format(&mac, ':', canonical);
	assert(mac_parse(canonical, &again, NULL) == 0);
	assert(memcmp(&mac, &again, sizeof(mac)) == 0);
}

static void try_ip(const char *text)
{
	char canonical[46];
	char again[46];
	uint32_t address;
	uint32_t address_again;

	if (ip_canonical(text, canonical, NULL) == 0) {
		assert(ip_canonical(canonical, again, NULL) == 0);
		assert(strcmp(canonical, again) == 0);
	}
	if (ip4_parse(text, &address, NULL) == 0) {
		ip4_format(address, canonical);
		assert(ip4_parse(canonical, &address_again, NULL) == 0);
		assert(address == address_again);
	}
}

static void try_others(const char *text)
{
	unsigned prefix;
	unsigned port;
	char host[256];

	if (netmask_parse(text, &prefix, NULL) == 0)
		assert(prefix <= 32);
	if (host_port_parse(text, 80, host, &port, NULL) == 0) {
		assert(strlen(host) < sizeof(host));
		assert(port <= 65535);
	}
	host_is_valid(text);
}

/* Cuts up what it reads, so it comes last. */
static void try_lease(char *text)
{
	struct lease lease;
	struct mac mac;

	if (!lease_parse(text, &lease))
		return;
	assert(mac_parse(lease.mac, &mac, NULL) == 0 && mac_is_unicast(&mac));
	assert(!*lease.hostname || host_is_valid(lease.hostname));
	assert(!strpbrk(lease.client_id, "<>&\"' "));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	autofree char *text = xstrndup((const char *)bytes, size);

	try_mac(text);
	try_ip(text);
	try_others(text);
	try_lease(text);
	return 0;
}
