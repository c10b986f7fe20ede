#include "ops/query/chain.h"

#include "model/types.h"
#include "ops/query/kept_chains.h"

#include <string.h>

static void free_repos(struct chain *chain)
{
	if (chain->kept && chain->repo == chain->kept->chain->repo)
		return;
	for (size_t i = 0; i < chain->repos; i++) {
		resolved_free(chain->repo_resolved[i]);
		item_free(chain->repo[i]);
	}
	free(chain->repo_resolved);
	free(chain->repo);
}

void chain_free(struct chain *chain)
{
	size_t kept;

	if (!chain)
		return;
	kept = chain->kept ? chain->kept->chain->n : 0;
	free_repos(chain);
	for (size_t i = chain->n; i-- > kept;)
		resolved_free(chain->resolved[i]);
	for (size_t i = kept; i < chain->n; i++)
		item_free(chain->item[i]);
	kept_chain_release(chain->kept);
	free(chain->base);
	free(chain);
}

/* The items from the last to the first, while the chain is being gathered. */
static int check_cycle(const struct chain *chain, enum item_kind kind, const char *name,
	const char *field, struct err *err)
{
	autostrbuf loop = STRBUF_INIT;
	bool found = false;

	for (size_t i = 0; i < chain->n; i++) {
		const struct item *item = chain->item[i];

		found |= item->type->kind == kind && strcmp(item->name, name) == 0;
		if (found)
			strbuf_addf(&loop, "'%s' → ", item->name);
	}
	if (found)
		return err_field(err, ERR_INVALID, field, "the %s would form a cycle: %s'%s'",
			item_types[kind]->plural, loop.buf, name);
	if (chain->n >= CHAIN_MAX - 1)
		return err_field(err, ERR_INVALID, field, "'%s' would be more than %d %s deep",
			chain->item[0]->name, CHAIN_MAX - 3,
			chain->item[chain->n - 1]->type->plural);
	return 0;
}

static const char *parent_field(const struct item *item, enum item_kind kind)
{
	for (size_t i = 0; i < item->type->n_fields; i++)
		if ((item->type->fields[i].flags & FIELD_PARENT) &&
			item->type->fields[i].ref == kind)
			return item->type->fields[i].name;
	return "parent";
}

static int load_parents(struct server *server, struct chain *chain, struct err *err)
{
	const struct item *item = chain->item[chain->n - 1];
	enum item_kind kind;
	const char *name;

	while (item_parent(item, &kind, &name)) {
		const char *field = parent_field(item, kind);
		struct item *parent;

		if (check_cycle(chain, kind, name, field, err) < 0)
			return -1;
		if (db_item_get(server->db, item_types[kind], name, &parent, err) < 0) {
			if (!err || err->code != ERR_NOT_FOUND)
				return -1;
			/* the item that was asked for is there; what it names is wrong */
			err->code = ERR_INVALID;
			snprintf(err->field, sizeof(err->field), "%s", field);
			return err_wrap(err, "%s", field);
		}
		chain->item[chain->n++] = parent;
		item = parent;
	}
	return 0;
}

static int load_settings(struct server *server, struct chain *chain, struct err *err)
{
	struct item *settings;

	if (chain->item[chain->n - 1]->type->kind == ITEM_SETTINGS)
		return 0;
	if (db_item_get(server->db, &settings_type, settings_type.name, &settings, err) < 0)
		return -1;
	chain->item[chain->n++] = settings;
	return 0;
}

static void reverse(struct chain *chain)
{
	for (size_t i = 0; i < chain->n / 2; i++) {
		struct item *item = chain->item[i];

		chain->item[i] = chain->item[chain->n - 1 - i];
		chain->item[chain->n - 1 - i] = item;
	}
}

static const char *or_else(const char *text, const char *other)
{
	return *text ? text : other;
}

