/* koan(1), from the table of options. */
#include "koan-client/option_words.h"
#include "koan-client/options.h"

#include "base/opt_man.h"

static const char description[] =
	"koan makes guests on this virtualization host the way a Bootwright server says: it asks "
	"the server for a plan, fetches the kernel and initrd and verifies them, makes disks and a "
	"domain through libvirt, and starts its installation. What is not given as an option comes "
	"from the plan. It can also install the machine that it runs on anew.\n"
	"\n"
	"When a step fails, what the earlier ones made is removed again. A guest or disk that koan "
	"did not make is never touched.\n"
	"\n"
	"Behind each option stands what became of it since Cobbler's koan.\n";

static const char examples[] =
	"koan --list=profiles --server=boot.example.org\n"
	"koan --virt --server=boot.example.org --profile=bar --virt-name=lady --nogfx\n"
	"koan --virt --server=boot.example.org --system=web7 --dry-run\n"
	"koan --undo --virt-name=lady\n";

static const char *const environment[][2] = {
	{"COBBLER_SERVER", "The server, where --server is not given."},
	{"LIBVIRT_DEFAULT_URI", "The hypervisor, where --connect is not given."},
};

void options_print_man(FILE *out)
{
	static const struct man_page page = {
		.name = "koan",
		.section = 1,
		.about = "make guests the way a provisioning server says",
		.synopsis =
			"--virt --server=HOST --profile=P|--system=S|--image=I [--OPTION=VALUE …]\n"
			"--replace-self|--update-files [--server=HOST] [--OPTION=VALUE …]\n"
			"--list=KIND|--display [--server=HOST]\n"
			"--undo --virt-name=N",
	};

	man_begin(&page, out);
	man_section("DESCRIPTION", out);
	man_text(description, out);
	man_section("OPTIONS", out);
	option_words_print_man(out);
	man_section("ENVIRONMENT", out);
	man_list_begin(out);
	for (size_t i = 0; i < ARRAY_SIZE(environment); i++)
		man_list_entry(environment[i][0], environment[i][1], out);
	man_list_end(out);
	man_section("EXIT STATUS", out);
	man_text("0 when all is done, 2 when the command line is wrong, else 1.", out);
	man_section("EXAMPLES", out);
	man_lines(examples, out);
	man_see_also("bootwright(1) virsh(1) bootwrightd(8) koan-bootloader(8)", out);
}
