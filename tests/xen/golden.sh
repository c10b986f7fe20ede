# shellcheck shell=bash
# A part of guests.sh: guests as xl's configuration, which are golden files, and judged by xl.

# golden NAME ARGUMENT...: of a guest whose name, address and kernel are always the same.
golden() {
	local file=$REPO/tests/golden/xl/$1.cfg text
	text=$(make_guest --system=pv --virt-name=lady --format=xl "${@:2}" |
		sed -E 's/^uuid = .*/uuid = "UUID"/; s,/[0-9a-f]{64},/SHA256,' || true)
	if [ "${GOLDEN:-}" = rewrite ]; then
		printf '%s\n' "$text" >"$file"
	fi
	is "$1 as xl's configuration" "$text" "$(cat "$file")"
	check "xl takes $1" xl_takes "$text"
}
xl_takes() { dom0_script <<<"cat >/run/lady.cfg <<'CFG'
${1/UUID/4f2d7c3a-1b5e-4c6d-8f70-91a2b3c4d5e6}
CFG
xl -N create /run/lady.cfg"; }
dom0 lvcreate -q -y -L 64M -n byhand vg0 >/dev/null
for type in xenpv xenpvh xenhvm; do
	golden $type-raw --virt-type=$type --virt-path=/srv/
	golden $type-qcow2 --virt-type=$type --virt-path=/srv/ --virt-disk-driver=qcow2
	golden $type-lvm --virt-type=$type --virt-path=vg0
	golden $type-device --virt-type=$type --virt-path=/dev/vg0/byhand
done
dom0 lvremove -q -y vg0/byhand >/dev/null
row "xl.cfg of each kind of guest and disk" "12 golden files; xl -N create"
