#include "koan-client/bootloader/loader_options.h"

#include "koan-client/bootloader/loader_words.h"
#include "koan-client/bootloader/pxe.h"
#include "koan-client/plan/cache.h"

#include <string.h>

/* The words of a vif= line (xl-network-configuration(5)), which pypxeboot was given as a whole. */
static const char *const vif_words[] = {"accel", "backend", "bridge", "devid", "forwarddev",
	"gatewaydev", "model", "mtu", "rate", "script", "trusted", "type", "vifname", "vlan"};

static int bad_option(const char *option, const char *value, const char *why, struct err *err)
{
	return err_set(err, ERR_USAGE, "--%s=%.100s: %s", option, value, why);
}

static int checked(const char *option, const char *value, const char *(*check)(const char *text),
	struct err *err)
{
	const char *bad = value ? check(value) : NULL;

	return bad ? bad_option(option, value, bad, err) : 0;
}

static bool is_vif_word(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(vif_words); i++)
		if (strlen(vif_words[i]) == len && strncmp(vif_words[i], word, len) == 0)
			return true;
	return false;
}

/* One of "mac=…,bridge=…": a MAC or IP address, or what is only the toolstack's business. */
static int read_vif_part(struct loader_words *words, const char *part, struct err *err)
{
	size_t len = strcspn(part, "=");

	if (strncmp(part, "mac=", 4) == 0)
		words->mac = part + 4;
	else if (strncmp(part, "ip=", 3) == 0)
		words->ip = part + 3;
	else if (*part && !(part[len] && is_vif_word(part, len)))
		return err_set(err, ERR_USAGE, "unexpected word '%.100s'; see --help", part);
	return 0;
}

/* All words but the last are of the domain's configuration; the last is its disk. */
static int read_rest(struct loader_options *ret, struct loader_words *words, struct err *err)
{
	for (size_t i = 0; i < ret->words.n; i++) {
		char *word = ret->words.v[i];

		if (i + 1 == ret->words.n && (word[0] == '/' || !strchr(word, '='))) {
			ret->disk = word;
			return 0;
		}
		for (const char *part; (part = strsep(&word, ","));)
			if (read_vif_part(words, part, err) < 0)
				return -1;
	}
	return 0;
}

static bool names_a_way(const struct loader_words *words)
{
	return words->server || words->tftp || words->pxe || words->repository ||
	       words->other_config;
}

/* What the command line says counts, word by word; whom to ask as a whole. Of what excludes each
 * other, a guest's own word puts the host's for all guests aside. */
static void put_over(const struct loader_words *file, struct loader_words *words)
{
	bool said_how_often = words->once || words->always;
	bool said_item = words->system || words->profile;
	const size_t n = offsetof(struct loader_words, once) / sizeof(const char *);
	const char *const *from = (const char *const *)(const void *)file;
	const char **to = (const char **)(void *)words;
	bool way = names_a_way(words);

	for (size_t i = 0; i < n; i++) {
		const char *const *at = from + i;

		if (way && (at == &file->server || at == &file->port || at == &file->ca_file ||
				   at == &file->tftp || at == &file->pxe ||
				   at == &file->repository || at == &file->other_config))
			continue;
		if (said_item && (at == &file->system || at == &file->profile))
			continue;
		if (!to[i])
			to[i] = *at;
	}
	words->once |= file->once && !said_how_often;
	words->always |= file->always && !said_how_often;
	words->fallback |= file->fallback;
	words->quiet |= file->quiet;
	words->verbose |= file->verbose;
}

static int read_file(struct loader_options *ret, struct loader_words *words, struct err *err)
{
	const char *path = words->config ? words->config : LOADER_CONFIG;
	struct loader_words file = {0};

	if (!words->config && access(path, F_OK) < 0)
		return 0;
	if (loader_words_read(path, &file, &ret->texts, err) < 0)
		return err_wrap(err, "configuration");
	put_over(&file, words);
	return 0;
}

/* Of a vif's addresses, which blanks part, the first IPv4 address: PXE's files have no names for
 * IPv6. */
