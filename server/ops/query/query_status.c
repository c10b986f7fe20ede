/* What the server is up to (query.h). */
#include "ops/query/query.h"

#include "base/json.h"
#include "ops/publish/sync.h"
#include "ops/supervise.h"

#define VERSION_TEXT "0.1"

static int count_items(struct server *server, json_t *counts, struct err *err)
{
	for (size_t kind = 0; kind < ITEM_KINDS; kind++) {
		const struct item_type *type = item_types[kind];
		int64_t n;

		if (!item_type_is_listed(type))
			continue;
		if (db_count(server->db, type, &n, err) < 0)
			return -1;
		json_object_set_new(counts, type->plural, json_integer(n));
	}
	return 0;
}

static int count_installs(struct server *server, json_t *counts, struct err *err)
{
	static const char *const states[] = {INSTALL_STARTED, INSTALL_FINISHED, INSTALL_GAVE_UP};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		int64_t n;

		if (db_install_count(server->db, states[i], &n, err) < 0)
			return -1;
		json_object_set_new(counts, states[i], json_integer(n));
	}
	return 0;
}

/* A supervisor that does not answer is something that a status has to show, not to die of. */
static json_t *services_json(struct server *server)
{
	struct err err = ERR_INIT;
	json_t *services;

	if (!server->config.managed)
		return json_string("external");
	if (supervise_status(server->config.supervisor, &services, &err) < 0)
		return json_sprintf("not known: %s", err.msg);
	return services;
}

int query_status(struct server *server, json_t **ret, struct err *err)
{
	autojson json_t *counts = json_object();
	autojson json_t *installs = json_object();

	if (count_items(server, counts, err) < 0 || count_installs(server, installs, err) < 0)
		return -1;
	*ret = json_object();
	json_set_str(*ret, "version", VERSION_TEXT);
	json_object_set_new(*ret, "revision", json_integer(db_revision(server->db)));
	json_object_set_new(*ret, "published", sync_published(server));
	json_object_set(*ret, "counts", counts);
	json_object_set(*ret, "installs", installs);
	json_object_set_new(*ret, "services", services_json(server));
	return 0;
}
