# The engine and python3-jinja2 render the same cases; what they print must be the same bytes.
$B/tests/templates/render: $B/obj/tests/templates/render.o $B/libtemplate.a $B/libbase.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(shell pkg-config --libs jansson nettle) -lm -lcrypt

# Random templates of this number, made from this seed: each seed makes others.
TEMPLATES ?= 10000
SEED ?= 1

.PHONY: template-check
template-check: $B/tests/templates/render
	/usr/bin/python3 tests/templates/compare.py $< tests/templates/cases
	/usr/bin/python3 tests/templates/generate.py $< $(TEMPLATES) $(SEED)
