/* What is said of an installation (install.h). */
#include "ops/install/install.h"

#include "base/json.h"

#include <string.h>

static json_t *time_json(double time)
{
	return time > 0 ? json_real(time) : json_null();
}

json_t *install_json(const struct db_install *install)
{
	json_t *object = json_object();

	json_set_str(object, "system", install->system);
	json_set_str(object, "state", *install->state ? install->state : "none");
	json_object_set_new(object, "armed", json_boolean(install->armed));
	json_object_set_new(object, "tries", json_integer(install->tries));
	json_object_set_new(object, "first", time_json(install->first));
	json_object_set_new(object, "started", time_json(install->started));
	json_object_set_new(object, "finished", time_json(install->finished));
	json_object_set_new(object, "hours", json_real(install->age / 3600));
	json_set_str(object, "why", install->why);
	return object;
}

void install_advice(const struct db_install *install, struct strbuf *problem, struct strbuf *advice)
{
	strbuf_addf(problem, "the installation of '%s' was given up: %s", install->system,
		install->why);
	strbuf_addf(advice,
		"look at its console; to install it again: bootwright system reinstall %s; where "
		"all is well and only the report did not come: bootwright system reinstall "
		"--cancel %s",
		install->system, install->system);
}
