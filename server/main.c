/*
 * bootwrightd: the server. Opens what needs root, becomes its own account, runs the listeners until
 * a signal. With services = managed it first splits: the parent keeps root and runs dnsmasq and
 * in.tftpd (ops/supervise.h), the child is the server.
 */
#include "base/account.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "http/listener.h"
#include "http/openapi.h"
#include "http/socket.h"
#include "ops/install/discovery.h"
#include "ops/install/install_watch.h"
#include "ops/publish/autosync.h"
#include "ops/server.h"
#include "ops/supervise.h"
#include "server/daemon_options.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define VERSION_TEXT "0.1"

enum { DRAIN_SECONDS = 30 /* for downloads in flight when the server stops */ };

/* What main() has open and must end, in the order of their making. */
struct daemon {
	struct daemon_options options;
	struct account account;
	bool root;
	int boot_fd, api_fd, socket_fd;
	char boot_host[256], api_host[256];
	unsigned boot_port, api_port;
	int supervisor; /* -1: none */
	sigset_t signals;
	struct server *server;
	struct listener *listener[3];
};

/* What needs root */

static int choose_account(struct daemon *daemon, struct err *err)
{
	const char *name = daemon->options.user;

	daemon->root = geteuid() == 0;
	if (!daemon->root) {
		account_self(&daemon->account);
		if (name && strcmp(name, daemon->account.name) != 0)
			return err_set(
				err, ERR_USAGE, "--user=%s: only root can become another", name);
		return 0;
	}
	if (name)
		return account_find(name, &daemon->account, err);
	if (account_find("bootwright", &daemon->account, NULL) == 0)
		return 0;
	log_warning(
		"there is no account 'bootwright': running as 'nobody', who may be others, too; "
		"make one with 'adduser --system --group bootwright'");
	return account_find("nobody", &daemon->account, err);
}

/* Machines of IPv6 are told URLs of IPv6. A kernel may know none of it. */
static int bind_boot(struct daemon *daemon, struct err *err)
{
	const char *told = daemon->options.boot_listen;

	if (!told && socket_listen_tcp("[::]:80", &daemon->boot_fd, daemon->boot_host,
			     &daemon->boot_port, NULL) == 0)
		return 0;
	if (socket_listen_tcp(told ? told : "0.0.0.0:80", &daemon->boot_fd, daemon->boot_host,
		    &daemon->boot_port, err) == 0)
		return 0;
	return err_wrap(err, "--boot-listen");
}

static int bind_all(struct daemon *daemon, struct err *err)
{
	const struct daemon_options *o = &daemon->options;
	const struct account *account = &daemon->account;

	if (bind_boot(daemon, err) < 0)
		return -1;
	if (socket_listen_tcp(
		    o->api_listen, &daemon->api_fd, daemon->api_host, &daemon->api_port, err) < 0)
		return err_wrap(err, "--api-listen");
	if (socket_listen_unix(o->api_socket, account->uid, account->gid, &daemon->socket_fd, err) <
		0)
		return err_wrap(err, "--api-socket");
	if (strncmp(daemon->api_host, "127.", 4) != 0 && strcmp(daemon->api_host, "::1") != 0)
		log_warning("the API on %s is not encrypted: tokens can be read on the way",
			o->api_listen);
	return 0;
}

/* A folder that the account can write, in one that is not the account's. */
static int give_folder(const struct daemon *daemon, const char *path, mode_t mode, struct err *err)
{
	autofree char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	autoclose int fd = -1;

	if ((*parent && file_mkdirs(AT_FDCWD, parent, 0755, err) < 0) ||
		file_mkdirs(AT_FDCWD, path, mode, err) < 0 ||
		file_open_dir(AT_FDCWD, path, &fd, err) < 0)
		return -1;
	if (daemon->root && fchown(fd, daemon->account.uid, daemon->account.gid) < 0)
		return err_sys(err, "cannot give '%s' to '%s'", path, daemon->account.name);
	return 0;
}

/* One in the account's own: made with its rights, for it may have put a link there that leads to
 * what it must not be given. */
static int make_folder_as_account(
	const struct daemon *daemon, const char *path, mode_t mode, struct err *err)
{
	int result = -1;

	if (!daemon->root)
		return file_mkdirs(AT_FDCWD, path, mode, err);
	if (setegid(daemon->account.gid) == 0 && seteuid(daemon->account.uid) == 0)
		result = file_mkdirs(AT_FDCWD, path, mode, err);
	else
		err_sys(err, "cannot become '%s'", daemon->account.name);
	if (seteuid(0) < 0 || setegid(0) < 0)
		return err_sys(err, "cannot become root again");
	return result;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || folder[len - 1] == '/');
}

