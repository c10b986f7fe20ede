/* Machines that booted and that no system has. */
#include "base/net.h"
#include "http/tables.h"

#include <string.h>

enum { LIST_LIMIT = 100, LIST_MOST = DISCOVERED_MAX };

static json_t *text_or_null(const char *text)
{
	return *text ? json_string(text) : json_null();
}

static int add_machine(void *ctx, const struct db_discovered *machine, struct err *err)
{
	json_t *object = json_pack("{s:s,s:f,s:f,s:I}", "mac_address", machine->mac, "first",
		machine->first, "last", machine->last, "times", (json_int_t)machine->times);

	(void)err;
	json_object_set_new(object, "ip_address", text_or_null(machine->address));
	json_object_set_new(object, "hostname", text_or_null(machine->hostname));
	json_object_set_new(object, "loader", text_or_null(machine->loader));
	json_object_set_new(object, "firmware", text_or_null(machine->firmware));
	json_object_set_new(object, "client_id", text_or_null(machine->client_id));
	json_object_set_new(object, "leased", json_boolean(machine->lease != 0));
	json_object_set_new(
		object, "lease_ends", machine->lease > 0 ? json_real(machine->lease) : json_null());
	json_array_append_new(ctx, object);
	return 0;
}

/* A MAC address in any spelling as the store has it; what is none, a pattern, stays. */
static const char *canonical_mac(const char *text, char ret[MAC_TEXT])
{
	struct mac mac;

	if (!text || mac_parse(text, &mac, NULL) < 0)
		return text;
	mac_format(&mac, ':', ret);
	return ret;
}

/* One more than asked for shows whether there is a next page. */
static int list_discovered(struct request *request, struct response *response, struct err *err)
{
	const struct target *target = &request->target;
	autojson json_t *items = json_array();
	json_t *next = json_null();
	char mac[MAC_TEXT];
	char after[MAC_TEXT];
	struct db_discovered_query query = {
		.mac = canonical_mac(target_arg(target, "mac_address"), mac),
		.address = target_arg(target, "ip_address"),
		.hostname = target_arg(target, "hostname"),
		.after = canonical_mac(target_arg(target, "after"), after),
	};
	int64_t limit = LIST_LIMIT;
	int64_t since = 0;

	if (request_number(request, "limit", &limit, err) < 0 ||
		request_number(request, "since", &since, err) < 0)
		return -1;
	query.limit = (size_t)limit + 1;
	query.since = (double)since;
	if (db_discovered_list(request->server->db, &query, add_machine, items, err) < 0)
		return -1;
	if (json_array_size(items) > (size_t)limit) {
		const json_t *last = json_array_get(items, (size_t)limit - 1);

		json_array_remove(items, (size_t)limit);
		json_decref(next);
		next = json_incref(json_object_get(last, "mac_address"));
	}
	response_json_take(response, 200, json_pack("{s:O,s:o}", "items", items, "next", next));
	return 0;
}

static int find_mac(const struct request *request, char ret[MAC_TEXT], struct err *err)
{
	struct mac mac;

	if (mac_parse(request_param(request, "mac"), &mac, err) < 0)
		return -1;
	mac_format(&mac, ':', ret);
	return 0;
}

static int get_discovered(struct request *request, struct response *response, struct err *err)
{
	autojson json_t *items = json_array();
	char mac[MAC_TEXT];
	const struct db_discovered_query query = {.mac = mac, .limit = 1};

	if (find_mac(request, mac, err) < 0 ||
		db_discovered_list(request->server->db, &query, add_machine, items, err) < 0)
		return -1;
	if (!json_array_size(items))
		return err_set(err, ERR_NOT_FOUND,
			"no machine with MAC address %s was discovered that no system has", mac);
	response_json_take(response, 200, json_incref(json_array_get(items, 0)));
	return 0;
}

static int delete_discovered(struct request *request, struct response *response, struct err *err)
{
	char mac[MAC_TEXT];

	if (find_mac(request, mac, err) < 0 ||
		db_discovered_remove(request->server->db, mac, err) < 0)
		return -1;
	response->status = 204;
	return 0;
}

static const struct route rows[] = {
	API_ROUTE(HTTP_GET, "/api/v1/discovered", ROLE_READ, list_discovered, "listDiscovered",
		"Machines that booted and that no system has, by MAC address.",
		.args = ARGS(NUMBER("limit", 1, LIST_MOST, "how many at most (100)"),
			TEXT("after", "only what comes after this MAC address: \"next\" of a page"),
			TEXT("mac_address", "only this one, or with * and ?: 52:54:00:*"),
			TEXT("ip_address", "only with this IP address, or with * and ?"),
			TEXT("hostname", "only with this name, or with * and ?"),
			NUMBER("since", 0, INT64_MAX,
				"only those seen at that time or later, seconds since 1970")),
		.answer = "DiscoveredPage"),
	API_ROUTE(HTTP_GET, "/api/v1/discovered/{mac}", ROLE_READ, get_discovered, "getDiscovered",
		"One of them.", .answer = "Discovered"),
	API_ROUTE(HTTP_DELETE, "/api/v1/discovered/{mac}", ROLE_OPERATE, delete_discovered,
		"removeDiscovered", "Forgets one; when it boots again, it is there again.",
		.status = 204),
};
const struct route_table api_discovered_routes = {rows, ARRAY_SIZE(rows)};
