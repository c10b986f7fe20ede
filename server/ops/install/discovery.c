#include "ops/install/discovery.h"

#include "base/file.h"
#include "base/lease.h"
#include "base/log.h"
#include "boot/formats.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
	/* Machines that asked and are not yet written, in all and of one asker; more are left out.
	 */
	PENDING_MAX = 256,
	PENDING_OF_ONE = 16,
	GATHER_MS = 1000, /* from the first that asks to the write */
	LOOK_MS = 5000,   /* from one look at the lease file to the next */
	LEASES_MAX = 64 << 20,
	BATCH = 256, /* leases in one transaction */
};

struct asked {
	char mac[MAC_TEXT];
	char address[46];
	char asker[64];
	char format[16];
	char firmware[32];
};

struct discovery {
	struct server *server;
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	bool stop;
	struct asked asked[PENDING_MAX];
	size_t n;

	pthread_mutex_t writing; /* guards what follows */
	struct stat seen;        /* the lease file, */
	struct strv lines;       /* and what it said, sorted */
};

/* Asking */

/* Whoever has an IPv6 address has 2^64 of them. */
static void name_asker(const char *address, char ret[64])
{
	uint8_t bytes[16];
	char text[46];
	size_t len;

	ret[0] = '\0';
	if (ip_parse(address, bytes, &len, NULL) < 0)
		return;
	snprintf(ret, 64, "%s", address);
	if (len != sizeof(bytes))
		return;
	snprintf(text, sizeof(text), "%x:%x:%x:%x::", bytes[0] << 8 | bytes[1],
		bytes[2] << 8 | bytes[3], bytes[4] << 8 | bytes[5], bytes[6] << 8 | bytes[7]);
	if (ip_canonical(text, ret, NULL) == 0)
		memcpy(ret + strlen(ret), "/64", sizeof("/64"));
}

/* The lock is held. */
static struct asked *find_asked(struct discovery *discovery, const char *mac)
{
	for (size_t i = 0; i < discovery->n; i++)
		if (strcmp(discovery->asked[i].mac, mac) == 0)
			return &discovery->asked[i];
	return NULL;
}

/* A new one; NULL: there is no room for it. */
static struct asked *add_asked(struct discovery *discovery, const char *mac, const char *asker)
{
	struct asked *asked = &discovery->asked[discovery->n];
	size_t same = 0;

	for (size_t i = 0; i < discovery->n; i++)
		same += strcmp(discovery->asked[i].asker, asker) == 0;
	if (discovery->n == PENDING_MAX || same >= PENDING_OF_ONE)
		return NULL;
	discovery->n++;
	*asked = (struct asked){.firmware = ""};
	snprintf(asked->mac, sizeof(asked->mac), "%s", mac);
	pthread_cond_signal(&discovery->changed);
	return asked;
}

void discovery_asked(
	struct server *server, const char *mac, const char *address, const char *format)
{
	struct discovery *discovery = server->discovery;
	struct asked *asked;
	struct mac parsed;
	char asker[64];

	if (!discovery || mac_parse(mac, &parsed, NULL) < 0 || !mac_is_unicast(&parsed))
		return;
	name_asker(address, asker);
	pthread_mutex_lock(&discovery->lock);
	asked = find_asked(discovery, mac);
	if (!asked)
		asked = add_asked(discovery, mac, asker);
	if (asked) {
		snprintf(asked->address, sizeof(asked->address), "%s", address);
		snprintf(asked->asker, sizeof(asked->asker), "%s", asker);
		snprintf(asked->format, sizeof(asked->format), "%s", format);
	}
	pthread_mutex_unlock(&discovery->lock);
}

/* Most leases, and files that a boot_loaders leaves out, are those of systems. */
static bool is_system(struct server *server, const char *mac)
{
	autofree char *name = NULL;

	return db_system_by_mac(server->db, mac, &name, NULL) == 0;
}

void discovery_asked_file(struct server *server, const char *path, const char *address)
{
	char mac[MAC_TEXT];
	const struct boot_format *format = server->discovery ? boot_file_of(path, mac) : NULL;

	if (format && !is_system(server, mac))
		discovery_asked(server, mac, address, format->name);
}

static bool is_word(const char *text)
{
	size_t len = text ? strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") : 0;

	return len > 0 && len <= 12 && !text[len];
}

void discovery_runs_on(
	struct server *server, const char *mac, const char *platform, const char *arch)
{
	struct discovery *discovery = server->discovery;
	char canonical[MAC_TEXT];
	struct asked *asked;
	struct mac parsed;

	if (!discovery || !mac || mac_parse(mac, &parsed, NULL) < 0 || !is_word(platform) ||
		!is_word(arch))
		return;
	mac_format(&parsed, ':', canonical);
	pthread_mutex_lock(&discovery->lock);
	asked = find_asked(discovery, canonical);
	if (asked)
		snprintf(asked->firmware, sizeof(asked->firmware), "%s %s",
			strcmp(platform, "pcbios") == 0 ? "bios" : platform, arch);
	pthread_mutex_unlock(&discovery->lock);
}

