/* A random run: where it is, and the random bodies that its steps make. Part of test_property.c. */
#ifndef TESTS_OPS_PROPERTY_RUN_H
#define TESTS_OPS_PROPERTY_RUN_H

#include "ops_support.h"
#include "property_model.h"

enum { STEPS = 10000, COMPARE_EVERY = 250, RECORDS = 256, IDS = 20000 };

/* A revision that changed one item alone. */
struct record {
	int64_t revision;
	int id;
	const struct item_type *type;
	char name[32];  /* before it, or after where it was new */
	json_t *before; /* NULL: it was new */
	bool renamed;
};

struct run {
	struct bench *bench;
	uint64_t random;
	struct model model;
	struct model next; /* what the step should make of it */
	unsigned errors;   /* that the step may end with; 0: it must succeed */
	int ids;
	int64_t last_change[IDS]; /* by id: the revision after the last step that changed it */
	int64_t known_since[IDS]; /* by id: what that was when all was compared last */
	char uid[IDS][33];
	json_t *version; /* "type/name": the last one seen */
	struct record record[RECORDS];
	size_t records;
	size_t step, succeeded;
	char what[256]; /* the step, for messages */
};

static const struct item_type *const types[] = {
	&group_type, &repo_type, &menu_type, &distro_type, &profile_type, &system_type};
static const unsigned names[] = {4, 4, 5, 3, 7, 14};

static unsigned pick(struct run *run, unsigned n)
{
	run->random ^= run->random << 13; /* xorshift */
	run->random ^= run->random >> 7;
	run->random ^= run->random << 17;
	return (unsigned)((run->random >> 11) % n);
}

static bool chance(struct run *run, unsigned percent)
{
	return pick(run, 100) < percent;
}

static unsigned place_of(const struct item_type *type)
{
	unsigned i = 0;

	while (types[i] != type)
		i++;
	return i;
}

static const char *some_name(struct run *run, const struct item_type *type, char ret[32])
{
	snprintf(ret, 32, "%c%u", type->name[0], pick(run, names[place_of(type)]));
	return ret;
}

/* Bodies */

static void add_text(struct run *run, json_t *body, const char *key, const char *before)
{
	autofree char *text = xasprintf("%s%u", before, pick(run, 4));

	json_object_set_new(body, key, json_string(text));
}

static void add_ref(struct run *run, json_t *body, const char *key, const struct item_type *type)
{
	char name[32];

	json_object_set_new(body, key, json_string(some_name(run, type, name)));
}

static void add_refs(struct run *run, json_t *body, const char *key, const struct item_type *type)
{
	json_t *list = json_array();
	char name[32];

	for (unsigned i = pick(run, 3); i-- > 0;)
		if (!list_has(list, some_name(run, type, name)))
			json_array_append_new(list, json_string(name));
	json_object_set_new(body, key, list);
}

static void add_cards(struct run *run, json_t *body)
{
	json_t *cards = json_object();

	for (unsigned i = pick(run, 3); i-- > 0;) {
		autofree char *name = xasprintf("eth%u", pick(run, 3));
		autofree char *mac = xasprintf("52:54:00:00:00:%02x", pick(run, 24));
		json_t *card = json_object();

		if (chance(run, 80))
			json_object_set_new(card, "mac_address", json_string(mac));
		if (chance(run, 30))
			json_object_set_new(card, "mtu", json_integer(1400 + pick(run, 4)));
		json_object_set_new(cards, name, card);
	}
	json_object_set_new(body, "interfaces", cards);
}

static void add_profile(struct run *run, json_t *body)
{
	unsigned kind = pick(run, 20);

	if (kind >= 10 || kind == 0)
		add_ref(run, body, "distro", &distro_type);
	if (kind > 1 && kind < 10)
		add_ref(run, body, "parent", &profile_type);
	if (kind == 0)
		add_ref(run, body, "parent", &profile_type);
	if (chance(run, 40))
		add_refs(run, body, "repos", &repo_type);
	if (chance(run, 40))
		add_ref(run, body, "menu", &menu_type);
	if (chance(run, 40))
		json_object_set_new(body, "virt_ram", json_integer(512 + pick(run, 4)));
}

static void add_system(struct run *run, json_t *body)
{
	if (chance(run, 97))
		add_ref(run, body, "profile", &profile_type);
	if (chance(run, 50))
		add_refs(run, body, "groups", &group_type);
	if (chance(run, 60))
		add_cards(run, body);
	if (chance(run, 10))
		json_object_set_new(body, "protected", json_boolean(chance(run, 70)));
}

static json_t *random_body(struct run *run, const struct item_type *type)
{
	json_t *body = json_object();

	if (chance(run, 60))
		add_text(run, body, "comment", "c");
	if (type == &repo_type)
		add_text(run, body, "mirror", "http://x.example/");
	if (type == &menu_type && chance(run, 60))
		add_ref(run, body, "parent", &menu_type);
	if (type == &distro_type) {
		json_object_set_new(body, "kernel", json_string(run->bench->kernel));
		json_object_set_new(body, "initrd", json_pack("[s]", run->bench->initrd));
	}
	if (type == &profile_type)
		add_profile(run, body);
	if (type == &system_type)
		add_system(run, body);
	return body;
}

/* Some members of a body, some of them unset; nothing that is required goes. */
static json_t *random_patch(struct run *run, const struct item_type *type)
{
	json_t *patch = random_body(run, type);
	json_t *cards = json_object_get(patch, "interfaces");
	const char *key;
	json_t *value;
	void *next;

	json_object_foreach_safe(cards, next, key, value) if (chance(run, 30))
		json_object_set_new(cards, key, json_null());
	json_object_foreach_safe(patch, next, key, value)
	{
		bool required = type == &repo_type || type == &distro_type;

		if (chance(run, 30))
			json_object_del(patch, key);
		else if (!required && chance(run, 20))
			json_object_set_new(patch, key, json_null());
	}
	return patch;
}

#endif
