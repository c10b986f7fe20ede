/* How machines boot. */
#include "cli/change.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/item.h"
#include "cli/out.h"

#include "base/net.h"
#include "model/types.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_get_str(object, key);

	return text ? text : "";
}

/* ", 42.4 KiB, sha256 0123456789ab…" */
static void add_file(const json_t *file, struct strbuf *ret)
{
	const char *sum = json_get_str(file, "sha256");

	if (!sum)
		return;
	strbuf_adds(ret, ", ");
	out_count(json_number_value(json_object_get(file, "size")), "bytes", ret);
	strbuf_addf(ret, ", sha256 %.12s…", sum);
}

static void print_line(const char *indent, const char *text)
{
	fputs(indent, stdout);
	out_text(text, stdout);
	fputc('\n', stdout);
}

static void print_step(size_t number, const json_t *step)
{
	autostrbuf line = STRBUF_INIT;
	size_t i;
	json_t *because;

	strbuf_addf(&line, "%2zu  %s", number, text_of(step, "text"));
	add_file(step, &line);
	print_line("  ", line.buf);
	json_array_foreach (json_object_get(step, "because"), i, because)
		print_line("        ", json_string_value(because));
}

static void print_problems(const json_t *problems)
{
	size_t i;
	json_t *problem;

	json_array_foreach (json_mutable(problems), i, problem) {
		fputs("  BROKEN: ", stdout);
		print_line("", text_of(problem, "problem"));
		print_line("          ", text_of(problem, "advice"));
	}
}

static void print_answer(size_t number, const json_t *answer)
{
	autostrbuf line = STRBUF_INIT;
	const char *error = json_get_str(answer, "error");

	strbuf_addf(&line, "%2zu  the installer asks %s: ", number, text_of(answer, "url"));
	if (json_is_true(json_object_get(answer, "found")))
		strbuf_adds(&line, "200");
	else
		strbuf_addf(&line, "%lld, %s",
			(long long)json_integer_value(json_object_get(answer, "status")),
			error ? error : "of another server, not looked at");
	add_file(answer, &line);
	print_line("  ", line.buf);
}

static void print_chain(const json_t *chain)
{
	const json_t *answer = json_object_get(chain, "answer");
	const char *after = text_of(chain, "after");
	size_t i;
	json_t *step;

	printf("\n%s %s%s%s, DHCP option 93: %lld\n", text_of(chain, "arch"),
		text_of(chain, "firmware"),
		json_is_true(json_object_get(chain, "secure_boot")) ? " with Secure Boot" : "",
		json_is_true(json_object_get(chain, "ipxe")) ? " whose network ROM is iPXE" : "",
		(long long)json_integer_value(json_object_get(chain, "architecture")));
	json_array_foreach (json_object_get(chain, "steps"), i, step)
		print_step(i + 1, step);
	if (json_is_object(answer))
		print_answer(++i, answer);
	if (*after) {
		printf("  %2zu  afterwards: ", i + 1);
		print_line("", after);
	}
	print_problems(json_object_get(chain, "problems"));
}

static void print_explanation(const json_t *answer)
{
	const char *system = text_of(answer, "system");
	const char *network = text_of(answer, "network");
	size_t i;
	json_t *chain;

	printf("%s is %s%s%s%s\n", text_of(answer, "mac"),
		*system ? "system " : "an unknown machine", system,
		*network ? ", in the network " : "", network);
	print_problems(json_object_get(answer, "problems"));
	json_array_foreach (json_object_get(answer, "chains"), i, chain)
		print_chain(chain);
}

/* Which of several cards a machine boots from, nobody knows here. */
static int choose_mac(const char *name, const json_t *system, struct strbuf *ret, struct err *err)
{
	autostrbuf all = STRBUF_INIT;
	size_t n = 0;
	const char *card;
	json_t *interface;

	json_object_foreach (json_mutable(json_object_get(system, "interfaces")), card, interface) {
		const char *mac = text_of(interface, "mac_address");

		if (!*mac)
			continue;
		strbuf_reset(ret);
		strbuf_adds(ret, mac);
		strbuf_addf(&all, "%s%s (%s)", n++ ? ", " : "", mac, card);
	}
	if (n == 1)
		return 0;
	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "system '%s' has no MAC address", name);
	return err_set(err, ERR_USAGE,
		"system '%s' has several cards; give the MAC address of one: %s", name, all.buf);
}

/* A machine by its MAC address, or by the name of its system; all else is for the server to judge.
 */
static int read_machine(struct cli *cli, const char *word, struct strbuf *ret, struct err *err)
{
	autostrbuf path = STRBUF_INIT;
	autojson json_t *system = NULL;
	struct mac mac;

	if (mac_parse(word, &mac, NULL) == 0 || system_type.check_name(word, NULL, NULL) < 0) {
		strbuf_adds(ret, word);
		return 0;
	}
	item_path(&system_type, word, "", &path);
	if (client_get(cli->client, path.buf, &system, err) < 0)
		return -1;
	return choose_mac(word, system, ret, err);
}

int run_boot_explain(struct cli *cli, struct err *err)
{
	const struct cli_args *args = &cli->args;
	autostrbuf path = STRBUF_INIT;
	autostrbuf mac = STRBUF_INIT;
	autojson json_t *answer = NULL;

	if (!cli->words.n)
		return err_set(err, ERR_USAGE,
			"which machine? give its MAC address, or its system's name");
	if (read_machine(cli, cli->words.v[0], &mac, err) < 0)
		return -1;
	strbuf_adds(&path, "/boot/");
	strbuf_add_url(&path, mac.buf);
	strbuf_adds(&path, "/explain");
	url_add_text(&path, "arch", args->arch);
	url_add_text(&path, "firmware", args->firmware);
	url_add_text(&path, "user_class", args->user_class);
	url_add_text(&path, "network", args->network);
	url_add_text(&path, "choose", args->choose);
	url_add_flag(&path, "secure_boot", args->secure_boot);
	if (client_get(cli->client, path.buf, &answer, err) < 0)
		return -1;
	if (cli->output == CLI_JSON)
		out_json(answer, stdout);
	else
		print_explanation(answer);
	return json_is_true(json_object_get(answer, "broken")) ? EXIT_PROBLEMS : EXIT_DONE;
}
