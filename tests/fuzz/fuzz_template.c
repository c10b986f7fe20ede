/* Any bytes as a template: parsing and rendering must end, within bounds and soon. */
#include "template/template.h"

#include "base/json.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

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

/*
 * Most inputs get small bounds, so that many fit in a second. One in 64 gets the server's own, but
 * for the time: whatever the template does, the engine has to notice soon that it is over.
 */
static struct template_options options_of(const uint8_t *bytes, size_t size)
{
	struct template_options options = {
		.trim_blocks = size & 1,
		.lstrip_blocks = size & 2,
		.max_output = 20000,
		.max_steps = 20000,
	};
	unsigned sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = sum * 31 + bytes[i];
	if (sum % 64 == 0) {
		options.max_output = 0;
		options.max_steps = 0;
		options.max_ms = 50;
	}
	return options;
}

static json_t *fixed_variables(void)
{
	static json_t *json;

	if (!json)
		json = json_parse(variables, strlen(variables), NULL);
	return json;
}

static double processor_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Sanitizers make code several times slower, so the time is judged by the build without them. */
static void check_time(double ms)
{
#ifdef FUZZ_FAST
	if (ms > 100) {
		fprintf(stderr, "rendering took %.0f ms\n", ms);
		abort();
	}
#else
	(void)ms;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct template_options options = options_of(bytes, size);
	struct template_loader loader = {.stamp = stamp, .load = load};
	struct template_env *env = template_env_new(&options, &loader);
	struct template_vars vars = template_vars_json(fixed_variables());
	autostrbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;
	double start = processor_ms();

	if (template_render_text(env, "fuzz", (const char *)bytes, size, &vars, &out, &err) < 0 &&
		(err.code == ERR_NONE || !*err.msg || out.len))
		abort();
	check_time(processor_ms() - start);
	template_env_free(env);
	return 0;
}
