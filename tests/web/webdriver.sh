# shellcheck shell=bash
# Drives headless Chromium by the WebDriver protocol (https://www.w3.org/TR/webdriver2/):
# chromedriver is the other end, curl and jq are this one. Source it after tests/vm/lib.sh.

WEBDRIVER=http://127.0.0.1:9515
browser=$WEBDRIVER # and /session/ID, once there is one

# wd METHOD PATH [JSON]: the answer's value; its message, and failure, for an error.
wd() {
	local answer
	answer=$(curl -sS --max-time 60 --noproxy '*' -X "$1" ${3:+-H 'Content-Type: application/json' -d "$3"} "$browser$2")
	if jq -e '.value | type == "object" and has("error")' >/dev/null <<<"$answer"; then
		jq -r .value.message <<<"$answer" >&2
		return 1
	fi
	jq -c .value <<<"$answer"
}

browser_start() {
	local options
	chromedriver --port=9515 --log-path="$LOGS/chromedriver.log" >/dev/null 2>&1 &
	wait_for 20 curl -fsS -o /dev/null "$WEBDRIVER/status" 2>/dev/null
	options=$(jq -n '{binary: "/usr/bin/chromium", args: ["--headless", "--no-sandbox",
		"--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--hide-scrollbars", "--window-size=1280,1000", "--user-data-dir=/run/bw/chromium"]}')
	options=$(jq -n --argjson options "$options" '{capabilities: {alwaysMatch:
		{"goog:chromeOptions": $options, "goog:loggingPrefs": {browser: "ALL"}}}}')
	browser=$WEBDRIVER/session/$(wd POST /session "$options" | jq -r .sessionId)
}

browser_open() { wd POST /url "$(jq -n --arg url "$1" '{url: $url}')" >/dev/null; }
browser_end() { wd DELETE "" >/dev/null; }

# js EXPRESSION: what it comes to in the page, a string without its quotes.
js() {
	wd POST /execute/sync "$(jq -n --arg script "return ($1)" '{script: $script, args: []}')" |
		jq -r .
}
js_true() { [ "$(js "Boolean($1)")" = true ]; }

# The text that a person sees in what a selector names, in one line.
text_of() { js "document.querySelector($(jq -n --arg s "$1" '$s'))?.innerText.replace(/\\s+/g, \" \")"; }
page_says() { text_of "${2:-main}" | grep -qE -- "$1"; }

# cdp COMMAND JSON: Chromium's own protocol, for what WebDriver has no word for.
cdp() {
	wd POST /goog/cdp/execute "$(jq -n --arg cmd "$1" --argjson params "$2" \
		'{cmd: $cmd, params: $params}')"
}
screen() {
	cdp Emulation.setDeviceMetricsOverride \
		"{\"width\": $1, \"height\": $2, \"deviceScaleFactor\": 1, \"mobile\": ${3:-false}}" >/dev/null
}
color_scheme() {
	cdp Emulation.setEmulatedMedia \
		"{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"$1\"}]}" >/dev/null
}

# screenshot FILE: the whole page, however long it is.
screenshot() {
	mkdir -p "$(dirname "$1")"
	cdp Page.captureScreenshot '{"format": "png", "captureBeyondViewport": true}' |
		jq -r .data | base64 -d >"$1"
}

# What the console has got since the last time, errors and warnings; violations of the content
# security policy are among them.
console() {
	wd POST /se/log '{"type": "browser"}' |
		jq -r '.[] | select(.level != "INFO" and .level != "DEBUG") | .message'
}
