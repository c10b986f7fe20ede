/* --help and koan-bootloader(8), from the table of options. */
#include "koan-client/bootloader/loader_options.h"
#include "koan-client/bootloader/loader_words.h"

#include "base/opt_man.h"

static const char description[] =
	"koan-bootloader is a bootloader program for Xen's libxl and libvirt: run in the host each "
	"time a PV or PVH guest starts, it finds out what the guest is to start, fetches the "
	"kernel and the initrd, verifies them and tells the toolstack where they are. It does "
	"the jobs of pypxeboot and eliloader.\n"
	"\n"
	"It asks a Bootwright server for the record of the machine (by MAC address, --system or "
	"--profile), or reads pxelinux.cfg/ from any PXE server over TFTP or HTTP, or looks for "
	"the installer in a repository. Where the answer is that the machine starts from its "
	"disk, it becomes pygrub, with the same arguments.\n"
	"\n"
	"What comes over the network is never run in the host. What a server's record or a "
	"repository has checksums of is verified; from a PXE server, which has none, a kernel is "
	"only looked at whether it is one. When anything fails, the files made so far are "
	"removed, the guest does not start, and the reason stands on the console and in libxl's "
	"log (/var/log/xen/bootloader.N.log).\n"
	"\n"
	"A distribution that has a kernel of its own for Xen is imported with a second profile, "
	"NAME-xen, for PV guests; today's kernels start as PV and PVH guests as they are.\n";

static const char once[] =
	"A server's system has a record: its installer reports the end of the installation, the "
	"server turns netboot_enabled off, and the next start is from the disk. bootwright system "
	"edit --name=S --netboot-enabled=yes installs it anew. A PXE server does the same by "
	"changing the machine's file to a localboot.\n"
	"\n"
	"With --repository and --profile nobody keeps such a record. There the first start of a "
	"machine is noted in /var/lib/koan/bootloader/NAME, and every later start is from the "
	"disk, also when the installation was broken off. --rearm --vm=NAME removes the note.\n";

static const char examples[] =
	"# in the configuration of a domain (xl.cfg): by the MAC address, whose record says all\n"
	"bootloader = \"koan-bootloader\"\n"
	"bootloader_args = [\"--server=boot.example.org\", \"mac=00:16:3e:11:22:33\"]\n"
	"disk = [\"phy:/dev/vg0/web7,xvda,w\"]\n"
	"\n"
	"# any PXE server\n"
	"bootloader_args = [\"--tftp=10.0.0.1\", \"mac=00:16:3e:11:22:33\"]\n"
	"\n"
	"# an installer from a mirror, once, then from the disk\n"
	"bootloader_args = [\"--repository=http://deb.debian.org/debian\",\n"
	"\t\"--family=debianlike\", \"--release=bookworm\", \"--vm=lady\"]\n"
	"\n"
	"# what would start?\n"
	"koan-bootloader --server=boot.example.org mac=00:16:3e:11:22:33 --dry-run\n"
	"\n"
	"# libvirt (domain XML)\n"
	"<bootloader>/usr/bin/koan-bootloader</bootloader>\n"
	"<bootloader_args>--server=boot.example.org mac=00:16:3e:11:22:33</bootloader_args>\n";

static const char *const files[][2] = {
	{LOADER_CONFIG, "Options for all machines of this host, such as server = boot.example.org; "
			"then a domain's configuration need only say mac=MAC."},
	{LOADER_STATE_DIR "/NAME", "The machine NAME had its installer: once, and of what."},
	{LOADER_KERNEL_DIR "/", "Kernels and initrds that lie ready."},
};

void loader_options_print_help(FILE *out)
{
	fputs("koan-bootloader tells Xen's libxl what a guest starts: a server's kernel, or its "
	      "disk.\n\n"
	      "  koan-bootloader --server=HOST mac=MAC [--OPTION=VALUE …] [DISK]\n"
	      "  koan-bootloader --tftp=HOST|--pxe=URL mac=MAC [--OPTION=VALUE …] [DISK]\n"
	      "  koan-bootloader --repository=URL --family=NAME --vm=NAME [--OPTION=VALUE …] "
	      "[DISK]\n"
	      "  koan-bootloader --rearm --vm=NAME\n"
	      "\nlibxl adds DISK and the options of its own; see koan-bootloader(8).\n",
		out);
	loader_words_print_help(out);
	fputs("\nkoan-bootloader exits with 0 when the toolstack has its answer, 2 when the "
	      "command line is\nwrong, else 1.\n",
		out);
}

void loader_options_print_man(FILE *out)
{
	static const struct man_page page = {
		.name = "koan-bootloader",
		.section = 8,
		.about = "start Xen guests the way a provisioning server says",
		.synopsis = "--server=HOST mac=MAC|--system=S|--profile=P [--OPTION=VALUE …] DISK\n"
			    "--tftp=HOST|--pxe=URL mac=MAC [--OPTION=VALUE …] DISK\n"
			    "--repository=URL --family=NAME --vm=NAME [--OPTION=VALUE …] DISK\n"
			    "--rearm --vm=NAME|mac=MAC",
	};

	man_begin(&page, out);
	man_section("DESCRIPTION", out);
	man_text(description, out);
	man_section("ONE INSTALLATION", out);
	man_text(once, out);
	man_section("OPTIONS", out);
	loader_words_print_man(out);
	man_section("FILES", out);
	man_list_begin(out);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		man_list_entry(files[i][0], files[i][1], out);
	man_list_end(out);
	man_section("EXIT STATUS", out);
	man_text("0 when the toolstack has its answer, 2 when the command line is wrong, else 1.",
		out);
	man_section("EXAMPLES", out);
	man_lines(examples, out);
	man_see_also("bootwright(1) koan(1) xl.cfg(5) bootwrightd(8)", out);
}
