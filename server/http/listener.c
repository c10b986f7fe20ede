#include "http/listener.h"

#include "base/log.h"
#include "http/exchange.h"
#include "http/repeat.h"

#include <signal.h>
#include <string.h>
#include <time.h>

/* Limits of each kind; libmicrohttpd's own are wider, because it misbehaves at them. */
static const struct limits {
	unsigned connections;
	unsigned per_address;
	unsigned silence; /* seconds */
	size_t memory;    /* bytes for the head of a request and of its answer */
} limits[] = {
	[LISTENER_BOOT] = {.connections = 4096,
		.per_address = 1024,
		.silence = 30,
		.memory = 32768},
	[LISTENER_API] = {.connections = 128, .per_address = 64, .silence = 60, .memory = 32768},
};

static void log_library(void *cls, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void log_library(void *cls, const char *fmt, va_list ap)
{
	autostrbuf line = STRBUF_INIT;

	(void)cls;
	strbuf_vaddf(&line, fmt, ap);
	while (line.len && line.buf[line.len - 1] == '\n')
		strbuf_truncate(&line, line.len - 1);
	log_debug("http: %s", line.buf);
}

static void panic(void *cls, const char *file, unsigned line, const char *why)
{
	(void)cls;
	log_error("http: libmicrohttpd gives up at %s:%u: %s", file, line, why ? why : "");
	abort();
}

void listener_prepare(void)
{
	signal(SIGPIPE, SIG_IGN);
	MHD_set_panic_func(panic, NULL);
}

/* Names stay encoded: the guard alone decodes. */
static size_t leave_encoded(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode what)
{
	struct listener *listener = cls;
	const union MHD_ConnectionInfo *fd, *peer;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		conn_end(listener->conns, *context);
		*context = NULL;
		return;
	}
	fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	*context = conn_begin(listener->conns, fd->connect_fd,
		peer && !listener->is_unix ? peer->client_addr : NULL);
}

static struct MHD_Daemon *start(struct listener *listener, int fd)
{
	const struct limits *limit = &limits[listener->kind];
	unsigned flags = MHD_USE_ERROR_LOG;
	struct MHD_OptionItem pool[] = {
		{MHD_OPTION_THREAD_POOL_SIZE, 2, NULL},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem ip[] = {
		{MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)limit->per_address, NULL},
		{MHD_OPTION_END, 0, NULL},
	};

	if (listener->kind == LISTENER_BOOT) {
		flags |= MHD_USE_EPOLL_INTERNAL_THREAD;
	} else {
		flags |= MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL_INTERNAL_THREAD;
		pool[0].option = MHD_OPTION_END;
	}
	if (listener->is_unix)
		ip[0].option = MHD_OPTION_END;
	return MHD_start_daemon(flags, 0, NULL, NULL, exchange_step, listener,
		MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL, /* first: the others may log */
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, limit->connections + 64,
		MHD_OPTION_CONNECTION_TIMEOUT, limit->silence, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		limit->memory, MHD_OPTION_STRICT_FOR_CLIENT, exchange_library_is_lenient() ? 0 : 1,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_URI_LOG_CALLBACK,
		exchange_begin, listener, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, listener,
		MHD_OPTION_NOTIFY_CONNECTION, connection_changed, listener, MHD_OPTION_ARRAY, pool,
		MHD_OPTION_ARRAY, ip, MHD_OPTION_END);
}

int listener_start(const struct listener_config *config, struct listener **ret, struct err *err)
{
	struct listener *listener = xcalloc(1, sizeof(*listener));

	listener->kind = config->kind;
	listener->is_unix = config->is_unix;
	listener->group = config->group;
	listener->host = xstrdup(config->host ? config->host : "");
	listener->server = config->server;
	sem_init(&listener->parsing, 0, PARSING_MAX);
	sem_init(&listener->large, 0, LARGE_MAX);
	listener->task_keys = task_keys_new();
	if (conns_new(limits[config->kind].connections, &listener->conns, err) < 0) {
		close(config->fd);
		listener_stop(listener);
		return -1;
	}
	listener->daemon = start(listener, config->fd);
	if (!listener->daemon) {
		err_sys(err, "cannot start an HTTP listener on '%s'", listener->host);
		close(config->fd);
		listener_stop(listener);
		return -1;
	}
	*ret = listener;
	return 0;
}

void listener_drain(struct listener *listener, unsigned seconds)
{
	for (unsigned tick = 0; tick < seconds * 50; tick++) {
		if (atomic_load(&listener->in_flight) == 0)
			return;
		nanosleep(&(struct timespec){.tv_nsec = 20L * 1000 * 1000}, NULL);
	}
	log_warning("http: %d requests did not finish in time", atomic_load(&listener->in_flight));
}

void listener_stop(struct listener *listener)
{
	if (!listener)
		return;
	if (listener->daemon)
		MHD_stop_daemon(listener->daemon);
	conns_free(listener->conns);
	task_keys_free(listener->task_keys);
	sem_destroy(&listener->large);
	sem_destroy(&listener->parsing);
	free(listener->host);
	free(listener);
}
