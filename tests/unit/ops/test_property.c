/*
 * Random sequences of everything that can be done to items, against a model that knows only the
 * rules (property_model.h): the same answers, the same state, and at the end a whole database.
 * BW_SEED=N repeats a run, BW_STEPS=N makes it longer.
 */
#include "property_compare.h"

#include "ops/edit/apply.h"
#include "ops/edit/history.h"

/* Steps: each prepares `next` and `errors`, then does it. */

static void say(struct run *run, const char *verb, const struct item_type *type, const char *name)
{
	snprintf(run->what, sizeof(run->what), "step %zu: %s %s %s", run->step, verb, type->name,
		name);
}

static struct edit random_edit(struct run *run, const struct item_type *type, const char *name)
{
	struct edit edit = edit_of(type, name);

	edit.confirm = chance(run, 70);
	return edit;
}

/* Sometimes If-Match, sometimes a wrong one. */
static void expect_version(struct run *run, struct edit *edit)
{
	autofree char *key = xasprintf("%s/%s", edit->type->name, edit->name);
	int64_t version = json_integer_value(json_object_get(run->version, key));
	const struct model_item *item = model_find(&run->model, edit->type, edit->name);
	bool wrong = chance(run, 30);

	if (!item || chance(run, 60) || run->known_since[item->id] != run->last_change[item->id])
		return; /* its version is known again when all is compared */
	edit->expect = version + wrong;
	if (wrong)
		run->errors |= CAN_BE(ERR_STALE);
}

static int step_put(struct run *run, enum edit_how how, const char *verb, struct err *err)
{
	const struct item_type *type = types[pick(run, ARRAY_SIZE(types))];
	char name[32];
	struct edit edit = random_edit(run, type, some_name(run, type, name));
	struct model_item *item = model_find(&run->next, type, name);
	const struct model_item *was = model_find(&run->model, type, name);
	autojson json_t *body =
		how == EDIT_MERGE ? random_patch(run, type) : random_body(run, type);

	say(run, verb, type, name);
	if (how == EDIT_CREATE && item)
		run->errors |= CAN_BE(ERR_CONFLICT);
	if (how == EDIT_MERGE && !item)
		run->errors |= CAN_BE(ERR_NOT_FOUND);
	if (how != EDIT_CREATE)
		expect_version(run, &edit);
	if (item && how == EDIT_MERGE)
		model_set(item, model_tidy(model_merge(item->body, body)));
	else if (item)
		model_set(item, model_tidy(json_deep_copy(body)));
	else
		model_add(&run->next, type, name, run->ids++, model_tidy(model_merge(NULL, body)));
	if (was)
		run->errors |= model_check_protected(was, item, edit.confirm);
	run->errors |= model_check(&run->model, &run->next);
	return edit_item(run->bench->server, &edit, how, body, NULL, err);
}

static int step_create(struct run *run, struct err *err)
{
	return step_put(run, EDIT_CREATE, "create", err);
}

static int step_replace(struct run *run, struct err *err)
{
	return step_put(run, EDIT_REPLACE, "replace", err);
}

static int step_merge(struct run *run, struct err *err)
{
	return step_put(run, EDIT_MERGE, "merge", err);
}

static int step_delete(struct run *run, struct err *err)
{
	const struct item_type *type = types[pick(run, ARRAY_SIZE(types))];
	char name[32];
	struct edit edit = random_edit(run, type, some_name(run, type, name));
	struct model_item *item = model_find(&run->next, type, name);

	say(run, "delete", type, name);
	if (item) {
		expect_version(run, &edit);
		run->errors |= model_check_protected(item, NULL, edit.confirm);
		model_remove(&run->next, item);
		run->errors |= model_check(&run->model, &run->next);
	} else {
		run->errors = CAN_BE(ERR_NOT_FOUND);
	}
	return edit_delete(run->bench->server, &edit, err);
}

/* What inherits goes first, what only names it loses the name. */
static void model_remove_tree(
	struct run *run, const struct item_type *type, const char *name, size_t *touched)
{
	struct model *model = &run->next;
	struct model_item *item;

