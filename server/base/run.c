#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

enum { OUTPUT_LIMIT = 1 << 20 };

char *run_find(const char *name)
{
	const char *path = getenv("PATH");
	autofree char *folders =
		xasprintf("%s:/usr/local/sbin:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin");
	char *rest = folders;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? xstrdup(name) : NULL;
	for (char *folder; (folder = strsep(&rest, ":"));) {
		autofree char *full = xasprintf("%s/%s", folder, name);

		if (folder[0] == '/' && access(full, X_OK) == 0)
			return TAKE(full);
	}
	return NULL;
}

/* In the child: only async-signal-safe calls up to execv. */
static _Noreturn void become(
	const char *program, const char *const argv[], int in, int out, pid_t parent)
{
	sigset_t none;
	char *const *args;

	memcpy(&args, &argv, sizeof(args)); /* execv's prototype predates const */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	if (dup2(in, STDIN_FILENO) < 0)
		_exit(127);
	if (out >= 0 && (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0))
		_exit(127);
	close_range(3, ~0U, 0);
	execv(program, args);
	_exit(127);
}

static int spawn(const char *const argv[], int out, pid_t *ret, struct err *err)
{
	autofree char *program = run_find(argv[0]);
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t parent = getpid();
	pid_t pid;

	if (!program)
		return err_set(err, ERR_NOT_FOUND, "program '%s' is not installed", argv[0]);
	if (null < 0)
		return err_sys(err, "cannot open /dev/null");
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot start '%s'", argv[0]);
	if (pid == 0)
		become(program, argv, null, out, parent);
	*ret = pid;
	return 0;
}

int run_start(const char *const argv[], pid_t *ret, struct err *err)
{
	return spawn(argv, -1, ret, err);
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads until the writers are gone or the time is up; returns whether they are gone. */
static bool collect(int fd, long deadline, struct strbuf *output)
{
	while (true) {
		struct pollfd poller = {.fd = fd, .events = POLLIN};
		long left = deadline - milliseconds();
		char chunk[4096];
		ssize_t n;

		if (left <= 0)
			return false;
		if (poll(&poller, 1, (int)left) <= 0)
			continue;
		n = read(fd, chunk, sizeof(chunk));
		if (n == 0)
			return true;
		if (n < 0 && errno != EINTR)
			return true;
		if (n > 0 && output && output->len < OUTPUT_LIMIT)
			strbuf_add(output, chunk, (size_t)n);
	}
}

/* The writers are gone, but the program may have closed its output and go on. */
static bool reap_until(pid_t pid, long deadline, int *wait_status)
{
	while (true) {
		pid_t got = waitpid(pid, wait_status, WNOHANG);

		if (got == pid || (got < 0 && errno != EINTR))
			return true;
		if (milliseconds() >= deadline)
			return false;
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
}

int run_program(const char *const argv[], unsigned seconds, struct strbuf *output, int *status,
	struct err *err)
{
	long deadline = milliseconds() + (long)seconds * 1000;
	autoclose int read_end = -1;
	int ends[2];
	int wait_status = 0;
	pid_t pid;
	int started;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	read_end = ends[0];
	started = spawn(argv, ends[1], &pid, err);
	close(ends[1]);
	if (started < 0)
		return -1;
	if (!collect(read_end, deadline, output) || !reap_until(pid, deadline, &wait_status)) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return err_set(
			err, ERR_UPSTREAM, "'%s' was still running after %u s", argv[0], seconds);
	}
	*status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
	return 0;
}

int run_checked(const char *const argv[], unsigned seconds, struct strbuf *output, struct err *err)
{
	autostrbuf own = STRBUF_INIT;
	struct strbuf *out = output ? output : &own;
	const char *line;
	int status;

	if (run_program(argv, seconds, out, &status, err) < 0)
		return -1;
	if (status == 0)
		return 0;
	line = out->buf + strspn(out->buf, "\n"); /* dnsmasq begins with an empty one */
	return err_set(err, ERR_UPSTREAM, "'%s' failed (exit status %d): %.*s", argv[0], status,
		(int)strcspn(line, "\n"), line);
}
