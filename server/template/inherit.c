/* More than one template: include, import, extends and blocks. */
#include "template/render.h"

#include <stdio.h>
#include <string.h>

const struct block_entry *context_block(const struct context *context, const struct name *name)
{
	for (const struct block_entry *b = context->blocks; b; b = b->next)
		if (name_is(&b->def->name, name))
			return b;
	return NULL;
}

/* Adds a template's blocks below those that are there: the first to come overrides. */
static void add_blocks(struct render *r, struct context *context, const struct parsed *parsed)
{
	for (const struct block_def *def = parsed->blocks; def; def = def->next) {
		struct block_entry *b = arena_zalloc(&r->arena, sizeof(*b));
		struct block_entry *over = context->blocks;

		b->def = def;
		b->from = parsed;
		while (over && !name_is(&over->def->name, &def->name))
			over = over->next;
		if (!over) {
			b->next = context->blocks;
			context->blocks = b;
			continue;
		}
		while (over->super)
			over = over->super;
		over->super = b;
	}
}

int rd_exec_template(struct render *r, struct context *context, const struct parsed *parsed)
{
	for (size_t levels = 0; parsed; levels++) {
		if (levels >= r->options->max_depth)
			return rd_too_big(r, "templates extend each other too deep");
		add_blocks(r, context, parsed);
		context->parent = NULL;
		r->from = parsed;
		if (rd_exec(r, context->root, parsed->body) < 0)
			return -1;
		if (context->parent)
			strbuf_truncate(r->out, context->extended_at);
		r->muted = false;
		parsed = context->parent;
	}
	return 0;
}

/* 1 loaded, 0 there is none, -1 failed. */
static int load_one(struct render *r, const struct value *name, const struct parsed **ret)
{
	char *text;
	int found;

	if (name->kind == VALUE_UNDEFINED)
		return rd_undefined(r, name);
	if (name->kind != VALUE_STRING)
		return rd_fail(
			r, "a template's name must be a string, not %s", value_type_name(name));
	text = arena_strndup(&r->arena, name->s, name->len);
	if (strlen(text) != name->len)
		return 0;
	found = rd_load(r, text, ret);
	if (found < 0)
		rd_trace(r);
	return found;
}

/* The first that exists of a list of names. */
static int load_any(struct render *r, const struct value *names, const struct parsed **ret)
{
	struct list *items;
	int found = 0;

	if (names->kind != VALUE_LIST && names->kind != VALUE_TUPLE)
		return load_one(r, names, ret);
	if (rd_items(r, names, &items) < 0)
		return -1;
	for (size_t i = 0; i < items->n && !found; i++)
		found = load_one(r, &items->v[i], ret);
	return found;
}

static int no_template(struct render *r, const struct value *name)
{
	autostrbuf text = STRBUF_INIT;

	if (rd_repr(r, name, &text) < 0)
		return -1;
	return rd_fail(r, "there is no template %.200s", text.buf);
}

static int load_named(struct render *r, struct scope *s, const struct node *n, bool optional,
	const struct parsed **ret)
{
	struct value name;
	int found;

	if (rd_eval(r, s, n->u.other.name, &name) < 0)
		return -1;
	found = load_any(r, &name, ret);
	return found || optional ? found : no_template(r, &name);
}

int rd_exec_include(struct render *r, struct scope *s, const struct node *n)
{
	const struct parsed *parsed = NULL;
	size_t before = r->out->len;
	bool muted = r->muted;
	struct frame frame;
	struct scope *root;
	int status = load_named(r, s, n, n->u.other.ignore_missing, &parsed);

	if (status <= 0)
		return status;
	if (rd_enter_call(r, "included", &frame) < 0)
		return -1;
	root = scope_new_root(r, n->u.other.with_context ? s : NULL, !n->u.other.with_context);
	r->muted = false;
	status = rd_exec_template(r, root->context, parsed);
	rd_leave_call(r, &frame);
	r->muted = muted;
	if (muted)
		strbuf_truncate(r->out, before);
	return status;
}

/* Runs a template for the names that it sets. */
static int load_module(struct render *r, struct scope *s, const struct node *n, struct module **ret)
{
	struct module *m = arena_zalloc(&r->arena, sizeof(*m));
	const struct parsed *parsed = NULL;
	struct capture outer;
	struct frame frame;

	if (load_named(r, s, n, false, &parsed) < 0 || rd_enter_call(r, "imported", &frame) < 0)
		return -1;
	m->scope = scope_new_root(r, n->u.other.with_context ? s : NULL, !n->u.other.with_context);
	m->name = parsed->name;
	outer = rd_capture(r);
	if (rd_exec_template(r, m->scope->context, parsed) < 0)
		return -1;
	rd_leave_call(r, &frame);
	*ret = m;
	return rd_captured(r, outer, &m->text);
}

int rd_exec_import(struct render *r, struct scope *s, const struct node *n)
{
	struct value v = {.kind = VALUE_MODULE};

	if (load_module(r, s, n, &v.module) < 0)
		return -1;
	scope_set(r, s, &n->u.other.as, v);
	return 0;
}

int rd_exec_from(struct render *r, struct scope *s, const struct node *n)
{
	struct module *m;
	char hint[300];

	if (load_module(r, s, n, &m) < 0)
		return -1;
	for (const struct import_name *i = n->u.other.names; i; i = i->next) {
		const struct value *v = scope_get_own(r, m->scope, &i->name);
		int len;

		if (v) {
			scope_set(r, s, &i->as, *v);
			continue;
		}
		len = snprintf(hint, sizeof(hint), "template '%.100s' has no '%.100s' to import",
			m->name, i->name.s);
		scope_set(r, s, &i->as,
			value_undefined_hint(
				&r->arena, arena_strndup(&r->arena, hint, (size_t)len)));
	}
	return 0;
}

int rd_exec_extends(struct render *r, struct scope *s, const struct node *n)
{
	struct context *context = s->context;

	if (s != context->root)
		return rd_fail(r, "extends must stand at the top level of the template");
	if (context->parent)
		return rd_fail(r, "the template extends a second one");
	if (load_named(r, s, n, false, &context->parent) < 0)
		return -1;
	context->extended_at = r->out->len;
	r->muted = true; /* from here on only names and blocks count */
	return 0;
}

int rd_run_block(struct render *r, const struct block_entry *entry, struct context *context,
	struct scope *parent)
{
	struct scope *s = scope_new(r, parent);
	struct block_ref *ref = arena_zalloc(&r->arena, sizeof(*ref));
	struct frame frame;
	int status;

	*ref = (struct block_ref){.entry = entry->super, .context = context, .scope = parent};
	scope_set(r, s, &names_fixed[NAME_SUPER],
		ref->entry ? (struct value){.kind = VALUE_BLOCK, .block = ref}
			   : value_undefined_hint(&r->arena, "there is no parent block"));
	if (rd_enter_call(r, "block", &frame) < 0)
		return -1;
	r->from = entry->from;
	status = rd_exec(r, s, entry->def->body);
	rd_leave_call(r, &frame);
	return status;
}

int rd_exec_block(struct render *r, struct scope *s, const struct node *n)
{
	const struct block_entry *entry = context_block(s->context, &n->u.block->name);

	if (s->context->parent && s == s->context->root)
		return 0; /* a child's block runs where the parent has it */
	if (!entry)
		return 0;
	if (entry->def->required)
		return rd_fail(r, "required block '%s' is not filled", entry->def->name.s);
	return rd_run_block(r, entry, s->context, n->u.block->scoped ? s : s->context->root);
}