	for (size_t r = 0; r < ARRAY_SIZE(references); r++)
		for (size_t i = 0; i < model->n && references[r].to == type; i++) {
			const char *value = json_get_str(model->item[i].body, references[r].field);
			char user[32];

			if (model->item[i].type != references[r].from || !references[r].parent ||
				!value || strcmp(value, name) != 0)
				continue;
			snprintf(user, sizeof(user), "%s", model->item[i].name);
			model_remove_tree(run, references[r].from, user, touched);
			i = (size_t)-1; /* from the start: the array is another one */
		}
	model_redirect(model, type, name, NULL, touched);
	item = model_find(model, type, name);
	if (!item)
		return;
	*touched += json_is_true(json_object_get(item->body, "protected"));
	model_remove(model, item);
}

static int step_delete_tree(struct run *run, struct err *err)
{
	const struct item_type *type = types[pick(run, ARRAY_SIZE(types))];
	char name[32];
	struct edit edit = random_edit(run, type, some_name(run, type, name));
	size_t touched = 0;

	say(run, "delete tree of", type, name);
	if (!model_find(&run->next, type, name))
		run->errors = CAN_BE(ERR_NOT_FOUND);
	else
		model_remove_tree(run, type, name, &touched);
	if (touched && !edit.confirm)
		run->errors = CAN_BE(ERR_CONFLICT);
	return edit_delete_tree(run->bench->server, &edit, NULL, err);
}

static void drop_macs(json_t *body)
{
	const char *name;
	json_t *card;

	json_object_foreach (json_object_get(body, "interfaces"), name, card)
		json_object_del(card, "mac_address");
}

static int step_copy(struct run *run, struct err *err)
{
	const struct item_type *type = types[pick(run, ARRAY_SIZE(types))];
	char name[32];
	char other[32];
	struct edit edit = random_edit(run, type, some_name(run, type, name));
	const struct model_item *source = model_find(&run->model, type, name);
	autojson json_t *body = random_patch(run, type);
	autojson json_t *copy = NULL;

	some_name(run, type, other);
	json_object_set_new(body, "name", json_string(other));
	say(run, "copy", type, name);
	if (!source)
		run->errors |= CAN_BE(ERR_NOT_FOUND);
	if (model_find(&run->model, type, other))
		run->errors |= CAN_BE(ERR_CONFLICT);
	if (!run->errors) {
		copy = json_deep_copy(source->body);
		drop_macs(copy);
		json_object_del(body, "name");
		model_add(&run->next, type, other, run->ids++, model_tidy(model_merge(copy, body)));
		json_object_set_new(body, "name", json_string(other));
	}
	/* what else is wrong with a copy that cannot be made may be said instead */
	run->errors |= run->errors ? CAN_BE(ERR_INVALID) : model_check(&run->model, &run->next);
	return edit_copy(run->bench->server, &edit, body, NULL, err);
}

static int step_rename(struct run *run, struct err *err)
{
	const struct item_type *type = types[pick(run, ARRAY_SIZE(types))];
	char name[32];
	char other[32];
	struct edit edit = random_edit(run, type, some_name(run, type, name));
	struct model_item *item = model_find(&run->next, type, name);
	size_t touched = 0;

	some_name(run, type, other);
	say(run, "rename", type, name);
	if (!item) /* asked after its new name is */
		run->errors |= CAN_BE(ERR_NOT_FOUND) |
		               (strcmp(name, other) == 0 ? CAN_BE(ERR_CONFLICT) : 0);
	if (item && model_find(&run->model, type, other))
		run->errors |= CAN_BE(ERR_CONFLICT);
	if (item && !edit.confirm && json_is_true(json_object_get(item->body, "protected")))
		run->errors |= CAN_BE(ERR_CONFLICT);
	if (item && !run->errors) {
		snprintf(item->name, sizeof(item->name), "%s", other);
		model_redirect(&run->next, type, name, other, &touched);
	}
	return edit_rename(run->bench->server, &edit, other, NULL, err);
}