static int give_folders(const struct daemon *daemon, struct err *err)
{
	const char *state = daemon->options.state_dir, *tftp = daemon->options.tftp_dir;
	/* in.tftpd serves it as a user of its own */
	const mode_t tftp_mode = 0755;

	if (give_folder(daemon, state, 0750, err) < 0)
		return err_wrap(err, "--state-dir");
	if (is_below(tftp, state) ? make_folder_as_account(daemon, tftp, tftp_mode, err) < 0
				  : give_folder(daemon, tftp, tftp_mode, err) < 0)
		return err_wrap(err, "--tftp-dir");
	return 0;
}

/* As many connections as the listeners allow need as many descriptors, and files beside them. */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max < 16384 ? files.rlim_max : 16384;
	setrlimit(RLIMIT_NOFILE, &files);
}

static void block_signals(struct daemon *daemon)
{
	sigemptyset(&daemon->signals);
	sigaddset(&daemon->signals, SIGTERM);
	sigaddset(&daemon->signals, SIGINT);
	sigaddset(&daemon->signals, SIGHUP);
	sigaddset(&daemon->signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &daemon->signals, NULL);
	sigdelset(&daemon->signals, SIGCHLD);
	/* The server's own children are waited for one by one. */
}

static void close_sockets(struct daemon *daemon)
{
	auto_close(&daemon->boot_fd);
	auto_close(&daemon->api_fd);
	auto_close(&daemon->socket_fd);
	daemon->boot_fd = daemon->api_fd = daemon->socket_fd = -1;
}

/* The privileged parent; never returns to the server's code. */
static int supervise(struct daemon *daemon, int socket, pid_t child)
{
	const struct daemon_options *o = &daemon->options;
	autofree char *conf = xasprintf("%s/current/private/dnsmasq.conf", o->tftp_dir);
	autofree char *map = xasprintf("%s/" SUPERVISE_TFTP_MAP, o->share_dir);
	struct supervise_config config = {
		.tftp_dir = o->tftp_dir,
		.dnsmasq_conf = conf,
		.tftp_map = map,
		.tftp_address = o->tftp_address,
		.leases = o->dhcp_leases,
		.account = &daemon->account,
		.child = child,
	};
	int status;

	close_sockets(daemon);
	status = supervise_run(socket, &config);
	unlink(o->api_socket);
	return status;
}

/* In the parent `child` is above 0; in the child, and where nothing is split, it is 0. */
static int split(struct daemon *daemon, pid_t *child, int *socket, struct err *err)
{
	int pair[2];
	pid_t parent = getpid();

	if (!daemon->root)
		return err_set(err, ERR_USAGE, "--services=managed must be started as root");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket pair");
	*child = fork();
	if (*child < 0)
		return err_sys(err, "cannot split");
	*socket = pair[*child == 0];
	close(pair[*child != 0]);
	if (*child == 0 && getppid() != parent)
		return err_set(err, ERR_UPSTREAM, "the parent is gone");
	return 0;
}

static int drop(const struct daemon *daemon, struct err *err)
{
	if (daemon->root && account_become(&daemon->account, err) < 0)
		return -1;
	/* After the change of user, which clears it: without its parent the child ends, too. */
	if (daemon->supervisor >= 0)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	return 0;
}

/* What another account has made, often when the server once ran as that one. */
static int check_access(
	const struct daemon *daemon, const char *folder, const char *name, struct err *err)
{
	autofree char *path = *name ? xasprintf("%s/%s", folder, name) : xstrdup(folder);

	if (access(path, R_OK | W_OK) == 0 || errno != EACCES)
		return 0;
	return err_set(err, ERR_IO,
		"'%s' cannot be read and written by '%s', as which bootwrightd runs; is it another "
		"account's? chown -R %s: %s, or --user=NAME",
		path, daemon->account.name, daemon->account.name, folder);
}

/* The server's life */

static int open_server(struct daemon *daemon, struct err *err)
{
	const struct daemon_options *o = &daemon->options;
	struct server_config config = {
		.state_dir = o->state_dir,
		.tftp_dir = o->tftp_dir,
		.share_dir = o->share_dir,
		.boot_port = daemon->boot_port,
		.leases = *o->dhcp_leases ? o->dhcp_leases : NULL,
		.managed = daemon->supervisor >= 0,
		.reload_dhcp = o->reload_dhcp,
		.restart_dhcp = o->restart_dhcp,
		.supervisor = daemon->supervisor,
	};

	if (server_open(&config, &daemon->server, err) < 0 ||
		autosync_start(daemon->server, err) < 0)
		return -1;
	if (install_watch_start(daemon->server, err) < 0)
		return -1;
	return discovery_start(daemon->server, err);
}

