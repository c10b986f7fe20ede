/* Each loader's own language, read along the walk through a boot. */
#include "explain_support.h"

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

/* A distro with a shim and GRUB of its own. */
#define OWN      "images/d/efi/BOOTX64.EFI", "", "images/d/efi/grub.efi", ""
#define OWN_CFG  "set home=($root)/grub\nexport home\nconfigfile $home/grub.cfg\n"
#define HOME_CFG "grub/grub.cfg", "configfile $home/system/${net_default_mac}.cfg\n"
#define OWN_CONF                                                                                   \
	CONF "dhcp-boot=tag:bw-uefi,tag:bw-efi-d,tag:!bw-ipxe,images/d/efi/BOOTX64.EFI,,"          \
	     "10.77.0.1\ndhcp-boot=tag:bw-http,tag:!bw-ipxe,http://10.77.0.1/boot/image/"          \
	     "x64.img,,10.77.0.1\n"

static const struct explain_case cases[] = {
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
};

static void test_cases(void **state)
{
	(void)state;
	run_cases(cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
