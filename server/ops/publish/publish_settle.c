/*
 * After a power cut. What a sync makes is on the disk before it counts; one change's few files are
 * not waited for, and some file systems (XFS) then have them empty, although the manifest says
 * that they are published. So the manifest says in which boot of the host such files were written,
 * until they are known to be on the disk: in another boot, what is published is not sure.
 */
#include "ops/publish/publish.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void publish_boot_id(char ret[BOOT_ID_TEXT])
{
	autostrbuf text = STRBUF_INIT;

	*ret = '\0'; /* without it nothing is noted, and all counts as sure */
	if (file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", BOOT_ID_TEXT, &text, NULL) == 0)
		snprintf(ret, BOOT_ID_TEXT, "%s", text.buf);
}

bool manifest_is_unsure(const struct publisher *publisher, const struct manifest *manifest)
{
	return *manifest->boot && strcmp(manifest->boot, publisher->boot) != 0;
}

/* True where files were written in this boot, and the manifest says so. */
static bool is_unsettled(
	const struct publisher *publisher, int generation, struct manifest *manifest)
{
	return manifest_read_at(generation, manifest, NULL) == 0 && *manifest->boot &&
	       !manifest_is_unsure(publisher, manifest);
}

void manifest_settle(const struct publisher *publisher, int generation)
{
	struct manifest manifest;
	struct err err = ERR_INIT;

	if (!is_unsettled(publisher, generation, &manifest))
		return;
	*manifest.boot = '\0';
	if (manifest_write(generation, &manifest, &err) < 0)
		log_warning("what is published cannot be noted as safe on disk: %s", err.msg);
}

void publish_settle(struct server *server)
{
	autoclose int generation = -1;
	struct manifest manifest;

	if (generation_open(server->tftp_fd, &generation, NULL) < 0 ||
		!is_unsettled(server->publisher, generation, &manifest))
		return;
	if (syncfs(generation) < 0) {
		log_warning("what is published cannot be brought to the disk: %s", strerror(errno));
		return;
	}
	manifest_settle(server->publisher, generation);
	syncfs(generation);
}
