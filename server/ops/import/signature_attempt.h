/* One signature tried on one folder, with one way to choose from its choices. */
#ifndef OPS_SIGNATURE_ATTEMPT_H
#define OPS_SIGNATURE_ATTEMPT_H

#include "base/strbuf.h"
#include "ops/import/signature.h"

struct attempt {
	const json_t *signature;
	int folder;           /* of the root */
	struct opt_map facts; /* begins with the choices */
	size_t wanted;        /* files */
	size_t present;
	struct strbuf missing; /* as text: "a, b" */
};

/* Finds the facts and looks for the files. */
void attempt_make(struct attempt *attempt);
void attempt_done(struct attempt *attempt);
static inline bool attempt_fits(const struct attempt *attempt)
{
	return attempt->present == attempt->wanted;
}
/* The name of the fact for which the signature's "unless" rules the tree out; NULL: it does not. */
const char *attempt_excluded_by(const struct attempt *attempt);
/* The tree, of an attempt that fits; `root` is its folder's path. Yours. */
struct tree *attempt_tree(const struct attempt *attempt, const char *root);

#endif
