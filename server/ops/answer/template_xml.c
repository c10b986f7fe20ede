#include "ops/answer/template_xml.h"

#include "base/strv.h"

#include <string.h>

struct xml {
	const char *at;
	struct strv open; /* elements, outermost first */
	bool had_root;
	struct err *err;
};

static const char name_end[] = " \t\r\n/>=<&'\"";

static bool skip_past(struct xml *xml, const char *end)
{
	const char *found = strstr(xml->at, end);

	if (found)
		xml->at = found + strlen(end);
	return found;
}

static void skip_blanks(struct xml *xml)
{
	xml->at += strspn(xml->at, " \t\r\n");
}

static int check_entity(struct xml *xml)
{
	size_t len = strcspn(xml->at + 1, "; \t\r\n<&");

	if (!len || len > 32 || xml->at[1 + len] != ';')
		return err_set(xml->err, ERR_INVALID,
			"a bare '&': write &amp;, in a template with the filter xml");
	xml->at += len + 2;
	return 0;
}

/* name="value" … up to '>' or "/>". */
static int check_attributes(struct xml *xml, const char *element)
{
	while (skip_blanks(xml), *xml->at && !strchr("/>", *xml->at)) {
		size_t len = strcspn(xml->at, name_end);
		char quote;

		xml->at += len;
		skip_blanks(xml);
		if (!len || *xml->at++ != '=')
			return err_set(xml->err, ERR_INVALID, "an attribute of <%s> has no value",
				element);
		skip_blanks(xml);
		quote = *xml->at;
		if (quote != '"' && quote != '\'')
			return err_set(xml->err, ERR_INVALID, "an attribute of <%s> has no quotes",
				element);
		xml->at++;
		while (*xml->at && *xml->at != quote) {
			if (*xml->at == '<')
				return err_set(xml->err, ERR_INVALID, "a '<' in an attribute");
			if (*xml->at == '&' ? check_entity(xml) < 0 : (xml->at++, 0))
				return -1;
		}
		if (*xml->at++ != quote)
			return err_set(xml->err, ERR_INVALID, "an attribute does not end");
	}
	return 0;
}

static int check_open(struct xml *xml)
{
	size_t len = strcspn(xml->at + 1, name_end);
	autofree char *name = xstrndup(xml->at + 1, len);
	bool is_empty;

	if (!len)
		return err_set(xml->err, ERR_INVALID, "a bare '<': write &lt;");
	if (!xml->open.n && xml->had_root)
		return err_set(xml->err, ERR_INVALID, "<%.60s> stands after the root", name);
	xml->had_root = true;
	xml->at += 1 + len;
	if (check_attributes(xml, name) < 0)
		return -1;
	is_empty = *xml->at == '/';
	xml->at += is_empty;
	if (*xml->at != '>')
		return err_set(xml->err, ERR_INVALID, "<%.60s has no '>'", name);
	xml->at++;
	if (!is_empty)
		strv_add_take(&xml->open, TAKE(name));
	return 0;
}

static int check_close(struct xml *xml)
{
	size_t len = strcspn(xml->at + 2, name_end);
	autofree char *name = xstrndup(xml->at + 2, len);
	const char *open = xml->open.n ? xml->open.v[xml->open.n - 1] : NULL;

	if (!open || strcmp(open, name) != 0)
		return err_set(xml->err, ERR_INVALID, "</%.60s> closes %s%.60s%s", name,
			open ? "<" : "nothing", open ? open : "", open ? ">" : "");
	xml->at += 2 + len;
	skip_blanks(xml);
	if (*xml->at != '>')
		return err_set(xml->err, ERR_INVALID, "</%.60s has no '>'", name);
	xml->at++;
	free(xml->open.v[--xml->open.n]);
	return 0;
}

static int check_markup(struct xml *xml)
{
	static const struct {
		const char *begin;
		const char *end;
	} skipped[] = {
		{"<!--", "-->"},
		{"<![CDATA[", "]]>"},
		{"<?", "?>"},
		{"<!", ">"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(skipped); i++)
		if (strncmp(xml->at, skipped[i].begin, strlen(skipped[i].begin)) == 0)
			return skip_past(xml, skipped[i].end)
			               ? 0
			               : err_set(xml->err, ERR_INVALID, "%s has no %s",
						 skipped[i].begin, skipped[i].end);
	return xml->at[1] == '/' ? check_close(xml) : check_open(xml);
}

static int check_text(struct xml *xml)
{
	if (!xml->open.n && !strchr(" \t\r\n", *xml->at))
		return err_set(xml->err, ERR_INVALID, "text stands outside of the root");
	if (*xml->at == '&')
		return check_entity(xml);
	xml->at++;
	return 0;
}

static void set_place(const char *text, const char *at, struct template_place *place)
{
	const char *line = text;

	place->line = 1;
	for (const char *p = text; p < at; p++) {
		if (*p == '\n') {
			place->line++;
			line = p + 1;
		}
	}
	place->column = (size_t)(at - line) + 1;
}

int template_xml_check(const char *text, struct template_place *place, struct err *err)
{
	struct xml xml = {.at = text, .err = err};
	const char *from = text;
	int result = 0;

	while (result == 0 && *xml.at) {
		from = xml.at;
		result = *xml.at == '<' ? check_markup(&xml) : check_text(&xml);
	}
	if (result == 0)
		from = xml.at;
	if (result == 0 && xml.open.n)
		result = err_set(
			err, ERR_INVALID, "<%.60s> is not closed", xml.open.v[xml.open.n - 1]);
	else if (result == 0 && !xml.had_root)
		result = err_set(err, ERR_INVALID, "it has no element");
	set_place(text, from, place);
	strv_done(&xml.open);
	return result;
}
