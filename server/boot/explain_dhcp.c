/* DHCP's answer, and why: of dnsmasq, or of a server that is told what to say. */
#include "boot/explain_dnsmasq.h"

#include <string.h>

static void note_answer(struct asking *asking, const struct conf_line *because, const char *file)
{
	struct explain *explain = asking->explain;
	const struct boot_machine *machine = &explain->machine;
	const char *address = *asking->address    ? asking->address
	                      : *machine->address ? machine->address
	                                          : "an address";
	autofree char *place = xasprintf(
		"dnsmasq.conf line %u: %s=%s", because->number, because->key, because->value);
	autofree char *range = xasprintf("dnsmasq.conf line %u: %s=%s", asking->range.number,
		asking->range.key, asking->range.value);
	json_t *step = explain_step(explain, "dhcp",
		"%sDHCP%s: dnsmasq gives %s %s the file %s from %s",
		explain->is_ipxe ? "iPXE asks " : "", asking->six ? "v6" : "",
		explain->proxy ? "(beside another server, which gives the address)" : address,
		explain->proxy ? "" : "and", file, explain->server);
	json_t *tags = json_array();

	strv_for_each (tag, &asking->tags)
		json_array_append_new(tags, json_string(tag));
	json_set_str(step, "mode", explain->proxy ? "proxy" : "full");
	json_set_str(step, "address", explain->proxy ? "" : asking->address);
	json_set_str(step, "server", explain->server);
	json_set_str(step, "file", file);
	json_object_set_new(step, "tags", tags);
	json_object_set_new(step, "because", json_pack("[s,s]", range, place));
}

/* The line's last two fields are the file and the server. */
static void take_place(struct asking *asking, const struct conf_line *line, bool service,
	char **file, struct explain *explain)
{
	autostrv parts = STRV_INIT;
	size_t name = service ? 2 : 0;
	size_t server = service ? 3 : 2;

	asking_holds(asking, line->value, &parts);
	*file = xstrdup(parts.n > name ? parts.v[name] : "");
	snprintf(explain->server, sizeof(explain->server), "%s",
		parts.n > server && *parts.v[server] ? parts.v[server] : explain->next_server);
}

/* "tftp://[fd77::1]/shimx64.efi" */
static void take_url(struct asking *asking, const struct conf_line *line, char **file)
{
	struct explain *explain = asking->explain;
	autostrv parts = STRV_INIT;
	const char *host;

	asking_holds(asking, line->value, &parts);
	*file = xstrdup(parts.v[1]); /* or the line would not have been kept */
	host = strstr(*file, "://");
	host = host ? host + 3 : "";
	snprintf(explain->server, sizeof(explain->server), "%.*s", (int)strcspn(host, "/"), host);
}

/* By DHCPv6 an address is lent to one of the clients that a machine has one after the other, each
 * with a number of its own. */
static void check_address(const struct asking *asking)
{
	if (!asking->is_static)
		return;
	if (asking->six && *asking->address)
		explain_problem(asking->explain, "give the network a dhcp_range, too",
			"dnsmasq lends %s once: firmware takes it for itself, and there is none "
			"for its PXE or HTTP client, nor for the installer",
			asking->address);
	else if (!*asking->address)
		explain_problem(asking->explain,
			asking->six ? "give the network a dhcp_range"
				    : "give the network a dhcp_range, or the system's interface an "
				      "ip_address",
			"dnsmasq has no address for this machine");
}

static void check_answer(const struct asking *asking, const char *file)
{
	struct explain *explain = asking->explain;
	bool is_url = strstr(file, "://") && (!asking->six || strncmp(file, "tftp:", 5) != 0);

	if (!explain->is_ipxe && explain->machine.http && !asking->is_http_client)
		explain_problem(explain, "look at STATE/boot-templates/dnsmasq.tpl",
			"the answer has no option %d HTTPClient: firmware that boots over HTTP "
			"does not listen to it",
			asking->six ? 16 : 60);
	if (!explain->is_ipxe && explain->machine.http && !is_url)
		explain_problem(explain, "look at the item's filename",
			"firmware that boots over HTTP needs a URL, and gets '%s'", file);
	if (!explain->is_ipxe && !explain->machine.http && is_url)
		explain_problem(explain, "look at the item's filename",
			"PXE firmware knows only TFTP, and gets '%s'", file);
	check_address(asking);
}

/* Nobody has a boot file for such a client. */
static void note_none(struct asking *asking)
{
	struct explain *explain = asking->explain;

	explain_step(explain, "dhcp", "%s: no boot file for architecture %d (option 93)%s",
		explain->is_ipxe ? "iPXE asks DHCP" : "DHCP", explain->machine.arch,
		asking->range.number ? "" : "; nobody of ours answers there");
	if (!asking->range.number)
		explain_problem(explain,
			"bootwright network add, or bootwright settings edit --dhcp-range=…; then: "
			"bootwright sync",
			"dnsmasq serves no network that the machine could be in");
	else
		explain_problem(explain, "bootwright loaders --missing",
			"no boot loader is published for architecture %d%s", explain->machine.arch,
			explain->proxy ? " that works beside another DHCP server" : "");
}

static int ask_dnsmasq(struct asking *asking, char **ret)
{
	struct explain *explain = asking->explain;
	bool menu;
	const struct conf_line *line;
	autofree char *file = NULL;

	asking_read(asking);
	/* Beside another server, PXE firmware takes a menu's entry. */
	menu = explain->proxy && !explain->is_ipxe && !explain->machine.http;
	line = menu ? &asking->service : &asking->boot;
	if (!asking->range.number || !line->number) {
		note_none(asking);
		return 0;
	}
	if (*asking->address && !explain->proxy) {
		snprintf(explain->address, sizeof(explain->address), "%s", asking->address);
		explain->machine.address = explain->address;
	}
	if (asking->six)
		take_url(asking, line, &file);
	else
		take_place(asking, line, menu, &file, explain);
	note_answer(asking, line, file);
	check_answer(asking, file);
	*ret = strstr(file, "://") ? TAKE(file) : explain_tftp(explain, file);
	return 0;
}

/* Another server answers, with what it was told to. */
static int ask_other(struct explain *explain, char **ret)
{
	const char *file =
		explain->is_ipxe && explain->other_ipxe ? explain->other_ipxe : explain->other_file;
	json_t *step;

	snprintf(explain->server, sizeof(explain->server), "%s", explain->next_server);
	if (!file) {
		explain_step(explain, "dhcp", "DHCP: nothing to boot is known for architecture %d",
			explain->machine.arch);
		explain_problem(explain, "bootwright loaders --missing",
			"no boot loader is published for architecture %d", explain->machine.arch);
		return 0;
	}
	step = explain_step(explain, "dhcp",
		"%s: another server answers; told what `bootwright dhcp show` prints, it gives the "
		"file %s from %s",
		explain->is_ipxe ? "iPXE asks DHCP" : "DHCP", file, explain->server);
	json_set_str(step, "mode", "none");
	json_set_str(step, "server", explain->server);
	json_set_str(step, "file", file);
	*ret = strstr(file, "://") ? xstrdup(file) : explain_tftp(explain, file);
	return 0;
}

int explain_dhcp(struct explain *explain, char **ret, struct err *err)
{
	struct asking asking = {.explain = explain, .tags = STRV_INIT};
	int result;

	(void)err;
	*ret = NULL;
	result = explain->dhcp_conf ? ask_dnsmasq(&asking, ret) : ask_other(explain, ret);
	asking_done(&asking);
	return result;
}
