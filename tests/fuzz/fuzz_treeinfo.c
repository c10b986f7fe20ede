/* The .treeinfo of a tree that somebody else made, and the files in which signatures look for
 * values. */
#include "ops/import/pattern.h"
#include "ops/import/treeinfo.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The same bytes as a file in which a signature looks for a value. */
static void match(const char *text)
{
	static const char *const patterns[] = {"Debian version: {version} ({codename})",
		"\"{codename} {animal}\" - Release {arch} ", "{product} {version} "};

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct opt_map found = {.set = true};
		autostrbuf path = STRBUF_INIT;

		/* All of them hold values. */
		if (pattern_match(patterns[i], text, &found) && !found.n)
			abort();
		pattern_expand("{version}/{codename}", &found, &path, NULL);
		map_clear(&found);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	autotreeinfo struct treeinfo *treeinfo = NULL;
	autofree char *text = xstrndup((const char *)bytes, n);

	match(text);
	if (treeinfo_parse((const char *)bytes, n, &treeinfo, NULL) < 0)
		return 0;
	treeinfo_get(treeinfo, "general", "arch");
	treeinfo_get(treeinfo, text, text);
	return 0;
}
