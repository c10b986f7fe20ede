#include "koan-client/guest/static_network.h"

#include <string.h>

struct addresses {
	const char *ip;
	const char *netmask;
	const char *gateway;
	const char *host;
	const char *interface;
	const struct strv *servers;
};

static void add_preseed(const struct addresses *a, struct strbuf *ret)
{
	autostrbuf servers = STRBUF_INIT;

	strv_join(a->servers, ",", &servers); /* a blank would end the argument */
	strbuf_addf(ret,
		" netcfg/disable_autoconfig=true netcfg/get_ipaddress=%s netcfg/get_netmask=%s",
		a->ip, a->netmask);
	if (*a->gateway)
		strbuf_addf(ret, " netcfg/get_gateway=%s", a->gateway);
	if (a->servers->n)
		strbuf_addf(ret, " netcfg/get_nameservers=%s", servers.buf);
	strbuf_adds(ret, " netcfg/confirm_static=true");
}

static void print_ip(const struct addresses *a, struct strbuf *ret)
{
	strbuf_addf(ret, "ip=%s::%s:%s:%s:%s:none", a->ip, a->gateway, a->netmask, a->host,
		a->interface);
}

static void add_kernel(const struct addresses *a, struct strbuf *ret)
{
	strbuf_addc(ret, ' ');
	print_ip(a, ret);
}

static void add_dracut(const struct addresses *a, struct strbuf *ret)
{
	add_kernel(a, ret);
	strv_for_each (server, a->servers)
		strbuf_addf(ret, " nameserver=%s", server);
}

static void add_anaconda_old(const struct addresses *a, struct strbuf *ret)
{
	autostrbuf servers = STRBUF_INIT;

	strv_join(a->servers, ",", &servers);
	strbuf_addf(ret, " ip=%s netmask=%s", a->ip, a->netmask);
	if (*a->gateway)
		strbuf_addf(ret, " gateway=%s", a->gateway);
	if (a->servers->n)
		strbuf_addf(ret, " dns=%s", servers.buf);
}

static void add_linuxrc(const struct addresses *a, struct strbuf *ret)
{
	strbuf_addf(ret, " hostip=%s netmask=%s", a->ip, a->netmask);
	if (*a->gateway)
		strbuf_addf(ret, " gateway=%s", a->gateway);
	if (a->servers->n)
		strbuf_addf(ret, " nameserver=%s", a->servers->v[0]);
}

/* With the name servers behind, of which there is room for two, and whose ':' would part them. */
static void print_ip_and_servers(const struct addresses *a, struct strbuf *ret)
{
	enum { MOST = 2 };
	size_t n = 0;

	print_ip(a, ret);
	strv_for_each (server, a->servers)
		if (n < MOST && !strchr(server, ':')) {
			strbuf_addf(ret, ":%s", server);
			n++;
		}
}

/* "ip=dhcp", and what the server has filled in for a machine without DHCP ("ip=ADDRESS::…"). */
static bool is_ip_word(const char *word, size_t len)
{
	return strncmp(word, "ip=", 3) == 0 &&
	       ((len == 7 && strncmp(word, "ip=dhcp", len) == 0) || memchr(word, ':', len));
}

/*
 * Systems that start by an initramfs of dracut's, casper's or the like (Ubuntu's live server,
 * Agama, CoreOS, FAI, live systems) are told how to reach the network by this word alone, and it is
 * always there. False where it is not.
 */
static bool replace_ip(const struct addresses *a, struct strbuf *line)
{
	autofree char *old = xstrdup(line->buf);
	bool found = false;

	strbuf_reset(line);
	for (const char *at = old; *at;) {
		size_t len = strcspn(at, " ");

		if (!is_ip_word(at, len)) {
			strbuf_add(line, at, len);
		} else {
			found = true;
			print_ip_and_servers(a, line);
		}
		at += len;
		if (*at)
			strbuf_addc(line, *at++);
	}
	return found;
}

/* The first row that fits. */
static const struct {
	const char *breed;
	const char *version; /* how it begins; NULL: any */
	void (*add)(const struct addresses *a, struct strbuf *ret);
} families[] = {
	{"debian", NULL, add_preseed},
	{"ubuntu", NULL, add_preseed},
	{"redhat", "rhel3", add_anaconda_old},
	{"redhat", "rhel4", add_anaconda_old},
	{"redhat", "rhel5", add_anaconda_old},
	{"redhat", "rhel6", add_anaconda_old},
	{"redhat", "centos5", add_anaconda_old},
	{"redhat", "centos6", add_anaconda_old},
	{"redhat", NULL, add_dracut},
	{"suse", NULL, add_linuxrc},
	{"", NULL, add_kernel},
};

static const struct plan_nic *find(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_nics; i++)
		if (strcmp(plan->nics[i].name, name) == 0)
			return &plan->nics[i];
	return NULL;
}

int static_network_add(
	const struct plan *plan, const char *interface, struct strbuf *ret, struct err *err)
{
	const struct plan_nic *nic = find(plan, interface);
	struct addresses a;

	if (!nic)
		return err_set(err, ERR_INVALID, "%s '%s' has no interface '%s'", plan->kind,
			plan->name, interface);
	if (!*nic->ip_address || !*nic->netmask)
		return err_set(err, ERR_INVALID,
			"the interface '%s' has no address and netmask on the server; set them "
			"with: bootwright system edit --name=%s --interface=%s --ip-address=… "
			"--netmask=…",
			interface, plan->name, interface);
	if (strchr(nic->ip_address, ':') || strchr(nic->gateway, ':'))
		return err_set(err, ERR_INVALID,
			"the interface '%s' has an IPv6 address or gateway on the server, which an "
			"installer's command line has no words for",
			interface);
	/* Which name the installer will have for the only card is its own business. */
	a = (struct addresses){nic->ip_address, nic->netmask, nic->gateway, plan->hostname,
		plan->n_nics > 1 ? nic->name : "", &plan->name_servers};
	if (replace_ip(&a, ret))
		return 0;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if ((!*families[i].breed || strcmp(families[i].breed, plan->breed) == 0) &&
			(!families[i].version || strncmp(plan->os_version, families[i].version,
							 strlen(families[i].version)) == 0)) {
			families[i].add(&a, ret);
			return 0;
		}
	return 0;
}
