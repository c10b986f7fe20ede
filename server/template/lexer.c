#include "template/lexer.h"

#include "template/literal.h"

#include <string.h>

struct lexer {
	const struct template_options *options;
	struct arena *arena;
	struct tokens *tokens;
	const char *src; /* newlines are \n; NUL after the end */
	size_t len;
	size_t pos;
	struct place at;
	char open[128]; /* brackets that are open within the tag */
	size_t n_open;
	struct err *err;
};

static int fail(struct lexer *lx, const char *what)
{
	return err_set(lx->err, ERR_TEMPLATE, PLACE_FORMAT ": %s", PLACE_ARGS(lx->at), what);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (unsigned char)c >= 0x80;
}

static struct token *push(struct lexer *lx, enum token_kind kind)
{
	struct tokens *t = lx->tokens;

	if (t->n == t->alloc) {
		t->alloc = t->alloc ? t->alloc * 2 : 64;
		t->v = arena_regrow(lx->arena, t->v, t->n, t->alloc, sizeof(*t->v));
	}
	t->v[t->n] = (struct token){.kind = kind, .at = lx->at};
	return &t->v[t->n++];
}

/* Moves on and counts the lines and characters passed. */
static void advance(struct lexer *lx, size_t to)
{
	for (; lx->pos < to; lx->pos++) {
		unsigned char c = (unsigned char)lx->src[lx->pos];

		if (c == '\n')
			lx->at = (struct place){.line = lx->at.line + 1, .column = 1};
		else if ((c & 0xc0) != 0x80) /* the first byte of a character */
			lx->at.column++;
	}
}

static size_t skip_space(const struct lexer *lx, size_t at)
{
	while (at < lx->len && is_space(lx->src[at]))
		at++;
	return at;
}

static bool looks_at(const struct lexer *lx, size_t at, const char *word)
{
	size_t n = strlen(word);

	return lx->len - at >= n && !memcmp(lx->src + at, word, n);
}

/* One copy with \n for every newline; the last newline goes unless it is to be kept. */
static void normalize(struct lexer *lx, const char *text, size_t len)
{
	char *copy = arena_alloc(lx->arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r') {
			copy[n++] = '\n';
			if (i + 1 < len && text[i + 1] == '\n')
				i++;
		} else {
			copy[n++] = text[i];
		}
	}
	if (n && copy[n - 1] == '\n' && !lx->options->keep_trailing_newline)
		n--;
	copy[n] = '\0';
	lx->src = copy;
	lx->len = n;
}

/* Emits the text up to `end`, which a tag with the whitespace sign `sign` follows. */
static void push_text(struct lexer *lx, size_t end, char sign, bool may_lstrip)
{
	size_t start = lx->pos;
	size_t keep = end;
	struct token *t;

	if (sign == '-') {
		while (keep > start && is_space(lx->src[keep - 1]))
			keep--;
	} else if (sign != '+' && may_lstrip && lx->options->lstrip_blocks) {
		size_t bol = end;

		while (bol > start && lx->src[bol - 1] != '\n' && is_space(lx->src[bol - 1]))
			bol--;
		/* Only where the line starts within this text, or the text starts a line. */
		if (bol > start ? lx->src[bol - 1] == '\n'
				: (start == 0 || lx->src[start - 1] == '\n'))
			keep = bol;
	}
	if (keep > start) {
		t = push(lx, TOKEN_TEXT);
		t->s = lx->src + start;
		t->len = keep - start;
	}
	advance(lx, end);
}

/* The end mark of a block or comment at `at`, after its sign: how far it reaches. */
static size_t after_end(const struct lexer *lx, size_t at, char sign)
{
	at += 2;
	if (sign == '-')
		return skip_space(lx, at);
	if (sign != '+' && lx->options->trim_blocks && at < lx->len && lx->src[at] == '\n')
		at++;
	return at;
}

static char sign_at(const struct lexer *lx, size_t at)
{
	if (at < lx->len && (lx->src[at] == '-' || lx->src[at] == '+'))
		return lx->src[at];
	return '\0';
}

