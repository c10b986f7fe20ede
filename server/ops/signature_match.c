/* Comparing a folder with signatures: every choice of every signature is tried, and what came
 * nearest is remembered for the error. */
#include "base/file.h"
#include "ops/pattern.h"
#include "ops/signature.h"
#include "ops/treeinfo.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

enum { FACT_FILE_LIMIT = 256 << 10, TRIES_LIMIT = 1024 };

/* One signature with one way to choose, on one root. */
struct attempt {
	const json_t *signature;
	int folder; /* of the root */
	struct opt_map facts;
	size_t wanted; /* files */
	size_t present;
	struct strbuf missing; /* as text: "a, b" */
};

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

static void boot_done(struct tree_boot *boot)
{
	free(boot->kernel.path);
	free(boot->kernel.sha256);
	for (size_t i = 0; i < boot->initrds; i++) {
		free(boot->initrd[i].path);
		free(boot->initrd[i].sha256);
	}
	*boot = (struct tree_boot){.initrds = 0};
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	free(tree->signature);
	free(tree->title);
	free(tree->root);
	free(tree->arch);
	free(tree->breed);
	free(tree->os_version);
	free(tree->autoinstall);
	free(tree->note);
	map_clear(&tree->meta);
	boot_done(&tree->install);
	boot_done(&tree->xen);
	free(tree);
}

/* Facts */

static bool read_fact_file(const struct attempt *attempt, const char *pattern, struct strbuf *text)
{
	autostrbuf path = STRBUF_INIT;
	autoclose int fd = -1;
	struct stat st;

	if (!pattern || !pattern_expand(pattern, &attempt->facts, &path, NULL))
		return false;
	return file_open_beneath(attempt->folder, path.buf, &fd, &st, NULL) == 0 &&
	       S_ISREG(st.st_mode) &&
	       file_read(attempt->folder, path.buf, FACT_FILE_LIMIT, text, NULL) == 0 &&
	       strlen(text->buf) == text->len;
}

/* The value of a section's key in an INI file of the tree; yours, or NULL. */
static char *ini_value(const struct attempt *attempt, const json_t *where, const char *key)
{
	const char *section = json_get_str(where, "section");
	autostrbuf text = STRBUF_INIT;
	autostrbuf section_name = STRBUF_INIT;
	autotreeinfo struct treeinfo *treeinfo = NULL;
	const char *value;

	if (!section || !key || !pattern_expand(section, &attempt->facts, &section_name, NULL) ||
		!read_fact_file(attempt, json_get_str(where, "ini"), &text) ||
		treeinfo_parse(text.buf, text.len, &treeinfo, NULL) < 0)
		return NULL;
	value = treeinfo_get(treeinfo, section_name.buf, key);
	return value && *value ? xstrdup(value) : NULL;
}

/* True where each fact that `conditions` names matches its glob. */
static bool conditions_hold(const struct attempt *attempt, const json_t *conditions)
{
	const char *name;
	json_t *glob;

	json_object_foreach ((json_t *)(uintptr_t)conditions, name, glob) {
		const char *value = map_get(&attempt->facts, name);

		if (!value || !json_is_string(glob) ||
			fnmatch(json_string_value(glob), value, 0) != 0)
			return false;
	}
	return true;
}

/* One row of "facts"; profiles/README.md describes its kinds. */
static void find_fact(struct attempt *attempt, const json_t *fact)
{
	const char *name = json_get_str(fact, "name");
	const char *match = json_get_str(fact, "match");
	const char *of = json_get_str(fact, "of");
	const char *text = json_get_str(fact, "text");
	autostrbuf value = STRBUF_INIT;
	autofree char *ini = NULL;

	if (name && map_get(&attempt->facts, name))
		return;
	if (!conditions_hold(attempt, json_object_get(fact, "when")))
		return;
	if (match && of && map_get(&attempt->facts, of)) {
		autofree char *subject = xstrdup(map_get(&attempt->facts, of));

		pattern_match(match, subject, &attempt->facts);
	} else if (match && read_fact_file(attempt, json_get_str(fact, "file"), &value)) {
		pattern_match(match, value.buf, &attempt->facts);
	} else if (name && text && pattern_expand(text, &attempt->facts, &value, NULL)) {
		map_add(&attempt->facts, name, value.buf);
	} else if (name && (ini = ini_value(attempt, fact, json_get_str(fact, "key")))) {
		map_add(&attempt->facts, name, ini);
	}
}

/* Files */

static bool has_file(const struct attempt *attempt, const char *path)
{
	autoclose int fd = -1;
	struct stat st;

	return file_open_beneath(attempt->folder, path, &fd, &st, NULL) == 0 && S_ISREG(st.st_mode);
}

/* Expands the pattern and looks for the file; counts it and notes it where it is missing. */
static void want_file(struct attempt *attempt, const char *pattern)
{
	autostrbuf path = STRBUF_INIT;
	const char *comma = attempt->missing.len ? ", " : "";

	attempt->wanted++;
	if (!pattern_expand(pattern, &attempt->facts, &path, NULL))
		strbuf_addf(&attempt->missing, "%s%s", comma, pattern);
	else if (!has_file(attempt, path.buf))
		strbuf_addf(&attempt->missing, "%s%s", comma, path.buf);
	else
		attempt->present++;
}

static void want_files(struct attempt *attempt)
{
	const json_t *signature = attempt->signature;
	size_t i;
	json_t *pattern;

	json_array_foreach (json_object_get(signature, "files"), i, pattern)
		want_file(attempt, json_string_value(pattern));
	want_file(attempt, json_get_str(signature, "kernel"));
	json_array_foreach (json_object_get(signature, "initrd"), i, pattern)
		want_file(attempt, json_string_value(pattern));
}

