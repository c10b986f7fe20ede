/*
 * A field: one row of an item type's table. Everything that has to be known about a field stands in
 * its row; the store, the JSON API, the command line, inheritance and the documents are made from
 * it. Adding a field to a type is one member of its struct and one row.
 */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include "model/value.h"

enum item_kind {
	ITEM_SETTINGS,
	ITEM_DISTRO,
	ITEM_PROFILE,
	ITEM_SYSTEM,
	ITEM_INTERFACE,
	ITEM_IMAGE,
	ITEM_REPO,
	ITEM_MENU,
	ITEM_TEMPLATE,
	ITEM_SNIPPET,
	ITEM_GROUP,
	ITEM_NETWORK,
	ITEM_KINDS,
	ITEM_NONE = ITEM_KINDS,
};

enum field_flag {
	FIELD_INHERIT = 1 << 0,  /* unset: the value of the item above; a set one is seen below */
	FIELD_SECRET = 1 << 1,   /* never shown without the right role, never logged */
	FIELD_READONLY = 1 << 2, /* written by the server itself */
	FIELD_REQUIRED = 1 << 3,
	FIELD_UNIQUE = 1 << 4, /* no two items have the same (an empty one does not count) */
	FIELD_INDEXED = 1 << 5,
	FIELD_PARENT = 1 << 6, /* names the item that this one inherits from */
	/* A secret that templates may use all the same, because installed machines need it: a hash.
	 * Answer files are for everybody who asks. */
	FIELD_RENDERED = 1 << 7,
};

/* What a change of the field makes necessary to publish again. */
enum field_publishes {
	PUBLISH_NOTHING = 0,
	PUBLISH_BOOT = 1 << 0, /* the boot files of the item and of those below it */
	PUBLISH_DHCP = 1 << 1, /* the DHCP server's files */
};

struct field {
	const char *name;
	enum value_kind kind;
	size_t offset;
	unsigned flags;             /* enum field_flag */
	unsigned publishes;         /* enum field_publishes */
	enum item_kind ref;         /* the type it names an item of (a list: items); 0: none */
	const char *unit;           /* "MiB"; NULL: none */
	const char *fallback;       /* the value where nothing in the chain gives one, as text */
	const char *const *choices; /* NULL-terminated; NULL: anything */
	int64_t min, max;           /* of a number, where max is not 0 */
	/* Checks one string (of a list: each; of a map: each value) and may give its canonical
	 * form, yours to free; the message does not name the field. */
	int (*check)(const char *text, char **ret, struct err *err);
	const char *alias; /* another spelling that Cobbler's users know */
	const char *help;
};

/* True for a field that names one item; for one that names a list of them. */
static inline bool field_is_ref(const struct field *field)
{
	return field->ref && field->kind == VALUE_STRING;
}
static inline bool field_is_ref_list(const struct field *field)
{
	return field->ref && field->kind == VALUE_LIST;
}

/* A row for the member `member` of `struct type`; designated initialisers follow. */
#define FIELD(type, member, ...)                                                                   \
	{                                                                                          \
		.name = #member, .kind = VALUE_KIND(((struct type *)0)->member),                   \
		.offset = offsetof(struct type, member), __VA_ARGS__                               \
	}

/* The same where C does not allow the field's name as a member's. */
#define FIELD_NAMED(type, member, field_name, ...)                                                 \
	{                                                                                          \
		.name = (field_name), .kind = VALUE_KIND(((struct type *)0)->member),              \
		.offset = offsetof(struct type, member), __VA_ARGS__                               \
	}

/* Sets the member from JSON or from text and checks it; null or "<<inherit>>" unsets it. A JSON
 * object given for a map is merged into it key by key (RFC 7396). The error names the field. */
int field_set_json(const struct field *field, void *at, const json_t *value, struct err *err);
int field_set_text(const struct field *field, void *at, const char *text, struct err *err);

/* True where `text` spells the field's name or alias; '-' counts as '_'. */
bool field_is_called(const struct field *field, const char *text);

/* Checks for rows (checks.c). */
int check_item_name(const char *text, char **ret, struct err *err);
/* Of a stored template or snippet: an item's name, perhaps with an override's end: «network» and
 * «network@system.web7», «network@profile.bar», «network@distro.foo». */
int check_content_name(const char *text, char **ret, struct err *err);
/* What a boot menu shows: printable ASCII without what any loader takes for its own. */
int check_title(const char *text, char **ret, struct err *err);
int check_interface_name(const char *text, char **ret, struct err *err);
int check_mac(const char *text, char **ret, struct err *err);
int check_ip(const char *text, char **ret, struct err *err);
int check_ip6(const char *text, char **ret, struct err *err);
int check_ip4(const char *text, char **ret, struct err *err);
int check_netmask(const char *text, char **ret, struct err *err);
int check_host(const char *text, char **ret, struct err *err);
int check_path(const char *text, char **ret, struct err *err);
/* NETWORK/PREFIX:GATEWAY; for IPv6 NETWORK/PREFIX=GATEWAY. */
int check_route4(const char *text, char **ret, struct err *err);
int check_route6(const char *text, char **ret, struct err *err);
int check_virt_path(const char *text, char **ret, struct err *err);
int check_url(const char *text, char **ret, struct err *err);
int check_url_or_path(const char *text, char **ret, struct err *err);
int check_template_name(const char *text, char **ret, struct err *err);
int check_word(const char *text, char **ret, struct err *err);
/* A serial console: "1" stands for ttyS1; else a device's name below /dev, such as hvc0. */
int check_serial_device(const char *text, char **ret, struct err *err);
int check_password_hash(const char *text, char **ret, struct err *err);
/* "10.77.0.0/24", "fd77::/64": the canonical network address and its prefix length. */
int check_network(const char *text, char **ret, struct err *err);
/* FIRST-LAST: two addresses of one family, in order. */
int check_address_range(const char *text, char **ret, struct err *err);
int check_dhcp_range(const char *text, char **ret, struct err *err);
int check_sha256(const char *text, char **ret, struct err *err);
/* A public key in ASCII armor (RFC 4880, section 6.2). */
int check_gpg_key(const char *text, char **ret, struct err *err);

#endif
