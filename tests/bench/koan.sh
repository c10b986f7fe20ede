# shellcheck shell=bash
# koan against virt-install: time and memory, of the plan alone and of a guest on libvirt's test
# driver.
# shellcheck disable=SC2154 # what lib.sh sets

# spent NAME COMMAND...: a line of its seconds, and the MiB that it had in memory at most.
spent() {
	local start
	start=$(now)
	/usr/bin/time -o "$work/kib" -f %M "${@:2}" >/dev/null 2>"$work/errors" ||
		{ cat "$work/errors" >&2; return 1; }
	echo "$1 $(since "$start") $(calc "$(cat "$work/kib") / 1024")" >>"$work/spent"
}

# fastest NAME, most_memory NAME: of its rounds.
fastest() { awk -v name="$1" '$1 == name { print $2 }' "$work/spent" | least; }
most_memory() { awk -v name="$1" '$1 == name { print $3 }' "$work/spent" | most; }

# koan_rows WHAT OURS THEIRS
koan_rows() {
	row "koan: $1" s "$(fastest "$2")" "$(fastest "$3")" virt-install -b "x < 0.1"
	row "  memory" MiB "$(most_memory "$2")" "$(most_memory "$3")" virt-install -b "x < 0.2"
}

bench_koan() {
	local koan=(koan --virt --server=127.0.0.1 --profile=bench --virt-name=guest --virt-type=qemu
		--connect=test:///default --nogfx)
	local virt_install=(virt-install --connect test:///default --name guest --memory 512 --vcpus 1
		--disk none --network none --graphics none --osinfo generic)
	rm -f "$work/spent"
	spent first "${koan[@]}" # its kernel and initrd are in the cache from now on
	for _ in 1 2 3 4 5; do
		spent koan-xml "${koan[@]}" --dry-run
		spent virt-xml "${virt_install[@]}" --boot kernel=/k,initrd=/i --print-xml
		spent koan-define "${koan[@]}"
		spent virt-define "${virt_install[@]}" --import --noautoconsole --noreboot
	done
	koan_rows "plan to XML" koan-xml virt-xml
	koan_rows "plan to a domain that runs (test driver)" koan-define virt-define
	spent hundred "${koan[@]}" --count=100 --virt-file-size=0.25
	row "koan: 100 guests (test driver)" s "$(fastest hundred)"
	row "  memory" MiB "$(most_memory hundred)"
}
