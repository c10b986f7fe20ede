/* Cheetah's directives that enclose text: conditions, loops, definitions. */
#include "template/cheetah_text.h"

#include <string.h>

/* Remembers what `#end name` will close: the tag is to be written where this is true. */
bool cheetah_open_block(
	struct cheetah *c, const struct cheetah_tag *tag, const char *name, const char *end)
{
	if (c->blocks == CHEETAH_BLOCKS_MAX) {
		if (end)
			cheetah_keep(c, tag, "blocks are nested too deep");
		return false;
	}
	c->block[c->blocks].name = name;
	c->block[c->blocks].has_else = false;
	c->block[c->blocks++].end = end;
	c->loops += end && strcmp(end, "endfor") == 0;
	return end != NULL;
}

static bool is_in_converted(const struct cheetah *c, const char *name)
{
	return c->blocks && c->block[c->blocks - 1].end && !c->block[c->blocks - 1].has_else &&
	       strcmp(c->block[c->blocks - 1].name, name) == 0;
}

/* The place of a word that stands alone outside of brackets and strings; NULL: there is none. */
static const char *find_word(const char *text, size_t len, const char *word)
{
	size_t n = strlen(word);
	bool closes = true;

	for (size_t i = 0; i < len;) {
		size_t skip = 1;

		if (closes && strchr("([{", text[i]) && text[i])
			closes = (skip = cheetah_bracket_len(text + i, len - i)) != 0;
		else if (text[i] == '\'' || text[i] == '"')
			skip = cheetah_string_len(text + i, len - i);
		else if (cheetah_name_len(text + i, len - i))
			skip = cheetah_name_len(text + i, len - i);
		if (skip == n && strncmp(text + i, word, n) == 0)
			return text + i;
		i += skip ? skip : 1;
	}
	return NULL;
}

/* "#if A then B else C" is a value. */
static bool convert_one_line_if(struct cheetah *c, const struct cheetah_tag *tag)
{
	const char *end = tag->args + tag->len;
	const char *then = find_word(tag->args, tag->len, "then");
	const char *other = then ? find_word(then, (size_t)(end - then), "else") : NULL;
	autostrbuf condition = STRBUF_INIT;
	autostrbuf yes = STRBUF_INIT;
	autostrbuf no = STRBUF_INIT;
	autostrbuf value = STRBUF_INIT;

	if (!other)
		return false;
	if (cheetah_tag_expression(c, tag, tag->args, (size_t)(then - tag->args), &condition) &&
		cheetah_tag_expression(c, tag, then + 4, (size_t)(other - then - 4), &yes) &&
		cheetah_tag_expression(c, tag, other + 4, (size_t)(end - other - 4), &no)) {
		strbuf_addf(&value, "%s if %s else %s", yes.buf, condition.buf, no.buf);
		cheetah_put_value(c, tag, value.buf);
	}
	return true;
}

void cheetah_do_if(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf condition = STRBUF_INIT;

	if (convert_one_line_if(c, tag))
		return;
	if (!cheetah_tag_expression(c, tag, tag->args, tag->len, &condition))
		cheetah_open_block(c, tag, "if", NULL);
	else if (cheetah_open_block(c, tag, "if", "endif"))
		cheetah_put_tag(c, tag->alone, "if %s", condition.buf);
}

void cheetah_do_unless(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf condition = STRBUF_INIT;
	bool converted = cheetah_tag_expression(c, tag, tag->args, tag->len, &condition);

	if (cheetah_open_block(c, tag, "unless", converted ? "endif" : NULL))
		cheetah_put_tag(c, tag->alone, "if not (%s)", condition.buf);
}

void cheetah_do_elif(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf condition = STRBUF_INIT;

	if (!is_in_converted(c, "if"))
		cheetah_keep(c, tag, "no #if stands before it that was converted");
	else if (cheetah_tag_expression(c, tag, tag->args, tag->len, &condition))
		cheetah_put_tag(c, tag->alone, "elif %s", condition.buf);
}

