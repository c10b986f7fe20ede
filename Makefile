# Bootwright. `make demo` shows the main job, `make check` passes the tests; see README.md.
#
# Variants build beside each other: B=build-asan SAN=1 (AddressSanitizer and UBSan),
# B=build-clang CC=clang.

B      ?= build
# V=1 shows the whole commands.
say     = $(if $V,,@echo "$1";)
CC     := $(if $(filter default,$(origin CC)),gcc,$(CC))
PREFIX ?= /usr
PKGS   := libmicrohttpd jansson sqlite3 libcurl libxml-2.0 libvirt blkid nettle

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Wformat=2 -Wundef -Wwrite-strings -Wcast-qual -Wimplicit-fallthrough -Wswitch-enum \
	-Wnull-dereference -Werror
HARDEN := -fno-common -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2)
ifneq ($(SAN),)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
CFLAGS  ?= -O2 -g
# Asked once; `make check` calls make again when it has installed what was missing.
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -Iserver -I. $(CFLAGS) $(WARN) $(HARDEN) $(SANITIZE) -pthread \
	-MMD -MP $(PKG_CFLAGS) -DBW_DATADIR='"$(PREFIX)/share/bootwright"'
LDLIBS_server := $(shell pkg-config --libs libmicrohttpd jansson sqlite3 nettle 2>/dev/null) -lm -lcrypt
LDLIBS_cli    := $(shell pkg-config --libs jansson libcurl nettle 2>/dev/null) -lm -lcrypt
LDLIBS_koan   := $(shell pkg-config --libs jansson libcurl libxml-2.0 libvirt blkid nettle 2>/dev/null) -lm
LDLIBS_all    := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcmocka -lm -lcrypt

# Archives from the top layer down, as the linker wants them.
LAYERS := cli http ops boot db template model base
DIR_of = $(if $(filter koan-bootloader,$1),koan-client/bootloader,$(if $(filter db koan-client,$1),$1,server/$1))
# ops/ and koan-client/ have a folder for each sort of work, in one archive.
ROOMS_of = $(if $(filter ops koan-client,$1),$(call DIR_of,$1)/*/*.c)
SRC_of = $(filter-out $(if $(filter koan-client,$1),koan-client/bootloader/%), \
	$(wildcard $(call DIR_of,$1)/*.c $(ROOMS_of)))
OBJ_of = $(patsubst %.c,$B/obj/%.o,$(call SRC_of,$1))

PROGRAMS := $B/bootwrightd $B/bootwright $B/koan $B/koan-bootloader

.PHONY: all clean
all: $(PROGRAMS) $B/share

define ARCHIVE
$B/lib$1.a: $(call OBJ_of,$1)
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(if $$V,,@)ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS) koan-client koan-bootloader,$(eval $(call ARCHIVE,$l)))

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,  CC   $<)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$B/bootwrightd: $B/obj/server/main.o $B/obj/server/daemon_options.o $(foreach l,http ops boot db template model base,$B/lib$l.a)
	$(call say,  LINK $@)$(CC) $(ALL_CFLAGS) -o $@ $^ $(LDLIBS_server)
$B/bootwright: $B/obj/server/cli.o $(foreach l,cli template model base,$B/lib$l.a)
	$(call say,  LINK $@)$(CC) $(ALL_CFLAGS) -o $@ $^ $(LDLIBS_cli)
$B/koan: $B/libkoan-client.a $B/libbase.a
	$(call say,  LINK $@)$(CC) $(ALL_CFLAGS) -o $@ -Wl,--whole-archive $B/libkoan-client.a -Wl,--no-whole-archive $B/libbase.a $(LDLIBS_koan)
# It wants of koan's archive what it uses, not libvirt.
$B/koan-bootloader: $(foreach l,koan-bootloader koan-client base,$B/lib$l.a)
	$(call say,  LINK $@)$(CC) $(ALL_CFLAGS) -o $@ -Wl,--as-needed $^ $(LDLIBS_koan)

# What the programs read at run time, laid out as `make install` lays it out.
$B/share: $(MAKEFILE_LIST)
	@mkdir -p $@
	ln -sfn $(CURDIR)/server/boot-templates $@/boot-templates
	ln -sfn $(CURDIR)/kickstarts $@/kickstarts
	ln -sfn $(CURDIR)/profiles $@/profiles
	ln -sfn $(CURDIR)/web $@/web
	ln -sfn $(CURDIR)/server/dnsmasq.service $@/dnsmasq.service
	ln -sfn $(CURDIR)/server/bootwrightd-managed.conf $@/bootwrightd-managed.conf
	ln -sfn $(CURDIR)/server/cli/cobbler.jq $@/cobbler.jq
	@touch $@

# A unit test of a layer links that layer and those below it.
BELOW_base := base
BELOW_model := model base
BELOW_template := template base
BELOW_db := db model base
BELOW_boot := boot template model base
BELOW_ops := ops boot db template model base
BELOW_http := http ops boot db template model base
BELOW_cli := cli template model base
BELOW_koan-client := koan-client base
BELOW_koan-bootloader := koan-bootloader koan-client base
TESTS := $(patsubst tests/unit/%.c,$B/tests/%,$(wildcard tests/unit/*/test_*.c))
define UNIT
$B/tests/$1/%: $B/obj/tests/unit/$1/%.o $(foreach l,$(BELOW_$1),$B/lib$l.a)
	@mkdir -p $$(@D)
	$$(call say,  LINK $$@)$$(CC) $$(ALL_CFLAGS) -o $$@ $$^ $$(LDLIBS_all)
