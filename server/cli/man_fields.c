/* bootwright-fields(5), from the item tables and the table of what was left out. */
#include "cli/cobbler.h"
#include "cli/man.h"

#include "base/opt_man.h"

#include <ctype.h>
#include <string.h>

static const char description[] =
	"An item has a name and fields. In the JSON API they are the members of an object; on the "
	"command\n"
	"line each is an option, --virt-ram=1024, where '-' and '_' are the same.\n";

static const char inheritance[] =
	"A field that nobody set is inherited, where it says so: settings, distro, profile, its "
	"sub-profiles,\n"
	"system; or settings, image, system. The nearest item that sets it counts; where none "
	"does, "
	"the\n"
	"default. An own empty value is a value. Setting '<<inherit>>' (null in JSON) unsets a "
	"field.\n"
	"\n"
	"Maps are merged key by key: a key replaces the inherited one with all its values, !key "
	"removes it.\n"
	"Lists replace what is inherited. bootwright system explain NAME shows where each value "
	"comes from\n"
	"and what it overrides.\n";

static const char *const kinds[][2] = {
	{"string", "A line of text without control characters."},
	{"text", "Lines of text; @FILE on the command line is a file's content, - standard "
		 "input's."},
	{"whole number", "In JSON a number, or the same as a string."},
	{"true or false", "On the command line also yes and no, 1 and 0, on and off."},
	{"list",
		"A,B,C on the command line, with one comma or blank between two elements: an empty "
		"element\n"
		"(A,,C) is an error there. In JSON an array of strings."},
	{"numbers", "A list of numbers: 4,10.5 or, in JSON, [4, 10.5]."},
	{"map", "'key=value key alone=\"with blanks\"' on the command line; a key may be given "
		"twice. "
		"In\n"
		"JSON {\"key\": \"value\", \"alone\": true, \"twice\": [\"a\", \"b\"]}."},
};

/* "whole number, in MiB; 16 to 1024" */
static void add_value(const struct field *field, struct strbuf *ret)
{
	strbuf_addf(ret, "%c%s", toupper((unsigned char)value_ops(field->kind)->name[0]),
		value_ops(field->kind)->name + 1);
	if (field->unit)
		strbuf_addf(ret, ", in %s", field->unit);
	if (field->max)
		strbuf_addf(ret, ", %lld to %lld", (long long)field->min, (long long)field->max);
	if (field_is_ref(field) || field_is_ref_list(field))
		strbuf_addf(ret, ", the name of %s %s%s",
			strchr("aeiou", item_types[field->ref]->name[0]) ? "an" : "a",
			item_types[field->ref]->name, field_is_ref_list(field) ? " each" : "");
	for (const char *const *choice = field->choices; choice && *choice; choice++)
		strbuf_addf(ret, "%s%s", choice == field->choices ? ": one of " : ", ", *choice);
	strbuf_addc(ret, '.');
}

static void add_rules(const struct field *field, struct strbuf *ret)
{
	static const struct {
		unsigned flag;
		const char *text;
	} flags[] = {
		{FIELD_REQUIRED, " Required."},
		{FIELD_UNIQUE, " No two have the same."},
		{FIELD_INHERIT, " Inherited."},
		{FIELD_SECRET, " Secret: shown as ***; @FILE reads it from a file."},
		{FIELD_READONLY, " Written by the server."},
	};

	if (field->fallback)
		strbuf_addf(ret, " Default: %s.", *field->fallback ? field->fallback : "empty");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (field->flags & flags[i].flag)
			strbuf_adds(ret, flags[i].text);
	if (field->alias)
		strbuf_addf(ret, " Also called %s.", field->alias);
}

static void put_field(const struct field *field, FILE *out)
{
	autostrbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%c%s.\n", toupper((unsigned char)field->help[0]), field->help + 1);
	add_value(field, &text);
	add_rules(field, &text);
	man_list_entry(field->name, text.buf, out);
}

static void put_type(const struct item_type *type, FILE *out)
{
	autofree char *text =
		xasprintf("%c%s.", toupper((unsigned char)type->help[0]), type->help + 1);

	man_subsection(type->name, out);
	man_text(text, out);
	man_list_begin(out);
	for (size_t i = 0; i < type->n_fields; i++)
		put_field(&type->fields[i], out);
	man_list_end(out);
}

static void put_left_out(bool command, FILE *out)
{
	man_list_begin(out);
	for (size_t i = 0; i < n_left_out; i++) {
		autofree char *term = xasprintf("%s%s", command ? "" : "--", left_out[i].name);
		autofree char *text = xasprintf(
			"%c%s.", toupper((unsigned char)left_out[i].why[0]), left_out[i].why + 1);

		if (left_out[i].command == command)
			man_list_entry(term, text, out);
	}
	man_list_end(out);
}

static void put_spellings(FILE *out)
{
	const char *option;
	const char *field;

	man_list_begin(out);
	for (size_t i = 0; cobbler_spelling(i, &option, &field); i++) {
		autofree char *term = xasprintf("--%s", option);

		man_list_entry(term, field, out);
	}
	man_list_end(out);
}

static void put_cobbler(FILE *out)
{
	man_section("COBBLER'S NAMES", out);
	man_text("Names and units are those of Cobbler 3.3. Older spellings that are also "
		 "accepted, each with its field:",
		out);
	put_spellings(out);
	man_text("Options that were left out on purpose, with the reason:", out);
	put_left_out(false, out);
	man_text("Commands, and types of items:", out);
	put_left_out(true, out);
	man_text("Of the types of guests openvz and vmwarew are left out.", out);
}

void man_fields_page(FILE *out)
{
	static const struct man_page page = {
		.name = "bootwright-fields",
		.section = 5,
		.about = "fields of the items that a provisioning server knows",
	};

	man_begin(&page, out);
	man_section("DESCRIPTION", out);
	man_text(description, out);
	man_section("VALUES", out);
	man_list_begin(out);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		man_list_entry(kinds[i][0], kinds[i][1], out);
	man_list_end(out);
	man_section("INHERITANCE", out);
	man_text(inheritance, out);
	man_section("FIELDS", out);
	for (size_t i = 0; i < ITEM_KINDS; i++)
		put_type(item_types[i], out);
	put_cobbler(out);
	man_see_also("bootwright(1) bootwrightd(8)", out);
}
