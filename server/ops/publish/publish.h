/*
 * What sync is made of. publish_render() says what a generation holds; it hands each file to a
 * sink, which writes it (publish_write.c) or compares it with what is published
 * (publish_compare.c), so that --dry-run and sync cannot differ.
 */
#ifndef OPS_PUBLISH_H
#define OPS_PUBLISH_H

#include "base/generation.h"
#include "ops/query/chain.h"
#include "ops/task.h"

enum { EARLY_MAX = 64, BOOT_ID_TEXT = 37 };

/* Lives as long as the server. Two never publish at once. */
struct publisher {
	pthread_mutex_t lock;
	/* All that the store has up to there is published; -1: nothing ever was. */
	_Atomic(int64_t) revision;
	struct db_span early[EARLY_MAX]; /* published too, before what was written before them */
	size_t earlies;
	/* The manifest's stamp, and the watch's generations when what there is had the same one or
	 * another; 0: not looked at since. */
	char stamp[65];
	_Atomic(uint64_t) same, other;
	pthread_mutex_t stamping; /* guards the stamp; nobody waits for a sync here */
	struct generation_trash trash;
	char boot[BOOT_ID_TEXT]; /* this boot of the host; "": not known */
	atomic_bool unsure;      /* a power cut may have damaged what is published */
	bool dhcp_pending;       /* published, but dnsmasq could not be told */
	atomic_bool held;        /* an older generation is published on purpose (rollback.h) */
};

/* server_open() and server_close() call these. Freeing waits for what is being removed. */
struct publisher *publisher_new(void);
void publisher_free(struct publisher *publisher);

/* Where a generation's files go. A folder is made first, with its path below the generation ("" is
 * the generation itself), and known by its number from then on. */
struct sink {
	int (*folder)(
		struct sink *sink, const char *path, mode_t mode, size_t *ret, struct err *err);
	int (*file)(struct sink *sink, size_t folder, const char *name, mode_t mode,
		const char *bytes, size_t n, struct err *err);
	/* An installed file, by its absolute path: linked, or copied where it may change later. */
	int (*place)(struct sink *sink, size_t folder, const char *name, const char *source,
		bool may_change, struct err *err);
	size_t files;
};

/* Writes below `generation`; what is as it was is linked from `current` (-1: none). */
struct sink *sink_writer_new(int generation, int current);
/* Waits until all is written. */
int sink_writer_end(struct sink *sink, struct err *err);
void sink_writer_free(struct sink *sink);

/* Compares with `current` (-1: none) and writes nothing. */
struct sink *sink_compare_new(int current);
void sink_compare_free(struct sink *sink);
/* Ends the comparison: what is published and would be no longer. Appends the unified diff. */
int sink_compare_end(struct sink *sink, size_t *changed, struct strbuf *ret, struct err *err);

/* What publish_render() leaves for those who come after it. */
struct publish_result {
	bool with_dhcp;
	struct strbuf dhcp_main;  /* dnsmasq.conf */
	struct strbuf dhcp_hosts; /* what hosts_files_read() will read */
	struct strv grub_samples; /* paths below the generation */
	struct strv top;          /* names at its top */
	struct generation_keep keep;
};
void publish_result_done(struct publish_result *result);

/* Hands all that a generation holds to the sink. Errors name the item: a kernel that is gone, an
 * option that cannot be said. `task` may be NULL. */
int publish_render(struct server *server, struct sink *sink, struct task *task,
	struct publish_result *ret, struct err *err);

/* A part of a generation: what some items' change can change, for a dry run. */
struct publish_scope {
	struct strv systems; /* these alone; one that is not there has no files */
	struct strv distros;
	struct strv images;
	bool menus;
	bool dhcp;
};
/* As publish_render(), but for what cannot be rendered: that becomes a line of `problems`. */
int publish_render_part(struct server *server, const struct publish_scope *scope, struct sink *sink,
	struct strv *problems, struct err *err);

/* Asks dnsmasq and GRUB's checker what they think of a new generation, where they are installed. */
int publish_check(struct server *server, const struct generation *generation,
	const struct publish_result *result, struct err *err);
/* The stable names at the top of the TFTP folder, each a link through `current`. */
int publish_links(struct server *server, const struct strv *top, struct err *err);
/* Tells dnsmasq what has changed. */
int publish_tell_dhcp(
	struct server *server, bool main_changed, bool hosts_changed, struct err *err);

#define DHCP_MAIN "dnsmasq.conf"

/* The description of a generation: manifest.json in it. */
struct manifest {
	uint64_t generation;
	int64_t revision; /* of the store */
	char stamp[65];   /* of templates, loaders and the server's own place */
	size_t files;
	double time;             /* seconds since 1970 */
	char boot[BOOT_ID_TEXT]; /* in which files were written that may not be on the disk yet */
};
/* ERR_NOT_FOUND: nothing is published. */
int manifest_read(struct server *server, struct manifest *ret, struct err *err);
/* Of a generation that is open. */
int manifest_read_at(int generation, struct manifest *ret, struct err *err);
int manifest_write(int generation, const struct manifest *manifest, struct err *err);
json_t *manifest_json(const struct manifest *manifest);
/* publish_settle.c: the host's boot, and whether the manifest is of another one, which ended
 * without publish_settle(). */
void publish_boot_id(char ret[BOOT_ID_TEXT]);
bool manifest_is_unsure(const struct publisher *publisher, const struct manifest *manifest);
/* Notes that all of a generation is on the disk, where it was written in this boot. */
void manifest_settle(const struct publisher *publisher, int generation);
/* At the end: brings what is published to the disk and notes that. */
void publish_settle(struct server *server);
/* At start. The next two want the publisher's lock. */
void publish_load(struct server *server);
/* What is published shows the store at the manifest's revision: where a generation was switched in.
 */
void publisher_at(struct publisher *publisher, const struct manifest *manifest);
/* What a write changed in what machines see has been published alone, or there was nothing. Writers
 * come here in any order. */
void publisher_wrote(struct publisher *publisher, struct db_span write);
/* The store has, or may have, what is not published, or the boot templates have changed: machines
 * are told what is. False where nothing ever was published. Costs one system call. */
bool publish_is_behind(struct server *server);

/* The kernels, initrds and loaders that were published are there, and the same: of the machines'
 * own files there may be too many to look at each. */
bool publish_is_whole(struct server *server);

/* The stamp that a sync would have now. */
void manifest_stamp(struct server *server, char ret[65]);

#endif
