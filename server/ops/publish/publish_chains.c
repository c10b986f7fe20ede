#include "ops/publish/publish_chains.h"

#include "boot/formats.h"
#include "model/types.h"

#include <string.h>

void publish_chains_done(struct publish_chains *chains)
{
	for (size_t i = 0; i < chains->n; i++)
		chain_free(chains->profile[i]);
	free(chains->profile);
	chain_free(chains->settings);
}

int publish_chains_load(struct server *server, struct publish_chains *ret, struct err *err)
{
	struct publish_chains chains = {.server = server};
	autostrv names = STRV_INIT;

	if (chain_load(server, &settings_type, settings_type.name, &chains.settings, err) < 0)
		return -1;
	if (db_item_names(server->db, &profile_type, &names, err) < 0) {
		publish_chains_done(&chains);
		return -1;
	}
	chains.profile = xcalloc(names.n + 1, sizeof(struct chain *));
	strv_for_each (name, &names) {
		if (chain_load(server, &profile_type, name, &chains.profile[chains.n], err) < 0) {
			err_wrap(err, "profile '%s'", name);
			publish_chains_done(&chains);
			return -1;
		}
		chains.n++;
	}
	*ret = chains;
	return 0;
}

static const char *name_of(const struct chain *chain)
{
	return chain_end(chain)->item->name;
}

static const struct chain *find_profile(const struct publish_chains *chains, const char *name)
{
	size_t low = 0;
	size_t high = chains->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name_of(chains->profile[middle]), name);

		if (order == 0)
			return chains->profile[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

int system_chain_make(const struct publish_chains *chains, const struct item *system,
	struct system_chain *ret, struct err *err)
{
	const struct system *own = (const struct system *)system;
	const struct chain *profile = find_profile(chains, own->profile ? own->profile : "");

	*ret = (struct system_chain){.resolved = NULL};
	/* another site than its profile's; an image has no chain that is shared */
	if (own->server || own->next_server_v4 || (own->image && *own->image)) {
		if (chain_of_take(chains->server, item_copy(system), &ret->own, err) < 0)
			return -1;
		ret->site = &ret->own->site;
		return 0;
	}
	if (!profile)
		return err_set(err, ERR_STALE,
			"system '%s': its profile '%s' appeared just now; try again", system->name,
			own->profile ? own->profile : "");
	ret->site = &profile->site;
	ret->resolved = resolve(chains->server->fallbacks, chain_end(profile), system);
	return 0;
}

void system_chain_done(struct system_chain *chain)
{
	resolved_free(chain->resolved);
	chain_free(chain->own);
}

static uint64_t frozen_stamp(void *ctx, const char *name)
{
	struct frozen_templates *templates = ctx;

	for (size_t i = 0; i < templates->names.n; i++)
		if (strcmp(templates->names.v[i], name) == 0)
			return templates->stamp[i];
	strv_add(&templates->names, name);
	templates->stamp =
		xreallocarray(templates->stamp, templates->names.n, sizeof(*templates->stamp));
	templates->stamp[templates->names.n - 1] =
		templates->loader.stamp(templates->loader.ctx, name);
	return templates->stamp[templates->names.n - 1];
}

static int frozen_load(void *ctx, const char *name, struct strbuf *ret, struct err *err)
{
	struct frozen_templates *templates = ctx;

	return templates->loader.load(templates->loader.ctx, name, ret, err);
}

struct template_env *frozen_templates_env(struct server *server, struct frozen_templates *templates)
{
	const struct template_loader loader = {
		.stamp = frozen_stamp, .load = frozen_load, .ctx = templates};

	*templates =
		(struct frozen_templates){.loader = template_folder_loader(&server->boot_folder)};
	return template_env_new(&boot_template_options, &loader);
}

void frozen_templates_done(struct frozen_templates *templates)
{
	strv_done(&templates->names);
	free(templates->stamp);
}
