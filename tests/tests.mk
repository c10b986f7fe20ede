# The tests: every target here runs from a clean clone.
.PHONY: unit
unit: $(TESTS)
	@for t in $^; do $$t || exit 1; done
