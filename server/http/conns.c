#include "http/conns.h"

#include "base/log.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

struct conns {
	pthread_mutex_t lock;
	pthread_cond_t wake; /* by the monotonic clock */
	struct conn *first;
	size_t n;
	size_t limit;
	bool ending;
	long complained; /* when the limit was last logged */
	pthread_t reaper;
};

static long seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

/* While the table is three quarters full, whoever waits without asking must hurry. */
static bool is_due(const struct conns *conns, struct conn *conn, long now)
{
	long deadline = atomic_load_explicit(&conn->deadline, memory_order_relaxed);

	if (deadline && conns->n > conns->limit / 4 * 3 &&
		atomic_load_explicit(&conn->waiting, memory_order_relaxed))
		deadline -= CONN_HEAD_SECONDS - CONN_HURRY_SECONDS;
	return deadline && deadline <= now;
}

static void *reap(void *arg)
{
	struct conns *conns = arg;

	pthread_mutex_lock(&conns->lock);
	while (!conns->ending) {
		long now = seconds_now();
		struct timespec next = {.tv_sec = now + 1};

		for (struct conn *conn = conns->first; conn; conn = conn->next)
			if (is_due(conns, conn, now))
				shutdown(conn->fd, SHUT_RDWR);
		pthread_cond_timedwait(&conns->wake, &conns->lock, &next);
	}
	pthread_mutex_unlock(&conns->lock);
	return NULL;
}

int conns_new(size_t limit, struct conns **ret, struct err *err)
{
	struct conns *conns = xcalloc(1, sizeof(*conns));
	pthread_condattr_t monotonic;

	conns->limit = limit;
	pthread_mutex_init(&conns->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&conns->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&conns->reaper, NULL, reap, conns) != 0) {
		pthread_cond_destroy(&conns->wake);
		pthread_mutex_destroy(&conns->lock);
		free(conns);
		return err_set(err, ERR_IO, "cannot start a thread");
	}
	*ret = conns;
	return 0;
}

void conns_free(struct conns *conns)
{
	if (!conns)
		return;
	pthread_mutex_lock(&conns->lock);
	conns->ending = true;
	pthread_cond_signal(&conns->wake);
	pthread_mutex_unlock(&conns->lock);
	pthread_join(conns->reaper, NULL);
	pthread_cond_destroy(&conns->wake);
	pthread_mutex_destroy(&conns->lock);
	free(conns);
}

/* An IPv4 client of an IPv6 socket is shown by its IPv4 address. */
static void describe(struct conn *conn, const struct sockaddr *peer)
{
	const struct sockaddr_in6 *six;

	if (peer && peer->sa_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)peer;

		inet_ntop(AF_INET, &four->sin_addr, conn->address, sizeof(conn->address));
		conn->loopback = (ntohl(four->sin_addr.s_addr) >> 24) == 127;
	}
	if (!peer || peer->sa_family != AF_INET6)
		return;
	six = (const struct sockaddr_in6 *)(const void *)peer;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
		inet_ntop(
			AF_INET, &six->sin6_addr.s6_addr[12], conn->address, sizeof(conn->address));
		conn->loopback = six->sin6_addr.s6_addr[12] == 127;
	} else {
		inet_ntop(AF_INET6, &six->sin6_addr, conn->address, sizeof(conn->address));
		conn->loopback = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
	}
}

static void complain(struct conns *conns)
{
	long now = seconds_now();

	if (now - conns->complained < 60)
		return;
	conns->complained = now;
	log_warning("http: %zu connections, the limit; more are refused", conns->n);
}

struct conn *conn_begin(struct conns *conns, int fd, const struct sockaddr *peer)
{
	struct conn *conn = xcalloc(1, sizeof(*conn));
	bool full;

	conn->fd = fd;
	conn->target = (struct strbuf)STRBUF_INIT;
	describe(conn, peer);
	conn_idle(conn);
	pthread_mutex_lock(&conns->lock);
	full = conns->n >= conns->limit;
	if (full) {
		complain(conns);
	} else {
		conns->n++;
		conn->next = conns->first;
		if (conn->next)
			conn->next->prev = conn;
		conns->first = conn;
	}
	pthread_mutex_unlock(&conns->lock);
	if (!full)
		return conn;
	strbuf_done(&conn->target);
	free(conn);
	shutdown(fd, SHUT_RDWR);
	return NULL;
}

void conn_end(struct conns *conns, struct conn *conn)
{
	if (!conn)
		return;
	pthread_mutex_lock(&conns->lock);
	conns->n--;
	if (conn->prev)
		conn->prev->next = conn->next;
	else
		conns->first = conn->next;
	if (conn->next)
		conn->next->prev = conn->prev;
	pthread_mutex_unlock(&conns->lock);
	strbuf_done(&conn->target);
	free(conn);
}

void conn_idle(struct conn *conn)
{
	conn_deadline(conn, CONN_HEAD_SECONDS);
	atomic_store_explicit(&conn->waiting, true, memory_order_relaxed);
}

void conn_deadline(struct conn *conn, long seconds)
{
	atomic_store_explicit(&conn->waiting, false, memory_order_relaxed);
	atomic_store_explicit(&conn->deadline, seconds_now() + seconds, memory_order_relaxed);
}

void conn_no_deadline(struct conn *conn)
{
	atomic_store_explicit(&conn->waiting, false, memory_order_relaxed);
	atomic_store_explicit(&conn->deadline, 0, memory_order_relaxed);
}
