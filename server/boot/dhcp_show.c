#include "boot/dhcp_show.h"

#include "base/json.h"
#include "boot/clients.h"

#include <string.h>

/* iPXE calls itself that in option 77, the user class; its script leads to all the rest. */
#define IPXE_CLASS "iPXE"

/* A row of clients.h that has a loader. */
struct rule {
	const struct boot_client *client;
	char *file; /* a URL for a client that boots over HTTP, and for all by DHCPv6 */
};

struct rules {
	const struct dhcp_show *show;
	struct rule *rule;
	size_t n;
	char *ipxe; /* address of its script; NULL: iPXE is treated as its firmware is */
};

static char *place_of(
	const struct dhcp_show *show, const struct boot_client *client, const char *file)
{
	if (client->http)
		return xasprintf("%s/%s", show->site->http_base, file);
	return show->six ? xasprintf("tftp://%s/%s", show->site->next_server, file) : xstrdup(file);
}

/* A BIOS knows no IPv6. */
static bool is_asked_by(const struct dhcp_show *show, const struct boot_client *client)
{
	return !show->six || client->arch[0] != 0;
}

static void rules_make(const struct dhcp_show *show, struct rules *ret)
{
	const struct boot_dhcp *dhcp = show->dhcp;

	*ret = (struct rules){.show = show, .rule = xcalloc(n_boot_clients, sizeof(struct rule))};
	for (size_t i = 0; i < n_boot_clients; i++) {
		const struct boot_client *client = &boot_clients[i];
		const char *file = boot_client_file(
			dhcp, client, boot_via_of(dhcp->settings, client->http), false);

		if (file && is_asked_by(show, client))
			ret->rule[ret->n++] = (struct rule){
				.client = client, .file = place_of(show, client, file)};
	}
	if (resolved_bool(dhcp->settings, "enable_ipxe"))
		ret->ipxe = xasprintf("%s/boot/ipxe", show->site->http_base);
}

static void auto_rules(struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		free(rules->rule[i].file);
	free(rules->rule);
	free(rules->ipxe);
}

/* dnsmasq(8) */

static void show_dnsmasq(const struct rules *rules, struct strbuf *ret)
{
	const char *server = rules->show->site->next_server;

	strbuf_adds(ret, "# Into the configuration of the dnsmasq that gives the addresses:\n");
	if (rules->ipxe)
		strbuf_addf(ret,
			"dhcp-match=set:bw-ipxe,175\n"
			"dhcp-boot=tag:bw-ipxe,%s,,%s\n",
			rules->ipxe, server);
	for (size_t i = 0; i < rules->n; i++) {
		const struct boot_client *client = rules->rule[i].client;

		for (size_t k = 0; k < boot_client_arches(client); k++)
			strbuf_addf(ret, "dhcp-match=set:bw-%s,option:client-arch,%d\n",
				client->tag, client->arch[k]);
		strbuf_addf(ret, "dhcp-boot=tag:bw-%s,tag:!bw-ipxe,%s,,%s\n", client->tag,
			rules->rule[i].file, server);
		if (client->http)
			strbuf_addf(ret, "dhcp-option-force=tag:bw-%s,tag:!bw-ipxe,60,HTTPClient\n",
				client->tag);
	}
}

/* dhcpd.conf(5), dhcp-eval(5) */

static void add_isc_arches(const struct boot_client *client, struct strbuf *ret)
{
	for (size_t i = 0; i < boot_client_arches(client); i++)
		strbuf_addf(ret, "%soption bootwright-arch = 00:%02x", i ? " or " : "",
			(unsigned)client->arch[i]);
}

static void show_isc(const struct rules *rules, struct strbuf *ret)
{
	strbuf_addf(ret,
		"# Into dhcpd.conf, outside of any subnet:\n"
		"option bootwright-arch code 93 = unsigned integer 16;\n"
		"class \"bootwright\" {\n"
		"\tmatch if exists bootwright-arch;\n"
		"\tnext-server %s;\n",
		rules->show->site->next_server);
	if (rules->ipxe)
		strbuf_addf(ret,
			"\tif exists user-class and option user-class = \"" IPXE_CLASS "\" {\n"
			"\t\tfilename \"%s\";\n\t}",
			rules->ipxe);
	for (size_t i = 0; i < rules->n; i++) {
		strbuf_adds(ret, ret->buf[ret->len - 1] == '}' ? " elsif " : "\tif ");
		add_isc_arches(rules->rule[i].client, ret);
		strbuf_addf(ret, " {\n\t\tfilename \"%s\";\n", rules->rule[i].file);
		if (rules->rule[i].client->http)
			strbuf_adds(ret, "\t\toption vendor-class-identifier \"HTTPClient\";\n");
		strbuf_adds(ret, "\t}");
	}
	strbuf_adds(ret, "\n}\n");
}

/* Kea's manual, "Using Client Classification" */

