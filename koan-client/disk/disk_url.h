/*
 * Network disks that libvirt attaches by itself: SCHEME://[USER@]HOST[:PORT]/NAME[?secret=UUID]
 *
 *   iscsi://HOST/iqn.2001-05.com.example:storage/1     target and LUN
 *   nbd://HOST/NAME                                    NAME of the export, may be empty
 *   rbd://USER@MONITOR/POOL/IMAGE?secret=UUID          Ceph
 *
 * The password is never in a URL: USER's is in libvirt's secret of that UUID. A new protocol is a
 * row of the table. Source: libvirt's domain XML format, disk/source of type "network".
 */
#ifndef KOAN_DISK_URL_H
#define KOAN_DISK_URL_H

#include <stdbool.h>

struct disk_protocol {
	const char *name;   /* source/@protocol */
	const char *secret; /* auth/secret/@type; NULL: has no users */
	unsigned port;
	unsigned parts; /* of NAME, with '/' between */
};

struct disk_url {
	const struct disk_protocol *protocol;
	char host[256];
	unsigned port;
	char *name;
	char *user;   /* NULL: none */
	char *secret; /* libvirt's UUID of it */
};

/* What is wrong with a URL, or NULL, as in checks.h. */
const char *disk_url_check(const char *text);
/* `text` passed disk_url_check(). Yours to free. */
struct disk_url *disk_url_parse(const char *text);
void disk_url_free(struct disk_url *url);

#endif
