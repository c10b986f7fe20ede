/* The documents' schemas of items, from the tables of fields. */
#include "base/json.h"
#include "http/api.h"
#include "http/openapi.h"
#include "model/types.h"

#include <ctype.h>
#include <string.h>

char *openapi_type_name(const struct item_type *type, bool plural)
{
	char *name = xstrdup(plural ? type->plural : type->name);

	*name = (char)toupper((unsigned char)*name);
	return name;
}

static json_t *nullable(const char *type)
{
	return json_pack("{s:[s,s]}", "type", type, "null");
}

/* One key of a map: its value, true for a key alone, a list where the key repeats; null in a merge
 * patch removes it. */
static json_t *map_value_schema(void)
{
	return json_pack("{s:[{s:[s,s,s]},{s:b},{s:s,s:{s:[{s:s},{s:b}]}}]}", "anyOf", "type",
		"string", "integer", "null", "const", 1, "type", "array", "items", "anyOf", "type",
		"string", "const", 1);
}

static json_t *kind_schema(enum value_kind kind)
{
	json_t *schema;

	switch (kind) {
	case VALUE_STRING:
	case VALUE_TEXT:
	case VALUE_INT:
	case VALUE_BOOL:
		return nullable(value_ops(kind)->json_type);
	case VALUE_LIST:
	case VALUE_NUMBERS:
		schema = nullable("array");
		json_object_set_new(schema, "items",
			json_pack("{s:s}", "type", kind == VALUE_LIST ? "string" : "number"));
		return schema;
	case VALUE_MAP:
		schema = nullable("object");
		json_object_set_new(schema, "additionalProperties", map_value_schema());
		return schema;
	}
	return json_object();
}

/* The schema of one value: of a list's or an array of numbers' element, else the field's own. */
static json_t *element(json_t *schema)
{
	json_t *items = json_object_get(schema, "items");

	return items ? items : schema;
}

static void add_bounds(const struct field *field, json_t *schema)
{
	json_t *one = element(schema);
	json_t *choices;

	if (field->max) {
		json_object_set_new(one, "minimum", json_integer(field->min));
		json_object_set_new(one, "maximum", json_integer(field->max));
	}
	if (!field->choices)
		return;
	choices = json_array();
	for (const char *const *choice = field->choices; *choice; choice++)
		json_array_append_new(choices, json_string(*choice));
	if (one == schema)
		json_array_append_new(choices, json_null());
	json_object_set_new(one, "enum", choices);
}

/* Room for a member of any kind. */
union any_value {
	char *string;
	struct opt_text text;
	struct opt_int number;
	struct opt_bool boolean;
	struct opt_list list;
	struct opt_numbers numbers;
	struct opt_map map;
};

/* The fallback is text, as the command line has it. */
static void add_default(const struct field *field, json_t *schema)
{
	const struct value_ops *ops = value_ops(field->kind);
	union any_value value;

	if (!field->fallback)
		return;
	memset(&value, 0, sizeof(value));
	if (ops->from_text(&value, field->fallback, NULL) == 0)
		json_object_set_new(schema, "default", ops->to_json(&value));
	ops->clear(&value);
}

/* What OpenAPI has no word for, for people in the description and for programs as x-… */
static void add_notes(const struct field *field, json_t *schema)
{
	autostrbuf text = STRBUF_INIT;

	strbuf_adds(&text, field->help);
	if (field->unit) {
		strbuf_addf(&text, ", in %s", field->unit);
		json_set_str(schema, "x-unit", field->unit);
	}
	if (field->ref)
		json_set_str(schema, "x-reference", item_types[field->ref]->name);
	if (field->alias)
		json_set_str(schema, "x-alias", field->alias);
	if (field->flags & FIELD_INHERIT)
		json_object_set_new(schema, "x-inherit", json_true());
	if (field->flags & FIELD_REQUIRED)
		strbuf_adds(&text, " (required)");
	if (field->flags & FIELD_UNIQUE)
		strbuf_adds(&text, " (no two have the same)");
	if (field->flags & FIELD_READONLY)
		json_object_set_new(schema, "readOnly", json_true());
	if (field->flags & FIELD_SECRET) {
		json_object_set_new(schema, "writeOnly", json_true());
		json_set_str(schema, "format", "password");
		strbuf_adds(&text, " (secret: where it is set it reads as \"***\", which a write "
				   "leaves as it is)");
	}
	json_set_str(schema, "description", text.buf);
}

static json_t *field_schema(const struct field *field)
{
	json_t *schema = kind_schema(field->kind);

	add_bounds(field, schema);
	add_default(field, schema);
	add_notes(field, schema);
	return schema;
}

static json_t *object_schema(const char *help)
{
	return json_pack("{s:s,s:s,s:{},s:b}", "type", "object", "description", help, "properties",
		"additionalProperties", 0);
}

static void add_fields(json_t *properties, const struct item_type *type)
{
	for (size_t i = 0; i < type->n_fields; i++)
		if (!json_object_get(properties, type->fields[i].name))
			json_object_set_new(
				properties, type->fields[i].name, field_schema(&type->fields[i]));
}

