# The status page in a real browser.
.PHONY: web-check
web-check: all
	B=$B tests/web/page.sh
