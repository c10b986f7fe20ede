/* How machines boot, and what they need for it. */
#include "http/tables.h"
#include "ops/check/explain.h"
#include "ops/publish/dhcp_other.h"
#include "ops/publish/loaders_list.h"

#include <string.h>

static int get_explain(struct request *request, struct response *response, struct err *err)
{
	struct explain_request asked = {
		.mac = request_param(request, "mac"),
		.arch = target_arg(&request->target, "arch"),
		.firmware = target_arg(&request->target, "firmware"),
		.user_class = target_arg(&request->target, "user_class"),
		.network = target_arg(&request->target, "network"),
		.choose = target_arg(&request->target, "choose"),
	};
	json_t *answer;

	if (asked.user_class && strcmp(asked.user_class, "iPXE") != 0)
		return err_field(err, ERR_INVALID, "user_class",
			"'%.40s': only iPXE gets another answer", asked.user_class);
	if (request_flag(request, "secure_boot", &asked.secure_boot, err) < 0 ||
		explain_boot(request->server, &asked, &answer, err) < 0)
		return -1;
	response_json_take(response, 200, answer);
	return 0;
}

static int get_loaders(struct request *request, struct response *response, struct err *err)
{
	json_t *answer;

	if (loaders_list(request->server, &answer, err) < 0)
		return -1;
	response_json_take(response, 200, answer);
	return 0;
}

static int get_dhcp(struct request *request, struct response *response, struct err *err)
{
	const char *format = target_arg(&request->target, "format");
	json_t *answer;

	if (dhcp_other(request->server, format ? format : "dnsmasq",
		    target_arg(&request->target, "network"), &answer, err) < 0)
		return -1;
	response_json_take(response, 200, answer);
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/dhcp", ROLE_READ, get_dhcp, "showDhcp",
		"What somebody else's DHCP server must be told so that machines boot from here.",
		.args = ARGS(TEXT("format", "dnsmasq (the default), isc, kea or mikrotik"),
			TEXT("network", "as this server is seen from there")),
		.answer = "DhcpText"),
	API_ROUTE(HTTP_GET, "/api/v1/loaders", ROLE_READ, get_loaders, "listLoaders",
		"The boot loaders: installed, published, missing.", .answer = "LoaderList"),
	API_ROUTE(HTTP_GET, "/api/v1/boot/{mac}/explain", ROLE_READ, get_explain, "explainBoot",
		"How the machine with this MAC address would boot now: DHCP's answer, each file "
		"that is fetched, what is started, and what is broken. It need not be known.",
		.args = ARGS(TEXT("arch", "x86_64, i386 or aarch64; else the system's"),
			TEXT("firmware", "bios, uefi or uefi-http; else bios and uefi"),
			TEXT("user_class", "iPXE: the network card's own ROM is that"),
			TEXT("network", "where it is; else by its address, or the first one"),
			TEXT("choose", "what somebody chooses in its menus, such as "
				       "Rescue>Rescue with web; else what they start by "
				       "themselves"),
			FLAG("secure_boot", "with Secure Boot")),
		.answer = "BootExplanation"),
};
const struct route_table api_boot_routes = {rows, ARRAY_SIZE(rows)};
