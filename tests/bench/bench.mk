# `make bench`: the budgets, as ratios against yardsticks in the same run.
.PHONY: bench
bench: all $B/bench/write_loop $B/bench/render
	.ci/setup run demo bench
	tests/bench/bench.sh $(SYSTEMS)

$B/bench/write_loop: $B/obj/tests/bench/write_loop.o $B/libbase.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LDLIBS_all)

$B/bench/render: $B/obj/tests/bench/render.o $B/libtemplate.a $B/libbase.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -o $@ $^ $(LDLIBS_all)
