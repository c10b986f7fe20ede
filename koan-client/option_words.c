#include "koan-client/option_words.h"

#include "base/opt_man.h"

/* `koan` says what becomes of the option of that name of Cobbler's koan. */
#define ROW(member, name, arg, help, koan)                                                         \
	OPT(struct option_words, member, name, arg, help " [" koan "]")

#define SAME "koan: the same"
#define NEW  "new"

static const struct opt table[] = {
	OPT_TITLE("What to do"),
	ROW(virt, "virt", NULL, "Make a guest on this host and start its installation.",
		"koan: the same; repaired: what a failing step leaves behind is removed"),
	ROW(replace_self, "replace-self", NULL,
		"Install this machine anew at its next start; asks first unless --yes.",
		"koan: the same; repaired: GRUB 2 and boot loader entries, by one start only"),
	ROW(update_files, "update-files", NULL,
		"Write the files that the server keeps for this machine (template_files).",
		"koan: the same; repaired: a file is replaced in one step, and only where it "
		"differs"),
	ROW(undo, "undo", NULL,
		"Remove the guest --virt-name and the disks that koan made for it; with --count "
		"NAME-1 to NAME-N. Guests that koan did not make are refused.",
		NEW),
	ROW(list, "list", "KIND",
		"Print the names that the server knows: profiles, systems, images or distros.",
		SAME),
	ROW(display, "display", NULL, "Print the server's plan for --profile, --system or --image.",
		SAME),
	ROW(help, "help", NULL, "Print this text.", SAME),
	ROW(man, "man", NULL, "Print the manual page's source, for man -l -.", NEW),
	ROW(version, "version", NULL, "Print the version.", NEW),

	OPT_TITLE("From where"),
	ROW(server, "server", "[https://]HOST[:PORT]",
		"The Bootwright server; else COBBLER_SERVER in the environment.",
		"koan: the same; repaired: https, IPv6"),
	ROW(port, "port", "N", "The server's boot port, where --server has none (80, 443).", SAME),
	ROW(ca_file, "ca-file", "FILE",
		"For https: trust only the certificate authorities in this PEM file.", NEW),
	ROW(profile, "profile", "P", "Install this profile.", SAME),
	ROW(system, "system", "S",
		"Install this system, with its own addresses. Without --profile, --system and "
		"--image, --display, --replace-self and --update-files look for the system with "
		"this machine's MAC addresses.",
		SAME),
	ROW(image, "image", "I", "Make a guest of this image: a kernel, a CD or a disk to copy.",
		"koan: the same; repaired: the file comes verified over HTTP, nothing is mounted"),

	OPT_TITLE("The guest; what is not given comes from the server"),
	ROW(name, "virt-name", "N",
		"The guest's name; else the system's, else the profile's, with a number when "
		"that name is taken.",
		"koan: the same; repaired: a profile's second guest gets a number"),
	ROW(count, "count", "N",
		"Make N guests at once, NAME-1 to NAME-N, each with MAC addresses of its own. "
		"All names, disks and the free space are checked before the first is made; then "
		"each guest succeeds or is undone by itself.",
		NEW),
	ROW(type, "virt-type", "TYPE",
		"kvm, qemu, xenpv, xenpvh, xenhvm, or auto: the best that this host has.",
		"koan: the same, with PVH; repaired: Xen is found without xend"),
	ROW(path, "virt-path", "P[,P…]",
		"Where each disk goes: a folder, a file, an LVM volume group (vg0, /dev/vg0, "
		"vg0:name), a block device, a volume that exists (vol=POOL/NAME) or a network "
		"disk (iscsi://HOST/IQN/LUN, nbd://HOST/NAME, rbd://MON/POOL/IMAGE; "
		"USER@ and ?secret=UUID name a secret of libvirt's). The last one counts for the "
		"rest.",
		"koan: the same; new: volumes and network disks"),
	ROW(file_size, "virt-file-size", "GIB[,GIB…]",
		"Each disk's size in GiB, such as 10 or 4.5; 0 for no disk. There must be room "
		"for it.",
		"koan: the same; repaired: 4.5 is 4.5, not 1"),
	ROW(driver, "virt-disk-driver", "FORMAT[,…]", "Each disk's format: raw or qcow2.", SAME),
	ROW(preallocate, "preallocate", NULL, "Give files their whole size at once.", NEW),
	ROW(overcommit, "overcommit", NULL,
		"Let files that grow as they are written be bigger than what is free.", NEW),
	ROW(force_path, "force-path", NULL,
		"Use what is in a disk's place: a file is made anew, a device, volume or network "
		"disk is given to the guest as it is. A disk of another guest never is. With "
		"--force, a disk of the old guest goes before the new guest has started.",
		"koan: the same; repaired: never another guest's disk"),
	ROW(bridge, "virt-bridge", "BR[,BR…]",
		"The host's bridge for each network interface. The last one counts for the "
		"rest.",
		"koan: the same; repaired: by position, VLANs and bonds left out"),
	ROW(ram, "virt-ram", "MIB", "Memory in MiB.", SAME),
	ROW(cpus, "virt-cpus", "N", "Number of virtual CPUs.", SAME),
	ROW(auto_boot, "virt-auto-boot", NULL, "Start the guest whenever the host starts.",
		"koan: the same; repaired: by libvirt instead of links in /etc/xen/auto"),
	ROW(pxe_boot, "virt-pxe-boot", NULL,
		"Let the guest's firmware boot from the network instead of fetching a kernel.",
		SAME),
	ROW(import, "import", NULL,
		"Install nothing: the disks are there already, and the guest starts from the "
		"first.",
		"koan: the same; repaired: disks that are not there are an error"),
	ROW(graphics, "graphics", "KIND", "vnc, spice, sdl or none.", SAME),
	ROW(nogfx, "nogfx", NULL,
		"No screen: install on a serial console (same as --graphics=none).", SAME),
	ROW(kopts, "kopts", "OPTIONS", "Words to add at the end of the kernel's command line.",
		SAME),
	ROW(static_interface, "static-interface", "NAME",
		"Let the installer take the addresses of this interface of the system's from "
		"its command line, not from DHCP.",
		"koan: the same; repaired: each family's own words, also with --virt"),
	ROW(disk_type, "qemu-disk-type", "BUS",
		"KVM and QEMU: virtio, scsi, sata, ide or usb disks (virtio).",
		"koan: the same; repaired: the machine that has such a bus, scsi by virtio"),
	ROW(net_type, "qemu-net-type", "MODEL",
		"KVM and QEMU: the network card, such as virtio, e1000e or rtl8139 (virtio).",
		SAME),
	ROW(machine_type, "qemu-machine-type", "MACHINE",
		"KVM and QEMU: the machine, such as q35 or pc.", SAME),
	ROW(firmware, "virt-firmware", "KIND", "KVM, QEMU and Xen HVM: bios or uefi.", NEW),

	OPT_TITLE("How"),
	ROW(connect, "connect", "URI",
		"The hypervisor, such as qemu:///system or xen+ssh://HOST/; else "
		"LIBVIRT_DEFAULT_URI in the environment, else the one that fits --virt-type. "
		"Another host gets kernel and initrd into its storage, and so does this one's "
		"qemu:///system from a plain user.",
		NEW),
	ROW(remote, "remote", NULL,
		"The hypervisor is another host although its URI does not say so: a socket that "
		"is forwarded.",
		NEW),
	ROW(dry_run, "dry-run", NULL,
		"Print the domain's XML, or what --undo, --replace-self and --update-files would "
		"do. Nothing is made or changed.",
		NEW),
	ROW(format, "format", "xml|xl",
		"Print the domain's XML, or its xl configuration as libvirt converts it, and "
		"make nothing.",
		NEW),
	ROW(xl_config, "xl-config", NULL,
		"Xen: also write the guest's xl configuration to /etc/xen/NAME, to start it "
		"with xl create.",
		"koan wrote one always; now when asked, by libvirt's conversion"),
	ROW(force, "force", NULL,
		"Replace a guest of the same name, and the disks that koan made for it. All of it "
		"stays until the new guest has started, and comes back if that fails.",
		NEW),
	ROW(wait, "wait", "MINUTES",
		"Stay until the installation has ended, for so many minutes (-1: as long as it "
		"takes), then start the guest from its disk.",
		"koan: the same; repaired: the guest starts from its disk"),
	ROW(vm_poll, "vm-poll", NULL, "The same as --wait=-1.", SAME),
	ROW(noreboot, "noreboot", NULL, "With --wait: leave the guest off afterwards.", SAME),
	ROW(progress, "progress", NULL, "Say on standard error how far it is.", NEW),
	ROW(summary, "summary", NULL, "Say at the end in one line how much was made or written.",
		"koan: figures of --update-config; here of --virt and --update-files"),
	ROW(cache_dir, "cache-dir", "DIR",
		"Where verified kernels are kept (/var/cache/koan, or koan/ in the "
		"user's cache folder).",
		NEW),

	OPT_TITLE("This machine (--replace-self)"),
	ROW(kexec, "kexec", NULL, "Start the installer's kernel now, without the firmware.", SAME),
	ROW(add_reinstall_entry, "add-reinstall-entry", NULL,
		"Only add the boot entry; the next start is not changed.", SAME),
	ROW(no_copy_default, "no-copy-default", NULL,
		"Do not take over the console= and other hardware arguments of the running "
		"kernel.",
		"koan: no --copy-default for grubby; repaired: root= and quiet never are"),
	ROW(embed, "embed", NULL,
		"Put the answer file into the initrd, for an installer that has no network "
		"when it wants it.",
		"koan: the same; repaired: also Debian and SUSE, also with --virt"),
	ROW(yes, "yes", NULL, "Do not ask.", NEW),
	ROW(root, "root", "DIR", "Work on the system below this folder (/).", NEW),
};

int option_words_parse(int argc, char *const argv[], struct option_words *ret, struct err *err)
{
	return opt_parse(table, ARRAY_SIZE(table), argc, argv, ret, NULL, err);
}

void option_words_print_help(FILE *out)
{
	opt_print_help(table, ARRAY_SIZE(table), out);
}

void option_words_print_man(FILE *out)
{
	man_options(table, ARRAY_SIZE(table), out);
}
