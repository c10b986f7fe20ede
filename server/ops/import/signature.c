/* Reading signatures: what a file of them may hold. How one is compared: signature_match.c. */
#include "ops/import/signature.h"

#include "base/file.h"

#include <string.h>

enum { FILE_LIMIT = 64 << 10 };

/* Members of a signature. `of` is what an array holds. */
static const struct member {
	const char *name;
	json_type type;
	json_type of;
	bool required;
} members[] = {
	{"name", JSON_STRING, JSON_NULL, true},
	{"title", JSON_STRING, JSON_NULL, true},
	{"looks_for", JSON_STRING, JSON_NULL, true},
	{"breed", JSON_STRING, JSON_NULL, true},
	{"autoinstall", JSON_STRING, JSON_NULL, false},
	{"autoinstall_meta", JSON_OBJECT, JSON_NULL, false},
	{"note", JSON_STRING, JSON_NULL, false},
	{"roots", JSON_ARRAY, JSON_STRING, false},
	{"choices", JSON_ARRAY, JSON_ARRAY, false},
	{"facts", JSON_ARRAY, JSON_OBJECT, false},
	{"unless", JSON_OBJECT, JSON_NULL, false},
	{"arch", JSON_STRING, JSON_NULL, true},
	{"os_version", JSON_STRING, JSON_NULL, false},
	{"files", JSON_ARRAY, JSON_STRING, false},
	{"kernel", JSON_STRING, JSON_NULL, true},
	{"initrd", JSON_ARRAY, JSON_STRING, true},
	{"xen", JSON_OBJECT, JSON_NULL, false},
	{"efi", JSON_ARRAY, JSON_ARRAY, false},
	{"checksums", JSON_OBJECT, JSON_NULL, false},
};

static const char *type_name(json_type type)
{
	return type == JSON_STRING ? "text" : type == JSON_ARRAY ? "a list" : "an object";
}

static int check_elements(const struct member *member, const json_t *array, struct err *err)
{
	size_t i;
	json_t *element;

	json_array_foreach (array, i, element)
		if (json_typeof(element) != member->of)
			return err_set(err, ERR_INVALID, "'%s' must hold %s", member->name,
				type_name(member->of));
	return 0;
}

static int check_member(const struct member *member, const json_t *signature, struct err *err)
{
	const json_t *value = json_object_get(signature, member->name);

	if (!value && member->required)
		return err_set(err, ERR_INVALID, "'%s' is missing", member->name);
	if (!value)
		return 0;
	if (json_typeof(value) != member->type)
		return err_set(
			err, ERR_INVALID, "'%s' must be %s", member->name, type_name(member->type));
	return member->type == JSON_ARRAY ? check_elements(member, value, err) : 0;
}

static int check_known(json_t *signature, struct err *err)
{
	const char *names[ARRAY_SIZE(members)];
	const char *key;
	json_t *value;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		names[i] = members[i].name;
	json_object_foreach (signature, key, value) {
		const char *near = nearest_word(key, names, ARRAY_SIZE(names));

		(void)value;
		if (!near || strcmp(near, key) != 0)
			return err_set(err, ERR_INVALID, "unknown member '%.60s'%s%s%s", key,
				near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	return 0;
}

static int check_efi(const json_t *signature, struct err *err)
{
	size_t i, k;
	json_t *files;
	json_t *file;

	json_array_foreach (json_object_get(signature, "efi"), i, files)
		json_array_foreach (files, k, file)
			if (!json_is_string(file))
				return err_set(err, ERR_INVALID, "'efi' must hold lists of text");
	return 0;
}

static int check_signature(json_t *signature, struct err *err)
{
	if (!json_is_object(signature))
		return err_set(err, ERR_INVALID, "is no JSON object");
	if (check_known(signature, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (check_member(&members[i], signature, err) < 0)
			return -1;
	if (json_array_size(json_object_get(signature, "initrd")) > TREE_INITRDS)
		return err_set(err, ERR_INVALID, "'initrd' has more than %d", TREE_INITRDS);
	return check_efi(signature, err);
}

/* By file name, so that a later folder's file replaces an earlier one's. */
static int load_file(void *ctx, const struct file_walk_entry *entry, struct err *err)
{
	json_t *by_name = ctx;
	const char *dot = strrchr(entry->name, '.');
	autostrbuf text = STRBUF_INIT;
	autojson json_t *signature = NULL;

	if (!dot || strcmp(dot, ".json") != 0 || entry->name[0] == '.' || strchr(entry->path, '/'))
		return 0;
	if (file_read(entry->dirfd, entry->name, FILE_LIMIT, &text, err) < 0)
		return -1;
	signature = json_parse(text.buf, text.len, err);
	if (!signature || check_signature(signature, err) < 0)
		return err_wrap(err, "signature '%s'", entry->name);
	json_object_set(by_name, entry->name, signature);
	return 0;
}

int signatures_load(const int *folders, size_t n, json_t **ret, struct err *err)
{
	autojson json_t *by_name = json_object();
	autostrv names = STRV_INIT;
	json_t *list;
	const char *name;
	json_t *signature;

	for (size_t i = 0; i < n; i++)
		if (folders[i] >= 0 && file_walk(folders[i], ".", load_file, by_name, err) < 0)
			return -1;
	json_object_foreach (by_name, name, signature)
		strv_add(&names, name);
	if (!names.n)
		return err_set(err, ERR_NOT_FOUND,
			"no signatures are installed (share folder, profiles/signatures/*.json)");
	strv_sort(&names);
	list = json_array();
	for (size_t i = 0; i < names.n; i++)
		json_array_append(list, json_object_get(by_name, names.v[i]));
	*ret = list;
	return 0;
}
