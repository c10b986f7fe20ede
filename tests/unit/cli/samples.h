/*
 * A value, as the command line writes it, for every field of every type; made from the field's row,
 * so that a new field needs nothing here unless its check knows a sort of text of its own.
 */
#ifndef TESTS_CLI_SAMPLES_H
#define TESTS_CLI_SAMPLES_H

#include "model/item.h"

#include <string.h>

/* One of each sort of text that some check wants; a reference is to an item of the name "other". */
static const char *const sample_texts[] = {
	"other",
	"10.9.8.7",
	"10.9.8.8",
	"2001:db8::7",
	"2001:db8::8",
	"52:54:00:aa:bb:cc",
	"52:54:00:aa:bb:dd",
	"255.255.255.0",
	"10.9.8.1,10.9.8.9",
	"10.9.8.2,10.9.8.8",
	"10.9.8.1-10.9.8.9",
	"10.9.8.2-10.9.8.8",
	"10.9.0.0/16:10.9.8.1",
	"10.9.0.0/17:10.9.8.1",
	"2001:db8:1::/48=2001:db8::1",
	"2001:db8:2::/48=2001:db8::1",
	"/srv/sample",
	"/srv/sample2",
	"http://192.0.2.1/sample",
	"http://192.0.2.1/sample2",
	"$6$sample$012345678901234567890123456789012345678901234567890123456789012345678901234567"
	"8901",
	"$6$sample$112345678901234567890123456789012345678901234567890123456789012345678901234567"
	"8901",
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	"10.9.8.0/24",
	"10.9.0.0/16",
	"nfs:10.9.8.1:/srv/root",
	"iscsi:10.9.8.1:::1:iqn.2026-01.org.example:disk",
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAA\n-----END PGP PUBLIC KEY BLOCK-----\n",
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nBB\n-----END PGP PUBLIC KEY BLOCK-----\n",
	"1",
	"true",
};
static const char *const sample_words[] = {"other", "sample text", "a=1 b c='x y'", "4,10.5"};

/* The canonical text of `text` where the field takes it; NULL: it does not. Yours to free. */
static char *sample_canonical(const struct field *field, const char *text)
{
	const struct value_ops *ops = value_ops(field->kind);
	union {
		char *string;
		struct opt_text text;
		struct opt_int number;
		struct opt_bool boolean;
		struct opt_list list;
		struct opt_numbers numbers;
		struct opt_map map;
	} value;
	struct err err = ERR_INIT;
	autostrbuf ret = STRBUF_INIT;

	memset(&value, 0, sizeof(value));
	if (field_set_text(field, &value, text, &err) < 0)
		return NULL;
	ops->to_text(&value, &ret);
	ops->clear(&value);
	return strbuf_take(&ret);
}

static const char *last_choice(const struct field *field)
{
	const char *const *choice = field->choices;

	while (choice[1])
		choice++;
	return *choice;
}

/* A value in its canonical form; with `n` above 0 another one. Yours to free; NULL: no sample
 * fits. */
static char *sample_of(const struct field *field, size_t n)
{
	size_t found = 0;

	if (strcmp(field->name, "arch") == 0) /* Xen, beside it, is started on x86 only */
		return xstrdup(field->choices[n ? 1 : 0]);
	if (field->choices)
		return xstrdup(n ? last_choice(field) : field->choices[0]);
	if (field->kind == VALUE_BOOL)
		return xstrdup(n ? "false" : "true");
	if (field->kind == VALUE_INT) /* jq knows no larger ones */
		return xasprintf("%lld",
			(long long)(field->max && field->max < 1LL << 50 ? field->max - (int64_t)n
									 : 1000 + (int64_t)n));
	if (field->kind == VALUE_MAP && field->check)
		return xstrdup(n ? "other=/srv/sample2" : "other=/srv/sample");
	if (field->kind == VALUE_MAP)
		return xstrdup(n ? "quiet" : sample_words[2]);
	if (field->kind == VALUE_NUMBERS)
		return xstrdup(n ? "7" : sample_words[3]);
	if (strcmp(field->name, "efi_loaders") == 0) /* one alone is of no use */
		return xstrdup(n ? "/srv/sample2,/srv/sample" : "/srv/sample,/srv/sample2");
	if (!field->check && !field->ref)
		return xstrdup(sample_words[n ? 0 : 1]);
	for (size_t i = 0; i < ARRAY_SIZE(sample_texts); i++) {
		autofree char *text = sample_canonical(field, sample_texts[i]);

		if (text && *text && (found++ == n || field->ref))
			return TAKE(text);
	}
	return NULL;
}

/* Text that no value of the field is; NULL: any text is one. */
static inline const char *sample_wrong(const struct field *field)
{
	static const char *const wrong[] = {"not right!", "-", "'open", "\x01"};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		autofree char *text = sample_canonical(field, wrong[i]);

		if (!text)
			return wrong[i];
	}
	return NULL;
}

#endif