static int lex_comment(struct lexer *lx)
{
	size_t start = lx->pos + 2 + (sign_at(lx, lx->pos + 2) != '\0');

	for (size_t i = start; i + 1 < lx->len; i++) {
		char sign = '\0';

		if (lx->src[i] != '#' || lx->src[i + 1] != '}')
			continue;
		if (i > start)
			sign = sign_at(lx, i - 1);
		advance(lx, after_end(lx, i, sign));
		return 0;
	}
	return fail(lx, "comment is not closed; add #}");
}

/* A tag `{% word %}` at `at`: 0, or where it ends. raw is not trimmed after, endraw is. */
static size_t word_tag(const struct lexer *lx, size_t at, const char *word, bool end_tag)
{
	size_t i = at + 2 + (sign_at(lx, at + 2) != '\0');
	char sign;

	i = skip_space(lx, i);
	if (!looks_at(lx, i, word))
		return 0;
	i = skip_space(lx, i + strlen(word));
	sign = sign_at(lx, i);
	if (sign == '+' && !end_tag)
		return 0;
	if (sign)
		i++;
	if (!looks_at(lx, i, "%}"))
		return 0;
	if (!end_tag && !sign)
		return i + 2;
	return after_end(lx, i, sign);
}

static int lex_raw(struct lexer *lx, size_t body)
{
	advance(lx, body);
	for (size_t i = body; i + 1 < lx->len; i++) {
		size_t end;

		if (lx->src[i] != '{' || lx->src[i + 1] != '%')
			continue;
		end = word_tag(lx, i, "endraw", true);
		if (!end)
			continue;
		push_text(lx, i, sign_at(lx, i + 2), true);
		advance(lx, end);
		return 0;
	}
	return fail(lx, "raw section is not closed; add {% endraw %}");
}

static int lex_number(struct lexer *lx)
{
	struct number number;
	size_t n = literal_number(
		lx->src + lx->pos, (char)(lx->pos ? lx->src[lx->pos - 1] : '\0'), &number);
	struct token *t;

	if (!n)
		return fail(lx, "number does not fit in 64 bits");
	t = push(lx, number.is_float ? TOKEN_FLOAT : TOKEN_INT);
	t->s = lx->src + lx->pos;
	t->len = n;
	if (number.is_float)
		t->f = number.f;
	else
		t->i = number.i;
	advance(lx, lx->pos + n);
	return 0;
}

static int lex_string(struct lexer *lx)
{
	char quote = lx->src[lx->pos];
	size_t end = lx->pos + 1;
	struct token *t;
	const char *why;

	while (end < lx->len && lx->src[end] != quote)
		end += lx->src[end] == '\\' ? 2 : 1;
	if (end >= lx->len)
		return fail(lx, "string is not closed");
	t = push(lx, TOKEN_STRING);
	why = literal_string(lx->arena, lx->src + lx->pos + 1, end - lx->pos - 1, &t->s, &t->len);
	if (why)
		return fail(lx, why);
	advance(lx, end + 1);
	return 0;
}

static void lex_name(struct lexer *lx)
{
	size_t end = lx->pos;
	struct token *t = push(lx, TOKEN_NAME);

	while (end < lx->len && (is_name_start(lx->src[end]) || is_digit(lx->src[end])))
		end++;
	t->s = arena_strndup(lx->arena, lx->src + lx->pos, end - lx->pos);
	t->len = end - lx->pos;
	advance(lx, end);
}

static int track_bracket(struct lexer *lx, char c)
{
	static const char pairs[] = "()[]{}";
	const char *p = strchr(pairs, c);

	if (!p)
		return 0;
	if ((p - pairs) % 2 == 0) {
		if (lx->n_open == sizeof(lx->open))
			return fail(lx, "brackets are nested too deep");
		lx->open[lx->n_open++] = p[1];
		return 0;
	}
	if (!lx->n_open || lx->open[lx->n_open - 1] != c)
		return err_set(lx->err, ERR_TEMPLATE, PLACE_FORMAT ": unexpected '%c'",
			PLACE_ARGS(lx->at), c);
	lx->n_open--;
	return 0;
}

