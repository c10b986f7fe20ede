/* Any bytes as a Cheetah template: what is converted is always a template of ours, and each mark
 * names a line that there is. */
#include "template/cheetah.h"
#include "template/template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct template_options options = {
		.trim_blocks = true, .lstrip_blocks = true, .keep_trailing_newline = true};
	struct template_env *env = template_env_new(&options, NULL);
	__attribute__((cleanup(auto_cheetah_marks))) struct cheetah_marks marks = {.v = NULL};
	autostrbuf jinja = STRBUF_INIT;
	struct err err = ERR_INIT;
	size_t lines = 1;

	cheetah_convert((const char *)bytes, size, &jinja, &marks);
	for (size_t i = 0; i < size; i++)
		lines += bytes[i] == '\n';
	for (size_t i = 0; i < marks.n; i++)
		if (!marks.v[i].line || marks.v[i].line > lines || !*marks.v[i].message)
			abort();
	if (template_check(env, "converted", jinja.buf, jinja.len, &err) < 0) {
		fprintf(stderr, "%s\n%s\n", err.msg, jinja.buf);
		abort();
	}
	template_env_free(env);
	return 0;
}
