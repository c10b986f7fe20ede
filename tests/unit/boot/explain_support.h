/*
 * The walk through a boot. A case is a machine, what is published, and what must come out;
 * tests/boot/ holds the same walk against machines that really boot.
 */
#ifndef TESTS_BOOT_EXPLAIN_SUPPORT_H
#define TESTS_BOOT_EXPLAIN_SUPPORT_H

#include "support.h"

#include "boot/explain.h"

#define MAC "52:54:00:aa:00:07"

/* The rules that Bootwright writes, for two networks: the settings' own, and one beside another
 * server. */
#define CONF                                                                                       \
	"port=0\n"                                                                                 \
	"dhcp-range=10.77.0.50,10.77.0.99,1h\n"                                                    \
	"dhcp-range=set:bw-net-office,10.78.0.0,proxy,255.255.0.0\n"                               \
	"dhcp-match=set:bw-is-ipxe,175\n"                                                          \
	"tag-if=set:bw-ipxe,tag:bw-is-ipxe,tag:!bw-ipxe-other\n"                                   \
	"dhcp-match=set:bw-bios,option:client-arch,0\n"                                            \
	"dhcp-match=set:bw-uefi,option:client-arch,7\n"                                            \
	"dhcp-match=set:bw-http,option:client-arch,16\n"                                           \
	"# the last one counts\n"                                                                  \
	"dhcp-boot=tag:bw-ipxe,http://10.77.0.1/boot/ipxe,,10.77.0.1\n"                            \
	"dhcp-boot=tag:bw-bios,tag:!bw-ipxe,pxelinux.0,,10.77.0.1\n"                               \
	"dhcp-boot=tag:bw-uefi,tag:!bw-ipxe,shimx64.efi,,10.77.0.1\n"                              \
	"dhcp-boot=tag:bw-http,tag:!bw-ipxe,http://10.77.0.1/ipxe.efi,,10.77.0.1\n"                \
	"dhcp-boot=tag:bw-file-1,tag:!bw-ipxe,lpxelinux.0,,10.77.0.1\n"                            \
	"dhcp-option-force=tag:bw-file-1,210,http://10.77.0.1/\n"                                  \
	"dhcp-boot=tag:bw-file-2,tag:!bw-ipxe,grubx64.efi,,10.77.0.1\n"                            \
	"dhcp-option-force=tag:bw-http,tag:!bw-ipxe,60,HTTPClient\n"                               \
	"dhcp-pxe-vendor=PXEClient,HTTPClient\n"                                                   \
	"pxe-service=tag:bw-net-office,tag:!bw-ipxe,0,\"Bootwright\",pxelinux.0,10.78.0.1\n"       \
	"dhcp-range=set:bw-net-six,fd77::100,fd77::1ff,64,3600\n"                                  \
	"dhcp-match=set:bw-uefi,option6:61,7\n"                                                    \
	"dhcp-match=set:bw-http,option6:61,16\n"                                                   \
	"dhcp-option=tag:bw-uefi,tag:!bw-ipxe,tag:bw-net-six,option6:bootfile-url,"                \
	"tftp://[fd77::1]/shimx64.efi\n"                                                           \
	"dhcp-option=tag:bw-http,tag:!bw-ipxe,tag:bw-net-six,option6:bootfile-url,"                \
	"http://[fd77::1]:8080/ipxe.efi\n"                                                         \
	"dhcp-option=tag:bw-http,tag:!bw-ipxe,tag:bw-net-six,option6:16,bw,HTTPClient\n"           \
	"dhcp-option=tag:bw-ipxe,tag:bw-net-six,option6:bootfile-url,"                             \
	"http://[fd77::1]:8080/boot/ipxe\n"                                                        \
	"dhcp-userclass=set:bw-is-ipxe,iPXE\n"                                                     \
	"pxe-service=tag:bw-net-office,tag:bw-file-2,7,\"Bootwright\",grubx64.efi,10.78.0.1\n"

/* What is published: path and text, up to a NULL. A loader's bytes do not matter. */
#define LOADERS                                                                                    \
	"pxelinux.0", "", "lpxelinux.0", "", "ldlinux.c32", "", "menu.c32", "", "libutil.c32", "", \
		"mboot.c32", "", "libcom32.c32", "", "shimx64.efi", "", "grubx64.efi", "",         \
		"ipxe.efi", "", "images/d/linux", "k", "images/d/initrd.gz", "i",                  \
		"images/d/xen.gz", "x"
