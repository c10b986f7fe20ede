#include "ops/supervise.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "ops/keeper.h"
#include "ops/supervise_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

enum {
	PAUSE_FIRST = 500, /* ms before a service that died is started again; doubles */
	PAUSE_MAX = 60000,
	STABLE = 60000, /* ms after which a death counts as the first again */
	GLANCE = 300,   /* ms: a service that is to fail at its configuration has failed by then */
};

struct service {
	const char *name;
	const char *argv[12];
	const struct account *account; /* NULL: root's */
	uint64_t capabilities;
	pid_t keeper; /* 0: not running */
	uint32_t restarts;
	long started; /* ms */
	long pause;
	long due; /* ms: when to start it again; 0: not */
};

struct supervisor {
	const struct supervise_config *config;
	int socket;
	int signals; /* a signalfd */
	struct service service[SERVICES];
	char *options[SERVICES]; /* what argv points into */
	int child_status;
	bool child_gone;
	bool ending;
};

/* The DHCP port, ARP entries for clients that have no address yet, and the echo that finds out
 * whether an address is free. */
static const uint64_t dhcp_capabilities =
	1ULL << CAP_NET_BIND_SERVICE | 1ULL << CAP_NET_ADMIN | 1ULL << CAP_NET_RAW;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool dhcp_is_published(const struct supervisor *s)
{
	return access(s->config->dnsmasq_conf, R_OK) == 0;
}

static int start(struct supervisor *s, struct service *service, struct err *err)
{
	struct keeper keeper = {service->argv, service->account, service->capabilities, s->socket};

	service->due = 0;
	if (service == &s->service[SERVICE_DNSMASQ] && !dhcp_is_published(s))
		return 0;
	service->started = now_ms();
	if (keeper_start(&keeper, &service->keeper, err) < 0)
		return -1;
	log_info("%s: started", service->name);
	return 0;
}

static void died(struct supervisor *s, struct service *service, int status)
{
	long now = now_ms();

	service->keeper = 0;
	if (s->ending)
		return;
	if (now - service->started > STABLE)
		service->pause = 0;
	service->pause = service->pause ? service->pause * 2 : PAUSE_FIRST;
	if (service->pause > PAUSE_MAX)
		service->pause = PAUSE_MAX;
	service->due = now + service->pause;
	service->restarts++;
	log_warning("%s: ended with status %d; it is started again in %.1f s", service->name,
		status, (double)service->pause / 1000);
}

static void reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

		if (pid == s->config->child) {
			s->child_gone = true;
			s->child_status = code;
		}
		for (size_t i = 0; i < SERVICES; i++)
			if (pid == s->service[i].keeper)
				died(s, &s->service[i], code);
	}
}

/* Its keeper ends it, within its own patience. */
static void stop(struct service *service)
{
	service->due = 0;
	if (!service->keeper)
		return;
	kill(service->keeper, SIGTERM);
	waitpid(service->keeper, NULL, 0);
	service->keeper = 0;
	log_info("%s: stopped", service->name);
}

