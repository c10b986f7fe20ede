/* Options from a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/opt.h"

#include <fcntl.h>
#include <string.h>

struct options {
	bool force;
	const char *state_dir;
	struct strv disk;
};

static const struct opt table[] = {
	OPT(struct options, state_dir, "state-dir", "DIR", "where"),
	OPT(struct options, disk, "disk", "PATH", "one more disk"),
	OPT(struct options, force, "force", NULL, "replace what is there"),
};

static const struct row {
	const char *text;
	const char *state_dir;
	size_t disks;
	bool force;
	const char *error; /* NULL: none */
} rows[] = {
	{"", NULL, 0, false, NULL},
	{"# a comment\n\n  # another\n", NULL, 0, false, NULL},
	{"state-dir = /srv/bw\n", "/srv/bw", 0, false, NULL},
	{"state_dir=/srv/bw", "/srv/bw", 0, false, NULL},
	{"\tstate-dir\t=\t/srv/a b \r\n", "/srv/a b", 0, false, NULL},
	{"state-dir = a=b\n", "a=b", 0, false, NULL},
	{"state-dir =\n", "", 0, false, NULL},
	{"state-dir = /a\nstate-dir = /b\n", "/b", 0, false, NULL},
	{"disk = a\ndisk = b\n", NULL, 2, false, NULL},
	{"force = yes\n", NULL, 0, true, NULL},
	{"force = yes\nforce = no\n", NULL, 0, false, NULL},
	{"force = 1\n", NULL, 0, false, "line 1: 'force' must be yes or no"},
	{"\n\nstate-dri = x\n", NULL, 0, false, "line 3: no option '--state-dri'"},
	{"disk = a\nnonsense\n", NULL, 0, false, "line 2: 'nonsense' is not 'key = value'"},
	{"= x\n", NULL, 0, false, "line 1"},
};

static void lines(void **state)
{
	char path[] = "/tmp/bw-opt-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct options options = {0};
		autostrv texts = STRV_INIT;
		struct err err = ERR_INIT;
		int result;

		assert_int_equal(
			file_replace(AT_FDCWD, path, 0600, row->text, strlen(row->text), NULL), 0);
		result = opt_read_file(table, ARRAY_SIZE(table), path, &options, &texts, &err);
		if (row->error) {
			if (result == 0 || !strstr(err.msg, row->error) || !strstr(err.msg, path))
				fail_msg("'%s': %d, '%s'", row->text, result, err.msg);
		} else {
			if (result < 0)
				fail_msg("'%s': %s", row->text, err.msg);
			assert_int_equal(!options.state_dir, !row->state_dir);
			if (row->state_dir)
				assert_string_equal(options.state_dir, row->state_dir);
			assert_int_equal(options.disk.n, row->disks);
			assert_int_equal(options.force, row->force);
		}
		strv_done(&options.disk);
	}
	unlink(path);
}

static void a_missing_file(void **state)
{
	struct options options = {0};
	autostrv texts = STRV_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		opt_read_file(table, ARRAY_SIZE(table), "/nowhere/x", &options, &texts, &err), -1);
	assert_non_null(strstr(err.msg, "/nowhere/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(a_missing_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
