#include "koan-client/guest/guest.h"

#include <sys/random.h>

#define MAC_TRIES 100

static int random_bytes(void *ret, size_t n, struct err *err)
{
	if (getrandom(ret, n, 0) != (ssize_t)n)
		return err_sys(err, "no random numbers");
	return 0;
}

static bool is_free(const struct strv *used, const struct mac_owners *owners, const char *mac)
{
	return !strv_has(used, mac) && !(owners->is_taken && owners->is_taken(owners->ctx, mac));
}

static int pick_mac(
	const struct strv *used, const struct mac_owners *owners, struct mac *ret, struct err *err)
{
	for (int i = 0; i < MAC_TRIES; i++) {
		struct mac mac = {.byte = {0x00, 0x16, 0x3e}};
		char text[MAC_TEXT];

		if (random_bytes(mac.byte + 3, 3, err) < 0)
			return -1;
		mac.byte[3] &= 0x7f; /* the half that Xen's tools use too */
		mac_format(&mac, ':', text);
		*ret = mac;
		if (is_free(used, owners, text))
			return 0;
	}
	return err_set(err, ERR_CONFLICT,
		"no free MAC address: of %d that begin with 00:16:3e each is a system's or a "
		"guest's",
		MAC_TRIES);
}

/* A random UUID, version 4 (RFC 9562). */
static int pick_uuid(char ret[37], struct err *err)
{
	unsigned char b[16];

	if (random_bytes(b, sizeof(b), err) < 0)
		return -1;
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(ret, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		b[13], b[14], b[15]);
	return 0;
}

int guest_identify(
	struct guest *guest, struct strv *used, const struct mac_owners *owners, struct err *err)
{
	for (size_t i = 0; i < guest->n_nics; i++) {
		struct guest_nic *nic = &guest->nics[i];
		char text[MAC_TEXT];

		if (!nic->has_mac && pick_mac(used, owners, &nic->mac, err) < 0)
			return -1;
		nic->has_mac = true;
		mac_format(&nic->mac, ':', text);
		strv_add(used, text);
	}
	return pick_uuid(guest->uuid, err);
}