static json_t *kea_class(
	const struct rules *rules, const char *name, char *test_taken, const char *file, bool http)
{
	json_t *class = json_object();

	json_set_str(class, "name", name);
	json_set_str(class, "test", test_taken);
	json_set_str(class, "next-server", rules->show->site->next_server);
	json_set_str(class, "boot-file-name", file);
	if (http)
		json_object_set_new(class, "option-data",
			json_pack("[{s:s,s:s,s:b}]", "name", "vendor-class-identifier", "data",
				"HTTPClient", "always-send", 1));
	free(test_taken);
	return class;
}

static char *kea_test(const struct rules *rules, const struct boot_client *client, int option)
{
	autostrbuf text = STRBUF_INIT;

	if (rules->ipxe)
		strbuf_adds(&text, "not member('bw-ipxe') and (");
	for (size_t i = 0; i < boot_client_arches(client); i++)
		strbuf_addf(&text, "%soption[%d].hex == 0x%04x", i ? " or " : "", option,
			(unsigned)client->arch[i]);
	strbuf_adds(&text, rules->ipxe ? ")" : "");
	return strbuf_take(&text);
}

/* It takes comments, but other programs that read JSON do not. */
static void show_kea(const struct rules *rules, struct strbuf *ret)
{
	json_t *classes = json_array();
	autojson json_t *object = json_pack("{s:{s:o}}", "Dhcp4", "client-classes", classes);

	if (rules->ipxe)
		json_array_append_new(classes,
			kea_class(rules, "bw-ipxe", xstrdup("option[77].hex == '" IPXE_CLASS "'"),
				rules->ipxe, false));
	for (size_t i = 0; i < rules->n; i++) {
		const struct boot_client *client = rules->rule[i].client;
		autofree char *name = xasprintf("bw-%s", client->tag);

		json_array_append_new(classes, kea_class(rules, name, kea_test(rules, client, 93),
						       rules->rule[i].file, client->http));
	}
	json_print(object, true, ret);
	strbuf_addc(ret, '\n');
}

/* RouterOS 7.16 and later: its manual, "DHCP: Option, Option sets, Matcher". An option 93 is not
 * compared there but the vendor class, which has the same number in it. */

static void show_mikrotik(const struct rules *rules, struct strbuf *ret)
{
	static const char matcher[] = "add name=bw-%s server=SERVER address-pool=POOL code=%d "
				      "matching-type=%s value=\"%s\" option-set=bw-%s\n";

	strbuf_adds(ret,
		"# Put the DHCP server's name for SERVER, its pool's for POOL. The order of "
		"matchers counts.\n/ip dhcp-server option\n");
	if (rules->ipxe)
		strbuf_addf(ret, "add name=bw-ipxe code=67 value=\"s'%s'\"\n", rules->ipxe);
	for (size_t i = 0; i < rules->n; i++)
		strbuf_addf(ret, "add name=bw-%s code=67 value=\"s'%s'\"\n",
			rules->rule[i].client->tag, rules->rule[i].file);
	strbuf_adds(ret, "add name=bw-httpclient code=60 force=yes value=\"s'HTTPClient'\"\n"
			 "/ip dhcp-server option sets\n");
	if (rules->ipxe)
		strbuf_adds(ret, "add name=bw-ipxe options=bw-ipxe\n");
	for (size_t i = 0; i < rules->n; i++)
		strbuf_addf(ret, "add name=bw-%s options=bw-%s%s\n", rules->rule[i].client->tag,
			rules->rule[i].client->tag,
			rules->rule[i].client->http ? ",bw-httpclient" : "");
	strbuf_adds(ret, "/ip dhcp-server matcher\n");
	if (rules->ipxe)
		strbuf_addf(ret, matcher, "ipxe", 77, "exact", IPXE_CLASS, "ipxe");
	for (size_t i = 0; i < rules->n; i++) {
		const struct boot_client *client = rules->rule[i].client;

		for (size_t k = 0; k < boot_client_arches(client); k++) {
			autofree char *name = xasprintf("%s-%d", client->tag, client->arch[k]);
			autofree char *value = xasprintf("%s:Arch:%05d",
				client->http ? "HTTPClient" : "PXEClient", client->arch[k]);

			strbuf_addf(ret, matcher, name, 60, "substring", value, client->tag);
		}
	}
	strbuf_addf(ret, "/ip dhcp-server network\nset [find address=%s] next-server=%s\n",
		*rules->show->network ? rules->show->network : "NETWORK",
		rules->show->site->next_server);
}

/* DHCPv6 (RFC 5970): the architecture is option 61, the boot file's URL 59; the user class, option
 * 15, has the length of its first word in front. So has the vendor class, 16, in which firmware
 * that boots over HTTP wants to read HTTPClient, and before that an enterprise number: here
 * Intel's. */

