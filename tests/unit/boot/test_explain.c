/*
 * The walk through a boot: DHCP's answer from dnsmasq's lines, and each loader's own language read.
 * A case is a machine, what is published, and what must come out; tests/boot/ holds the same walk
 * against machines that really boot.
 */
#include "support.h"

#include "boot/explain.h"

#include <string.h>

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

/* Menus, with a menu below. */
#define PXE_MENU                                                                                   \
	"DEFAULT menu.c32\nONTIMEOUT local\nLABEL local\n\tMENU LABEL Disk\n\tLOCALBOOT 0\n"       \
	"MENU BEGIN r\nMENU TITLE Rescue me\nLABEL one\n\tMENU LABEL With one\n"                   \
	"\tLINUX images/d/linux\n\tAPPEND rescue\nLABEL r@back\n\tMENU LABEL Back\n"               \
	"\tMENU EXIT\nMENU END\nLABEL @memtest\n\tMENU LABEL Test the memory\n\tLINUX memtest\n"
#define GRUB_MENU                                                                                  \
	"set default=local\nset timeout=20\nmenuentry 'Disk' --id local {\n\texit 1\n}\n"          \
	"submenu 'Rescue me' --id r {\nmenuentry 'With one' --id one {\n"                          \
	"\tlinux /images/d/linux rescue\n}\n}\n"                                                   \
	"menuentry 'Test the memory' --id m {\n\tchainloader /memtest.efi a\n\tboot\n}\n"
#define IPXE_MENU                                                                                  \
	"#!ipxe\n:start\nmenu M\nitem local Disk\nitem r Rescue me ...\nitem m Test the memory\n"  \
	"choose --default local --timeout 20000 target || goto local\ngoto ${target}\n"            \
	":r\nmenu Rescue me\nitem start Back\nitem one With one\n"                                 \
	"choose --timeout 60000 target || goto start\ngoto ${target}\n"                            \
	":one\nkernel http://10.77.0.1/images/d/linux rescue\nboot\n"                              \
	":m\nkernel http://10.77.0.1/memtest\nboot\n:local\nexit\n"

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
/* A distro with a shim and GRUB of its own. */
#define OWN      "images/d/efi/BOOTX64.EFI", "", "images/d/efi/grub.efi", ""
#define OWN_CFG  "set home=($root)/grub\nexport home\nconfigfile $home/grub.cfg\n"
#define HOME_CFG "grub/grub.cfg", "configfile $home/system/${net_default_mac}.cfg\n"
#define OWN_CONF                                                                                   \
	CONF "dhcp-boot=tag:bw-uefi,tag:bw-efi-d,tag:!bw-ipxe,images/d/efi/BOOTX64.EFI,,"          \
	     "10.77.0.1\ndhcp-boot=tag:bw-http,tag:!bw-ipxe,http://10.77.0.1/boot/image/"          \
	     "x64.img,,10.77.0.1\n"

