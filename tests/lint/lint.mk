# `make lint`: layers, formatting, forbidden words, shell scripts, clang-tidy.
.PHONY: lint lint-fast tidy
C_FILES = $(shell git ls-files '*.c' '*.h')
TIDY_FILES = $(shell git ls-files 'server/*.c' 'db/*.c' 'koan-client/*.c')
# Templates are no scripts yet; what is rendered from them is checked in tests/answers/.
SHELL_FILES = $(shell git ls-files ':!kickstarts' | xargs awk \
	'FNR == 1 && /^\#!(\/usr\/bin\/env bash|\/bin\/(ba)?sh)/ { print FILENAME } { nextfile }')

lint: lint-fast
	$(MAKE) -s -j2 tidy TIDY_DEPTH=75000

lint-fast:
	tests/lint/layers
	tests/lint/words
	clang-format --dry-run --Werror $(C_FILES)
	shellcheck -x -S warning $(SHELL_FILES)

# How many states of a function the analyser follows before it gives up; its own default, which
# `make tidy` takes, needs twice the time for all files.
TIDY_DEPTH ?= 225000

# One stamp for each file, so that only what changed is analysed again.
tidy: $(TIDY_FILES:%.c=$B/tidy/%.ok)
$B/tidy/%.ok: %.c .clang-tidy
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- $(filter-out -MMD -MP -Werror,$(ALL_CFLAGS)) \
		-Xclang -analyzer-config -Xclang max-nodes=$(TIDY_DEPTH) 2>/dev/null
	@touch $@