/* The state as it should be after a revision is undone. */
static void model_undo(struct run *run, const struct record *record, bool confirm)
{
	struct model_item *now = model_find_id(&run->next, record->id);
	const struct model_item *was = now ? model_find_id(&run->model, record->id) : NULL;
	char old[32] = "";
	size_t touched = 0;

	if (now)
		snprintf(old, sizeof(old), "%s", now->name);
	if (!record->before) {
		if (now)
			model_remove(&run->next, now);
	} else if (record->renamed) {
		if (!now)
			run->errors |= CAN_BE(ERR_CONFLICT);
		else if (strcmp(old, record->name) == 0)
			return;
		else if (model_find(&run->model, record->type, record->name))
			run->errors |= CAN_BE(ERR_CONFLICT);
		else
			snprintf(now->name, sizeof(now->name), "%s", record->name);
		if (now && !run->errors)
			model_redirect(&run->next, record->type, old, record->name, &touched);
	} else if (now) {
		model_set(now, json_incref(record->before));
	} else if (model_find(&run->model, record->type, record->name)) {
		/* another has its name; what else would be wrong may be said instead */
		run->errors |= CAN_BE(ERR_CONFLICT) | CAN_BE(ERR_INVALID);
	} else {
		model_add(&run->next, record->type, record->name, record->id,
			json_incref(record->before));
	}
	if (was)
		run->errors |=
			model_check_protected(was, model_find_id(&run->next, record->id), confirm);
	if (!record->renamed)
		run->errors |= model_check(&run->model, &run->next);
}

static int step_revert(struct run *run, struct err *err)
{
	struct revert revert = {.author = &tester,
		.confirm = chance(run, 70),
		.force = chance(run, 30),
		.all = chance(run, 30)};
	struct record record;

	if (!run->records)
		return step_create(run, err);
	record =
		run->record[pick(run, (unsigned)(run->records < RECORDS ? run->records : RECORDS))];
	revert.revision = record.revision;
	say(run, revert.force ? "revert --force" : "revert", record.type, record.name);
	if (!revert.force && run->last_change[record.id] != record.revision)
		run->errors |= CAN_BE(ERR_CONFLICT);
	model_undo(run, &record, revert.confirm);
	return history_revert(run->bench->server, &revert, NULL, err);
}

/* One type's part of a document, and of the state that it should make. */
static json_t *random_part(
	struct run *run, const struct item_type *type, const struct apply_options *options)
{
	json_t *list = json_array();
	autojson json_t *said = json_object();
	char name[32];

	for (unsigned i = pick(run, options->prune ? 6 : 4); i-- > 0;) {
		autojson json_t *body = NULL;
		struct model_item *item = model_find(&run->next, type, some_name(run, type, name));

		if (json_object_get(said, name))
			continue;
		body = item && chance(run, 40) ? json_deep_copy(item->body)
		                               : random_body(run, type);
		json_object_set_new(said, name, json_true());
		if (item)
			model_set(item, model_tidy(json_deep_copy(body)));
		else
			model_add(&run->next, type, name, run->ids++,
				model_tidy(json_deep_copy(body)));
		json_object_set_new(body, "name", json_string(name));
		json_array_append(list, body);
	}
	for (size_t i = run->next.n; options->prune && i-- > 0;)
		if (run->next.item[i].type == type &&
			!json_object_get(said, run->next.item[i].name))
			model_remove(&run->next, &run->next.item[i]);
	return list;
}

static int step_apply(struct run *run, struct err *err)
{
	const struct apply_options options = {.prune = chance(run, 30), .confirm = chance(run, 70)};
	autojson json_t *document = json_object();

	say(run, options.prune ? "apply --prune" : "apply", &group_type, "and others");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (chance(run, 40))
			json_object_set_new(
				document, types[i]->plural, random_part(run, types[i], &options));
	for (size_t i = 0; i < run->model.n; i++)
		run->errors |= model_check_protected(&run->model.item[i],
			model_find_id(&run->next, run->model.item[i].id), options.confirm);
	run->errors |= model_check(&run->model, &run->next);
	return apply_state(run->bench->server, &tester, document, &options, NULL, err);
}