static void show_dnsmasq_six(const struct rules *rules, struct strbuf *ret)
{
	strbuf_adds(ret, "# Into the configuration of the dnsmasq that answers by DHCPv6:\n");
	if (rules->ipxe)
		strbuf_addf(ret,
			"dhcp-userclass=set:bw-ipxe," IPXE_CLASS "\n"
			"dhcp-option=tag:bw-ipxe,option6:bootfile-url,%s\n",
			rules->ipxe);
	for (size_t i = 0; i < rules->n; i++) {
		const struct boot_client *client = rules->rule[i].client;

		for (size_t k = 0; k < boot_client_arches(client); k++)
			strbuf_addf(ret, "dhcp-match=set:bw-%s,option6:61,%d\n", client->tag,
				client->arch[k]);
		strbuf_addf(ret, "dhcp-option=tag:bw-%s,tag:!bw-ipxe,option6:bootfile-url,%s\n",
			client->tag, rules->rule[i].file);
		if (client->http) /* any two letters stand for the number */
			strbuf_addf(ret,
				"dhcp-option=tag:bw-%s,tag:!bw-ipxe,option6:16,bw,HTTPClient\n",
				client->tag);
	}
}

static void add_isc_arches_six(const struct boot_client *client, struct strbuf *ret)
{
	for (size_t i = 0; i < boot_client_arches(client); i++)
		strbuf_addf(ret, "%soption dhcp6.bootwright-arch = 00:%02x", i ? " or " : "",
			(unsigned)client->arch[i]);
}

static void show_isc_six(const struct rules *rules, struct strbuf *ret)
{
	const char *before = "if ";

	strbuf_adds(ret, "# Into dhcpd6.conf, outside of any subnet6:\n"
			 "option dhcp6.bootwright-arch code 61 = unsigned integer 16;\n"
			 "option dhcp6.bootwright-class code 15 = string;\n"
			 "option dhcp6.bootwright-vendor code 16 = string;\n");
	if (rules->ipxe) {
		strbuf_addf(ret,
			"if substring(option dhcp6.bootwright-class, 2, 4) = \"" IPXE_CLASS
			"\" {\n\toption dhcp6.bootfile-url \"%s\";\n}",
			rules->ipxe);
		before = " elsif ";
	}
	for (size_t i = 0; i < rules->n; i++) {
		strbuf_adds(ret, before);
		add_isc_arches_six(rules->rule[i].client, ret);
		strbuf_addf(ret, " {\n\toption dhcp6.bootfile-url \"%s\";\n", rules->rule[i].file);
		if (rules->rule[i].client->http)
			strbuf_adds(ret, "\toption dhcp6.bootwright-vendor "
					 "00:00:01:57:00:0a:48:54:54:50:43:6c:69:65:6e:74;\n");
		strbuf_addc(ret, '}');
		before = " elsif ";
	}
	strbuf_addc(ret, '\n');
}

static json_t *kea_class_six(const char *name, char *test_taken, const char *url, bool http)
{
	json_t *options = json_pack("[{s:s,s:s}]", "name", "bootfile-url", "data", url);
	json_t *class = json_pack(
		"{s:s,s:s,s:o}", "name", name, "test", test_taken, "option-data", options);

	if (http)
		json_array_append_new(
			options, json_pack("{s:s,s:b,s:s}", "name", "vendor-class", "csv-format", 0,
					 "data", "00000157000a48545450436c69656e74"));
	free(test_taken);
	return class;
}

static void show_kea_six(const struct rules *rules, struct strbuf *ret)
{
	json_t *classes = json_array();
	autojson json_t *object = json_pack("{s:{s:o}}", "Dhcp6", "client-classes", classes);

	if (rules->ipxe)
		json_array_append_new(classes,
			kea_class_six("bw-ipxe",
				xstrdup("substring(option[15].hex, 2, 4) == '" IPXE_CLASS "'"),
				rules->ipxe, false));
	for (size_t i = 0; i < rules->n; i++) {
		const struct boot_client *client = rules->rule[i].client;
		autofree char *name = xasprintf("bw-%s", client->tag);

		json_array_append_new(classes, kea_class_six(name, kea_test(rules, client, 61),
						       rules->rule[i].file, client->http));
	}
	json_print(object, true, ret);
	strbuf_addc(ret, '\n');
}

/* RouterOS's DHCPv6 server gives all clients the same. */
static const struct {
	const char *name;
	void (*show)(const struct rules *rules, struct strbuf *ret);
	void (*show_six)(const struct rules *rules, struct strbuf *ret); /* NULL: it cannot */
} formats[] = {
	{"dnsmasq", show_dnsmasq, show_dnsmasq_six},
	{"isc", show_isc, show_isc_six},
	{"kea", show_kea, show_kea_six},
	{"mikrotik", show_mikrotik, NULL},
};

int dhcp_show(const struct dhcp_show *show, const char *format, struct strbuf *ret, struct err *err)
{
	AUTO(rules) struct rules rules;

	rules_make(show, &rules);
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (strcmp(formats[i].name, format) == 0) {
			if (show->six && !formats[i].show_six)
				return err_field(err, ERR_INVALID, "format",
					"the DHCPv6 server of %s does not tell sorts of firmware "
					"apart; let another one (dnsmasq, isc, kea) answer there",
					format);
			(show->six ? formats[i].show_six : formats[i].show)(&rules, ret);
			return 0;
		}
	return err_field(err, ERR_INVALID, "format",
		"'%.40s' is no server's language: dnsmasq, isc, kea, mikrotik", format);
}
