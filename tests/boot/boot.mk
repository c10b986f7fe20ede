# `make boot-check`: boots a machine through every chain of boot loaders, each script here being one,
# and prints what proves each; CHAINS="pxe-bios pxe-xen" for some of them.
.PHONY: boot-check boot-check-arm64

# The longest first: two run at once, and nothing should be left to wait for alone.
BOOT_LONG := $(wildcard $(addprefix tests/boot/,xen-uefi.sh pxe-xen.sh pxe-ipxe-efi.sh pxe-ipxe.sh))
BOOT_SCRIPTS := $(BOOT_LONG) $(filter-out $(BOOT_LONG),$(sort $(wildcard tests/boot/*.sh)))

boot-check: all
	@B=$B tests/boot/check $(if $(CHAINS),$(CHAINS:%=tests/boot/%.sh),$(BOOT_SCRIPTS))

# The same for aarch64, with loaders that it fetches from Debian's mirror: by hand only.
boot-check-arm64: all
	@.ci/setup run demo check arm64
	@tests/boot/arm64/loaders $B/arm64
	@ARM64_LOADERS=$(CURDIR)/$B/arm64 B=$B tests/boot/check tests/boot/arm64/*.sh
