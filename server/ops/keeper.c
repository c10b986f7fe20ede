#include "ops/keeper.h"

#include "base/log.h"
#include "base/run.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 5 /* seconds from SIGTERM to SIGKILL */ };

static _Noreturn void leave(int status)
{
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static _Noreturn void end(pid_t service, const sigset_t *signals)
{
	struct timespec patience = {.tv_sec = PATIENCE};
	int status = 0;

	kill(service, SIGTERM);
	while (waitpid(service, &status, WNOHANG) == 0) {
		if (sigtimedwait(signals, NULL, &patience) < 0)
			kill(service, SIGKILL);
	}
	leave(status);
}

static _Noreturn void keep(const char *const argv[], const sigset_t *signals)
{
	struct err err = ERR_INIT;
	pid_t service;
	int status;

	if (run_start(argv, &service, &err) < 0) {
		log_error("%s: %s", argv[0], err.msg);
		_exit(127);
	}
	while (true) {
		int signal = sigwaitinfo(signals, NULL);

		if (signal == SIGHUP)
			kill(service, SIGHUP);
		else if (signal == SIGTERM || signal == SIGINT)
			end(service, signals);
		else if (waitpid(service, &status, WNOHANG) == service)
			leave(status);
	}
}

static void drop(const struct keeper *keeper)
{
	struct err err = ERR_INIT;

	if (account_become_with(keeper->account, keeper->capabilities, &err) == 0)
		return;
	log_error("%s: %s", keeper->argv[0], err.msg);
	_exit(127);
}

int keeper_start(const struct keeper *keeper, pid_t *ret, struct err *err)
{
	pid_t supervisor = getpid();
	sigset_t signals;
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(err, "cannot start '%s'", keeper->argv[0]);
	if (pid > 0) {
		*ret = pid;
		return 0;
	}
	close(keeper->socket);
	if (keeper->account)
		drop(keeper);
	/* After the change of user, which clears it. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != supervisor)
		_exit(127);
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	keep(keeper->argv, &signals);
}
