# shellcheck shell=bash
# What machines ask for, against nginx with the same bytes as files.
# shellcheck disable=SC2154 # what lib.sh sets

# best_rate BASE LUA-EXPRESSION: the best of three times, as `best`.
best_rate() {
	local rates=()
	for _ in 1 2 3; do
		load "$@"
		rates+=("$rate")
	done
	best=$(printf '%s\n' "${rates[@]}" | most)
}

# Answer files of random systems.
bench_autoinstall() {
	local root=$work/www/autoinstall/system ours
	mkdir -p "$root"
	awk -v n="$systems" -v url="$URL" -v root="$root" 'BEGIN { for (i = 1; i <= n; i++)
		printf "url = \"%s/autoinstall/system/m%06d\"\noutput = \"%s/m%06d\"\n", url, i, root, i
	}' >"$work/gets"
	curl -sSf -K "$work/gets"
	nginx_start "$work/www"
	best_rate "$URL" "string.format('/autoinstall/system/m%06d', i)"
	ours=$best
	best_rate "$NGINX" "string.format('/autoinstall/system/m%06d', i)"
	nginx_stop
	rm -r "$work/www"
	row "answer files of random systems" /s "$ours" "$best" nginx -b "x > 1"
}

# What iPXE is told: each system once, which makes the answers, then random systems; nginx has the
# files that sync published, which are the same. Sets `first_us` and `ipxe_rate`.
bench_ipxe() {
	local file=ipxe/52-54-00-00-02-bc.ipxe
	curl -fsS "$URL/boot/ipxe?mac=52:54:00:00:02:bc" | cmp - "$STATE/tftp/current/$file"
	awk -v n="$systems" -v url="$URL" 'BEGIN { for (i = 1; i <= n; i++)
		printf "url = \"%s/boot/ipxe?mac=52:54:00:%02x:%02x:%02x\"\noutput = \"/dev/null\"\n",
			url, int(i / 65536) % 256, int(i / 256) % 256, i % 256
	}' >"$work/gets"
	timed curl -sSf -K "$work/gets"
	rm "$work/gets"
	first_us=$(calc "$cpu * 1e6 / $systems")
	row "/boot/ipxe of each system, first time: server's processor" us "$first_us"
	nginx_start "$STATE/tftp/current"
	best_rate "$URL" "'/boot/ipxe?mac=' .. mac(i, ':')"
	ipxe_rate=$best
	best_rate "$NGINX" "'/ipxe/' .. mac(i, '-') .. '.ipxe'"
	nginx_stop
	row "/boot/ipxe of random systems" /s "$ipxe_rate" "$best" nginx -b "x >= 1"
}

# rate_of URL: the best of three downloads, in MiB a second.
rate_of() {
	for _ in 1 2 3; do
		curl -sSf -o /dev/null -w '%{speed_download}\n' "$1"
	done | most | awk '{ print $1 / 1048576 }'
}

# A medium's image, as installers load it from an imported tree.
bench_big_file() {
	local tree=$STATE/trees/bench ours
	head -c 512M /dev/zero >"$tree/big.iso"
	nginx_start "$tree"
	ours=$(rate_of "$URL/trees/bench/big.iso")
	row "a file of 512 MiB over HTTP" MiB/s "$ours" "$(rate_of "$NGINX/big.iso")" nginx
	nginx_stop
	rm "$tree/big.iso"
}
