# `make lint`: layers, formatting, forbidden words, shell scripts, clang-tidy.
.PHONY: lint lint-fast tidy
C_FILES = $(shell git ls-files '*.c' '*.h')
TIDY_FILES = $(shell git ls-files 'server/*.c' 'db/*.c' 'koan-client/*.c')
# Templates are no scripts yet; what is rendered from them is checked in tests/answers/.
SHELL_FILES = $(shell git ls-files ':!kickstarts' | xargs awk \
	'FNR == 1 && /^\#!(\/usr\/bin\/env bash|\/bin\/(ba)?sh)/ { print FILENAME } { nextfile }')

lint: lint-fast
	$(MAKE) -s -j2 tidy

lint-fast:
	tests/lint/layers
	tests/lint/words
	clang-format --dry-run --Werror $(C_FILES)
	shellcheck -x -S warning $(SHELL_FILES)

# One stamp for each file, so that only what changed is analysed again.
tidy: $(TIDY_FILES:%.c=$B/tidy/%.ok)
$B/tidy/%.ok: %.c .clang-tidy
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- $(filter-out -MMD -MP -Werror,$(ALL_CFLAGS)) 2>/dev/null
	@touch $@