void cheetah_do_else(struct cheetah *c, const struct cheetah_tag *tag)
{
	struct cheetah_tag condition = *tag;

	if (tag->len > 2 && strncmp(tag->args, "if", 2) == 0 &&
		cheetah_name_len(tag->args, tag->len) == 2) {
		condition.args += 2;
		condition.len -= 2;
		cheetah_do_elif(c, &condition);
	} else if (tag->len) {
		cheetah_keep(c, tag, "something follows #else");
	} else if (is_in_converted(c, "if") || is_in_converted(c, "unless")) {
		c->block[c->blocks - 1].has_else = true;
		cheetah_put_tag(c, tag->alone, "else");
	} else {
		cheetah_keep(c, tag, "no #if stands before it that was converted");
	}
}

/* "$a, $b": names without their signs. */
static bool read_targets(const char *text, size_t len, struct strbuf *ret, struct strv *names)
{
	const char *end = text + len;

	while (text < end) {
		if (strchr(" \t$()", *text) && *text) {
			text++;
		} else if (*text == ',') {
			strbuf_adds(ret, ", ");
			text++;
		} else {
			size_t n = cheetah_name_len(text, (size_t)(end - text));
			autofree char *name = xstrndup(text, n);

			if (!n)
				return false;
			strbuf_adds(ret, name);
			if (!strv_has(names, name))
				strv_add(names, name);
			text += n;
		}
	}
	return ret->len > 0;
}

void cheetah_do_for(struct cheetah *c, const struct cheetah_tag *tag)
{
	const char *in = find_word(tag->args, tag->len, "in");
	autostrbuf targets = STRBUF_INIT;
	autostrbuf list = STRBUF_INIT;
	bool converted = false;

	if (!in || !read_targets(tag->args, (size_t)(in - tag->args), &targets, &c->names.set) ||
		!cheetah_parses("{%% for %s in x %%}{%% endfor %%}", targets.buf))
		cheetah_keep(c, tag, "not «#for $name in …»");
	else
		converted = cheetah_tag_expression(
			c, tag, in + 2, tag->len - (size_t)(in + 2 - tag->args), &list);
	if (cheetah_open_block(c, tag, "for", converted ? "endfor" : NULL))
		cheetah_put_tag(c, tag->alone, "for %s in %s", targets.buf, list.buf);
}

void cheetah_do_repeat(struct cheetah *c, const struct cheetah_tag *tag)
{
	autostrbuf times = STRBUF_INIT;
	bool converted = cheetah_tag_expression(c, tag, tag->args, tag->len, &times);

	if (cheetah_open_block(c, tag, "repeat", converted ? "endfor" : NULL))
		cheetah_put_tag(c, tag->alone, "for _ in range(%s)", times.buf);
}

/* "#def name($a, $b=1)" */
void cheetah_do_def(struct cheetah *c, const struct cheetah_tag *tag)
{
	size_t skip = tag->len && *tag->args == '$';
	size_t n = cheetah_name_len(tag->args + skip, tag->len - skip);
	autofree char *name = xstrndup(tag->args + skip, n);
	autostrbuf arguments = STRBUF_INIT;
	bool converted;
	const char *open = tag->args + skip + n;
	size_t len = tag->len - skip - n;

	if (n && !strv_has(&c->names.set, name))
		strv_add(&c->names.set, name);
	converted = n && (!len || *open == '(') &&
	            (len <= 2 || read_targets(open, len, &arguments, &c->names.set)) &&
	            cheetah_parses("{%% macro %s(%s) %%}{%% endmacro %%}", name, arguments.buf);
	if (!converted)
		cheetah_keep(c, tag, "only «#def name($argument, …)» without defaults has a like");
	if (cheetah_open_block(c, tag, "def", converted ? "endmacro" : NULL))
		cheetah_put_tag(c, tag->alone, "macro %s(%s)", name, arguments.buf);
}

void cheetah_do_end(struct cheetah *c, const struct cheetah_tag *tag)
{
	size_t n = cheetah_name_len(tag->args, tag->len);
	const char *end;

	if (!c->blocks || strlen(c->block[c->blocks - 1].name) != n ||
		strncmp(c->block[c->blocks - 1].name, tag->args, n) != 0) {
		cheetah_keep(c, tag, "it closes nothing that is open");
		return;
	}
	end = c->block[--c->blocks].end;
	c->loops -= end && strcmp(end, "endfor") == 0;
	if (end)
		cheetah_put_tag(c, tag->alone, "%s", end);
	else
		cheetah_keep(c, tag, "what it closes was not converted");
}
