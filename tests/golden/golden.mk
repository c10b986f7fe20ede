# Golden files that unit tests compare are rewritten by them, too.
.PHONY: golden-boot
golden: golden-boot
golden-boot: $B/tests/boot/test_golden
	GOLDEN=rewrite $<
