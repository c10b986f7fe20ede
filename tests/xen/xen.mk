# `make xen-check`: real Xen in QEMU, and koan with it. The Xen host's disk is made first, outside
# of the test's sandbox, which has no network. XEN_PARTS="pv refused" runs only these of its parts.
.PHONY: xen-check
xen-check:
	.ci/setup build run demo check xen
	$(MAKE) all
	tests/xen/image.sh
	@tests/run -j 1 -o $B/test-logs 'B=$B tests/xen/guests.sh'; status=$$?; \
		grep '^#  [^ ]' $B/test-logs/B-$B-tests-xen-guests.sh.log; exit $$status
