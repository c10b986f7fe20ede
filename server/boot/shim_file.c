#include "boot/shim_file.h"

#include <string.h>

/* DER: a tag, a length, the content. */
struct der {
	uint8_t tag;
	struct image_span whole;
	struct image_span content;
};

enum { SEQUENCE = 0x30, VERSION = 0xa0 };

/* Takes the next element off `left`. */
static bool der_next(struct image_span *left, struct der *ret)
{
	size_t length = image_number(*left, 1, 1);
	size_t head = 2;

	if (left->n < 2)
		return false;
	if (length & 0x80) {
		size_t bytes = length & 0x7f;

		if (bytes < 1 || bytes > 3 || left->n < 2 + bytes)
			return false;
		length = 0;
		for (size_t i = 0; i < bytes; i++)
			length = length << 8 | (uint8_t)left->bytes[2 + i];
		head += bytes;
	}
	if (length > left->n - head)
		return false;
	ret->tag = (uint8_t)left->bytes[0];
	ret->whole = image_part(*left, 0, head + length);
	ret->content = image_part(*left, head, length);
	*left = image_part(*left, head + length, left->n);
	return true;
}

static bool der_enter(struct image_span *left)
{
	struct der sequence;

	if (!der_next(left, &sequence) || sequence.tag != SEQUENCE)
		return false;
	*left = sequence.content;
	return true;
}

/* The whole name of a certificate's subject: the sixth of its parts, or the fifth where it has no
 * version. */
static bool subject_of(struct image_span certificate, struct image_span *ret)
{
	struct der part;

	for (int depth = 0; depth < 2; depth++)
		if (!der_enter(&certificate))
			return false;
	for (int i = 0; i < 5; i++) {
		if (!der_next(&certificate, &part))
			return false;
		if (part.tag == VERSION && !der_next(&certificate, &part))
			return false;
	}
	*ret = part.whole;
	return part.tag == SEQUENCE;
}

struct image_span shim_vendor(struct image_span program)
{
	struct image_span table;

	/* sizes of what is allowed and what is forbidden, then where each begins in the table */
	if (!image_section(program, ".vendor_cert", &table))
		return (struct image_span){.n = 0};
	return image_part(table, image_number(table, 8, 4), image_number(table, 0, 4));
}

/* One certificate, or lists of them. */

enum { LIST_SIZE = 16, LIST_HEADER = 20, LIST_EACH = 24, LIST_FIRST = 28, OWNER = 16 };

static bool is_certificate(struct image_span bytes)
{
	return bytes.n && (uint8_t)bytes.bytes[0] == SEQUENCE;
}

static bool is_issued_by(struct image_span signatures, struct image_span certificate)
{
	struct image_span name;

	return subject_of(certificate, &name) &&
	       memmem(signatures.bytes, signatures.n, name.bytes, name.n);
}

/* Of a list; *known: one that could be read. */
static bool list_has_issuer(struct image_span list, struct image_span signatures, bool *known)
{
	size_t each = image_number(list, LIST_EACH, 4);
	size_t at = LIST_FIRST + (size_t)image_number(list, LIST_HEADER, 4);

	for (; each > OWNER && at < list.n && list.n - at >= each; at += each) {
		struct image_span certificate = image_part(list, at + OWNER, each - OWNER);
		struct image_span name;

		*known |= subject_of(certificate, &name);
		if (is_issued_by(signatures, certificate))
			return true;
	}
	return false;
}

bool shim_trusts(struct image_span vendor, struct image_span program)
{
	/* Real ones have some KiB. Each certificate is looked for in all signatures: files made to
	 * take long must not. */
	enum { MOST = 64 << 10 };
	struct image_span signatures = image_signatures(program);
	struct image_span name;
	bool known = false;

	if (!vendor.n || !signatures.n || vendor.n > MOST || signatures.n > MOST)
		return true;
	if (is_certificate(vendor))
		return !subject_of(vendor, &name) || is_issued_by(signatures, vendor);
	while (vendor.n) {
		size_t size = image_number(vendor, LIST_SIZE, 4);

		if (size < LIST_FIRST || size > vendor.n)
			return true;
		if (list_has_issuer(image_part(vendor, 0, size), signatures, &known))
			return true;
		vendor = image_part(vendor, size, vendor.n);
	}
	return !known;
}

void shim_add_name(struct image_span certificates, struct strbuf *ret)
{
	static const char common_name[] = {0x06, 0x03, 0x55, 0x04, 0x03};
	const char *at = certificates.n ? memmem(certificates.bytes, certificates.n, common_name,
						  sizeof(common_name))
	                                : NULL;
	struct image_span left;
	struct der text;

	if (!at) {
		strbuf_adds(ret, "somebody");
		return;
	}
	left = image_part(certificates, (size_t)(at - certificates.bytes) + sizeof(common_name),
		certificates.n);
	if (!der_next(&left, &text) || !text.content.n) {
		strbuf_adds(ret, "somebody");
		return;
	}
	for (size_t i = 0; i < text.content.n; i++) {
		unsigned char c = (unsigned char)text.content.bytes[i];

		strbuf_addc(ret, c >= 0x20 && c < 0x7f ? (char)c : '?');
	}
}
