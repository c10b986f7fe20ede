# What is made from the tables for readers and programs: `make docs`. Other parts add to the target.
.PHONY: docs
docs: $B/docs/openapi.json

$B/docs/openapi.json: $B/bootwrightd
	@mkdir -p $(@D)
	$(call say,  DOC  $@)$B/bootwrightd --openapi >$@.new
	@mv $@.new $@
