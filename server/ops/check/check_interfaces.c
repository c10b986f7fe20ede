#include "ops/check/check_interfaces.h"

#include "model/types.h"

struct lacking {
	struct strbuf *problem;
	struct strbuf *advice;
	size_t n;
};

static int look_at(void *ctx, struct item *system, struct err *err)
{
	struct lacking *lacking = ctx;

	(void)err;
	for (size_t i = 0; i < system->children; i++) {
		const struct interface *card = (const struct interface *)system->child[i];
		const char *master = card->interface_master;

		if (!master || !*master || item_child(system, master) || lacking->n++ > 0)
			continue;
		strbuf_addf(lacking->problem,
			"system '%s': the interface_master of '%s' is '%s', which it does not have",
			system->name, system->child[i]->name, master);
		strbuf_addf(lacking->advice,
			"bootwright system edit %s --interface=%s --interface-type=bond, or mend "
			"--interface-master of %s",
			system->name, master, system->child[i]->name);
	}
	return 0;
}

bool interfaces_lack_master(struct server *server, struct strbuf *problem, struct strbuf *advice)
{
	struct lacking lacking = {.problem = problem, .advice = advice};
	const struct db_filter named = {.field = item_field(&interface_type, "interface_master"),
		.compare = DB_NOT,
		.text = ""};
	const struct db_query query = {.type = &system_type, .filter = &named, .filters = 1};

	if (db_item_list(server->db, &query, look_at, &lacking, NULL) < 0)
		return false;
	if (lacking.n > 1)
		strbuf_addf(problem, ", and %zu more such interfaces", lacking.n - 1);
	return lacking.n > 0;
}
