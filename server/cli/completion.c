/* completion: what a shell runs to complete the words of a command line. Both scripts only carry
 * the words to `bootwright complete`, which knows the tables and asks the server (complete.c). */
#include "cli/commands.h"

#include <string.h>

/* Readline splits words at '=', ':' and '@', too; a candidate must then begin after the last one.
 */
static const char bash[] =
	"# bash completion for bootwright(1), made by: bootwright completion bash\n"
	"_bootwright()\n"
	"{\n"
	"	local line=${COMP_LINE:0:COMP_POINT} word prefix= breaks= sign\n"
	"	local -a words candidates\n"
	"	read -ra words <<<\"$line\"\n"
	"	[[ $line == *[[:blank:]] ]] && words+=(\"\")\n"
	"	word=${words[${#words[@]} - 1]}\n"
	"	mapfile -t candidates < <(\"$1\" complete -- \"${words[@]:1}\" 2>/dev/null)\n"
	"	candidates=(\"${candidates[@]%%$'\\t'*}\")\n"
	"	for sign in = : @; do\n"
	"		[[ $COMP_WORDBREAKS == *$sign* ]] && breaks+=$sign\n"
	"	done\n"
	"	[[ -n $breaks ]] && prefix=${word%\"${word##*[$breaks]}\"}\n"
	"	COMPREPLY=(\"${candidates[@]#\"$prefix\"}\")\n"
	"	[[ ${#candidates[@]} == 1 && ${candidates[0]} == *[=,] ]] && compopt -o nospace\n"
	"	return 0\n"
	"}\n"
	"complete -o default -F _bootwright bootwright\n";

/* A candidate and its help stand between tabs. What ends in '=' or ',' goes on. */
static const char zsh[] =
	"#compdef bootwright\n"
	"# zsh completion for bootwright(1), made by: bootwright completion zsh\n"
	"_bootwright() {\n"
	"	local -a lines values shown open open_shown\n"
	"	local line word\n"
	"	lines=(\"${(@f)$(\"${words[1]}\" complete -- \"${(@)words[2,CURRENT-1]}\" "
	"\"$PREFIX\" 2>/dev/null)}\")\n"
	"	for line in $lines; do\n"
	"		word=${line%%$'\\t'*}\n"
	"		line=${line/$'\\t'/  -- }\n"
	"		if [[ $word == *[=,] ]]; then\n"
	"			open+=(\"$word\") open_shown+=(\"$line\")\n"
	"		else\n"
	"			values+=(\"$word\") shown+=(\"$line\")\n"
	"		fi\n"
	"	done\n"
	"	if (( ${#open} + ${#values} == 0 )); then\n"
	"		compset -P '*[=@]'\n"
	"		_files\n"
	"		return\n"
	"	fi\n"
	"	(( ${#open} )) && compadd -l -S '' -d open_shown -- \"${open[@]}\"\n"
	"	(( ${#values} )) && compadd -l -d shown -- \"${values[@]}\"\n"
	"	return 0\n"
	"}\n"
	"if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
	"	_bootwright \"$@\"\n"
	"else\n"
	"	compdef _bootwright bootwright\n"
	"fi\n";

int run_completion(struct cli *cli, struct err *err)
{
	static const struct {
		const char *shell;
		const char *script;
	} scripts[] = {{"bash", bash}, {"zsh", zsh}};
	const char *shell = cli->words.n ? cli->words.v[0] : "";

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		if (strcmp(scripts[i].shell, shell) == 0) {
			fputs(scripts[i].script, stdout);
			return EXIT_DONE;
		}
	}
	return err_set(err, ERR_USAGE, "for which shell? bash or zsh");
}
