#include "ops/check/check_tftp.h"

#include "base/file.h"
#include "base/net.h"
#include "ops/supervise.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum { TFTP_PORT = 69, ANSWER_MS = 500, FILE_MAX = 64 << 20 };
enum { OP_READ = 1, OP_DATA = 3, OP_ERROR = 5 };       /* RFC 1350, section 5 */
enum { ERROR_NOT_FOUND = 1, ERROR_NO_PERMISSION = 2 }; /* and its appendix */

static bool send_request(int fd, uint32_t address, unsigned port, const char *file)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(address)};
	autostrbuf packet = STRBUF_INIT;

	strbuf_add(&packet, (char[]){0, OP_READ}, 2);
	strbuf_add(&packet, file, strlen(file) + 1);
	strbuf_add(&packet, "octet", sizeof("octet"));
	return sendto(fd, packet.buf, packet.len, MSG_NOSIGNAL, (const struct sockaddr *)&to,
		       sizeof(to)) == (ssize_t)packet.len;
}

/* Else it would send the block again and again. */
static void send_end(int fd, const struct sockaddr_in *to)
{
	static const char packet[] = {0, OP_ERROR, 0, 0, 0};

	sendto(fd, packet, sizeof(packet), MSG_NOSIGNAL, (const struct sockaddr *)to, sizeof(*to));
}

static unsigned number_at(const unsigned char *packet)
{
	return (unsigned)packet[0] << 8 | packet[1];
}

enum tftp_answer tftp_ask(uint32_t address, unsigned port, const char *file, const char *start,
	size_t len, struct strbuf *said)
{
	autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd answer = {.fd = fd, .events = POLLIN};
	unsigned char packet[4 + TFTP_BLOCK + 1];
	struct sockaddr_in from = {.sin_family = AF_INET};
	socklen_t from_len = sizeof(from);
	ssize_t n;

	if (fd < 0 || !send_request(fd, address, port, file) || poll(&answer, 1, ANSWER_MS) != 1)
		return TFTP_SILENT;
	n = recvfrom(
		fd, packet, sizeof(packet) - 1, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);
	if (n < 4)
		return TFTP_SILENT;
	packet[n] = '\0';
	if (number_at(packet) == OP_DATA) {
		send_end(fd, &from);
		if ((size_t)n - 4 == len && memcmp(packet + 4, start, len) == 0)
			return TFTP_SAME;
		strbuf_adds(said, "it is another one there");
		return TFTP_OTHER;
	}
	if (number_at(packet) != OP_ERROR || (number_at(packet + 2) != ERROR_NOT_FOUND &&
						     number_at(packet + 2) != ERROR_NO_PERMISSION))
		return TFTP_SILENT;
	strbuf_adds(said, number_at(packet + 2) == ERROR_NOT_FOUND ? "it is not there"
								   : "it may not be read");
	return TFTP_OTHER;
}

/* A menu and not a loader, for that is the same wherever it comes from. */
static const char *const files[] = {"grub/grub.cfg", "pxelinux.cfg/default"};

static const char *published_start(const struct server *server, struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		autofree char *path = xasprintf("current/%s", files[i]);

		strbuf_reset(ret);
		if (file_read(server->tftp_fd, path, FILE_MAX, ret, NULL) == 0)
			return files[i];
	}
	return NULL;
}

/* It may listen only where machines ask it, or everywhere. */
static enum tftp_answer ask_here(
	const char *next_server, const char *file, const struct strbuf *start, struct strbuf *said)
{
	const size_t len = start->len < TFTP_BLOCK ? start->len : TFTP_BLOCK;
	enum tftp_answer answer = TFTP_SILENT;
	uint32_t address;

	if (next_server && ip4_parse(next_server, &address, NULL) == 0)
		answer = tftp_ask(address, TFTP_PORT, file, start->buf, len, said);
	if (answer == TFTP_SILENT)
		answer = tftp_ask(INADDR_LOOPBACK, TFTP_PORT, file, start->buf, len, said);
	return answer;
}

void tftp_advice(const struct server *server, struct strbuf *ret)
{
	const char *share = server->config.share_dir;
	const char *folder = server->config.tftp_dir;

	strbuf_addf(ret,
		"with the package tftpd-hpa, in /etc/default/tftpd-hpa: TFTP_DIRECTORY=\"%s\" and "
		"TFTP_OPTIONS=\"--secure --map-file=%s/" SUPERVISE_TFTP_MAP
		"\", then: systemctl enable tftpd-hpa && systemctl restart tftpd-hpa; by hand: "
		"in.tftpd --listen --secure --map-file=%s/" SUPERVISE_TFTP_MAP
		" %s; or start bootwrightd with --services=managed (for its unit: "
		"%s/bootwrightd-managed.conf)",
		folder, share, share, folder, share);
}

bool tftp_serves_other(struct server *server, const struct settings *settings,
	struct strbuf *problem, struct strbuf *advice)
{
	autostrbuf start = STRBUF_INIT;
	autostrbuf said = STRBUF_INIT;
	const char *file = published_start(server, &start);

	if (!file || ask_here(settings->next_server_v4, file, &start, &said) != TFTP_OTHER)
		return false;
	strbuf_addf(problem, "what listens on UDP port 69 does not serve what is published: %s, %s",
		file, said.buf);
	tftp_advice(server, advice);
	return true;
}