#define PXE_FILE "pxelinux.cfg/01-52-54-00-aa-00-07"
#define GRUB_CFG                                                                                   \
	"grub/grub.cfg",                                                                           \
		"if [ -n \"$net_default_mac\" ]; then\n"                                           \
		"	configfile $prefix/system/${net_default_mac}.cfg\n"                              \
		"elif [ -n \"$net_efinet0_dhcp_mac\" ]; then\n"                                    \
		"	configfile $prefix/nothing.cfg\n"                                                \
		"fi\n"                                                                             \
		"set default=local\nset timeout=20\n"                                              \
		"menuentry 'Disk' --id local {\n	for f in debian ubuntu; do\n"                     \
		"		if search --file --set=root /EFI/$f/shimx64.efi; then\n"                        \
		"			chainloader /EFI/$f/shimx64.efi\n		fi\n"                                       \
		"	done\n	exit 1\n}\nmenuentry 'Other' --id o {\n	linux /x\n}\n"
#define GRUB_FILE "grub/system/" MAC ".cfg"
struct explain_case {
	const char *name;
	struct boot_machine machine;
	const char *conf, *hosts, *network;
	const char *files[48];
	const char *choose;       /* in its menus; NULL: nobody does */
	const char *own;          /* what its own GRUB reads; NULL: the distro has none */
	const char *what;         /* is started; NULL: nothing */
	const char *command_line; /* NULL: not looked at */
	const char *problem;      /* words of one; NULL: there must be none */
	const char *step;         /* words of one; NULL */
};

/* The least that is a program of UEFI with a signature. */
static inline void add_signed(struct strbuf *ret)
{
	enum { PE = 0x40, OPTIONAL = PE + 24, DIRECTORIES = OPTIONAL + 112, SIZE = 0x100 };
	char bytes[SIZE] = "MZ";

	bytes[0x3c] = PE;
	memcpy(bytes + PE, "PE", 2);
	bytes[OPTIONAL] = 0x0b;
	bytes[OPTIONAL + 1] = 0x02;
	bytes[DIRECTORIES - 4] = 16;
	bytes[DIRECTORIES + 4 * 8 + 4] = 1;
	strbuf_add(ret, bytes, sizeof(bytes));
}

static inline int open_case(void *ctx, const char *url, struct explain_file *ret, struct err *err)
{
	const char *const *file = ctx;
	const char *path = strchr(strstr(url, "://") + 3, '/') + 1;

	(void)err;
	*ret = (struct explain_file){.text = STRBUF_INIT};
	for (; *file; file += 2)
		if (strcmp(file[0], path) == 0) {
			ret->found = true;
			ret->size = strlen(file[1]);
			if (strcasestr(path, "x64.efi") || strstr(path, "grub.efi"))
				add_signed(&ret->text);
			strbuf_adds(&ret->text, file[1]);
		}
	return 0;
}

static inline bool says(const json_t *list, const char *key, const char *words)
{
	size_t i;
	json_t *entry;

	json_array_foreach (json_mutable(list), i, entry)
		if (strstr(json_get_str(entry, key), words))
			return true;
	return false;
}

static inline void check_case(const struct explain_case *c, const struct explain *explain)
{
	const char *what = json_get_str(explain->start, "what");
	const char *line = json_get_str(explain->start, "command_line");
	autostrbuf steps = STRBUF_INIT;

	json_print(explain->steps, true, &steps);
	json_print(explain->problems, true, &steps);
	if (strcmp(what ? what : "", c->what ? c->what : "") != 0)
		fail_msg("%s: starts %s\n%s", c->name, what ? what : "nothing", steps.buf);
	if (c->command_line && strcmp(line, c->command_line) != 0)
		fail_msg("%s: command line '%s'", c->name, line);
	if (c->problem ? !says(explain->problems, "problem", c->problem)
		       : json_array_size(explain->problems) > 0)
		fail_msg("%s: problems\n%s", c->name, steps.buf);
	if (c->step && !says(explain->steps, "text", c->step))
		fail_msg("%s: steps\n%s", c->name, steps.buf);
}

static inline void run_cases(const struct explain_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		union {
			const char *const *file;
			void *ctx;
		} files = {.file = cases[i].files};
		struct explain explain = {
			.machine = cases[i].machine,
			.dhcp_conf = cases[i].conf ? cases[i].conf : CONF,
			.dhcp_hosts = cases[i].hosts,
			.network = cases[i].network,
			.next_server = "10.77.0.1",
			.choose = cases[i].choose,
			.open = open_case,
			.ctx = files.ctx,
		};
		struct err err = ERR_INIT;

		explain.machine.mac = MAC;
		explain.machine.address = "";
		if (cases[i].own) {
			explain.own_shim = "images/d/efi/BOOTX64.EFI";
			explain.own_grub = "images/d/efi/grub.efi";
			explain.own_config = cases[i].own;
		}
		if (explain_run(&explain, &err) < 0)
			fail_msg("%s: %s", cases[i].name, err.msg);
		check_case(&cases[i], &explain);
		explain_done(&explain);
	}
}

#endif
