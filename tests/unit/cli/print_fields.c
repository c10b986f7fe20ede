/*
 * For tests/e2e/every-field.sh: a line for each field of each type that an administrator may set,
 * with tabs between type, field, flags ("inherit,secret" or "-"), a sample as text, the same as
 * JSON, another sample as text and as JSON ("-": there is none), and a text that is refused.
 */
#include "base/json.h"
#include "tests/unit/cli/samples.h"

#include <stdio.h>

static void add_flags(const struct field *field, struct strbuf *ret)
{
	static const struct {
		unsigned flag;
		const char *name;
	} names[] = {
		{FIELD_INHERIT, "inherit"},
		{FIELD_SECRET, "secret"},
		{FIELD_REQUIRED, "required"},
		{FIELD_PARENT, "parent"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (field->flags & names[i].flag)
			strbuf_addf(ret, "%s%s", ret->len ? "," : "", names[i].name);
	if (field->kind == VALUE_MAP)
		strbuf_addf(ret, "%smap", ret->len ? "," : "");
	if (!ret->len)
		strbuf_adds(ret, "-");
}

/* The sample's JSON, as the API has it. */
static void add_json(const struct item_type *type, const struct field *field, const char *text,
	struct strbuf *ret)
{
	autoitem struct item *item = item_new(type, "x");
	struct err err = ERR_INIT;
	autojson json_t *json = NULL;

	if (field_set_text(field, item_at(item, field), text, &err) < 0)
		return;
	json = item_to_json(item, ITEM_JSON_SECRETS);
	json_print(json_object_get(json, field->name), false, ret);
}

/* In one line: newlines as \\n. */
static void print_sample(const char *text)
{
	for (; *text; text++)
		if (*text == '\n')
			fputs("\\n", stdout);
		else
			putchar(*text);
}

static void print_field(const struct item_type *type, const struct field *field)
{
	autostrbuf flags = STRBUF_INIT;
	const char *wrong = sample_wrong(field);

	add_flags(field, &flags);
	printf("%s\t%s\t%s", type->name, field->name, flags.buf);
	for (size_t n = 0; n < 2; n++) {
		autofree char *sample = sample_of(field, n);
		autostrbuf json = STRBUF_INIT;

		if (sample)
			add_json(type, field, sample, &json);
		putchar('\t');
		print_sample(sample ? sample : "-");
		printf("\t%s", sample ? json.buf : "-");
	}
	printf("\t%s\n", wrong ? wrong : "-");
}

int main(void)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++)
		for (size_t i = 0; i < item_types[kind]->n_fields; i++)
			if (!(item_types[kind]->fields[i].flags & FIELD_READONLY))
				print_field(item_types[kind], &item_types[kind]->fields[i]);
	return 0;
}