static int write_asked(struct discovery *discovery, struct err *err)
{
	autofree struct asked *asked = xcalloc(PENDING_MAX, sizeof(*asked));
	autofree struct db_discovered *seen = xcalloc(PENDING_MAX, sizeof(*seen));
	size_t n;

	pthread_mutex_lock(&discovery->lock);
	n = discovery->n;
	memcpy(asked, discovery->asked, n * sizeof(*asked));
	discovery->n = 0;
	pthread_mutex_unlock(&discovery->lock);
	for (size_t i = 0; i < n; i++) {
		seen[i] = (struct db_discovered){
			.mac = asked[i].mac,
			.address = asked[i].address,
			.loader = asked[i].format,
			.firmware = asked[i].firmware,
			.asker = asked[i].asker,
		};
	}
	return n ? db_discovered_add(discovery->server->db, seen, n, err) : 0;
}

/* Leases */

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool was_seen(const struct strv *lines, const char *line)
{
	return lines->n && bsearch(&line, lines->v, lines->n, sizeof(char *), compare_lines);
}

static int write_batch(
	struct discovery *discovery, const struct lease *lease, size_t n, struct err *err)
{
	struct db_discovered seen[BATCH];

	for (size_t i = 0; i < n; i++)
		seen[i] = (struct db_discovered){
			.mac = lease[i].mac,
			.address = lease[i].address,
			.hostname = lease[i].hostname,
			.client_id = lease[i].client_id,
			.lease = lease[i].ends,
		};
	return n ? db_discovered_add(discovery->server->db, seen, n, err) : 0;
}

/* Those that are over are history that dnsmasq has not yet cleared away. */
static int write_new_leases(struct discovery *discovery, struct strv *fresh, struct err *err)
{
	autofree struct lease *lease = xcalloc(BATCH, sizeof(*lease));
	double now = (double)time(NULL);
	size_t n = 0;

	strv_for_each (line, fresh) {
		struct lease *one = &lease[n];

		if (!lease_parse(line, one) || (one->ends >= 0 && one->ends < now) ||
			is_system(discovery->server, one->mac))
			continue;
		if (++n < BATCH)
			continue;
		if (write_batch(discovery, lease, n, err) < 0)
			return -1;
		n = 0;
	}
	return write_batch(discovery, lease, n, err);
}

static int read_leases(struct discovery *discovery, struct err *err)
{
	autostrbuf text = STRBUF_INIT;
	autostrv lines = STRV_INIT;
	autostrv fresh = STRV_INIT;

	if (file_read(AT_FDCWD, discovery->server->config.leases, LEASES_MAX, &text, err) < 0)
		return -1;
	strv_split(&lines, text.buf, "\n");
	strv_sort(&lines);
	strv_for_each (line, &lines)
		if (!was_seen(&discovery->lines, line))
			strv_add(&fresh, line);
	if (write_new_leases(discovery, &fresh, err) < 0)
		return -1;
	strv_done(&discovery->lines);
	discovery->lines = lines;
	lines = (struct strv)STRV_INIT;
	return 0;
}

/* dnsmasq writes in place: what is half written is read again when its time has changed. */
static int look_at_leases(struct discovery *discovery, struct err *err)
{
	const char *leases = discovery->server->config.leases;
	struct stat now;

	if (!leases || stat(leases, &now) < 0 || !S_ISREG(now.st_mode) ||
		same_file(&now, &discovery->seen))
		return 0;
	if (read_leases(discovery, err) < 0)
		return err_wrap(err, "leases of dnsmasq");
	discovery->seen = now;
	return 0;
}

int discovery_write(struct server *server, struct err *err)
{
	struct discovery *discovery = server->discovery;
	int result;

	if (!discovery)
		return 0;
	pthread_mutex_lock(&discovery->writing);
	result = write_asked(discovery, err);
	if (result == 0)
		result = look_at_leases(discovery, err);
	pthread_mutex_unlock(&discovery->writing);
	return result;
}

/* The thread */

static void wait_ms(struct discovery *discovery, long ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&discovery->changed, &discovery->lock, &until);
}

static void *run(void *ctx)
{
	struct discovery *discovery = ctx;
	bool stop = false;

	while (!stop) {
		struct err err = ERR_INIT;

		pthread_mutex_lock(&discovery->lock);
		if (!discovery->stop && discovery->n == 0)
			wait_ms(discovery, LOOK_MS);
		if (!discovery->stop && discovery->n > 0) /* some more will ask soon */
			wait_ms(discovery, GATHER_MS);
		stop = discovery->stop;
		pthread_mutex_unlock(&discovery->lock);
		if (discovery_write(discovery->server, &err) < 0)
			log_warning("discovered machines: %s", err.msg);
	}
	return NULL;
}

int discovery_start(struct server *server, struct err *err)
{
	struct discovery *discovery = xcalloc(1, sizeof(*discovery));
	pthread_condattr_t monotonic;

	discovery->server = server;
	pthread_mutex_init(&discovery->lock, NULL);
	pthread_mutex_init(&discovery->writing, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&discovery->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	server->discovery = discovery;
	if (pthread_create(&discovery->thread, NULL, run, discovery) == 0)
		return 0;
	server->discovery = NULL;
	free(discovery);
	return err_set(err, ERR_INTERNAL, "cannot start the thread that notes unknown machines");
}

void discovery_stop(struct discovery *discovery)
{
	if (!discovery)
		return;
	pthread_mutex_lock(&discovery->lock);
	discovery->stop = true;
	pthread_cond_signal(&discovery->changed);
	pthread_mutex_unlock(&discovery->lock);
	pthread_join(discovery->thread, NULL);
	pthread_cond_destroy(&discovery->changed);
	pthread_mutex_destroy(&discovery->lock);
	pthread_mutex_destroy(&discovery->writing);
	strv_done(&discovery->lines);
	free(discovery);
}
