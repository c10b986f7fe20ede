# shellcheck shell=bash
# What the checks of answer files share: where the golden files are, a folder for broken ones.
# shellcheck disable=SC2034 # for the tests
golden=$(dirname "${BASH_SOURCE[0]}")/../golden/answers
# shellcheck source=tests/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../tap.sh"
broken=$(mktemp -d)
trap 'rm -rf "$broken" "$tap_output"' EXIT

# Nothing of the template is left, and nothing that it does not know was printed.
is_rendered() { ! grep -nE '\{%|%\}|\{#|\bNone\b' "$1"; }

# What only looks odd (a literal \$ in single quotes) is meant.
is_shell() { shellcheck --severity=warning "$@"; }

# refuses WHAT SED-EDIT REGEX CHECK... FILE: an edited copy of FILE is refused by the check.
refuses() {
	local what=$1 edit=$2 says=$3 file=${*: -1} copy
	copy=$broken/${file##*/}
	sed -E "$edit" "$file" >"$copy"
	if cmp -s "$file" "$copy"; then
		check "$what: the edit changes something" false
	else
		fails "$what" "$says" "${@:4:$#-4}" "$copy"
	fi
}
