# `make boot-check`: boots a machine through every chain of boot loaders, each script here being one,
# and prints what proves each; CHAINS="pxe-bios pxe-xen" for some of them.
.PHONY: boot-check boot-check-arm64

# Several run at once, and none should be left to wait for alone: those with the most to do first, then
# one installer each, at last those that boot small systems only.
BOOT_FIRST := $(addprefix tests/boot/,pxe-xen.sh pxe-ipxe-efi.sh proxy-dhcp.sh uefi-ipv6.sh)
BOOT_LAST := $(addprefix tests/boot/,local-disk.sh xen-uefi.sh diskless-nfs.sh \
	san-uefi.sh san.sh http-local.sh)
BOOT_SCRIPTS := $(BOOT_FIRST) \
	$(filter-out $(BOOT_FIRST) $(BOOT_LAST),$(sort $(wildcard tests/boot/*.sh))) $(BOOT_LAST)

boot-check: all
	@B=$B tests/boot/check $(if $(CHAINS),$(CHAINS:%=tests/boot/%.sh),$(BOOT_SCRIPTS))

# The same for aarch64, with loaders that it fetches from Debian's mirror: by hand only.
boot-check-arm64: all
	@.ci/setup run demo check arm64
	@tests/boot/arm64/loaders $B/arm64
	@ARM64_LOADERS=$(CURDIR)/$B/arm64 B=$B tests/boot/check tests/boot/arm64/*.sh
