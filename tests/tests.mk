# The tests. `make check` is everything that must hold, from a clean clone; each part of it is a
# target of its own. How a test reports: tests/run.
.PHONY: unit unit-programs e2e e2e-vm golden asan clang check demo
-include $(sort $(wildcard tests/*/*.mk))

# A sanitizer's own exit status, so that no test takes it for an ordinary error.
export ASAN_OPTIONS := exitcode=199

E2E_VM := $(addprefix tests/e2e/,koan-qemu.sh koan-reboot.sh koan-replace-self.sh \
	koan-kinds.sh)
E2E_FAST := $(filter-out $(E2E_VM) tests/e2e/lib.sh,$(sort $(wildcard tests/e2e/*.sh)))
# Unit tests with golden files write them, the check.sh beside the files judges them.
GOLDEN_TESTS = $(patsubst tests/unit/%.c,$B/tests/%,$(shell grep -l GOLDEN tests/unit/*/test_*.c))
# The answer files have several judges.
GOLDEN_CHECKS := $(sort $(wildcard tests/golden/*/check.sh)) \
	$(filter-out tests/answers/lib.sh,$(sort $(wildcard tests/answers/*.sh)))
ASAN_UNIT = $(patsubst $B/%,build-asan/%,$(TESTS))
# In `make check`, bad input is for the sanitizers to judge, and the long walks through all fields and
# pages are for the build that people use; everything else runs with both. `make e2e` and `make asan`
# leave out nothing but the test of the tests, and the latter that of systemd's units, which are for
# what people use, and that of the clock: its library and the sanitizer's would both have to be loaded
# first.
BAD_INPUT := $(addprefix tests/e2e/,bad-http.sh bad-items.sh koan-bootloader.sh koan-hostile.sh)
LONG_WALKS := $(addprefix tests/e2e/,docs.sh every-field.sh)
ASAN_E2E := $(filter-out %/harness.sh %/clock.sh %/systemd.sh,$(E2E_FAST))

# What the other folders of tests/ bring, in their *.mk.
PARTS := template-check web-check lint fuzz-replay

# What scripts in tests/e2e/ need of the tables.
UNIT_TOOLS := $B/tests/cli/print_fields
unit-programs: $(TESTS) $(UNIT_TOOLS)

unit: $(TESTS)
	@tests/run $(TESTS)

e2e: all docs $(UNIT_TOOLS)
	@tests/run $(GOLDEN_CHECKS) $(patsubst %,'B=$B %',$(E2E_FAST))

e2e-vm: all
	@tests/run $(patsubst %,'B=$B %',$(BOOT_SCRIPTS) $(E2E_VM))

# Rewrites the golden files; read the difference before you commit it.
golden: $(GOLDEN_TESTS)
	@GOLDEN=rewrite tests/run $^ $(GOLDEN_CHECKS)

asan:
	$(MAKE) B=build-asan SAN=1 all unit-programs
	@tests/run $(ASAN_UNIT) $(patsubst %,'B=build-asan %',$(ASAN_E2E))

clang:
	$(MAKE) B=build-clang CC=clang all unit-programs fuzz-replays

# The long ones first: two tests run at once, and nothing should be left to wait for alone.
check:
	.ci/setup build run demo check
	$(MAKE) -j2 all docs unit-programs
	$(MAKE) -j2 B=build-asan SAN=1 all unit-programs
	@tests/run $(BOOT_SCRIPTS) $(E2E_VM) 'make -s clang' $(patsubst %,'make -s %',$(PARTS)) \
		$(filter-out $(BAD_INPUT),$(E2E_FAST)) $(GOLDEN_CHECKS) $(TESTS) \
		$(patsubst %,'B=build-asan %',$(filter-out $(LONG_WALKS),$(ASAN_E2E))) $(ASAN_UNIT)

demo:
	.ci/setup build run demo
	$(MAKE) all
	@tests/demo
