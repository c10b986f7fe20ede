#include "koan-client/disk/volume_group.h"

#include "koan-client/checks.h"

#include "base/run.h"
#include "base/strv.h"

#include <string.h>

enum { SECONDS = 60 }; /* it may wait for another command's lock */

bool volume_group_read(const char *printed, uint64_t *ret)
{
	autostrv lines = STRV_INIT;

	strv_split(&lines, printed, "\n");
	for (size_t i = lines.n; i-- > 0;) {
		char *line = lines.v[i] + strspn(lines.v[i], " ");

		line[strcspn(line, " ")] = '\0';
		if (parse_number(line, 0, UINT64_MAX, ret))
			return true;
	}
	return false;
}

int volume_group_free(const char *name, bool *known, uint64_t *ret, struct err *err)
{
	const char *const argv[] = {"vgs", "--noheadings", "--nosuffix", "--units", "b",
		"--options", "vg_free", "--", name, NULL};
	autostrbuf printed = STRBUF_INIT;
	struct err why = ERR_INIT;
	int status;

	*known = false;
	if (geteuid() != 0)
		return 0;
	if (run_program(argv, SECONDS, &printed, &status, &why) < 0)
		return why.code == ERR_NOT_FOUND ? 0 : err_set(err, why.code, "%s", why.msg);
	if (status == 0) {
		*known = volume_group_read(printed.buf, ret);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND,
		"there is no volume group '%s' on this host; vgs shows those that there are", name);
}