static void add_head(json_t *properties)
{
	for (size_t i = 0; i < API_HEAD_FILTERS; i++) {
		const struct api_head *head = &api_head_filters[i];
		json_t *schema =
			json_pack("{s:s,s:s}", "type", head->type, "description", head->help);

		if (i > 0) /* all but the name: a write that has them is heard, and they ignored */
			json_object_set_new(schema, "readOnly", json_true());
		json_object_set_new(properties, head->name, schema);
	}
}

/* {"eth0": {…}}; null in a merge patch removes one. */
static void add_children(json_t *properties, const struct item_type *type)
{
	const struct item_type *child = item_types[type->child];
	autofree char *name = openapi_type_name(child, false);
	json_t *schema;

	if (!type->child)
		return;
	schema = json_pack("{s:[s,s],s:s,s:{s:[o,{s:s}]}}", "type", "object", "null", "description",
		child->help, "additionalProperties", "anyOf", openapi_ref(name), "type", "null");
	json_object_set_new(properties, type->children_field, schema);
}

static json_t *item_schema(const struct item_type *type)
{
	json_t *schema = object_schema(type->help);
	json_t *properties = json_object_get(schema, "properties");

	add_head(properties);
	add_fields(properties, type);
	add_children(properties, type);
	return schema;
}

/* All that an item of the type can inherit from, itself first. */
static void add_chain(json_t *properties, const struct item_type *type, bool seen[ITEM_KINDS])
{
	if (seen[type->kind])
		return;
	seen[type->kind] = true;
	add_fields(properties, type);
	for (size_t i = 0; i < type->n_fields; i++)
		if (type->fields[i].flags & FIELD_PARENT)
			add_chain(properties, item_types[type->fields[i].ref], seen);
}

static json_t *origins_schema(void)
{
	return json_pack("{s:s,s:s,s:{s:s,s:{s:{s:s,s:s},s:{s:s,s:s,s:{s:s,s:{s:{s:s},s:{}}}}}}}",
		"type", "object", "description", "with ?explain: where each field's value is from",
		"additionalProperties", "type", "object", "properties", "from", "type", "string",
		"description", "\"profile bar\"", "overrides", "type", "array", "description",
		"what stood above it, nearest first", "items", "type", "object", "properties",
		"from", "type", "string", "value");
}

static json_t *resolved_schema(const struct item_type *type)
{
	bool seen[ITEM_KINDS] = {false};
	json_t *schema = object_schema("the same with all that it inherits; null: nobody says");
	json_t *properties = json_object_get(schema, "properties");

	add_head(properties);
	add_chain(properties, type, seen);
	add_chain(properties, &settings_type, seen);
	add_children(properties, type);
	json_object_set_new(properties, "origins", origins_schema());
	return schema;
}

static void add_schema(json_t *schemas, const char *name, const char *suffix, json_t *schema)
{
	autofree char *full = xasprintf("%s%s", name, suffix);

	json_object_set_new(schemas, full, schema);
}

static json_t *read_schema(const char *name)
{
	autofree char *resolved = xasprintf("%sResolved", name);

	return json_pack("{s:[o,o]}", "anyOf", openapi_ref(name), openapi_ref(resolved));
}

static json_t *page_schema(const char *name)
{
	autofree char *read = xasprintf("%sRead", name);

	return json_pack("{s:s,s:{s:{s:s,s:o},s:{s:[s,s],s:s}},s:[s,s]}", "type", "object",
		"properties", "items", "type", "array", "items", openapi_ref(read), "next", "type",
		"string", "null", "description",
		"\"after\" of the next page; null: this is the last", "required", "items", "next");
}

/* Of POST /apply and GET /export: each type by its plural. */
static json_t *state_schema(void)
{
	json_t *schema = object_schema("the whole state; in a document to apply any of it");
	json_t *properties = json_object_get(schema, "properties");

	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		autofree char *name = openapi_type_name(type, false);

		if (type == &settings_type)
			json_object_set_new(properties, type->name, openapi_ref(name));
		else if (item_type_is_listed(type))
			json_object_set_new(properties, type->plural,
				json_pack(
					"{s:s,s:o}", "type", "array", "items", openapi_ref(name)));
	}
	return schema;
}

void openapi_add_item_schemas(json_t *schemas)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		autofree char *name = openapi_type_name(type, false);

		if (!item_type_is_listed(type) && type != &settings_type) {
			json_t *schema = object_schema(type->help);

			add_fields(json_object_get(schema, "properties"), type);
			json_object_set_new(schemas, name, schema);
			continue;
		}
		json_object_set_new(schemas, name, item_schema(type));
		add_schema(schemas, name, "Resolved", resolved_schema(type));
		add_schema(schemas, name, "Read", read_schema(name));
		if (type != &settings_type)
			add_schema(schemas, name, "Page", page_schema(name));
	}
	json_object_set_new(schemas, "State", state_schema());
}
