/*
 * The chains of one publishing: every profile is loaded and resolved once, and ten thousand systems
 * share them. Templates are looked at once, too, so that all files come from the same ones.
 */
#ifndef OPS_PUBLISH_CHAINS_H
#define OPS_PUBLISH_CHAINS_H

#include "ops/query/chain.h"

struct publish_chains {
	struct server *server;
	struct chain *settings;
	struct chain **profile; /* by name */
	size_t n;
};

int publish_chains_load(struct server *server, struct publish_chains *ret, struct err *err);
void publish_chains_done(struct publish_chains *chains);

/* A system resolved on the chain of its profile. */
struct system_chain {
	struct resolved *resolved;
	const struct boot_site *site;
	struct chain *own; /* where the system names servers of its own */
};
int system_chain_make(const struct publish_chains *chains, const struct item *system,
	struct system_chain *ret, struct err *err);
void system_chain_done(struct system_chain *chain);

/* The templates as they are now, each looked at once. `stamps` must outlive the environment. */
struct frozen_templates {
	struct template_loader loader;
	struct strv names;
	uint64_t *stamp;
};
struct template_env *frozen_templates_env(
	struct server *server, struct frozen_templates *templates);
void frozen_templates_done(struct frozen_templates *templates);

#endif
