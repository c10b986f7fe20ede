#include "model/rows.h"

#include <string.h>

static const char *const breeds[] = {"apt", "yum", "rsync", "rhn", "wget", "none", NULL};
static const char *const repo_arches[] = {"x86_64", "i386", "aarch64", "armhf", "ppc64le", "s390x",
	"riscv64", "noarch", "src", "none", NULL};
static const char *const mirror_types[] = {"baseurl", "mirrorlist", "metalink", "none", NULL};

static const struct field fields[] = {
	COMMENT_ROWS(repo),
	FIELD(repo, breed, .choices = breeds, .fallback = "none",
		.help = "what sort of repository it is"),
	FIELD(repo, arch, .choices = repo_arches, .fallback = "none",
		.help = "processor architecture of its packages; none: any"),
	FIELD(repo, mirror, .check = check_url_or_path, .flags = FIELD_REQUIRED,
		.help = "where it is: a URL, or a path on this server"),
	FIELD(repo, mirror_type, .choices = mirror_types, .fallback = "baseurl",
		.help = "what the mirror's URL leads to"),
	FIELD(repo, mirror_locally, .fallback = "true",
		.help = "taken from Cobbler's scripts, without effect: machines use the "
			"mirror itself"),
	FIELD(repo, keep_updated, .fallback = "true", .help = "without effect, as mirror_locally"),
	FIELD(repo, apt_components, .check = check_word,
		.help = "of an apt repository: its components, such as main contrib"),
	FIELD(repo, apt_dists, .check = check_word,
		.help = "of an apt repository: its suites, such as bookworm bookworm-updates"),
	FIELD(repo, gpg_key, .check = check_gpg_key,
		.help = "public key that its packages are signed with, in ASCII armor"),
	FIELD(repo, priority, .min = 1, .max = 99, .fallback = "99",
		.help = "of two that have a package the one with the lower number counts"),
	FIELD(repo, proxy, .flags = FIELD_INHERIT, .check = check_url_or_path,
		.help = "HTTP proxy on the way to the mirror"),
};

static int validate(const struct item *item, struct err *err)
{
	const struct repo *repo = (const struct repo *)item;

	if (repo->breed && strcmp(repo->breed, "apt") == 0 && !repo->apt_dists.items.n)
		return err_field(err, ERR_INVALID, "apt_dists",
			"an apt repository needs the names of its suites, such as bookworm");
	return 0;
}

const struct item_type repo_type = {
	.kind = ITEM_REPO,
	.name = "repo",
	.plural = "repos",
	.help = "a package repository that installed machines use",
	.size = sizeof(struct repo),
	.fields = fields,
	.n_fields = ARRAY_SIZE(fields),
	.check_name = check_item_name,
	.validate = validate,
};
