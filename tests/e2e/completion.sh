#!/usr/bin/env bash
# What a shell offers while a command line is being written: bash's function for a list of lines,
# then bash and zsh on a terminal of their own, with the keys that a person presses.
# timeout: 300
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

bootwright completion bash >/run/bw/completion.bash
mkdir -p /run/bw/zsh
bootwright completion zsh >/run/bw/zsh/_bootwright
check "bash reads its script" bash -n /run/bw/completion.bash
check "zsh reads its script" zsh -n /run/bw/zsh/_bootwright
fails "no other shell" 'bash or zsh' bootwright completion fish

# offered LINE: what bash's function offers at the line's end, sorted, in one line.
offered() {
	bash --norc -c '
		source /run/bw/completion.bash
		compopt() { :; } # outside of readline there is nothing to set
		COMP_LINE=$1 COMP_POINT=${#1}
		_bootwright bootwright
		printf "%s\n" "${COMPREPLY[@]}"' bash "$1" | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}
# offers LINE CANDIDATES: exactly these.
offers() { is "$1" "$(offered "$1")" "$2"; }
# offers_also LINE REGEX: these among others.
offers_also() { like "$1" "$(offered "$1")" "$2"; }

offers "bootwright pro" "profile"
offers "bootwright system re" "reinstall remove rename report"
offers "bootwright systems hi" "history"
offers "bootwright --output json system du" "dumpvars"
offers "bootwright token " "add list revoke"
offers "bootwright help profile ed" "edit"
offers "bootwright completion " "bash zsh"
offers "bootwright sync --dry" "--dry-run"
offers "bootwright sync st" "status"
offers "bootwright template co" "convert copy"
offers "bootwright profile edit bar --virt-gr" "--virt-graphics="
offers "bootwright profile edit bar --virt_gr" "--virt_graphics="
offers "bootwright profile edit bar --virt-graphics=s" "sdl spice"
offers "bootwright profile edit bar --virt-graphics s" "sdl spice"
offers "bootwright profile edit bar --enable-menu=" "false true"
offers "bootwright profile edit bar --virt-disk-driver=raw,q" "raw,qcow2"
offers "bootwright system add x --interface-ty" "--interface-type="
offers "bootwright system list --sort=-hostn" "-hostname"
offers "bootwright system list --fields=hostname,mac" "hostname,mac_address"
offers "bootwright profile list --output=" "json table text"
offers_also "bootwright system edit --" '--autoinstall=.*--in-place.*--mac-address=.*--virt-ram='
offers_also "bootwright " 'apply.*distro.*snippet.*system.*version'
offers "bootwright nonsense x" ""
is "without a server there are no names, and no words about it" \
	"$(offered 'bootwright profile edit ' 2>&1)" ""

must "bootwrightd starts" server_start
small_tree /run/bw/tree
must "import" bootwright import --path=/run/bw/tree --name=foo
bootwright profile add --name=bar --distro=foo
bootwright profile add --name=baz --parent=bar
bootwright system add --name=web7 --profile=bar --comment='in rack 4' \
	--interface=eth0 --mac=52:54:00:aa:00:07 --interface=eth1
bootwright system add --name=web8 --profile=baz
bootwright snippet add net@system.web7
bootwright token add --name=ci --role=read >/dev/null

offers "bootwright profile edit " "bar baz foo"
offers "bootwright profile edit ba" "bar baz"
offers "bootwright profile edit --name=ba" "bar baz"
offers "bootwright profile add --name=ba" ""
offers "bootwright profile add --distro=" "foo"
offers "bootwright system edit web7 --profile ba" "bar baz"
offers "bootwright system explain web7 virt-r" ""
offers "bootwright system explain web7 virt_r" "virt_ram"
offers "bootwright system explain web7 mac" ""
offers "bootwright system list --sort=mac" ""
offers "bootwright system rename web" "web7 web8"
offers "bootwright system edit web7 --interface=" "eth0 eth1"
offers "bootwright system edit --name=web7 --delete-interface=eth1" "eth1"
offers "bootwright history --type=profile --name=b" "bar baz"
offers "bootwright token revoke " "ci"
offers "bootwright snippet edit net@s" "system.web7"
offers_also "bootwright revert " '[0-9]'
offers "bootwright system find --profile=f" "foo"

# pressed SHELL SETUP KEYS PATTERN: what the terminal shows after the keys, once it matches or for
# ten seconds. The terminal is wide, so that a line is a line.
pressed() {
	zsh -f -c '
		zmodload zsh/zpty
		shown() { # until the pattern is there
			local part i
			text=
			for (( i = 0; i < 100; i++ )); do
				while zpty -r -t shell part; do text+=$part; done
				[[ $text == ${~1} ]] && return
				sleep 0.1
			done
		}
		zpty -b -e shell "stty cols 300; TERM=dumb PS1=@ exec $1"
		shown "*@*"
		zpty -w shell "$2; echo set-\"\"up"
		shown "*set-up*@*"
		zpty -w -n shell "$3"
		shown "$4"
		print -r -- "$text"
		zpty -d shell' zsh "$@" 2>&1 | tr -d "\r\a" | col -bx
}
in_bash() { pressed "bash --norc -i" "source /run/bw/completion.bash" "$@"; }
in_zsh() {
	pressed "zsh -f -i" \
		"fpath=(/run/bw/zsh \$fpath); autoload -U compinit; compinit -u -D; LISTMAX=0" "$@"
}
tab=$'\t'
like "bash: a key completes a word and goes on" \
	"$(in_bash "bootwright prof${tab}ed${tab}baz --virt-gr${tab}sp$tab" '*spice*')" \
	'bootwright profile edit baz --virt-graphics=spice'
like "bash: a name from the server" "$(in_bash "bootwright system report web8${tab}end" '*end*')" \
	'bootwright system report web8 end'
like "bash: two keys list" "$(in_bash "bootwright profile report ba$tab$tab" '*bar*baz*')" 'bar +baz'
like "zsh: a key completes a word and goes on" \
	"$(in_zsh "bootwright prof${tab}ed${tab}baz --virt-gr${tab}sp$tab" '*spice*')" \
	'bootwright profile edit baz --virt-graphics=spice'
like "zsh: lists with help" "$(in_zsh "bootwright system re$tab$tab" '*rename*report*')" \
	'report +-- all fields, with what they inherit'
like "zsh: names with their comments" "$(in_zsh "bootwright system report web$tab$tab" '*web8*')" \
	'web7 +-- in rack 4'
check "the server stops cleanly" server_stop
done_testing