static int lex_operator(struct lexer *lx)
{
	static const char pairs[][3] = {"**", "//", "==", "!=", ">=", "<="};
	size_t n = 0;
	struct token *t;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (looks_at(lx, lx->pos, pairs[i]))
			n = 2;
	if (!n && lx->src[lx->pos] && strchr("+-/*%~[](){}<>=.:|,;", lx->src[lx->pos]))
		n = 1;
	if (!n)
		return err_set(lx->err, ERR_TEMPLATE, PLACE_FORMAT ": unexpected character '%c'",
			PLACE_ARGS(lx->at), lx->src[lx->pos]);
	if (n == 1 && track_bracket(lx, lx->src[lx->pos]) < 0)
		return -1;
	t = push(lx, TOKEN_OPERATOR);
	t->s = lx->src + lx->pos;
	t->len = n;
	t->op = OPERATOR(t->s[0], n == 2 ? t->s[1] : 0);
	advance(lx, lx->pos + n);
	return 0;
}

/* The end of the tag, if it is here: 0 or where the text goes on. */
static size_t tag_end(const struct lexer *lx, bool print)
{
	char sign = sign_at(lx, lx->pos);

	if (lx->n_open)
		return 0;
	if (print) {
		if (sign == '-' && looks_at(lx, lx->pos + 1, "}}"))
			return skip_space(lx, lx->pos + 3);
		return looks_at(lx, lx->pos, "}}") ? lx->pos + 2 : 0;
	}
	if (sign && looks_at(lx, lx->pos + 1, "%}"))
		return after_end(lx, lx->pos + 1, sign);
	return looks_at(lx, lx->pos, "%}") ? after_end(lx, lx->pos, '\0') : 0;
}

static int lex_tag(struct lexer *lx, bool print)
{
	push(lx, print ? TOKEN_PRINT_BEGIN : TOKEN_BLOCK_BEGIN);
	advance(lx, lx->pos + 2 + (sign_at(lx, lx->pos + 2) != '\0'));
	lx->n_open = 0;
	while (advance(lx, skip_space(lx, lx->pos)), lx->pos < lx->len) {
		size_t end = tag_end(lx, print);
		char c = lx->src[lx->pos];
		int r = 0;

		if (end) {
			push(lx, print ? TOKEN_PRINT_END : TOKEN_BLOCK_END);
			advance(lx, end);
			return 0;
		}
		if (is_digit(c))
			r = lex_number(lx);
		else if (is_name_start(c))
			lex_name(lx);
		else if (c == '"' || c == '\'')
			r = lex_string(lx);
		else
			r = lex_operator(lx);
		if (r < 0)
			return -1;
	}
	return fail(lx, print ? "tag is not closed; add }}" : "tag is not closed; add %}");
}

/* The next start of a tag or comment from `at`, or the end of the text. */
static size_t next_mark(const struct lexer *lx, size_t at)
{
	while (at + 1 < lx->len) {
		const char *p = memchr(lx->src + at, '{', lx->len - 1 - at);

		if (!p)
			break;
		at = (size_t)(p - lx->src);
		if (p[1] == '%' || p[1] == '{' || p[1] == '#')
			return at;
		at++;
	}
	return lx->len;
}

int lexer_run(const struct template_options *options, struct arena *arena, const char *text,
	size_t len, struct tokens *ret, struct err *err)
{
	struct lexer lx = {
		.options = options, .arena = arena, .tokens = ret, .at = {1, 1}, .err = err};

	normalize(&lx, text, len);
	while (lx.pos < lx.len) {
		size_t mark = next_mark(&lx, lx.pos);
		char kind;
		size_t raw;

		if (mark == lx.len) {
			push_text(&lx, mark, '+', false);
			break;
		}
		kind = lx.src[mark + 1];
		push_text(&lx, mark, sign_at(&lx, mark + 2), kind != '{');
		raw = kind == '%' ? word_tag(&lx, mark, "raw", false) : 0;
		if (raw               ? lex_raw(&lx, raw) < 0
			: kind == '#' ? lex_comment(&lx) < 0
				      : lex_tag(&lx, kind == '{') < 0)
			return -1;
	}
	push(&lx, TOKEN_EOF);
	return 0;
}
