# shellcheck shell=bash
# Reading over the API under 32 clients, against nginx with one such answer as a file.
# shellcheck disable=SC2154 # what lib.sh sets

# query WHAT LUA-EXPRESSION EXAMPLE: the path as for load(), and one such path.
query() {
	local answers ours99
	curl -fsS -o "$work/answer/json" "$API$3"
	load "$API" "$2"
	answers=$rate ours=$p50 ours99=$p99
	load "$NGINX" '"/json"'
	row "$1, $(wc -c <"$work/answer/json") bytes: p50, 32 clients" ms "$ours" "$p50" nginx
	row "  p99" ms "$ours99" "$p99" nginx
	row "  answers a second" /s "$answers" "$rate" nginx
}

bench_queries() {
	local path=/api/v1/systems
	mkdir -p "$work/answer"
	nginx_start "$work/answer"
	query "get a system" "string.format('$path/m%06d', i)" "$path/m000700"
	query "find by MAC" "'$path?mac_address=' .. mac(i, ':')" "$path?mac_address=52:54:00:00:02:bc"
	query "find by profile, a page of 100" \
		"string.format('$path?profile=bench&limit=100&after=m%06d', i)" \
		"$path?profile=bench&limit=100&after=m000100"
	query "list, a page of 1000" \
		"string.format('$path?limit=1000&after=m%06d', math.max(1, i - 1000))" \
		"$path?limit=1000&after=m000100"
	nginx_stop
}
