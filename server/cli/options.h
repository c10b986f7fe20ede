/*
 * Options that come from the item tables: --virt-ram=1024 for the field virt_ram, by its name, its
 * alias or a spelling of Cobbler's (cobbler.h), with '-' or '_'. For a type with children (a
 * system's interfaces) --interface=NAME begins a group: what follows it is the interface's where
 * the interface has such a field.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

/* Every option of a command: its own rows, its fields, what all commands take. */
struct option_table {
	struct opt *row;
	size_t n;
	struct strv text; /* what the rows point at */
};
void option_table_make(
	const struct command *command, const struct item_type *type, struct option_table *ret);
void option_table_done(struct option_table *table);
static inline void auto_option_table(struct option_table *table)
{
	option_table_done(table);
}
#define autooption_table AUTO(option_table) struct option_table

/* What all commands take. */
extern const struct opt common_options[];
extern const size_t n_common_options;

/* One option of a command line that is a field's, or about a child. */
enum given_kind {
	GIVEN_FIELD,
	GIVEN_CHILD_FIELD,   /* of the child that the nearest GIVEN_CHILD before it names */
	GIVEN_CHILD,         /* --interface=NAME */
	GIVEN_CHILD_REMOVED, /* --delete-interface=NAME */
	GIVEN_CHILD_RENAMED, /* --rename-interface=NAME: the new name of the child before it */
};
struct given {
	enum given_kind kind;
	const struct field *field; /* of the two field kinds */
	const char *value;         /* the field's, or the child's name */
};
/* In the order of the command line. */
struct given_fields {
	struct given *v; /* points into argv */
	size_t n;
};
void given_done(struct given_fields *fields);
static inline void auto_given(struct given_fields *fields)
{
	given_done(fields);
}
#define autogiven AUTO(given) struct given_fields

/* The field that an option spells; NULL: none. Of a type or of its children's. */
const struct field *field_of_option(const struct item_type *type, const char *option);
/* Sorts argv[0 … argc-1]: what is a field goes to `fields`, the rest (for opt_parse()) to `rest`.
 * ERR_USAGE: a value is missing, or an interface's field has no --interface. */
int given_parse(const struct item_type *type, enum command_fields how, int argc, char *const argv[],
	struct given_fields *fields, struct strv *rest, struct err *err);
/*
 * {"virt_ram": "1024", "interfaces": {"eth0": {"mac_address": …}, "eth1": null}}. Values stay text,
 * the server knows their kinds. With `in_place` a map becomes an object, which is merged key by
 * key: "!key" removes it, here and from what is inherited. A secret or a text may come from a file,
 * "@FILE", or from standard input, "-": a secret so stays out of the process list. `ret` is a new
 * reference. Of children that get another name `renamed` has the old and the new one.
 */
int given_patch(const struct item_type *type, const struct given_fields *fields, bool in_place,
	json_t **ret, struct strv *renamed, struct err *err);
/* {"virt_ram": ">=512"}, or {"virt_ram": [">=512", "<2048"]} where a field is given twice. */
int given_filter(const struct given_fields *fields, json_t **ret, struct err *err);

#endif
