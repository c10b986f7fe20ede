/* Any bytes as a template: parsing and rendering must end, within bounds. */
#include "template/template.h"

#include "base/json.h"

#include <stdint.h>
#include <string.h>

static const char variables[] =
	"{\"name\":\"web7\",\"n\":5,\"f\":2.5,\"yes\":true,\"nothing\":null,\"text\":\"a b\\nc "
	"<d>\","
	"\"uni\":\"\\u00fc\\u0416\",\"ip\":\"192.0.2.1/24\",\"list\":[3,1,\"b\"],"
	"\"users\":[{\"name\":\"Bob\",\"age\":3},{\"name\":\"al\",\"age\":4}],"
	"\"host\":{\"a\":1,\"dns\":[\"192.0.2.1\"],\"o\":{\"x\":null}}}";

static uint64_t stamp(void *ctx, const char *name)
{
	(void)ctx;
	return !strcmp(name, "inc") || !strcmp(name, "base") || !strcmp(name, "self");
}

static int load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	(void)ctx;
	(void)err;
	if (!strcmp(name, "inc"))
		strbuf_adds(
			ret, "{% macro m(a, b=2) %}{{ a }}{{ caller() }}{% endmacro %}{{ name }}");
	else if (!strcmp(name, "base"))
		strbuf_adds(
			ret, "{% block one %}1{% endblock %}{% block two scoped %}2{% endblock %}");
	else
		strbuf_adds(ret, "{% include 'self' %}");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct template_options options = {
		.trim_blocks = size & 1,
		.lstrip_blocks = size & 2,
		.max_output = 20000,
		.max_steps = 20000,
	};
	struct template_loader loader = {.stamp = stamp, .load = load};
	struct template_env *env = template_env_new(&options, &loader);
	autojson json_t *json = json_parse(variables, strlen(variables), NULL);
	struct template_vars vars = template_vars_json(json);
	autostrbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (template_render_text(env, "fuzz", (const char *)bytes, size, &vars, &out, &err) < 0 &&
		(err.code == ERR_NONE || !*err.msg || out.len))
		abort();
	template_env_free(env);
	return 0;
}