/* "http://10.77.0.1:8080"; an IPv6 address gets its brackets. */
static char *base_url(const char *host, int64_t port)
{
	bool v6 = strchr(host, ':') && host[0] != '[';
	autofree char *suffix = port == 80 ? xstrdup("") : xasprintf(":%lld", (long long)port);

	return xasprintf("http://%s%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "", suffix);
}

static void resolve_from(const struct fallbacks *fallbacks, struct chain *chain, size_t first)
{
	for (size_t i = first; i < chain->n; i++)
		chain->resolved[i] =
			resolve(fallbacks, i ? chain->resolved[i - 1] : NULL, chain->item[i]);
}

static void make_site(const struct server *server, struct chain *chain)
{
	const struct settings *settings = (const struct settings *)chain->item[0];
	const struct resolved *end = chain_end(chain);
	int64_t port = settings->http_port.set ? settings->http_port.value
	                                       : (int64_t)server->config.boot_port;

	chain->site.host = or_else(resolved_str(end, "server"), "127.0.0.1");
	chain->site.next_server = or_else(resolved_str(end, "next_server_v4"), chain->site.host);
	chain->base = base_url(chain->site.host, port);
	chain->site.http_base = chain->base;
}

static int load_named_repos(
	struct server *server, const struct strv *names, struct chain *chain, struct err *err)
{
	chain->repo = xcalloc(names->n, sizeof(struct item *));
	chain->repo_resolved = xcalloc(names->n, sizeof(struct resolved *));
	strv_for_each (name, names) {
		struct item *repo;

		if (db_item_get(server->db, &repo_type, name, &repo, err) < 0) {
			if (err && err->code == ERR_NOT_FOUND)
				err->code = ERR_INVALID; /* it is not what was asked for */
			return err_wrap(err, "repos");
		}
		chain->repo[chain->repos] = repo;
		chain->repo_resolved[chain->repos++] =
			resolve(server->fallbacks, chain->resolved[0], repo);
	}
	return 0;
}

/* The repositories belong to the answer file as much as the profile that names them. */
static int load_repos(struct server *server, struct chain *chain, struct err *err)
{
	const struct strv *names = resolved_list(chain_end(chain), "repos");
	const struct chain *above = chain->kept ? chain->kept->chain : NULL;

	if (above && resolved_list(chain_end(above), "repos") == names) {
		chain->repo = above->repo;
		chain->repo_resolved = above->repo_resolved;
		chain->repos = above->repos;
	} else if (names->n && load_named_repos(server, names, chain, err) < 0) {
		return -1;
	}
	chain->site.repo = chain->repo_resolved;
	chain->site.repos = chain->repos;
	return 0;
}

/* Only systems do: nothing inherits from them, so that no chain can lead back to where it began.
 * False: what is above has to be loaded. */
static bool continue_kept(struct server *server, struct chain *chain)
{
	struct item *item = chain->item[0];
	struct kept_chain *kept;
	enum item_kind kind;
	const char *name;

	if (item->type->kind != ITEM_SYSTEM || !item_parent(item, &kind, &name))
		return false;
	if (kept_chain_get(server, item_types[kind], name, &kept, NULL) < 0)
		return false;
	if (kept->chain->n == CHAIN_MAX) {
		kept_chain_release(kept);
		return false;
	}
	chain->kept = kept;
	chain->n = kept->chain->n;
	memcpy(chain->item, kept->chain->item, chain->n * sizeof(struct item *));
	memcpy(chain->resolved, kept->chain->resolved, chain->n * sizeof(struct resolved *));
	chain->item[chain->n++] = item;
	return true;
}

static int load_above(struct server *server, struct chain *chain, struct err *err)
{
	if (load_parents(server, chain, err) < 0 || load_settings(server, chain, err) < 0)
		return -1;
	reverse(chain);
	return 0;
}

int chain_of_take(struct server *server, struct item *item, struct chain **ret, struct err *err)
{
	AUTO(chain) struct chain *chain = xcalloc(1, sizeof(*chain));

	chain->item[chain->n++] = item;
	if (!continue_kept(server, chain) && load_above(server, chain, err) < 0)
		return -1;
	resolve_from(server->fallbacks, chain, chain->kept ? chain->n - 1 : 0);
	make_site(server, chain);
	if (load_repos(server, chain, err) < 0)
		return -1;
	*ret = TAKE(chain);
	return 0;
}

static int load_once(struct server *server, const struct item_type *type, const char *name,
	struct chain **ret, struct err *err)
{
	struct item *item;

	if (db_item_get(server->db, type, name, &item, err) < 0)
		return -1;
	return chain_of_take(server, item, ret, err);
}

int chain_load(struct server *server, const struct item_type *type, const char *name,
	struct chain **ret, struct err *err)
{
	int64_t revision = db_revision(server->db);

	if (load_once(server, type, name, ret, err) == 0)
		return 0;
	/* a rename between two reads looks like a reference that leads nowhere */
	if (db_revision(server->db) == revision)
		return -1;
	return load_once(server, type, name, ret, err);
}