endef
$(foreach l,base model template db boot ops http cli koan-client koan-bootloader,$(eval $(call UNIT,$l)))

# DESTDIR and PREFIX as usual. The unit file and polkit's rule expect a system account `bootwright`, which
# systemd-sysusers makes.
.PHONY: install
install: all docs
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/systemd/system
	install $B/bootwrightd $(DESTDIR)$(PREFIX)/sbin/
	install $B/bootwright $B/koan $B/koan-bootloader $(DESTDIR)$(PREFIX)/bin/
	sed 's|=/usr/sbin/|=$(PREFIX)/sbin/|' server/bootwrightd.service | \
		install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/lib/systemd/system/bootwrightd.service
	install -D -m 644 server/bootwrightd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/bootwrightd.conf
	install -D -m 644 server/bootwrightd.rules $(DESTDIR)$(PREFIX)/share/polkit-1/rules.d/50-bootwrightd.rules
	for page in $(notdir $(filter $B/docs/man/%,$(DOCS))); do \
		install -D -m 644 $B/docs/man/$$page \
			$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page || exit 1; done
	install -D -m 644 $B/docs/bash/bootwright \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/bootwright
	install -D -m 644 $B/docs/zsh/_bootwright \
		$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_bootwright
	install -D -m 644 server/dnsmasq.service $(DESTDIR)$(PREFIX)/share/bootwright/dnsmasq.service
	sed 's|/usr/sbin/|$(PREFIX)/sbin/|' server/bootwrightd-managed.conf | \
		install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/share/bootwright/bootwrightd-managed.conf
	install -m 644 server/cli/cobbler.jq $(DESTDIR)$(PREFIX)/share/bootwright/
	for d in server/boot-templates kickstarts profiles web; do \
		cp -r --no-preserve=ownership $$d $(DESTDIR)$(PREFIX)/share/bootwright/ || exit 1; done
	chmod -R u=rwX,go=rX $(DESTDIR)$(PREFIX)/share/bootwright # whatever the umask is

.SECONDARY:
clean:
	rm -rf build build-*


include server/docs.mk
include tests/tests.mk
-include $(shell find $B/obj -name "*.d" 2>/dev/null)
