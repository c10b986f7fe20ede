# Fuzzing. `make fuzz-replay` runs every target once over its seeds, as part of `make check`, in the
# build that the other tests with sanitizers use. `make fuzz-run T=template SECONDS=60` searches for
# more with one of them and clang's libFuzzer; what it finds goes to tests/fuzz/seeds/TARGET/ and is
# then replayed for ever. With FAST=1 it runs without sanitizers: for more executions, and for the
# time that one may take, which only then is judged.
.PHONY: fuzz-replays fuzz-replay fuzz-run
FUZZ := $(sort $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_B := build-fuzz$(if $(FAST),-fast)
SECONDS ?= 60

# The archives that a target needs, from the top layer down; one without a row gets all of them.
FUZZ_NEEDS_cheetah := template base
FUZZ_NEEDS_explain := boot template model base
FUZZ_NEEDS_item_json := model base
FUZZ_NEEDS_net := base
FUZZ_NEEDS_plan := koan-client base
FUZZ_NEEDS_program := boot template model base
FUZZ_NEEDS_pxe_config := koan-bootloader koan-client base
FUZZ_NEEDS_template := template base
FUZZ_NEEDS_treeinfo := ops boot db template model base
fuzz_needs = $(or $(FUZZ_NEEDS_$1),http ops boot db template model base)
fuzz_archives = $(foreach l,$(call fuzz_needs,$1),$B/lib$l.a)

# TARGET is with libFuzzer, TARGET-replay without: replay.c gives it the seeds, one after another.
define FUZZ_TARGET
$B/fuzz/$1: $B/obj/tests/fuzz/fuzz_$1.o $(call fuzz_archives,$1)
	@mkdir -p $$(@D)
	$$(call say,  LINK $$@)$$(CC) $$(ALL_CFLAGS) -fsanitize=fuzzer -o $$@ $$^ $$(LDLIBS_all)
$B/fuzz/$1-replay: $B/obj/tests/fuzz/replay.o $B/obj/tests/fuzz/fuzz_$1.o $(call fuzz_archives,$1) $B/libbase.a
	@mkdir -p $$(@D)
	$$(call say,  LINK $$@)$$(CC) $$(ALL_CFLAGS) -o $$@ $$^ $$(LDLIBS_all)
endef
$(foreach t,$(FUZZ),$(eval $(call FUZZ_TARGET,$t)))
fuzz-replays: $(FUZZ:%=$B/fuzz/%-replay)

ifdef FUZZING
# All objects report their branches; libFuzzer and its main() come in when a target is linked.
SANITIZE := $(if $(FAST),-DFUZZ_FAST,-fsanitize=address,undefined -fno-sanitize-recover=undefined) \
	-fsanitize=fuzzer-no-link
endif

fuzz-replay:
	@$(MAKE) -s B=build-asan SAN=1 fuzz-replays
	@tests/fuzz/replay build-asan/fuzz $(FUZZ)

fuzz-run:
	@$(MAKE) -s B=$(FUZZ_B) CC=clang FUZZING=1 HARDEN=-fno-common CFLAGS='-O$(if $(FAST),2,1) -g' \
		$(FUZZ_B)/fuzz/$T
	@mkdir -p $(FUZZ_B)/corpus/$T $(FUZZ_B)/found/$T
	$(FUZZ_B)/fuzz/$T -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=1024 \
		$(addprefix -dict=,$(wildcard tests/fuzz/$T.dict)) \
		-artifact_prefix=$(FUZZ_B)/found/$T/ $(FUZZ_B)/corpus/$T tests/fuzz/seeds/$T
