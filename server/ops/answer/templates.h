/*
 * Where answer files' templates come from: the store's templates and snippets first, then
 * STATE/kickstarts, then SHARE/kickstarts. A name is a template's; else, with or without
 * "snippets/" before it, a snippet's, whose text is that of the first of these that there is, as in
 * Cobbler, for the item that is rendered:
 *
 *   in the store            in a file
 *   NAME@system.SYSTEM      snippets/per_system/NAME/SYSTEM
 *   NAME@profile.PROFILE    snippets/per_profile/NAME/PROFILE    its own, then those it is under
 *   NAME@image.IMAGE        snippets/per_image/NAME/IMAGE
 *   NAME@distro.DISTRO      snippets/per_distro/NAME/DISTRO
 *   NAME                    snippets/NAME
 *
 * The loader's sources are files' names, and "store:template/NAME", "store:snippet/NAME".
 */
#ifndef OPS_TEMPLATES_H
#define OPS_TEMPLATES_H

#include "db/db.h"
#include "model/resolve.h"
#include "ops/answer/template_folder.h"

struct templates;

/* `db` and `folder` are borrowed. */
struct templates *templates_new(struct db *db, struct template_folder *folder);
void templates_free(struct templates *templates);

/* For the engine; the vars' subject is the struct resolved of the item that is rendered, or NULL.
 * The templates must outlive who uses it. */
struct template_loader templates_loader(struct templates *templates);
struct template_env *templates_env(struct templates *templates);

/* Changes when anything has changed of which an answer file could be made: at the very next call.
 * Costs one system call. */
struct templates_state {
	uint64_t files;
	int64_t stored;
};
struct templates_state templates_state(struct templates *templates);
static inline bool templates_state_equal(struct templates_state a, struct templates_state b)
{
	return a.files == b.files && a.stored == b.stored;
}

/* Whether an item's `autoinstall` may be this. */
bool templates_has(struct templates *templates, const char *name);
/* Adds the sources of all there are: stored ones, then files. */
void templates_list(struct templates *templates, struct strv *ret);
/* Appends the source that a name stands for where no item is rendered, also one that is not there.
 */
void templates_source(struct templates *templates, const char *name, struct strbuf *ret);
/* "network" for "store:snippet/network", a file's name for itself. */
const char *templates_source_name(const char *source);
/* True for a snippet: a part that no item names. */
bool templates_source_is_snippet(const char *source);
/* Appends the text of a source. ERR_NOT_FOUND. */
int templates_read(
	struct templates *templates, const char *source, struct strbuf *ret, struct err *err);
/* Appends the text that a source stands before: for a stored one the file's, for a file of the
 * state's the programs' own. ERR_NOT_FOUND: there is none. */
int templates_read_behind(
	struct templates *templates, const char *source, struct strbuf *ret, struct err *err);

#endif
