# shellcheck shell=bash
# The template engine alone, with the variables of render.json.
# shellcheck disable=SC2154 # what lib.sh sets

bench_templates() {
	local preseed=(debian.preseed "$REPO/tests/bench/render.json" "$systems" 5)
	local ours theirs bytes their_bytes
	read -r ours bytes < <("$TOOLS/render" "$REPO/kickstarts" "${preseed[@]}")
	read -r theirs their_bytes < <(/usr/bin/python3 "$REPO/tests/bench/render.py" \
		"$REPO/kickstarts" "${preseed[@]}")
	[ "$bytes" = "$their_bytes" ] || { echo "bench: Jinja2 renders another preseed" >&2; exit 1; }
	row "preseeds rendered, one thread" /s "$(calc "$systems / $ours")" \
		"$(calc "$systems / $theirs")" jinja2 -b "x > 22"
}