static const struct {
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
} cases[] = {
	{.name = "BIOS",
		.files = {LOADERS, PXE_FILE,
			"DEFAULT install\nLABEL install\n\tLINUX images/d/linux\n\tINITRD "
			"images/d/initrd.gz\n\tAPPEND auto=true quiet\n"},
		.what = "linux",
		.command_line = "BOOT_IMAGE=images/d/linux auto=true quiet "
				"initrd=images/d/initrd.gz"},
	{.name = "BIOS: names of its configuration",
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, "pxelinux.cfg/0A4D", "default l\nlabel l\n  localboot 0\n"},
		.what = "local",
		.step = "pxelinux.cfg/0A4D0015: not there"},
	{.name = "BIOS: a menu, and SYSAPPEND",
		.files = {LOADERS, "pxelinux.cfg/default",
			"DEFAULT menu.c32\nONTIMEOUT one\nLABEL one\n\tLINUX images/d/linux\n"
			"\tAPPEND a\n\tIPAPPEND 2\n"},
		.what = "linux",
		.command_line = "BOOT_IMAGE=images/d/linux a BOOTIF=01-52-54-00-aa-00-07",
		.step = "'one' is started"},
	{.name = "BIOS: Xen",
		.files = {LOADERS, PXE_FILE,
			"DEFAULT x\nLABEL x\nKERNEL mboot.c32\nAPPEND images/d/xen.gz dom0_mem=1G "
			"--- images/d/linux console=hvc0 --- images/d/initrd.gz\n"},
		.what = "xen",
		.command_line = "console=hvc0"},
	{.name = "BIOS: a kernel that is gone",
		.files = {LOADERS, PXE_FILE, "DEFAULT a\nLABEL a\nLINUX images/e/linux\n"},
		.what = "linux",
		.problem = "tftp://10.77.0.1/images/e/linux is needed"},
	{.name = "BIOS: DEFAULT leads nowhere",
		.files = {LOADERS, PXE_FILE, "DEFAULT b\nLABEL a\nLINUX images/d/linux\n"},
		.problem = "DEFAULT 'b' is no label"},
	{.name = "BIOS: nothing to read",
		.files = {LOADERS},
		.problem = "PXELINUX finds no configuration"},
	{.name = "BIOS: a module that is missing",
		.files = {"pxelinux.0", "", PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.problem = "ldlinux.c32 is needed"},
	{.name = "a file of its own: everything over HTTP",
		.hosts = MAC ",set:bw-file-1\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT a\nLABEL a\nLINUX images/d/linux\n"},
		.what = "linux",
		.step = "http://10.77.0.1/images/d/linux"},
	{.name = "UEFI",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, GRUB_CFG, GRUB_FILE,
			"set default=0\nmenuentry 'a' {\n	linux /images/d/linux a 'b c' "
			"'d;e' "
			"\"f\\\"g\" h\\ i\n	initrd /images/d/initrd.gz\n}\n"},
		.what = "linux",
		.command_line = "BOOT_IMAGE=/images/d/linux a \"b c\" d;e f\\\"g \"h i\""},
	{.name = "UEFI: its own disk",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, GRUB_CFG},
		.what = "local",
		.step = "'Disk' is started after 20 seconds"},
	{.name = "UEFI: GRUB without HTTP goes on over TFTP",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/grub.cfg",
			"set was=$root\ninsmod http\nset root=http,10.77.0.1:80\n"
			"configfile ($root)/" GRUB_FILE "\nset root=$was\n"
			"configfile $prefix/system/" MAC ".cfg\n",
			GRUB_FILE, "menuentry a {\nlinux /images/d/linux a\n}\n"},
		.what = "linux",
		.step = "tftp://10.77.0.1/images/d/linux"},
	{.name = "UEFI: GRUB with HTTP",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/x86_64-efi/http.mod", "", "grub/grub.cfg",
			"insmod http\nset root=http,10.77.0.1:80\n"
			"configfile ($root)/" GRUB_FILE "\n",
			GRUB_FILE, "menuentry a {\nlinux /images/d/linux a\n}\n"},
		.what = "linux",
		.step = "http://10.77.0.1:80/images/d/linux"},
	{.name = "UEFI: Xen",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/x86_64-efi/multiboot2.mod", "", "grub/grub.cfg",
			"menuentry x {\nif [ \"$lockdown\" = y ]; then\necho no\nelse\ninsmod "
			"multiboot2\nmultiboot2 /images/d/xen.gz a\nmodule2 /images/d/linux b\n"
			"module2 --nounzip /images/d/initrd.gz\nfi\n}\n"},
		.what = "xen",
		.command_line = "b"},
	{.name = "UEFI: a distro's own shim, whose GRUB looks elsewhere",
		.machine = {.arch = 7, .uefi = true, .secure_boot = true},
		.conf = OWN_CONF,
		.hosts = MAC ",set:bw-efi-d,10.77.0.21\n",
		.files = {LOADERS, OWN, "EFI/BOOT/grub.cfg", OWN_CFG, HOME_CFG, GRUB_FILE,
			"menuentry x { linux /images/d/signed-x64.efi a\n}\n",
			"images/d/signed-x64.efi", ""},
		.own = "EFI/BOOT/grub.cfg",
		.what = "linux",
		.command_line = "BOOT_IMAGE=/images/d/signed-x64.efi a",
		.step = "tftp://10.77.0.1/EFI/BOOT/grub.cfg"},
	{.name = "UEFI: a distro's own shim, whose GRUB looks beside itself",
		.machine = {.arch = 7, .uefi = true},
		.conf = OWN_CONF,
		.hosts = MAC ",set:bw-efi-d\n",
		.files = {LOADERS, OWN, "images/d/efi/grub.cfg", OWN_CFG, HOME_CFG, GRUB_FILE,
			"insmod http\nset root=http,10.77.0.1:80\nconfigfile ($root)/" GRUB_FILE
			"\nset root=tftp,10.77.0.1\nlinux /images/d/linux b\n"
			"menuentry x {\nboot\n}\n"},
		.own = "images/d/efi/grub.cfg",
		.what = "linux",
		.command_line = "BOOT_IMAGE=/images/d/linux b",
		.step = "images/d/efi/grub.efi"},
	{.name = "UEFI: a distro's own shim, and the machine has no tag",
		.machine = {.arch = 7, .uefi = true},
		.conf = OWN_CONF,
		.files = {LOADERS, OWN, GRUB_CFG},
		.own = "images/d/efi/grub.cfg",
		.what = "local",
		.step = "tftp://10.77.0.1/shimx64.efi"},
	{.name = "UEFI over HTTP: a distro's own shim in the image",
		.machine = {.arch = 16, .uefi = true, .http = true, .secure_boot = true},
		.conf = OWN_CONF,
		.files = {OWN, "boot/image/x64.img", "", "EFI/BOOT/grub.cfg",
			"menuentry x { linux /images/d/signed-x64.efi a\n}\n",
			"images/d/signed-x64.efi", ""},
		.own = "EFI/BOOT/grub.cfg",
		.what = "linux",
		.step = "image://10.77.0.1/images/d/efi/BOOTX64.EFI"},
	{.name = "Secure Boot: no Xen",
		.machine = {.arch = 7, .uefi = true, .secure_boot = true},
		.files = {LOADERS, "grub/grub.cfg",
			"menuentry x {\nif [ \"$lockdown\" = y ]; then\necho 'not with Secure "
			"Boot'\nelse\nlinux /x\nfi\n}\n"},
		.problem = "GRUB starts nothing: not with Secure Boot"},
	{.name = "Secure Boot: an unsigned kernel",
		.machine = {.arch = 7, .uefi = true, .secure_boot = true},
		.files = {LOADERS, "grub/grub.cfg", "menuentry x { linux /images/d/linux\n}\n"},
		.what = "linux",
		.problem = "images/d/linux is not signed"},
	{.name = "Secure Boot: iPXE",
		.machine = {.arch = 16, .uefi = true, .http = true, .secure_boot = true},
		.files = {LOADERS},
		.problem = "ipxe.efi is not signed"},
	{.name = "UEFI: a script that is none",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/grub.cfg", "if [ a = a ]; then\nlinux /x\n"},
		.problem = "line 3: 'if' without 'fi'"},
	{.name = "UEFI: a configuration that reads itself",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/grub.cfg", "configfile $prefix/grub.cfg\n"},
		.problem = "its files lead in a circle"},
	{.name = "UEFI over HTTP: iPXE",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nchain ipxe?mac=${mac:hexhyp}\n",
			"boot/ipxe?mac=52-54-00-aa-00-07",
			"#!ipxe\nkernel http://10.77.0.1/images/d/linux  a   b || goto failed\n"
			"initrd http://10.77.0.1/images/d/initrd.gz || goto failed\nboot || goto "
			"failed\n:failed\nexit 1\n"},
		.what = "linux",
		.command_line = "linux a b"},
	{.name = "UEFI over HTTP: a server that does not say HTTPClient",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.conf = "dhcp-range=10.77.0.50,10.77.0.99\ndhcp-match=set:h,option:client-arch,16\n"
			"dhcp-boot=tag:h,http://10.77.0.1/images/d/linux\n",
		.files = {LOADERS},
		.problem = "no option 60 HTTPClient"},
	{.name = "iPXE: conditions",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe",
			"#!ipxe\niseq ${platform} efi && goto efi ||\niseq a b && goto efi || set "
			"x y\n"
			"iseq ${x} y || goto efi\nsanboot --no-describe --drive 0x80 ||\nexit "
			"1\n:efi\n"
			"kernel http://10.77.0.1/images/d/linux\nboot\n"},
		.what = "local"},
	{.name = "iPXE: what only a BIOS can start",
		.machine = {.arch = 7, .uefi = true, .ipxe = true},
		.files = {LOADERS, "boot/ipxe",
			"#!ipxe\niseq ${platform} pcbios || goto failed\nkernel "
			"http://10.77.0.1/images/d/linux\nboot\n:failed\nexit 1\n"},
		.what = "local",
		.problem = "iPXE cannot start what its file names"},
	{.name = "iPXE: as what it was built, over HTTP on ARM",
		.machine = {.arch = 19, .uefi = true, .http = true, .ipxe = true},
		.files = {LOADERS, "boot/ipxe", "#!ipxe\niseq ${buildarch} arm64\nexit\n"},
		.what = "local"},
	{.name = "iPXE: as what it was built, for 32 bits",
		.machine = {.arch = 6, .uefi = true, .ipxe = true},
		.files = {LOADERS, "boot/ipxe", "#!ipxe\niseq ${buildarch} i386\nexit\n"},
		.what = "local"},
	{.name = "iPXE: a menu",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe",
			"#!ipxe\nmenu M\nitem a A\nitem b B\nchoose --default b --timeout 20000 t "
			"|| "
			"goto a\ngoto ${t}\n:a\nexit\n:b\nkernel http://10.77.0.1/images/d/linux "
			"q\n"
			"boot\n"},
		.what = "linux",
		.command_line = "q",
		.step = "a menu of 2 entries; unless somebody chooses, 'b' is started after 20"},
	{.name = "BIOS: a menu in which nobody chooses",
		.files = {LOADERS, "pxelinux.cfg/default", PXE_MENU},
		.what = "local"},
	{.name = "BIOS: an entry that somebody chooses",
		.files = {LOADERS, "memtest", "", "pxelinux.cfg/default", PXE_MENU},
		.choose = "Test the memory",
		.what = "memtest",
		.step = "somebody chooses 'Test the memory'"},
	{.name = "BIOS: one in a menu below",
		.files = {LOADERS, "pxelinux.cfg/default", PXE_MENU},
		.choose = "Rescue me>With one",
		.what = "linux",
		.command_line = "BOOT_IMAGE=images/d/linux rescue"},
	{.name = "BIOS: one of a menu below, in the one above",
		.files = {LOADERS, "pxelinux.cfg/default", PXE_MENU},
		.choose = "With one",
		.problem = "no entry 'With one'"},
	{.name = "BIOS: a menu below, and nothing in it",
		.files = {LOADERS, "pxelinux.cfg/default", PXE_MENU},
		.choose = "Rescue me",
		.problem = "waits until somebody chooses"},
	{.name = "BIOS: no menu to choose in",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.choose = "Disk",
		.what = "local",
		.problem = "no menu is shown"},
	{.name = "UEFI: an entry that somebody chooses",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "memtest.efi", "", "grub/grub.cfg", GRUB_MENU},
		.choose = "Test the memory",
		.what = "memtest",
		.step = "tftp://10.77.0.1/memtest.efi"},
	{.name = "UEFI: one in a menu below",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/grub.cfg", GRUB_MENU},
		.choose = "Rescue me>With one",
		.what = "linux",
		.command_line = "BOOT_IMAGE=/images/d/linux rescue"},
	{.name = "UEFI: a menu below, and nothing in it",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/grub.cfg", GRUB_MENU},
		.choose = "Rescue me",
		.problem = "waits until somebody chooses"},
	{.name = "UEFI: an entry that is not there",
		.machine = {.arch = 7, .uefi = true},
		.files = {LOADERS, "grub/grub.cfg", GRUB_MENU},
		.choose = "Rescue me>With two",
		.problem = "no entry 'With two'"},
	{.name = "iPXE: an entry that somebody chooses",
		.machine = {.ipxe = true},
		.files = {LOADERS, "memtest", "", "boot/ipxe", IPXE_MENU},
		.choose = "Test the memory",
		.what = "memtest"},
	{.name = "iPXE: one in a menu below",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe", IPXE_MENU},
		.choose = "Rescue me>With one",
		.what = "linux",
		.command_line = "rescue"},
	{.name = "iPXE: back, and on",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe", IPXE_MENU},
		.choose = "Rescue me>Back>Disk",
		.what = "local"},
	{.name = "iPXE: an entry that is not there",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe", IPXE_MENU},
		.choose = "Test",
		.problem = "no entry 'Test'"},
	{.name = "iPXE: a label that is not there",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe", "#!ipxe\ngoto nowhere\n"},
		.problem = "goes to the label 'nowhere'"},
	{.name = "iPXE: an option without its value",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nchoose --default\n"},
		.problem = "ends without starting anything"},
	{.name = "iPXE: round and round",
		.machine = {.ipxe = true},
		.files = {LOADERS, "boot/ipxe", "#!ipxe\n:a\ngoto a\n"},
		.problem = "does not come to an end"},
	{.name = "iPXE that a system has switched off",
		.machine = {.ipxe = true},
		.hosts = MAC ",set:bw-ipxe-other\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "the file pxelinux.0"},
	{.name = "proxy",
		.network = "bw-net-office",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "tftp://10.78.0.1/pxelinux.0"},
	{.name = "proxy: GRUB cannot work",
		.machine = {.arch = 7, .uefi = true},
		.network = "bw-net-office",
		.hosts = MAC ",set:bw-file-2\n",
		.files = {LOADERS, GRUB_CFG},
		.problem = "beside another DHCP server GRUB cannot work"},
	{.name = "proxy: no path prefix",
		.network = "bw-net-office",
		.hosts = MAC ",set:bw-file-1\n",
		.files = {"lpxelinux.0", "", "pxelinux.0", "", "ldlinux.c32", "", PXE_FILE,
			"DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.conf = CONF "pxe-service=tag:bw-net-office,tag:bw-file-1,0,\"Bootwright\","
			     "lpxelinux.0,10.78.0.1\n",
		.what = "local",
		.step = "tftp://10.78.0.1/pxelinux.cfg/01-52-54-00-aa-00-07"},
	{.name = "proxy: no loader",
		.machine = {.arch = 7, .uefi = true},
		.network = "bw-net-office",
		.files = {LOADERS},
		.problem = "that works beside another DHCP server"},
	{.name = "IPv6: shim and GRUB over TFTP",
		.machine = {.arch = 7, .uefi = true},
		.network = "bw-net-six",
		.hosts = MAC ",10.77.0.21,[fd77::21],web7\n",
		.files = {LOADERS, GRUB_CFG, GRUB_FILE,
			"menuentry a {\nlinux /images/d/linux a\n}\n"},
		.what = "linux",
		.command_line = "BOOT_IMAGE=/images/d/linux a",
		.step = "DHCPv6: dnsmasq gives fd77::21 and the file tftp://[fd77::1]/shimx64.efi "
			"from [fd77::1]"},
	{.name = "IPv6 over HTTP: iPXE",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.network = "bw-net-six",
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nexit\n"},
		.what = "local",
		.step = "http://[fd77::1]:8080/boot/ipxe"},
	{.name = "IPv6 over HTTP: nobody calls himself HTTPClient",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.network = "six",
		.conf = "dhcp-range=set:six,fd77::100,fd77::1ff,64,3600\n"
			"dhcp-option=tag:six,option6:bootfile-url,http://[fd77::1]:8080/boot/"
			"ipxe\n",
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nexit\n"},
		.problem = "has no option 16 HTTPClient"},
	{.name = "IPv6: only a fixed address",
		.machine = {.arch = 7, .uefi = true},
		.network = "six",
		.conf = "dhcp-range=set:six,fd77::,static,64,3600\n"
			"dhcp-option=tag:six,option6:bootfile-url,tftp://[fd77::1]/x.efi\n",
		.hosts = MAC ",[fd77::21],web7\n",
		.files = {"x.efi", ""},
		.step = "DHCPv6: dnsmasq gives fd77::21 and",
		.problem = "lends fd77::21 once"},
	{.name = "IPv6: BIOS has no such thing",
		.network = "bw-net-six",
		.files = {LOADERS},
		.problem = "no boot loader is published for architecture 0"},
	{.name = "a network that is not served",
		.network = "bw-net-nosuch",
		.files = {LOADERS},
		.problem = "serves no network"},
	{.name = "only fixed addresses",
		.conf = "dhcp-range=10.77.0.0,static,255.255.255.0\ndhcp-match=set:b,93,0\n"
			"dhcp-boot=tag:b,pxelinux.0\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.problem = "has no address for this machine"},
	{.name = "a fixed address of another network, where there are no others",
		.conf = "dhcp-range=10.78.0.0,static,255.255.255.0\ndhcp-match=set:b,93,0\n"
			"dhcp-boot=tag:b,pxelinux.0\n",
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "fixed address 10.77.0.21 is not in this network",
		.problem = "has no address for this machine"},
	{.name = "where there are",
		.conf = "dhcp-range=10.78.0.50,10.78.0.99,255.255.255.0,1h\n"
			"dhcp-match=set:b,93,0\ndhcp-boot=tag:b,pxelinux.0\n",
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "DHCP: dnsmasq gives an address and"},
	{.name = "a fixed address that another card has still",
		.machine = {.lent_to = "52:54:00:aa:00:99"},
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "10.77.0.21 is lent to 52:54:00:aa:00:99: until that ends dnsmasq gives"},
	{.name = "where there are no others",
		.conf = "dhcp-range=10.77.0.0,static,255.255.255.0\ndhcp-match=set:b,93,0\n"
			"dhcp-boot=tag:b,pxelinux.0\n",
		.machine = {.lent_to = "52:54:00:aa:00:99"},
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.problem = "has no address for this machine"},
	{.name = "which this one has itself",
		.machine = {.lent_to = MAC},
		.hosts = MAC ",10.77.0.21,web7\n",
		.files = {LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n"},
		.what = "local",
		.step = "DHCP: dnsmasq gives 10.77.0.21 and"},
	{.name = "IPv6: a fixed address of another network",
		.machine = {.arch = 16, .uefi = true, .http = true},
		.network = "bw-net-six",
		.hosts = MAC ",[fd78::21],web7\n",
		.files = {LOADERS, "boot/ipxe", "#!ipxe\nexit\n"},
		.what = "local",
		.step = "fixed address fd78::21 is not in this network"},
	{.name = "an architecture without a loader",
		.machine = {.arch = 11, .uefi = true},
		.files = {LOADERS},
		.problem = "no boot loader is published for architecture 11"},
	{.name = "PXE firmware that gets a URL",
		.conf = "dhcp-range=10.77.0.50,10.77.0.99\ndhcp-match=set:b,option:client-arch,0\n"
			"dhcp-boot=tag:b,http://10.77.0.1/images/d/linux\n",
		.files = {LOADERS},
		.problem = "PXE firmware knows only TFTP"},
};

/* The least that is a program of UEFI with a signature. */
static void add_signed(struct strbuf *ret)
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

static int open_case(void *ctx, const char *url, struct explain_file *ret, struct err *err)
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

static bool says(const json_t *list, const char *key, const char *words)
{
	size_t i;
	json_t *entry;

	json_array_foreach (json_mutable(list), i, entry)
		if (strstr(json_get_str(entry, key), words))
			return true;
	return false;
}

static void check_case(size_t i, const struct explain *explain)
{
	const char *what = json_get_str(explain->start, "what");
	const char *line = json_get_str(explain->start, "command_line");
	autostrbuf steps = STRBUF_INIT;

	json_print(explain->steps, true, &steps);
	json_print(explain->problems, true, &steps);
	if (strcmp(what ? what : "", cases[i].what ? cases[i].what : "") != 0)
		fail_msg("%s: starts %s\n%s", cases[i].name, what ? what : "nothing", steps.buf);
	if (cases[i].command_line && strcmp(line, cases[i].command_line) != 0)
		fail_msg("%s: command line '%s'", cases[i].name, line);
	if (cases[i].problem ? !says(explain->problems, "problem", cases[i].problem)
			     : json_array_size(explain->problems) > 0)
		fail_msg("%s: problems\n%s", cases[i].name, steps.buf);
	if (cases[i].step && !says(explain->steps, "text", cases[i].step))
		fail_msg("%s: steps\n%s", cases[i].name, steps.buf);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
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
		check_case(i, &explain);
		explain_done(&explain);
	}
}

/* Another server is told what `bootwright dhcp show` prints. */
static void test_other_server(void **state)
{
	static const char *const files[] = {
		LOADERS, PXE_FILE, "DEFAULT l\nLABEL l\nLOCALBOOT 0\n", NULL};
	union {
		const char *const *file;
		void *ctx;
	} ctx = {.file = files};
	struct explain explain = {.machine = {.mac = MAC, .address = ""},
		.other_file = "pxelinux.0",
		.next_server = "10.77.0.1",
		.open = open_case,
		.ctx = ctx.ctx};
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(explain_run(&explain, &err), 0);
	assert_string_equal(json_get_str(explain.start, "what"), "local");
	assert_true(says(explain.steps, "text", "another server answers"));
	explain_done(&explain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_other_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