/* What the tree itself says about the file's checksum: "sha256:…" in an INI file. */
static char *known_sha256(const struct attempt *attempt, const char *path)
{
	const json_t *checksums = json_object_get(attempt->signature, "checksums");
	autofree char *value = checksums ? ini_value(attempt, checksums, path) : NULL;

	if (!value || strncmp(value, "sha256:", 7) != 0)
		return NULL;
	return xstrdup(value + 7 + strspn(value + 7, " "));
}

static bool find_file(const struct attempt *attempt, const char *pattern, struct tree_file *ret)
{
	autostrbuf path = STRBUF_INIT;

	if (!pattern || !pattern_expand(pattern, &attempt->facts, &path, NULL) ||
		!has_file(attempt, path.buf))
		return false;
	ret->sha256 = known_sha256(attempt, path.buf);
	ret->path = strbuf_take(&path);
	return true;
}

/* `where` has members kernel and initrd: the signature itself, or its "xen". Where a file is
 * missing there is nothing to boot. */
static void find_boot(const struct attempt *attempt, const json_t *where, struct tree_boot *ret)
{
	size_t i;
	json_t *pattern;

	if (!find_file(attempt, json_get_str(where, "kernel"), &ret->kernel))
		return;
	json_array_foreach (json_object_get(where, "initrd"), i, pattern) {
		if (i == TREE_INITRDS ||
			!find_file(attempt, json_string_value(pattern), &ret->initrd[i])) {
			boot_done(ret);
			return;
		}
		ret->initrds++;
	}
}

/* Results */

static char *text_of(const json_t *signature, const char *member)
{
	const char *text = json_get_str(signature, member);

	return xstrdup(text ? text : "");
}

/* The member expanded, in lower case; "" where a fact is missing. */
static char *word_of(const struct attempt *attempt, const char *member)
{
	const char *pattern = json_get_str(attempt->signature, member);
	autostrbuf word = STRBUF_INIT;

	if (pattern)
		pattern_expand(pattern, &attempt->facts, &word, NULL);
	for (char *p = word.buf; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return strbuf_take(&word);
}

/* The model's names for what others call otherwise. */
static char *arch_of(const struct attempt *attempt)
{
	static const struct {
		const char *theirs;
		const char *ours;
	} names[] = {
		{"amd64", "x86_64"},
		{"arm64", "aarch64"},
		{"i486", "i386"},
		{"i586", "i386"},
		{"i686", "i386"},
		{"ppc64el", "ppc64le"},
	};
	autofree char *arch = word_of(attempt, "arch");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(arch, names[i].theirs) == 0)
			return xstrdup(names[i].ours);
	return TAKE(arch);
}

static void add_meta(const json_t *signature, struct opt_map *meta)
{
	const char *key;
	json_t *value;

	json_object_foreach (json_object_get(signature, "autoinstall_meta"), key, value)
		if (json_is_string(value))
			map_add(meta, key, json_string_value(value));
}

static struct tree *make_tree(const struct attempt *attempt, const char *root)
{
	struct tree *tree = xcalloc(1, sizeof(*tree));
	const json_t *signature = attempt->signature;

	tree->signature = text_of(signature, "name");
	tree->title = text_of(signature, "title");
	tree->root = xstrdup(root);
	tree->arch = arch_of(attempt);
	tree->breed = text_of(signature, "breed");
	tree->os_version = word_of(attempt, "os_version");
	tree->autoinstall = text_of(signature, "autoinstall");
	tree->note = text_of(signature, "note");
	add_meta(signature, &tree->meta);
	find_boot(attempt, signature, &tree->install);
	find_boot(attempt, json_object_get(signature, "xen"), &tree->xen);
	return tree;
}

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

static bool is_excluded(const struct attempt *attempt)
{
	const json_t *unless = json_object_get(attempt->signature, "unless");

	return unless && conditions_hold(attempt, unless);
}

static void exclude(struct search *search, const struct attempt *attempt)
{
	const json_t *unless = json_object_get(attempt->signature, "unless");
	const char *fact = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)unless));

	if (attempt->present == attempt->wanted && !search->excluded.len)
		strbuf_addf(&search->excluded, "'%s' is none for %s '%s'",
			json_get_str(attempt->signature, "name"), fact,
			map_get(&attempt->facts, fact));
}

static void try_root(struct search *search, const json_t *signature, const struct opt_map *chosen,
	const char *pattern)
{
	struct attempt attempt = {.signature = signature, .missing = STRBUF_INIT};
	autostrbuf root = STRBUF_INIT;
	autoclose int folder = -1;
	struct stat st;
	size_t i;
	json_t *fact;

	if (!pattern_expand(pattern, chosen, &root, NULL))
		return;
	if (strcmp(root.buf, ".") == 0)
		attempt.folder = search->folder;
	else if (file_open_beneath(search->folder, root.buf, &folder, &st, NULL) == 0 &&
		 S_ISDIR(st.st_mode))
		attempt.folder = folder;
	else
		return;
	map_merge(chosen, &(struct opt_map){.set = true}, &attempt.facts);
	json_array_foreach (json_object_get(signature, "facts"), i, fact)
		find_fact(&attempt, fact);
	want_files(&attempt);
	if (is_excluded(&attempt))
		exclude(search, &attempt);
	else if (attempt.present == attempt.wanted)
		keep_better(search, make_tree(&attempt, root.buf), attempt.wanted);
	else
		keep_nearer(search, &attempt, root.buf);
	map_clear(&attempt.facts);
	strbuf_done(&attempt.missing);
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
