/*
 * Where the template engine finds its files: a folder of the state, which the administrator fills,
 * over the one that comes with the programs. Both may be replaced while we run. What there is by
 * name is kept in memory and read again when the watch says that something has changed, so that
 * looking for a template costs no system call but the watch's own. Thread-safe.
 */
#ifndef OPS_TEMPLATE_FOLDER_H
#define OPS_TEMPLATE_FOLDER_H

#include "base/strv.h"
#include "base/watch.h"
#include "template/template.h"

#include <pthread.h>

struct template_folder {
	struct watch *watch;
	const char *name;
	int parent[2];         /* the state's and the programs' folders, borrowed */
	pthread_rwlock_t lock; /* guards what follows */
	uint64_t generation;   /* of the watch, when the rest was read; 0: never */
	int fd[2];             /* the folders by that name; -1: there is none */
	struct strv file;      /* what is in them, sorted */
};

/* The folders `name` (static text) below both, which are borrowed as the watch is. Each may be a
 * link to elsewhere; what is in them may not lead out. */
void template_folder_init(struct template_folder *folder, struct watch *watch, int state_fd,
	int share_fd, const char *name);
/* Accepts a zeroed one. */
void template_folder_done(struct template_folder *folder);

/* How files for machines are rendered: blocks leave no trace, the newline at a file's end stays. */
extern const struct template_options template_folder_options;
/* `folder` must outlive the environment. */
struct template_env *template_folder_env(struct template_folder *folder);
/* The environment's loader; its stamps are the watch's. */
struct template_loader template_folder_loader(struct template_folder *folder);
/* For who remembers stamps over a restart: from the file's inode, size and times; 0: none. */
uint64_t template_folder_stat(void *folder, const char *name);

/* Whether it is there, by the list. */
bool template_folder_lists(struct template_folder *folder, const char *name);
/* Whether it is there and can be opened. */
bool template_folder_has(struct template_folder *folder, const char *name);
/* Adds the names of all files, "snippets/net" for those in folders, sorted. */
void template_folder_list(struct template_folder *folder, struct strv *ret);
/* Appends the text: of the first of both folders that has it, or, for `shipped`, of the programs'
 * own folder. ERR_NOT_FOUND, ERR_TOO_BIG; ERR_TEMPLATE: it is there and cannot be opened. */
int template_folder_read(struct template_folder *folder, const char *name, bool shipped,
	struct strbuf *ret, struct err *err);

#endif
