#include "base/opt_man.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct words {
	bool flag;
	const char *text;
};

static const struct opt table[] = {
	OPT_TITLE("What it does"),
	OPT(struct words, flag, "dry-run", NULL, "Nothing. Really."),
	OPT(struct words, text, "name", "\"N\"", ".dots and 'quotes' and back\\slashes"),
};

static void page(FILE *out)
{
	static const struct man_page head = {
		.name = "x", .section = 8, .about = "try", .synopsis = "A -b\nC"};

	man_begin(&head, out);
	man_text("One. Two - three\n\n.not a request", out);
	man_lines("a. B\n'c", out);
	man_options(table, ARRAY_SIZE(table), out);
	man_list_begin(out);
	man_list_entry("It", "a term that is a macro's name", out);
	man_list_end(out);
	man_see_also("a(1) b-c(8)", out);
}

/* The whole page: each thing that mdoc would take for something else is there once. */
static void escapes(void **state)
{
	static const char wanted[] = ".Dt X 8\n.Os Bootwright\n.Sh NAME\n.Nm x\n.Nd try\n"
				     ".Sh SYNOPSIS\n.Nm\nA \\-b\n.Nm\nC\n"
				     "One.\nTwo \\- three\n.Pp\n\\&.not a request\n"
				     ".Bd -literal -offset indent\na. B\n\\&'c\n.Ed\n"
				     ".Ss \"\\&What it does\"\n.Bl -tag -width Ds\n"
				     ".It Fl \\-dry\\-run\nNothing.\nReally.\n"
				     ".It Fl \\-name Ns = Ns Ar \"\\&\\(dqN\\(dq\"\n"
				     "\\&.dots and 'quotes' and back\\eslashes\n.El\n"
				     ".Bl -tag -width Ds\n.It Cm \"\\&It\"\n"
				     "a term that is a macro's name\n.El\n"
				     ".Sh SEE ALSO\n.Xr a 1 ,\n.Xr b-c 8\n";
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	page(out);
	fclose(out);
	assert_int_equal(strncmp(text, ".Dd ", 4), 0);
	assert_string_equal(strchr(text, '\n') + 1, wanted);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
