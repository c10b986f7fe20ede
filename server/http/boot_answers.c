#include "base/net.h"
#include "http/tables.h"
#include "model/types.h"
#include "ops/install/discovery.h"
#include "ops/install/install.h"
#include "ops/publish/netboot.h"

#include <string.h>

/* "system" and "profile" are what installers ask for. */
static int installable(const char *kind, const struct item_type **ret, struct err *err)
{
	if (strcmp(kind, system_type.name) == 0)
		*ret = &system_type;
	else if (strcmp(kind, profile_type.name) == 0)
		*ret = &profile_type;
	else
		return err_set(err, ERR_NOT_FOUND, "'%s' is not 'system' or 'profile'", kind);
	return 0;
}

/* The parts that an installer asks for first: a try's second sign. */
static bool is_first_part(const char *part)
{
	static const char *const first[] = {"", "user-data", "live.ign", "config.tar"};

	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		if (strcmp(first[i], part) == 0)
			return true;
	return false;
}

static void note(const struct request *request, const char *system, const char *part,
	const struct answer *answer)
{
	char what[64];

	snprintf(what, sizeof(what), "autoinstall%s%s", *part ? "/" : "", part);
	netboot_note(request->server,
		&(struct served_answer){.system = system,
			.what = what,
			.answer = answer,
			.address = request->address,
			.sign = is_first_part(part) ? INSTALL_ANSWERED : INSTALL_NO_SIGN});
}

/* True where a request failed because the system was renamed while its installer runs, which knows
 * its old name: then `ret` is the new one, yours. */
static bool was_renamed(const struct request *request, const struct item_type *type,
	const struct err *why, char **ret)
{
	return type == &system_type && why->code == ERR_NOT_FOUND &&
	       db_install_renamed(request->server->db, request_param(request, "name"), ret, NULL) ==
	               0;
}

static int fail(const struct err *why, struct err *err)
{
	if (err)
		*err = *why;
	return -1;
}

static int answer_part(
	const struct request *request, const char *part, struct response *response, struct err *err)
{
	struct server *server = request->server;
	const char *name = request_param(request, "name");
	autofree char *new_name = NULL;
	const struct item_type *type;
	struct answer *answer;
	struct err why = ERR_INIT;

	if (installable(request_param(request, "kind"), &type, err) < 0)
		return -1;
	if (autoinstall_part_answer(server, type, name, part, &answer, &why) < 0) {
		if (!was_renamed(request, type, &why, &new_name))
			return fail(&why, err);
		name = new_name;
		if (autoinstall_part_answer(server, type, name, part, &answer, err) < 0)
			return -1;
	}
	if (type == &system_type && !request->is_head)
		note(request, name, part, answer);
	response_answer_take(response, answer);
	return 0;
}

static int get_autoinstall(struct request *request, struct response *response, struct err *err)
{
	return answer_part(request, "", response, err);
}

static int get_part(struct request *request, struct response *response, struct err *err)
{
	return answer_part(request, request_param(request, "part"), response, err);
}

static int profile_report(const struct request *request, bool end, struct err *err)
{
	const char *name = request_param(request, "name");
	int64_t version = 0;

	if (db_item_version(request->server->db, &profile_type, name, &version, err) < 0)
		return -1;
	if (version == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no profile '%s'", name);
	server_event(request->server, end ? "install-end" : "install-start", name, request->address,
		"a machine with profile '%s' %s its installation", name,
		end ? "has finished" : "has started");
	return 0;
}

/* `start` and `end` are the two words of the address. */
static int report(const struct request *request, const char *word, const char *start,
	const char *end, struct err *err)
{
	bool ended = strcmp(word, end) == 0;
	autofree char *new_name = NULL;
	const struct item_type *type;
	struct err why = ERR_INIT;

	if (!ended && strcmp(word, start) != 0)
		return err_set(err, ERR_NOT_FOUND, "'%s' is not '%s' or '%s'", word, start, end);
	if (installable(request_param(request, "kind"), &type, err) < 0)
		return -1;
	if (request->is_head)
		return 0;
	if (type == &profile_type)
		return profile_report(request, ended, err);
	if (install_report(request->server, request_param(request, "name"), ended, request->address,
		    &why) == 0)
		return 0;
	if (!was_renamed(request, type, &why, &new_name))
		return fail(&why, err);
	return install_report(request->server, new_name, ended, request->address, err);
}

static int trigger(struct request *request, struct response *response, struct err *err)
{
	if (report(request, request_param(request, "mode"), "pre", "post", err) < 0)
		return -1;
	response_text(response, 200, "text/plain", "True\n");
	return 0;
}

static int report_install(struct request *request, struct response *response, struct err *err)
{
	if (report(request, request_param(request, "mode"), "start", "end", err) < 0)
		return -1;
	response_text(response, 200, "text/plain", "ok\n");
	return 0;
}

static int get_boot(struct request *request, struct response *response, struct err *err)
{
	const char *format = request_param(request, "format");
	const char *mac = target_arg(&request->target, "mac");
	struct answer *answer;

	if (!mac && strcmp(format, "ipxe") == 0) {
		response_text(response, 200, "text/plain; charset=utf-8", NETBOOT_IPXE_FIRST);
		return 0;
	}
	if (request->is_head) {
		if (netboot_look(request->server, format, mac ? mac : "", &answer, err) < 0)
			return -1;
		response_answer_take(response, answer);
		return 0;
	}
	if (netboot_answer(
		    request->server, format, mac ? mac : "", request->address, &answer, err) < 0)
		return -1;
	discovery_runs_on(request->server, mac, target_arg(&request->target, "platform"),
		target_arg(&request->target, "arch"));
	response_answer_take(response, answer);
	return 0;
}

static const struct route rows[] = {
	ROUTE(LISTENER_BOOT, HTTP_GET, "/autoinstall/{kind}/{name}", ROLE_NONE, get_autoinstall,
		"The answer file of a system or profile."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/autoinstall/{kind}/{name}/{part}", ROLE_NONE, get_part,
		"A part of the answer file: user-data, meta-data, vendor-data and network-config "
		"as cloud-init's NoCloud source asks for them, late.sh, live.ign, config.tar …"),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/cblr/svc/op/autoinstall/{kind}/{name}", ROLE_NONE,
		get_autoinstall, "Cobbler's address of an answer file."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/cblr/svc/op/autoinstall/{kind}/{name}/{part}", ROLE_NONE,
		get_part, "A part of the answer file, below Cobbler's address."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/cblr/svc/op/ks/{kind}/{name}", ROLE_NONE, get_autoinstall,
		"Cobbler's older address of an answer file."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/cblr/svc/op/trig/mode/{mode}/{kind}/{name}", ROLE_NONE,
		trigger, "Cobbler's install callbacks: pre and post."),
	ROUTE(LISTENER_BOOT, HTTP_POST, "/cblr/svc/op/trig/mode/{mode}/{kind}/{name}", ROLE_NONE,
		trigger, "Cobbler's install callbacks: pre and post."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/report/{mode}/{kind}/{name}", ROLE_NONE, report_install,
		"An installer reports its start or end."),
	ROUTE(LISTENER_BOOT, HTTP_POST, "/report/{mode}/{kind}/{name}", ROLE_NONE, report_install,
		"An installer reports its start or end."),
	ROUTE(LISTENER_BOOT, HTTP_GET, "/boot/{format}", ROLE_NONE, get_boot,
		"The boot file (ipxe, grub, pxelinux) for ?mac=."),
};
const struct route_table boot_answer_routes = {rows, ARRAY_SIZE(rows)};
