# What is made from the tables for readers and programs: `make docs`. Other parts add to the target.
.PHONY: docs
docs: $B/docs/openapi.json

$B/docs/openapi.json: $B/bootwrightd
	@mkdir -p $(@D)
	$(call say,  DOC  $@)$B/bootwrightd --openapi >$@.new
	@mv $@.new $@

# The manual pages and what shells complete are told by the programs themselves, from their tables.
DOCS := $(addprefix $B/docs/,man/bootwright.1 man/koan.1 man/koan-bootloader.8 man/bootwright-fields.5 \
	man/bootwrightd.8 	bash/bootwright zsh/_bootwright)
docs: $(DOCS)
$B/docs/man/bootwright.1: TELL = $B/bootwright man bootwright
$B/docs/man/bootwright-fields.5: TELL = $B/bootwright man bootwright-fields
$B/docs/man/koan.1: TELL = $B/koan --man
$B/docs/man/koan-bootloader.8: TELL = $B/koan-bootloader --man
$B/docs/man/bootwrightd.8: TELL = $B/bootwrightd --man
$B/docs/bash/bootwright: TELL = $B/bootwright completion bash
$B/docs/zsh/_bootwright: TELL = $B/bootwright completion zsh
$(DOCS): $(PROGRAMS)
	@mkdir -p $(@D)
	$(call say,  DOC  $@)$(TELL) >$@.new && mv $@.new $@
