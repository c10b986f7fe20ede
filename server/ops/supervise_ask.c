/* The child's side of services=managed. */
#include "ops/supervise.h"

#include "base/mem.h"
#include "ops/supervise_wire.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

enum { ANSWER_MS = 15000 };

/* Questions and answers of two threads must not cross on the one socket. */
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

static int exchange(int socket, char verb, struct supervise_reply *ret, struct err *err)
{
	struct pollfd answer = {.fd = socket, .events = POLLIN};

	/* The answer to a question whose asker has given up is nobody else's. */
	while (recv(socket, ret, sizeof(*ret), MSG_DONTWAIT) > 0)
		;
	if (send(socket, &verb, 1, MSG_NOSIGNAL) != 1)
		return err_sys(err, "the supervisor of the services does not listen");
	if (poll(&answer, 1, ANSWER_MS) != 1 ||
		recv(socket, ret, sizeof(*ret), 0) != (ssize_t)sizeof(*ret))
		return err_set(err, ERR_UPSTREAM, "the supervisor of the services does not answer");
	ret->error[sizeof(ret->error) - 1] = '\0';
	if (ret->error[0])
		return err_set(err, ERR_UPSTREAM, "%s", ret->error);
	return 0;
}

static int ask(int socket, enum supervise_verb verb, struct supervise_reply *ret, struct err *err)
{
	int result;

	pthread_mutex_lock(&asking);
	result = exchange(socket, (char)verb, ret, err);
	pthread_mutex_unlock(&asking);
	return result;
}

int supervise_reload_hosts(int socket, struct err *err)
{
	struct supervise_reply reply;

	return ask(socket, SUPERVISE_RELOAD_HOSTS, &reply, err);
}

int supervise_restart_dhcp(int socket, struct err *err)
{
	struct supervise_reply reply;

	return ask(socket, SUPERVISE_RESTART_DHCP, &reply, err);
}

int supervise_status(int socket, json_t **ret, struct err *err)
{
	static const char *const names[SERVICES] = {
		[SERVICE_DNSMASQ] = "dnsmasq",
		[SERVICE_TFTPD] = "tftpd",
	};
	struct supervise_reply reply;
	json_t *status;

	if (ask(socket, SUPERVISE_STATUS, &reply, err) < 0)
		return -1;
	status = json_object();
	for (size_t i = 0; i < SERVICES; i++)
		json_object_set_new(status, names[i],
			json_pack("{s:b,s:i,s:i}", "running", reply.service[i].pid != 0, "pid",
				(int)reply.service[i].pid, "restarts",
				(int)reply.service[i].restarts));
	*ret = status;
	return 0;
}
