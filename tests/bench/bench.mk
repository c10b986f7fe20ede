# `make bench`: the budgets, as ratios against yardsticks in the same run; SYSTEMS=N for a large
# store of another size than 100,000 systems.
BENCH_TOOLS := $(addprefix $B/bench/,asks insert_loop render write_loop)

.PHONY: bench
bench: all $(BENCH_TOOLS)
	.ci/setup run demo bench
	tests/bench/bench.sh $(SYSTEMS)

$B/bench/render: $B/libtemplate.a
$(BENCH_TOOLS): $B/bench/%: $B/obj/tests/bench/%.o $B/libbase.a
	@mkdir -p $(@D)
	$(call say,  LINK $@)$(CC) $(ALL_CFLAGS) -o $@ $< $(filter %template.a,$^) $B/libbase.a $(LDLIBS_all)