static int read_ip(const char *text, struct loader_options *ret, struct err *err)
{
	autostrv list = STRV_INIT;

	strv_split(&list, text, " \t");
	for (size_t i = 0; i < list.n && !ret->has_ip; i++) {
		if (strchr(list.v[i], ':'))
			continue;
		if (ip4_parse(list.v[i], &ret->ip, err) < 0)
			return bad_option("ip", text, "must be an IPv4 address", err);
		ret->has_ip = true;
	}
	return 0;
}

static int read_machine(
	const struct loader_words *words, struct loader_options *ret, struct err *err)
{
	autofree char *mac = words->mac ? xstrndup(words->mac, strcspn(words->mac, ",")) : NULL;
	char text[MAC_TEXT];

	if (mac && (mac_parse(mac, &ret->mac, err) < 0 || !mac_is_unicast(&ret->mac)))
		return bad_option(
			"mac", mac, "must be a MAC address such as 00:16:3e:11:22:33", err);
	ret->has_mac = mac != NULL;
	if (words->ip && read_ip(words->ip, ret, err) < 0)
		return -1;
	if (checked("vm", words->vm, check_guest_name, err) < 0)
		return -1;
	if (words->vm) {
		ret->vm = xstrdup(words->vm);
	} else if (ret->has_mac) {
		mac_format(&ret->mac, '-', text);
		ret->vm = xstrdup(text);
	} else if (words->system && !check_guest_name(words->system)) {
		ret->vm = xstrdup(words->system);
	}
	return 0;
}

/* eliloader's keys stand in for options that are not given. */
static int read_other_config(
	struct loader_words *words, struct loader_options *ret, struct err *err)
{
	struct other_config *config = &ret->other_config;

	if (!words->other_config)
		return 0;
	if (other_config_read(words->other_config, config, err) < 0)
		return -1;
	if ((config->distro && strcmp(config->distro, "pygrub") == 0) ||
		(config->round && strcmp(config->round, "1") != 0))
		ret->way = LOADER_DISK;
	words->repository = words->repository ? words->repository : config->repository;
	words->family = words->family ? words->family : config->distro;
	words->arch = words->arch ? words->arch : config->arch;
	words->release = words->release ? words->release : config->release;
	return 0;
}

/* XenServer's templates say which ways of installing they know. */
static int check_methods(const char *methods, const char *url, struct err *err)
{
	autostrv list = STRV_INIT;
	autofree char *scheme = xstrndup(url, strcspn(url, ":"));

	if (!methods)
		return 0;
	strv_split(&list, methods, ", ");
	if (strv_has(&list, scheme) || (strcmp(scheme, "https") == 0 && strv_has(&list, "http")))
		return 0;
	return err_set(err, ERR_INVALID, "install-methods is %.60s, which %s is not among", methods,
		scheme);
}

static int read_repository(
	const struct loader_words *words, struct loader_options *ret, struct err *err)
{
	struct repository *repository = &ret->repository;
	autostrbuf names = STRBUF_INIT;

	ret->way = LOADER_REPOSITORY;
	repository->url = words->repository;
	repository->arch = words->arch;
	repository->release = words->release;
	if (check_url(words->repository) && strncmp(words->repository, "http", 4) != 0)
		return bad_option("repository", words->repository,
			"must be an http or https URL; what is on a CD, an FTP or an NFS server "
			"can "
			"be offered over http, or imported by a Bootwright server",
			err);
	if (checked("repository", words->repository, check_url, err) < 0 ||
		checked("arch", words->arch, check_word, err) < 0 ||
		checked("release", words->release, check_word, err) < 0 ||
		check_methods(ret->other_config.methods, words->repository, err) < 0)
		return -1;
	repository_family_names(&names);
	if (!words->family)
		return err_set(err, ERR_USAGE, "--repository needs --family, one of %s", names.buf);
	repository->family = repository_family_find(words->family);
	if (!repository->family)
		return err_set(
			err, ERR_USAGE, "--family=%.40s: must be %s", words->family, names.buf);
	if (repository_family_needs_release(repository->family) && !words->release)
		return err_set(err, ERR_USAGE, "--family=%s needs --release, such as bookworm",
			words->family);
	return 0;
}

