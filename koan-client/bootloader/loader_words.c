#include "koan-client/bootloader/loader_words.h"

#include "koan-client/bootloader/loader_options.h"

#include "base/opt_man.h"

#define ROW(member, name, arg, help) OPT(struct loader_words, member, name, arg, help)
/* A flag with a letter, as pygrub and pypxeboot have them. */
#define LETTER(member_, name_, letter_, help_)                                                     \
	{                                                                                          \
		.name = (name_), .kind = OPT_KIND(((struct loader_words *)0)->member_),            \
		.offset = offsetof(struct loader_words, member_), .help = (help_),                 \
		.letter = (letter_)                                                                \
	}

static const struct opt table[] = {
	OPT_TITLE("Which machine it is"),
	ROW(mac, "mac", "MAC",
		"Its MAC address. The word mac=MAC without the dashes does the same, also with a "
		"comma and more of a vif= line behind it, so that a line of the domain's "
		"configuration can be repeated as it is."),
	ROW(system, "system", "S", "The server's system of that name."),
	ROW(profile, "profile", "P",
		"A profile of the server's: the machine has no record of its own. --vm or mac= "
		"must say which machine it is."),
	ROW(vm, "vm", "NAME",
		"The machine's name or UUID, for the note that its installer has been started; "
		"else its MAC address."),
	ROW(ip, "ip", "ADDRESS",
		"Its IPv4 address, where a PXE server keeps files by address. The word "
		"ip=ADDRESS does the same."),

	OPT_TITLE("Whom to ask: one of --server, --tftp or --pxe, and --repository"),
	ROW(server, "server", "[https://]HOST[:PORT]",
		"A Bootwright server; else COBBLER_SERVER in the environment."),
	ROW(port, "port", "N", "The server's boot port, where --server has none (80, 443)."),
	ROW(ca_file, "ca-file", "FILE",
		"For https: trust only the certificate authorities in this PEM file."),
	ROW(tftp, "tftp", "HOST", "Any PXE server, by TFTP: short for --pxe=tftp://HOST/."),
	ROW(pxe, "pxe", "URL",
		"Any PXE server: the folder over tftp, http or https that has pxelinux.cfg/. The "
		"files named after the machine's UUID (--vm), its MAC address, its address "
		"(--ip) and default are looked for, in that order."),
	ROW(label, "label", "NAME",
		"PXE: start this entry in place of the one that starts by itself."),
	ROW(config_dir, "config-dir", "DIR", "PXE: the folder of the files (pxelinux.cfg)."),
	ROW(repository, "repository", "URL",
		"An installation repository over http or https: the installer's kernel and "
		"initrd are looked for in it, those for Xen first. Needs --family."),
	ROW(family, "family", "NAME",
		"What kind of repository: rhlike (Red Hat, Fedora, …), debianlike or sleslike "
		"(SUSE)."),
	ROW(arch, "arch", "ARCH", "The repository's architecture (this host's)."),
	ROW(release, "release", "NAME", "debianlike: the release, such as bookworm."),
	ROW(other_config, "other-config", "FILE",
		"Read repository, family and so on from a file with the keys that XenServer's "
		"eliloader knew: install-repository, install-distro, install-arch, "
		"debian-release, install-methods and install-round; as lines key=value, as a "
		"JSON object, or as xe vm-param-get prints other-config. Options here win."),

	OPT_TITLE("Once or always"),
	ROW(once, "once", NULL,
		"Start the installer only once, then from the disk. So it is anyway with "
		"--repository and --profile, where no record of a server's says when the "
		"installation has ended; with --system and mac= the server's record decides, and "
		"with a PXE server its files."),
	ROW(always, "always", NULL, "Start the kernel at every start, such as of a live system."),
	ROW(fallback, "fallback", NULL,
		"Start from the disk when the server does not answer, as a machine's firmware "
		"would."),
	ROW(rearm, "rearm", NULL,
		"Start nothing; forget that the machine (--vm, mac=) had its installer, so that "
		"the next start installs it anew. For a server's system: bootwright system edit "
		"--name=S --netboot-enabled=yes"),

	OPT_TITLE("What libxl says"),
	ROW(output, "output", "PATH", "Where the answer goes: a file or FIFO (standard output)."),
	ROW(output_format, "output-format", "FORMAT",
		"The answer's format: sxp, simple or simple0 (sxp, as pygrub)."),
	ROW(output_directory, "output-directory", "DIR",
		"Where the kernel and the initrd go (" LOADER_OUTPUT_DIR ")."),
	ROW(args, "args", "WORDS", "The domain's extra=: added to the end of the arguments."),
	ROW(kernel, "kernel", "PATH",
		"The domain's kernel=: below --kernel-dir a file of this host, which is used "
		"when it is the right one; else for pygrub."),
	ROW(ramdisk, "ramdisk", "PATH", "The domain's ramdisk=: the same."),
	ROW(runas, "runas", "UID", "For pygrub."),

	OPT_TITLE("Files of this host"),
	ROW(config, "config", "FILE",
		"Lines option = value that count where the command line says nothing "
		"(" LOADER_CONFIG ", where that is there)."),
	ROW(kernel_dir, "kernel-dir", "DIR",
		"Kernels and initrds that lie ready here are used where their SHA-256 is the "
		"server's (" LOADER_KERNEL_DIR ")."),
	ROW(cache_dir, "cache-dir", "DIR", "Where koan keeps verified kernels (/var/cache/koan)."),
	ROW(state_dir, "state-dir", "DIR",
		"Where the notes are that installers have been started (" LOADER_STATE_DIR ")."),
	ROW(pygrub, "pygrub", "PATH",
		"What starts from the disk; else looked for where libxl looks."),

	OPT_TITLE("Else"),
	ROW(dry_run, "dry-run", NULL, "Only print what would be started."),
	LETTER(quiet, "quiet", 'q', "Say only what goes wrong. Also -q."),
	LETTER(verbose, "verbose", 'v', "Say what is asked and fetched. Also -v."),
	LETTER(help, "help", 'h', "Print this text. Also -h."),
	ROW(man, "man", NULL, "Print the manual page's source, for man -l -."),
	ROW(version, "version", NULL, "Print the version."),
};

int loader_words_parse(
	int argc, char *const argv[], struct loader_words *ret, struct strv *rest, struct err *err)
{
	return opt_parse(table, ARRAY_SIZE(table), argc, argv, ret, rest, err);
}

int loader_words_read(
	const char *path, struct loader_words *ret, struct strv *texts, struct err *err)
{
	return opt_read_file(table, ARRAY_SIZE(table), path, ret, texts, err);
}

void loader_words_print_help(FILE *out)
{
	opt_print_help(table, ARRAY_SIZE(table), out);
}

void loader_words_print_man(FILE *out)
{
	man_options(table, ARRAY_SIZE(table), out);
}
