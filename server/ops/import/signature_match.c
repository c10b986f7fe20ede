/* Comparing a folder with signatures: every choice of every signature is tried, and what came
 * nearest is remembered for the error. */
#include "base/file.h"
#include "ops/import/pattern.h"
#include "ops/import/signature_attempt.h"

#include <string.h>

enum { TRIES_LIMIT = 1024 };

struct search {
	int folder;
	const char *arch;
	const char *os_version;
	size_t tries;
	struct tree *best;
	size_t best_files;
	bool best_is_wanted; /* its os_version is the one asked for */
	/* What came nearest of those that do not fit. */
	const char *near_title;
	size_t near_present;
	size_t near_wanted;
	struct strbuf near_missing;
	struct strbuf other_arch;
	struct strbuf excluded; /* what an "unless" said no to */
};

/* Keeps the tree where it fits better than the one found before. */
static void keep_better(struct search *search, struct tree *tree_taken, size_t files)
{
	autotree struct tree *tree = tree_taken;
	bool wanted = *search->os_version && strcmp(tree->os_version, search->os_version) == 0;

	if (*search->arch && strcmp(search->arch, tree->arch) != 0) {
		if (!strstr(search->other_arch.buf, tree->arch))
			strbuf_addf(&search->other_arch, "%s%s", search->other_arch.len ? ", " : "",
				tree->arch);
		return;
	}
	if (search->best &&
		(wanted < search->best_is_wanted ||
			(wanted == search->best_is_wanted && files <= search->best_files)))
		return;
	tree_free(search->best);
	search->best = TAKE(tree);
	search->best_files = files;
	search->best_is_wanted = wanted;
}

static void keep_nearer(struct search *search, const struct attempt *attempt, const char *root)
{
	size_t misses = attempt->wanted - attempt->present;

	if (!attempt->present || attempt->present < search->near_present)
		return;
	if (attempt->present == search->near_present &&
		misses >= search->near_wanted - search->near_present)
		return;
	search->near_title = json_get_str(attempt->signature, "name");
	search->near_present = attempt->present;
	search->near_wanted = attempt->wanted;
	strbuf_reset(&search->near_missing);
	strbuf_adds(&search->near_missing, attempt->missing.buf);
	if (strcmp(root, ".") != 0)
		strbuf_addf(&search->near_missing, " in %s/", root);
}

static void keep_exclusion(struct search *search, const struct attempt *attempt, const char *fact)
{
	if (attempt_fits(attempt) && !search->excluded.len)
		strbuf_addf(&search->excluded, "'%s' is none for %s '%s'",
			json_get_str(attempt->signature, "name"), fact,
			map_get(&attempt->facts, fact));
}

static void judge(struct search *search, const struct attempt *attempt, const char *root)
{
	const char *fact = attempt_excluded_by(attempt);

	if (fact)
		keep_exclusion(search, attempt, fact);
	else if (attempt_fits(attempt))
		keep_better(search, attempt_tree(attempt, root), attempt->wanted);
	else
		keep_nearer(search, attempt, root);
}

static void try_root(struct search *search, const json_t *signature, const struct opt_map *chosen,
	const char *pattern)
{
	struct attempt attempt = {
		.signature = signature, .folder = search->folder, .missing = STRBUF_INIT};
	autostrbuf root = STRBUF_INIT;
	autoclose int folder = -1;
	struct stat st;

	if (!pattern_expand(pattern, chosen, &root, NULL))
		return;
	if (strcmp(root.buf, ".") != 0) {
		if (file_open_beneath(search->folder, root.buf, &folder, &st, NULL) < 0 ||
			!S_ISDIR(st.st_mode))
			return;
		attempt.folder = folder;
	}
	map_merge(chosen, &(struct opt_map){.set = true}, &attempt.facts);
	attempt_make(&attempt);
	judge(search, &attempt, root.buf);
	attempt_done(&attempt);
}

static void try_choices(
	struct search *search, const json_t *signature, const struct opt_map *chosen)
{
	const json_t *roots = json_object_get(signature, "roots");
	size_t i;
	json_t *root;

	if (search->tries++ >= TRIES_LIMIT)
		return;
	if (!json_array_size(roots))
		try_root(search, signature, chosen, ".");
	json_array_foreach (roots, i, root)
		try_root(search, signature, chosen, json_string_value(root));
}

/* Goes through all ways to pick one object from each list of "choices". */
static void choose(
	struct search *search, const json_t *signature, size_t level, const struct opt_map *chosen)
{
	const json_t *list = json_array_get(json_object_get(signature, "choices"), level);
	size_t i;
	json_t *choice;

	if (!list) {
		try_choices(search, signature, chosen);
		return;
	}
	json_array_foreach (list, i, choice) {
		struct opt_map more = {.set = true};
		const char *key;
		json_t *value;

		map_merge(chosen, &(struct opt_map){.set = true}, &more);
		json_object_foreach (choice, key, value)
			map_add(&more, key, json_string_value(value));
		choose(search, signature, level + 1, &more);
		map_clear(&more);
	}
}

static int not_recognised(
	const struct search *search, const json_t *signatures, const char *path, struct err *err)
{
	autostrbuf looked = STRBUF_INIT;
	size_t i;
	json_t *signature;

	if (search->other_arch.len)
		return err_field(err, ERR_INVALID, "arch", "'%.200s' is a tree for %s, not for %s",
			path, search->other_arch.buf, search->arch);
	if (search->excluded.len)
		return err_set(err, ERR_INVALID,
			"'%.200s' is no distribution's tree that is known here: signature %.200s",
			path, search->excluded.buf);
	if (search->near_title)
		return err_set(err, ERR_INVALID,
			"'%.200s' is no distribution's tree that is known here; nearest is '%s', "
			"for which it lacks %.200s",
			path, search->near_title, search->near_missing.buf);
	json_array_foreach (signatures, i, signature)
		strbuf_addf(&looked, "%s%s", looked.len ? ", " : "",
			json_get_str(signature, "looks_for"));
	return err_set(err, ERR_INVALID,
		"'%.150s' is no distribution's tree that is known here: looked for %.300s", path,
		looked.buf);
}

int signatures_match(const json_t *signatures, int folder, const char *path, const char *arch,
	const char *os_version, struct tree **ret, struct err *err)
{
	struct search search = {.folder = folder,
		.arch = arch,
		.os_version = os_version,
		.near_missing = STRBUF_INIT,
		.other_arch = STRBUF_INIT,
		.excluded = STRBUF_INIT};
	size_t i;
	json_t *signature;
	int result = 0;

	json_array_foreach (signatures, i, signature) {
		search.tries = 0;
		choose(&search, signature, 0, &(struct opt_map){.set = true});
	}
	if (search.best)
		*ret = search.best;
	else
		result = not_recognised(&search, signatures, path, err);
	strbuf_done(&search.near_missing);
	strbuf_done(&search.other_arch);
	strbuf_done(&search.excluded);
	return result;
}
