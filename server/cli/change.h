/* Requests that change something: what all of them say in the URL and answer to --dry-run. */
#ifndef CLI_CHANGE_H
#define CLI_CHANGE_H

#include "cli/cli.h"
#include "cli/client.h"

/* Appends "NAME=1" to a URL, with '?' or '&' in front, where `wanted`. */
void url_add_flag(struct strbuf *url, const char *name, bool wanted);
/* Appends "NAME=value" percent-encoded; nothing for NULL. */
void url_add_text(struct strbuf *url, const char *name, const char *value);
/* Appends what --as-of is for the server: a time without a zone is this machine's, as all times are
 * that it prints, and the server would take it for its own. All else is for the server to judge. */
void as_of_with_zone(const char *as_of, struct strbuf *ret);
/* Appends it as "as_of=…"; nothing for NULL. */
void url_add_as_of(struct strbuf *url, const char *as_of);

/*
 * Sends a change of `path` (--dry-run and --confirm are added to it) and prints what --output asks
 * for: nothing where all went well, the item as JSON. With --dry-run the difference of the
 * published files, and the result is EXIT_CHANGES where there is one.
 */
int change_ask(
	struct cli *cli, const struct client_request *request, const char *path, struct err *err);
/* The answer to --dry-run: prints it; EXIT_DONE or EXIT_CHANGES. */
int change_preview(const struct cli *cli, const json_t *answer);

#endif