static const struct {
	unsigned share;
	int (*step)(struct run *run, struct err *err);
} steps[] = {
	{22, step_create},
	{14, step_replace},
	{25, step_merge},
	{10, step_delete},
	{1, step_delete_tree},
	{7, step_copy},
	{8, step_rename},
	{9, step_revert},
	{4, step_apply},
};

/* After a step */

static void keep_record(struct run *run, const struct model_item *before,
	const struct model_item *after, int64_t revision)
{
	struct record *record = &run->record[run->records++ % RECORDS];
	const struct model_item *item = before ? before : after;

	json_decref(record->before);
	*record = (struct record){.revision = revision,
		.id = item->id,
		.type = item->type,
		.before = before ? json_incref(before->body) : NULL,
		.renamed = before && after && strcmp(before->name, after->name) != 0};
	snprintf(record->name, sizeof(record->name), "%s", item->name);
}

static bool same(const struct model_item *a, const struct model_item *b)
{
	return a && b && strcmp(a->name, b->name) == 0 && json_equal(a->body, b->body);
}

/* What has changed, by id; one item alone can be undone later. */
static void note_changes(struct run *run, int64_t revision_before)
{
	int64_t revision = db_revision(run->bench->server->db);
	struct model *const both[] = {&run->model, &run->next};
	const struct model_item *before = NULL;
	const struct model_item *after = NULL;
	size_t changed = 0;

	for (size_t m = 0; m < 2; m++)
		for (size_t i = 0; i < both[m]->n; i++) {
			int id = both[m]->item[i].id;
			const struct model_item *was = model_find_id(&run->model, id);
			const struct model_item *is = model_find_id(&run->next, id);

			if (same(was, is) || (m == 1 && was))
				continue;
			run->last_change[id] = revision;
			before = was;
			after = is;
			changed++;
		}
	if (changed == 1 && revision == revision_before + 1)
		keep_record(run, before, after, revision);
	else if ((revision == revision_before) != (changed == 0))
		fail_msg("%s: %zu items changed, but the revision went from %lld to %lld",
			run->what, changed, (long long)revision_before, (long long)revision);
}

static void one_step(struct run *run)
{
	int64_t revision = db_revision(run->bench->server->db);
	struct err err = ERR_INIT;
	unsigned at = pick(run, 100);
	size_t i = 0;
	int result;

	while (at >= steps[i].share)
		at -= steps[i++].share;
	model_copy(&run->next, &run->model);
	run->errors = 0;
	result = steps[i].step(run, &err);
	if (result < 0 && !(run->errors & CAN_BE(err.code)))
		fail_msg("%s: class %d: %s", run->what, err.code, err.msg);
	if (result == 0 && run->errors)
		fail_msg("%s: must not succeed (%#x)", run->what, run->errors);
	if (result == 0) {
		run->succeeded++;
		note_changes(run, revision);
		model_done(&run->model);
		run->model = run->next;
	} else {
		assert_int_equal(db_revision(run->bench->server->db), revision);
		model_done(&run->next);
	}
	assert_in_range(run->ids, 0, IDS - 64);
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static void test_random(void **state)
{
	struct run *run = xcalloc(1, sizeof(*run));
	uint64_t seed = number_from("BW_SEED", 1);
	size_t n = number_from("BW_STEPS", STEPS);

	print_message("BW_SEED=%llu BW_STEPS=%zu\n", (unsigned long long)seed, n);
	run->bench = *state;
	run->random = seed * 0x9e3779b97f4a7c15U + 1;
	run->version = json_object();
	run->ids = 1;
	for (run->step = 1; run->step <= n; run->step++) {
		one_step(run);
		if (run->step % COMPARE_EVERY == 0 || run->step == n)
			compare_all(run);
	}
	/* a sequence in which nothing works would show nothing */
	assert_in_range(run->succeeded, n / 4, n);
	print_message("%zu of %zu steps succeeded, %zu items\n", run->succeeded, n, run->model.n);
	server_close(TAKE(run->bench->server));
	check_database(run);
	model_done(&run->model);
	for (size_t i = 0; i < RECORDS; i++)
		json_decref(run->record[i].before);
	json_decref(run->version);
	free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random, bench_setup_in_memory, bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
