#include "koan-client/plan/server.h"

#include "base/file.h"
#include "base/net.h"

#include <fcntl.h>
#include <string.h>

#define INTERFACES "/sys/class/net"

int server_ask(struct fetch *fetch, const struct options *options, const char *kind,
	const char *name, const char *what, size_t max, struct strbuf *ret, struct err *err)
{
	autostrbuf url = STRBUF_INIT;
	int status;

	strbuf_addf(&url, strchr(options->host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
		options->https ? "https" : "http", options->host, options->port);
	strbuf_addf(&url, "/koan/v1/%s", kind);
	if (name) {
		strbuf_addc(&url, '/');
		strbuf_add_url(&url, name);
	}
	if (what)
		strbuf_addf(&url, "/%s", what);
	if (fetch_text(fetch, url.buf, max, &status, ret, err) < 0)
		return err_wrap(err, "server");
	if (status == 200)
		return 0;
	return plan_problem(ret->buf, ret->len, status, err);
}

int server_list(
	struct fetch *fetch, const struct options *options, struct strv *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;

	if (server_ask(fetch, options, options->item_kind, NULL, NULL, PLAN_LIST_MAX, &text, err) <
		0)
		return -1;
	return plan_list_parse(text.buf, text.len, ret, err);
}

/* The card of a guest that runs here by macvtap has the guest's address in both systems. */
static bool is_guests(const char *name)
{
	autofree char *path = xasprintf(INTERFACES "/%s/macvtap", name);

	return access(path, F_OK) == 0;
}

void server_own_macs(struct strv *ret)
{
	autostrv names = STRV_INIT;

	if (file_list(AT_FDCWD, INTERFACES, &names, NULL) < 0)
		return;
	strv_for_each (name, &names) {
		autofree char *path = xasprintf(INTERFACES "/%s/address", name);
		autostrbuf text = STRBUF_INIT;
		struct mac mac;
		char canonical[MAC_TEXT];

		if (is_guests(name) || file_read(AT_FDCWD, path, 256, &text, NULL) < 0)
			continue;
		text.buf[strcspn(text.buf, "\n")] = '\0';
		if (mac_parse(text.buf, &mac, NULL) < 0 || !mac_is_unicast(&mac))
			continue;
		mac_format(&mac, ':', canonical);
		if (!strv_has(ret, canonical))
			strv_add(ret, canonical);
	}
}

/* The system that this machine is: the first of its addresses that the server knows. */
static int plan_of_self(
	struct fetch *fetch, const struct options *options, struct plan *ret, struct err *err)
{
	autostrv macs = STRV_INIT;
	autostrbuf tried = STRBUF_INIT;

	server_own_macs(&macs);
	strv_for_each (mac, &macs) {
		autostrbuf text = STRBUF_INIT;
		struct err why = ERR_INIT;

		if (server_ask(fetch, options, "mac", mac, NULL, PLAN_BYTES_MAX, &text, &why) == 0)
			return plan_parse(text.buf, text.len, ret, err);
		if (why.code != ERR_NOT_FOUND)
			return err_set(err, why.code, "%s", why.msg);
	}
	strv_join(&macs, ", ", &tried);
	return err_set(err, ERR_NOT_FOUND,
		"the server knows no system with a MAC address of this machine (%s); give "
		"--system or --profile",
		tried.len ? tried.buf : "it has none");
}

int server_plan(
	struct fetch *fetch, const struct options *options, struct plan *ret, struct err *err)
{
	autostrbuf text = STRBUF_INIT;

	if (!options->item_name)
		return plan_of_self(fetch, options, ret, err);
	if (server_ask(fetch, options, options->item_kind, options->item_name, NULL, PLAN_BYTES_MAX,
		    &text, err) < 0 ||
		plan_parse(text.buf, text.len, ret, err) < 0)
		return err_wrap(err, "%s '%s'", options->item_kind, options->item_name);
	if (strcmp(ret->kind, options->item_kind) != 0 ||
		strcmp(ret->name, options->item_name) != 0)
		return err_set(err, ERR_UPSTREAM,
			"asked for the %s '%s', the server answered with the %s '%s'",
			options->item_kind, options->item_name, ret->kind, ret->name);
	return 0;
}
