#include "base/log.h"

#include "base/strbuf.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static atomic_int threshold = LOG_LEVEL_INFO;

static const struct {
	const char *name;
	int priority; /* syslog(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", 3},
	[LOG_LEVEL_WARNING] = {"warning", 4},
	[LOG_LEVEL_INFO] = {"info", 6},
	[LOG_LEVEL_DEBUG] = {"debug", 7},
};

void log_set_level(enum log_level level)
{
	atomic_store(&threshold, (int)level);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	autostrbuf line = STRBUF_INIT;
	ssize_t ignored;
	va_list ap;

	if ((int)level > atomic_load(&threshold))
		return;
	if (getenv("JOURNAL_STREAM"))
		strbuf_addf(&line, "<%d>", levels[level].priority);
	else
		strbuf_addf(&line, "%s: ", levels[level].name);
	va_start(ap, fmt);
	strbuf_vaddf(&line, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.buf[i] < 0x20 || line.buf[i] == 0x7f)
			line.buf[i] = '?';
	strbuf_addc(&line, '\n');
	ignored = write(STDERR_FILENO, line.buf, line.len);
	(void)ignored;
}

void log_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	autoclose int fd = -1;
	size_t len;

	if (!path || (path[0] != '/' && path[0] != '@'))
		return;
	len = strlen(path);
	if (len >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@') /* an abstract address begins with NUL */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}
