#include "koan-client/bootloader/boot_output.h"

#include <string.h>

static void print_sxp(const struct boot_output *output, struct strbuf *ret);
static void print_simple(const struct boot_output *output, struct strbuf *ret);
static void print_simple0(const struct boot_output *output, struct strbuf *ret);

static const struct {
	const char *name;
	const char *reserved_in_path; /* bytes that end a value before its end */
	const char *reserved_in_args;
	void (*print)(const struct boot_output *output, struct strbuf *ret);
} formats[] = {
	[BOOT_SXP] = {"sxp", " \t\n()'\"\\", "", print_sxp},
	[BOOT_SIMPLE] = {"simple", "\n", "\n", print_simple},
	[BOOT_SIMPLE0] = {"simple0", "", "", print_simple0},
};

int boot_format_find(const char *name, enum boot_format *ret, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*ret = (enum boot_format)i;
			return 0;
		}
	}
	return err_set(
		err, ERR_USAGE, "--output-format=%.40s: must be sxp, simple or simple0", name);
}

/* Text in an S-expression, as Xen's own reader takes it: in quotes, with backslashes. */
static void add_sxp_text(struct strbuf *b, const char *text)
{
	strbuf_addc(b, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			strbuf_addc(b, '\\');
		strbuf_addc(b, *text);
	}
	strbuf_addc(b, '\'');
}

static void print_sxp(const struct boot_output *output, struct strbuf *ret)
{
	strbuf_addf(ret, "linux (kernel %s)", output->kernel);
	if (output->ramdisk)
		strbuf_addf(ret, "(ramdisk %s)", output->ramdisk);
	if (!*output->args)
		return;
	strbuf_adds(ret, "(args ");
	add_sxp_text(ret, output->args);
	strbuf_addc(ret, ')');
}

static void print_items(const struct boot_output *output, char end, struct strbuf *ret)
{
	strbuf_addf(ret, "kernel %s%c", output->kernel, end);
	if (output->ramdisk)
		strbuf_addf(ret, "ramdisk %s%c", output->ramdisk, end);
	if (*output->args)
		strbuf_addf(ret, "args %s%c", output->args, end);
}

static void print_simple(const struct boot_output *output, struct strbuf *ret)
{
	print_items(output, '\n', ret);
	strbuf_addc(ret, '\n');
}

static void print_simple0(const struct boot_output *output, struct strbuf *ret)
{
	print_items(output, '\0', ret);
}

static int check_item(
	const char *key, const char *what, const char *value, const char *reserved, struct err *err)
{
	size_t at = strcspn(value, reserved);

	if (value[at])
		return err_set(err, ERR_INVALID,
			"the %s the byte 0x%02x, which this output format cannot hold; use "
			"--output-format=simple0",
			what, (unsigned char)value[at]);
	if (strlen(key) + 1 + strlen(value) > BOOT_OUTPUT_ITEM_MAX)
		return err_set(err, ERR_TOO_BIG, "the %s more bytes than the %d that libxl takes",
			what, BOOT_OUTPUT_ITEM_MAX);
	return 0;
}

int boot_output_print(enum boot_format format, const struct boot_output *output, struct strbuf *ret,
	struct err *err)
{
	const char *reserved = formats[format].reserved_in_path;

	if (check_item("kernel", "kernel's path has", output->kernel, reserved, err) < 0 ||
		(output->ramdisk && check_item("ramdisk", "ramdisk's path has", output->ramdisk,
					    reserved, err) < 0) ||
		check_item("args", "kernel's arguments have", output->args,
			formats[format].reserved_in_args, err) < 0)
		return -1;
	formats[format].print(output, ret);
	return 0;
}
