/* Filters of our own: quoting for the files that installers and boot loaders read. */
#include "template/render.h"

#include <string.h>

/* The text of args[0]. These formats cannot hold a NUL. */
static int text_arg(struct render *r, const struct call *c, struct value *ret)
{
	if (rd_to_str(r, &c->args[0], ret) < 0)
		return -1;
	if (memchr(ret->s, '\0', ret->len))
		return rd_fail(r, "'%s' cannot quote a NUL", c->name);
	if (ret->s[ret->len] != '\0') /* borrowed from the middle of a text */
		return rd_string(r, ret->s, ret->len, ret);
	return 0;
}

static int filter_shell(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;

	if (text_arg(r, c, &s) < 0)
		return -1;
	strbuf_add_shell(&b, s.s);
	return rd_take(r, &b, ret);
}

/* One word of GRUB's script language: in single quotes nothing is special but their end. */
static int filter_grub(struct render *r, struct call *c, struct value *ret)
{
	autostrbuf b = STRBUF_INIT;
	struct value s;

	if (text_arg(r, c, &s) < 0)
		return -1;
	if (strpbrk(s.s, "\n\r"))
		return rd_fail(r, "'grub' cannot quote a line break");
	strbuf_addc(&b, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '\'')
			strbuf_adds(&b, "'\\''");
		else
			strbuf_addc(&b, s.s[i]);
	}
	strbuf_addc(&b, '\'');
	return rd_take(r, &b, ret);
}

/* pxelinux has no quoting at all: a value that would become another line is refused. */
static int filter_pxe(struct render *r, struct call *c, struct value *ret)
{
	if (text_arg(r, c, ret) < 0)
		return -1;
	for (size_t i = 0; i < ret->len; i++)
		if ((unsigned char)ret->s[i] < ' ' || ret->s[i] == 0x7f)
			return rd_fail(r, "'pxe' cannot hold a line break or control character");
	return 0;
}

static int filter_xml(struct render *r, struct call *c, struct value *ret)
{
	static const char special[] = "&<>\"'";
	static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
	autostrbuf b = STRBUF_INIT;
	struct value s;

	if (text_arg(r, c, &s) < 0)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		const char *p = strchr(special, s.s[i]);

		if (rd_tick(r) < 0)
			return -1;
		if (p)
			strbuf_adds(&b, names[p - special]);
		else if ((unsigned char)s.s[i] < ' ' && !strchr("\t\n\r", s.s[i]))
			return rd_fail(r, "XML cannot hold the control character 0x%02x",
				(unsigned)s.s[i]);
		else
			strbuf_addc(&b, s.s[i]);
	}
	return rd_take(r, &b, ret);
}

/* A value as YAML reads it back: numbers, booleans and null bare, text in double quotes, lists
 * and dicts in flow style. JSON is that, but for what tojson escapes for HTML. */
static int filter_yaml(struct render *r, struct call *c, struct value *ret)
{
	return rd_json(r, &c->args[0], ret);
}

static int filter_b64encode(struct render *r, struct call *c, struct value *ret)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct value s;
	char *text;
	char *to;

	if (rd_to_str(r, &c->args[0], &s) < 0)
		return -1;
	text = to = rd_text(r, ((size_t)s.len + 2) / 3 * 4);
	if (!text)
		return -1;
	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		unsigned v = (unsigned)(unsigned char)s.s[i] << 16;

		v |= left > 1 ? (unsigned)(unsigned char)s.s[i + 1] << 8 : 0;
		v |= left > 2 ? (unsigned)(unsigned char)s.s[i + 2] : 0;
		*to++ = digits[v >> 18];
		*to++ = digits[(v >> 12) & 63];
		*to++ = (char)(left > 1 ? digits[(v >> 6) & 63] : '=');
		*to++ = (char)(left > 2 ? digits[v & 63] : '=');
	}
	*to = '\0';
	*ret = value_str(text, (size_t)(to - text));
	return 0;
}

const struct builtin filters_field[] = {
	{.name = "shell", .fn = filter_shell},
	{.name = "grub", .fn = filter_grub},
	{.name = "pxe", .fn = filter_pxe},
	{.name = "xml", .fn = filter_xml},
	{.name = "yaml", .fn = filter_yaml},
	{.name = "b64encode", .fn = filter_b64encode},
	{.name = NULL},
};