static int restart_dhcp(struct supervisor *s, struct err *err)
{
	struct service *service = &s->service[SERVICE_DNSMASQ];
	int status;

	stop(service);
	service->pause = 0;
	if (start(s, service, err) < 0)
		return -1;
	if (!service->keeper)
		return 0;
	nanosleep(&(struct timespec){.tv_nsec = GLANCE * 1000000L}, NULL);
	if (waitpid(service->keeper, &status, WNOHANG) == 0)
		return 0;
	died(s, service, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return err_set(err, ERR_UPSTREAM,
		"dnsmasq does not run with the new configuration; its "
		"message is in the log");
}

static int reload_hosts(struct supervisor *s, struct err *err)
{
	struct service *service = &s->service[SERVICE_DNSMASQ];

	if (!service->keeper)
		return restart_dhcp(s, err);
	if (kill(service->keeper, SIGHUP) < 0)
		return err_sys(err, "cannot tell dnsmasq to read its hosts again");
	return 0;
}

/* The service below its keeper: what people look for. */
static pid_t service_pid(const struct service *service)
{
	autofree char *path = NULL;
	autostrbuf text = STRBUF_INIT;

	if (!service->keeper)
		return 0;
	path = xasprintf("/proc/%d/task/%d/children", service->keeper, service->keeper);
	if (file_read(AT_FDCWD, path, 256, &text, NULL) < 0)
		return 0;
	return (pid_t)strtol(text.buf, NULL, 10);
}

static void answer(struct supervisor *s)
{
	struct supervise_reply reply = {.error = ""};
	struct err err = ERR_INIT;
	char verb;
	int result = 0;

	if (recv(s->socket, &verb, 1, MSG_DONTWAIT) != 1)
		return;
	if (verb == SUPERVISE_RELOAD_HOSTS)
		result = reload_hosts(s, &err);
	else if (verb == SUPERVISE_RESTART_DHCP)
		result = restart_dhcp(s, &err);
	else if (verb != SUPERVISE_STATUS)
		result = err_set(&err, ERR_INTERNAL, "the supervisor does not know this request");
	if (result < 0)
		snprintf(reply.error, sizeof(reply.error), "%.199s", err.msg);
	for (size_t i = 0; i < SERVICES; i++) {
		reply.service[i].pid = service_pid(&s->service[i]);
		reply.service[i].restarts = s->service[i].restarts;
	}
	send(s->socket, &reply, sizeof(reply), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo signal;

	while (read(s->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal))
		if (signal.ssi_signo != SIGCHLD)
			kill(s->config->child, (int)signal.ssi_signo);
	reap(s);
}

static int until_due(const struct supervisor *s)
{
	long now = now_ms(), next = PAUSE_MAX;

	for (size_t i = 0; i < SERVICES; i++)
		if (s->service[i].due && s->service[i].due - now < next)
			next = s->service[i].due - now;
	return next > 0 ? (int)next : 0;
}

static void start_due(struct supervisor *s)
{
	for (size_t i = 0; i < SERVICES; i++) {
		struct service *service = &s->service[i];
		struct err err = ERR_INIT;

		if (!service->due || service->due > now_ms())
			continue;
		if (start(s, service, &err) < 0) {
			log_error("%s: %s", service->name, err.msg);
			service->due = now_ms() + PAUSE_MAX;
		}
	}
}

static void loop(struct supervisor *s)
{
	struct pollfd poller[] = {
		{.fd = s->signals, .events = POLLIN},
		{.fd = s->socket, .events = POLLIN},
	};

	while (!s->child_gone) {
		if (poll(poller, 2, until_due(s)) < 0 && errno != EINTR)
			break;
		take_signals(s);
		if (poller[1].revents & POLLIN)
			answer(s);
		else if (poller[1].revents) /* closed: the child is about to be reaped */
			poller[1].fd = -1;
		start_due(s);
	}
}

static void prepare(struct supervisor *s)
{
	const struct supervise_config *config = s->config;
	struct service *dnsmasq = &s->service[SERVICE_DNSMASQ];
	struct service *tftpd = &s->service[SERVICE_TFTPD];
	size_t n = 0;

	s->options[SERVICE_DNSMASQ] = xasprintf("--dhcp-leasefile=%s", config->leases);
	s->options[SERVICE_TFTPD] = xasprintf("--map-file=%s", config->tftp_map);
	*dnsmasq = (struct service){
		.name = "dnsmasq",
		.argv = {"dnsmasq", "--keep-in-foreground", "-C", config->dnsmasq_conf,
			"--pid-file", s->options[SERVICE_DNSMASQ], NULL},
		.account = config->account,
		.capabilities = dhcp_capabilities,
	};
	*tftpd = (struct service){.name = "in.tftpd"};
	tftpd->argv[n++] = "in.tftpd";
	tftpd->argv[n++] = "--foreground";
	if (*config->tftp_address) {
		tftpd->argv[n++] = "--address";
		tftpd->argv[n++] = config->tftp_address;
	}
	tftpd->argv[n++] = "--verbose"; /* who got what, in the system's log */
	tftpd->argv[n++] = "--secure";
	tftpd->argv[n++] = "--user";
	tftpd->argv[n++] = "nobody";
	tftpd->argv[n++] = s->options[SERVICE_TFTPD];
	tftpd->argv[n] = config->tftp_dir;
}

static int watch_signals(int *ret, struct err *err)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	*ret = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return *ret < 0 ? err_sys(err, "cannot watch signals") : 0;
}

int supervise_run(int socket, const struct supervise_config *config)
{
	struct supervisor s = {.config = config, .socket = socket, .signals = -1};
	struct err err = ERR_INIT;

	if (watch_signals(&s.signals, &err) < 0) {
		log_error("managed services: %s", err.msg);
		kill(config->child, SIGTERM);
		waitpid(config->child, NULL, 0);
		return 1;
	}
	prepare(&s);
	for (size_t i = 0; i < SERVICES; i++)
		s.service[i].due = 1;
	start_due(&s);
	loop(&s);
	s.ending = true;
	for (size_t i = 0; i < SERVICES; i++) {
		stop(&s.service[i]);
		free(s.options[i]);
	}
	close(s.signals);
	return s.child_status;
}