static int read_pxe(const struct loader_words *words, struct loader_options *ret, struct err *err)
{
	const char *url = words->pxe;
	const char *bad;

	ret->way = LOADER_PXE;
	if (words->tftp) {
		char host[256];
		unsigned port;

		if (host_port_parse(words->tftp, 69, host, &port, err) < 0)
			return err_wrap(err, "--tftp");
		ret->pxe_base = xasprintf(
			strchr(host, ':') ? "tftp://[%s]:%u/" : "tftp://%s:%u/", host, port);
		return 0;
	}
	bad = pxe_check_url(url);
	if (bad || strpbrk(url, "?#"))
		return bad_option("pxe", url,
			bad ? "must be a tftp, http or https URL" : "must be a folder", err);
	ret->pxe_base = xasprintf("%s%s", url, url[strlen(url) - 1] == '/' ? "" : "/");
	return 0;
}

static int read_server(const struct loader_words *words, const char *fallback,
	struct loader_options *ret, struct err *err)
{
	const char *server = words->server ? words->server : fallback;

	ret->way = LOADER_SERVER;
	if (!server || !*server)
		return err_set(err, ERR_USAGE,
			"whom to ask? give --server, --tftp, --pxe or --repository, or put "
			"server = HOST into %s",
			LOADER_CONFIG);
	if (options_read_server(server, words->port, words->ca_file, &ret->server, err) < 0 ||
		checked("system", words->system, check_word, err) < 0 ||
		checked("profile", words->profile, check_word, err) < 0)
		return -1;
	if (words->system && words->profile)
		return err_set(err, ERR_USAGE, "give one of --system and --profile, not both");
	ret->server.item_kind = words->profile ? "profile" : "system";
	ret->server.item_name = words->profile ? words->profile : words->system;
	if (!ret->server.item_name && !ret->has_mac)
		return err_set(err, ERR_USAGE,
			"which machine? give mac=MAC, --system=NAME or --profile=NAME");
	return 0;
}

static int read_way(struct loader_words *words, const char *fallback, struct loader_options *ret,
	struct err *err)
{
	int given = (words->server != NULL) + (words->tftp != NULL) + (words->pxe != NULL) +
	            (words->repository != NULL || words->other_config != NULL);

	if (given > 1)
		return err_set(
			err, ERR_USAGE, "give one of --server, --tftp, --pxe and --repository");
	if (read_other_config(words, ret, err) < 0)
		return -1;
	if (ret->way == LOADER_DISK)
		return 0;
	ret->server.ca_file = words->ca_file; /* a menu over TFTP may lead to https, too */
	if (words->repository)
		return read_repository(words, ret, err);
	if (words->other_config)
		return err_set(err, ERR_INVALID, "--other-config=%s has no install-repository",
			words->other_config);
	if (words->tftp || words->pxe)
		return read_pxe(words, ret, err);
	return read_server(words, fallback, ret, err);
}

static int read_once(const struct loader_words *words, struct loader_options *ret, struct err *err)
{
	bool unrecorded =
		ret->way == LOADER_REPOSITORY || (ret->way == LOADER_SERVER && words->profile);

	if (words->once && words->always)
		return err_set(err, ERR_USAGE, "--once and --always contradict each other");
	ret->once = words->once || (unrecorded && !words->always);
	if (ret->once && !ret->vm)
		return err_set(err, ERR_USAGE,
			"which machine is it, so that its installer starts only once? give "
			"--vm=NAME or mac=MAC, or --always");
	ret->marker = (struct marker){words->state_dir, ret->vm};
	return 0;
}

