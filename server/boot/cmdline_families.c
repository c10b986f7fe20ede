#include "boot/cmdline_families.h"

#include "base/mem.h"
#include "model/root.h"
#include "model/types.h"

#include <ctype.h>
#include <string.h>

struct family {
	const char *breed;              /* NULL: any */
	bool diskless;                  /* for machines without a disk of their own */
	const char *const *versions;    /* how its os_version may begin; NULL: any */
	const char *kernel;             /* what the kernel's path must hold; NULL: anything */
	const struct cmdline_arg *args; /* ends with one without a key */
};

/* Debian installation guide, appendix B.2.2: auto and priority so that nothing is asked before the
 * network is up and the preseed file is there; the card that booted, else the first with a link. */
static const struct cmdline_arg preseed[] = {
	{.key = "auto", .before = "true", .only_with = PART_AUTOINSTALL},
	{.key = "priority", .before = "critical", .only_with = PART_AUTOINSTALL},
	{.key = "url", .part = PART_AUTOINSTALL},
	{.key = "hostname", .part = PART_HOSTNAME},
	{.key = "domain", .part = PART_DOMAIN},
	{.key = "interface", .before = "auto"},
	{.key = "netcfg/disable_autoconfig", .before = "true", .only_with = PART_ADDRESS},
	{.key = "netcfg/get_ipaddress", .part = PART_ADDRESS},
	{.key = "netcfg/get_netmask", .part = PART_NETMASK},
	{.key = "netcfg/get_gateway", .part = PART_GATEWAY},
	{.key = "netcfg/get_nameservers", .part = PART_SERVERS},
	{.key = "netcfg/confirm_static", .before = "true", .only_with = PART_ADDRESS},
	{.key = "disk-detect/ibft/enable", .before = "true", .only_with = PART_SAN},
	{.key = "partman-iscsi/iscsi_auto", .before = "true", .only_with = PART_SAN},
	{.key = "rescue/enable", .part = PART_RESCUE},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* Ubuntu's live server: cloud-init's NoCloud source reads user-data and meta-data below the URL.
 * casper loads its file systems from an ISO image, if the tree is one. */
static const struct cmdline_arg live_server[] = {
	{.key = "ip", .part = PART_IP},
	{.key = "url", .part = PART_ISO},
	{.key = "autoinstall", .only_with = PART_AUTOINSTALL},
	{.key = "ds", .before = "nocloud-net;s=", .part = PART_AUTOINSTALL, .after = "/"},
	{.key = "cloud-config-url", .before = "/dev/null", .only_with = PART_ISO},
	{.key = "iscsi_auto", .only_with = PART_SAN},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* Anaconda boot options (dracut reads BOOTIF). */
static const struct cmdline_arg anaconda[] = {
	{.key = "inst.ks", .part = PART_AUTOINSTALL},
	{.key = "inst.repo", .part = PART_TREE},
	{.key = "ip", .before = "ibft", .only_with = PART_SAN},
	{.key = "ip", .part = PART_IP, .only_with = PART_ADDRESS},
	{.key = "rd.iscsi.ibft", .before = "1", .only_with = PART_SAN},
	{.key = "rd.iscsi.firmware", .before = "1", .only_with = PART_SAN},
	{.key = "inst.rescue", .only_with = PART_RESCUE},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* Before release 7: no prefix, and ksdevice says what BOOTIF is for. */
static const struct cmdline_arg anaconda_old[] = {
	{.key = "ks", .part = PART_AUTOINSTALL},
	{.key = "method", .part = PART_TREE},
	{.key = "ksdevice", .before = "bootif", .only_with = PART_BOOTIF},
	{.key = "ip", .part = PART_ADDRESS},
	{.key = "netmask", .part = PART_NETMASK},
	{.key = "gateway", .part = PART_GATEWAY},
	{.key = "dns", .part = PART_SERVERS},
	{.key = "rescue", .only_with = PART_RESCUE},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

static const struct cmdline_arg autoyast[] = {
	{.key = "autoyast", .part = PART_AUTOINSTALL},
	{.key = "install", .part = PART_TREE},
	{.key = "hostip", .part = PART_ADDRESS},
	{.key = "netmask", .part = PART_NETMASK},
	{.key = "gateway", .part = PART_GATEWAY},
	{.key = "nameserver", .part = PART_SERVER},
	{.key = "withiscsi", .before = "1", .only_with = PART_SAN},
	{.key = "rescue", .before = "1", .only_with = PART_RESCUE},
	{.key = "proxy", .part = PART_PROXY},
	{.key = "hostname", .part = PART_HOSTNAME},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* Agama (SLES 16, Leap 16): its live system comes by dracut's livenet, the packages from the folder
 * install of the medium. */
static const struct cmdline_arg agama[] = {
	{.key = "root", .before = "live:", .part = PART_FOLDER, .after = "/LiveOS/squashfs.img"},
	{.key = "root", .before = "live:", .part = PART_ISO},
	{.key = "inst.install_url", .part = PART_FOLDER, .after = "/install"},
	{.key = "inst.auto", .part = PART_AUTOINSTALL},
	{.key = "rd.iscsi.ibft", .before = "1", .only_with = PART_SAN},
	{.key = "rd.iscsi.firmware", .before = "1", .only_with = PART_SAN},
	{.key = "proxy", .part = PART_PROXY},
	{.key = "ip", .part = PART_IP},
	{.key = "rd.neednet", .before = "1"},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* Fedora CoreOS's live system: the first Ignition config is the live system's own, which installs
 * and reports; that config hands the installed system's to coreos-installer. The root file system
 * is a second initrd of the distro, unless the tree is its image. */
static const struct cmdline_arg coreos[] = {
	{.key = "coreos.live.rootfs_url", .part = PART_IMG},
	{.key = "ignition.firstboot", .only_with = PART_AUTOINSTALL},
	{.key = "ignition.platform.id", .before = "metal", .only_with = PART_AUTOINSTALL},
	{.key = "ignition.config.url", .part = PART_AUTOINSTALL, .after = "/live.ign"},
	{.key = "ip", .part = PART_IP},
	{.key = "rd.neednet", .before = "1"},
	{.key = NULL},
};

static const struct cmdline_arg flatcar[] = {
	{.key = "flatcar.first_boot", .before = "1", .only_with = PART_AUTOINSTALL},
	{.key = "ignition.config.url", .part = PART_AUTOINSTALL, .after = "/live.ign"},
	{.key = NULL},
};

/* FAI 6 with its root file system as a squashfs image (fai-guide, "kernel parameters"). */
static const struct cmdline_arg fai[] = {
	{.key = "ip", .part = PART_IP},
	{.key = "rd.neednet", .before = "1"},
	{.key = "root", .before = "live:", .part = PART_IMG},
	{.key = "hostname", .part = PART_HOSTNAME},
	{.key = "FAI_ACTION", .before = "install", .only_with = PART_AUTOINSTALL},
	{.key = "FAI_FLAGS", .before = "verbose,sshd,reboot", .only_with = PART_AUTOINSTALL},
	{.key = "FAI_CONFIG_SRC", .part = PART_AUTOINSTALL, .after = "/config.tar"},
	{.key = NULL},
};

/* A system that runs from memory: dracut's livenet; cloud-init, where it is there, finds its seed.
 */
static const struct cmdline_arg live[] = {
	{.key = "root", .before = "live:", .part = PART_IMG},
	{.key = "root", .before = "live:", .part = PART_ISO},
	{.key = "root", .before = "live:", .part = PART_FOLDER, .after = "/LiveOS/squashfs.img"},
	{.key = "rd.live.image", .only_with = PART_TREE},
	{.key = "rd.neednet", .before = "1"},
	{.key = "ip", .part = PART_IP},
	{.key = "ds", .before = "nocloud-net;s=", .part = PART_AUTOINSTALL, .after = "/"},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* live-boot(7), which Debian's live images have. */
static const struct cmdline_arg live_boot[] = {
	{.key = "boot", .before = "live"},
	{.key = "components"},
	{.key = "fetch", .part = PART_FOLDER, .after = "/live/filesystem.squashfs"},
	{.key = "fetch", .part = PART_ISO},
	{.key = "fetch", .part = PART_IMG},
	{.key = "ip", .part = PART_IP},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* Diskless: initramfs-tools(7), whose nfsmount takes the kernel's own words (nfsroot.rst). */
static const struct cmdline_arg nfs_initramfs[] = {
	{.key = "root", .before = "/dev/nfs", .only_with = PART_NFS},
	{.key = "nfsroot", .part = PART_NFS},
	{.key = "ip", .part = PART_IP, .only_with = PART_NFS},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* live-boot(7) and casper(7) mount the folder that holds their live system. */
static const struct cmdline_arg nfs_live_boot[] = {
	{.key = "boot", .before = "live", .only_with = PART_NFS},
	{.key = "netboot", .before = "nfs", .only_with = PART_NFS},
	{.key = "nfsroot", .part = PART_NFS},
	{.key = "ip", .part = PART_IP, .only_with = PART_NFS},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

static const struct cmdline_arg nfs_casper[] = {
	{.key = "boot", .before = "casper", .only_with = PART_NFS},
	{.key = "netboot", .before = "nfs", .only_with = PART_NFS},
	{.key = "nfsroot", .part = PART_NFS},
	{.key = "ip", .part = PART_IP, .only_with = PART_NFS},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

/* dracut.cmdline(7), which everybody else has. */
static const struct cmdline_arg nfs_dracut[] = {
	{.key = "root", .before = "nfs:", .part = PART_NFS},
	{.key = "ip", .part = PART_IP, .only_with = PART_NFS},
	{.key = "rd.neednet", .before = "1", .only_with = PART_NFS},
	{.key = "BOOTIF", .part = PART_BOOTIF},
	{.key = NULL},
};

static const struct cmdline_arg plain[] = {{.key = NULL}};

static const char *const old_redhat[] = {
	"rhel3", "rhel4", "rhel5", "rhel6", "centos4", "centos5", "centos6", NULL};
static const char *const old_ubuntu[] = {"precise", "trusty", "utopic", "vivid", "wily", "xenial",
	"yakkety", "zesty", "artful", "bionic", "12.04", "14.04", "16.04", "18.04", NULL};

static const char *const with_agama[] = {
	"sles16", "sle16", "leap16", "opensuse16", "opensuseleap16", "16", NULL};

/* The first row that fits. */
static const struct family families[] = {
	{.breed = "debian", .diskless = true, .kernel = "/live/", .args = nfs_live_boot},
	{.breed = "debian", .diskless = true, .args = nfs_initramfs},
	{.breed = "ubuntu", .diskless = true, .kernel = "/casper/", .args = nfs_casper},
	{.breed = "ubuntu", .diskless = true, .args = nfs_initramfs},
	{.diskless = true, .args = nfs_dracut},
	{.breed = "debian", .kernel = "/live/", .args = live_boot},
	{.breed = "debian", .args = preseed},
	{.breed = "ubuntu", .kernel = "/casper/", .args = live_server},
	{.breed = "ubuntu", .kernel = "/ubuntu-installer/", .args = preseed},
	{.breed = "ubuntu", .versions = old_ubuntu, .args = preseed},
	{.breed = "ubuntu", .args = live_server},
	{.breed = "redhat", .versions = old_redhat, .args = anaconda_old},
	{.breed = "redhat", .args = anaconda},
	{.breed = "suse", .versions = with_agama, .args = agama},
	{.breed = "suse", .args = autoyast},
	{.breed = "coreos", .args = coreos},
	{.breed = "flatcar", .args = flatcar},
	{.breed = "fai", .args = fai},
	{.breed = "live", .args = live},
};

static bool begins_with_any(const char *text, const char *const *beginnings)
{
	for (; *beginnings; beginnings++)
		if (strncmp(text, *beginnings, strlen(*beginnings)) == 0 &&
			!isdigit((unsigned char)text[strlen(*beginnings)]))
			return true;
	return false;
}

const struct cmdline_arg *cmdline_family(const struct resolved *resolved)
{
	const struct distro *distro = (const struct distro *)resolved_item(resolved, ITEM_DISTRO);
	const char *breed = resolved_str(resolved, "breed");
	const char *version = resolved_str(resolved, "os_version");
	const char *kernel = distro && distro->kernel ? distro->kernel : "";
	bool diskless = root_is_diskless(resolved_str(resolved, "root"));

	if (!distro) /* an image is booted as it is */
		return plain;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const struct family *family = &families[i];

		if (family->diskless == diskless &&
			(!family->breed || strcmp(family->breed, breed) == 0) &&
			(!family->versions || begins_with_any(version, family->versions)) &&
			(!family->kernel || strstr(kernel, family->kernel)))
			return family->args;
	}
	return plain;
}

bool cmdline_has_rescue(const struct resolved *resolved)
{
	for (const struct cmdline_arg *arg = cmdline_family(resolved); arg->key; arg++)
		if (arg->part == PART_RESCUE || arg->only_with == PART_RESCUE)
			return true;
	return false;
}