static int start_listeners(struct daemon *daemon, struct err *err)
{
	const struct listener_config configs[] = {
		{.kind = LISTENER_BOOT, .fd = take_fd(&daemon->boot_fd), .host = daemon->boot_host},
		{.kind = LISTENER_API, .fd = take_fd(&daemon->api_fd), .host = daemon->api_host},
		{.kind = LISTENER_API,
			.fd = take_fd(&daemon->socket_fd),
			.is_unix = true,
			.group = daemon->account.gid,
			.host = daemon->options.api_socket},
	};

	listener_prepare();
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		struct listener_config config = configs[i];

		config.server = daemon->server;
		if (listener_start(&config, &daemon->listener[i], err) < 0)
			return -1;
	}
	return 0;
}

static char *address(const char *host, unsigned port)
{
	return xasprintf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
}

static void say_ready(const struct daemon *daemon)
{
	autofree char *boot = address(daemon->boot_host, daemon->boot_port);
	autofree char *api = address(daemon->api_host, daemon->api_port);

	log_info("ready: boot http://%s, API http://%s, socket %s", boot, api,
		daemon->options.api_socket);
	log_notify("READY=1");
}

static void wait_for_end(const struct daemon *daemon)
{
	int signal;

	do {
		signal = sigwaitinfo(&daemon->signals, NULL);
		if (signal == SIGHUP)
			log_info("SIGHUP: nothing to do, changed templates are seen at once");
	} while (signal != SIGTERM && signal != SIGINT);
	log_notify("STOPPING=1");
	log_info("stopping");
}

static void end(struct daemon *daemon)
{
	if (daemon->server)
		atomic_store(&daemon->server->stopping, 1);
	for (size_t i = 0; i < ARRAY_SIZE(daemon->listener); i++)
		if (daemon->listener[i])
			listener_drain(daemon->listener[i], DRAIN_SECONDS);
	for (size_t i = 0; i < ARRAY_SIZE(daemon->listener); i++)
		listener_stop(daemon->listener[i]);
	server_close(daemon->server);
	close_sockets(daemon);
	auto_close(&daemon->supervisor);
}

static int serve(struct daemon *daemon, struct err *err)
{
	const struct daemon_options *o = &daemon->options;

	if (drop(daemon, err) < 0 ||
		check_access(daemon, o->state_dir, "bootwright.lock", err) < 0 ||
		check_access(daemon, o->state_dir, "bootwright.db", err) < 0 ||
		check_access(daemon, o->tftp_dir, "", err) < 0 || open_server(daemon, err) < 0 ||
		start_listeners(daemon, err) < 0)
		return -1;
	say_ready(daemon);
	wait_for_end(daemon);
	return 0;
}

static int run(struct daemon *daemon, struct err *err)
{
	pid_t child = 0;
	int socket = -1;
	int result;

	umask(022); /* published files are for all; what is not has a mode of its own */
	if (choose_account(daemon, err) < 0)
		return -1;
	raise_file_limit();
	block_signals(daemon);
	if (bind_all(daemon, err) < 0)
		return -1;
	if (give_folders(daemon, err) < 0) {
		unlink(daemon->options.api_socket);
		return -1;
	}
	if (strcmp(daemon->options.services, "managed") == 0 &&
		split(daemon, &child, &socket, err) < 0)
		return -1;
	if (child > 0)
		return supervise(daemon, socket, child);
	daemon->supervisor = socket;
	result = serve(daemon, err);
	end(daemon);
	unlink(daemon->options.api_socket);
	return result;
}

static void daemon_done(struct daemon *daemon)
{
	daemon_options_done(&daemon->options);
	account_done(&daemon->account);
}

static void print_openapi(void)
{
	autojson json_t *document = openapi_document();
	autostrbuf text = STRBUF_INIT;

	json_print(document, true, &text);
	puts(text.buf);
}

int main(int argc, char *argv[])
{
	struct daemon daemon = {.boot_fd = -1, .api_fd = -1, .socket_fd = -1, .supervisor = -1};
	struct err err = ERR_INIT;
	int result = 0;

	if (daemon_options_read(&daemon.options, argc, argv, &err) < 0) {
		log_error("%s", err.msg);
		result = err_exit_status(err.code);
	} else if (daemon.options.help) {
		daemon_options_print_help(stdout);
	} else if (daemon.options.man) {
		daemon_options_print_man(stdout);
	} else if (daemon.options.version) {
		puts("bootwrightd " VERSION_TEXT);
	} else if (daemon.options.openapi) {
		print_openapi();
	} else {
		result = run(&daemon, &err);
		if (result < 0) {
			log_error("%s", err.msg);
			result = err_exit_status(err.code);
		}
	}
	daemon_done(&daemon);
	return result;
}