static int read_places(struct loader_words *words, struct loader_options *ret, struct err *err)
{
	if (checked("output-directory", words->output_directory, check_word, err) < 0 ||
		checked("cache-dir", words->cache_dir, check_word, err) < 0 ||
		checked("ca-file", words->ca_file, check_word, err) < 0 ||
		checked("kernel-dir", words->kernel_dir, check_word, err) < 0 ||
		checked("state-dir", words->state_dir, check_word, err) < 0 ||
		checked("config-dir", words->config_dir, check_word, err) < 0 ||
		checked("label", words->label, check_word, err) < 0 ||
		checked("args", words->args, check_line, err) < 0)
		return -1;
	if (words->output_directory && words->output_directory[0] != '/')
		return bad_option("output-directory", words->output_directory,
			"must be an absolute path", err);
	ret->cache_dir = cache_folder(words->cache_dir);
	ret->kernel_dir = words->kernel_dir ? words->kernel_dir : LOADER_KERNEL_DIR;
	ret->config_dir = words->config_dir ? words->config_dir : "pxelinux.cfg";
	ret->label = words->label;
	ret->output = words->output && strcmp(words->output, "-") != 0 ? words->output : NULL;
	ret->output_format = words->output_format;
	ret->output_directory = words->output_directory;
	ret->kernel = words->kernel;
	ret->ramdisk = words->ramdisk;
	ret->args = words->args;
	ret->runas = words->runas;
	ret->pygrub = words->pygrub;
	return boot_format_find(
		words->output_format ? words->output_format : "sxp", &ret->format, err);
}

static enum loader_action action_of(const struct loader_words *words)
{
	if (words->help)
		return LOADER_HELP;
	if (words->man)
		return LOADER_MAN;
	if (words->version)
		return LOADER_VERSION;
	return words->rearm ? LOADER_REARM : LOADER_BOOT;
}

/* True where another option or vif word begins behind a blank. */
static bool is_joined(const char *word)
{
	if (strncmp(word, "--args=", 7) == 0 || word[0] == '/')
		return false;
	while ((word = strpbrk(word, " \t\n"))) {
		size_t letters;

		word += strspn(word, " \t\n");
		letters = strspn(word, "abcdefghijklmnopqrstuvwxyz");
		if (strncmp(word, "--", 2) == 0 || (letters && word[letters] == '='))
			return true;
	}
	return false;
}

/* libvirt gives all of <bootloader_args> as one word, however many there are (9.0, libxl_conf.c).
 */
static void take_argv(int argc, char *const argv[], struct strv *ret)
{
	for (int i = 0; i < argc; i++) {
		if (i && is_joined(argv[i]))
			strv_split(ret, argv[i], " \t\n");
		else
			strv_add(ret, argv[i]);
	}
}

int loader_options_parse(int argc, char *const argv[], const char *fallback_server,
	struct loader_options *ret, struct err *err)
{
	struct loader_words words = {0};

	take_argv(argc, argv, &ret->argv);
	if (loader_words_parse((int)ret->argv.n, ret->argv.v, &words, &ret->words, err) < 0)
		return -1;
	ret->action = action_of(&words);
	if (ret->action != LOADER_BOOT && ret->action != LOADER_REARM)
		return 0;
	if (read_rest(ret, &words, err) < 0 || read_file(ret, &words, err) < 0 ||
		read_machine(&words, ret, err) < 0)
		return -1;
	words.state_dir = words.state_dir ? words.state_dir : LOADER_STATE_DIR;
	ret->fallback = words.fallback;
	ret->quiet = words.quiet;
	ret->verbose = words.verbose;
	ret->dry_run = words.dry_run;
	ret->marker = (struct marker){words.state_dir, ret->vm};
	if (ret->action == LOADER_REARM && ret->dry_run)
		return err_set(err, ERR_USAGE,
			"--dry-run prints what would be started, and --rearm starts nothing");
	if (ret->action == LOADER_REARM)
		return ret->vm ? 0
		               : err_set(err, ERR_USAGE,
					 "which machine? give --vm=NAME or mac=MAC");
	if (read_places(&words, ret, err) < 0 || read_way(&words, fallback_server, ret, err) < 0)
		return -1;
	return read_once(&words, ret, err);
}

void loader_options_done(struct loader_options *options)
{
	options_done(&options->server);
	other_config_done(&options->other_config);
	strv_done(&options->argv);
	strv_done(&options->words);
	strv_done(&options->texts);
	free(options->pxe_base);
	free(options->cache_dir);
	free(options->vm);
}
