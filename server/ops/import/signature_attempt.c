#include "ops/import/signature_attempt.h"

#include "base/file.h"
#include "ops/import/pattern.h"
#include "ops/import/treeinfo.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

enum { FACT_FILE_LIMIT = 256 << 10 };

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
	strv_done(&tree->efi);
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
static bool conditions_hold(const struct attempt *attempt, json_t *conditions)
{
	const char *name;
	json_t *glob;

	json_object_foreach (conditions, name, glob) {
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

/* Loaders */

/* Where a medium has them, unless the signature says otherwise: shim, GRUB, shim's key manager.
 * Removable media have shim by UEFI's own name for a loader; letters' cases differ by vendor. */
static const char *const media[][3] = {
	{"EFI/BOOT/BOOT{EFI}.EFI", "EFI/BOOT/grub{efi}.efi", "EFI/BOOT/mm{efi}.efi"},
	{"EFI/boot/boot{efi}.efi", "EFI/boot/grub{efi}.efi", "EFI/boot/mm{efi}.efi"},
	{"EFI/BOOT/boot{efi}.efi", "EFI/BOOT/grub{efi}.efi", "EFI/BOOT/mm{efi}.efi"},
	{"EFI/BOOT/boot{efi}.efi", "EFI/BOOT/grub.efi", "EFI/BOOT/MokManager.efi"}, /* SUSE */
};

static json_t *media_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(media); i++)
		json_array_append_new(
			list, json_pack("[s,s,s]", media[i][0], media[i][1], media[i][2]));
	return list;
}

/* {efi} and {EFI} as UEFI writes the architecture. */
static void add_efi_facts(const char *arch, struct opt_map *ret)
{
	bool arm = strcmp(arch, "aarch64") == 0;

	if (!arm && strcmp(arch, "x86_64") != 0)
		return;
	map_add(ret, "efi", arm ? "aa64" : "x64");
	map_add(ret, "EFI", arm ? "AA64" : "X64");
}

/* The first two must be there, of the others those that are. */
static void find_loaders(const struct attempt *attempt, const struct opt_map *facts,
	const json_t *files, struct strv *ret)
{
	size_t i;
	json_t *pattern;

	json_array_foreach (json_mutable(files), i, pattern) {
		const char *text = json_string_value(pattern);
		autostrbuf path = STRBUF_INIT;

		if (i == TREE_LOADERS)
			return;
		if (text && pattern_expand(text, facts, &path, NULL) &&
			has_file(attempt, path.buf)) {
			strv_add(ret, path.buf);
		} else if (i < 2) {
			strv_done(ret);
			*ret = (struct strv)STRV_INIT;
			return;
		}
	}
}

static void find_efi(const struct attempt *attempt, const char *arch, struct strv *ret)
{
	autojson json_t *elsewhere = media_json();
	const json_t *own = json_object_get(attempt->signature, "efi");
	struct opt_map facts = {.set = true};
	size_t i;
	json_t *files;

	map_merge(&attempt->facts, &(struct opt_map){.set = true}, &facts);
	add_efi_facts(arch, &facts);
	json_array_foreach (json_mutable(own ? own : elsewhere), i, files)
		if (!ret->n)
			find_loaders(attempt, &facts, files, ret);
	map_clear(&facts);
}

/* Results */

static char *text_of(const json_t *signature, const char *member)
{
	const char *text = json_get_str(signature, member);

	return xstrdup(text ? text : "");
}

/* The member expanded; "" where a fact is missing. */
static char *expanded(const struct attempt *attempt, const char *member)
{
	const char *pattern = json_get_str(attempt->signature, member);
	autostrbuf text = STRBUF_INIT;

	if (pattern)
		pattern_expand(pattern, &attempt->facts, &text, NULL);
	return strbuf_take(&text);
}

/* The same in lower case. */
static char *word_of(const struct attempt *attempt, const char *member)
{
	char *word = expanded(attempt, member);

	for (char *p = word; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return word;
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

struct tree *attempt_tree(const struct attempt *attempt, const char *root)
{
	struct tree *tree = xcalloc(1, sizeof(*tree));
	const json_t *signature = attempt->signature;

	tree->signature = text_of(signature, "name");
	tree->title = text_of(signature, "title");
	tree->root = xstrdup(root);
	tree->arch = arch_of(attempt);
	tree->breed = text_of(signature, "breed");
	tree->os_version = word_of(attempt, "os_version");
	tree->autoinstall = expanded(attempt, "autoinstall");
	tree->note = text_of(signature, "note");
	add_meta(signature, &tree->meta);
	find_boot(attempt, signature, &tree->install);
	find_boot(attempt, json_object_get(signature, "xen"), &tree->xen);
	find_efi(attempt, tree->arch, &tree->efi);
	return tree;
}

void attempt_make(struct attempt *attempt)
{
	size_t i;
	json_t *fact;

	json_array_foreach (json_object_get(attempt->signature, "facts"), i, fact)
		find_fact(attempt, fact);
	want_files(attempt);
}

void attempt_done(struct attempt *attempt)
{
	map_clear(&attempt->facts);
	strbuf_done(&attempt->missing);
}

const char *attempt_excluded_by(const struct attempt *attempt)
{
	json_t *unless = json_object_get(attempt->signature, "unless");

	if (!json_object_size(unless) || !conditions_hold(attempt, unless))
		return NULL;
	return json_object_iter_key(json_object_iter(unless));
}
